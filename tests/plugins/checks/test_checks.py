"""The built-in checks: their meaning by cases, their place in a policy, and that evidence alone moves them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from lexline.decision import Evaluation, decide, gate
from lexline.diagnostics import Source as Text
from lexline.evaluate.calls import CheckOutcome
from lexline.evaluate.verdict import Clock
from lexline.lang.compile import compile_policies
from lexline.lang.parse import parse
from lexline.plugin_manager import load_plugins
from lexline_lineage.builder import build
from lexline_lineage.facts import AttributeFact, EdgeFact, ElementFact, Fact, Source
from lexline_lineage.graph import Graph
from lexline_lineage.values import Duration, format_value, parse_value
from lexline_lineage.vocabulary_files import load_builtin_vocabulary

TODAY = date(2026, 9, 3)
CLOCK = Clock(TODAY, datetime(2026, 9, 3, 12, tzinfo=UTC))
SOURCE = Source("test")
PLUGINS = load_plugins()
VOCABULARY = load_builtin_vocabulary()
CASES: list[dict[str, Any]] = yaml.safe_load(Path(__file__).with_name("cases.yaml").read_text("utf-8"))


def graph_of(case: dict[str, Any]) -> Graph:
    """The graph of a case: model m with its observations, and further elements and edges."""
    nodes: dict[str, dict[str, Any]] = {"m": {"kind": "model", "card": case.get("card")}}
    edges = [list(edge) for edge in case.get("edges", [])]
    for number, (group, value, count, day) in enumerate(case.get("obs", [])):
        metric = case.get("metric", "selection_rate")
        nodes[f"o{number}"] = {"kind": "observation", "metric": metric, "value": value, "count": count, "group": group}
        nodes[f"o{number}"] |= {"observed_on": day, "attribute": "area" if group else None}
        edges.append([f"o{number}", "measures", "m"])
    facts: list[Fact] = []
    for element, attributes in (nodes | case.get("nodes", {})).items():
        facts.append(ElementFact(element, attributes["kind"], SOURCE))
        known = {name: value for name, value in attributes.items() if name != "kind" and value is not None}
        facts += [AttributeFact(element, name, value, SOURCE) for name, value in known.items()]
    facts += [EdgeFact(edge[0], edge[1], edge[2], SOURCE, possible=len(edge) > 3) for edge in edges]
    return build(VOCABULARY, facts, TODAY).graph


def outcome_of(case: dict[str, Any], clock: Clock = CLOCK, graph: Graph | None = None) -> CheckOutcome:
    """What the check of a case says of model m."""
    graph = graph_of(case) if graph is None else graph
    signature = PLUGINS.signatures[case["check"]]
    types = {parameter.name: parameter.type for parameter in signature.parameters}
    arguments = tuple((name, parse_value(raw, types[name])) for name, raw in sorted(case["arguments"].items()))
    return PLUGINS.check_results(graph, clock).outcomes(case["check"], "model", arguments)[0]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_case(case: dict[str, Any]) -> None:
    outcome = outcome_of(case)
    assert outcome.failed == case.get("failed", "")
    assert [[fact.element, fact.attribute] for fact in outcome.missing] == case.get("missing", [])
    if "value" in case:
        wanted = parse_value(case["value"], PLUGINS.signatures[case["check"]].result)
        assert outcome.value == wanted
    else:
        assert outcome.value is None
    assert case.get("says", "") in outcome.evidence + " ".join(fact.why for fact in outcome.missing)


RATES = st.lists(
    st.tuples(st.sampled_from("ABCD"), st.floats(0, 1), st.integers(0, 60), st.dates(date(2026, 8, 1), TODAY)),
    max_size=6,
)


@settings(max_examples=20, deadline=None)
@given(observations=RATES, data=st.data())
def test_order_changes_nothing_and_results_stay_in_bounds(observations: list[Any], data: st.DataObject) -> None:
    for check in ("fairness.selection-rate-gap", "fairness.selection-rate-ratio"):
        case = {"check": check, "arguments": {"by": "area", "window": "90 days"}, "obs": observations}
        outcome = outcome_of(case)
        shuffled = outcome_of({**case, "obs": data.draw(st.permutations(observations))})
        assert (outcome.value, outcome.evidence) == (shuffled.value, shuffled.evidence)
        assert outcome.value is None or 0 <= float(str(outcome.value)) <= 1
        assert (outcome.value is None) == bool(outcome.missing)


def stays(case: dict[str, Any]) -> None:
    """Holds what the check of a case says on later days against what it said of them."""
    graph, until, expected = graph_of(case), TODAY, None
    for step in range(160):
        day = TODAY + timedelta(days=step)
        outcome = outcome_of(case, Clock(day), graph)
        state = bool(outcome.missing), bool(outcome.failed)
        assert (outcome.value, *state) == expected or step == 0 or day > until
        older = outcome.value
        if outcome.ages:
            assert isinstance(older, Duration)
            older = replace(older, microseconds=older.microseconds + 86_400_000_000)
        until, expected = outcome.until or day, (older, *state)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_an_outcome_stays_as_long_as_it_says(case: dict[str, Any]) -> None:
    stays(case)


CALLS: list[dict[str, Any]] = [
    {"check": "fairness.selection-rate-ratio", "arguments": {"by": "area", "window": "30 days"}},
    {"check": "fairness.lowest-selection-rate-ratio", "arguments": {"window": "1 months"}},
    {"check": "drift.metric-change", "arguments": {"metric": "selection_rate", "window": "36 hours"}},
    {"check": "evidence.freshness", "arguments": {"kind": "observation"}},
]
DAYS = st.dates(date(2026, 7, 1), date(2026, 12, 31))
OVER_TIME = st.lists(st.tuples(st.sampled_from(["A", "B", None]), st.floats(0.1, 1), st.just(99), DAYS), max_size=6)


@settings(max_examples=10, deadline=None)
@given(observations=OVER_TIME)
def test_what_comes_up_and_what_runs_out_is_foreseen(observations: list[Any]) -> None:
    for call in CALLS:
        stays({**call, "obs": observations})


def test_the_last_day_of_a_window_is_said() -> None:
    case = {**CALLS[0], "obs": [["A", 0.5, 99, date(2026, 8, 20)], ["B", 0.4, 99, date(2026, 9, 1)]]}
    assert outcome_of(case).until == date(2026, 9, 19)


POLICY = """
rule PARITY "Groups fare alike"
  for model
  require check fairness.selection-rate-ratio(by: "area", window: 90 days) >= 80%

