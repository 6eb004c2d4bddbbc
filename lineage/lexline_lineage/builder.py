"""Builds the graph of a date from facts, or from whole columns.

In: facts of any systems, or a ``Table`` read from one file. Out: a ``Graph``, and a ``DataReport`` of the values that
were left out. Guaranteed: both ways give the same graph; what does not fit the vocabulary's kinds and relations is a
``LineageError`` with every reason; a value that is not of its type, or that two sources contradict, is missing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

from lexline_lineage.assembly import Cells, Edges, assemble
from lexline_lineage.facts import AliasFact, AttributeFact, EdgeFact, ElementFact, Fact, Source
from lexline_lineage.graph import Graph
from lexline_lineage.identity import Joins
from lexline_lineage.placement import ID_HELP, REFUSED, UNDECLARED, Ends, Placement, Refusals, is_id, place
from lexline_lineage.problems import nearest
from lexline_lineage.source_list import Sources
from lexline_lineage.statements import Coded, DataFinding, DataReport, Precedence, Statements, cells_of_columns
from lexline_lineage.strings import Strings
from lexline_lineage.vocabulary import Vocabulary

_DAY = timedelta(days=1)

__all__ = [
    "BuiltGraph",
    "Coded",
    "DataFinding",
    "DataReport",
    "Table",
    "build",
    "build_from_columns",
    "edges_by_relation",
]


@dataclass(frozen=True, slots=True, eq=False)
class BuiltGraph:
    """A graph, the report on its data, and how the facts of several sources were joined into it.

    The facts give the same graph on every day from ``first`` to ``last``, both included.
    """

    graph: Graph
    report: DataReport
    joined: Joins | None = None
    first: date = date.min
    last: date = date.max


@dataclass(frozen=True, slots=True, eq=False)
class Table:
    """A portfolio by columns, from one source: elements with their kinds and attributes, and edges.

    ``ids`` are those of all elements that a row or an edge names, sorted, each once. ``numbers`` gives for each row its
    element, ``kinds`` and each of ``attributes`` what it says; ``origins``, ``relations``, ``targets`` and ``possible``
    say for each edge what it joins.
    """

    ids: Strings
    numbers: NDArray[np.int32]
    kinds: Coded
    attributes: Mapping[str, Coded]
    origins: NDArray[np.int32]
    relations: Coded
    targets: NDArray[np.int32]
    possible: NDArray[np.bool_]
    source: Source


def build(vocabulary: Vocabulary, facts: Iterable[Fact], on: date, precedence: Precedence | None = None) -> BuiltGraph:
    """The graph of the facts that are valid on the day ``on``, by the ids that they use: other names join nothing here.

    ``precedence`` gives, for a kind and an attribute, the sources that count before others where they contradict each
    other. Raises ``LineageError``.
    """
    refusals = Refusals()
    elements: dict[str, ElementFact] = {}
    said: dict[tuple[str, str], AttributeFact | list[AttributeFact]] = {}
    edges: list[EdgeFact] = []
    first, last = date.min, date.max
    for fact in facts:
        if isinstance(fact, ElementFact):
            declared = elements.setdefault(fact.element, fact)
            if declared.kind != fact.kind:
                message = f"`{fact.element}` is a `{fact.kind}` here and a `{declared.kind}` in {declared.source}"
                refusals.add("LX434", message, fact.source, "give one of them another id")
            continue
        if isinstance(fact, AliasFact):
            continue
        if fact.since is not None or fact.until is not None:
            from_day, to_day = _same_days(fact, on)
            first, last = max(first, from_day), min(last, to_day)
        if not _is_valid(fact, on):
            continue
        if isinstance(fact, EdgeFact):
            edges.append(fact)
        else:
            there = said.setdefault((fact.element, fact.attribute), fact)
            if isinstance(there, list):
                there.append(fact)
            elif there is not fact:
                said[fact.element, fact.attribute] = [there, fact]
    ids = sorted(elements.keys() | {end for edge in edges for end in (edge.origin, edge.target)})
    numbers = {element: number for number, element in enumerate(ids)}
    kind_codes = _kind_codes(vocabulary, elements.values(), numbers, refusals)
    ends = _ends(ids, numbers, edges)
    placement = place(vocabulary, kind_codes, ends, refusals)
    sources: dict[Source, int] = {}
    statements = Statements(vocabulary, numbers, placement, refusals, precedence)
    cells = statements.cells(said.values(), sources)
    refusals.raise_if_any()
    possible = np.fromiter((edge.possible for edge in edges), np.bool_, len(edges))
    numbered = (sources.setdefault(edge.source, len(sources)) for edge in edges)
    edge_said = np.fromiter(numbered, np.int32, len(edges))
    joined = edges_by_relation(ends, possible, edge_said)
    built = _finish(vocabulary, Strings.of(ids), placement, cells, joined, tuple(sources), statements.findings())
    return replace(built, first=first, last=last)


def build_from_columns(vocabulary: Vocabulary, table: Table) -> BuiltGraph:
    """The graph of a portfolio that is given by columns. Raises ``LineageError``."""
    parts = _parts(vocabulary, table)
    del table  # the columns of a large portfolio take as much as its graph
    return _finish(vocabulary, *parts)


def _parts(
    vocabulary: Vocabulary, table: Table
) -> tuple[
    Strings,
    Placement,
    Mapping[tuple[str, str], Cells],
    dict[str, Edges],
    tuple[Source, ...],
    tuple[DataFinding, ...],
]:
    """What a graph is assembled from, checked."""
    refusals = Refusals()
    codes = {name: code for code, name in enumerate(vocabulary.kinds)}
    by_value = np.array([codes.get(str(name), REFUSED) for name in table.kinds.values] + [REFUSED], np.int16)
    row_kinds = by_value[table.kinds.codes]
    _check_rows(vocabulary, table, row_kinds, refusals)
    relations: dict[str, int] = {}
    names = [str(name) for name in table.relations.values] + [""]  # the last for rows without a relation
    by_name = np.array([relations.setdefault(name, len(relations)) for name in names], np.int32)
    ends = Ends(
        table.ids,
        table.origins,
        by_name[table.relations.codes],
        table.targets,
        tuple(relations),
        lambda index: Source(table.source.system, f"edge {index + 1}"),
    )
    refusals.raise_if_any()
    kind_codes = np.full(len(table.ids), UNDECLARED, np.int16)
    kind_codes[table.numbers] = row_kinds
    placement = place(vocabulary, kind_codes, ends, refusals)
    refusals.raise_if_any()
    cells, findings = cells_of_columns(vocabulary, table.numbers, row_kinds, table.ids, table.attributes, table.source)
    edges = edges_by_relation(ends, table.possible, np.zeros(len(table.origins), np.int32))
    return table.ids, placement, cells, edges, (table.source,), tuple(findings)


def _ends(ids: Sequence[str], numbers: Mapping[str, int], edges: Sequence[EdgeFact]) -> Ends:
    relations: dict[str, int] = {}
    codes = (relations.setdefault(edge.relation, len(relations)) for edge in edges)
    return Ends(
        ids,
        np.fromiter((numbers[edge.origin] for edge in edges), np.int32, len(edges)),
        np.fromiter(codes, np.int32, len(edges)),
        np.fromiter((numbers[edge.target] for edge in edges), np.int32, len(edges)),
        tuple(relations),
        lambda index: edges[index].source,
    )


def _is_valid(fact: AttributeFact | EdgeFact, on: date) -> bool:
    return (fact.since is None or fact.since <= on) and (fact.until is None or on <= fact.until)


def _same_days(fact: AttributeFact | EdgeFact, on: date) -> tuple[date, date]:
    """The first and the last day around ``on`` on which the fact is valid, or not valid, as it is then."""
    if fact.since is not None and on < fact.since:
        return date.min, fact.since - _DAY
    if fact.until is not None and fact.until < on:
        return fact.until + _DAY, date.max
    return fact.since or date.min, fact.until or date.max


def _kind_codes(
    vocabulary: Vocabulary, elements: Iterable[ElementFact], numbers: Mapping[str, int], refusals: Refusals
) -> NDArray[np.int16]:
    codes = {name: code for code, name in enumerate(vocabulary.kinds)}
    kinds = np.full(len(numbers), UNDECLARED, np.int16)
    for fact in elements:
        kinds[numbers[fact.element]] = codes.get(fact.kind, REFUSED)
        if fact.kind not in codes:
            _refuse_kind(vocabulary, fact.element, fact.kind, fact.source, refusals)
        if not is_id(fact.element):
            refusals.add("LX436", "an element has no proper id", fact.source, ID_HELP)
    return kinds


def _refuse_kind(vocabulary: Vocabulary, element: str, kind: str, source: Source, refusals: Refusals) -> None:
    message = f"`{element}` is of the kind `{kind}`, which does not exist"
    refusals.add("LX430", message, source, nearest(kind, vocabulary.kinds))


def _check_rows(vocabulary: Vocabulary, table: Table, row_kinds: NDArray[np.int16], refusals: Refusals) -> None:
    """Refuses rows without a kind, without an id, and ids that stand twice."""

    def source(row: int) -> Source:
        return Source(table.source.system, f"node {row + 1}")

    for row in np.flatnonzero(row_kinds == REFUSED).tolist():
        code = int(table.kinds.codes[row])
        kind = str(table.kinds.values[code]) if code >= 0 else ""
        _refuse_kind(vocabulary, table.ids[int(table.numbers[row])], kind, source(row), refusals)
    improper = [number for number, clean in enumerate(table.ids.are_clean().tolist()) if not clean]
    for row in np.flatnonzero(np.isin(table.numbers, improper)).tolist() if improper else ():
        refusals.add("LX436", "an element has no proper id", source(row), ID_HELP)
    repeated = np.flatnonzero(np.bincount(table.numbers, minlength=len(table.ids)) > 1)
    seen: set[int] = set()
    for row in np.flatnonzero(np.isin(table.numbers, repeated)).tolist() if len(repeated) else ():
        number = int(table.numbers[row])
        if number in seen:
            refusals.add("LX407", f"`{table.ids[number]}` stands twice", source(row), "remove one of the two")
        seen.add(number)


def edges_by_relation(ends: Ends, possible: NDArray[np.bool_], said: NDArray[np.int32]) -> dict[str, Edges]:
    """The edges by relation."""
    found: dict[str, Edges] = {}
    for code, name in enumerate(ends.names):
        at = np.flatnonzero(ends.relations == code)
        if len(at):
            found[name] = Edges(ends.origins[at], ends.targets[at], possible[at], said[at])
    return found


def _finish(
    vocabulary: Vocabulary,
    ids: Strings,
    placement: Placement,
    cells: Mapping[tuple[str, str], Cells],
    edges: dict[str, Edges],
    sources: tuple[Source, ...],
    findings: tuple[DataFinding, ...],
) -> BuiltGraph:
    graph = assemble(vocabulary, ids, placement.kind_codes, cells, edges, placement.stubs, Sources.of(sources))
    return BuiltGraph(graph, DataReport(findings, tuple(ids.take(sorted(placement.stubs)))))
