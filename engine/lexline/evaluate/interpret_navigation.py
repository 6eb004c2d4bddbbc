"""Where a navigation leads from one element, by walking its edges: what is reached, how surely, where it is open."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np

from lexline.evaluate.interpret_values import undecided
from lexline.evaluate.verdict import Truth
from lexline_lineage.graph import Adjacency, Graph
from lexline_lineage.vocabulary import LINEAGE_COMPLETE, Flow

__all__ = [
    "Item",
    "Reached",
    "Row",
    "Side",
    "Walk",
    "is_open_at",
    "is_open_relation",
    "neighbours",
    "related",
    "row_of",
    "side_of",
    "walk",
]

Side = Literal["upstream", "downstream"]
Row = Callable[[int], Mapping[int, bool]]
"""The neighbours of an element, ascending, and whether the edge to each is only possible."""
_SETTLED = frozenset((Truth.TRUE, Truth.FALSE))


@dataclass(frozen=True, slots=True, eq=False)
class Item:
    """A value in a document: ``raw`` as it stands there, ``place`` the path with a count of what it finds; ``element``
    holds the document as its ``attribute``."""

    raw: object
    place: str
    element: int
    attribute: str


@dataclass(frozen=True, slots=True)
class Walk:
    """Elements by their distance from the start, and for each the one before it on a shortest path.

    The start is in ``before`` only where a cycle leads back to it.
    """

    distance: Mapping[int, int]
    before: Mapping[int, int]

    def path(self, start: int, end: int) -> tuple[int, ...]:
        """A shortest path, both ends included."""
        path = [end, self.before[end]]
        while path[-1] != start:
            path.append(self.before[path[-1]])
        return tuple(reversed(path))


@dataclass(frozen=True, slots=True)
class Reached:
    """What a scope reaches from one element.

    ``members``: numbers of any kind, ascending, and whether each is surely reached. ``open_at``: the elements at which
    nothing is recorded, so that possibly any number of further elements is reached. Over lineage: ``ends`` the elements
    from which no edge leads on, the nearest first, ``sure`` along certain edges past no node to avoid, ``possible``
    along all edges past no node surely to avoid, ``masks`` the truth of what is avoided for each node met (where
    something is).
    """

    members: Mapping[int, Truth]
    open_at: tuple[int, ...]
    ends: tuple[int, ...]
    sure: Walk
    possible: Walk
    masks: Mapping[int, Truth]


def row_of(adjacency: Adjacency) -> Row:
    """The rows of an adjacency."""
    # A view gives plain numbers at once; taking them out of arrays one by one costs twice as much.
    starts, neighbours = adjacency.starts.data, adjacency.neighbours.data
    possible = adjacency.possible.view(np.uint8).data.cast("?")

    def row(number: int) -> Mapping[int, bool]:
        begin, end = starts[number], starts[number + 1]
        return dict(zip(neighbours[begin:end], possible[begin:end], strict=True))

    return row


def walk(
    graph: Graph, row: Row, start: int, side: Side, steps: int | None, avoided: Callable[[int], Truth] | None
) -> Reached:
    """All that data flows from (``upstream``) or to, within ``steps``, along paths that touch nothing ``avoided`` but
    the start (None: there is nothing to avoid). ``row`` gives the edges of that side."""
    limit = math.inf if steps is None else steps
    masks: dict[int, Truth] = {} if avoided is None else {start: Truth.FALSE}

    def mask(number: int) -> Truth:
        if avoided is None:
            return Truth.FALSE
        if number not in masks:
            masks[number] = avoided(number)
        return masks[number]

    def along_all(number: int) -> list[int]:
        return [other for other in row(number) if avoided is None or mask(other) is not Truth.TRUE]

    def along_sure(number: int) -> list[int]:
        return [o for o, possible in row(number).items() if not possible and mask(o) is Truth.FALSE]

    possible = sure = _spread(start, limit, along_all)
    walked = [number for number, far in possible.distance.items() if far < limit]
    # Where no edge met is only possible, and nothing only perhaps to be avoided, the sure way leads as far.
    if not _SETTLED.issuperset(masks.values()) or any(any(row(number).values()) for number in walked):
        sure = _spread(start, limit, along_sure)
    tainted = _past_failures(start, limit, along_all, masks)
    members = {
        number: Truth.TRUE if number in sure.before else undecided(number in tainted)
        for number in sorted(possible.before)
    }
    ends = tuple(number for number in walked if not row(number))
    open_at = tuple(number for number in sorted(ends) if is_open_at(graph, number, side))
    return Reached(members, open_at, ends, sure, possible, masks)


def related(graph: Graph, start: int, relations: tuple[tuple[str, bool], ...]) -> Reached:
    """The elements one relation away by any of ``relations``, each with True along it as written."""
    found: dict[int, bool] = {}
    for relation, forward in relations:
        for number, possible in neighbours(graph, start, relation, forward):
            found[number] = found.get(number, False) or not possible
    is_open = any(is_open_relation(graph, start, relation, forward) for relation, forward in relations)
    members = {n: Truth.TRUE if certain else Truth.UNKNOWN for n, certain in sorted(found.items())}
    possible_walk = Walk({start: 0}, dict.fromkeys(found, start))
    sure_walk = Walk({start: 0}, {n: start for n, certain in found.items() if certain})
    return Reached(members, (start,) if is_open else (), (), sure_walk, possible_walk, {})


def neighbours(graph: Graph, number: int, relation: str, forward: bool) -> list[tuple[int, bool]]:
    """The elements that one relation leads to, and whether the edge is only possible."""
    return (graph.along if forward else graph.against)[relation].row(number)


def is_open_relation(graph: Graph, number: int, relation: str, forward: bool) -> bool:
    """True where more elements than are recorded may be one relation away."""
    declared = graph.vocabulary.relations[relation]
    if declared.flow is not Flow.NONE:
        return is_open_at(graph, number, side_of(graph, relation, forward))
    return not declared.complete and not neighbours(graph, number, relation, forward)


def side_of(graph: Graph, relation: str, forward: bool) -> Side:
    """Where a flow relation leads, taken along as written or against it."""
    return "downstream" if forward == (graph.vocabulary.relations[relation].flow is Flow.FORWARD) else "upstream"


def is_open_at(graph: Graph, number: int, side: Side) -> bool:
    """True where something flows into (out of) every element of the kind, and nothing is recorded for this one."""
    if side == "downstream":
        return graph.downstream.is_empty(number) and graph.vocabulary.kinds[graph.kind(number)].expects_outputs
    return (
        graph.upstream.is_empty(number)
        and graph.vocabulary.kinds[graph.kind(number)].expects_inputs
        and graph.value(number, LINEAGE_COMPLETE) is not True
    )


def _spread(start: int, limit: float, following: Callable[[int], Iterable[int]]) -> Walk:
    distance, before = {start: 0}, {}
    edge, steps = [start], 0
    while edge and steps < limit:
        steps += 1
        reached = []
        for number in edge:
            for other in following(number):
                if other not in before:
                    before[other] = number
                    if other not in distance:
                        distance[other] = steps
                        reached.append(other)
        edge = reached
    return Walk(distance, before)


def _past_failures(
    start: int, limit: float, following: Callable[[int], Iterable[int]], masks: Mapping[int, Truth]
) -> frozenset[int]:
    """What some path leads to that touches a node of which a failed check can't say whether it is one to avoid."""
    if Truth.FAILED not in masks.values():
        return frozenset()
    seen = {(start, False)}
    edge, steps = list(seen), 0
    while edge and steps < limit:
        steps += 1
        reached = []
        for number, past in edge:
            for other in following(number):
                state = (other, past or masks[other] is Truth.FAILED)
                if state not in seen:
                    seen.add(state)
                    reached.append(state)
        edge = reached
    return frozenset(number for number, past in seen if past)
