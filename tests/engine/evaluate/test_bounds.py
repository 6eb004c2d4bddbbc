"""Bounds of memory: what is foreseen is not exceeded, and smaller bounds take less."""

from __future__ import annotations

import re
import tracemalloc
from datetime import UTC, date, datetime

import pytest

from large_shapes import SHAPES, shape_facts
from lexline.decision import Evaluation, decide
from lexline.diagnostics import LexlineError
from lexline.evaluate.bounds import UNBOUNDED, Bounds, Rehearsal, bounds_within
from lexline.evaluate.columns import ColumnEvaluator
from lexline.evaluate.verdict import Clock
from lexline.lang.compile import compile_text
from lexline.lang.typed import Program
from lexline.memory import parse_size, shown_size
from lexline.plan.planned import plan_of
from lexline.plan.plans import Plan
from lexline.plan.uses import Uses, questions
from lexline_lineage.builder import build
from lexline_lineage.graph import Graph
from lineage_graphs import small_vocabulary

CLOCK = Clock(date(2026, 11, 22), datetime(2026, 11, 22, tzinfo=UTC))
VOCABULARY = small_vocabulary()
POLICY = """
rule A "pairs" for dataset
  require every upstream dataset as d has (d.rows * 2 >= dataset.rows or d.owner = dataset.owner or d.personal)
rule B "paint" for dataset require no upstream dataset avoiding (job where operation = anonymise) has personal
rule C "the same and more" for dataset
  require (no upstream dataset avoiding (job where operation = anonymise) has personal) or rows > 1
rule D "rank" for model require latest trained_on of upstream models >= 2020-01-01
rule E "count" for dataset require at most 2 upstream datasets have owner is missing
rule F "sum" for dataset require total rows of upstream datasets >= 10
rule G "extreme" for model require the latest upstream model by trained_on has owner is known
measure M "share" is share of datasets in the portfolio has (some upstream dataset has personal)
"""
SLACK = 300_000
"""Bytes of Python's own objects, which no bound counts."""
SMALL = Bounds(pairs=4_000, together=1, questions=1)


@pytest.fixture(scope="module")
def program() -> Program:
    program, mistakes = compile_text(POLICY, VOCABULARY)
    assert not mistakes
    return program


@pytest.fixture(scope="module")
def plan(program: Program) -> Plan:
    return plan_of(program)


def graph_of(shape: str, size: int) -> Graph:
    return build(VOCABULARY, shape_facts(shape, size, 7), CLOCK.today).graph


def measured(plan: Plan, graph: Graph, bounds: Bounds) -> int:
    """The most bytes that an evaluation took."""
    evaluator = ColumnEvaluator(plan, graph, CLOCK, kernels="numpy", bounds=bounds)
    evaluator.expect(plan.rules, plan.measures)
    tracemalloc.start()
    try:
        for key in plan.rules:
            evaluator.rule(key)
        for key in plan.measures:
            evaluator.measure(key)
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("shape", SHAPES)
def test_no_evaluation_takes_more_than_was_foreseen(plan: Plan, shape: str) -> None:
    graph, found = graph_of(shape, 400), questions(plan)
    asked = [*found.rules.values(), *found.measures.values()]
    for bounds in (UNBOUNDED, Bounds(30_000, 2, 2), SMALL):
        step = bounds.questions or len(asked)
        rehearsal = Rehearsal(plan, graph, bounds, compiled=False)
        foreseen = max(rehearsal.peak(asked[begin : begin + step]) for begin in range(0, len(asked), step))
        assert measured(plan, graph, bounds) <= foreseen + SLACK, (shape, bounds)


def test_the_peak_follows_the_bounds(plan: Plan) -> None:
    graph, found = graph_of("dense", 500), questions(plan)
    asked = [*found.rules.values(), *found.measures.values()]
    large, small = (measured(plan, graph, bounds) for bounds in (UNBOUNDED, SMALL))
    assert small < large / 4
    room = (small + large) // 2
    bounds = bounds_within(plan, graph, asked, room, compiled=False)
    assert isinstance(bounds, Bounds)
    assert bounds.pairs < UNBOUNDED.pairs
    assert measured(plan, graph, bounds) <= room + SLACK
    least = bounds_within(plan, graph, asked, 0, compiled=False)
    assert isinstance(least, int)
    assert isinstance(bounds_within(plan, graph, asked, least, compiled=False), Bounds)
    assert bounds_within(plan, graph, asked, least - 1, compiled=False) == least


def test_columns_are_let_go_after_their_last_reader(plan: Plan) -> None:
    graph = graph_of("chain", 20)
    evaluator = ColumnEvaluator(plan, graph, CLOCK)
    evaluator.expect(plan.rules, plan.measures)
    kept = vars(evaluator)["_columns"]
    counts = []
    for key in plan.rules:
        evaluator.rule(key)
        counts.append(len(kept))
    assert 0 < counts[-1] < len(plan.nodes) / 2  # what the measure will read
    evaluator.measure(next(iter(plan.measures)))
    assert not kept


def test_uses_count_each_reader_once(plan: Plan) -> None:
    asked = [*questions(plan).rules.values()]
    uses = Uses(plan, asked)
    decided: set[int] = set()
    dead: set[int] = set()
    for number in sorted(uses.needed):  # a node stands after all that it reads
        decided.add(number)
        gone = uses.decided(number)
        assert not dead & set(gone)
        dead.update(gone)
    for question in asked:
        assert not uses.is_through
        uses.answered(question)
    assert uses.is_through
    assert not [number for number in decided if uses.is_wanted(number)]


def test_a_limit_changes_no_report(program: Program) -> None:
    evaluation = Evaluation(program, graph_of("dense", 60), CLOCK)
    free = decide(evaluation, reasons=5)
    with pytest.raises(LexlineError) as refused:
        decide(evaluation, reasons=5, memory_limit=1_000_000)
    least = re.search(r"at least (\d+MB)", str(refused.value))
    assert least is not None
    assert decide(evaluation, reasons=5, memory_limit=parse_size(least[1])) == free


@pytest.mark.parametrize(
    ("text", "size"),
    [("2GB", 2 * 10**9), ("1.5 GiB", 3 * 2**29), ("500mb", 500 * 10**6), (" 64KiB ", 2**16), ("7B", 7)],
)
def test_sizes_are_read_with_their_units(text: str, size: int) -> None:
    assert parse_size(text) == size
    assert parse_size(shown_size(size)) >= size


@pytest.mark.parametrize("text", ["", "2", "GB", "-2GB", "2 GBs", "1e3MB", "2,5GB", "٢GB"])
def test_other_sizes_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match=f"^{re.escape(text)}$"):
        parse_size(text)
