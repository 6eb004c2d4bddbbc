"""A verdict stands as long as its clock says: on every day up to it both evaluators say the same."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from choices import ByChance
from generated_cases import GeneratedCase, RefusedError, generate
from lexline.evaluate.column_types import EPOCH
from lexline.evaluate.columns import ColumnEvaluator
from lexline.evaluate.holds import Holds
from lexline.evaluate.verdict import Clock
from lexline.lang.compile import compile_text
from lexline.lang.typed import Key, Program
from lexline_lineage.builder import build
from lexline_lineage.facts import AttributeFact, ElementFact, Fact, Source
from lexline_lineage.graph import Graph
from lexline_lineage.vocabulary_files import load_builtin_vocabulary
from outcomes import by_columns, by_interpreter
from probes import Probes

SEEDS = st.integers(0, 2**48)
LAST = date.max.toordinal() - EPOCH
STEPS = (1, 2, 3, 28, 29, 30, 31, 32, 60, 61, 100, 101, 365, 366, 367, 730)


def on_a_day(seed: int, *, checks: bool) -> tuple[GeneratedCase, Program]:
    case = generate(ByChance(seed), checks=checks)
    try:
        return replace(case, clock=Clock(case.clock.today, None, case.clock.known_on)), case.program()
    except RefusedError:
        assume(False)
        raise


def untils(case: GeneratedCase, program: Program, graph: Graph) -> dict[Key, dict[str, int]]:
    columns = ColumnEvaluator(program, graph, case.clock, Probes(graph, case.clock.today), kernels="numpy")
    holds = Holds(columns)
    return {
        key: dict(zip(map(graph.ids.__getitem__, columns.rule(key).elements), holds.rule(key).tolist(), strict=True))
        for key in program.rules
    }


@settings(max_examples=50)
@given(SEEDS, st.data())
def test_a_verdict_stands_until_then(seed: int, data: st.DataObject) -> None:
    case, program = on_a_day(seed, checks=seed % 3 == 0)
    graph = case.graph()
    now = by_columns(program, graph, case.clock, Probes(graph, case.clock.today)).rules
    found = untils(case, program, graph)
    today = case.clock.today.toordinal() - EPOCH
    ends = {until for rows in found.values() for until in rows.values() if until <= LAST}
    assert all(until >= today for until in ends)
    days = sorted({day for day in (*(today + step for step in STEPS), *ends) if today < day <= LAST})
    asked = set(data.draw(st.lists(st.sampled_from(days), max_size=3))) if days else set()
    for day in days:
        clock = replace(case.clock, today=date.fromordinal(day + EPOCH))
        ways = (by_columns, by_interpreter) if day in asked else (by_columns,)
        for way in ways:
            later = way(program, graph, clock, Probes(graph, clock.today)).rules
            for key, rows in found.items():
                for element, until in rows.items():
                    if day <= until:
                        assert later[key][element] == now[key][element], (key, element, clock.today, way.__name__)


@settings(max_examples=50)
@given(SEEDS)
def test_what_reads_no_date_holds_for_ever(seed: int) -> None:
    case, program = on_a_day(seed, checks=False)
    graph = case.graph()
    holds = Holds(ColumnEvaluator(program, graph, case.clock, Probes(graph, case.clock.today), kernels="numpy"))
    for key in program.rules:
        if not holds.depends(key):
            assert np.all(holds.rule(key) == np.iinfo(np.int64).max)


FALLING_BACK = """
policy p "p" version 1
rule LEFT "a" for assessment require (valid_until otherwise today) >= today
rule RIGHT "b" for assessment require today < (valid_until otherwise today)
rule APART "c" for assessment require (valid_until otherwise today) + 1 days >= today
"""


def test_a_value_that_falls_back_to_today_changes_on_its_own_day_alone() -> None:
    vocabulary = load_builtin_vocabulary()
    program, mistakes = compile_text(FALLING_BACK, vocabulary)
    assert not mistakes
    source, day = Source("test", ""), date(2026, 9, 3)
    facts: list[Fact] = [ElementFact(name, "assessment", source) for name in ("open", "dated")]
    facts.append(AttributeFact("dated", "valid_until", "2026-10-01", source))
    graph = build(vocabulary, facts, day).graph
    columns = ColumnEvaluator(program, graph, Clock(day, None, None))
    holds = Holds(columns)
    found = {
        key[1]: dict(zip(map(graph.ids.__getitem__, columns.rule(key).elements), holds.rule(key).tolist(), strict=True))
        for key in program.rules
    }
    until = date(2026, 10, 1).toordinal() - EPOCH
    never = np.iinfo(np.int64).max
    assert found["LEFT"] == {"open": never, "dated": until}
    assert found["RIGHT"] == {"open": never, "dated": until - 1}
    assert found["APART"]["open"] == day.toordinal() - EPOCH
