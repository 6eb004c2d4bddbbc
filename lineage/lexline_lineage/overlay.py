"""Applies supposed changes to a graph without building it again.

In: a graph and a few ``Changes``. Out: a new graph that shares every array that they do not touch. Guaranteed: it says
the same as a graph built from the changed facts. Elements that are added are numbered after all others.
"""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Mapping, MutableMapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from lexline_lineage.assembly import blank, encode
from lexline_lineage.facts import Source
from lexline_lineage.graph import Adjacency, Column, Graph
from lexline_lineage.placement import ID_HELP, UNDECLARED, Ends, Refusals, is_id, stub_kinds
from lexline_lineage.problems import nearest
from lexline_lineage.strings import Texts
from lexline_lineage.values import Value, parse_value, written
from lexline_lineage.vocabulary import Flow

__all__ = ["THERE", "Changes", "apply_changes", "changeable", "near_element"]


THERE = "name what is there now"
"""What to do about something to be removed that is not there, and like nothing that is."""


@dataclass(frozen=True, slots=True)
class Changes:
    """What is supposed to be different, said by ``source``.

    ``kinds``: an element that is added, with its kind, or removed with its edges (``None``). ``values``: by element and
    attribute, a raw value, or ``None`` for missing. ``edges``: by origin, relation and target, False for a sure edge,
    True for a possible one, ``None`` for none.
    """

    kinds: Mapping[str, str | None] = field(default_factory=dict)
    values: Mapping[tuple[str, str], object] = field(default_factory=dict)
    edges: Mapping[tuple[str, str, str], bool | None] = field(default_factory=dict)
    source: Source = field(default_factory=lambda: Source("supposed"))


def apply_changes(graph: Graph, changes: Changes) -> Graph:
    """The graph after the changes. Raises ``LineageError`` where they do not fit the vocabulary or the graph."""
    refusals = Refusals()
    graph = _with_source(graph, changes.source)
    removed = _removed(graph, changes, refusals)
    if removed:
        graph = _without_elements(graph, removed)
    added = {element: kind for element, kind in changes.kinds.items() if kind is not None}
    for element, kind in added.items():
        _check_added(graph, element, kind, changes.source, refusals)
    refusals.raise_if_any()
    stubs = _stubs(graph, added, changes, refusals)
    graph = _with_elements(graph, added | stubs, frozenset(stubs))
    values = _checked_values(graph, changes, refusals)
    edges = _checked_edges(graph, changes, refusals)
    refusals.raise_if_any()
    graph = _with_values(graph, values)
    return _with_edges(graph, edges)


def changeable(columns: Mapping[tuple[str, str], Column]) -> ChainMap[tuple[str, str], Column]:
    """Columns to be changed, of which those that stay are not read."""
    return ChainMap({}, cast(MutableMapping[tuple[str, str], Column], columns))


def _with_source(graph: Graph, source: Source) -> Graph:
    return replace(graph, sources=graph.sources.plus(source))


def _removed(graph: Graph, changes: Changes, refusals: Refusals) -> list[int]:
    numbers: list[int] = []
    for element, kind in changes.kinds.items():
        if kind is None:
            number = graph.number(element)
            if number is None:
                message = f"there is no element `{element[:80]}` to remove"
                refusals.add("LX437", message, changes.source, near_element(graph, element) or THERE)
            else:
                numbers.append(number)
    return sorted(numbers)


def _check_added(graph: Graph, element: str, kind: str, source: Source, refusals: Refusals) -> None:
    if not is_id(element):
        refusals.add("LX436", "an element has no proper id", source, ID_HELP)
    elif kind not in graph.members:
        message = f"`{element}` is of the kind `{kind}`, which does not exist"
        refusals.add("LX430", message, source, nearest(kind, graph.members))
    else:
        number = graph.number(element)
        if number is not None and (graph.kind(number) != kind or number not in graph.stubs):
            there = graph.kind(number)
            message = f"there is an element `{element}` already, of the kind `{there}`"
            refusals.add("LX434", message, source, f"write `kind: {there}`, or give the new one another id")


