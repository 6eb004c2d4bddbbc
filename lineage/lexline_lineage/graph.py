"""The lineage graph of one date: immutable, columnar, with integer element numbers.

Elements are numbered ``0 … n-1`` in the order of their ids; a kind's column holds a value for each of its elements in
ascending order of number. Written by ``builder`` and ``overlay`` only; an overlay numbers the elements that it adds
after all others and leaves the numbers of those that it removes unused: walk ``members``, never ``range(len(ids))``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from lexline_lineage.facts import Source
from lexline_lineage.source_list import Sources
from lexline_lineage.strings import Strings
from lexline_lineage.values import Sort, Value, ValueType
from lexline_lineage.vocabulary import Flow, Vocabulary

if TYPE_CHECKING:
    import networkx as nx

    from lexline_lineage.overlay import Changes

__all__ = ["EPOCH", "Adjacency", "Column", "Graph"]

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
"""The moment and day from which columns of moments and dates count."""
_EPOCH_DAY = EPOCH.date().toordinal()


@dataclass(frozen=True, slots=True, eq=False)
class Column:
    """One attribute of all elements of one kind.

    ``values`` by sort: boolean ``bool_``; number and percentage ``float64``; date ``int64`` days since 1970-01-01;
    moment ``int64`` microseconds since 1970-01-01 UTC; enumeration ``int32`` index into ``type.symbols``; text
    ``int32`` index into ``Graph.texts``; duration, list and document ``object`` (``Duration``, ``tuple``,
    ``dict``/``list``). Where ``known`` is False the value is missing and ``values`` holds zero (``None`` for objects).
    """

    type: ValueType
    values: NDArray[Any]
    known: NDArray[np.bool_]

    def take(self, rows: NDArray[Any] | slice) -> Column:
        """The column of some rows."""
        return Column(self.type, self.values[rows], self.known[rows])


@dataclass(frozen=True, slots=True, eq=False)
class Adjacency:
    """Compressed rows over *all* element numbers: the neighbours of ``i`` are
    ``neighbours[starts[i]:starts[i + 1]]``, ascending, each once; ``possible`` marks an edge that may not be there
    (an edge said both surely and possibly is sure). So there are fewer than 2³¹ edges."""

    starts: NDArray[np.int32]
    neighbours: NDArray[np.int32]
    possible: NDArray[np.bool_]

    def row(self, number: int) -> list[tuple[int, bool]]:
        """The neighbours of one element with their ``possible`` flag."""
        begin, end = int(self.starts[number]), int(self.starts[number + 1])
        return list(zip(self.neighbours[begin:end].tolist(), self.possible[begin:end].tolist(), strict=True))

    def is_empty(self, number: int) -> bool:
        """Whether an element has no neighbours."""
        return bool(self.starts[number] == self.starts[number + 1])

    def position(self, number: int, neighbour: int) -> int | None:
        """Where the edge stands in ``neighbours``; ``None`` where there is none."""
        begin, end = int(self.starts[number]), int(self.starts[number + 1])
        index = begin + int(np.searchsorted(self.neighbours[begin:end], neighbour))
        return index if index < end and int(self.neighbours[index]) == neighbour else None


@dataclass(frozen=True, eq=False)
class Graph:
    """See the module. ``ids[number]`` is the element's id, ``kind_names[kind_codes[number]]`` its kind.

    ``stubs`` are elements that only an edge names. ``sources`` names who said a fact; ``said`` and ``edge_said`` hold
    for each cell of a column, and for each edge of ``along``, an index into it (-1: missing).
    """

    vocabulary: Vocabulary
    ids: Strings
    """sorted, but for those that an overlay adds"""
    kind_names: tuple[str, ...]
    kind_codes: NDArray[np.int16]
    """by number; -1 for a number that is not used any more"""
    rows: NDArray[np.int32]
    """by number, the position of the element in ``members`` and in the columns of its kind"""
    texts: Strings
    columns: Mapping[tuple[str, str], Column]
    """by kind and attribute; every attribute of the vocabulary has one"""
    along: Mapping[str, Adjacency]
    """by relation, from origin to target as the vocabulary writes it"""
    against: Mapping[str, Adjacency]
    """by relation, from target to origin"""
    upstream: Adjacency
    """over all flow relations: to the elements that data comes from"""
    downstream: Adjacency
    """over all flow relations: to the elements that data goes to"""
    stubs: frozenset[int]
    members: Mapping[str, NDArray[np.int32]]
    """by kind, the numbers of its elements, ascending"""
    sources: Sources
    said: Mapping[tuple[str, str], NDArray[np.int32]]
    edge_said: Mapping[str, NDArray[np.int32]]
    appended: Mapping[str, int]
    """the numbers of the elements that an overlay added behind the sorted ones"""

    def number(self, element: str) -> int | None:
        """The number of the element with this id."""
        appended = self.appended.get(element)
        if appended is not None:
            return appended
        index = self.ids.find(element)
        return index if index is not None and self.kind_codes[index] >= 0 else None

    def kind(self, number: int) -> str:
        """The kind of an element."""
        return self.kind_names[int(self.kind_codes[number])]

    def kinds(self, numbers: Sequence[int]) -> list[str]:
        """The kinds of many elements."""
        return [self.kind_names[code] for code in self.kind_codes[np.asarray(numbers, np.int64)].tolist()]

    def knows(self, number: int, attribute: str) -> bool:
        """Whether the value of an attribute is recorded."""
        column = self.columns.get((self.kind(number), attribute))
        return column is not None and bool(column.known[int(self.rows[number])])

    def value(self, number: int, attribute: str) -> Value | None:
        """The value of an attribute as a plain Python object; None where it is missing."""
        column = self.columns.get((self.kind(number), attribute))
        if column is None:
            return None
        row = int(self.rows[number])
        if not column.known[row]:
            return None
        return self.plain(column, row)

    def plain(self, column: Column, row: int) -> Value:
        """A known cell of a column as a plain Python object."""
        cell = column.values[row]
        sort = column.type.sort
        if sort is Sort.BOOLEAN:
            return bool(cell)
        if sort in (Sort.NUMBER, Sort.PERCENTAGE):
            return float(cell)
        if sort is Sort.TEXT:
            return self.texts[int(cell)]
        if sort is Sort.ENUMERATION:
            return column.type.symbols[int(cell)]
        if sort is Sort.DATE:
            return date.fromordinal(_EPOCH_DAY + int(cell))
        if sort is Sort.MOMENT:
            return EPOCH + timedelta(microseconds=int(cell))
        found: Value = cell
        return found

    def source(self, number: int, attribute: str) -> Source | None:
        """Who said the value of this attribute."""
        said = self.said.get((self.kind(number), attribute))
        index = -1 if said is None else int(said[int(self.rows[number])])
        return self.sources[index] if index >= 0 else None

    def edge_source(self, origin: int, relation: str, target: int) -> Source | None:
        """Who said this edge."""
        position = self.along[relation].position(origin, target)
        index = -1 if position is None else int(self.edge_said[relation][position])
        return self.sources[index] if index >= 0 else None

    def flow_relations(self, upper: int, lower: int) -> tuple[str, ...]:
        """The names of the flow relations by which data goes from ``upper`` to ``lower``."""
        found: list[str] = []
        for name, relation in self.vocabulary.relations.items():
            if relation.flow is Flow.NONE:
                continue
            origin, target = (upper, lower) if relation.flow is Flow.FORWARD else (lower, upper)
            if self.along[name].position(origin, target) is not None:
                found.append(name)
        return tuple(found)

    @cached_property
    def digest(self) -> str:
        """The digest of the content (``digest.graph_digest``), worked out once."""
        from lexline_lineage.digest import graph_digest

        return graph_digest(self)

    def with_changes(self, changes: Changes) -> Graph:
        """This graph after some supposed changes; what they do not touch is shared. Raises ``LineageError``."""
        from lexline_lineage.overlay import apply_changes

        return apply_changes(self, changes)

    def to_networkx(self) -> nx.MultiDiGraph[str]:
        """The same graph for networkx: nodes by id with ``kind`` and their known attributes, an edge for each relation
        with ``relation`` as its key and attribute and with ``possible``."""
        import networkx as nx

        copy: nx.MultiDiGraph[str] = nx.MultiDiGraph()
        for kind, numbers in self.members.items():
            columns = {name: self.columns[kind, name] for name in self.vocabulary.kinds[kind].attributes}
            for row, number in enumerate(numbers.tolist()):
                known = {name: self.plain(column, row) for name, column in columns.items() if column.known[row]}
                copy.add_nodes_from([(self.ids[number], {"kind": kind, **known})])
        for relation, adjacency in self.along.items():
            origins = np.repeat(np.arange(len(self.ids)), np.diff(adjacency.starts)).tolist()
            ends = zip(origins, adjacency.neighbours.tolist(), adjacency.possible.tolist(), strict=True)
            for origin, target, possible in ends:
                copy.add_edge(self.ids[origin], self.ids[target], relation, relation=relation, possible=possible)
        return copy
