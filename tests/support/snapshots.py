"""Graphs that went through a snapshot, and what makes two graphs equal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lexline_lineage.array_file import read_arrays, write_arrays
from lexline_lineage.builder import BuiltGraph
from lexline_lineage.graph import Adjacency, Column, Graph
from lexline_lineage.identity import Joins
from lexline_lineage.snapshot import packed, restored


def through_a_snapshot(built: BuiltGraph, path: Path) -> BuiltGraph:
    """The graph as it is read back from a file."""
    said, arrays = packed(built)
    write_arrays(path, "key", said, arrays)
    return restored(read_arrays(path, "key", verify=True), built.graph.vocabulary)


def assert_same(one: BuiltGraph, other: BuiltGraph) -> None:
    """Everything that can be asked of them is equal, to the type of each array."""
    for field in fields(Graph):
        same(getattr(one.graph, field.name), getattr(other.graph, field.name), field.name)
    assert one.graph.digest == other.graph.digest
    assert (one.report, one.first, one.last) == (other.report, other.first, other.last)
    assert (one.joined is None) == (other.joined is None)
    if one.joined is not None and other.joined is not None:
        assert dict(one.joined.ids) == dict(other.joined.ids)
        assert dict(one.joined.tables) == dict(other.joined.tables)
        for name in ("links", "possible", "hints", "refused"):
            assert tuple(getattr(one.joined, name)) == tuple(getattr(other.joined, name)), name
        everything = list(one.graph.ids)
        assert Joins.about(one.joined, everything) == Joins.about(other.joined, everything)


def same(one: Any, other: Any, where: str) -> None:
    """Two parts of graphs are equal."""
    if isinstance(one, np.ndarray):
        same_arrays(one, other, where)
    elif isinstance(one, Adjacency):
        for name in ("starts", "neighbours", "possible"):
            same_arrays(getattr(one, name), getattr(other, name), f"{where}.{name}")
    elif isinstance(one, Column):
        assert one.type == other.type, where
        same_arrays(one.known, other.known, where)
        same_arrays(one.values, other.values, where)
    elif isinstance(one, Mapping):
        assert set(one) == set(other), where
        assert len(one) == len(other), where
        for key, part in one.items():
            same(part, other[key], f"{where} {key}")
    elif isinstance(one, Sequence):
        assert tuple(one) == tuple(other), where
    else:
        assert one == other, where


def same_arrays(one: NDArray[Any], other: NDArray[Any], where: str) -> None:
    """Equal values of one type; of objects, each of the same Python type."""
    assert one.dtype == other.dtype, where
    assert one.tolist() == other.tolist(), where
    assert list(map(type, one.tolist())) == list(map(type, other.tolist())), where
