"""The main path: a program and a graph in, a report out. Read this first.

``decide`` decides whole columns and explains as many verdicts as were asked for; ``gate`` decides one element by the
same plan over the lineage of that element, with all reasons. The verdicts of both come from the columns, the reasons
from the reference interpreter, which has to agree.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import islice
from typing import TYPE_CHECKING

from lexline.evaluate.bounds import UNBOUNDED
from lexline.evaluate.calls import CheckResults
from lexline.evaluate.columns import ColumnEvaluator
from lexline.evaluate.cone_columns import ConeEvaluator
from lexline.evaluate.decisions import Decisions, VerdictColumn
from lexline.evaluate.explaining import decided_by
from lexline.evaluate.explanation import Explanation
from lexline.evaluate.interpret import Interpreter
from lexline.evaluate.verdict import Clock, Decision, Verdict
from lexline.evaluate.walk_kernels import Choice
from lexline.lang.typed import AggregateValue, Key, LiteralValue, Program
from lexline.ledger.waivers import Waiver, Waivers
from lexline.memory import bounds_for
from lexline.plan.build import build_plan
from lexline.plan.planned import plan_of
from lexline.plan.rewrite import rewrite
from lexline.report import MeasureFigure, PolicyLine, PortfolioLine, Provision, Report, gravest_first
from lexline_lineage.graph import Graph
from lexline_lineage.identity import Joins
from lexline_lineage.values import Sort, Value

if TYPE_CHECKING:
    from lexline_lineage.overlay import Changes

__all__ = ["ALL_REASONS", "Evaluation", "Gate", "StoreState", "decide", "explain", "gate"]

ALL_REASONS = -1
"""In place of a number of reasons: for every verdict that has some."""


@dataclass(frozen=True, slots=True)
class StoreState:
    """Which state of a store was read: the revision of its facts (None: it has none yet), and the number of the last
    assessment, judgement or waiver of its ledger (0: it has none)."""

    revision: int | None
    ledger: int


@dataclass(frozen=True, slots=True)
class Evaluation:
    """What is evaluated: policies, facts, dates, and the checks that may be called. ``state`` is None where there is no
    store; ``plugins`` are those that don't come with the product, with what they are. The facts give the same
    graph up to the day ``facts_until``, that day included."""

    program: Program
    graph: Graph
    clock: Clock
    checks: CheckResults | None = None
    unread: tuple[str, ...] = ()
    joined: Joins | None = None
    register: Mapping[str, Provision] = field(default_factory=dict)
    waivers: tuple[Waiver, ...] = ()
    state: StoreState | None = None
    plugins: Mapping[str, str] = field(default_factory=dict)
    facts_until: date = date.max

    def number(self, name: str) -> int | None:
        """The element of an id, or of an exact name that a source gives; None where there is none."""
        number = self.graph.number(name)
        if number is None and self.joined is not None and name in self.joined.ids:
            number = self.graph.number(self.joined.ids[name])
        return number

    def supposing(self, changes: Changes) -> Evaluation:
        """The same over the facts after some supposed changes. Raises ``LineageError`` where they do not fit."""
        return self.over(self.graph.with_changes(changes))

    def over(self, graph: Graph) -> Evaluation:
        """The same over other facts."""
        if graph is self.graph:
            return self
        return replace(self, graph=graph, checks=None if self.checks is None else self.checks.over(graph))

    def waived(self) -> Waivers:
        """The waivers, ready to be applied to decisions."""
        return Waivers(self.waivers, self.program, self.graph, self.clock, self.checks, self.number)


def decide(
    evaluation: Evaluation,
    *,
    reasons: int = 20,
    rules: Collection[Key] | None = None,
    now: Callable[[str], None] = lambda _: None,
    jobs: int = 1,
    memory_limit: int | None = None,
) -> Report:
    """Decide every rule (or ``rules``) for every element of its kind; the first ``reasons`` of the verdicts that call
    for one, the gravest first, say why (``ALL_REASONS``: all), worked out in ``jobs`` processes. ``now`` is told what
    is at work. ``memory_limit``: how many bytes the process may take, graph included. Raises ``UnfinishedError``, and
    ``LexlineError`` where the limit is too low."""
    program, graph, bounds = evaluation.program, evaluation.graph, UNBOUNDED
    chosen = [key for key in program.rules if rules is None or key in rules]
    measured = tuple(program.measures) if rules is None else ()
    if memory_limit is not None:
        bounds = bounds_for(plan_of(program), graph, chosen, measured, memory_limit, reasons=bool(reasons))
    columns = ColumnEvaluator(program, graph, evaluation.clock, evaluation.checks, bounds=bounds)
    columns.expect(chosen, measured)
    waivers = evaluation.waived()
    found: list[tuple[Key, VerdictColumn]] = []
    waived: dict[tuple[Key, int], Decision] = {}
    for place, key in enumerate(chosen, 1):
        now(f"deciding {'/'.join(key)} ({place} of {len(chosen)})")
        found.append((key, waivers.applied_to(key, columns.rule(key), waived)))
    measures = tuple(_measures(columns, program, measured))
    del columns
    decisions = Decisions(graph.ids, found, waived)
    grave = gravest_first(program.rules, decisions)
    first = grave.numbered() if reasons == ALL_REASONS else islice(grave.numbered(), reasons)
    return Report(
        clock=evaluation.clock,
        policies=_policies(program, chosen),
        portfolio=portfolio_line(graph),
        rules={key: program.rules[key] for key in chosen},
        decisions=decisions.telling(_explained(_interpreter(evaluation), waivers, first, now, jobs)),
        no_subject=tuple(key for key in chosen if not len(graph.members.get(program.rules[key].kind, ()))),
        measures=measures,
        unread=evaluation.unread,
        joined=evaluation.joined,
        register=evaluation.register,
    )


class Gate:
    """Decides elements of one evaluation, one after another, for one thread at a time.

    ``lasting``: it will be asked again and again. It then takes compiled kernels, and decides beforehand, for all
    elements, what looks at nothing but an element's own attributes. For a single question neither is worth its time.
    ``kind``: the only kind of element that it will be asked about (None: any).
    """

    def __init__(self, evaluation: Evaluation, *, lasting: bool = True, kind: str | None = None) -> None:
        self._evaluation = evaluation
        self._waivers = evaluation.waived()
        self._interpreter = _interpreter(evaluation)
        kernels: Choice = "best" if lasting else "numpy"
        program = evaluation.program
        plan = plan_of(program) if kind is None else rewrite(build_plan(program, kind))
        given = (plan, evaluation.graph, evaluation.clock, evaluation.checks)
        self._cones = ConeEvaluator(ColumnEvaluator(*given, kernels=kernels), kernels=kernels)
        if lasting:
            self._cones.prepare()
        self._policies = {line.id: line for line in _policies(evaluation.program, evaluation.program.rules)}
        self._about: dict[str, tuple[Key, ...]] = {}
        for key, rule in evaluation.program.rules.items():
            self._about[rule.kind] = (*self._about.get(rule.kind, ()), key)

    def decide(self, number: int) -> list[Decision]:
        """The verdicts of every rule about the kind of an element, without reasons."""
        graph = self._evaluation.graph
        element, kind = graph.ids[number], graph.kind(number)
        about = self._about.get(kind, ())
        found = zip(about, self._cones.decide(number, about), strict=True)
        return [
            self._waivers.applied(Decision(key, element, kind, said.verdict, said.underlying, said.phase))
            for key, said in found
        ]

    def report(self, number: int) -> Report:
        """The same with reasons for all but a pass, as a report."""
        evaluation = self._evaluation
        decisions = self.decide(number)
        reasoned = [(number, decision) for decision in decisions if decision.verdict is not Verdict.PASS]
        self._interpreter.forget()
        told = _explained(self._interpreter, self._waivers, reasoned)
        about = [decision.rule for decision in decisions]
        return Report(
            clock=evaluation.clock,
            policies=tuple(self._policies[policy] for policy in dict.fromkeys(policy for policy, _ in about)),
            portfolio=portfolio_line(evaluation.graph),
            rules={key: evaluation.program.rules[key] for key in about},
            decisions=Decisions.of([told.get((decision.rule, number), decision) for decision in decisions]),
            no_subject=(),
            unread=evaluation.unread,
            joined=evaluation.joined,
            register=evaluation.register,
        )


def gate(evaluation: Evaluation, number: int) -> Report:
    """Decide every rule about the kind of one element, with reasons."""
    return Gate(evaluation, lasting=False, kind=evaluation.graph.kind(number)).report(number)


def explain(evaluation: Evaluation, rule: Key, element: str) -> Explanation:
    """Why a rule says what it says of an element, by its id or another exact name. Raises ``KeyError`` where one of
    them is not there."""
    number = evaluation.number(element)
    if number is None or rule not in evaluation.program.rules:
        raise KeyError(f"{rule} for {element}")
    explanation = _interpreter(evaluation).explain(rule, number)
    return replace(explanation, decision=evaluation.waived().applied(explanation.decision))


def portfolio_line(graph: Graph) -> PortfolioLine:
    """The graph's digest and size."""
    edges = sum(len(adjacency.neighbours) for adjacency in graph.along.values())
    return PortfolioLine(graph.digest, len(graph.ids), edges)


