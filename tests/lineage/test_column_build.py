"""By columns comes out what comes out fact by fact: graph, report, joins, days, and mistakes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from hypothesis import event, given, settings
from hypothesis import strategies as st

from lexline_lineage import files
from lexline_lineage.builder import BuiltGraph
from lexline_lineage.column_join import joined_columns
from lexline_lineage.fact_columns import FactColumns
from lexline_lineage.facts import AliasFact, AttributeFact, EdgeFact, ElementFact, Fact, Source, Strength
from lexline_lineage.files import joined_graph
from lexline_lineage.identity import Joins
from lexline_lineage.identity_rules import BUILT_IN, IdentityRules, Template
from lexline_lineage.problems import LineageError
from lexline_lineage.vocabulary_files import load_builtin_vocabulary
from lineage_graphs import told

VOCABULARY = load_builtin_vocabulary()
TODAY = date(2026, 11, 22)
KINDS = ("dataset", "model", "run", "column")
IDS = {
    "dataset": ("dataset:a", "dataset:b", "dataset:é", "dataset:s3://x/t", "dataset:s3a://x/t"),
    "model": ("model:m/1", "model:m/2"),
    "run": ("run:1",),
    "column": ("column:a#x", "column:a#X", "column:b#x", "column:s3://x/t#x"),
}
KINDS_OF = {element: kind for kind, ids in IDS.items() for element in ids}
ELEMENTS = st.sampled_from(sorted(KINDS_OF))
ALIASES = ELEMENTS | st.sampled_from(["dataset:n", "dataset:s3a://y/u", "dataset:s3://y/u"])
SOURCES = st.builds(Source, st.sampled_from(["one", "two"]), st.sampled_from(["", "f:1", "f:2"]))
DAYS = st.none() | st.sampled_from([date(2026, 11, day) for day in (20, 21, 22, 23)] + [date.min, date.max])
EDGES = (
    *((a, "derived_into", b) for a in IDS["dataset"] for b in IDS["dataset"]),
    *((a, "trains", b) for a in IDS["dataset"] for b in IDS["model"]),
    *(("run:1", relation, a) for relation in ("reads", "writes") for a in IDS["dataset"]),
    *((c, "belongs_to", a) for c in IDS["column"] for a in IDS["dataset"]),
    *((a, "flows_to", b) for a in IDS["column"] for b in IDS["column"]),
)
ATTRIBUTES = (
    ("owner", st.sampled_from(["ana", "ben", 7, None])),
    ("name", st.sampled_from(["x", "X", "y", None])),
    ("description", st.sampled_from(["d", "e"])),
    ("tags", st.sampled_from([["a"], ["a", "b"], "a"])),
    ("created_on", st.sampled_from(["2026-01-01", "2026-13-01", True])),
    ("personal_data", st.sampled_from([True, False, "yes"])),
    ("rows", st.sampled_from([1, 1.0, True, 2.5])),
    ("operation", st.sampled_from(["anonymise", "ingest"])),
    ("no_such_attribute", st.sampled_from([1, 1.0, True, "1"])),
)
VALUED = st.sampled_from(ATTRIBUTES).flatmap(lambda pair: st.tuples(st.just(pair[0]), pair[1]))
ODD: st.SearchStrategy[Fact] = st.one_of(  # what is refused
    st.builds(ElementFact, ELEMENTS, st.sampled_from([*KINDS, "no-such-kind"]), SOURCES),
    st.builds(ElementFact, st.just(""), st.just("model"), SOURCES),
    st.builds(EdgeFact, ELEMENTS, st.sampled_from(["trains", "no_such_relation"]), ELEMENTS, SOURCES),
)
SOUND: st.SearchStrategy[Fact] = st.one_of(
    st.builds(lambda e, s: ElementFact(e, KINDS_OF[e], s), ELEMENTS, SOURCES),
    st.builds(lambda e, v, s, a, b: AttributeFact(e, v[0], v[1], s, a, b), ELEMENTS, VALUED, SOURCES, DAYS, DAYS),
    st.builds(lambda e, v, s: AttributeFact(e, v[0], v[1], s), ELEMENTS, VALUED, SOURCES),
    st.builds(
        lambda e, s, p, a, b: EdgeFact(e[0], e[1], e[2], s, p, a, b),
        st.sampled_from(EDGES),
        SOURCES,
        st.booleans(),
        DAYS,
        DAYS,
    ),
    st.builds(lambda e, s: EdgeFact(e[0], e[1], e[2], s), st.sampled_from(EDGES), SOURCES),
    st.builds(AliasFact, ELEMENTS, ALIASES, st.sampled_from(Strength), SOURCES),
)
DECLARED = [ElementFact(element, kind, Source("one")) for element, kind in KINDS_OF.items()]
FACTS = st.tuples(
    st.just(DECLARED) | st.just(DECLARED) | st.just(DECLARED) | st.lists(st.sampled_from(DECLARED), max_size=8),
    st.lists(SOUND, max_size=20),
    st.just([]) | st.just([]) | st.just([]) | st.lists(ODD, max_size=1),
    st.integers(0, 3),
).map(lambda parts: [*parts[0], *(parts[1] if not parts[3] else said_once(parts[1])), *parts[2]])


def said_once(facts: list[Fact]) -> list[Fact]:
    """Without what one source says again of the same time, which is refused."""
    told: dict[object, Fact] = {}
    for fact in facts:
        key = (
            (fact.element, fact.attribute, fact.source.system, fact.since) if isinstance(fact, AttributeFact) else fact
        )
        told.setdefault(key, fact)
    return list(told.values())


RULES = st.sampled_from(
    [
        None,
        IdentityRules(same=(("dataset:a", "dataset:b", "identity.yaml:1"),), precedence={"*": ("two",)}),
        IdentityRules((*BUILT_IN, Template("dataset:{word}", "dataset:s3://x/{word}", Strength.DERIVED, "rule"))),
        IdentityRules(apart=(("dataset:a", "dataset:n"),)),
    ]
)


def outcome(build: BuiltGraph | LineageError) -> object:
    """All that can be seen of it."""
    if isinstance(build, LineageError):
        return build.problems
    joined = build.joined
    assert joined is not None
    about = Joins.about(joined, build.graph.ids)
    return (
        (build.graph.digest, told(build.graph), build.report, build.first, build.last),
        (dict(joined.ids), joined.links, joined.possible, joined.hints, joined.refused, dict(joined.tables), about),
    )


@settings(max_examples=150, deadline=None)
@given(FACTS, RULES)
def test_columns_give_what_facts_give(facts: list[Fact], rules: IdentityRules | None) -> None:
    columns = FactColumns.of(facts)
    assert list(columns) == facts
    assert list(map(repr, columns)) == list(map(repr, facts))
    half = len(facts) // 2
    assert list(FactColumns.of(facts[:half]).plus(facts[half:])) == facts

    by_facts = tried(lambda: joined_graph(VOCABULARY, facts, TODAY, rules))
    event("refused" if isinstance(by_facts, LineageError) else "built")
    with pytest.MonkeyPatch.context() as patch:
        if isinstance(by_facts, BuiltGraph):  # facts are asked for the reasons of a refusal alone
            patch.delattr(files, "joined_graph")
        by_columns = tried(lambda: joined_columns(VOCABULARY, columns, TODAY, rules))
    assert outcome(by_columns) == outcome(by_facts)


def tried(build: Callable[[], BuiltGraph]) -> BuiltGraph | LineageError:
    try:
        return build()
    except LineageError as error:
        return error
