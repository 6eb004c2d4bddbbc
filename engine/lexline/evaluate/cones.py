"""The part of a graph that the lineage of one element reaches, numbered anew from that element on.

What is asked of the lineage of one element is decided on its cone: nothing of the size of the graph is allocated or
looked through.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lexline.evaluate.column_types import Bools, Index
from lexline.evaluate.walks import Masks, edges_from
from lexline_lineage.graph import Adjacency

__all__ = ["Cone", "Walked", "cone_of", "walk_cone"]


@dataclass(frozen=True, slots=True, eq=False)
class Cone:
    """``elements`` are numbers of the graph, the element asked about first; ``adjacency`` joins their places in it. The
    rows of elements at the last step are empty."""

    elements: Index
    adjacency: Adjacency


@dataclass(frozen=True, slots=True, eq=False)
class Walked:
    """For each element of a cone whether the first one reaches it in one step or more; where not ``certain`` it is an
    unknown, and ``failed`` where that is because of a check."""

    reached: Bools
    certain: Bools
    failed: Bools


def cone_of(adjacency: Adjacency, number: int, steps: int | None, places: NDArray[np.int32]) -> Cone:
    """All that is reached from an element. ``places`` holds a zero for each element of the graph, then and after."""
    frontier = np.array([number], np.int64)
    found, counts, edges = [frontier], [], []
    size, left = 1, steps
    try:
        places[number] = 1
        while len(frontier) and left != 0:
            of_level, lengths = _edges(adjacency, frontier)
            counts.append(lengths)
            edges.append(of_level)
            fresh = adjacency.neighbours[of_level]
            fresh = fresh[places[fresh] == 0]
            # Each once: of those that write their own place to one element, one is read back.
            order = np.arange(1, len(fresh) + 1, dtype=np.int32)
            places[fresh] = order
            frontier = fresh[places[fresh] == order].astype(np.int64)
            found.append(frontier)
            places[frontier] = np.arange(size + 1, size + 1 + len(frontier))
            size += len(frontier)
            left = None if left is None else left - 1
        crossed = np.concatenate([*edges, np.zeros(0, np.int64)])
        neighbours = places[adjacency.neighbours[crossed]] - np.int32(1)
    finally:
        places[np.concatenate(found)] = 0
    looked = np.concatenate([*counts, np.zeros(size, np.int64)])[:size]
    starts = np.zeros(size + 1, np.int64)
    np.cumsum(looked, out=starts[1:])
    return Cone(np.concatenate(found), Adjacency(starts, neighbours, adjacency.possible[crossed]))


def walk_cone(cone: Cone, masks: Masks | None, steps: int | None) -> Walked:
    """What the first element of a cone reaches past what is avoided. The first is exempt from that."""
    adjacency = cone.adjacency
    unbroken = np.zeros(len(cone.elements), np.bool_)
    surely = None if masks is None else masks.surely
    if masks is None and steps is None:
        reached = np.ones(len(cone.elements), np.bool_)
        reached[0] = bool((adjacency.neighbours == 0).any())
    else:
        reached = _reach(adjacency, surely, steps, certain=False)
    if not adjacency.possible.any() and (masks is None or not masks.perhaps.any()):
        return Walked(reached, reached, unbroken)
    certain = _reach(adjacency, None if masks is None else masks.any, steps, certain=True)
    if masks is None or not masks.failed.any():
        return Walked(reached, certain, unbroken)
    return Walked(reached, certain, _reach_past_failures(adjacency, masks, steps) & ~certain)


def _reach(adjacency: Adjacency, blocked: Bools | None, steps: int | None, *, certain: bool) -> Bools:
    reached = np.zeros(len(adjacency.starts) - 1, np.bool_)
    passing = np.ones(len(reached), np.bool_) if blocked is None else ~blocked
    passing[0] = True
    frontier, left = np.zeros(1, np.int64), steps
    while len(frontier) and left != 0:
        edges, _ = _edges(adjacency, frontier)
        if certain:
            edges = edges[~adjacency.possible[edges]]
        targets = adjacency.neighbours[edges]
        targets = targets[passing[targets] & ~reached[targets]]
        reached[targets] = True
        frontier = np.unique(targets).astype(np.int64)
        left = None if left is None else left - 1
    return reached


def _reach_past_failures(adjacency: Adjacency, masks: Masks, steps: int | None) -> Bools:
    """What is reached by a possible path on which an element stands that a failed check might avoid: each element is
    kept in two states, before and after such an element."""
    size = len(adjacency.starts) - 1
    visited = np.zeros((2, size), np.bool_)
    exempt = np.arange(size) == 0
    passing, failing = exempt | ~masks.surely, masks.failed & ~exempt
    elements, after = np.zeros(1, np.int64), np.zeros(1, np.int64)
    left = steps
    while len(elements) and left != 0:
        edges, rows = edges_from(adjacency, elements)
        targets = adjacency.neighbours[edges]
        after = np.maximum(after[rows], failing[targets])
        fresh = passing[targets] & ~visited[after, targets]
        states = np.unique(np.stack([after[fresh], targets[fresh]]), axis=1)
        after, elements = states[0], states[1]
        visited[after, elements] = True
        onwards = elements != 0
        after, elements = after[onwards], elements[onwards]
        left = None if left is None else left - 1
    return np.asarray(visited[1])


def _edges(adjacency: Adjacency, elements: Index) -> tuple[Index, Index]:
    """The positions in ``neighbours`` of all edges of ``elements``, and how many each of them has."""
    begins = adjacency.starts[elements]
    lengths = adjacency.starts[elements + 1] - begins
    ends = np.cumsum(lengths)
    return np.repeat(begins - ends + lengths, lengths) + np.arange(ends[-1]), lengths
