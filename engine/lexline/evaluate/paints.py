"""Paints of marks over grounds: of all nodes of a batch together; and after a change, of what may have moved alone.

A lasting evaluator keeps where its paints got, for all elements. A later one paints again the part that a change
reaches, as long as that is small.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain
from typing import TYPE_CHECKING

import numpy as np

from lexline.evaluate.closed import Closed
from lexline.evaluate.column_types import Bools, Index
from lexline.evaluate.grounds import Ground, LineageGround
from lexline.evaluate.orders import Order
from lexline.evaluate.repaint import Area, MarkAgain, area_of
from lexline.plan.batches import cap_of
from lexline.plan.nodes import Aggregate, CompareSome, Lineage, Navigate, Node, Plan, Quantify, navigation_of
from lexline_lineage.graph import Graph

if TYPE_CHECKING:
    from lexline.evaluate.earlier import Earlier

__all__ = ["Paints"]

PART = 4
"""A part of the graph smaller than its so many-th is painted again by itself."""

AskedMark = tuple[Bools, bool]
"""Members of a kind, and whether it is asked where they get surely."""


class Paints:
    """Paints for the nodes of a plan. ``earlier``: what an evaluator kept, before a change."""

    def __init__(
        self, plan: Plan, graph: Graph, closed: Closed, earlier: Earlier | None = None, *, lasting: bool = False
    ) -> None:
        self._graph = graph
        self._closed = closed
        self._earlier = earlier
        self._before: Paints | None = None if earlier is None else earlier.columns.paints
        self._lasting = lasting
        numbers = {node: number for number, node in enumerate(plan.nodes)} if lasting else {}
        self._numbers: dict[Node, int] = numbers if self._before is None else self._before._numbers
        self._everywhere: dict[Node, list[Bools]] = {}
        self._greatest: dict[tuple[Node, bool], tuple[Order, Index]] = {}
        self._areas: dict[tuple[str, int], Area] = {}
        self._is_again: dict[Node, bool] = {}

    def reached(self, nodes: Sequence[Node], asked: Sequence[Sequence[AskedMark]]) -> Iterator[list[Bools]]:
        """For nodes over one ground, and each of their marks, the origins that it reaches."""
        if not nodes:
            return
        ground = self._closed.ground(nodes[0])
        if not (self._lasting and isinstance(ground, LineageGround)):
            yield from _painted(ground, asked)
            return
        for node, found in zip(nodes, _painted(ground, asked, everywhere=True), strict=True):
            self._everywhere[node] = found
            yield [ground.at_origins(marked) for marked in found]

    def greatest(self, node: Node, order: Order, *, certain: bool) -> Index:
        """For each origin (of a node that is painted again, those in the area) the first in order that reaches it."""
        ground = self._closed.ground(node)
        if not isinstance(ground, LineageGround):
            return ground.greatest(order.marked, order.ranks, certain=certain)
        if self._before is not None and self.is_again(node):
            area, kept = self._area(node), self._before._greatest.get((node, certain))
            if kept is None:
                everywhere = ground.greatest_everywhere(order.marked, order.ranks, certain=certain)
                return ground.of_area(area, everywhere[area.elements])
            earlier, best = kept
            ranked = np.full(len(order.marked), -1, np.int64)
            ranked[order.marked] = order.ranks
            own, again = ground.of_members(ranked, -1), ground.again(area)
            found = again.greatest(own, lambda at: order.ranks_as(earlier, best[at]), certain=certain)
            return ground.of_area(area, found)
        if not self._lasting:
            return ground.greatest(order.marked, order.ranks, certain=certain)
        everywhere = ground.greatest_everywhere(order.marked, order.ranks, certain=certain)
        self._greatest[node, certain] = order, everywhere
        return ground.at_origins(everywhere)

    # ---- after a change --------------------------------------------------------------------------------------------

    def is_asked(self, node: Node) -> bool:
        """Whether a node may have moved, and is painted everywhere."""
        if self._earlier is None:
            return True
        return not self._earlier.moves.nodes[self._numbers[node]].nothing and not self.is_again(node)

    def is_again(self, node: Node) -> bool:
        """Whether a node is painted again only where it may have moved."""
        if node not in self._is_again:
            self._is_again[node] = self._can_be_again(node)
        return self._is_again[node]

    def _can_be_again(self, node: Node) -> bool:
        if self._before is None or self._earlier is None or node not in self._before._everywhere:
            return False
        scope, marks = _navigation(node).scope, self._moved(node)
        is_known = isinstance(node.operation, Quantify | Aggregate | CompareSome) and cap_of(node) == 1
        if not is_known or not isinstance(scope, Lineage) or scope.steps is not None or marks is None:
            return False
        masks = self._closed.masks(node)
        if masks is not None and masks.failed.any():
            return False
        return len(self._earlier.moves.marked(marks)) * PART < len(marks)

    def again(self, node: Node, marks: Sequence[AskedMark]) -> list[Bools]:
        """For each of a node's marks the origins in the area that it reaches."""
        ground, area = self._closed.ground(node), self._area(node)
        if not isinstance(ground, LineageGround) or self._before is None:
            raise TypeError("only the lineage is painted again")
        again: list[MarkAgain] = []
        places: dict[tuple[bytes, bool, int], int] = {}
        asked = list(zip(marks, self._before._everywhere[node], strict=True))
        keys = [(*_mark_key(ground, marked, certain=certain), id(reached)) for (marked, certain), reached in asked]
        for key, ((marked, certain), reached) in zip(keys, asked, strict=True):
            if key not in places and (marked.any() or reached.any()):
                places[key] = len(again)
                again.append(MarkAgain(ground.of_members(marked, 0), reached, certain and not ground.is_sure))
        found = [ground.of_area(area, each) for each in ground.again(area).spread(again)] if again else []
        nothing = ground.of_area(area, np.zeros(len(area.elements), np.bool_))
        return [found[places[key]] if key in places else nothing for key in keys]

    def _moved(self, node: Node) -> Bools | None:
        """The elements that a paint may reach otherwise; None where it has to begin anew."""
        if self._earlier is None:
            return None
        moved, origin = self._earlier.moves.nodes[self._numbers[node]], _navigation(node).origin
        return None if moved.everything or origin is None else moved.slots[origin]

    def _area(self, node: Node) -> Area:
        scope, marks = _navigation(node).scope, self._moved(node)
        if not isinstance(scope, Lineage) or marks is None or self._earlier is None:
            raise TypeError("only the lineage is painted again")
        key = scope.direction, id(marks)  # the marks live as long as the moves
        if key not in self._areas:
            forward = self._graph.upstream if scope.direction == "upstream" else self._graph.downstream
            self._areas[key] = area_of(forward, marks, self._earlier.moves.marked(marks))
        return self._areas[key]


