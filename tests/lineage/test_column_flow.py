"""Flow between columns where only that between tables is recorded."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from random import Random
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from lexline_lineage.builder import build
from lexline_lineage.column_flow import column_flow
from lexline_lineage.facts import EdgeFact, ElementFact, Fact, Source
from lexline_lineage.vocabulary_files import load_builtin_vocabulary
from shown import fact_of_line, shown_fact

DAY = date(2026, 9, 3)
CASES = yaml.safe_load((Path(__file__).parents[1] / "corpus" / "identity" / "columns.yaml").read_text("utf-8"))


@pytest.mark.parametrize("case", CASES, ids=[case["case"] for case in CASES])
def test_case(case: dict[str, Any]) -> None:
    facts = [fact_of_line(line, "s") for line in case["facts"]]
    made = column_flow(facts, DAY)
    shown = {shown_fact(fact) for fact in made}
    assert shown >= set(case["made"]) if case.get("part") else shown == set(case["made"])
    build(load_builtin_vocabulary(), (*facts, *made), DAY)


SOURCE = Source("s")
TABLES = st.sampled_from(["dataset:a", "dataset:b", "dataset:c"])
COLUMNS = st.tuples(TABLES, st.sampled_from("xyz")).map(lambda c: f"column:{c[0][8:]}#{c[1]}")
RUNS = st.sampled_from(["run:1", "run:2"])
EDGES = (
    st.builds(EdgeFact, TABLES, st.just("derived_into"), TABLES, st.just(SOURCE))
    | st.builds(EdgeFact, RUNS, st.sampled_from(["reads", "writes"]), TABLES, st.just(SOURCE))
    | st.builds(EdgeFact, RUNS, st.just("produces"), st.just("model:m"), st.just(SOURCE))
    | st.builds(EdgeFact, COLUMNS, st.just("flows_to"), COLUMNS, st.just(SOURCE), st.booleans())
    | st.builds(EdgeFact, COLUMNS, st.just("trains"), st.just("model:m"), st.just(SOURCE), st.booleans())
    | COLUMNS.map(lambda c: EdgeFact(c, "belongs_to", f"dataset:{c[7:8]}", SOURCE))
)
ELEMENTS: list[Fact] = [
    *(ElementFact(f"dataset:{t}", "dataset", SOURCE) for t in "abc"),
    *(ElementFact(f"column:{t}#{c}", "column", SOURCE) for t in "abc" for c in "xyz"),
    *(ElementFact(f"run:{n}", "run", SOURCE) for n in "12"),
    ElementFact("model:m", "model", SOURCE),
]


@given(st.lists(EDGES, max_size=20), st.randoms(use_true_random=False))
def test_what_is_made(edges: list[EdgeFact], random: Random) -> None:
    """All edges made are possible and new, order changes nothing, a second time nothing more is made, and what is
    recorded by column stays alone."""
    facts: list[Fact] = [*ELEMENTS, *edges]
    made = column_flow(facts, DAY)
    shuffled = list(facts)
    random.shuffle(shuffled)
    assert column_flow(shuffled, DAY) == made
    there = {(edge.origin, edge.relation, edge.target) for edge in edges}
    sure = {edge.target for edge in edges if edge.relation in ("flows_to", "trains") and not edge.possible}
    for fact in made:
        if isinstance(fact, EdgeFact) and fact.relation != "belongs_to":
            assert fact.possible
            assert (fact.origin, fact.relation, fact.target) not in there
            assert fact.target not in sure
    build(load_builtin_vocabulary(), (*facts, *made), DAY)
