"""Both evaluators, with all their kernels, agree on lineage in hard shapes and on values at the ends of their types."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from large_shapes import SHAPES, shape_facts
from lexline.evaluate.calls import NoChecks
from lexline.evaluate.verdict import Clock
from lexline.lang.compile import compile_text
from lexline_lineage.builder import build
from lineage_graphs import small_vocabulary
from outcomes import EVALUATORS

CLOCK = Clock(date(2026, 11, 22), datetime(2026, 11, 22, tzinfo=UTC))
VOCABULARY = small_vocabulary()
POLICY = """
term masking for job means job.operation = anonymise
rule SOME for model require some upstream dataset has (personal and rows > 0)
rule NONE for model require no upstream dataset avoiding (masking job) has personal
rule EVERY for dataset require every downstream model has owner is known
rule FEW for dataset require at most 3 upstream datasets has personal
rule EXACTLY for model require exactly 2 upstream datasets avoiding (masking job) has owner = "a"
rule MANY for model require count of upstream datasets >= 20
rule NEAR for model require at least 2 upstream datasets within 4 steps has owner = "a"
rule LATEST for dataset require latest done_at of upstream jobs >= 2026-11-22T00:00:00Z
rule LOWEST for model require lowest rows of (upstream datasets where owner = "a") < -1
rule HIGHEST for model require highest rows of upstream datasets avoiding (masking job) >= 9007199254740993
rule NEWER for model require no upstream model as other has other.trained_on > model.trained_on
rule LARGER for dataset require every upstream dataset avoiding (masking job) as other has other.rows <= dataset.rows
rule OWNED for model require some upstream dataset has all of
  - personal
  - rows >= count of (upstream datasets of model where owner = "b")
rule MIXED for model require some upstream dataset as d has (d.owner = model.owner and d.personal)
rule SHARED for model require share of upstream datasets has (owner = "a") >= 50%
rule SUMMED for model require total rows of (upstream datasets where owner = "b") >= 0
rule SUMMED-NEAR for model require total rows of upstream datasets avoiding (masking job) within 3 steps >= 0
rule AVERAGE for model require average rows of (upstream datasets where personal) <= 1
rule COUNTED for model
  require count of upstream datasets avoiding (masking job) >= count of upstream datasets within 4 steps
rule SHARED-PAST for dataset require share of upstream datasets avoiding (masking job) has (personal) <= 25%
rule LARGEST for dataset require the highest upstream dataset avoiding (masking job) by rows has personal
rule SMALLEST-NEAR for model require the lowest upstream dataset within 4 steps by rows has owner = "a"
rule LATEST-NEAR for dataset require latest done_at of upstream jobs within 3 steps >= 2026-11-22T00:00:00Z
rule LAST for model require the latest upstream model as other by trained_on has owner = "a"
rule LATER for model require trained_on + 1 day <= 9999-12-31 and trained_on - 1 month >= 0001-01-01
measure M "share" is share of models in the portfolio has (some upstream dataset has personal)
"""


@pytest.mark.parametrize("shape", SHAPES)
@settings(max_examples=4)
@given(seed=st.integers(0, 2**32), size=st.integers(1, 60))
def test_evaluators_agree_on_a_shape(shape: str, seed: int, size: int) -> None:
    program, mistakes = compile_text(POLICY, VOCABULARY)
    assert not mistakes, mistakes
    graph = build(VOCABULARY, shape_facts(shape, max(size, 3), seed), CLOCK.today).graph
    expected, *others = (evaluate(program, graph, CLOCK, NoChecks()) for evaluate in EVALUATORS.values())
    for name, found in zip([*EVALUATORS][1:], others, strict=True):
        for key, outcomes in expected.rules.items():
            assert found.rules[key] == outcomes, (name, key)
        assert found.measures == expected.measures, name
