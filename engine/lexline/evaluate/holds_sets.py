"""Until when what is said of sets holds: as long as all members do, or as long as one that shows it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from lexline.evaluate.column_types import Bools, Cells, Index, Truths, Values, truth_of
from lexline.evaluate.frames import Frame
from lexline.evaluate.grounds import Ground
from lexline.evaluate.kernels_sets import highest, ranks_of
from lexline.evaluate.navigation_columns import Pairs
from lexline.evaluate.truth_columns import conjunction, inverse
from lexline.plan.nodes import Extreme, Lineage, Navigate, Navigating, Node, Quantify, navigation_of

if TYPE_CHECKING:
    from lexline.evaluate.holds import Holds

__all__ = ["NEVER", "SetsHold", "least", "together"]

NEVER = int(np.iinfo(np.int64).max)
"""In place of a day: it can't change by itself."""


def least(untils: Sequence[Index], size: int) -> Index:
    """Until when all hold."""
    found: Index = np.broadcast_to(np.int64(NEVER), size)
    for until in untils:
        found = np.minimum(found, until)
    return found


def together(operands: Sequence[Truths], untils: Sequence[Index]) -> Index:
    """Until when ``and`` holds: one that is false is enough, of several the one that stays so longest."""
    found = least(untils, len(operands[0].no))
    for operand, until in zip(operands, untils, strict=True):
        found = np.where(operand.no, np.maximum(found, until), found)
    return found


class SetsHold:
    """The nodes that navigate. Which elements are reached changes only with what a lineage avoids."""

    def __init__(self, holds: Holds) -> None:
        self._holds = holds
        self._columns = holds.columns

    def read(self, node: Node, frame: Frame) -> Index:
        """A node that navigates, for each row."""
        navigation = _navigation(node)
        found = self._painted(node) if frame.whole and _is_painted(node) else self._paired(node, navigation, frame)
        for part in node.inputs[2:]:
            if node.member not in part.slots:
                found = np.minimum(found, self._holds.read(part, frame))
        return np.minimum(found, self._avoided(navigation))

    def _avoided(self, navigation: Navigate) -> int:
        """Until when all that a lineage may avoid stays as it is."""
        conditions = navigation.scope.avoiding if isinstance(navigation.scope, Lineage) else ()
        columns = [self._holds.column(avoided.condition) for avoided in conditions]
        return min((int(column.min(initial=NEVER)) for column in columns), default=NEVER)

    # ---- painted ---------------------------------------------------------------------------------------------------

    def _painted(self, node: Node) -> Index:
        """Members that look at nothing but themselves: the first of their days to reach an origin."""
        members = self._columns.whole(_navigation(node).member)
        counts, until = self._members(node, members, paints=True)
        ground = self._columns.closed.ground(node)
        found = _first(ground, until, until < NEVER)
        if ground.avoided is not None:  # what is avoided may still be reached by itself
            found = np.where(ground.avoided, np.minimum(found, until), found)
        if self._is_shown_by_one(node):
            found = np.maximum(found, -_first(ground, -until, counts.yes, certain=True, none=1))
        return found

    # ---- in pairs --------------------------------------------------------------------------------------------------

    def _paired(self, node: Node, navigation: Navigate, frame: Frame) -> Index:
        found = np.full(frame.size, NEVER)
        shown = np.full(frame.size, -NEVER)
        for pairs in self._columns.sets.pairs(node, navigation, frame):
            inner = frame.paired(pairs.rows[pairs.places], pairs.members)
            rows = pairs.rows[pairs.places]
            if isinstance(node.operation, Extreme):
                until = self._extreme(node, node.operation, inner, pairs)
            else:
                counts, until = self._members(node, inner)
                if self._is_shown_by_one(node):
                    sure = counts.yes & pairs.reach.yes
                    np.maximum.at(shown, rows[sure], until[sure])
            np.minimum.at(found, rows, until)
        np.maximum(found, shown, out=found)
        return found

    def _extreme(self, node: Node, operation: Extreme, inner: Frame, pairs: Pairs) -> Index:
        """The bodies of those count that may be the greatest (or least)."""
        condition, key = (self._holds.cells(part, inner) for part in node.inputs[:2])
        of_condition, of_key, of_body = (self._holds.read(part, inner) for part in node.inputs)
        member = conjunction([pairs.reach, truth_of(condition)])
        behind = _behind(pairs, member, key, greatest=operation.greatest)
        until = np.minimum(of_condition, np.minimum(of_key, np.where(behind, NEVER, of_body)))
        return np.where(truth_of(condition).no, of_condition, until)

    # ---- members ---------------------------------------------------------------------------------------------------

    def _members(self, node: Node, inner: Frame, *, paints: bool = False) -> tuple[Truths, Index]:
        """Which members count, and until when what they add stays as it is. (Where it paints, the rows of ``inner``
        are all members, in slot 0.)"""
        parts = node.inputs if isinstance(node.operation, Extreme) else node.inputs[:2]
        if paints:
            parts = tuple(replace(part, slots=tuple(0 for _ in part.slots)) for part in parts)
        cells = [self._holds.cells(part, inner) for part in parts]
        untils = [self._holds.read(part, inner) for part in parts]
        condition = truth_of(cells[0])
        if not isinstance(node.operation, Quantify):
            return condition, np.where(condition.no, untils[0], least(untils, inner.size))
        body = truth_of(cells[1])
        body = inverse(body) if node.operation.quantifier == "every" else body
        return conjunction([condition, body]), together([condition, body], untils)

    def _is_shown_by_one(self, node: Node) -> bool:
        """Whether one member that surely counts decides it."""
        operation = node.operation
        if not isinstance(operation, Quantify):
            return False
        return operation.quantifier in ("some", "no", "every") or (operation.quantifier, operation.count) in (
            ("at least", 1),
            ("at most", 0),
            ("exactly", 0),
        )


def _is_painted(node: Node) -> bool:
    """Whether it is closed. (Extremes over one relation are few pairs, and a paint would not tell which are behind.)"""
    operation = node.operation
    if isinstance(operation, Extreme):
        return operation.method == "paint" and isinstance(operation.navigation.scope, Lineage)
    return isinstance(operation, Navigating) and operation.method != "pairs"


def _navigation(node: Node) -> Navigate:
    navigation = navigation_of(node.operation)
    if navigation is None:
        raise TypeError("the node does not navigate")
    return navigation


def _first(ground: Ground, days: Index, marked: Bools, *, certain: bool = False, none: int = NEVER) -> Index:
    """For each origin the least of the days of the marked members that reach it; ``none`` where there is none."""
    keys, ranks = np.unique(days[marked], return_inverse=True)
    best = ground.greatest(marked, len(keys) - 1 - ranks, certain=certain)
    places = np.where(best >= 0, len(keys) - 1 - best, 0)
    return np.where(best >= 0, keys[places] if len(keys) else none, none)


def _behind(pairs: Pairs, member: Truths, key: Cells, *, greatest: bool) -> Bools:
    """The members that are surely behind another in the order of their keys."""
    if isinstance(key, Values) and key.values.dtype.names is not None:  # calendar and elapsed time have no order
        return np.zeros(len(pairs.places), np.bool_)
    best, found = highest(pairs.places, key, member.yes, len(pairs.rows), greatest=greatest)
    ranks = ranks_of(key)
    ahead = ranks[best[pairs.places]]
    return np.asarray(found[pairs.places] & key.known & (ranks < ahead if greatest else ranks > ahead))
