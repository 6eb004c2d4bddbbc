"""Puts checked values and edges together as a graph.

In: sorted ids with their kinds, parsed values and edges by element number. Out: a ``Graph``. Nothing here can be wrong
any more; the builder has refused or left out what was.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lexline_lineage.graph import EPOCH, Adjacency, Column, Graph
from lexline_lineage.source_list import Sources
from lexline_lineage.strings import Strings, Texts
from lexline_lineage.values import Sort, Value, ValueType
from lexline_lineage.vocabulary import Flow, Vocabulary

__all__ = ["Cells", "Edges", "assemble", "blank", "encode", "no_edges"]

_MICROSECOND = timedelta(microseconds=1)
_DTYPES: Mapping[Sort, type[Any]] = MappingProxyType(
    {
        Sort.BOOLEAN: np.bool_,
        Sort.NUMBER: np.float64,
        Sort.PERCENTAGE: np.float64,
        Sort.DATE: np.int64,
        Sort.MOMENT: np.int64,
        Sort.ENUMERATION: np.int32,
        Sort.TEXT: np.int32,
    }
)


@dataclass(frozen=True, slots=True, eq=False)
class Cells:
    """The known values of one attribute of one kind: element ``numbers``, for each a code into ``values`` (parsed) and
    an index into the sources."""

    numbers: NDArray[np.int32]
    codes: NDArray[np.int32]
    values: Sequence[Value]
    said: NDArray[np.int32]


@dataclass(frozen=True, slots=True, eq=False)
class Edges:
    """The edges of one relation by element numbers, in any order, repeated or not."""

    origins: NDArray[np.int32]
    targets: NDArray[np.int32]
    possible: NDArray[np.bool_]
    said: NDArray[np.int32]


def blank(type: ValueType, count: int) -> NDArray[Any]:  # noqa: A002  # the word of the domain
    """The values of a column in which nothing is known."""
    return np.zeros(count, dtype=_DTYPES[type.sort]) if type.sort in _DTYPES else np.full(count, None, dtype=object)


def encode(values: Sequence[Value], type: ValueType, texts: Texts) -> NDArray[Any]:  # noqa: A002
    """Parsed values of a type as a column holds them; texts are numbered by ``texts``."""
    sort = type.sort
    if sort is Sort.TEXT:
        return np.fromiter((texts.number(str(text)) for text in values), np.int32, len(values))
    if sort is Sort.ENUMERATION:
        codes = {symbol: index for index, symbol in enumerate(type.symbols)}
        return np.fromiter((codes[str(symbol)] for symbol in values), np.int32, len(values))
    if sort is Sort.DATE:
        days = (day.toordinal() - EPOCH.toordinal() for day in values if isinstance(day, date))
        return np.fromiter(days, np.int64, len(values))
    if sort is Sort.MOMENT:
        ticks = ((moment - EPOCH) // _MICROSECOND for moment in values if isinstance(moment, datetime))
        return np.fromiter(ticks, np.int64, len(values))
    encoded = blank(type, len(values))
    if sort in _DTYPES:
        encoded[:] = values
    else:
        for index, value in enumerate(values):  # numpy would take lists apart
            encoded[index] = value
    return encoded


def no_edges(count: int) -> Adjacency:
    """Compressed rows for ``count`` elements of which none has a neighbour."""
    return Adjacency(np.zeros(count + 1, np.int32), np.zeros(0, np.int32), np.zeros(0, np.bool_))


def _rows_along(count: int, edges: Edges) -> tuple[Adjacency, NDArray[np.int32]]:
    """Compressed rows from the origins of some edges to their targets, and who said each: of a repeated edge the one
    that is given first, a sure one where there is one."""
    keys = _keys(count, edges.origins, edges.targets, edges.possible)
    if edges.said.min() == edges.said.max():
        said = edges.said[0]
        del edges
        keys.sort()
        rows = _rows(count, keys)
        return rows, np.full(len(rows.neighbours), said, np.int32)
    order = np.argsort(keys, kind="stable")
    keys = keys[order]
    said = edges.said[order[_is_first(keys)]]
    return _rows(count, keys), said


def _rows_against(count: int, along: Adjacency) -> Adjacency:
    """The same edges from their targets to their origins."""
    keys = _keys(count, along.neighbours, _origins(along), along.possible)
    keys.sort()
    return _rows(count, keys)


def _rows_of_all(count: int, parts: Sequence[Adjacency]) -> Adjacency:
    """The edges of several relations as one; a single relation is shared, not copied."""
    if len(parts) == 1:
        return parts[0]
    keys = np.empty(sum(len(part.neighbours) for part in parts), np.int64)
    begin = 0
    for part in parts:
        end = begin + len(part.neighbours)
        keys[begin:end] = _keys(count, _origins(part), part.neighbours, part.possible)
        begin = end
    keys.sort(kind="stable")  # it merges what is sorted already
    return _rows(count, keys)


def _keys(
    count: int, origins: NDArray[np.int32], targets: NDArray[np.int32], possible: NDArray[np.bool_]
) -> NDArray[np.int64]:
    """A number for each edge: by origin, then target, a sure edge before a possible one."""
    keys = origins.astype(np.int64)
    keys *= count
    keys += targets
    keys *= 2
    keys += possible
    return keys


def _rows(count: int, keys: NDArray[np.int64]) -> Adjacency:
    """Compressed rows of sorted keys, which are used up."""
    if not len(keys):
        return no_edges(count)
    first = _is_first(keys)
    keys = keys if first.all() else keys[first]
    possible = (keys & 1).astype(np.bool_)
    keys >>= 1
    origins = keys // count
    keys -= origins * count
    starts = np.zeros(count + 1, np.int32)
    np.cumsum(np.bincount(origins, minlength=count), out=starts[1:])
    return Adjacency(starts, keys.astype(np.int32), possible)


def _is_first(keys: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Marks the first key of each edge."""
    pairs = keys >> 1
    first = np.ones(len(keys), np.bool_)
    np.not_equal(pairs[1:], pairs[:-1], out=first[1:])
    return first