def _stubs(graph: Graph, added: Mapping[str, str], changes: Changes, refusals: Refusals) -> dict[str, str]:
    """The elements that only the edges added name, with their kinds."""
    edges = [edge for edge, possible in changes.edges.items() if possible is not None]
    if not edges:
        return {}
    names = tuple(graph.vocabulary.relations)
    edges = [edge for edge in edges if edge[1] in graph.vocabulary.relations]
    codes = np.array([names.index(relation) for _, relation, _ in edges], np.int32)
    ids = list(dict.fromkeys(end for edge in edges for end in (edge[0], edge[2])))
    place = {element: index for index, element in enumerate(ids)}
    origins, targets = (np.array([place[edge[at]] for edge in edges], np.int32) for at in (0, 2))
    ends = Ends(ids, origins, codes, targets, names, lambda _: changes.source)
    kinds = np.full(len(ids), UNDECLARED, np.int16)
    for index, element in enumerate(ids):
        number = graph.number(element)
        if element in added:
            kinds[index] = graph.kind_names.index(added[element])
        elif number is not None:
            kinds[index] = graph.kind_codes[number]
    found = stub_kinds(graph.vocabulary, kinds, ends, np.ones(len(edges), np.bool_), refusals)
    refusals.raise_if_any()
    return {ids[index]: graph.kind_names[code] for index, code in found.items()}


def _without_elements(graph: Graph, removed: list[int]) -> Graph:
    """The graph without some elements and their edges."""
    gone = set(removed)
    edges: dict[str, dict[tuple[int, int], bool | None]] = {}
    for name, adjacency in graph.along.items():
        lost: dict[tuple[int, int], bool | None] = {}
        for number in removed:
            lost.update({(number, other): None for other, _ in adjacency.row(number)})
            lost.update({(other, number): None for other, _ in graph.against[name].row(number)})
        if lost:
            edges[name] = lost
    graph = _with_edges(graph, edges)
    kind_codes, rows = graph.kind_codes.copy(), graph.rows.copy()
    members, columns, said = dict(graph.members), changeable(graph.columns), dict(graph.said)
    for kind in {graph.kind(number) for number in removed}:
        kept = np.array([number not in gone for number in members[kind].tolist()], np.bool_)
        members[kind] = members[kind][kept]
        rows[members[kind]] = np.arange(len(members[kind]), dtype=np.int32)
        for attribute in graph.vocabulary.kinds[kind].attributes:
            columns[kind, attribute] = columns[kind, attribute].take(kept)
            said[kind, attribute] = said[kind, attribute][kept]
    kind_codes[removed] = -1
    appended = {element: number for element, number in graph.appended.items() if number not in gone}
    return replace(
        graph,
        kind_codes=kind_codes,
        rows=rows,
        members=MappingProxyType(members),
        columns=MappingProxyType(columns),
        said=MappingProxyType(said),
        stubs=graph.stubs - gone,
        appended=MappingProxyType(appended),
    )


def _with_elements(graph: Graph, kinds: Mapping[str, str], stubs: frozenset[str]) -> Graph:
    """The graph with further elements, of which nothing is known yet; a stub that is declared ceases to be one."""
    there = {element: number for element in kinds if (number := graph.number(element)) is not None}
    graph = replace(graph, stubs=graph.stubs - frozenset(there.values()))
    new = [element for element in kinds if element not in there]
    if not new:
        return graph
    before = len(graph.ids)
    count = before + len(new)
    numbers = {element: before + index for index, element in enumerate(new)}
    codes = np.array([graph.kind_names.index(kinds[element]) for element in new], np.int16)
    rows = np.concatenate([graph.rows, np.zeros(len(new), np.int32)])
    members, columns, said = dict(graph.members), changeable(graph.columns), dict(graph.said)
    for kind in {kinds[element] for element in new}:
        more = np.array([numbers[element] for element in new if kinds[element] == kind], np.int32)
        rows[more] = np.arange(len(more), dtype=np.int32) + len(members[kind])
        members[kind] = np.concatenate([members[kind], more])
        for attribute in graph.vocabulary.kinds[kind].attributes.values():
            key = (kind, attribute.name)
            column, blanks = columns[key], blank(attribute.type, len(more))
            known = np.concatenate([column.known, np.zeros(len(more), np.bool_)])
            columns[key] = Column(column.type, np.concatenate([column.values, blanks]), known)
            said[key] = np.concatenate([said[key], np.full(len(more), -1, np.int32)])
    grow = _Growth(count)
    return replace(
        graph,
        ids=graph.ids.plus(new),
        kind_codes=np.concatenate([graph.kind_codes, codes]),
        rows=rows,
        members=MappingProxyType(members),
        columns=MappingProxyType(columns),
        said=MappingProxyType(said),
        along=MappingProxyType({name: grow(adjacency) for name, adjacency in graph.along.items()}),
        against=MappingProxyType({name: grow(adjacency) for name, adjacency in graph.against.items()}),
        upstream=grow(graph.upstream),
        downstream=grow(graph.downstream),
        stubs=graph.stubs | {numbers[element] for element in stubs if element in numbers},
        appended=MappingProxyType({**graph.appended, **numbers}),
    )


