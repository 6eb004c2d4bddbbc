"""The column executor: chunks of any size give the same verdicts, and what every column promises."""

from __future__ import annotations

from datetime import UTC, date, datetime
from random import Random
from typing import get_args

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lexline.evaluate import cone_columns
from lexline.evaluate.bounds import Bounds
from lexline.evaluate.columns import VERDICTS, ColumnEvaluator
from lexline.evaluate.cone_columns import ConeEvaluator
from lexline.evaluate.verdict import Clock
from lexline.evaluate.walk_kernels import Choice
from lexline.lang.compile import compile_text
from lexline.lang.typed import Key, Program
from lexline_lineage.builder import build
from lexline_lineage.graph import Graph
from lineage_graphs import facts, small_vocabulary
from outcomes import HAS_NUMBA

KERNELS: list[Choice] = [choice for choice in get_args(Choice) if choice != "compiled" or HAS_NUMBA]
CLOCK = Clock(date(2026, 11, 22), datetime(2026, 11, 22, tzinfo=UTC))
VOCABULARY = small_vocabulary()
POLICY = """
rule A "pairs of lineage" for model as child
  require no upstream model as parent avoiding (job where operation = anonymise)
    has parent.trained_on > child.trained_on
rule B "sums" for model require total rows of upstream datasets >= 10
rule C "pairs inside pairs" for model
  require every upstream dataset as d has some downstream model as other of d has other.owner = model.owner
rule D "the portfolio" for dataset require count of (datasets as d in the portfolio where d.rows > dataset.rows) <= 2
rule E "relations" for vendor require the latest model by trained_on has owner is known
rule F "documents" for model require some value at "$..*" of model.card has value = model.owner
rule G "paints inside pairs" for model
  require every upstream dataset has some downstream model has trained_on >= 2020-01-01
rule H "shares" for dataset
  require share of upstream datasets avoiding (job where operation = anonymise) has (personal) >= 50%
rule I "extremes" for model require the highest upstream dataset within 3 steps by rows has personal
measure M "share" is share of models in the portfolio has (some upstream dataset has personal)
"""


def by_element(program: Program, graph: Graph) -> dict[Key, list[str]]:
    """The verdicts of all elements of each rule's kind, decided one after another by one evaluator."""
    cones = ConeEvaluator(ColumnEvaluator(program, graph, CLOCK))
    return {
        key: [cones.decide(number, [key])[0].verdict for number in graph.members[rule.kind].tolist()]
        for key, rule in program.rules.items()
    }


@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(said=facts(VOCABULARY, edges=24), many=st.integers(0, 3))
def test_many_elements_change_nothing(said: list[object], many: int, monkeypatch: pytest.MonkeyPatch) -> None:
    program, _ = compile_text(POLICY, VOCABULARY)
    graph = build(VOCABULARY, said, CLOCK.today).graph  # type: ignore[arg-type]
    columns = ColumnEvaluator(program, graph, CLOCK)
    expected = {key: [VERDICTS[code] for code in columns.rule(key).verdicts.tolist()] for key in program.rules}
    assert by_element(program, graph) == expected
    with monkeypatch.context() as patch:
        patch.setattr(cone_columns, "MANY", many)
        assert by_element(program, graph) == expected


@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    said=facts(VOCABULARY, edges=24),
    bounds=st.builds(Bounds, st.integers(1, 7), st.integers(1, 3), st.integers(1, 9)),
    order=st.randoms(use_true_random=False),
)
def test_chunks_change_nothing(
    said: list[object], bounds: Bounds, order: Random, monkeypatch: pytest.MonkeyPatch
) -> None:
    program, mistakes = compile_text(POLICY, VOCABULARY)
    assert not mistakes
    graph = build(VOCABULARY, said, CLOCK.today).graph  # type: ignore[arg-type]
    at_once = ColumnEvaluator(program, graph, CLOCK)
    expected = {key: at_once.rule(key) for key in program.rules}
    figures = {key: at_once.measure(key) for key in program.measures}
    with monkeypatch.context() as patch:
        if HAS_NUMBA:
            patch.setattr("lexline.evaluate.walks_compiled.ORIGINS", bounds.pairs)
        for kernels in KERNELS:
            in_parts = ColumnEvaluator(program, graph, CLOCK, kernels=kernels, bounds=bounds)
            keys = order.sample([*expected], len(expected))
            in_parts.expect(keys[2:], figures)  # what was not expected is answered, too
            for key in keys:
                assert np.array_equal(in_parts.rule(key).verdicts, expected[key].verdicts), (key, kernels)
            assert {key: in_parts.measure(key) for key in program.measures} == figures
    for key, column in expected.items():
        assert column.kind == program.rules[key].kind
        assert np.array_equal(column.elements, graph.members[column.kind])
