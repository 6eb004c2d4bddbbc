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

from lexline_lineage.facts import Source
from lexline_lineage.graph import EPOCH, Adjacency, Column, Graph
from lexline_lineage.source_list import Sources
from lexline_lineage.strings import Strings, Texts
from lexline_lineage.values import Sort, Value, ValueType
from lexline_lineage.vocabulary import Flow, Vocabulary

__all__ = ["Cells", "Edges", "adjacency_of", "assemble", "blank", "encode"]

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


def adjacency_of(
    count: int, origins: NDArray[np.int32], targets: NDArray[np.int32], possible: NDArray[np.bool_]
) -> tuple[Adjacency, NDArray[np.int64]]:
    """Compressed rows from ``origins`` to ``targets`` for ``count`` elements, and for each of its edges the index of
    the edge given first (a sure one where there is one)."""
    if not len(origins):
        none = np.zeros(0, np.int64)
        empty = Adjacency(np.zeros(count + 1, np.int64), np.zeros(0, np.int32), np.zeros(0, np.bool_))
        return empty, none
    keys = origins.astype(np.int64) * count + targets
    order = np.argsort(keys * 2 + possible, kind="stable")
    keys = keys[order]
    first = np.empty(len(keys), np.bool_)
    first[0] = True
    np.not_equal(keys[1:], keys[:-1], out=first[1:])
    kept = order[first]
    starts = np.zeros(count + 1, np.int64)
    np.cumsum(np.bincount(origins[kept], minlength=count), out=starts[1:])
    return Adjacency(starts, targets[kept], possible[kept]), kept


def assemble(
    vocabulary: Vocabulary,
    ids: Strings,
    kind_codes: NDArray[np.int16],
    cells: Mapping[tuple[str, str], Cells],
    edges: Mapping[str, Edges],
    stubs: frozenset[int],
    sources: tuple[Source, ...],
) -> Graph:
    """The graph. ``ids`` are sorted; ``kind_codes`` count the kinds in the vocabulary's order."""
    kind_names = tuple(vocabulary.kinds)
    members = {name: np.flatnonzero(kind_codes == code).astype(np.int32) for code, name in enumerate(kind_names)}
    rows = np.zeros(len(ids), np.int32)
    for numbers in members.values():
        rows[numbers] = np.arange(len(numbers), dtype=np.int32)
    texts = Texts()
    columns: dict[tuple[str, str], Column] = {}
    said: dict[tuple[str, str], NDArray[np.int32]] = {}
    for name, kind in vocabulary.kinds.items():
        for attribute in kind.attributes.values():
            key, count = (name, attribute.name), len(members[name])
            columns[key], said[key] = _column(attribute.type, count, cells.get(key), rows, texts)
    along: dict[str, Adjacency] = {}
    against: dict[str, Adjacency] = {}
    edge_said: dict[str, NDArray[np.int32]] = {}
    empty, _ = adjacency_of(len(ids), np.zeros(0, np.int32), np.zeros(0, np.int32), np.zeros(0, np.bool_))
    for name in vocabulary.relations:
        found = edges.get(name)
        if found is None:
            along[name] = against[name] = empty
            edge_said[name] = np.zeros(0, np.int32)
            continue
        along[name], kept = adjacency_of(len(ids), found.origins, found.targets, found.possible)
        edge_said[name] = found.said[kept]
        against[name], _ = adjacency_of(len(ids), found.targets[kept], found.origins[kept], found.possible[kept])
    upstream, downstream = _flow(vocabulary, len(ids), edges)
    return Graph(
        vocabulary=vocabulary,
        ids=ids,
        kind_names=kind_names,
        kind_codes=kind_codes,
        rows=rows,
        texts=texts.all(),
        columns=MappingProxyType(columns),
        along=MappingProxyType(along),
        against=MappingProxyType(against),
        upstream=upstream,
        downstream=downstream,
        stubs=stubs,
        members=MappingProxyType(members),
        sources=Sources.of(sources),
        said=MappingProxyType(said),
        edge_said=MappingProxyType(edge_said),
        appended=MappingProxyType({}),
    )


def _column(
    type: ValueType,  # noqa: A002
    count: int,
    cells: Cells | None,
    rows: NDArray[np.int32],
    texts: Texts,
) -> tuple[Column, NDArray[np.int32]]:
    values, known, said = blank(type, count), np.zeros(count, np.bool_), np.full(count, -1, np.int32)
    if cells is not None and len(cells.numbers):
        at = rows[cells.numbers]
        values[at] = encode(cells.values, type, texts)[cells.codes]
        known[at] = True
        said[at] = cells.said
    return Column(type, values, known), said


def _flow(vocabulary: Vocabulary, count: int, edges: Mapping[str, Edges]) -> tuple[Adjacency, Adjacency]:
    """Upstream and downstream over all flow relations."""
    uppers, lowers, possible = [np.zeros(0, np.int32)], [np.zeros(0, np.int32)], [np.zeros(0, np.bool_)]
    for name, found in edges.items():
        flow = vocabulary.relations[name].flow
        if flow is Flow.NONE:
            continue
        forward = flow is Flow.FORWARD
        uppers.append(found.origins if forward else found.targets)
        lowers.append(found.targets if forward else found.origins)
        possible.append(found.possible)
    upper, lower, flags = np.concatenate(uppers), np.concatenate(lowers), np.concatenate(possible)
    upstream, kept = adjacency_of(count, lower, upper, flags)
    downstream, _ = adjacency_of(count, upper[kept], lower[kept], flags[kept])
    return upstream, downstream
