"""How two graphs differ: elements, cells and edges, found on whole columns.

Two graphs that share arrays, as one and its overlay do, are compared in the time that the arrays take that they don't
share. What is said of an element by whom is left out: it decides nothing.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lexline_lineage.graph import Adjacency, Column, Graph
from lexline_lineage.strings import Strings
from lexline_lineage.values import Sort

__all__ = ["ChangedEdges", "Difference", "difference"]

Index = NDArray[np.int64]
Bools = NDArray[np.bool_]
Numbers = NDArray[np.int32] | Index


@dataclass(frozen=True, slots=True, eq=False)
class ChangedEdges:
    """Edges of one relation that are in one graph only, or possible in one and sure in the other, by the joint numbers
    of their ends."""

    origins: Index
    targets: Index


@dataclass(frozen=True, eq=False)
class Difference:
    """What is not the same in two graphs.

    Elements have *joint* numbers: those of the later graph (``size`` of them), then further ones for the elements that
    only the earlier one has, which has ``before`` of them.
    """

    size: int
    before: int
    numbering: Index | None
    """the joint number for each of the earlier graph, -1 where one is not used; None: each number means the same
    element in both, where it is used at all"""
    kinds: Index
    """the elements that are in one graph only, or of another kind, by joint number"""
    touched: frozenset[str]
    """the kinds that have other elements than before"""
    cells: Mapping[tuple[str, str], Index]
    """by kind and attribute: the elements of that kind in both graphs of which another value is known, ascending"""
    edges: Mapping[str, ChangedEdges]

    def __bool__(self) -> bool:
        """Whether anything differs."""
        return bool(len(self.kinds) or self.cells or self.edges)

    def joint(self, numbers: Index) -> Index:
        """The joint numbers of elements of the earlier graph."""
        return numbers if self.numbering is None else self.numbering[numbers]

    def earlier(self, joint: Index) -> Index:
        """The numbers in the earlier graph; -1 for elements that only the later one has."""
        if self.numbering is None:
            return np.where(joint < self.before, joint, -1)
        return self._earlier[joint]

    @property
    def count(self) -> int:
        """How many joint numbers there are."""
        return self.size if self.numbering is None else len(self._earlier)

    @cached_property
    def _earlier(self) -> Index:
        numbering = np.zeros(0, np.int64) if self.numbering is None else self.numbering
        found = np.full(max(self.size, int(numbering.max(initial=-1)) + 1), -1, np.int64)
        used = np.flatnonzero(numbering >= 0)
        found[numbering[used]] = used
        return found


def difference(before: Graph, after: Graph) -> Difference:
    """What ``after`` says otherwise than ``before``."""
    numbering = None if _same_numbers(before, after) else _numbering(before, after)
    kinds, touched = _kinds(before, after, numbering)
    return Difference(
        len(after.ids),
        len(before.ids),
        numbering,
        kinds,
        touched,
        dict(_cells(before, after, numbering)),
        dict(_edges(before, after, numbering)),
    )


def _numbering(before: Graph, after: Graph) -> Index:
    numbers = {
        element: number
        for number, (element, code) in enumerate(zip(after.ids, after.kind_codes.tolist(), strict=True))
        if code >= 0
    }
    gone = iter(range(len(after.ids), len(after.ids) + len(before.ids)))
    return np.array(
        [
            -1 if code < 0 else numbers[element] if element in numbers else next(gone)
            for element, code in zip(before.ids, before.kind_codes.tolist(), strict=True)
        ],
        np.int64,
    )


def _same_numbers(before: Graph, after: Graph) -> bool:
    """Whether each number of the earlier graph means the same element in the later one."""
    if any(graph.ids.find(element) is not None for graph in (before, after) for element in graph.appended):
        return False  # removed, and added anew under another number
    return _continues(before.ids, after.ids)


def _continues(first: Strings, longer: Strings) -> bool:
    """Whether ``longer`` begins with the texts of ``first``."""
    if first.data is longer.data and first.starts is longer.starts:
        return longer.more[: len(first.more)] == first.more
    one, other = first.packed(), longer.packed()
    count = len(one.starts)
    return (
        count <= len(other.starts)
        and np.array_equal(one.starts, other.starts[:count])
        and np.array_equal(one.data[: one.starts[-1]], other.data[: one.starts[-1]])
    )


def _kinds(before: Graph, after: Graph, numbering: Index | None) -> tuple[Index, frozenset[str]]:
    if numbering is None and before.kind_codes is after.kind_codes and before.kind_names == after.kind_names:
        return np.zeros(0, np.int64), frozenset()
    joint = _joint(before, numbering)
    names = tuple(dict.fromkeys((*after.kind_names, *before.kind_names)))
    count = max(len(after.ids), int(joint.max(initial=-1)) + 1)
    earlier, later = np.full(count, -1, np.int64), np.full(count, -1, np.int64)
    used = np.flatnonzero(joint >= 0)
    earlier[joint[used]] = _codes(before, names)[used]
    later[: len(after.ids)] = _codes(after, names)
    changed = np.flatnonzero(earlier != later)
    codes = np.unique(np.concatenate([earlier[changed], later[changed]])).tolist()
    return changed, frozenset(names[code] for code in codes if code >= 0)


def _joint(before: Graph, numbering: Index | None) -> Index:
    """The joint number for each of the earlier graph, -1 where it is not used."""
    if numbering is not None:
        return numbering
    return np.where(before.kind_codes >= 0, np.arange(len(before.ids), dtype=np.int64), -1)


def _codes(graph: Graph, names: tuple[str, ...]) -> Index:
    """The kind of each element as an index into ``names``; -1 for unused numbers."""
    places = np.array([*(names.index(name) for name in graph.kind_names), -1], np.int64)
    return places[graph.kind_codes]


# ---- cells ---------------------------------------------------------------------------------------------------------


def _cells(before: Graph, after: Graph, numbering: Index | None) -> Iterator[tuple[tuple[str, str], Index]]:
    rows: dict[str, tuple[Numbers, _Rows, _Rows]] = {}
    for key, column in after.columns.items():
        other = before.columns.get(key)
        if other is None or other is column:  # a column is shared where its elements are, too
            continue
        kind = key[0]
        if kind not in rows:
            rows[kind] = _shared_rows(before.members[kind], after.members[kind], numbering)
        elements, at_before, at_after = rows[kind]
        known, knows = other.known[at_before], column.known[at_after]
        changed = np.flatnonzero(known != knows)
        values = other.values[at_before], column.values[at_after]
        if other.type == column.type and values[0].dtype != object and column.type.sort is not Sort.TEXT:
            moved = np.flatnonzero(values[0] != values[1])  # few: only they are asked whether they are known
        else:
            moved = np.arange(len(elements))
        moved = moved[known[moved] & knows[moved]]
        if len(moved):
            pair = values[0][moved], values[1][moved]
            moved = moved[_differ(before, after, (other, column), pair)]
        if len(changed) or len(moved):
            yield key, elements[np.union1d(changed, moved)].astype(np.int64)


_Rows = Index | slice


def _shared_rows(earlier: Numbers, later: Numbers, numbering: Index | None) -> tuple[Numbers, _Rows, _Rows]:
    """The elements of a kind in both graphs, and their rows in either."""
    if numbering is None and (earlier is later or np.array_equal(earlier, later)):
        return later, slice(None), slice(None)
    joint = earlier.astype(np.int64) if numbering is None else numbering[earlier]
    return np.intersect1d(joint, later.astype(np.int64), assume_unique=True, return_indices=True)


def _differ(
    before: Graph, after: Graph, columns: tuple[Column, Column], pair: tuple[NDArray[Any], NDArray[Any]]
) -> Bools:
    """Whether the known values of two columns differ, row by row."""
    one, other = pair
    if columns[0].type != columns[1].type:
        return np.ones(len(one), np.bool_)
    match columns[0].type.sort:
        case Sort.TEXT if not _continues(before.texts, after.texts):
            codes: dict[str, int] = {}
            return np.asarray(_coded(before.texts, one, codes) != _coded(after.texts, other, codes))
        case Sort.DOCUMENT:  # true is not 1, and the order of members is that of what a path finds
            pairs = zip(one.tolist(), other.tolist(), strict=True)
            return np.array([a is not b and json.dumps(a) != json.dumps(b) for a, b in pairs], np.bool_)
        case Sort.LIST | Sort.DURATION:
            return np.array([a != b for a, b in zip(one.tolist(), other.tolist(), strict=True)], np.bool_)
        case _:
            return np.asarray(one != other)


def _coded(texts: Strings, numbers: NDArray[Any], codes: dict[str, int]) -> Index:
    """Numbers of texts as codes that are the same for the same text, whatever graph it stands in."""
    used, where = np.unique(numbers, return_inverse=True)
    found = [codes.setdefault(word, len(codes)) for word in texts.take(used.tolist())]
    return np.array(found, np.int64)[where]


# ---- edges ---------------------------------------------------------------------------------------------------------


def _edges(before: Graph, after: Graph, numbering: Index | None) -> Iterator[tuple[str, ChangedEdges]]:
    size = max(len(after.ids), -1 if numbering is None else int(numbering.max(initial=-1)) + 1)
    for name in dict.fromkeys((*after.along, *before.along)):
        one, other = before.along.get(name), after.along.get(name)
        if numbering is None and one is not None and other is not None:
            if _is_shared(one, other):
                continue
            rows = _unlike_rows(one, other)
        else:
            rows = slice(0, None)
        keys = np.setxor1d(_keys(one, numbering, size, rows), _keys(other, None, size, rows), assume_unique=True)
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
    first = min(_first(one.starts[1 : ends + 1] != other.starts[1 : ends + 1]), ends)
    at = _first(_unlike(one, other, 1))
    first = min(first, max(int(np.searchsorted(one.starts, at, side="right")) - 1, 0))
    if len(one.starts) != len(other.starts):
        return slice(first, None)
    left, right = (len(each.neighbours) - each.starts[::-1] for each in (one, other))
    after = len(one.starts) - _first(left != right)
    same = _first(_unlike(one, other, -1))
    after = max(after, first, int(np.searchsorted(one.starts, len(one.neighbours) - same)))
    return slice(first, after + 1)


def _unlike(one: Adjacency, other: Adjacency, step: int) -> Bools:
    """Where the edges differ, counted from the first (1) or from the last (-1)."""
    size = min(len(one.neighbours), len(other.neighbours))
    targets = one.neighbours[::step][:size] != other.neighbours[::step][:size]
    return np.asarray(targets | (one.possible[::step][:size] != other.possible[::step][:size]))


def _first(marked: Bools) -> int:
    """The place of the first one; the length where there is none."""
    place = int(marked.argmax()) if len(marked) else 0
    return place if len(marked) and marked[place] else len(marked)


def _keys(adjacency: Adjacency | None, numbering: Index | None, size: int, rows: slice) -> Index:
    """A number for each edge of some rows that tells its ends and whether it is possible."""
    if adjacency is None:
        return np.zeros(0, np.int64)
    starts = adjacency.starts[rows]
    edges = slice(int(starts[0]), int(starts[-1])) if len(starts) else slice(0, 0)
    origins = np.repeat(np.arange(rows.start, rows.start + max(len(starts) - 1, 0)), np.diff(starts))
    targets = adjacency.neighbours[edges].astype(np.int64)
    if numbering is not None:
        origins, targets = numbering[origins], numbering[targets]
    return np.asarray((origins * size + targets) * 2 + adjacency.possible[edges])
