"""One value after another changes in a lineage full of loops, possible edges and things to avoid: what each does to all
that is painted is what two full evaluations say, whether a paint goes on from what came in or is painted anew."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from choices import ByChance, Choices
from lexline.decision import Evaluation
from lexline.evaluate import columns, paints, walk_kernels
from lexline.evaluate.columns import ColumnEvaluator
from lexline.evaluate.verdict import Clock
from lexline.impacts import Impacts, codes_of
from lexline.lang.compile import compile_text
from lexline.lang.typed import Key, Program
from lexline_lineage.builder import build
from lexline_lineage.facts import AttributeFact, EdgeFact, ElementFact, Fact
from lexline_lineage.graph import Graph
from lexline_lineage.overlay import Changes
from lexline_lineage.vocabulary import Vocabulary
from lexline_lineage.vocabulary_files import load_vocabulary
from lineage_graphs import DAY, SOURCE

WORDS = """
kinds:
  dataset: {attributes: {personal: boolean, owner: text, updated_on: date, rows: number}}
  job: {expected: [inputs], attributes: {masks: boolean}}
  model: {expected: [inputs], attributes: {trained_on: date, lineage_complete: boolean}}
relations:
  reads: {from: job, to: [dataset, model], flow: backward}
  writes: {from: job, to: [dataset, model], flow: forward}
"""
REQUIREMENTS = (
    "no upstream dataset has personal",
    "some upstream personal dataset has owner is known",
    "every upstream personal dataset has owner is known",
    "at most 1 upstream datasets has owner is missing",
    "count of (upstream datasets where personal) <= 2",
    "at least 2 upstream datasets has personal",
    "exactly 1 upstream datasets has (personal and owner is known)",
    "at most 2 upstream datasets avoiding (job where masks) has personal",
    "at most 12 upstream datasets has personal",
    "no upstream personal dataset avoiding (dataset where owner is missing)",
    "no downstream dataset avoiding (dataset where personal) has owner is missing",
    "at most 1 downstream personal dataset avoiding (dataset where owner is missing)",
    "latest updated_on of upstream personal datasets >= 2026-06-01",
    "earliest updated_on of (upstream datasets where owner is known) if none 2026-07-01 >= 2026-06-01",
    "highest rows of upstream datasets avoiding (job where masks) <= 5",
    "lowest rows of upstream datasets >= 3",
    "total rows of upstream datasets <= 12",
    "share of upstream datasets has (personal) <= 50%",
    "some upstream dataset has updated_on >= model.trained_on",
    "every upstream personal dataset has updated_on <= model.trained_on",
    "the latest upstream dataset by updated_on has personal",
    "no upstream dataset within 2 steps has personal",
    "count of (upstream models where (count of (upstream datasets where personal) >= 2)) <= 1",
    "some upstream model has (no upstream dataset has personal)",
    "count of (datasets in the portfolio where personal) <= 4",
)


def vocabulary() -> Vocabulary:
    return load_vocabulary(WORDS, "words.yaml")


def program() -> Program:
    rules = [
        f'rule R{place}-{kind} "…"\n  for {kind}\n  require {text}'
        for place, text in enumerate(REQUIREMENTS)
        for kind in ("model", "dataset")
        if kind == "model" or "model.trained_on" not in text
    ]
    text = 'policy painted "Paints"\n\nterm personal for dataset means dataset.personal\n\n' + "\n\n".join(rules)
    compiled, mistakes = compile_text(text, vocabulary(), "painted.policy")
    assert not mistakes, mistakes
    return compiled


PROGRAM = program()


def facts(choices: Choices) -> list[Fact]:
    sizes = {"dataset": choices.integer(2, 9), "job": choices.integer(1, 6), "model": choices.integer(1, 5)}
    found: list[Fact] = []
    for kind, size in sizes.items():
        for place in range(size):
            found.append(ElementFact(f"{kind}{place}", kind, SOURCE))
            for attribute in vocabulary().kinds[kind].attributes:
                value = raw(choices, attribute)
                if value is not None:
                    found.append(AttributeFact(f"{kind}{place}", attribute, value, SOURCE))
    doubted = choices.pick((0, 20))
    for _ in range(choices.integer(3, 24)):
        end = choices.pick(("dataset", "dataset", "model"))
        job, other = f"job{choices.below(sizes['job'])}", f"{end}{choices.below(sizes[end])}"
        found.append(EdgeFact(job, choices.pick(("reads", "writes")), other, SOURCE, possible=choices.chance(doubted)))
    return found


def raw(choices: Choices, attribute: str) -> object:
    match attribute:
        case "owner":
            return choices.pick((None, "ada", "bob"))
        case "rows":
            return choices.pick((None, 1, 3, 5, 7))
        case "updated_on" | "trained_on":
            return choices.pick((None, "2026-05-01", "2026-06-15", "2026-07-01", "2026-10-01"))
        case "masks":
            return choices.pick((None, False, False, True))
        case _:
            return choices.pick((None, False, True, True))


def codes(graph: Graph) -> dict[Key, np.ndarray]:
    evaluator = ColumnEvaluator(PROGRAM, graph, Clock(DAY))
    return {key: codes_of(evaluator.rule(key)) for key in PROGRAM.rules}


@pytest.fixture(params=["numpy", "compiled"])
def eager(request: pytest.FixtureRequest) -> Iterator[None]:
    """Paints again what moved in graphs however small, by either kernels."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(paints, "PART", 0)
        patch.setattr(columns, "FEW", 1_000)
        if request.param == "compiled":
            pytest.importorskip("numba")
            patch.setattr(walk_kernels, "COMPILED_FROM", 0)
        yield


@pytest.mark.usefixtures("eager")
@settings(max_examples=25)
@given(st.integers(0, 2**48))
def test_what_one_value_does(seed: int) -> None:
    choices = ByChance(seed)
    graph = build(vocabulary(), facts(choices), on=DAY).graph
    impacts, before = Impacts(Evaluation(PROGRAM, graph, Clock(DAY))), codes(graph)
    changeable = [(element, name) for element in graph.ids for name in vocabulary().kinds[element[:-1]].attributes]
    for _ in range(4):
        changes = Changes(values={choices.pick(changeable): None for _ in range(choices.pick((1, 1, 1, 2)))})
        changes = Changes(values={place: raw(choices, place[1]) for place in changes.values})
        moved = impacts.supposing(changes)
        after = codes(graph.with_changes(changes))
        expected = {key: np.flatnonzero(before[key] != after[key]).tolist() for key in PROGRAM.rules}
        found = {column.rule: graph.rows[column.elements].tolist() for column in moved.columns}
        assert {key: found.get(key, []) for key in PROGRAM.rules} == expected
        for column in moved.columns:
            rows = graph.rows[column.elements]
            assert (column.before.tolist(), column.after.tolist()) == (
                before[column.rule][rows].tolist(),
                after[column.rule][rows].tolist(),
            )