def _origins(adjacency: Adjacency) -> NDArray[np.int32]:
    return np.repeat(np.arange(len(adjacency.starts) - 1, dtype=np.int32), np.diff(adjacency.starts))


def assemble(
    vocabulary: Vocabulary,
    ids: Strings,
    kind_codes: NDArray[np.int16],
    cells: Mapping[tuple[str, str], Cells],
    edges: dict[str, Edges],
    stubs: frozenset[int],
    sources: Sources,
) -> Graph:
    """The graph. ``ids`` are sorted; ``kind_codes`` count the kinds as the vocabulary does; ``edges`` are used up."""
    kind_names = tuple(vocabulary.kinds)
    members = {name: np.flatnonzero(kind_codes == code).astype(np.int32) for code, name in enumerate(kind_names)}
    rows = np.zeros(len(ids), np.int32)
    for numbers in members.values():
        rows[numbers] = np.arange(len(numbers), dtype=np.int32)
    columns, said, texts = _columns(vocabulary, members, cells, rows)
    along: dict[str, Adjacency] = {}
    against: dict[str, Adjacency] = {}
    edge_said: dict[str, NDArray[np.int32]] = {}
    empty = no_edges(len(ids))
    for name in vocabulary.relations:
        if name not in edges:
            along[name] = against[name] = empty
            edge_said[name] = np.zeros(0, np.int32)
            continue
        along[name], edge_said[name] = _rows_along(len(ids), edges.pop(name))
        against[name] = _rows_against(len(ids), along[name])
    flows = [(name, relation.flow) for name, relation in vocabulary.relations.items() if relation.flow is not Flow.NONE]
    flows = [(name, flow) for name, flow in flows if len(along[name].neighbours)]
    down = [(along if flow is Flow.FORWARD else against)[name] for name, flow in flows]
    up = [(against if flow is Flow.FORWARD else along)[name] for name, flow in flows]
    return Graph(
        vocabulary=vocabulary,
        ids=ids,
        kind_names=kind_names,
        kind_codes=kind_codes,
        rows=rows,
        texts=texts,
        columns=MappingProxyType(columns),
        along=MappingProxyType(along),
        against=MappingProxyType(against),
        upstream=_rows_of_all(len(ids), up),
        downstream=_rows_of_all(len(ids), down),
        stubs=stubs,
        members=MappingProxyType(members),
        sources=sources,
        said=MappingProxyType(said),
        edge_said=MappingProxyType(edge_said),
        appended=MappingProxyType({}),
    )


def _columns(
    vocabulary: Vocabulary,
    members: Mapping[str, NDArray[np.int32]],
    cells: Mapping[tuple[str, str], Cells],
    rows: NDArray[np.int32],
) -> tuple[dict[tuple[str, str], Column], dict[tuple[str, str], NDArray[np.int32]], Strings]:
    """The columns, who said their cells, and the texts in them."""
    texts = Texts()
    columns: dict[tuple[str, str], Column] = {}
    said: dict[tuple[str, str], NDArray[np.int32]] = {}
    for name, kind in vocabulary.kinds.items():
        count = len(members[name])
        unknown, unsaid = np.zeros(count, np.bool_), np.full(count, -1, np.int32)  # shared, as most are empty
        for attribute in kind.attributes.values():
            key = (name, attribute.name)
            if key in cells and len(cells[key].numbers):
                columns[key], said[key] = _column(attribute.type, count, cells[key], rows, texts)
            else:
                columns[key], said[key] = Column(attribute.type, blank(attribute.type, count), unknown), unsaid
    return columns, said, texts.all()


def _column(
    type: ValueType,  # noqa: A002
    count: int,
    cells: Cells,
    rows: NDArray[np.int32],
    texts: Texts,
) -> tuple[Column, NDArray[np.int32]]:
    values, known, said = blank(type, count), np.zeros(count, np.bool_), np.full(count, -1, np.int32)
    at = rows[cells.numbers]
    values[at] = encode(cells.values, type, texts)[cells.codes]
    known[at] = True
    said[at] = cells.said
    return Column(type, values, known), said
