"""The column executor: chunks of any size give the same verdicts, and what every column promises."""

from __future__ import annotations

from datetime import UTC, date, datetime

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lexline.evaluate import navigation_columns, walks
from lexline.evaluate.columns import ColumnEvaluator
from lexline.evaluate.verdict import Clock
from lexline.lang.compile import compile_text
from lexline_lineage.builder import build
from lineage_graphs import facts, small_vocabulary

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
measure M "share" is share of models in the portfolio has (some upstream dataset has personal)
"""


@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(said=facts(VOCABULARY, edges=24), pairs=st.integers(1, 7), cells=st.integers(1, 40))
def test_chunks_change_nothing(said: list[object], pairs: int, cells: int, monkeypatch: pytest.MonkeyPatch) -> None:
    program, mistakes = compile_text(POLICY, VOCABULARY)
    assert not mistakes
    graph = build(VOCABULARY, said, CLOCK.today).graph  # type: ignore[arg-type]
    at_once = ColumnEvaluator(program, graph, CLOCK)
    expected = {key: at_once.rule(key) for key in program.rules}
    figures = {key: at_once.measure(key) for key in program.measures}
    with monkeypatch.context() as patch:
        patch.setattr(navigation_columns, "PAIRS", pairs)
        patch.setattr(walks, "CELLS", cells)
        in_parts = ColumnEvaluator(program, graph, CLOCK)
        for key, column in expected.items():
            assert np.array_equal(in_parts.rule(key).verdicts, column.verdicts), key
        assert {key: in_parts.measure(key) for key in program.measures} == figures
    for key, column in expected.items():
        assert column.kind == program.rules[key].kind
        assert np.array_equal(column.elements, graph.members[column.kind])
