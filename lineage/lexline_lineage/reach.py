"""Which elements data comes from, or goes to: reachability over the flow of a graph.

The meaning is that of a plain walk over paths of one step or more; cycles end, and an element is reached from itself
only through one.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from lexline_lineage.graph import Adjacency

__all__ = ["Reached", "reach"]


@dataclass(frozen=True, slots=True)
class Reached:
    """``certain`` elements are reached by some path that is surely there and touches no element that might be one to
    avoid; ``possible`` ones only by other paths."""

    certain: frozenset[int]
    possible: frozenset[int]


def reach(
    adjacency: Adjacency,
    starts: Iterable[int],
    *,
    steps: int | None = None,
    avoided: Collection[int] = frozenset(),
    perhaps_avoided: Collection[int] = frozenset(),
) -> Reached:
    """What is reached from ``starts`` by paths of 1 to ``steps`` edges (any number where ``None``) of an adjacency.

    No path touches an element of ``avoided``; the starts themselves are exempt. Paths over possible edges, or past an
    element of ``perhaps_avoided``, count as possible only. Pass sets, or anything else that is quick to look into.
    """
    begin = frozenset(starts)
    everything = _walk(adjacency, begin, steps, avoided, (), sure_only=False)
    certain = _walk(adjacency, begin, steps, avoided, perhaps_avoided, sure_only=True)
    return Reached(frozenset(certain), frozenset(everything - certain))


def _walk(
    adjacency: Adjacency,
    starts: frozenset[int],
    steps: int | None,
    avoided: Collection[int],
    also_avoided: Collection[int],
    *,
    sure_only: bool,
) -> set[int]:
    reached: set[int] = set()
    frontier = list(starts)
    left = steps if steps is not None else len(adjacency.starts)
    while frontier and left > 0:
        left -= 1
        following: list[int] = []
        for number in frontier:
            for neighbour, possible in adjacency.row(number):
                if neighbour in reached or (possible and sure_only):
                    continue
                if neighbour not in starts and (neighbour in avoided or neighbour in also_avoided):
                    continue
                reached.add(neighbour)
                following.append(neighbour)
        frontier = following
    return reached