class _Growth:
    """Gives compressed rows empty rows for new elements; relations without edges go on sharing theirs."""

    def __init__(self, count: int) -> None:
        self._count = count
        self._grown: dict[int, Adjacency] = {}

    def __call__(self, adjacency: Adjacency) -> Adjacency:
        grown = self._grown.get(id(adjacency))
        if grown is None:
            starts = adjacency.starts
            more = np.full(self._count + 1 - len(starts), starts[-1], np.int32)
            grown = Adjacency(np.concatenate([starts, more]), adjacency.neighbours, adjacency.possible)
            self._grown[id(adjacency)] = grown
        return grown


def _checked_values(
    graph: Graph, changes: Changes, refusals: Refusals
) -> dict[tuple[str, str], dict[int, Value | None]]:
    """The changed values by kind and attribute, then by row."""
    checked: dict[tuple[str, str], dict[int, Value | None]] = {}
    for (element, name), raw in changes.values.items():
        number = graph.number(element)
        if number is None and raw is None:
            message = f"there is no element `{element}`, and so no `{name}` of it to remove"
            refusals.add("LX437", message, changes.source, near_element(graph, element) or THERE)
            continue
        if number is None or number in graph.stubs:
            message = f"`{name}` is said of `{element}`, which nothing declares"
            near = near_element(graph, element) if number is None else ""
            refusals.add("LX433", message, changes.source, f"{near} declare it with its kind".strip())
            continue
        kind = graph.kind(number)
        attributes = graph.vocabulary.kinds[kind].attributes
        if name not in attributes:
            message = f"a `{kind}` has no attribute `{name[:80]}`"
            help_text = nearest(name, attributes) or f"docs/vocabulary.md lists the attributes of a `{kind}`"
            refusals.add("LX461", message, changes.source, help_text)
            continue
        value = parse_value(raw, attributes[name].type) if raw is not None else None
        if value is None and raw is not None:
            message = f"`{name}` of `{element}` has to be {attributes[name].type}, and {str(raw)[:60]!a} is not"
            refusals.add("LX460", message, changes.source, written(attributes[name].type))
            continue
        checked.setdefault((kind, name), {})[int(graph.rows[number])] = value
    return checked


def _with_values(graph: Graph, changed: Mapping[tuple[str, str], Mapping[int, Value | None]]) -> Graph:
    columns, said = changeable(graph.columns), dict(graph.said)
    texts = Texts(graph.texts)
    for key, cells in changed.items():
        column = columns[key]
        at = np.array(list(cells), np.int64)
        is_known = np.array([value is not None for value in cells.values()], np.bool_)
        values, known, by = column.values.copy(), column.known.copy(), said[key].copy()
        values[at] = blank(column.type, len(at))
        values[at[is_known]] = encode([value for value in cells.values() if value is not None], column.type, texts)
        known[at] = is_known
        by[at] = np.where(is_known, len(graph.sources) - 1, -1)
        columns[key], said[key] = Column(column.type, values, known), by
    if not changed:
        return graph
    return replace(graph, columns=MappingProxyType(columns), said=MappingProxyType(said), texts=texts.all())


def _checked_edges(graph: Graph, changes: Changes, refusals: Refusals) -> dict[str, dict[tuple[int, int], bool | None]]:
    """The changed edges by relation, then by the numbers of their ends."""
    checked: dict[str, dict[tuple[int, int], bool | None]] = {}
    for (origin, name, target), possible in changes.edges.items():
        relation = graph.vocabulary.relations.get(name)
        ends = graph.number(origin), graph.number(target)
        edge = f"the edge `{origin} {name} {target}`"
        if relation is None:
            help_text = nearest(name, graph.vocabulary.relations)
            refusals.add("LX431", f"{edge} names a relation that does not exist", changes.source, help_text)
        elif ends[0] is None or ends[1] is None:
            strange = origin if ends[0] is None else target
            help_text = f"there is no element `{strange}`; {near_element(graph, strange)}".removesuffix("; ")
            refusals.add("LX437", f"there is no edge to remove: {edge}", changes.source, help_text)
        elif possible is None and graph.along[name].position(ends[0], ends[1]) is None:
            if origin not in changes.kinds and target not in changes.kinds:
                help_text = _edges_there(graph, ends[0], name)
                refusals.add("LX437", f"there is no edge to remove: {edge}", changes.source, help_text)
        elif graph.kind(ends[0]) not in relation.origins or graph.kind(ends[1]) not in relation.targets:
            message = f"{edge} leads from a `{graph.kind(ends[0])}` to a `{graph.kind(ends[1])}`"
            help_text = f"`{name}` leads from {' or '.join(relation.origins)} to {' or '.join(relation.targets)}"
            refusals.add("LX432", message, changes.source, help_text)
        else:
            checked.setdefault(name, {})[ends[0], ends[1]] = possible
    return checked


