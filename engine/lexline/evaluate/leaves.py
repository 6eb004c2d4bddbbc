"""The nodes of a plan that read no other column: attributes, items and checks for the rows of a frame, plain values."""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np

from lexline.evaluate import kernels_time
from lexline.evaluate.calls import CheckOutcome, CheckResults
from lexline.evaluate.column_types import Cells, Index, Numbers, Texts, Truths, Values, encode
from lexline.evaluate.frames import Frame, Reader
from lexline.evaluate.verdict import Clock
from lexline.plan import nodes as plan
from lexline.plan.nodes import Items, Node
from lexline_lineage.values import Sort, Value, parse_value

__all__ = ["Leaves"]


class Leaves:
    """Reads the graph, the dates and the checks for ``reader``."""

    def __init__(self, reader: Reader, clock: Clock, checks: CheckResults, texts: Texts) -> None:
        self._reader = reader
        self._clock = clock
        self._checks = checks
        self._texts = texts

    def read(self, node: Node, frame: Frame) -> Cells | None:
        """The node for each row of a frame; None where it is no leaf."""
        match node.operation:
            case plan.Attribute(attribute):
                return self._attribute(_kind(node), attribute, None if frame.whole else frame.slots[0])
            case plan.Item():
                return self._item(node, frame.slots[0])
            case plan.Check():
                return self._check(node, node.operation, frame.slots[0])
            case plan.Constant() | plan.Parameter() | plan.Today() | plan.LastDay():
                return encode([self._plain(node)], node.type, self._texts)
            case _:
                return None

    def _attribute(self, kind: str, attribute: str, rows: Index | None) -> Cells:
        column = self._reader.graph.columns[kind, attribute]
        known, cells = (column.known, column.values) if rows is None else (column.known[rows], column.values[rows])
        unbroken = np.zeros(len(known), np.bool_)
        match column.type.sort:
            case Sort.BOOLEAN:
                return Truths(known & cells, known & ~cells, unbroken)
            case Sort.NUMBER | Sort.PERCENTAGE:
                return Numbers(cells, cells, known, unbroken)
            case Sort.DURATION | Sort.LIST | Sort.DOCUMENT:
                return encode(cells.tolist(), column.type, self._texts)
            case Sort.ENUMERATION:
                symbols = np.array([self._texts.number(symbol) for symbol in column.type.symbols], np.int64)
                values: Index = symbols[cells] if len(symbols) else np.zeros(len(known), np.int64)
            case _:
                values = cells.astype(np.int64)
        return Values(values, known, unbroken)

    def _item(self, node: Node, rows: Index) -> Cells:
        domain = node.domains[0]
        if not isinstance(domain, Items):
            raise TypeError("an item belongs to a document")
        raw = self._reader.items(domain)
        return encode([parse_value(raw[row], node.type) for row in rows.tolist()], node.type, self._texts)

    def _check(self, node: Node, operation: plan.Check, rows: Index) -> Cells:
        outcomes = self.outcomes(node, operation, rows)
        failed = [bool(outcome.failed) for outcome in outcomes]
        found = [None if outcome.failed else outcome.value for outcome in outcomes]
        return encode(found, node.type, self._texts, failed)

    def outcomes(self, node: Node, operation: plan.Check, rows: Index) -> list[CheckOutcome]:
        """What a check says of some rows of its kind."""
        values = [self._plain(self._reader.plan.nodes[part.node]) for part in node.inputs]
        arguments = tuple(zip(operation.arguments, values, strict=True))
        found = self._checks.outcomes(operation.check, _kind(node), arguments)
        return [found[row] for row in rows.tolist()]

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


def _kind(node: Node) -> str:
    kind = node.domains[0]
    if isinstance(kind, Items):
        raise TypeError("the items of a document have no attributes and no checks")
    return kind
