"""Shortest ways to what changed, found by one walk back from there for all elements that ask."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from lexline.evaluate.column_types import Index
from lexline.evaluate.walks import edges_from
from lexline_lineage.graph import Adjacency, Graph

__all__ = ["Ways"]

MOST_BESIDE = 20
"""How many related elements of a relation are tried as the last but one of a way."""


class Ways:
    """The ways to one element of a graph: through the lineage, against its flow or with it; else to something on the
    lineage that is related to it. Sure edges come before those that are only possible."""

    def __init__(self, graph: Graph, goal: int) -> None:
        self._graph = graph
        self._goal = goal
        self._walked: list[NDArray[np.int32]] = []
        self._further = self._walks()

    def way(self, start: int) -> tuple[int, ...]:
        """The numbers from an element to the goal; none where nothing leads there, or from the goal itself."""
        if start == self._goal:
            return ()
        for following in self._tables():
            if following[start] >= 0:
                numbers = [start]
                while numbers[-1] != self._goal:
                    numbers.append(int(following[numbers[-1]]))
                return tuple(numbers)
        return ()

    def _tables(self) -> Iterator[NDArray[np.int32]]:
        yield from self._walked
        for table in self._further:
            self._walked.append(table)
            yield table

    def _walks(self) -> Iterator[NDArray[np.int32]]:
        graph = self._graph
        itself = np.array([self._goal], np.int64)
        for beside in (False, True):
            ends = self._beside() if beside else itself
            for back in (graph.downstream, graph.upstream):
                for certain in (True, False) if back.possible.any() else (False,):
                    following = np.full(len(graph.ids), -1, np.int32)
                    if beside:
                        following[ends] = self._goal
                    _follow(following, back, ends, certain=certain)
                    yield following

    def _beside(self) -> Index:
        """What is related to the goal, by any relation."""
        graph, found = self._graph, list[int]()
        for adjacencies in (graph.along, graph.against):
            for adjacency in adjacencies.values():
                found += [other for other, _ in adjacency.row(self._goal)[:MOST_BESIDE] if other != self._goal]
        return np.unique(np.array(found, np.int64))


def _follow(following: NDArray[np.int32], back: Adjacency, ends: Index, *, certain: bool) -> None:
    """Writes for each element from which ``ends`` are reached the next one on a shortest way there."""
    frontier = ends
    while len(frontier):
        edges, places = edges_from(back, frontier)
        if certain:
            sure = ~back.possible[edges]
            edges, places = edges[sure], places[sure]
        origins = back.neighbours[edges]
        fresh = following[origins] < 0
        origins, towards = origins[fresh], frontier[places[fresh]]
        following[origins[::-1]] = towards[::-1]  # of several the first
        frontier = np.unique(origins).astype(np.int64)
