"""The column executor for one element: the same plan over the rows that its rules come to ask for.

Where ``ColumnEvaluator`` decides a node for all elements of a kind, this decides it for those that a rule meets on its
way from the element, once in a decision. So a decision touches the cone of the element and nothing else.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np

from lexline.evaluate.column_sets import Sets
from lexline.evaluate.column_types import Cells, Index, Truths, blank, repeat, truth_of
from lexline.evaluate.columns import ColumnEvaluator
from lexline.evaluate.cone_kernels import cone_kernels
from lexline.evaluate.cone_ways import ConeWays
from lexline.evaluate.frames import Frame, distinct
from lexline.evaluate.operations import combine
from lexline.evaluate.truth_columns import PHASES, decide_phases
from lexline.evaluate.verdict import Phase, Truth, Verdict, decide_verdict
from lexline.evaluate.walk_kernels import Choice
from lexline.lang.typed import Key
from lexline.plan.nodes import Domain, Input, Items, Lineage, Navigating, Node, nodes_read

__all__ = ["ConeEvaluator", "Decided"]

MANY = 64
"""A node that can be painted along the lineage, and is asked for more elements than this, is decided for the kind."""


@dataclass(frozen=True, slots=True)
class Decided:
    """What a rule says of an element, before waivers."""

    verdict: Verdict
    underlying: Verdict
    phase: Phase


class ConeEvaluator:
    """Decides the rules of a plan for one element at a time; what is known of no element in particular is taken from
    ``columns``. It can be asked again and again, by one thread at a time. ``kernels``: which ones walk the lineage."""

    def __init__(self, columns: ColumnEvaluator, *, kernels: Choice = "numpy") -> None:
        self.plan = columns.plan
        self.graph = columns.graph
        self._columns = columns
        self._leaves = columns.leaves_for(self)
        self._ways = ConeWays(columns.graph, self._holds, cone_kernels(kernels))
        self._sets = Sets(self, self._ways)
        self._prepared: dict[int, Cells] = {}
        self._single: dict[tuple[int, int], Cells] = {}
        self._several: dict[tuple[int, int], tuple[Index, Cells]] = {}

    def prepare(self) -> None:
        """Decides beforehand, for all elements, what reads nothing but an element's own attributes: worth its time
        where many elements are to be asked about."""
        alone: set[int] = set()
        for number, node in enumerate(self.plan.nodes):  # a node stands after all that it reads
            reads_alone = all(part.node in alone or not part.slots for part in node.inputs)
            is_element = len(node.domains) == 1 and not isinstance(node.domains[0], Items)
            if is_element and reads_alone and not isinstance(node.operation, Navigating):
                alone.add(number)
        asked = [part for rule in self.plan.rules.values() for part in (rule.applies, rule.excepted, rule.required)]
        asked += [line.condition for rule in self.plan.rules.values() for line in rule.force]
        read = {part.node for part in asked}
        for number in range(len(self.plan.nodes)):
            if number not in alone:
                read.update(nodes_read(self.plan.nodes[number]))
        self._prepared = {number: self.column(number) for number in sorted(alone & read)}

    def decide(self, number: int, rules: Collection[Key]) -> list[Decided]:
        """What each of ``rules``, all of the element's kind, says of it."""
        self._ways.forget()
        self._single.clear()
        self._several.clear()
        rows = np.array([self.graph.rows[number]], np.int64)
        return [self._decided(key, Frame(1, (rows,))) for key in rules]

    def _decided(self, key: Key, frame: Frame) -> Decided:
        rule = self.plan.rules[key]
        verdict = underlying = Verdict.NOT_APPLICABLE
        applies = self._truth(rule.applies, frame)
        if applies is not Truth.FALSE:
            excepted, required = self._truth(rule.excepted, frame), self._truth(rule.required, frame)
            verdict, underlying = decide_verdict(applies, excepted, required)
        phase = Phase.IN_FORCE
        if rule.force:
            holds = [truth_of(self.read(line.condition, frame)) for line in rule.force]
            phase = PHASES[decide_phases(rule.force, holds, self._columns.clock, rule.timezone, 1)[0]]
        return Decided(verdict, underlying, phase)

    def _truth(self, source: Input, frame: Frame) -> Truth:
        found = truth_of(self.read(source, frame))
        if found.yes[0]:
            return Truth.TRUE
        if found.no[0]:
            return Truth.FALSE
        return Truth.FAILED if found.failed[0] else Truth.UNKNOWN

    # ---- frames ----------------------------------------------------------------------------------------------------

    def column(self, node: int) -> Cells:
        """A node of no slot (one row), or of one slot (a row for each element of its kind)."""
        return self._columns.column(node)

    def read(self, source: Input, frame: Frame) -> Cells:
        """A node for each row of a frame."""
        if not source.slots:
            column = self.column(source.node)
            return column if frame.size == 1 else repeat(column, frame.size)
        if len(source.slots) == 1:
            return self._rows(source.node, frame.slots[source.slots[0]])
        node, part = self.plan.nodes[source.node], frame.pick(source.slots)
        if len(source.slots) == len(frame.slots):
            return self._evaluate(node, part)
        rows, places = distinct(part, [self.extent(domain) for domain in node.domains])
        return self._evaluate(node, rows).take(places)

    def extent(self, domain: Domain) -> int:
        """How many elements there are of a kind, or items were met of a document."""
        if isinstance(domain, Items):
            return len(self.items(domain))
        return len(self.graph.members.get(domain, ()))

    def items(self, domain: Items) -> Sequence[object]:
        """The raw items of a document path, by their positions: those met so far."""
        return self._ways.items(domain)

    def _rows(self, number: int, rows: Index) -> Cells:
        """A node of one slot for some elements or items, by their positions; kept for those who ask for the same."""
        prepared = self._prepared.get(number)
        if prepared is not None:
            return prepared.take(rows)
        if len(rows) == 1:
            key = (number, int(rows[0]))
            if key not in self._single:
                self._single[key] = self._evaluate(self.plan.nodes[number], Frame(1, (rows,)))
            return self._single[key]
        if not len(rows):
            return blank(self.plan.nodes[number].type, 0)
        place = (number, id(rows))
        if place not in self._several:  # the rows are kept, so that no others get their place
            self._several[place] = rows, self._several_rows(number, rows)
        return self._several[place][1]

    def _several_rows(self, number: int, rows: Index) -> Cells:
        """What navigates is decided once for each element."""
        node = self.plan.nodes[number]
        if not isinstance(node.operation, Navigating):
            return self._evaluate(node, Frame(len(rows), (rows,)))
        once, places = np.unique(rows, return_inverse=True)
        if len(once) == 1:
            return self._rows(number, once).take(places)
        in_lineage = isinstance(node.operation.navigation.scope, Lineage)
        if in_lineage and node.operation.method == "paint" and len(once) > MANY:
            return self.column(number).take(rows)
        return self._evaluate(node, Frame(len(once), (once,))).take(places)

    def _holds(self, number: int, kind: str, rows: Index) -> Truths:
        domains: tuple[Domain, ...] = (kind,) if self.plan.nodes[number].domains else ()
        return truth_of(self.read(Input(number, tuple(range(len(domains)))), Frame(len(rows), (rows,))))

    # ---- nodes -----------------------------------------------------------------------------------------------------

    def _evaluate(self, node: Node, frame: Frame) -> Cells:
        if isinstance(node.operation, Navigating):
            return self._sets.read(node, frame)
        leaf = self._leaves.read(node, frame)
        if leaf is not None:
            return leaf
        parts = [self.read(part, frame) for part in node.inputs]
        return combine(node.operation, parts, [self.plan.nodes[part.node].type for part in node.inputs])
