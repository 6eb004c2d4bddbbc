"""How many bytes a graph takes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lexline_lineage.graph import Graph

__all__ = ["graph_bytes"]

_OBJECT = 200
"""Bytes of a duration, list or document: Python objects, whose sizes nobody counts one by one."""


def graph_bytes(graph: Graph) -> int:
    """The bytes of all arrays of a graph, mapped from a snapshot or not; an array that is shared counts once."""
    arrays = {(array.__array_interface__["data"][0], array.nbytes): array for array in _arrays(graph)}
    return sum(_size(array) for array in arrays.values())


def _size(array: NDArray[Any]) -> int:
    return array.nbytes + (_OBJECT * int(np.count_nonzero(array)) if array.dtype == object else 0)


def _arrays(graph: Graph) -> Iterator[NDArray[Any]]:
    yield from (graph.kind_codes, graph.rows)
    for arrays in (graph.members, graph.said, graph.edge_said):
        yield from arrays.values()
    for texts in (graph.ids, graph.texts, graph.sources.names, graph.sources.places):
        yield from (texts.data, texts.starts)
    yield graph.sources.systems
    for adjacency in (*graph.along.values(), *graph.against.values(), graph.upstream, graph.downstream):
        yield from (adjacency.starts, adjacency.neighbours, adjacency.possible)
    for column in graph.columns.values():
        yield from (column.values, column.known)
