"""What an inventory counts: the cases of the corpus, and that its paints equal plain walks on any facts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given

from lexline.decision import Evaluation
from lexline.evaluate.verdict import Clock
from lexline.inventory import Inventory, Loose, take_stock
from lexline.inventory_lineage import Stage, State
from lexline.lang.compile import compile_policies, compile_text
from lexline.lang.typed import Program
from lexline_lineage.builder import build
from lexline_lineage.facts import AttributeFact, Fact
from lexline_lineage.files import joined_graph
from lexline_lineage.graph import Adjacency, Graph
from lexline_lineage.vocabulary import Vocabulary
from lexline_lineage.vocabulary_files import load_builtin_vocabulary, load_vocabulary
from lineage_graphs import facts
from shown import fact_of_line

DAY = date(2026, 11, 22)
CLOCK = Clock(DAY, datetime(2026, 11, 22, tzinfo=UTC))
BUILTIN = load_builtin_vocabulary()
CASES = yaml.safe_load((Path(__file__).parents[1] / "corpus" / "inventory" / "stock.yaml").read_text("utf-8"))


def stock_of(given_facts: Iterable[Fact], vocabulary: Vocabulary, policy: str = "") -> Inventory:
    built = joined_graph(vocabulary, given_facts, DAY)
    return take_stock(Evaluation(program_of(policy, vocabulary), built.graph, CLOCK, joined=built.joined))


def program_of(policy: str, vocabulary: Vocabulary) -> Program:
    program, found = compile_text(policy, vocabulary) if policy else compile_policies([], vocabulary)
    assert not found
    return program


@pytest.mark.parametrize("case", CASES, ids=[case["case"] for case in CASES])
def test_case(case: dict[str, Any]) -> None:
    lines = [fact_of_line(line, source) for source, lines in case["sources"].items() for line in lines]
    stock = stock_of(lines, BUILTIN, case.get("policy", ""))
    models = {model.element: model for model in stock.models}
    for element, words in case.get("models", {}).items():
        assert " ".join(models[element].stages[stage].value for stage in Stage) == words
    for element, gaps in case.get("gaps", {}).items():
        assert [gap.stage.value for gap in models[element].gaps] == list(gaps)
        assert [gap.advice for gap in models[element].gaps if gaps[gap.stage.value] not in gap.advice] == []
    inputs = {c.kind: [c.recorded, c.possible, c.closed, list(c.missing)] for c in stock.inputs}
    assert {kind: inputs[kind] for kind in case.get("inputs", {})} == case.get("inputs", {})
    counted = {s.system: [s.elements, s.values, s.edges] for s in stock.sources}
    assert {system: counted[system] for system in case.get("counted", {})} == case.get("counted", {})
    loose = {group.why.value: list(group.elements) for group in stock.loose}
    assert {why: loose.get(why) for why in case.get("loose", {})} == case.get("loose", {})
    if "like" in case:
        assert [[one.grounds.value, *one.elements] for one in stock.likenesses] == case["like"]
    if "needed" in case:
        needed = {f"{c.kind} {c.attribute}": [c.missing, " ".join(rule for _, rule in c.rules)] for c in stock.needed}
        assert needed == case["needed"]


def test_one_kind_names_what_is_missing_where() -> None:
    lines = ["model:m : model", "model:n : model", 'model:m . owner = "ana"', "dataset:d : dataset"]
    graph = build(BUILTIN, [fact_of_line(line, "a") for line in lines], DAY).graph
    program = program_of('rule OWNED "an owner" for model require owner is known', BUILTIN)
    stock = take_stock(Evaluation(program, graph, CLOCK), kinds={"model"})
    assert [count.kind for count in stock.kinds] == ["model"]
    assert [(c.attribute, c.lacking) for c in stock.attributes if c.lacking] == [("owner", ("model:n",))]
    assert [group.elements for group in stock.loose] == [("model:m", "model:n")]
    assert all(count.missing for count in stock.gaps_only().attributes)


# ---- against plain walks -------------------------------------------------------------------------------------------

CHAIN = load_vocabulary(
    """
kinds:
  dataset: {attributes: {owner: text}}
  column: {attributes: {}}
  run: {expected: [inputs], attributes: {lineage_complete: boolean}}
  artifact: {attributes: {}}
  model: {expected: [inputs], attributes: {owner: text, lineage_complete: boolean}}
  deployment: {expected: [inputs], attributes: {}}
  system: {attributes: {}}
relations:
  reads: {from: run, to: [dataset, column, model], flow: backward}
  writes: {from: run, to: dataset, flow: forward}
  produces: {from: run, to: [artifact, model], flow: forward}
  derived_into: {from: dataset, to: dataset, flow: forward}
  trains: {from: [dataset, model], to: model, flow: forward}
  stored_as: {from: model, to: artifact, flow: forward}
  serves: {from: model, to: deployment, flow: forward}
  loads: {from: deployment, to: artifact, flow: backward}
  powers: {from: deployment, to: system, flow: forward}
  generates: {from: [deployment, system], to: dataset, flow: forward}
  belongs_to: {from: column, to: dataset, recorded: partial}
