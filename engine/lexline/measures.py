"""The measures of policies, with the elements behind each figure; ``standing_figures`` has those of the product itself.

A figure is a range where facts are missing, and what could still count is listed apart: the target is met or missed
only where the whole range says so.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

import numpy as np

from lexline.decision import Evaluation
from lexline.evaluate.column_types import Bools, repeat, truth_of
from lexline.evaluate.columns import ColumnEvaluator
from lexline.evaluate.phase import value_in_force
from lexline.evaluate.truth_columns import conjunction
from lexline.lang.typed import Key, LiteralValue, Measure, ParameterValue
from lexline.plan.nodes import Aggregate, Input, Node, Portfolio
from lexline.plan.planned import plan_of
from lexline_lineage.values import Sort, Value

__all__ = ["Lists", "Measured", "Standing", "Target", "measured", "reaches", "take_measures", "with_trend"]


class Target(StrEnum):
    """What a figure says of its target."""

    MET = "met"
    MISSED = "missed"
    OPEN = "can't tell"
    EMPTY = "nothing to measure"
    NONE = "no target"


@dataclass(frozen=True, slots=True)
class Lists:
    """The elements behind a figure, by id: those that are surely measured (``denominator``), those of them that count
    (``numerator``), and those of which a fact is missing that decides it (``unknown``)."""

    numerator: tuple[str, ...] = ()
    denominator: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Standing:
    """What a figure was on a day: ``revision`` of the store, from ``low`` to ``high``, None where missing, and the
    ``goal`` of that day."""

    day: date
    revision: int
    low: Value | None
    high: Value | None
    goal: Value | None
    target: Target


@dataclass(frozen=True, slots=True)
class Measured:
    """A measure's figure, from ``low`` to ``high`` (equal where it is settled; None where it is missing). ``unit``:
    ``share`` (0 to 1), ``count``, ``days`` or ``value``. ``goal``: its target. ``lists`` is None where no elements
    stand behind it. ``note`` says what has to be known of it."""

    key: Key
    title: str
    unit: str
    low: Value | None
    high: Value | None
    goal: Value | None
    target: Target
    lists: Lists | None
    failed: bool = False
    note: str = ""
    trend: tuple[Standing, ...] = ()


def take_measures(evaluation: Evaluation, measures: Sequence[Key] | None = None) -> tuple[Measured, ...]:
    """The measures of all policies (or some), in the order of the program."""
    program = evaluation.program
    columns = ColumnEvaluator(plan_of(program), evaluation.graph, evaluation.clock, evaluation.checks)
    wanted = program.measures if measures is None else measures
    return tuple(_measure(evaluation, columns, program.measures[key]) for key in wanted)


def measured(key: Key, title: str, unit: str, low: Value | None, high: Value | None, **more: object) -> Measured:
    """A figure with what it says of its target, which ``more`` may give as ``goal``, like ``lists`` and ``note``."""
    found = Measured(key, title, unit, low, high, None, Target.NONE, None)
    found = replace(found, **more)  # type: ignore[arg-type]  # the fields by their names
    return replace(found, target=_target(found))


def reaches(unit: str, value: Value, goal: Value) -> bool:
    """Whether a value meets a target: a share that reaches it, but for a target of 0 %; everything else that does not
    go beyond it."""
    if unit == "share" and goal != 0:
        return bool(value >= goal)  # type: ignore[operator]  # of one sort: the language checked it
    return bool(value <= goal)  # type: ignore[operator]


def _target(of: Measured) -> Target:
    if of.lists is not None and of.unit != "count" and not of.lists.denominator and not of.lists.unknown:
        return Target.EMPTY
    if of.goal is None:
        return Target.NONE
    if of.low is None or of.high is None:
        return Target.OPEN
    ends = {reaches(of.unit, end, of.goal) for end in (of.low, of.high)}
    return Target.OPEN if len(ends) > 1 else Target.MET if ends.pop() else Target.MISSED


def _measure(evaluation: Evaluation, columns: ColumnEvaluator, measure: Measure) -> Measured:
    figure = columns.measure(measure.key)
    node = columns.plan.nodes[columns.plan.measures[measure.key].value.node]
    goal = _goal(evaluation, measure)
    lists = _lists(columns, node)
    more = {"goal": goal, "lists": lists, "failed": figure.failed}
    return measured(measure.key, measure.title, _unit(node), figure.low, figure.high, **more)


def _unit(node: Node) -> str:
    operation = node.operation
    if isinstance(operation, Aggregate) and operation.function == "count":
        return "count"
    return "share" if node.type.sort is Sort.PERCENTAGE else "value"


def _goal(evaluation: Evaluation, measure: Measure) -> Value | None:
    match measure.target:
        case LiteralValue(value=value):
            return value
        case ParameterValue(parameter=key):
            program = evaluation.program
            held = value_in_force(program.parameters[key], evaluation.clock, program.timezone(key[0]))
            return held.value if held is not None else None
        case _:
            return None


# ---- lists ---------------------------------------------------------------------------------------------------------


def _lists(columns: ColumnEvaluator, node: Node) -> Lists | None:
    """The elements behind an aggregate over the portfolio; None behind anything else."""
    operation = node.operation
    if not isinstance(operation, Aggregate) or not isinstance(operation.navigation.scope, Portfolio):
        return None
    kind = operation.navigation.member
    frame, graph = columns.whole(kind), columns.graph
    if not isinstance(kind, str) or node.domains:
        return None
    parts = [Input(part.node, tuple(0 for _ in part.slots)) for part in node.inputs[:2]]
    cells = [columns.read(part, frame) for part in parts]
    condition, value = (repeat(cell, frame.size) if len(cell.known) != frame.size else cell for cell in cells)
    member = truth_of(condition)
    counted = conjunction([member, truth_of(value)]).yes if operation.function == "share" else member.yes & value.known
    open_ = ~member.known | (member.yes & ~value.known)
    members = graph.members.get(kind, np.zeros(0, np.int32))

    def names(rows: Bools) -> tuple[str, ...]:
        return tuple(graph.ids[number] for number in members[rows].tolist())

    return Lists(names(counted), names(member.yes), names(open_))


def with_trend(figures: Sequence[Measured], past: Sequence[tuple[date, int, Sequence[Measured]]]) -> Iterator[Measured]:
    """The figures, each with what it was in earlier states of the store, oldest first."""
    for figure in figures:
        standings = [
            Standing(day, revision, then.low, then.high, then.goal, then.target)
            for day, revision, earlier in past
            for then in earlier
            if then.key == figure.key
        ]
        yield replace(figure, trend=tuple(standings))