def near_element(graph: Graph, element: str) -> str:
    """A help text that offers the element whose id is closest; empty where none is close."""
    close = nearest(element, graph.ids[:10_000])
    return close if close.startswith("did") else ""


def _edges_there(graph: Graph, origin: int, relation: str) -> str:
    """A help text: the edges of a relation that do lead from an element."""
    found = [graph.ids[target] for target, _ in graph.along[relation].row(origin)]
    if not found:
        return f"no edge `{relation}` leads from `{graph.ids[origin]}`"
    more = f" and {len(found) - 5} more" if len(found) > 5 else ""
    return f"it leads to {', '.join(f'`{target}`' for target in found[:5])}{more}"


def _with_edges(graph: Graph, changed: Mapping[str, Mapping[tuple[int, int], bool | None]]) -> Graph:
    if not changed:
        return graph
    along, against, edge_said = dict(graph.along), dict(graph.against), dict(graph.edge_said)
    flowing: set[tuple[int, int]] = set()
    for name, edges in changed.items():
        splice = _Splice(along[name], edges)
        said = np.full(len(splice.added), len(graph.sources) - 1, np.int32)
        along[name], edge_said[name] = splice.result, splice.apply(edge_said[name], said)
        against[name] = _Splice(
            against[name], {(target, origin): flag for (origin, target), flag in edges.items()}
        ).result
        flow = graph.vocabulary.relations[name].flow
        if flow is not Flow.NONE:
            flowing.update(edges if flow is Flow.FORWARD else ((target, origin) for origin, target in edges))
    graph = replace(
        graph,
        along=MappingProxyType(along),
        against=MappingProxyType(against),
        edge_said=MappingProxyType(edge_said),
    )
    down = {pair: _flow_between(graph, *pair) for pair in flowing}
    up = {(lower, upper): flag for (upper, lower), flag in down.items()}
    return replace(
        graph, upstream=_Splice(graph.upstream, up).result, downstream=_Splice(graph.downstream, down).result
    )


def _flow_between(graph: Graph, upper: int, lower: int) -> bool | None:
    """Whether data goes surely (False), possibly (True) or not (None) from ``upper`` to ``lower`` in one step."""
    flags: list[bool] = []
    for name in graph.flow_relations(upper, lower):
        forward = graph.vocabulary.relations[name].flow is Flow.FORWARD
        origin, target = (upper, lower) if forward else (lower, upper)
        position = graph.along[name].position(origin, target)
        if position is not None:
            flags.append(bool(graph.along[name].possible[position]))
    return all(flags) if flags else None


class _Splice:
    """Takes edges out of compressed rows and puts others in: ``None`` takes out, a flag puts in or replaces."""

    def __init__(self, adjacency: Adjacency, changed: Mapping[tuple[int, int], bool | None]) -> None:
        self.added = sorted((pair, flag) for pair, flag in changed.items() if flag is not None)
        self._kept = np.ones(len(adjacency.neighbours), np.bool_)
        counts = np.diff(adjacency.starts)
        for number, neighbour in changed:
            position = adjacency.position(number, neighbour)
            if position is not None:
                self._kept[position] = False
                counts[number] -= 1
        neighbours = adjacency.neighbours[self._kept]
        starts = _starts(counts)
        self._at = np.array([_insertion(starts, neighbours, *pair) for pair, _ in self.added], np.int64)
        for (number, _), _ in self.added:
            counts[number] += 1
        self.result = Adjacency(
            _starts(counts),
            self.apply(adjacency.neighbours, np.array([neighbour for (_, neighbour), _ in self.added], np.int32)),
            self.apply(adjacency.possible, np.array([flag for _, flag in self.added], np.bool_)),
        )

    def apply(self, array: NDArray[Any], added: NDArray[Any]) -> NDArray[Any]:
        """An array that runs beside the edges, after the change."""
        return np.insert(array[self._kept], self._at, added)


def _starts(counts: NDArray[np.int32]) -> NDArray[np.int32]:
    starts = np.zeros(len(counts) + 1, np.int32)
    np.cumsum(counts, out=starts[1:])
    return starts


def _insertion(starts: NDArray[np.int32], neighbours: NDArray[np.int32], number: int, neighbour: int) -> int:
    begin, end = int(starts[number]), int(starts[number + 1])
    return begin + int(np.searchsorted(neighbours[begin:end], neighbour))
