"""Each plan fixture is printed, as built and after each rewrite that changes it, and means the same after each.

``python tests/engine/plan/test_plans.py`` writes the expected texts anew.
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lexline.evaluate.columns import ColumnEvaluator
from lexline.evaluate.verdict import Clock
from lexline.lang.compile import compile_text
from lexline.plan.build import build_plan
from lexline.plan.footprint import footprint_lines, footprints
from lexline.plan.plans import Plan
from lexline.plan.rewrite import REWRITES
from lexline.plan.show import show_plan
from lexline_lineage.builder import build
from lexline_lineage.vocabulary_files import load_vocabulary
from lineage_graphs import facts

TESTS = Path(__file__).parents[2]
GOLDEN = TESTS / "golden" / "plan"
FIXTURES = sorted(path.stem for path in GOLDEN.glob("*.policy"))
VOCABULARY = load_vocabulary(TESTS / "corpus" / "conformance" / "vocabulary.yaml")
CLOCK = Clock(date(2026, 11, 22), datetime(2026, 11, 22, tzinfo=UTC))


def plans(name: str) -> list[tuple[str, Plan]]:
    """The plan of a fixture as it is built, and after each rewrite."""
    program, mistakes = compile_text((GOLDEN / f"{name}.policy").read_text("utf-8"), VOCABULARY, f"{name}.policy")
    assert not mistakes
    found = [("build_plan", build_plan(program))]
    for step in REWRITES:
        found.append((step.__name__, step(found[-1][1])))
    return found


def shown(name: str) -> str:
    stages, last = [], ""
    for title, plan in plans(name):
        text = show_plan(plan)
        stages.append(f"== {title}\n{'(the same)' + chr(10) if text == last else text}")
        last = text
    read = footprints(plan, {})
    stages.append("== can read\n" + "".join(f"{key[1]}: {'; '.join(footprint_lines(read[key]))}\n" for key in read))
    return "\n".join(stages)


@pytest.mark.parametrize("name", FIXTURES)
def test_a_plan_is_shown(name: str) -> None:
    assert shown(name) == (GOLDEN / f"{name}.plan").read_text("utf-8")


@pytest.mark.parametrize("name", FIXTURES)
@settings(deadline=None, max_examples=60)
@given(data=st.data())
def test_no_rewrite_changes_a_verdict(name: str, data: st.DataObject) -> None:
    graph = build(VOCABULARY, data.draw(facts(VOCABULARY, edges=24)), CLOCK.today).graph
    (_, built), *rewritten = plans(name)
    before = ColumnEvaluator(built, graph, CLOCK)
    for title, plan in rewritten:
        after = ColumnEvaluator(plan, graph, CLOCK)
        for key in built.rules:
            expected, actual = before.rule(key), after.rule(key)
            assert np.array_equal(expected.verdicts, actual.verdicts), (title, key)
            assert np.array_equal(expected.phases, actual.phases)


if __name__ == "__main__":
    for fixture in FIXTURES:
        (GOLDEN / f"{fixture}.plan").write_text(shown(fixture), "utf-8")