def _painted(
    ground: Ground, asked: Sequence[Sequence[AskedMark]], *, everywhere: bool = False
) -> Iterator[list[Bools]]:
    """Where the marks of each node get, in one paint without those that are empty or the same."""
    marks: list[AskedMark] = []
    places: dict[tuple[bytes, bool], int] = {}
    for marked, certain in chain.from_iterable(asked):
        key = _mark_key(ground, marked, certain=certain)
        if marked.any() and key not in places:
            places[key] = len(marks)
            marks.append((marked, certain))
    size = ground.origins
    if everywhere and isinstance(ground, LineageGround):
        found, size = ground.spread_everywhere(marks) if marks else [], ground.size
    else:
        found = ground.spread(marks) if marks else []
    nothing = np.zeros(size, np.bool_)
    for each in asked:
        keys = [_mark_key(ground, marked, certain=certain) for marked, certain in each]
        yield [found[places[key]] if key in places else nothing for key in keys]


def _mark_key(ground: Ground, marked: Bools, *, certain: bool) -> tuple[bytes, bool]:
    return np.packbits(marked).tobytes(), certain and not ground.is_sure


def _navigation(node: Node) -> Navigate:
    navigation = navigation_of(node.operation)
    if navigation is None:
        raise TypeError("the node does not navigate")
    return navigation
