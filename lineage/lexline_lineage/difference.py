"""How two graphs differ: elements, cells and edges, found on whole columns.

Two graphs that share arrays, as one and its overlay do, are compared in the time that the arrays take that they don't
share. What is said of an element by whom is left out: it decides nothing.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lexline_lineage.graph import Adjacency, Column, Graph
from lexline_lineage.strings import Strings
from lexline_lineage.values import Sort

__all__ = ["ChangedEdges", "Difference", "difference"]

Index = NDArray[np.int64]
Bools = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class ChangedEdges:
    """Edges of one relation that are in one graph only, or possible in one and sure in the other, by the joint numbers
    of their ends."""

    origins: Index
    targets: Index


@dataclass(frozen=True, slots=True, eq=False)
class Difference:
    """What is not the same in two graphs.

    Elements have *joint* numbers: those of the later graph (``size`` of them), then further ones for the elements that
    only the earlier one has. ``joint`` gives them for the numbers of the earlier graph, -1 where one is not used.
    """

    size: int
    joint: Index
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

    def earlier(self) -> Index:
        """The number in the earlier graph for each joint number; -1 for elements that only the later one has."""
        found = np.full(max(self.size, int(self.joint.max(initial=-1)) + 1), -1, np.int64)
        used = np.flatnonzero(self.joint >= 0)
        found[self.joint[used]] = used
        return found


def difference(before: Graph, after: Graph) -> Difference:
    """What ``after`` says otherwise than ``before``."""
    joint = _joint(before, after)
    size = len(after.ids)
    kinds, touched = _kinds(before, after, joint)
    return Difference(
        size,
        joint,
        kinds,
        touched,
        dict(_cells(before, after, joint)),
        dict(_edges(before, after, joint)),
    )


def _joint(before: Graph, after: Graph) -> Index:
    used = before.kind_codes >= 0
    if _same_numbers(before, after):
        return np.where(used, np.arange(len(before.ids), dtype=np.int64), -1)
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


def _kinds(before: Graph, after: Graph, joint: Index) -> tuple[Index, frozenset[str]]:
    names = tuple(dict.fromkeys((*after.kind_names, *before.kind_names)))
    count = max(len(after.ids), int(joint.max(initial=-1)) + 1)
    earlier, later = np.full(count, -1, np.int64), np.full(count, -1, np.int64)
    used = np.flatnonzero(joint >= 0)
    earlier[joint[used]] = _codes(before, names)[used]
    later[: len(after.ids)] = _codes(after, names)
    changed = np.flatnonzero(earlier != later)
    codes = np.unique(np.concatenate([earlier[changed], later[changed]])).tolist()
    return changed, frozenset(names[code] for code in codes if code >= 0)


def _codes(graph: Graph, names: tuple[str, ...]) -> Index:
    """The kind of each element as an index into ``names``; -1 for unused numbers."""
    places = np.array([*(names.index(name) for name in graph.kind_names), -1], np.int64)
    return places[graph.kind_codes]


# ---- cells ---------------------------------------------------------------------------------------------------------


def _cells(before: Graph, after: Graph, joint: Index) -> Iterator[tuple[tuple[str, str], Index]]:
    rows: dict[str, tuple[Index, Index, Index]] = {}
    for key, column in after.columns.items():
        other = before.columns.get(key)
        if other is None or other is column:  # a column is shared where its elements are, too
            continue
        kind = key[0]
        if kind not in rows:
            earlier, later = joint[before.members[kind]], after.members[kind].astype(np.int64)
            rows[kind] = np.intersect1d(earlier, later, assume_unique=True, return_indices=True)
        elements, at_before, at_after = rows[kind]
        known, knows = other.known[at_before], column.known[at_after]
        changed = known != knows
        both = np.flatnonzero(known & knows)
        if len(both):
            changed[both] = _differ(before, after, (other, column), (at_before[both], at_after[both]))
        if changed.any():
            yield key, elements[changed]


def _differ(before: Graph, after: Graph, columns: tuple[Column, Column], rows: tuple[Index, Index]) -> Bools:
    """Whether the known values of two columns differ, row by row."""
    one, other = (column.values[at] for column, at in zip(columns, rows, strict=True))
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


def _edges(before: Graph, after: Graph, joint: Index) -> Iterator[tuple[str, ChangedEdges]]:
    same = np.array_equal(joint, np.arange(len(joint)))
    size = max(len(after.ids), int(joint.max(initial=-1)) + 1)
    own = np.arange(len(after.ids), dtype=np.int64)
    for name in dict.fromkeys((*after.along, *before.along)):
        one, other = before.along.get(name), after.along.get(name)
        if same and one is not None and other is not None and _is_shared(one, other):
            continue
        keys = np.setxor1d(_keys(one, joint, size), _keys(other, own, size), assume_unique=True)
        if len(keys):
            edges = np.unique(keys // 2)
            yield name, ChangedEdges(edges // size, edges % size)


def _is_shared(one: Adjacency, other: Adjacency) -> bool:
    """Whether two rows of edges are the same, but for further elements without any."""
    return (
        one.neighbours is other.neighbours
        and one.possible is other.possible
        and np.array_equal(one.starts, other.starts[: len(one.starts)])
    )


def _keys(adjacency: Adjacency | None, joint: Index, size: int) -> Index:
    """A number for each edge that tells its ends and whether it is possible."""
    if adjacency is None:
        return np.zeros(0, np.int64)
    origins = np.repeat(joint[: len(adjacency.starts) - 1], np.diff(adjacency.starts))
    return np.asarray((origins * size + joint[adjacency.neighbours]) * 2 + adjacency.possible)
