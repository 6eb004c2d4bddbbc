"""How much of an evaluation may lie in memory at once, and what the least is that one needs.

What it needs is found before anything is evaluated: the plan is gone through as the evaluator will do it, with the
sizes of what it would hold. Where a size depends on the facts (how many pairs a chunk has, how far a paint gets) the
largest counts, so the evaluation stays below.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from lexline.evaluate.column_types import width
from lexline.evaluate.walks import CELLS, EDGE_BYTES
from lexline.plan.batches import TOGETHER, batches, cap_of
from lexline.plan.nodes import (
    Check,
    Document,
    Domain,
    Items,
    Lineage,
    Navigate,
    Navigating,
    Node,
    Quantify,
    Related,
    navigation_of,
    nodes_read,
)
from lexline.plan.plans import Plan
from lexline.plan.uses import Question, Uses
from lexline_lineage.graph import Graph

__all__ = ["PAIRS", "UNBOUNDED", "Bounds", "Rehearsal", "bounds_within"]

PAIRS = 2_000_000
"""How many pairs a chunk may hold; a single row may go over it."""
_OUTCOME = 400
"""Bytes of an outcome of a check: it is a Python object."""
_WEIGHTS = 12
"""How many weights a node sums up; a total of numbers of very different size may have more."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """``pairs`` a chunk may hold; nodes painted ``together``; ``questions`` that share what they have in common (None:
    all): after so many rules and measures nothing is kept."""

    pairs: int = PAIRS
    together: int = TOGETHER
    questions: int | None = None


UNBOUNDED = Bounds()
"""Nothing but the size of a chunk is bounded."""
_LADDER = (
    UNBOUNDED,
    Bounds(PAIRS // 4),
    Bounds(PAIRS // 16, 5),
    Bounds(PAIRS // 64, 2),
    Bounds(PAIRS // 64, 2, 16),
    Bounds(PAIRS // 64, 2, 4),
    Bounds(PAIRS // 512, 1, 1),
)
"""From what is fast to what is small."""


def bounds_within(plan: Plan, graph: Graph, asked: Sequence[Question], room: int, *, compiled: bool) -> Bounds | int:
    """The first bounds that need no more than ``room`` bytes; where none do, how many bytes it takes at least."""
    least = 0
    for bounds in _LADDER:
        rehearsal = Rehearsal(plan, graph, bounds, compiled=compiled)
        step = bounds.questions or max(len(asked), 1)
        parts = (asked[begin : begin + step] for begin in range(0, len(asked), step))
        least = max(map(rehearsal.peak, parts), default=0)
        if least <= room:
            return bounds
    return least


class Rehearsal:
    """Goes through questions as ``ColumnEvaluator`` does, and counts the bytes of what would lie in memory."""

    def __init__(self, plan: Plan, graph: Graph, bounds: Bounds, *, compiled: bool) -> None:
        self._plan, self._graph, self._bounds, self._compiled = plan, graph, bounds, compiled
        self._size = len(graph.kind_codes)
        self._edges = len(graph.upstream.neighbours)
        self._is_sure = not graph.upstream.possible.any()
        self._largest: dict[Related, int] = {}
        self._start(())

    def peak(self, asked: Sequence[Question]) -> int:
        """The most bytes that lie in memory while questions are answered that share what they have in common."""
        self._start(asked)
        for question in asked:
            for number in question:
                self._column(number)
            subject = max((self._rows(self._node(number).domains) for number in question), default=0)
            self._touch(60 * subject)
            self._uses.answered(question)
            self._drop([number for number in self._live if not self._uses.is_wanted(number)])
        return self._most

    def _start(self, asked: Sequence[Question]) -> None:
        self._uses = Uses(self._plan, asked)
        self._batches = batches(self._plan, self._bounds.together, self._uses.needed)
        self._live: dict[int, int] = {}
        self._grounds: set[object] = set()
        self._reached: dict[Node, list[int]] = {}
        self._held = self._most = 0

    def _node(self, number: int) -> Node:
        return self._plan.nodes[number]

    def _extent(self, domain: Domain) -> int:
        return len(self._graph.members.get(domain.kind if isinstance(domain, Items) else domain, ()))

    def _rows(self, domains: tuple[Domain, ...]) -> int:
        return self._extent(domains[0]) if domains else 1

    # ---- the way of the evaluator ----------------------------------------------------------------------------------

    def _touch(self, size: int) -> None:
        self._most = max(self._most, self._held + size)

    def _hold(self, size: int) -> None:
        self._held += size
        self._most = max(self._most, self._held)

    def _drop(self, numbers: Sequence[int]) -> None:
        for number in numbers:
            self._held -= self._live.pop(number, 0)

    def _column(self, number: int) -> None:
        if number in self._live:
            return
        node = self._node(number)
        self._evaluate(node)
        self._live[number] = self._rows(node.domains) * width(node.type)
        self._hold(self._live[number])
        self._drop(self._uses.decided(number))

    def _read(self, number: int) -> None:
        node = self._node(number)
        if len(node.domains) < 2:
            self._column(number)
        else:
            self._evaluate(node)

    def _evaluate(self, node: Node) -> None:
        navigation = navigation_of(node.operation)
        if navigation is None:
            for number in nodes_read(node):
                self._read(number)
            rows = self._rows(node.domains) if len(node.domains) < 2 else 0  # pairs are counted by what navigates
            self._touch(rows * (_OUTCOME if isinstance(node.operation, Check) else 2 * width(node.type) + 8))
            return
        self._enter(node, navigation)
        if isinstance(node.operation, Navigating) and node.operation.method != "pairs" and len(node.domains) < 2:
            self._closed(node, navigation)
            return
        chunk = self._chunk(node, navigation) + 24 * self._rows(node.domains)
        self._hold(chunk)
        for part in node.inputs:
            self._read(part.node)
        self._held -= chunk

    def _enter(self, node: Node, navigation: Navigate) -> None:
        """What is kept of where something leads: what is avoided, where it is open, its ends."""
        scope, ground = navigation.scope, (navigation.scope, node.domains, navigation.member)
        if ground in self._grounds:
            return
        self._grounds.add(ground)
        self._hold(10 * (self._rows(node.domains) + self._extent(navigation.member)))
        if isinstance(scope, Related):
            self._hold(9 * self._of_relations(scope))
            self._touch(30 * self._of_relations(scope))
        elif isinstance(scope, Lineage):
            for avoided in scope.avoiding:
                self._column(avoided.condition)
            self._hold(4 * self._size if scope.avoiding else 0)
            self._touch(9 * self._size + self._spread(1, scope))

    # ---- paints and sums -------------------------------------------------------------------------------------------

    def _closed(self, node: Node, navigation: Navigate) -> None:
        """A node that is painted or summed, with all nodes of its batch; what they reach is held until the last."""
        origins, members = self._rows(node.domains), self._extent(navigation.member)
        is_sum = isinstance(node.operation, Navigating) and node.operation.method == "sum"
        marks, cell = (_WEIGHTS, 8) if is_sum else (3, 1)
        if node not in self._reached:
            mates = [other for other in self._batches.get(node, ()) if other not in self._reached and other != node]
            for mate in (node, *mates):
                for part in mate.inputs:
                    self._column(part.node)
                self._hold(marks * cell * members)
            count = marks * (len(mates) + 1)
            work = self._sum(count, members, navigation.scope) if is_sum else self._spread(count, navigation.scope)
            self._touch(work + count * (cell * origins + members // 4))
            self._held -= count * cell * members
            self._hold(count * cell * origins)
            batch = [len(mates) + 1, count * cell * origins]
            self._reached.update(dict.fromkeys((node, *mates), batch))
        for part in node.inputs:
            self._column(part.node)
        self._touch((0 if is_sum else self._one_by_one(node, navigation.scope)) + 40 * (origins + members))
        batch = self._reached[node]
        batch[0] -= 1
        self._held -= 0 if batch[0] else batch[1]

    def _sum(self, weights: int, members: int, scope: object) -> int:
        """What a walk takes that sums up weights."""
        if isinstance(scope, Related):
            return 24 * self._of_relations(scope)
        walking = 16 * self._size + 16 * weights * members
        if self._compiled:
            return walking
        return walking + 80 * max(CELLS * self._bounds.pairs, self._size) + EDGE_BYTES * self._edges

    def _spread(self, marks: int, scope: object) -> int:
        """What a paint of marks takes while it is at work."""
        if isinstance(scope, Related):
            return 12 * self._of_relations(scope)
        if self._compiled:
            return self._size * (4 * (1 if marks <= 8 else 8) + 8 + 1)
        return 6 * self._size + EDGE_BYTES * self._edges

    def _one_by_one(self, node: Node, scope: object) -> int:
        """What it takes to carry ranks or to count, where a paint does."""
        operation = node.operation
        cap = cap_of(node)
        if not isinstance(scope, Lineage):
            return 48 * self._of_relations(scope) if isinstance(scope, Related) else 0
        if isinstance(operation, Quantify) and cap == 1:
            return 0
        doubt = not isinstance(operation, Quantify) and not (self._is_sure and not scope.avoiding)
        size = (8 + EDGE_BYTES) * self._edges + 4 * self._size if doubt else 0
        if self._compiled:
            return size + 30 * self._size
        return size + (8 * cap + 40) * self._size + 2 * EDGE_BYTES * self._edges

    def _of_relations(self, scope: Related) -> int:
        return sum(len(self._graph.along[name].neighbours) for name, _ in scope.relations)

    # ---- pairs -----------------------------------------------------------------------------------------------------

    def _chunk(self, node: Node, navigation: Navigate) -> int:
        """What a chunk of pairs takes, with what is evaluated over them and what found them."""
        pairs = max(self._bounds.pairs, self._row(navigation))
        pairs = min(pairs, self._rows(node.domains) * self._row(navigation)) if len(node.domains) < 2 else pairs
        inside: set[int] = set()
        left = [part.node for part in node.inputs]
        while left:  # the nodes over pairs, and the columns that are spread over them
            number = left.pop()
            if number not in inside:
                inside.add(number)
                left += nodes_read(self._node(number)) if len(self._node(number).domains) > 1 else ()
        a_pair = 80 + 16 * len(node.domains) + sum(width(self._node(number).type) for number in inside)
        found = 0
        if isinstance(navigation.scope, Lineage):
            found = self._walk(navigation.scope, pairs)
        elif isinstance(navigation.scope, Related):
            found = 40 * max(self._bounds.pairs, self._row(navigation))
        return pairs * a_pair + found

    def _row(self, navigation: Navigate) -> int:
        """How many members one origin may have."""
        scope, members = navigation.scope, self._extent(navigation.member)
        if not isinstance(scope, Related):
            return 64 if isinstance(scope, Document) else members
        if scope not in self._largest:
            ways = [(self._graph.along if along else self._graph.against)[name] for name, along in scope.relations]
            self._largest[scope] = sum(int(np.diff(way.starts).max(initial=0)) for way in ways)
        return min(self._largest[scope], members)

    def _walk(self, scope: Lineage, pairs: int) -> int:
        if self._compiled and not scope.avoiding:
            room = max(2 * self._bounds.pairs, self._size)
            return 12 * self._size + 8 * room + 40 * min(room, 2 * pairs)
        return 60 * max(CELLS * self._bounds.pairs, self._size) + EDGE_BYTES * self._edges
