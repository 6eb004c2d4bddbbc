"""What each evaluator says, in one form, so that they can be compared with each other and with a case."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from importlib.util import find_spec

from lexline.evaluate.bounds import UNBOUNDED, Bounds
from lexline.evaluate.calls import CheckResults
from lexline.evaluate.columns import PHASES, VERDICTS, ColumnEvaluator
from lexline.evaluate.cone_columns import ConeEvaluator
from lexline.evaluate.interpret import Interpreter
from lexline.evaluate.verdict import Clock, Phase, Verdict
from lexline.evaluate.walk_kernels import Choice
from lexline.lang.typed import Key, Program
from lexline_lineage.graph import Graph
from lexline_lineage.values import Value

HAS_NUMBA = find_spec("numba") is not None
NO_NUMBA = "numba is not installed, so that nothing which it compiles is tested: pip install 'lexline[fast]'"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a rule says of an element."""

    verdict: Verdict
    underlying: Verdict
    phase: Phase


@dataclass(frozen=True, slots=True)
class Figure:
    """What a measure comes to: ``low`` and ``high`` are equal but for a range, None where it is missing."""

    low: Value | None
    high: Value | None
    failed: bool


@dataclass(frozen=True, slots=True)
class Outcomes:
    """All rules for all elements of their kinds, and all measures."""

    rules: dict[Key, dict[str, Outcome]]
    measures: dict[Key, Figure]


Evaluate = Callable[[Program, Graph, Clock, CheckResults], Outcomes]


def by_interpreter(program: Program, graph: Graph, clock: Clock, checks: CheckResults) -> Outcomes:
    """One element at a time."""
    interpreter = Interpreter(program, graph, clock, checks)
    rules: dict[Key, dict[str, Outcome]] = {}
    for key, rule in program.rules.items():
        decisions = (interpreter.decide(key, number, reasons=False) for number in graph.members[rule.kind].tolist())
        rules[key] = {d.element: Outcome(d.verdict, d.underlying, d.phase) for d in decisions}
    measures = {}
    for key in program.measures:
        result = interpreter.measure(key)
        plain = (result.value, result.value) if result.low is None else (result.low, result.high)
        measures[key] = Figure(*plain, result.failed)
    return Outcomes(rules, measures)


def by_columns(
    program: Program,
    graph: Graph,
    clock: Clock,
    checks: CheckResults,
    kernels: Choice = "numpy",
    bounds: Bounds = UNBOUNDED,
) -> Outcomes:
    """Whole columns, each let go when nobody will read it any more."""
    evaluator = ColumnEvaluator(program, graph, clock, checks, kernels=kernels, bounds=bounds)
    evaluator.expect(program.rules, program.measures)
    rules: dict[Key, dict[str, Outcome]] = {}
    for key in program.rules:
        column = evaluator.rule(key)
        parts = (column.elements, column.verdicts, column.underlying, column.phases)
        rules[key] = {
            graph.ids[number]: Outcome(VERDICTS[verdict], VERDICTS[underlying], PHASES[phase])
            for number, verdict, underlying, phase in zip(*(part.tolist() for part in parts), strict=True)
        }
    figures = {key: evaluator.measure(key) for key in program.measures}
    return Outcomes(rules, {key: Figure(figure.low, figure.high, figure.failed) for key, figure in figures.items()})


def by_cones(
    program: Program,
    graph: Graph,
    clock: Clock,
    checks: CheckResults,
    kernels: Choice = "numpy",
    prepared: bool = False,
) -> Outcomes:
    """One element at a time, by the plan over its cone; what asks the whole portfolio is left to the columns."""
    columns = ColumnEvaluator(program, graph, clock, checks, kernels=kernels)
    evaluator = ConeEvaluator(columns, kernels=kernels)
    if prepared:
        evaluator.prepare()
    rules: dict[Key, dict[str, Outcome]] = {key: {} for key in program.rules}
    for kind, numbers in graph.members.items():
        about = [key for key, rule in program.rules.items() if rule.kind == kind]
        for number in numbers.tolist():
            for key, found in zip(about, evaluator.decide(number, about), strict=True):
                rules[key][graph.ids[number]] = Outcome(found.verdict, found.underlying, found.phase)
    figures = {key: columns.measure(key) for key in program.measures}
    return Outcomes(rules, {key: Figure(figure.low, figure.high, figure.failed) for key, figure in figures.items()})


COMPILED: dict[str, Evaluate] = {
    "compiled columns": partial(by_columns, kernels="compiled"),
    "compiled cones": partial(by_cones, kernels="compiled", prepared=True),
}
EVALUATORS: dict[str, Evaluate] = {
    "interpreter": by_interpreter,
    "columns": by_columns,
    "columns in little memory": partial(by_columns, bounds=Bounds(pairs=3, together=1, questions=1)),
    "cones": by_cones,
    **(COMPILED if HAS_NUMBA else {}),
}
