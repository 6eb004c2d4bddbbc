"""One shortest path through the flow of a graph, as a witness that people can follow."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from lexline_lineage.graph import Adjacency

__all__ = ["Path", "shortest_path"]


@dataclass(frozen=True, slots=True)
class Path:
    """The element numbers from the start to the goal; ``certain`` where each of its edges is surely there and it
    touches no element that might be one to avoid."""

    numbers: tuple[int, ...]
    certain: bool


def shortest_path(
    adjacency: Adjacency,
    start: int,
    goal: int,
    *,
    steps: int | None = None,
    avoided: Collection[int] = frozenset(),
    perhaps_avoided: Collection[int] = frozenset(),
) -> Path | None:
    """A shortest path of 1 to ``steps`` edges, a certain one where there is any, always the same one; ``None`` where
    there is none. Elements of ``avoided`` are never touched, the start excepted (as in ``reach``)."""
    for sure_only in (True, False):
        also_avoided = perhaps_avoided if sure_only else frozenset[int]()
        numbers = _search(adjacency, start, goal, steps, avoided, also_avoided, sure_only=sure_only)
        if numbers is not None:
            return Path(numbers, sure_only)
    return None


def _search(
    adjacency: Adjacency,
    start: int,
    goal: int,
    steps: int | None,
    avoided: Collection[int],
    also_avoided: Collection[int],
    *,
    sure_only: bool,
) -> tuple[int, ...] | None:
    came_from: dict[int, int] = {}
    frontier = [start]
    left = steps if steps is not None else len(adjacency.starts)
    while frontier and left > 0 and goal not in came_from:
        left -= 1
        following: list[int] = []
        for number in frontier:
            for neighbour, possible in adjacency.row(number):
                if neighbour in came_from or (possible and sure_only):
                    continue
                if neighbour != start and (neighbour in avoided or neighbour in also_avoided):
                    continue
                came_from[neighbour] = number
                following.append(neighbour)
        frontier = following
    if goal not in came_from:
        return None
    numbers = [goal, came_from[goal]]
    while numbers[-1] != start:
        numbers.append(came_from[numbers[-1]])
    return tuple(reversed(numbers))
