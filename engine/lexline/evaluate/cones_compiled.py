"""The kernels of ``cones``, compiled by numba: the same answers, each element and edge looked at once."""

from __future__ import annotations

from typing import Any

import numba
import numpy as np
from numpy.typing import NDArray

from lexline.evaluate.column_types import Bools, Index
from lexline_lineage.graph import Adjacency

__all__ = ["gather", "reach"]


def _read(cell: Any) -> Any:
    return numba.types.Array(cell, 1, "C", readonly=True)


def _written(cell: Any) -> Any:
    return numba.types.Array(cell, 1, "C")


_BOOLS, _INT32 = _read(numba.boolean), _read(numba.int32)
_GATHERED = numba.types.Tuple(
    (_written(numba.int64), _written(numba.int32), _written(numba.int32), _written(numba.boolean))
)


def _compiled(signature: Any) -> Any:
    return numba.njit([signature], cache=True)


def gather(adjacency: Adjacency, number: int, steps: int | None, places: NDArray[np.int32]) -> tuple[Index, Adjacency]:
    """See ``ConeKernels.gather``."""
    elements, *rows = _gather(*_csr(adjacency), number, -1 if steps is None else steps, places)
    return elements, Adjacency(*rows)


@_compiled(_GATHERED(_INT32, _INT32, _BOOLS, numba.int64, numba.int64, _written(numba.int32)))
def _gather(starts, neighbours, possible, number, steps, places):  # type: ignore[no-untyped-def]
    elements = np.empty(1024, np.int64)
    elements[0], places[number] = number, 1
    size, done, edges = 1, 0, 0
    while done < size and steps != 0:
        steps -= 1
        for at in range(done, size):
            v = elements[at]
            edges += starts[v + 1] - starts[v]
            for e in range(starts[v], starts[v + 1]):
                w = neighbours[e]
                if places[w] == 0:
                    if size == len(elements):
                        larger = np.empty(2 * size, np.int64)
                        larger[:size] = elements
                        elements = larger
                    elements[size] = w
                    size += 1
                    places[w] = size
            done += 1
    rows, ends = np.empty(size + 1, np.int32), np.empty(edges, np.int32)
    maybe = np.empty(edges, np.bool_)
    filled = 0
    for at in range(size):
        rows[at] = filled
        if at < done:
            v = elements[at]
            for e in range(starts[v], starts[v + 1]):
                ends[filled] = places[neighbours[e]] - 1
                maybe[filled] = possible[e]
                filled += 1
    rows[size] = filled
    for at in range(size):
        places[elements[at]] = 0
    return elements[:size].copy(), rows, ends, maybe


def reach(adjacency: Adjacency, blocked: Bools | None, steps: int | None, *, certain: bool) -> Bools:
    """See ``ConeKernels.reach``."""
    stops = np.zeros(0, np.bool_) if blocked is None else blocked
    return np.asarray(_reach(*_csr(adjacency), stops, -1 if steps is None else steps, certain))


@_compiled(_written(numba.boolean)(_INT32, _INT32, _BOOLS, _BOOLS, numba.int64, numba.boolean))
def _reach(starts, neighbours, possible, blocked, steps, certain):  # type: ignore[no-untyped-def]
    size = len(starts) - 1
    reached = np.zeros(size, np.bool_)
    queue = np.empty(size + 1, np.int32)
    queue[0], done, filled = 0, 0, 1
    while done < filled and steps != 0:
        steps -= 1
        for at in range(done, filled):
            v = queue[at]
            for e in range(starts[v], starts[v + 1]):
                w = neighbours[e]
                if reached[w] or (certain and possible[e]) or (len(blocked) and w and blocked[w]):
                    continue
                reached[w] = True
                if w:
                    queue[filled] = w
                    filled += 1
            done += 1
    return reached


def _csr(adjacency: Adjacency) -> tuple[NDArray[np.int32], NDArray[np.int32], Bools]:
    return (
        np.ascontiguousarray(adjacency.starts, np.int32),
        np.ascontiguousarray(adjacency.neighbours, np.int32),
        np.ascontiguousarray(adjacency.possible, np.bool_),
    )