""",
    "chain.yaml",
)
Test = Callable[[int], bool]


@given(facts(CHAIN, edges=20))
def test_counts_are_those_of_plain_walks(given_facts: list[Fact]) -> None:
    built = build(CHAIN, given_facts, DAY)
    graph = built.graph
    stock = take_stock(Evaluation(program_of("", CHAIN), graph, CLOCK))
    everything = [int(n) for numbers in graph.members.values() for n in numbers]
    assert {c.kind: c.elements for c in stock.kinds} == dict(Counter(graph.kind(n) for n in everything))
    assert sum(c.stubs for c in stock.kinds) == len(graph.stubs)
    for count in stock.attributes:
        known = sum(graph.value(int(n), count.attribute) is not None for n in graph.members[count.kind])
        assert (count.known, count.elements) == (known, len(graph.members[count.kind]))
    for inputs in stock.inputs:
        rows = [graph.upstream.row(int(n)) for n in graph.members[inputs.kind]]
        assert inputs.recorded == sum(any(not possible for _, possible in row) for row in rows)
        assert inputs.possible == sum(bool(row) and all(possible for _, possible in row) for row in rows)
        assert inputs.missing == tuple(
            graph.ids[n] for n in everything if graph.kind(n) == inputs.kind and ends(graph, n)
        )
    tied = {n for adjacency in (*graph.along.values(), *graph.against.values()) for n in everything if adjacency.row(n)}
    assert loose(stock, Loose.ALONE) == {graph.ids[n] for n in everything if n not in tied}
    assert loose(stock, Loose.STUB) == {graph.ids[n] for n in graph.stubs}
    for model in stock.models:
        assert model.stages == plain_stages(graph, graph.number(model.element) or 0)
    valued = {f.element for f in given_facts if isinstance(f, AttributeFact) and told(graph, f)}
    spoken = {graph.ids[n] for n in tied} | valued
    assert sum(source.elements for source in stock.sources) == len(spoken)


def told(graph: Graph, fact: AttributeFact) -> bool:
    number = graph.number(fact.element)
    return number is not None and graph.value(number, fact.attribute) is not None


def loose(stock: Inventory, why: Loose) -> set[str]:
    return {element for group in stock.loose if group.why is why for element in group.elements}


def ends(graph: Graph, number: int) -> bool:
    """Something has to flow into it, nothing is recorded, and nobody says that this is all."""
    expects = graph.vocabulary.kinds[graph.kind(number)].expects_inputs
    return expects and not graph.upstream.row(number) and graph.value(number, "lineage_complete") is not True


def plain_stages(graph: Graph, model: int) -> dict[Stage, State]:
    """The stages of one model, by walking from it an edge at a time."""

    def of(*kinds: str) -> Test:
        return lambda n: graph.kind(n) in kinds

    def state(adjacency: Adjacency, wanted: Test, passed: Test) -> State:
        if reaches(adjacency, model, wanted, passed, sure=True):
            return State.YES
        return State.POSSIBLE if reaches(adjacency, model, wanted, passed, sure=False) else State.MISSING

    up, down = graph.upstream, graph.downstream
    source = state(up, lambda n: graph.kind(n) == "dataset" and not up.row(n), lambda _: True)
    if source is State.YES and (ends(graph, model) or reaches(up, model, lambda n: ends(graph, n), lambda _: True)):
        source = State.POSSIBLE
    no_model: Test = lambda n: graph.kind(n) != "model"  # noqa: E731
    columns = state(up, of("column"), no_model)
    if columns is State.MISSING and reaches(up, model, lambda n: bool(graph.against["belongs_to"].row(n)), no_model):
        columns = State.POSSIBLE
    beside = [state(adjacency, of("artifact"), lambda _: False) for adjacency in (up, down)]
    return {
        Stage.SOURCE: source,
        Stage.COLUMNS: columns,
        Stage.DATA: state(up, of("dataset", "column"), no_model),
        Stage.ARTIFACT: min(beside, key=(State.YES, State.POSSIBLE, State.MISSING).index),
        Stage.DEPLOYMENT: state(down, of("deployment"), of("artifact")),
        Stage.SYSTEM: state(down, of("system"), of("artifact", "deployment")),
    }


def reaches(adjacency: Adjacency, start: int, wanted: Test, passed: Test, *, sure: bool = False) -> bool:
    """Whether a path leads from ``start`` to something wanted, over nothing that may not be passed."""
    seen: set[int] = set()
    stack = [start]
    while stack:
        for neighbour, possible in adjacency.row(stack.pop()):
            if neighbour in seen or (possible and sure):
                continue
            if wanted(neighbour):
                return True
            seen.add(neighbour)
            if passed(neighbour):
                stack.append(neighbour)
    return False
