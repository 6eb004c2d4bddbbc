"""Quantifiers, aggregates and extremes over whole columns of origins, pair by pair.

This is the general way: it needs nothing of the condition and the body. ``paint`` is faster where they look only at the
member.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from lexline.evaluate.bounds import PAIRS
from lexline.evaluate.column_types import Bools, Cells, Numbers, Truths, blank, choose, truth_of, write
from lexline.evaluate.frames import Frame, Reader, Ways
from lexline.evaluate.kernels import compare
from lexline.evaluate.kernels_sets import Sizes, extreme, fold, halves_of, of_each, quantified, share, size_of, sizes_of
from lexline.evaluate.navigation_columns import Pairs, everything, pairs_of
from lexline.evaluate.truth_columns import conjunction, inverse
from lexline.plan.nodes import Aggregate, CompareSome, Constant, Extreme, Navigate, Node, Quantify

__all__ = ["Sets"]


class Sets:
    """Evaluates what navigates, ``pairs`` at once; ``ways`` know where to. Keeps nothing of a frame."""

    def __init__(self, reader: Reader, ways: Ways, pairs: int = PAIRS) -> None:
        self._reader = reader
        self._ways = ways
        self._chunk = pairs

    def read(self, node: Node, frame: Frame) -> Cells:
        """A node that navigates, for each row."""
        match node.operation:
            case Quantify():
                return self.quantify(node, node.operation, frame)
            case Extreme():
                return self.extreme(node, node.operation, frame)
            case Aggregate():
                return self.aggregate(node, node.operation, frame)
            case CompareSome():
                sizes = self._sizes(node, node.operation.navigation, frame)
                return quantified("some", 1, sizes, self.is_open(node, node.operation.navigation, frame))
            case operation:
                raise TypeError(f"{operation} navigates nowhere")

    def quantify(self, node: Node, operation: Quantify, frame: Frame) -> Truths:
        """A quantifier for each row."""
        sizes = self._sizes(node, operation.navigation, frame)
        is_open = self.is_open(node, operation.navigation, frame)
        return quantified(operation.quantifier, operation.count, sizes, is_open)

    def extreme(self, node: Node, operation: Extreme, frame: Frame) -> Truths:
        """The body of the greatest or least members, for each row."""
        is_open = self.is_open(node, operation.navigation, frame)
        found = Truths(*(np.zeros(frame.size, np.bool_) for _ in range(3)))
        for pairs in self.pairs(node, operation.navigation, frame):
            inner = frame.paired(pairs.rows[pairs.places], pairs.members)
            condition, key, body = (self._reader.read(part, inner) for part in node.inputs)
            member = conjunction([pairs.reach, truth_of(condition)])
            part = extreme(
                pairs.places,
                member,
                key,
                truth_of(body),
                is_open[pairs.rows],
                greatest=operation.greatest,
            )
            write(found, pairs.rows, part)
        return found

    def aggregate(self, node: Node, operation: Aggregate, frame: Frame) -> Cells:
        """An aggregate for each row."""
        is_open = self.is_open(node, operation.navigation, frame)
        if operation.function == "count":
            sizes = self._sizes(node, operation.navigation, frame)
            found: Cells = size_of(sizes, is_open)
            return self.with_none(node, operation, frame, found, (sizes.possibly == 0) & ~is_open)
        found = blank(node.type, frame.size)
        present = np.zeros(frame.size, np.bool_)
        for pairs in self.pairs(node, operation.navigation, frame):
            inner = frame.paired(pairs.rows[pairs.places], pairs.members)
            condition, value = (self._reader.read(part, inner) for part in node.inputs[:2])
            member = conjunction([pairs.reach, truth_of(condition)])
            opened = is_open[pairs.rows]
            if operation.function == "share":
                part: Cells = share(halves_of(pairs.places, member, truth_of(value), len(opened)), opened)
            else:
                part = fold(operation.function, pairs.places, member, value, opened)
            write(found, pairs.rows, part)
            present[pairs.rows] = of_each(pairs.places, ~member.no, len(pairs.rows)) > 0
        return self.with_none(node, operation, frame, found, ~present & ~is_open)

    def with_none(self, node: Node, operation: Aggregate, frame: Frame, found: Cells, empty: Bools) -> Cells:
        """The value over a set that is decidedly empty put in."""
        if operation.has_none:
            return choose(empty, self._reader.read(node.inputs[2], frame), found)
        if operation.function == "total" and isinstance(found, Numbers):
            return Numbers(found.low, found.high, found.known | empty, found.failed)
        return found

    # ---- where a navigation leads ----------------------------------------------------------------------------------

    def is_open(self, node: Node, navigation: Navigate, frame: Frame) -> Bools:
        """For each row whether the navigation is open."""
        if navigation.origin is None:
            return np.zeros(frame.size, np.bool_)
        return self._ways.is_open(navigation, node.domains[navigation.origin], frame.slots[navigation.origin])

    def _sizes(self, node: Node, navigation: Navigate, frame: Frame) -> Sizes:
        """How many members count."""
        surely, possibly = np.zeros(frame.size, np.int64), np.zeros(frame.size, np.int64)
        failed = np.zeros(frame.size, np.bool_)
        always = self._reader.plan.nodes[node.inputs[0].node].operation == Constant(True)
        for pairs in self.pairs(node, navigation, frame):
            inner, places, counts = frame.paired(pairs.rows[pairs.places], pairs.members), pairs.places, pairs.reach
            if not always:  # the body is asked of those only that the condition leaves
                counts = conjunction([counts, truth_of(self._reader.read(node.inputs[0], inner))])
                left = np.flatnonzero(~counts.no)
                inner, places, counts = inner.part(left), places[left], counts.take(left)
            counts = conjunction([counts, self._body(node, inner)])
            sizes = sizes_of(places, counts, len(pairs.rows))
            surely[pairs.rows], possibly[pairs.rows] = sizes.surely, sizes.possibly
            failed[pairs.rows] = sizes.failed
        return Sizes(surely, possibly, failed)

    def _body(self, node: Node, inner: Frame) -> Truths:
        """What makes a member count, beside the condition: for ``every`` that it breaks the body."""
        value = self._reader.read(node.inputs[1], inner)
        match node.operation:
            case CompareSome(operator):
                return compare(operator, value, self._reader.read(node.inputs[2], inner))
            case Quantify("every"):
                return inverse(truth_of(value))
            case _:
                return truth_of(value)

    def pairs(self, node: Node, navigation: Navigate, frame: Frame) -> Iterator[Pairs]:
        """The members of each row, in chunks."""
        if navigation.origin is None:
            groups = iter([everything(self._reader.extent(navigation.member))])
            return pairs_of(groups, np.zeros(frame.size, np.int64), self._chunk)
        positions = frame.slots[navigation.origin]
        if len(positions) == 1:
            groups = self._ways.groups(navigation, node.domains[navigation.origin], positions)
            return pairs_of(groups, positions * 0, self._chunk)
        origins, rows = np.unique(positions, return_inverse=True)
        return pairs_of(self._ways.groups(navigation, node.domains[navigation.origin], origins), rows, self._chunk)
