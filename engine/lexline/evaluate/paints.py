"""Paints of marks over grounds: of all nodes of a batch together; and after a change, of what may have moved alone.

A lasting evaluator keeps where its paints got, for all elements. A later one paints again the part that a change
reaches, as long as that is small.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from lexline.evaluate.closed import Closed
from lexline.evaluate.column_types import Bools, Index, Numbers, Truths, Values, joined
from lexline.evaluate.grounds import Ground, LineageGround
from lexline.evaluate.kernels_sets import ranks_of
from lexline.evaluate.orders import Order
from lexline.evaluate.repaint import Area, Repaint
from lexline.plan.batches import cap_of
from lexline.plan.nodes import Aggregate, CompareSome, Extreme, Items, Lineage, Navigate, Node, Quantify, navigation_of
from lexline.plan.plans import Plan
from lexline_lineage.graph import Graph

if TYPE_CHECKING:
    from lexline.evaluate.earlier import Earlier
    from lexline.evaluate.moved import Marks

__all__ = ["Paints"]

PART = 4
"""A part of the graph smaller than its so many-th is painted again by itself."""
KEPT = 8
"""Up to how many members of each element are kept, where they are counted."""

AskedMark = tuple[Bools, bool]
"""Members of a kind, and whether it is asked where they get surely."""


class Paints:
    """Paints for the nodes of a plan. ``earlier``: what an evaluator kept, before a change. Where a node is painted
    again (``again``), members are those of its area, and origins, too."""

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
        self._everywhere: dict[Node, list[Bools | None]] = {}
        self._greatest: dict[tuple[Node, bool], tuple[Order, Index]] = {}
        self._counted: dict[tuple[Node, bool], NDArray[np.int32]] = {}
        self._areas: dict[tuple[str, int, int], Area] = {}
        self._again: dict[Node, Repaint | None] = {}

    def reached(self, nodes: Sequence[Node], asked: Sequence[Sequence[AskedMark]]) -> Iterator[list[Bools]]:
        """For nodes over one ground, and each of their marks, the origins that it reaches."""
        if not nodes:
            return
        ground = self._closed.ground(nodes[0])
        if not (self._lasting and isinstance(ground, LineageGround)):
            yield from _painted(ground, asked)
            return
        for node, found in zip(nodes, _painted(ground, asked, everywhere=True), strict=True):
            self._everywhere[node] = [marked if marked.any() else None for marked in found]
            yield [ground.at_origins(marked) for marked in found]

    def greatest(
        self, node: Node, value: Numbers | Values, marked: Bools, *, greatest: bool, certain: bool
    ) -> Numbers | Values:
        """For each origin the first value, in order, of the marked members that reach it; missing where none does."""
        again = self.again(node)
        if again is not None and self._before is not None:
            kept = self._before._greatest
            earlier, everywhere = kept.get((node, certain)) or kept[node, False]
            known = earlier.values(everywhere[again.before])
            order = Order(joined(value, known), np.concatenate([marked, known.known]), greatest=greatest)
            ranks = np.full(len(order.marked), -1, np.int64)
            ranks[order.marked] = order.ranks
            return order.values(again.greatest(ranks[: len(marked)], ranks[len(marked) :], certain=certain))
        order, ground = Order(value, marked, greatest=greatest), self._closed.ground(node)
        if not (self._lasting and isinstance(ground, LineageGround)):
            return order.values(ground.greatest(order.marked, order.ranks, certain=certain))
        everywhere = ground.greatest_everywhere(order.marked, order.ranks, certain=certain)
        self._greatest[node, certain] = order, everywhere
        return order.values(ground.at_origins(everywhere))

    def count(self, node: Node, marked: Bools, cap: int, *, certain: bool) -> Index:
        """For each origin how many of the marked members reach it, counted at least as far as ``cap``."""
        again, ground = self.again(node), self._closed.ground(node)
        if again is not None and self._before is not None:
            kept = self._before._counted
            table = kept[node, certain] if (node, certain) in kept else kept[node, False]
            return again.count(marked, table, cap, certain=certain)
        if not (self._lasting and isinstance(ground, LineageGround)) or cap > KEPT:
            return ground.count(marked, cap, certain=certain)
        table = self._counted[node, certain] = ground.counted(marked, cap, certain=certain)
        return np.asarray(np.count_nonzero(ground.at_origins(table) >= 0, axis=1))

    def tells_both(self, node: Node, member: Truths) -> bool:
        """Whether a paint of what is possible tells what is sure, too."""
        if not self._closed.ground(node).is_sure or not member.known.all():
            return False
        if self._before is None or self.again(node) is None:
            return True
        return (node, True) not in self._before._greatest and (node, True) not in self._before._counted

    # ---- members ---------------------------------------------------------------------------------------------------

    def member(self, node: Node) -> Truths:
        """Which members count."""
        again = self.again(node)
        return self._closed.member(node, None if again is None else again.rows)

    def value(self, node: Node) -> Numbers | Values:
        """The values of the members."""
        again = self.again(node)
        return self._closed.value(node, None if again is None else again.rows)

    def marks(self, node: Node) -> list[AskedMark]:
        """The marks of which a node wants to know where they get."""
        has_value = isinstance(node.operation, Aggregate | CompareSome)
        return _marks(node, self.member(node), self.value(node) if has_value else None)

    # ---- after a change --------------------------------------------------------------------------------------------

    def is_asked(self, node: Node) -> bool:
        """Whether a node may have moved, and is painted everywhere."""
        return self._earlier is None or (self._numbers[node] in self._earlier.moves.nodes and self.again(node) is None)

    def again(self, node: Node) -> Repaint | None:
        """The part of the graph in which a node is painted again; None: it is painted everywhere."""
        if self._before is None:
            return None
        if node not in self._again:
            marks = self._marks_again(node)
            self._again[node] = None if marks is None else self._repaint(node, marks)
        return self._again[node]

    def reached_again(self, node: Node, again: Repaint) -> list[Bools]:
        """For each of the node's marks the origins that it reaches."""
        if self._before is None:
            raise TypeError("nothing was painted before")
        is_sure = self._closed.ground(node).is_sure
        asked: list[tuple[Bools, Bools | None, bool]] = []
        places: dict[tuple[bytes, bool, int], int] = {}
        keys = []
        for (marked, certain), everywhere in zip(self.marks(node), self._before._everywhere[node], strict=True):
            key = marked.tobytes(), certain and not is_sure, id(everywhere)
            keys.append(key)
            if key not in places and (everywhere is not None or marked.any()):
                places[key] = len(asked)
                asked.append((marked, everywhere, key[1]))
        found = again.spread(asked) if asked else []
        nothing = np.zeros(again.origins, np.bool_)
        return [found[places[key]] if key in places else nothing for key in keys]

    def _marks_again(self, node: Node) -> Marks | None:
        """The elements that a paint may reach otherwise; None where it has to begin anew."""
        if self._before is None or self._earlier is None or node not in self._before._everywhere:
            return None
        match node.operation:
            case Quantify():
                is_kept = cap_of(node) == 1 or (node, False) in self._before._counted
            case Aggregate() | CompareSome():
                is_kept = (node, False) in self._before._greatest
            case _:
                is_kept = False
        navigation, masks = _navigation(node), self._closed.masks(node)
        moved = self._earlier.moves.nodes.get(self._numbers[node])
        if not is_kept or not isinstance(navigation.scope, Lineage) or navigation.scope.steps is not None:
            return None
        if navigation.origin is None or moved is None or moved.everything:
            return None
        if masks is not None and masks.failed.any():
            return None
        marks = moved.slots[navigation.origin]
        return None if marks is None or len(marks.numbers) * PART >= marks.size else marks

    def _repaint(self, node: Node, marks: Marks) -> Repaint:
        scope, ground = _navigation(node).scope, self._closed.ground(node)
        if not isinstance(scope, Lineage) or not isinstance(ground, LineageGround):
            raise TypeError("only the lineage is painted again")
        begun = self._begun(node, scope)
        key = scope.direction, id(marks), id(begun)  # the marks live as long as the moves
        if key not in self._areas:
            ways = self._graph.downstream, self._graph.upstream
            self._areas[key] = Area(self._graph, ways if scope.direction == "upstream" else ways[::-1], marks, begun)
        return ground.again(self._areas[key])

    def _begun(self, node: Node, scope: Lineage) -> Marks | None:
        """The members that moved, where all that came of it is that some came in, or came further ahead; else None."""
        if self._earlier is None or self._before is None or not self._earlier.keeps_way(scope):
            return None
        moved = self._earlier.moves.nodes[self._numbers[node]].members
        member = _navigation(node).member
        if moved is None or isinstance(member, Items):
            return None
        rows, sides = self._earlier.rows_of(moved, member), (self._before._closed, self._closed)
        old, new = (side.member(node, rows) for side in sides)
        if (new.no & ~old.no).any() or (old.yes & ~new.yes).any() or (old.failed & ~new.failed).any():
            return None
        match node.operation:
            case Aggregate(function=function):
                greatest = function in ("latest", "highest")
            case CompareSome(operator):
                greatest = operator in (">", ">=")
            case _:
                return moved
        was, now = (side.value(node, rows) for side in sides)
        marks = zip(_marks(node, old, was), _marks(node, new, now), strict=True)
        if any((before & ~after).any() for (before, _), (after, _) in marks):
            return None
        ahead = ranks_of(now) >= ranks_of(was) if greatest else ranks_of(now) <= ranks_of(was)
        return moved if bool((old.no | ~was.known | (now.known & ahead)).all()) else None


def _marks(node: Node, member: Truths, value: Numbers | Values | None) -> list[AskedMark]:
    match node.operation:
        case Quantify() if cap_of(node) == 1:
            return [(~member.no, False), (member.yes, True), (member.failed, False)]
        case Aggregate() if value is not None:
            return [(~member.no, False), (~member.known | (member.yes & ~value.known), False), (member.failed, False)]
        case Extreme():
            return [(~member.no, False), (member.yes, True)]
        case CompareSome() if value is not None:
            return [(~member.no & ~value.known, False)]
        case _:
            return [(member.failed, False)]


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
