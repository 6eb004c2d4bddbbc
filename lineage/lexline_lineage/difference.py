"""How two graphs differ: elements, cells and edges, found on whole columns.

Two graphs that share arrays, as one and its overlay do, are compared in the time that the arrays take that they don't
share; others are first numbered alike. What is said of an element by whom is left out: it decides nothing.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lexline_lineage.graph import Adjacency, Column, Graph
from lexline_lineage.matching import first_of
from lexline_lineage.renumbering import renumbered
from lexline_lineage.values import Sort

__all__ = ["ChangedEdges", "Difference", "difference"]

Index = NDArray[np.int64]
Bools = NDArray[np.bool_]
Numbers = NDArray[np.int32] | Index


@dataclass(frozen=True, slots=True, eq=False)
class ChangedEdges:
    """Edges of one relation that are in one graph only, or possible in one and sure in the other, by the numbers of
    their ends."""

    origins: Index
    targets: Index


@dataclass(frozen=True, eq=False)
class Difference:
    """What is not the same in two graphs. Elements have the same number in both; one that is in one of them only has a
    number that the other does not use."""

    later: Graph
    """the later one, numbered as the earlier one is: it has a number and an id for each element of either"""
    before: int
    """how many numbers the earlier one has"""
    kinds: Index
    """the elements that are in one graph only, or of another kind"""
    touched: frozenset[str]
    """the kinds that have other elements than before"""
    cells: Mapping[tuple[str, str], Index]
    """by kind and attribute: the elements of that kind in both graphs of which another value is known, ascending"""
    edges: Mapping[str, ChangedEdges]

    def __bool__(self) -> bool:
        """Whether anything differs."""
        return bool(len(self.kinds) or self.cells or self.edges)

    def earlier(self, numbers: Index) -> Index:
        """The same numbers, -1 for those that the earlier graph has not."""
        return np.where(numbers < self.before, numbers, -1)


def difference(before: Graph, after: Graph) -> Difference:
    """What ``after`` says otherwise than ``before``."""
    later = renumbered(after, before)
    kinds, touched = _kinds(before, later)
    cells, edges = dict(_cells(before, later)), dict(_edges(before, later))
    return Difference(later, len(before.ids), kinds, touched, cells, edges)


def _kinds(before: Graph, after: Graph) -> tuple[Index, frozenset[str]]:
    if before.kind_codes is after.kind_codes and before.kind_names == after.kind_names:
        return np.zeros(0, np.int64), frozenset()
    names = tuple(dict.fromkeys((*after.kind_names, *before.kind_names)))
    earlier, later = np.full(len(after.ids), -1, np.int64), _codes(after, names)
    earlier[: len(before.ids)] = _codes(before, names)
    changed = np.flatnonzero(earlier != later)
    codes = np.unique(np.concatenate([earlier[changed], later[changed]])).tolist()
    return changed, frozenset(names[code] for code in codes if code >= 0)


def _codes(graph: Graph, names: tuple[str, ...]) -> Index:
    """The kind of each element as an index into ``names``; -1 for unused numbers."""
    places = np.array([*(names.index(name) for name in graph.kind_names), -1], np.int64)
    return places[graph.kind_codes]


# ---- cells ---------------------------------------------------------------------------------------------------------


def _cells(before: Graph, after: Graph) -> Iterator[tuple[tuple[str, str], Index]]:
    rows: dict[str, tuple[Numbers, _Rows, _Rows]] = {}
    for key, column in after.columns.items():
        other = before.columns.get(key)
        if other is None or other is column:  # a column is shared where its elements are, too
            continue
        kind = key[0]
        if kind not in rows:
            rows[kind] = _shared_rows(before.members[kind], after.members[kind])
        elements, at_before, at_after = rows[kind]
        known, knows = other.known[at_before], column.known[at_after]
        changed = np.flatnonzero(known != knows)
        values = other.values[at_before], column.values[at_after]
        if other.type == column.type and values[0].dtype != object:
            moved = np.flatnonzero(values[0] != values[1])  # few: only they are asked whether they are known
        else:
            moved = np.arange(len(elements))
        moved = moved[known[moved] & knows[moved]]
        if len(moved):
            pair = values[0][moved], values[1][moved]
            moved = moved[_differ((other, column), pair)]
        if len(changed) or len(moved):
            yield key, elements[np.union1d(changed, moved)].astype(np.int64)


_Rows = Index | slice


def _shared_rows(earlier: Numbers, later: Numbers) -> tuple[Numbers, _Rows, _Rows]:
    """The elements of a kind in both graphs, and their rows in either."""
    if earlier is later or np.array_equal(earlier, later):
        return later, slice(None), slice(None)
    return np.intersect1d(earlier, later, assume_unique=True, return_indices=True)


def _differ(columns: tuple[Column, Column], pair: tuple[NDArray[Any], NDArray[Any]]) -> Bools:
    """Whether the known values of two columns differ, row by row."""
    one, other = pair
    if columns[0].type != columns[1].type:
        return np.ones(len(one), np.bool_)
    match columns[0].type.sort:
        case Sort.DOCUMENT:  # true is not 1, and the order of members is that of what a path finds
            pairs = zip(one.tolist(), other.tolist(), strict=True)
            return np.array([a is not b and json.dumps(a) != json.dumps(b) for a, b in pairs], np.bool_)
        case Sort.LIST | Sort.DURATION:
            return np.array([a != b for a, b in zip(one.tolist(), other.tolist(), strict=True)], np.bool_)
        case _:
            return np.asarray(one != other)


# ---- edges ---------------------------------------------------------------------------------------------------------


def _edges(before: Graph, after: Graph) -> Iterator[tuple[str, ChangedEdges]]:
    size, every = len(after.ids), slice(0, None)
    for name in dict.fromkeys((*after.along, *before.along)):
        one, other = before.along.get(name), after.along.get(name)
        if one is not None and other is not None and _is_shared(one, other):
            continue
        rows = every if one is None or other is None else _unlike_rows(one, other)
        keys = np.setxor1d(_keys(one, size, rows), _keys(other, size, rows), assume_unique=True)
        if len(keys):
            edges = np.unique(keys // 2)
            yield name, ChangedEdges(edges // size, edges % size)


def _is_shared(one: Adjacency, other: Adjacency) -> bool:
    """Whether two rows of edges are the same, but for further elements without any."""
    return (
        one.neighbours is other.neighbours
        and one.possible is other.possible
        and (one.starts is other.starts or np.array_equal(one.starts, other.starts[: len(one.starts)]))
    )


def _unlike_rows(one: Adjacency, other: Adjacency) -> slice:
    """Which of ``starts`` hold all rows in which two adjacencies differ, without what both begin and end with."""
    ends = min(len(one.starts), len(other.starts)) - 1
    first = min(first_of(one.starts[1 : ends + 1] != other.starts[1 : ends + 1]), ends)
    at = first_of(_unlike(one, other, 1))
    first = min(first, max(int(np.searchsorted(one.starts, at, side="right")) - 1, 0))
    if len(one.starts) != len(other.starts):
        return slice(first, None)
    left, right = (len(each.neighbours) - each.starts[::-1] for each in (one, other))
    after = len(one.starts) - first_of(left != right)
    same = first_of(_unlike(one, other, -1))
    after = max(after, first, int(np.searchsorted(one.starts, len(one.neighbours) - same)))
    return slice(first, after + 1)


def _unlike(one: Adjacency, other: Adjacency, step: int) -> Bools:
    """Where the edges differ, counted from the first (1) or from the last (-1)."""
    size = min(len(one.neighbours), len(other.neighbours))
    targets = one.neighbours[::step][:size] != other.neighbours[::step][:size]
    return np.asarray(targets | (one.possible[::step][:size] != other.possible[::step][:size]))


def _keys(adjacency: Adjacency | None, size: int, rows: slice) -> Index:
    """A number for each edge of some rows that tells its ends and whether it is possible."""
    if adjacency is None:
        return np.zeros(0, np.int64)
    starts = adjacency.starts[rows]
    edges = slice(int(starts[0]), int(starts[-1])) if len(starts) else slice(0, 0)
    origins = np.repeat(np.arange(rows.start, rows.start + max(len(starts) - 1, 0)), np.diff(starts))
    targets = adjacency.neighbours[edges].astype(np.int64)
    return np.asarray((origins * size + targets) * 2 + adjacency.possible[edges])
