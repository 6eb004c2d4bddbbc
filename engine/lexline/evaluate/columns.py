"""The column executor: verdicts of all elements of a kind at once.

An expression over a frame (rows of elements) gives a column. What reads one element only is decided once for its whole
kind, whoever asks; what mixes elements is decided for the pairs that meet, in chunks of bounded size.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from lexline.evaluate.bounds import UNBOUNDED, Bounds
from lexline.evaluate.calls import CheckResults, NoChecks
from lexline.evaluate.closed import Closed
from lexline.evaluate.column_sets import Sets
from lexline.evaluate.column_types import (
    Cells,
    Index,
    Numbers,
    Renewed,
    Texts,
    decode,
    repeat,
    truth_of,
)
from lexline.evaluate.decisions import PHASES, VERDICTS, VerdictColumn
from lexline.evaluate.frames import Frame, Reader, distinct
from lexline.evaluate.leaves import Leaves
from lexline.evaluate.operations import combine
from lexline.evaluate.paint import Painter
from lexline.evaluate.paints import Paints
from lexline.evaluate.summing import Summer
from lexline.evaluate.truth_columns import decide_phases, decide_verdicts
from lexline.evaluate.verdict import Clock
from lexline.evaluate.walk_kernels import Choice, walk_kernels
from lexline.evaluate.ways import WholeWays
from lexline.lang.typed import Key, Program
from lexline.plan import nodes as plan
from lexline.plan.nodes import Domain, Input, Items, Lineage, Node, navigation_of
from lexline.plan.planned import plan_of
from lexline.plan.plans import Plan
from lexline.plan.uses import Question, Uses, questions
from lexline_lineage.graph import Graph
from lexline_lineage.values import Value

FEW = 64
"""From how many elements on a paint of the lineage costs less than a walk from each."""

if TYPE_CHECKING:
    from lexline.evaluate.earlier import Earlier
    from lexline.evaluate.moved import Moved

__all__ = ["PHASES", "VERDICTS", "ColumnEvaluator", "Figure", "VerdictColumn"]


@dataclass(frozen=True, slots=True)
class Figure:
    """A measure's value, from ``low`` to ``high`` (equal but for a range); None where it is missing. ``failed``: a
    check that failed is why it is missing or a range."""

    low: Value | None
    high: Value | None
    failed: bool = False


class ColumnEvaluator:
    """Evaluates a program (or its plan) over a graph on one date. Columns are kept as long as the evaluator lives, or,
    once it was told what to ``expect``, until nobody will read them any more.

    ``kernels``: which kernels walk the lineage; ``bounds``: how much may lie in memory at once; the answers are the
    same with any. ``lasting``: others will begin from it, so that it keeps where its paints got. ``earlier``: one to
    begin from.
    """

    def __init__(
        self,
        program: Program | Plan,
        graph: Graph,
        clock: Clock,
        checks: CheckResults | None = None,
        *,
        kernels: Choice = "best",
        lasting: bool = False,
        earlier: Earlier | None = None,
        bounds: Bounds = UNBOUNDED,
    ) -> None:
        self.plan = program if isinstance(program, Plan) else plan_of(program)
        self.graph = graph
        self.clock = clock
        self._earlier = earlier
        shares_texts = earlier is not None and earlier.shares_texts
        self._texts: Texts = earlier.columns._texts if earlier is not None and shares_texts else Texts(graph.texts)
        self._checks = NoChecks() if checks is None else checks
        self._leaves = self.leaves_for(self)
        self._columns: dict[int, Cells] = {}
        self._renewals: dict[int, Renewed | None] = {}
        self.ways = WholeWays(self, walk_kernels(len(graph.upstream.neighbours), kernels), earlier, bounds.pairs)
        self.sets = Sets(self, self.ways, bounds.pairs)
        self.closed: Closed = Closed(self, self.ways, earlier, bounds.together)
        self.paints: Paints = Paints(self.plan, graph, self.closed, earlier, lasting=lasting)
        self._painter = Painter(self, self.sets, self.closed, self.paints)
        self._summer = Summer(self.sets, self.closed)
        self._bounds = bounds
        self._questions = questions(self.plan)
        self._expected: list[Question] = []
        self._uses: Uses | None = None

    # ---- what is asked ---------------------------------------------------------------------------------------------

    def expect(self, rules: Iterable[Key], measures: Iterable[Key] = ()) -> None:
        """Says what will be asked from now on: each of these once, in this order. What is asked otherwise is answered,
        too, at the price of deciding again what was let go. Not for an evaluator from which others begin."""
        asked = self._questions
        self._expected = [*map(asked.rules.__getitem__, rules), *map(asked.measures.__getitem__, measures)]
        self._uses = None

    def rule(self, key: Key, rows: Index | None = None) -> VerdictColumn:
        """The verdicts of a rule for all elements of its kind, or for those at ``rows``."""
        with self._asked(self._questions.rules[key]):
            return self._rule(key, rows)

    def _rule(self, key: Key, rows: Index | None) -> VerdictColumn:
        rule = self.plan.rules[key]
        frame = self.whole(rule.kind) if rows is None else Frame(len(rows), (rows,))
        asked = [truth_of(self.read(part, frame)) for part in (rule.applies, rule.excepted, rule.required)]
        verdicts, underlying = decide_verdicts(*asked)
        holds = [truth_of(self.read(line.condition, frame)) for line in rule.force]
        phases = decide_phases(rule.force, holds, self.clock, rule.timezone, frame.size)
        elements = self.graph.members.get(rule.kind, np.zeros(0, np.int32))
        elements = elements if rows is None else elements[rows]
        return VerdictColumn(rule.kind, elements, verdicts, underlying, phases)

    def measure(self, key: Key) -> Figure:
        """The value of a measure."""
        value = self.plan.measures[key].value
        with self._asked(self._questions.measures[key]):
            cells, type_of_value = self.column(value.node), self.plan.nodes[value.node].type
        low = decode(cells, 0, type_of_value, self._texts)
        high = float(cells.high[0]) if isinstance(cells, Numbers) and low is not None else low
        return Figure(low, high, bool(cells.failed[0]))

    @contextmanager
    def _asked(self, question: Question) -> Iterator[None]:
        """Once a question is answered, lets go what nobody will read any more."""
        if self._expected and (self._uses is None or self._uses.is_through):
            self._next_questions()
        yield
        if self._uses is not None:
            self._uses.answered(question)
            for node in [node for node in self._columns if not self._uses.is_wanted(node)]:
                del self._columns[node]

    def _next_questions(self) -> None:
        """Turns to the next questions that share what they have in common, with nothing kept of the last."""
        size = self._bounds.questions or len(self._expected)
        self._uses = Uses(self.plan, self._expected[:size])
        del self._expected[:size]
        self._columns.clear()
        self.closed.expect(self._uses.needed)
        for keeper in (self.ways, self._painter, self._summer):
            keeper.forget()

    # ---- frames ----------------------------------------------------------------------------------------------------

    def column(self, node: int) -> Cells:
        """A node of no slot (one row), or of one slot (a row for each element of its kind)."""
        found = self._columns.get(node)
        if found is None:
            renewed = self._renewed(node) if self._earlier is not None else None
            if renewed is None:
                domains = self.plan.nodes[node].domains
                frame = self.whole(domains[0]) if domains else Frame(1, ())
                found = self._evaluate(self.plan.nodes[node], frame)
            else:
                found = renewed.column()
            self._columns[node] = found
            for read in self._uses.decided(node) if self._uses is not None else ():
                self._columns.pop(read, None)
        return found

    def _at(self, node: int, rows: Index) -> Cells:
        """A column of one slot at some of its rows."""
        renewed = self._renewed(node) if self._earlier is not None and node not in self._columns else None
        return self.column(node).take(rows) if renewed is None else renewed.take(rows)

    def moved(self, number: int, may: Moved) -> Moved:
        """Of the rows of a node that may have moved those that have."""
        if self._earlier is None or may.everything or len(self.plan.nodes[number].domains) != 1:
            return may
        decided = self._renewed(number)
        if decided is None and (kept := self._earlier.column(number)) is not None:
            was, rows = kept
            decided = Renewed(was, rows, self.column(number).take(rows))
        return self._earlier.look(number, may, decided)

    def _renewed(self, number: int) -> Renewed | None:
        """A column as it was, but for some rows, which are decided anew; None where all are."""
        if number not in self._renewals:
            kept = self._earlier.column(number) if self._earlier is not None else None
            self._renewals[number] = None if kept is None else self._renewal(self.plan.nodes[number], *kept)
        return self._renewals[number]

    def _renewal(self, node: Node, kept: Cells, rows: Index) -> Renewed | None:
        if not len(rows):
            return Renewed(kept, rows, kept)
        part = Frame(len(rows), (rows,))
        method = node.operation.method if isinstance(node.operation, plan.Navigating) else "pairs"
        if method == "paint" and self.paints.again(node) is not None:
            return Renewed(kept, rows, self._painter.read(node, part))
        if len(rows) > _few(node, self.extent(node.domains[0])):
            return None
        return Renewed(kept, rows, self._summer.read(node, part) if method == "sum" else self._evaluate(node, part))

    def read(self, source: Input, frame: Frame) -> Cells:
        """A node for each row of a frame."""
        if not source.slots:
            column = self.column(source.node)
            return column if not frame.slots else repeat(column, frame.size)
        if len(source.slots) == 1:
            return self.column(source.node) if frame.whole else self._at(source.node, frame.slots[source.slots[0]])
        node, part = self.plan.nodes[source.node], frame.pick(source.slots)
        if len(source.slots) == len(frame.slots):
            return self._evaluate(node, part)
        rows, places = distinct(part, [self.extent(domain) for domain in node.domains])
        return self._evaluate(node, rows).take(places)

    def extent(self, domain: Domain) -> int:
        """How many elements or items there are of a domain."""
        if isinstance(domain, Items):
            return len(self.items(domain))
        return len(self.graph.members.get(domain, ()))

    def items(self, domain: Items) -> Sequence[object]:
        """The raw items of a document path, by their positions."""
        return self.ways.items(domain).items

    def leaves_for(self, reader: Reader) -> Leaves:
        """The same dates, checks and texts for another reader of the same plan."""
        return Leaves(reader, self.clock, self._checks, self._texts)

    def whole(self, domain: Domain) -> Frame:
        """A row for each element or item of a domain."""
        size = self.extent(domain)
        return Frame(size, (np.arange(size),), whole=True)

    # ---- nodes -----------------------------------------------------------------------------------------------------

    def _evaluate(self, node: Node, frame: Frame) -> Cells:
        match node.operation:
            case plan.Quantify() | plan.Extreme() | plan.Aggregate() | plan.CompareSome():
                return self._navigator(node.operation.method if frame.whole else "pairs").read(node, frame)
            case operation:
                leaf = self._leaves.read(node, frame)
                if leaf is not None:
                    return leaf
                parts = [self.read(part, frame) for part in node.inputs]
                return combine(operation, parts, [self.plan.nodes[part.node].type for part in node.inputs])

    def _navigator(self, method: plan.Method) -> Sets | Painter | Summer:
        match method:
            case "pairs":
                return self.sets
            case "paint":
                return self._painter
            case "sum":
                return self._summer


def _few(node: Node, size: int) -> int:
    """Up to how many elements of a kind are decided by themselves, rather than the whole kind."""
    navigation = navigation_of(node.operation)
    if navigation is None or not isinstance(node.operation, plan.Navigating) or node.operation.method != "paint":
        return size // 2
    return max(FEW, size // 32) if isinstance(navigation.scope, Lineage) else max(FEW, size // 4)
