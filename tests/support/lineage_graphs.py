"""Random facts for the lineage tests, and a graph as plain data to compare."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from hypothesis import strategies as st

from lexline_lineage.facts import AttributeFact, EdgeFact, ElementFact, Fact, Source
from lexline_lineage.graph import Graph
from lexline_lineage.values import Sort, ValueType
from lexline_lineage.vocabulary import Vocabulary
from lexline_lineage.vocabulary_files import load_vocabulary

SMALL = """
kinds:
  dataset: {attributes: {personal: boolean, rows: number, share: percentage, owner: text, kept: duration}}
  job: {expected: [inputs], attributes: {operation: [train, anonymise], done_at: moment}}
  model: {expected: [inputs], attributes: {owner: text, trained_on: date, tags: [[text]], card: document}}
  vendor: {attributes: {}}
relations:
  reads: {from: job, to: dataset, flow: backward}
  writes: {from: job, to: [dataset, model], flow: forward}
  trains: {from: [dataset, model], to: model, flow: forward}
  supplied_by: {from: [model, dataset], to: vendor, recorded: complete}
"""

DAY = date(2026, 11, 22)
SOURCE = Source("test")

WORDS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=6)
PLAIN = (
    st.none()
    | st.booleans()
    | st.integers(-(10**20), 10**20)
    | st.floats(allow_nan=False, allow_infinity=False)
    | WORDS
)
DOCUMENTS = st.recursive(PLAIN, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORDS, inner, max_size=3))
DAYS = st.dates(date(1, 1, 1), date(9999, 12, 31))
MOMENTS = st.datetimes(datetime(1, 1, 2), datetime(9999, 12, 30), timezones=st.just(UTC))  # noqa: DTZ001  # zone follows


def small_vocabulary() -> Vocabulary:
    """Four kinds with an attribute of every sort, in a cyclic flow."""
    return load_vocabulary(SMALL, "small.yaml")


def raw_values(type: ValueType) -> st.SearchStrategy[object]:  # noqa: A002  # the word of the domain
    """Raw values that are of a type."""
    strategies: dict[Sort, st.SearchStrategy[Any]] = {
        Sort.BOOLEAN: st.booleans(),
        Sort.TEXT: WORDS,
        Sort.NUMBER: st.floats(allow_nan=False, allow_infinity=False) | st.integers(-(10**20), 10**20),
        Sort.PERCENTAGE: st.floats(0, 1) | st.sampled_from(["5%", "100 %", "8.7%"]),
        Sort.DATE: DAYS.map(date.isoformat),
        Sort.MOMENT: MOMENTS.map(lambda moment: moment.replace(tzinfo=None).isoformat() + "Z").filter(
            lambda t: "T" in t
        ),
        Sort.DURATION: st.sampled_from(["12 months", "30 days", "PT36H", "P1Y", "2 weeks", "90 minutes"]),
        Sort.DOCUMENT: DOCUMENTS.filter(lambda value: isinstance(value, dict | list)),
    }
    if type.sort is Sort.ENUMERATION:
        return st.sampled_from(type.symbols)
    if type.sort is Sort.LIST and type.item is not None:
        return st.lists(raw_values(type.item), max_size=3)
    return strategies[type.sort]


@st.composite
def facts(draw: st.DrawFn, vocabulary: Vocabulary, *, edges: int = 12) -> list[Fact]:
    """Facts of one source, all valid always: elements, values of their types and some not, edges, and stubs."""
    kinds = draw(st.lists(st.sampled_from(tuple(vocabulary.kinds)), max_size=8))
    elements = {f"{draw(st.sampled_from('zay'))}{index}": kind for index, kind in enumerate(kinds)}
    found: list[Fact] = [ElementFact(element, kind, SOURCE) for element, kind in elements.items()]
    for element, kind in elements.items():
        for attribute in vocabulary.kinds[kind].attributes.values():
            if draw(st.booleans()):
                value = draw(raw_values(attribute.type) | st.sampled_from([None, "high", -1, [1]]))
                found.append(AttributeFact(element, attribute.name, value, SOURCE))
    for _ in range(draw(st.integers(0, edges))):
        relation = draw(st.sampled_from(tuple(vocabulary.relations.values())))
        origins = [element for element, kind in elements.items() if kind in relation.origins]
        targets = [element for element, kind in elements.items() if kind in relation.targets]
        if len(relation.targets) == 1:
            targets.append(f"stub-{relation.targets[0]}")
        if origins and targets:
            ends = draw(st.sampled_from(origins)), draw(st.sampled_from(targets))
            found.append(EdgeFact(ends[0], relation.name, ends[1], SOURCE, draw(st.booleans())))
    return found


def told(graph: Graph) -> dict[str, object]:
    """All that a graph says, without element numbers: two graphs that tell the same are equal."""
    elements = {
        graph.ids[number]: {
            "kind": kind,
            "stub": number in graph.stubs,
            "values": {
                name: (graph.value(number, name), graph.source(number, name))
                for name in graph.vocabulary.kinds[kind].attributes
            },
            "upstream": rows(graph, graph.upstream, number),
            "downstream": rows(graph, graph.downstream, number),
        }
        for kind, numbers in graph.members.items()
        for number in numbers.tolist()
    }
    edges = {
        (graph.ids[origin], relation, graph.ids[target]): (possible, graph.edge_source(origin, relation, target))
        for relation, adjacency in graph.along.items()
        for origin in range(len(graph.ids))
        for target, possible in adjacency.row(origin)
    }
    backwards = {
        (graph.ids[origin], relation, graph.ids[target]): possible
        for relation, adjacency in graph.against.items()
        for target in range(len(graph.ids))
        for origin, possible in adjacency.row(target)
    }
    assert backwards == {edge: possible for edge, (possible, _) in edges.items()}
    return {"elements": elements, "edges": edges}


def rows(graph: Graph, adjacency: Any, number: int) -> list[tuple[str, bool]]:
    """A row of an adjacency by ids."""
    return sorted((graph.ids[other], possible) for other, possible in adjacency.row(number))


def check_shape(graph: Graph) -> None:
    """Every promise that the docstrings of ``graph`` make of its arrays."""
    for kind, numbers in graph.members.items():
        assert numbers.tolist() == sorted(numbers.tolist())
        assert [int(graph.rows[number]) for number in numbers] == list(range(len(numbers)))
        for name, attribute in graph.vocabulary.kinds[kind].attributes.items():
            column = graph.columns[kind, name]
            assert column.type == attribute.type
            assert len(column.values) == len(column.known) == len(graph.said[kind, name]) == len(numbers)
            assert all(not value for value in column.values[~column.known])
    for adjacency in (graph.upstream, graph.downstream, *graph.along.values(), *graph.against.values()):
        assert len(adjacency.starts) == len(graph.ids) + 1
        assert len(adjacency.neighbours) == len(adjacency.possible) == adjacency.starts[-1]
        for number in range(len(graph.ids)):
            row = [other for other, _ in adjacency.row(number)]
            assert row == sorted(set(row))
