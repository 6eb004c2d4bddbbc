"""The column executor: verdicts of all elements of a kind at once.

An expression over a frame (rows of elements) gives a column. What reads one element only is decided once for its whole
kind, whoever asks; what mixes elements is decided for the pairs that meet, in chunks of bounded size.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lexline.evaluate import kernels_time
from lexline.evaluate.calls import CheckResults, NoChecks
from lexline.evaluate.column_sets import Sets
from lexline.evaluate.column_types import (
    Cells,
    Index,
    Numbers,
    Texts,
    Truths,
    Values,
    decode,
    encode,
)
from lexline.evaluate.frames import Frame, distinct
from lexline.evaluate.navigation_columns import ItemTable, members_of
from lexline.evaluate.operations import combine
from lexline.evaluate.paint import Painter
from lexline.evaluate.truth_columns import (
    PHASES,
    VERDICTS,
    decide_phases,
    decide_verdicts,
)
from lexline.evaluate.verdict import Clock
from lexline.lang.jsonpath import find
from lexline.lang.typed import Key, Program
from lexline.plan import nodes as plan
from lexline.plan.build import build_plan
from lexline.plan.nodes import Domain, Input, Items, Node, Plan
from lexline.plan.rewrite import rewrite
from lexline_lineage.graph import Graph
from lexline_lineage.values import Sort, Value, parse_value

__all__ = ["PHASES", "VERDICTS", "ColumnEvaluator", "Figure", "VerdictColumn"]


@dataclass(frozen=True, slots=True, eq=False)
class VerdictColumn:
    """A rule's verdicts: for each of ``elements`` (numbers of the graph, all of ``kind``) an index into ``VERDICTS``,
    the verdict that lies under it, and an index into ``PHASES``. Waivers are not in it."""

    kind: str
    elements: NDArray[np.int32]
    verdicts: NDArray[np.uint8]
    underlying: NDArray[np.uint8]
    phases: NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Figure:
    """A measure's value, from ``low`` to ``high`` (equal but for a range); None where it is missing. ``failed``: a
    check that failed is why it is missing or a range."""

    low: Value | None
    high: Value | None
    failed: bool = False


class ColumnEvaluator:
    """Evaluates a program (or its plan) over a graph on one date. Columns are kept as long as the evaluator lives."""

    def __init__(self, program: Program | Plan, graph: Graph, clock: Clock, checks: CheckResults | None = None) -> None:
        self.plan = program if isinstance(program, Plan) else rewrite(build_plan(program))
        self.graph = graph
        self._clock = clock
        self._checks = NoChecks() if checks is None else checks
        self._texts = Texts(graph.texts)
        self._columns: dict[int, Cells] = {}
        self._items: dict[Items, ItemTable] = {}
        self._sets = Sets(self)
        self._painter = Painter(self, self._sets)

    # ---- what is asked ---------------------------------------------------------------------------------------------

    def rule(self, key: Key) -> VerdictColumn:
        """The verdicts of a rule for all elements of its kind."""
        rule = self.plan.rules[key]
        frame = self._whole(rule.kind)
        asked = [self._condition(part, frame) for part in (rule.applies, rule.excepted, rule.required)]
        verdicts, underlying = decide_verdicts(*asked)
        holds = [self._condition(line.condition, frame) for line in rule.force]
        phases = decide_phases(rule.force, holds, self._clock, rule.timezone, frame.size)
        elements = members_of(self.graph, rule.kind).astype(np.int32)
        return VerdictColumn(rule.kind, elements, verdicts, underlying, phases)

    def measure(self, key: Key) -> Figure:
        """The value of a measure."""
        value = self.plan.measures[key].value
        cells, type_of_value = self.column(value.node), self.plan.nodes[value.node].type
        low = decode(cells, 0, type_of_value, self._texts)
        high = float(cells.high[0]) if isinstance(cells, Numbers) and low is not None else low
        return Figure(low, high, bool(cells.failed[0]))

    # ---- frames ----------------------------------------------------------------------------------------------------

    def column(self, node: int) -> Cells:
        """A node of no slot (one row), or of one slot (a row for each element of its kind)."""
        if node not in self._columns:
            domains = self.plan.nodes[node].domains
            frame = self._whole(domains[0]) if domains else Frame(1, ())
            self._columns[node] = self._evaluate(self.plan.nodes[node], frame)
        return self._columns[node]

    def read(self, source: Input, frame: Frame) -> Cells:
        """A node for each row of a frame."""
        if not source.slots:
            column = self.column(source.node)
            return column if not frame.slots else column.take(np.zeros(frame.size, np.int64))
        if len(source.slots) == 1:
            column = self.column(source.node)
            return column if frame.whole else column.take(frame.slots[source.slots[0]])
        node, part = self.plan.nodes[source.node], frame.pick(source.slots)
        if len(source.slots) == len(frame.slots):
            return self._evaluate(node, part)
        rows, places = distinct(part, [self.extent(domain) for domain in node.domains])
        return self._evaluate(node, rows).take(places)

    def extent(self, domain: Domain) -> int:
        """How many elements or items there are of a domain."""
        if isinstance(domain, Items):
            return len(self.items(domain).items)
        return len(members_of(self.graph, domain))

    def items(self, domain: Items) -> ItemTable:
        """The items of a document path."""
        if domain not in self._items:
            column = self.graph.columns[domain.kind, domain.attribute]
            found: list[object] = []
            starts = [0]
            for document in column.values.tolist():
                if document is not None:
                    found.extend(find(domain.path, document))
                starts.append(len(found))
            self._items[domain] = ItemTable(np.array(starts, np.int64), found)
        return self._items[domain]

    def _whole(self, domain: Domain) -> Frame:
        size = self.extent(domain)
        return Frame(size, (np.arange(size),), whole=True)

    def _condition(self, source: Input, frame: Frame) -> Truths:
        cells = self.read(source, frame)
        if not isinstance(cells, Truths):
            raise TypeError("a condition is true or false")
        return cells

    # ---- nodes -----------------------------------------------------------------------------------------------------

    def _evaluate(self, node: Node, frame: Frame) -> Cells:
        match node.operation:
            case plan.Quantify(method="paint") if frame.whole:
                return self._painter.quantify(node, node.operation, frame)
            case plan.Aggregate(method="paint") if frame.whole:
                return self._painter.aggregate(node, node.operation, frame)
            case plan.Quantify():
                return self._sets.quantify(node, node.operation, frame)
            case plan.Extreme():
                return self._sets.extreme(node, node.operation, frame)
            case plan.Aggregate():
                return self._sets.aggregate(node, node.operation, frame)
            case plan.Attribute():
                return self._attribute(node, node.operation, frame)
            case plan.Item():
                raw = self.items(_items_of(node)).items
                values = [parse_value(item, node.type) for item in raw]
                return encode(values, node.type, self._texts).take(frame.slots[0])
            case plan.Check():
                return self._check(node, node.operation).take(frame.slots[0])
            case plan.Constant() | plan.Parameter() | plan.Today() | plan.LastDay():
                return encode([self._plain(node)], node.type, self._texts)
            case operation:
                parts = [self.read(part, frame) for part in node.inputs]
                types = [self.plan.nodes[part.node].type for part in node.inputs]
                return combine(operation, parts, types)

    def _attribute(self, node: Node, operation: plan.Attribute, frame: Frame) -> Cells:
        kind = node.domains[0]
        if isinstance(kind, Items):
            raise TypeError("the items of a document have no attributes")
        column = self.graph.columns[kind, operation.attribute]
        known, unbroken = column.known, np.zeros(len(column.known), np.bool_)
        match column.type.sort:
            case Sort.BOOLEAN:
                return Truths(known & column.values, known & ~column.values, unbroken).take(frame.slots[0])
            case Sort.NUMBER | Sort.PERCENTAGE:
                return Numbers(column.values, column.values, known, unbroken).take(frame.slots[0])
            case Sort.DURATION | Sort.LIST | Sort.DOCUMENT:
                return encode(column.values.tolist(), column.type, self._texts).take(frame.slots[0])
            case Sort.ENUMERATION:
                symbols = np.array([self._texts.number(symbol) for symbol in column.type.symbols], np.int64)
                values: Index = symbols[column.values] if len(symbols) else np.zeros(len(known), np.int64)
            case _:
                values = column.values.astype(np.int64)
        return Values(values, known, unbroken).take(frame.slots[0])

    def _check(self, node: Node, operation: plan.Check) -> Cells:
        kind = node.domains[0]
        if isinstance(kind, Items):
            raise TypeError("a check is asked about elements")
        values = [self._plain(self.plan.nodes[part.node]) for part in node.inputs]
        arguments = tuple(zip(operation.arguments, values, strict=True))
        outcomes = self._checks.outcomes(operation.check, kind, arguments)
        failed = [bool(outcome.failed) for outcome in outcomes]
        found = [None if outcome.failed else outcome.value for outcome in outcomes]
        return encode(found, node.type, self._texts, failed)

    def _plain(self, node: Node) -> Value | None:
        """The value of a node that reads no element."""
        match node.operation:
            case plan.Constant(value):
                return value
            case plan.Parameter(_, timezone, values):
                return self._dated(values, self._clock.today_in(timezone))
            case plan.LastDay(day, month, timezone):
                return kernels_time.last_day(self._clock.today_in(timezone), day, month)
            case plan.Today(timezone):
                is_moment = node.type.sort is Sort.MOMENT
                return self._clock.now_in(timezone) if is_moment else self._clock.today_in(timezone)
            case _:
                raise TypeError("the value depends on elements")

    def _dated(self, values: tuple[Any, ...], today: date) -> Value | None:
        """Of the values in force, known by the date of the law, the one with the latest beginning, then publication."""
        known_on = self._clock.known_on
        best: Value | None = None
        best_rank: tuple[int, int] | None = None
        for value, since, until, published in values:
            if published is not None and known_on is not None and published > known_on:
                continue
            if (since is not None and since > today) or (until is not None and until < today):
                continue
            rank = (since.toordinal() if since else 0, published.toordinal() if published else 0)
            if best_rank is None or rank >= best_rank:
                best, best_rank = value, rank
        return best


def _items_of(node: Node) -> Items:
    domain = node.domains[0]
    if not isinstance(domain, Items):
        raise TypeError("an item belongs to a document")
    return domain