def _policies(program: Program, keys: Iterable[Key]) -> tuple[PolicyLine, ...]:
    ids = {key[0] for key in keys}
    return tuple(PolicyLine(info.id, info.version, program) for info in program.policies if info.id in ids)


def _interpreter(evaluation: Evaluation) -> Interpreter:
    return Interpreter(evaluation.program, evaluation.graph, evaluation.clock, evaluation.checks)


def _explained(
    interpreter: Interpreter,
    waivers: Waivers,
    asked: Iterable[tuple[int, Decision]],
    now: Callable[[str], None] = lambda _: None,
    jobs: int = 1,
) -> dict[tuple[Key, int], Decision]:
    """Some decisions, each with the number of its element, with reasons from the interpreter."""
    decisions = list(asked)
    reasoned = decided_by(interpreter, [(decision.rule, number) for number, decision in decisions], jobs)
    told: dict[tuple[Key, int], Decision] = {}
    for done, (number, decision) in enumerate(decisions, 1):
        now(f"explaining {'/'.join(decision.rule)} ({done:,} of {len(decisions):,})")
        told[decision.rule, number] = found = waivers.applied(next(reasoned))
        if replace(found, reasons=(), message="", remedy="") != decision:
            raise RuntimeError(f"the evaluators disagree on {'/'.join(decision.rule)} for {decision.element}")
    return told


def _measures(columns: ColumnEvaluator, program: Program, keys: Iterable[Key]) -> Iterator[MeasureFigure]:
    for key in keys:
        measure = program.measures[key]
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
