"""A built graph as raw arrays, and back.

In: a ``BuiltGraph``. Out: arrays with a few words beside them, such that ``restored`` gives an equal one without a
Python object for each element, edge or text. The vocabulary is not in them: the snapshot's key says which one it was.
Values that no array holds (durations, lists, documents) are JSON texts, read where a column is asked for.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from types import MappingProxyType
from typing import Any, TypeVar, overload

import numpy as np
from numpy.typing import NDArray

from lexline_lineage.array_file import ArrayFile
from lexline_lineage.assembly import blank, no_edges
from lexline_lineage.builder import BuiltGraph
from lexline_lineage.facts import Source
from lexline_lineage.graph import Adjacency, Column, Graph
from lexline_lineage.identity import Joins, Link, Pending
from lexline_lineage.raw_values import raw_value
from lexline_lineage.source_list import Sources
from lexline_lineage.statements import DataFinding, DataReport
from lexline_lineage.strings import Strings
from lexline_lineage.values import Sort, ValueType, parse_value
from lexline_lineage.vocabulary import Vocabulary

__all__ = ["packed", "restored"]

Arrays = dict[str, NDArray[Any]]
Item = TypeVar("Item")


def packed(built: BuiltGraph) -> tuple[dict[str, Any], Arrays]:
    """What the writer of a file says, and the arrays."""
    graph = built.graph
    arrays: Arrays = {"kinds": graph.kind_codes, "rows": graph.rows}
    arrays["stubs"] = np.array(sorted(graph.stubs), np.int32)
    for name, texts in (("ids", graph.ids), ("texts", graph.texts)):
        _put(arrays, name, texts.packed())
    _put(arrays, "sources/names", graph.sources.names)
    _put(arrays, "sources/places", graph.sources.places)
    arrays["sources/systems"] = graph.sources.systems
    for kind, numbers in graph.members.items():
        arrays[f"members/{kind}"] = numbers
    for (kind, attribute), column in graph.columns.items():
        if column.known.any():
            name = f"{kind}/{attribute}"
            arrays[f"known/{name}"], arrays[f"said/{name}"] = column.known, graph.said[kind, attribute]
            if column.values.dtype != object:
                arrays[f"values/{name}"] = column.values
            else:
                _put(arrays, f"values/{name}", Strings.of(map(_json, map(raw_value, column.values[column.known]))))
    for relation, adjacency in graph.along.items():
        _put_edges(arrays, f"along/{relation}", adjacency)
        _put_edges(arrays, f"against/{relation}", graph.against[relation])
        arrays[f"edge_said/{relation}"] = graph.edge_said[relation]
    _put_edges(arrays, "upstream", graph.upstream)
    _put_edges(arrays, "downstream", graph.downstream)
    _put(arrays, "findings", Strings.of(map(_finding_text, built.report.findings)))
    joined = built.joined
    if joined is not None:
        for name, mapping in (("names", joined.ids), ("tables", joined.tables)):
            keys = sorted(mapping)
            _put(arrays, name, Strings.of(keys))
            _put(arrays, f"{name}/values", Strings.of(_json(mapping[key]) for key in keys))
        for name, links in (("links", joined.links), ("possible", joined.possible), ("hints", joined.hints)):
            _put(arrays, name, Strings.of(map(_json, map(_link_parts, links))))
        refused = ([_link_parts(pending.link), pending.why] for pending in joined.refused)
        _put(arrays, "refused", Strings.of(map(_json, refused)))
    said = {"digest": graph.digest, "joined": joined is not None}
    return said | {"first": built.first.isoformat(), "last": built.last.isoformat()}, arrays


def restored(file: ArrayFile, vocabulary: Vocabulary) -> BuiltGraph:
    """The graph of a file; ``vocabulary`` is the one that it was built with."""
    arrays = file.arrays
    ids = _strings(arrays, "ids")
    nothing = no_edges(len(ids))

    def edges(name: str) -> Adjacency:
        starts = arrays.get(f"{name}/starts")
        if starts is None:
            return nothing
        return Adjacency(starts, arrays[f"{name}/neighbours"], arrays[f"{name}/possible"])

    stubs = arrays["stubs"].tolist()
    columns, said = _columns(arrays, vocabulary)
    graph = Graph(
        vocabulary=vocabulary,
        ids=ids,
        kind_names=tuple(vocabulary.kinds),
        kind_codes=arrays["kinds"],
        rows=arrays["rows"],
        texts=_strings(arrays, "texts"),
        columns=columns,
        along=MappingProxyType({name: edges(f"along/{name}") for name in vocabulary.relations}),
        against=MappingProxyType({name: edges(f"against/{name}") for name in vocabulary.relations}),
        upstream=edges("upstream"),
        downstream=edges("downstream"),
        stubs=frozenset(stubs),
        members=MappingProxyType({kind: arrays[f"members/{kind}"] for kind in vocabulary.kinds}),
        sources=Sources(
            _strings(arrays, "sources/names"), arrays["sources/systems"], _strings(arrays, "sources/places")
        ),
        said=MappingProxyType(said),
        edge_said=MappingProxyType({name: arrays[f"edge_said/{name}"] for name in vocabulary.relations}),
        appended=MappingProxyType({}),
    )
    vars(graph)["digest"] = file.said["digest"]  # a cached property: an overlay of this graph works out its own
    findings = tuple(_finding(json.loads(text)) for text in _strings(arrays, "findings"))
    report = DataReport(findings, tuple(ids.take(stubs)))
    joins = _joins(arrays) if file.said["joined"] else None
    first, last = (date.fromisoformat(file.said[key]) for key in ("first", "last"))
    return BuiltGraph(graph, report, joins, first, last)


class _Columns(Mapping[tuple[str, str], Column]):
    """Columns of which some are read only where they are asked for."""

    def __init__(
        self, columns: dict[tuple[str, str], Column], later: Mapping[tuple[str, str], Callable[[], Column]]
    ) -> None:
        self._columns = columns
        self._later = later

    def __getitem__(self, key: tuple[str, str]) -> Column:
        column = self._columns.get(key)
        if column is None:
            column = self._columns[key] = self._later[key]()
        return column

    def __iter__(self) -> Iterator[tuple[str, str]]:
        yield from self._columns.keys() - self._later.keys()
        yield from self._later

    def __len__(self) -> int:
        return len(self._columns.keys() | self._later.keys())


class _Records(Sequence[Item]):
    """Items that are read from their texts where they are asked for."""

    def __init__(self, texts: Strings, read: Callable[[Any], Item]) -> None:
        self._texts = texts
        self._read = read
        self._items: tuple[Item, ...] | None = None

    def __len__(self) -> int:
        return len(self._texts)

    @overload
    def __getitem__(self, index: int) -> Item: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[Item, ...]: ...
    def __getitem__(self, index: int | slice) -> Item | tuple[Item, ...]:
        if self._items is None:
            self._items = tuple(self._read(json.loads(text)) for text in self._texts)
        return self._items[index]

    def __iter__(self) -> Iterator[Item]:
        return iter(self[:])


class _Names(Mapping[str, Item]):
    """Items by name, found without a dictionary of all."""

    def __init__(self, names: Strings, texts: Strings, read: Callable[[Any], Item]) -> None:
        self._names = names
        self._texts = texts
        self._read = read

    def __getitem__(self, name: str) -> Item:
        place = self._names.find(name)
        if place is None:
            raise KeyError(name)
        return self._read(json.loads(self._texts[place]))

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)


def _columns(
    arrays: Mapping[str, NDArray[Any]], vocabulary: Vocabulary
) -> tuple[_Columns, dict[tuple[str, str], NDArray[np.int32]]]:
    columns: dict[tuple[str, str], Column] = {}
    later: dict[tuple[str, str], Callable[[], Column]] = {}
    said: dict[tuple[str, str], NDArray[np.int32]] = {}
    for kind in vocabulary.kinds.values():
        count = len(arrays[f"members/{kind.name}"])
        unknown, unsaid = np.zeros(count, np.bool_), np.full(count, -1, np.int32)
        for attribute in kind.attributes.values():
            key, name = (kind.name, attribute.name), f"{kind.name}/{attribute.name}"
            known = arrays.get(f"known/{name}")
            said[key] = unsaid if known is None else arrays[f"said/{name}"]
            if known is None:
                columns[key] = Column(attribute.type, blank(attribute.type, count), unknown)
            elif f"values/{name}" in arrays:
                columns[key] = Column(attribute.type, arrays[f"values/{name}"], known)
            else:
                later[key] = _reader(attribute.type, known, _strings(arrays, f"values/{name}"))
    return _Columns(columns, later), said


def _reader(type: ValueType, known: NDArray[np.bool_], texts: Strings) -> Callable[[], Column]:  # noqa: A002
    def read() -> Column:
        values = blank(type, len(known))
        met: dict[str, Any] = {}
        for row, text in zip(np.flatnonzero(known).tolist(), texts, strict=True):
            if text not in met:
                raw = json.loads(text)
                met[text] = raw if type.sort is Sort.DOCUMENT else parse_value(raw, type)
            values[row] = met[text]
        return Column(type, values, known)

    return read


def _put(arrays: Arrays, name: str, texts: Strings) -> None:
    arrays[f"{name}/data"], arrays[f"{name}/starts"] = texts.data, texts.starts


def _strings(arrays: Mapping[str, NDArray[Any]], name: str) -> Strings:
    return Strings(arrays[f"{name}/data"], arrays[f"{name}/starts"])


def _put_edges(arrays: Arrays, name: str, adjacency: Adjacency) -> None:
    if len(adjacency.neighbours):
        arrays[f"{name}/starts"] = adjacency.starts
        arrays[f"{name}/neighbours"] = adjacency.neighbours
        arrays[f"{name}/possible"] = adjacency.possible


def _json(raw: object) -> str:
    return json.dumps(raw, ensure_ascii=True, separators=(",", ":"))


def _finding_text(finding: DataFinding) -> str:
    sources = [[source.system, source.place] for source in finding.sources]
    about = [finding.code, finding.element, finding.kind, finding.attribute, finding.message]
    return _json([*about, sources, finding.count])


def _finding(parts: Sequence[Any]) -> DataFinding:
    code, element, kind, attribute, message, sources, count = parts
    return DataFinding(code, element, kind, attribute, message, tuple(Source(*source) for source in sources), count)


def _link_parts(link: Link) -> list[object]:
    return [link.one, link.other, link.name, link.said_by]


def _link(parts: Iterable[Any]) -> Link:
    one, other, name, said_by = parts
    return Link(one, other, name, tuple(said_by))


def _joins(arrays: Mapping[str, NDArray[Any]]) -> Joins:
    links, possible, hints = (_Records(_strings(arrays, name), _link) for name in ("links", "possible", "hints"))
    refused = _Records(_strings(arrays, "refused"), lambda parts: Pending(_link(parts[0]), parts[1]))
    ids: _Names[str] = _Names(_strings(arrays, "names"), _strings(arrays, "names/values"), str)
    tables: _Names[tuple[str, ...]] = _Names(_strings(arrays, "tables"), _strings(arrays, "tables/values"), tuple)
    return Joins(ids, links, possible, hints, refused, tables)