rule FRESH "The evidence is fresh"
  for model
  require check evidence.freshness(kind: observation) <= 30 days
"""


@pytest.mark.parametrize(
    ("rate", "count", "verdict"), [(0.5, 80, "pass"), (0.3, 80, "fail"), (0.3, 20, "unknown"), (None, 80, "unknown")]
)
def test_a_policy_calls_checks_by_either_evaluator(rate: float | None, count: int, verdict: str) -> None:
    file, mistakes = parse(Text("p.policy", POLICY))
    assert file is not None
    program, more = compile_policies([file], VOCABULARY, checks=PLUGINS.signatures, settings={})
    assert program is not None
    assert not [*mistakes, *more]
    graph = graph_of({"obs": [["B", rate, count, TODAY], ["EX", 0.5, 120, TODAY]]})
    evaluation = Evaluation(program, graph, CLOCK, PLUGINS.check_results(graph, CLOCK))
    number = graph.number("m")
    assert number is not None
    for report in (decide(evaluation), gate(evaluation, number)):
        assert [(d.rule[1], d.verdict.value) for d in report.decisions] == [("PARITY", verdict), ("FRESH", "pass")]


def test_a_result_is_shown_in_the_words_of_its_type() -> None:
    outcome = outcome_of(CASES[0])
    assert format_value(outcome.value, PLUGINS.signatures[CASES[0]["check"]].result) == "32.1%"
