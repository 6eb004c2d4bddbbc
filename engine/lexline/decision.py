"""The main path: a program and a graph in, a report out. Read this first.

``decide`` decides whole columns and explains as many verdicts as were asked for; ``gate`` decides one element by the
reference interpreter, always with reasons. Both use the same verdicts, phases and outcomes.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice

from lexline.evaluate.calls import CheckResults
from lexline.evaluate.columns import PHASES, VERDICTS, ColumnEvaluator
from lexline.evaluate.explanation import Explanation
from lexline.evaluate.interpret import Interpreter
from lexline.evaluate.verdict import Clock, Decision, Verdict
from lexline.lang.digest import policy_digest
from lexline.lang.typed import AggregateValue, Key, LiteralValue, Program
from lexline.report import MeasureFigure, PolicyLine, PortfolioLine, Provision, Report
from lexline_lineage.graph import Graph
from lexline_lineage.identity import Joined
from lexline_lineage.values import Sort, Value

__all__ = ["ALL_REASONS", "Evaluation", "decide", "explain", "gate"]

ALL_REASONS = -1
"""In place of a number of reasons: for every verdict that has some."""

EXPLAINED_FIRST = (Verdict.FAIL, Verdict.ERROR, Verdict.UNKNOWN, Verdict.EXEMPT)


@dataclass(frozen=True, slots=True)
class Evaluation:
    """What is evaluated: policies, facts, dates, and the checks that may be called."""

    program: Program
    graph: Graph
    clock: Clock
    checks: CheckResults | None = None
    unread: tuple[str, ...] = ()
    joined: Joined | None = None
    register: Mapping[str, Provision] = field(default_factory=dict)

    def number(self, name: str) -> int | None:
        """The element of an id, or of an exact name that a source gives; None where there is none."""
        number = self.graph.number(name)
        if number is None and self.joined is not None and name in self.joined.ids:
            number = self.graph.number(self.joined.ids[name])
        return number


def decide(evaluation: Evaluation, *, reasons: int = 20, rules: Collection[Key] | None = None) -> Report:
    """Decide every rule (or ``rules``) for every element of its kind; the first ``reasons`` of the verdicts that call
    for one, the gravest first, say why (``ALL_REASONS``: all)."""
    program, graph = evaluation.program, evaluation.graph
    chosen = [key for key in program.rules if rules is None or key in rules]
    columns = ColumnEvaluator(program, graph, evaluation.clock, evaluation.checks)
    decisions = [decision for key in chosen for decision in _column(columns, graph, key)]
    return Report(
        clock=evaluation.clock,
        policies=_policies(program, chosen),
        portfolio=portfolio_line(graph),
        rules={key: program.rules[key] for key in chosen},
        decisions=tuple(_explained(evaluation, decisions, reasons)),
        no_subject=tuple(key for key in chosen if not len(graph.members.get(program.rules[key].kind, ()))),
        measures=tuple(_measures(columns, program)) if rules is None else (),
        unread=evaluation.unread,
        joined=evaluation.joined,
        register=evaluation.register,
    )


def gate(evaluation: Evaluation, number: int) -> Report:
    """Decide every rule about the kind of one element, with reasons."""
    program, graph = evaluation.program, evaluation.graph
    interpreter = Interpreter(program, graph, evaluation.clock, evaluation.checks)
    about = [key for key, rule in program.rules.items() if rule.kind == graph.kind(number)]
    return Report(
        clock=evaluation.clock,
        policies=_policies(program, about),
        portfolio=portfolio_line(graph),
        rules={key: program.rules[key] for key in about},
        decisions=tuple(interpreter.decide(key, number) for key in about),
        no_subject=(),
        unread=evaluation.unread,
        joined=evaluation.joined,
        register=evaluation.register,
    )


def explain(evaluation: Evaluation, rule: Key, element: str) -> Explanation:
    """Why a rule says what it says of an element, by its id or another exact name. Raises ``KeyError`` where one of
    them is not there."""
    number = evaluation.number(element)
    if number is None or rule not in evaluation.program.rules:
        raise KeyError(f"{rule} for {element}")
    return Interpreter(evaluation.program, evaluation.graph, evaluation.clock, evaluation.checks).explain(rule, number)


def portfolio_line(graph: Graph) -> PortfolioLine:
    """The graph's digest and size."""
    edges = sum(len(adjacency.neighbours) for adjacency in graph.along.values())
    return PortfolioLine(graph.digest, len(graph.ids), edges)


def _policies(program: Program, keys: Iterable[Key]) -> tuple[PolicyLine, ...]:
    ids = {key[0] for key in keys}
    return tuple(
        PolicyLine(info.id, info.version, policy_digest(program, info.id))
        for info in program.policies
        if info.id in ids
    )


def _column(columns: ColumnEvaluator, graph: Graph, key: Key) -> Iterator[Decision]:
    column = columns.rule(key)
    parts = (column.elements, column.verdicts, column.underlying, column.phases)
    for number, verdict, underlying, phase in zip(*(part.tolist() for part in parts), strict=True):
        yield Decision(key, graph.ids[number], column.kind, VERDICTS[verdict], VERDICTS[underlying], PHASES[phase])


def _explained(evaluation: Evaluation, decisions: list[Decision], reasons: int) -> list[Decision]:
    """The decisions, with reasons from the interpreter for the first ``reasons`` that call for them."""
    ranks = {verdict: rank for rank, verdict in enumerate(EXPLAINED_FIRST)}
    called = (i for i, d in enumerate(decisions) if d.verdict in ranks)
    order = sorted(called, key=lambda i: ranks[decisions[i].verdict])
    interpreter = Interpreter(evaluation.program, evaluation.graph, evaluation.clock, evaluation.checks)
    explained = list(decisions)
    for index in islice(order, None if reasons == ALL_REASONS else reasons):
        number = evaluation.graph.number(decisions[index].element)
        if number is not None:
            explained[index] = interpreter.decide(decisions[index].rule, number)
    return explained


def _measures(columns: ColumnEvaluator, program: Program) -> Iterator[MeasureFigure]:
    for key, measure in program.measures.items():
        figure = columns.measure(key)
        target = measure.target.value if isinstance(measure.target, LiteralValue) else None
        yield MeasureFigure(
            key=key,
            title=measure.title,
            low=_number(figure.low),
            high=_number(figure.high),
            percentage=isinstance(measure.value, AggregateValue) and measure.value.type.sort is Sort.PERCENTAGE,
            target=_number(target),
        )


def _number(value: Value | None) -> float | None:
    return float(value) if isinstance(value, (int, float)) else None
