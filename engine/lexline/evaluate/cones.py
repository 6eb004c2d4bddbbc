"""The kernels of cones in numpy alone, in rounds; see ``cone_kernels.ConeKernels``."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from lexline.evaluate.column_types import Bools, Index
from lexline_lineage.graph import Adjacency

__all__ = ["gather", "reach"]


def gather(adjacency: Adjacency, number: int, steps: int | None, places: NDArray[np.int32]) -> tuple[Index, Adjacency]:
    """See ``ConeKernels.gather``."""
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
    starts = np.zeros(size + 1, np.int32)
    np.cumsum(looked, out=starts[1:])
    return np.concatenate(found), Adjacency(starts, neighbours, adjacency.possible[crossed])


def reach(adjacency: Adjacency, blocked: Bools | None, steps: int | None, *, certain: bool) -> Bools:
    """See ``ConeKernels.reach``."""
    reached = np.zeros(len(adjacency.starts) - 1, np.bool_)
    fresh = np.ones(len(reached), np.bool_) if blocked is None else ~blocked
    fresh[0] = True
    written = np.empty(len(reached), np.int64)
    frontier, left = np.zeros(1, np.int64), steps
    while len(frontier) and left != 0:
        edges, _ = _edges(adjacency, frontier)
        if certain:
            edges = edges[~adjacency.possible[edges]]
        targets = adjacency.neighbours[edges]
        targets = targets[fresh[targets]]
        order = np.arange(len(targets))
        written[targets] = order
        frontier = targets[written[targets] == order].astype(np.int64)
        reached[frontier], fresh[frontier] = True, False
        left = None if left is None else left - 1
    return reached


def _edges(adjacency: Adjacency, elements: Index) -> tuple[Index, Index]:
    """The positions in ``neighbours`` of all edges of ``elements``, and how many each of them has."""
    begins = adjacency.starts[elements]
    lengths = adjacency.starts[elements + 1] - begins
    ends = np.cumsum(lengths)
    return np.repeat(begins - ends + lengths, lengths) + np.arange(ends[-1]), lengths
