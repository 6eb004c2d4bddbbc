"""Builds the graph of a date from facts, or from whole columns.

In: facts of any systems, or a ``Table`` read from one file. Out: a ``Graph``, and a ``DataReport`` of the values that
were left out. Guaranteed: both ways give the same graph; what does not fit the vocabulary's kinds and relations is a
``LineageError`` with every reason; a value that is not of its type, or that two sources contradict, is missing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from lexline_lineage.assembly import Cells, Edges, assemble
from lexline_lineage.facts import AliasFact, AttributeFact, EdgeFact, ElementFact, Fact, Source
from lexline_lineage.graph import Graph
from lexline_lineage.identity import Joined
from lexline_lineage.placement import ID_HELP, REFUSED, Ends, Placement, Refusals, is_id, place
from lexline_lineage.problems import nearest
from lexline_lineage.statements import Coded, DataFinding, DataReport, Precedence, Statements, cells_of_columns
from lexline_lineage.strings import Strings
from lexline_lineage.vocabulary import Vocabulary

__all__ = ["BuiltGraph", "Coded", "DataFinding", "DataReport", "Table", "build", "build_from_columns"]


@dataclass(frozen=True, slots=True, eq=False)
class BuiltGraph:
    """A graph, the report on its data, and how the facts of several sources were joined into it."""

    graph: Graph
    report: DataReport
    joined: Joined | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Table:
    """A portfolio by columns, from one source: elements with their kinds and attributes, and edges.

    ``kinds`` and each of ``attributes`` are as long as ``ids``; ``relations``, ``targets`` and ``possible`` as
    ``origins``.
    """

    ids: Sequence[str]
    kinds: Coded
    attributes: Mapping[str, Coded]
    origins: Sequence[str]
    relations: Coded
    targets: Sequence[str]
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
    for fact in facts:
        if isinstance(fact, ElementFact):
            first = elements.setdefault(fact.element, fact)
            if first.kind != fact.kind:
                message = f"`{fact.element}` is a `{fact.kind}` here and a `{first.kind}` in {first.source}"
                refusals.add("LX434", message, fact.source, "give one of them another id")
        elif isinstance(fact, AliasFact) or not _is_valid(fact, on):
            continue
        elif isinstance(fact, EdgeFact):
            edges.append(fact)
        else:
            there = said.setdefault((fact.element, fact.attribute), fact)
            if isinstance(there, list):
                there.append(fact)
            elif there is not fact:
                said[fact.element, fact.attribute] = [there, fact]
    kinds = _kind_codes(vocabulary, elements.values(), refusals)
    relations: dict[str, int] = {}
    codes = (relations.setdefault(edge.relation, len(relations)) for edge in edges)
    ends = Ends(
        [edge.origin for edge in edges],
        np.fromiter(codes, np.int32, len(edges)),
        [edge.target for edge in edges],
        tuple(relations),
        lambda index: edges[index].source,
    )
    placement = place(vocabulary, kinds, ends, refusals)
    sources: dict[Source, int] = {}
    statements = Statements(vocabulary, placement, refusals, precedence)
    cells = statements.cells(said.values(), sources)
    refusals.raise_if_any()
    possible = np.fromiter((edge.possible for edge in edges), np.bool_, len(edges))
    numbered = (sources.setdefault(edge.source, len(sources)) for edge in edges)
    edge_said = np.fromiter(numbered, np.int32, len(edges))
    joined = _edges(ends, placement, possible, edge_said)
    return _finish(vocabulary, placement, cells, joined, tuple(sources), statements.findings())


def build_from_columns(vocabulary: Vocabulary, table: Table) -> BuiltGraph:
    """The graph of a portfolio that is given by columns. Raises ``LineageError``."""
    refusals = Refusals()
    codes = {name: code for code, name in enumerate(vocabulary.kinds)}
    by_value = np.array([codes.get(str(name), REFUSED) for name in table.kinds.values] + [REFUSED], np.int16)
    row_kinds = by_value[table.kinds.codes]
    kinds = dict(zip(table.ids, row_kinds.tolist(), strict=True))
    _check_rows(vocabulary, table, row_kinds, kinds, refusals)
    relations: dict[str, int] = {}
    names = [str(name) for name in table.relations.values] + [""]  # the last for rows without a relation
    by_name = np.array([relations.setdefault(name, len(relations)) for name in names], np.int32)
    ends = Ends(
        table.origins,
        by_name[table.relations.codes],
        table.targets,
        tuple(relations),
        lambda index: Source(table.source.system, f"edge {index + 1}"),
    )
    refusals.raise_if_any()
    placement = place(vocabulary, kinds, ends, refusals)
    refusals.raise_if_any()
    numbers = np.fromiter(map(placement.numbers.__getitem__, table.ids), np.int32, len(table.ids))
    cells, findings = cells_of_columns(vocabulary, numbers, row_kinds, table.ids, table.attributes, table.source)
    edges = _edges(ends, placement, table.possible, np.zeros(len(table.origins), np.int32))
    return _finish(vocabulary, placement, cells, edges, (table.source,), tuple(findings))


def _is_valid(fact: AttributeFact | EdgeFact, on: date) -> bool:
    return (fact.since is None or fact.since <= on) and (fact.until is None or on <= fact.until)


def _kind_codes(vocabulary: Vocabulary, elements: Iterable[ElementFact], refusals: Refusals) -> dict[str, int]:
    codes = {name: code for code, name in enumerate(vocabulary.kinds)}
    kinds: dict[str, int] = {}
    for fact in elements:
        kinds[fact.element] = codes.get(fact.kind, REFUSED)
        if fact.kind not in codes:
            _refuse_kind(vocabulary, fact.element, fact.kind, fact.source, refusals)
        if not is_id(fact.element):
            refusals.add("LX436", "an element has no proper id", fact.source, ID_HELP)
    return kinds


def _refuse_kind(vocabulary: Vocabulary, element: str, kind: str, source: Source, refusals: Refusals) -> None:
    message = f"`{element}` is of the kind `{kind}`, which does not exist"
    refusals.add("LX430", message, source, nearest(kind, vocabulary.kinds))


def _check_rows(
    vocabulary: Vocabulary, table: Table, row_kinds: NDArray[np.int16], kinds: Mapping[str, int], refusals: Refusals
) -> None:
    """Refuses rows without a kind, without an id, and ids that stand twice."""

    def source(row: int) -> Source:
        return Source(table.source.system, f"node {row + 1}")

    for row in np.flatnonzero(row_kinds == REFUSED).tolist():
        code = int(table.kinds.codes[row])
        kind = str(table.kinds.values[code]) if code >= 0 else ""
        _refuse_kind(vocabulary, table.ids[row], kind, source(row), refusals)
    for row, element in enumerate(table.ids):
        if not is_id(element):
            refusals.add("LX436", "an element has no proper id", source(row), ID_HELP)
    if len(kinds) != len(table.ids):
        seen: set[str] = set()
        for row, element in enumerate(table.ids):
            if element in seen:
                refusals.add("LX407", f"`{element}` stands twice", source(row), "remove one of the two")
            seen.add(element)


def _edges(ends: Ends, placement: Placement, possible: NDArray[np.bool_], said: NDArray[np.int32]) -> dict[str, Edges]:
    """The edges by relation."""
    found: dict[str, Edges] = {}
    for code, name in enumerate(ends.names):
        at = np.flatnonzero(ends.relations == code)
        if len(at):
            found[name] = Edges(placement.origins[at], placement.targets[at], possible[at], said[at])
    return found


def _finish(
    vocabulary: Vocabulary,
    placement: Placement,
    cells: Mapping[tuple[str, str], Cells],
    edges: Mapping[str, Edges],
    sources: tuple[Source, ...],
    findings: tuple[DataFinding, ...],
) -> BuiltGraph:
    graph = assemble(
        vocabulary, Strings.of(placement.ids), placement.kind_codes, cells, edges, placement.stubs, sources
    )
    stubs = tuple(placement.ids[number] for number in sorted(placement.stubs))
    return BuiltGraph(graph, DataReport(findings, stubs))
