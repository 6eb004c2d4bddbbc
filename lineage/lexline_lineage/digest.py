"""A digest of a graph's content: equal for equal graphs, whatever files the facts came from."""

from __future__ import annotations

import hashlib
import json
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lexline_lineage.graph import Column, Graph
from lexline_lineage.values import Sort, format_value

__all__ = ["graph_digest"]


def graph_digest(graph: Graph) -> str:
    """``sha256:`` and 64 hexadecimal digits over elements, kinds, attribute values and edges; sources are left out."""
    digest = hashlib.sha256()

    def add(part: bytes | memoryview) -> None:
        digest.update(len(part).to_bytes(8, "little"))
        digest.update(part)

    def add_array(array: NDArray[Any]) -> None:
        add(np.ascontiguousarray(array).view(np.uint8).data)

    def add_texts(texts: object) -> None:
        add(json.dumps(texts, ensure_ascii=True, sort_keys=True, default=str).encode("ascii"))

    ids = graph.ids.packed()
    add_array(ids.data)
    add_array(ids.starts)
    add_texts(list(graph.kind_names))
    add_array(graph.kind_codes)
    for (kind, attribute), column in sorted(graph.columns.items()):
        if column.known.any():
            add_texts([kind, attribute, str(column.type)])
            add_array(column.known)
            _add_values(graph, column, add_array, add_texts)
    for name, adjacency in sorted(graph.along.items()):
        if len(adjacency.neighbours):
            add_texts(name)
            counts = np.diff(adjacency.starts).astype(np.int64)
            origins = np.flatnonzero(counts)
            add_array(origins)
            add_array(counts[origins])
            add_array(adjacency.neighbours)
            add_array(adjacency.possible)
    return "sha256:" + digest.hexdigest()


def _add_values(graph: Graph, column: Column, add_array: Any, add_texts: Any) -> None:
    known = column.values[column.known]
    if column.type.sort is Sort.TEXT:  # the order of interned texts says nothing
        used, where = np.unique(known, return_inverse=True)
        words = graph.texts.take(used.tolist())
        order = np.argsort(np.array(words, dtype=object))
        ranks = np.empty(len(order), dtype=np.int64)
        ranks[order] = np.arange(len(order))
        add_texts(sorted(words))
        add_array(ranks[where])
    elif known.dtype == object:
        duration = column.type.sort is Sort.DURATION
        add_texts([format_value(v, column.type) if duration else v for v in known.tolist()])
    else:
        add_array(known)
