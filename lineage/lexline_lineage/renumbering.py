"""Numbers the elements and texts of a graph as another graph does, so that the two can be compared number by number.

In: a graph, and one of the same portfolio at another time. Out: the same graph, in which each element of the other one
has its number from there, and those that the other one hasn't got follow. That is how an overlay numbers, too.
"""

from __future__ import annotations

from dataclasses import replace
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from lexline_lineage.graph import Adjacency, Graph
from lexline_lineage.matching import continues, places
from lexline_lineage.overlay import changeable
from lexline_lineage.values import Sort

__all__ = ["renumbered"]

Index = NDArray[np.int64]


def renumbered(graph: Graph, like: Graph) -> Graph:
    """The graph, numbered as ``like`` is; the graph itself where it is so already."""
    return _with_texts(_with_elements(graph, like), like)


# ---- elements ------------------------------------------------------------------------------------------------------


def _with_elements(graph: Graph, like: Graph) -> Graph:
    if _is_alike(graph, like):
        return graph
    numbers, new = _numbers(graph, like)
    ids = like.ids.plus(graph.ids.take(new.tolist())) if len(new) else like.ids
    kind_codes, rows = np.full(len(ids), -1, np.int16), np.zeros(len(ids), np.int32)
    used = np.flatnonzero(numbers >= 0)
    kind_codes[numbers[used]] = graph.kind_codes[used]
    members, columns, said = dict(graph.members), changeable(graph.columns), dict(graph.said)
    for kind, there in graph.members.items():
        order = _ascending(numbers[there])
        members[kind] = numbers[there][order].astype(np.int32)
        rows[members[kind]] = np.arange(len(there), dtype=np.int32)
        for attribute in graph.vocabulary.kinds[kind].attributes if order is not _ALL else ():
            columns[kind, attribute] = columns[kind, attribute].take(order)
            said[kind, attribute] = said[kind, attribute][order]
    rewired = _Rewiring(numbers, like, len(ids))
    late = np.flatnonzero(kind_codes >= 0)
    late = late[late >= len(ids.starts) - 1].tolist()
    return replace(
        graph,
        ids=ids,
        kind_codes=kind_codes,
        rows=rows,
        members=MappingProxyType(members),
        columns=MappingProxyType(columns),
        said=MappingProxyType(said),
        along=MappingProxyType({name: rewired(adjacency) for name, adjacency in graph.along.items()}),
        against=MappingProxyType({name: rewired(adjacency) for name, adjacency in graph.against.items()}),
        upstream=rewired(graph.upstream),
        downstream=rewired(graph.downstream),
        edge_said=MappingProxyType(
            {name: beside[rewired.order(graph.along[name])] for name, beside in graph.edge_said.items()}
        ),
        stubs=frozenset(numbers[sorted(graph.stubs)].tolist()),
        appended=MappingProxyType(dict(zip(ids.take(late), late, strict=True))),
    )


def _is_alike(graph: Graph, like: Graph) -> bool:
    """Whether each element of either graph has the same number in the other, where it is there."""
    pairs = ((graph.number(element), like.number(element)) for element in {*graph.appended, *like.appended})
    return continues(like.ids, graph.ids) and all(here == there or None in (here, there) for here, there in pairs)


def _numbers(graph: Graph, like: Graph) -> tuple[Index, Index]:
    """The new number for each of a graph, -1 where one is not used; and the elements that ``like`` hasn't got."""
    numbers = places(graph.ids, like.ids)
    for element in {*graph.appended, *like.appended}:  # an id that was removed and added anew stands twice
        here, there = graph.number(element), like.number(element)
        if here is not None and there is not None:
            numbers[here] = there
    numbers[graph.kind_codes < 0] = -1
    new = np.flatnonzero((numbers < 0) & (graph.kind_codes >= 0))
    numbers[new] = len(like.ids) + np.arange(len(new))
    return numbers, new


_ALL = slice(None)


def _ascending(keys: Index) -> Index | slice:
    """The order that sorts keys, which are nearly sorted; all as they are, where nothing has to move."""
    return _ALL if bool((keys[1:] > keys[:-1]).all()) else np.argsort(keys, kind="stable")


class _Rewiring:
    """Gives compressed rows their new numbers; relations without edges go on sharing theirs."""

    def __init__(self, numbers: Index, like: Graph, count: int) -> None:
        self._count = count
        self._numbers = numbers.astype(np.int32)
        self._used = np.flatnonzero(numbers >= 0)
        self._keys = numbers * count
        self._sorted = len(like.ids.starts) - 1
        self._late = np.flatnonzero(numbers >= self._sorted)
        early = np.flatnonzero((numbers >= 0) & (numbers < self._sorted))
        self._is_ascending = _ascending(numbers[early]) is _ALL
        begins = np.searchsorted(numbers[early], np.arange(count + 1))  # of use only where they are ascending
        self._begins = np.append(early, len(numbers))[begins]
        self._made: dict[int, tuple[Adjacency, Index | slice]] = {}

    def __call__(self, adjacency: Adjacency) -> Adjacency:
        return self._of(adjacency)[0]

    def order(self, adjacency: Adjacency) -> Index | slice:
        """The order in which its edges stand now."""
        return self._of(adjacency)[1]

    def _of(self, adjacency: Adjacency) -> tuple[Adjacency, Index | slice]:
        if id(adjacency) not in self._made:
            self._made[id(adjacency)] = self._rewired(adjacency)
        return self._made[id(adjacency)]

    def _rewired(self, adjacency: Adjacency) -> tuple[Adjacency, Index | slice]:
        sizes, targets = np.diff(adjacency.starts), self._numbers.take(adjacency.neighbours)
        if self._is_ascending and targets.max(initial=-1) < self._sorted and not sizes[self._late].any():
            return Adjacency(adjacency.starts.take(self._begins), targets, adjacency.possible), _ALL
        starts = np.zeros(self._count + 1, np.int32)
        starts[self._numbers[self._used] + 1] = sizes[self._used]
        order = np.argsort(np.repeat(self._keys, sizes) + targets, kind="stable")
        return Adjacency(np.cumsum(starts, dtype=np.int32), targets[order], adjacency.possible[order]), order


# ---- texts ---------------------------------------------------------------------------------------------------------


def _with_texts(graph: Graph, like: Graph) -> Graph:
    if graph.texts.data is like.texts.data and continues(like.texts, graph.texts):
        return graph
    numbers = places(graph.texts, like.texts)
    new = np.flatnonzero(numbers < 0)
    numbers[new] = len(like.texts) + np.arange(len(new))
    columns = changeable(graph.columns)
    moves = not np.array_equal(numbers, np.arange(len(numbers)))
    for key, column in graph.columns.items() if moves else ():
        if column.type.sort is Sort.TEXT:
            values = np.zeros(len(column.values), np.int32)
            values[column.known] = numbers[column.values[column.known]]
            columns[key] = replace(column, values=values)
    texts = like.texts.plus(graph.texts.take(new.tolist())) if len(new) else like.texts
    return replace(graph, texts=texts, columns=MappingProxyType(columns))
