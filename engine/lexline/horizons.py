"""The dates on which verdicts change by themselves: ``horizon`` goes from one to the next and decides only what is due.

Rules come into force, parameters take other values, periods run out, facts, assessments and waivers end. Guaranteed:
what is found is what deciding everything on every single day would find.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from lexline.decision import Evaluation
from lexline.evaluate.column_types import EPOCH, Bools, Index
from lexline.evaluate.columns import ColumnEvaluator
from lexline.evaluate.cone_columns import Decided
from lexline.evaluate.decisions import VERDICTS, VerdictColumn
from lexline.evaluate.holds import NEVER, Holds
from lexline.evaluate.moved import Moves
from lexline.evaluate.verdict import Clock, Decision, Verdict
from lexline.horizon_causes import tell_turns
from lexline.impact_causes import GRAVE, ToldFlip
from lexline.impacts import Flip, codes_of, decided_of
from lexline.lang.signatures import CheckSignature
from lexline.lang.typed import Key, Rule
from lexline.ledger.waivers import COVERED, WAIVABLE, Waiver
from lexline.plan.planned import plan_of
from lexline.report import ACTING, SEVERITIES
from lexline_lineage.difference import Difference, difference

__all__ = ["Horizon", "HorizonDate", "holds_until", "horizon"]

_Said = tuple[Index, Index]
"""Elements by number, ascending, and a code for what a rule says of each."""
_LAST = date.max.toordinal() - EPOCH
_WAIVABLE = [VERDICTS.index(verdict) for verdict in WAIVABLE]


@dataclass(frozen=True, slots=True)
class HorizonDate:
    """A date, and the verdicts that are others from it on than on the day before, the gravest first."""

    day: date
    turns: tuple[ToldFlip, ...]

    @property
    def grave(self) -> tuple[ToldFlip, ...]:
        """Those that begin to fail, to be unknown or in error, under a rule that is in force or may be."""
        return tuple(told for told in self.turns if is_grave(told.flip))


@dataclass(frozen=True, slots=True)
class Horizon:
    """What changes by itself after ``start``, up to ``until``, under the law published by ``known_on`` (None: all).
    ``evaluated``: on how many days something had to be decided. ``daily``: the rules of which nobody can say beforehand
    when they change, so that they are decided on every day, with the reasons."""

    start: date
    until: date
    known_on: date | None
    rules: Mapping[Key, Rule]
    dates: tuple[HorizonDate, ...]
    evaluated: int
    daily: Mapping[Key, tuple[str, ...]]

    @property
    def unfinished(self) -> bool:
        """Whether a check could not be completed on one of the dates."""
        ends = (told.flip.after for at in self.dates for told in at.turns)
        return any(after is not None and after.verdict is Verdict.ERROR for after in ends)


def is_grave(turn: Flip) -> bool:
    """Whether somebody has to act who had not: see ``HorizonDate.grave``."""

    def acts(decided: Decided | None) -> Verdict | None:
        grave = decided is not None and decided.verdict in GRAVE and decided.phase in ACTING
        return decided.verdict if grave and decided is not None else None

    return acts(turn.after) is not None and acts(turn.after) is not acts(turn.before)


def holds_until(evaluation: Evaluation, rule: Key) -> NDArray[np.datetime64]:
    """For all elements of a rule's kind, in the order of the graph, the last day through which the verdict (waivers
    and phase included) can't change by itself; ``NaT`` where it never can. It is asked for the whole day of the
    evaluation. Raises ``KeyError`` where there is no such rule."""
    day = replace(evaluation, clock=Clock(evaluation.clock.today, None, evaluation.clock.known_on))
    holds = Holds(ColumnEvaluator(plan_of(day.program), day.graph, day.clock, day.checks))
    days = np.minimum(_days(day, holds, rule, holds.columns.rule(rule)), _facts_day(day))
    found = np.where(days > _LAST, 0, days).astype("datetime64[D]")
    found[days > _LAST] = np.datetime64("NaT")
    return found


def horizon(
    on: Callable[[date], Evaluation],
    start: date,
    until: date,
    *,
    rules: Sequence[Key] | None = None,
    checks: Mapping[str, CheckSignature] | None = None,
    reasons: int = 200,
    now: Callable[[str], None] = lambda _: None,
) -> Horizon:
    """What changes by itself from the day after ``start`` to ``until``. ``on`` gives the evaluation of a day, of the
    same policies each time. ``checks`` say what the checks read; one that isn't there may read all. Of ``reasons``
    turns it is looked up which clause and facts did it, of others the causes that are plain: one of each kind (a rule,
    on a date, from one verdict to another) goes first, and half of the number is for those alone. ``now`` is told what
    is at work."""
    walk = _Walk(on(start), until, rules, checks or {})
    dates: list[HorizonDate] = []
    evaluated, left = 1, reasons
    while (day := walk.next_day()) is not None and day <= until:
        now(f"deciding {day}")
        before = walk.evaluation
        turns = sorted(walk.go(on(day)), key=walk.gravity)
        if turns:
            eve = replace(before, clock=replace(before.clock, today=day - timedelta(days=1)))
            looked_up = _looked_up(turns, left, reasons // 2)
            dates.append(HorizonDate(day, tuple(tell_turns(walk.plan, eve, walk.evaluation, turns, looked_up))))
            left -= len(looked_up)
        evaluated += 1
    daily = {key: tuple(why) for key, why in walk.daily.items() if why}
    return Horizon(start, until, walk.evaluation.clock.known_on, walk.rules, tuple(dates), evaluated, daily)


def _looked_up(turns: Sequence[Flip], left: int, spared: int) -> set[int]:
    """The places of the turns to look up: the first of each kind, then others, but for what is spared for later."""
    kinds: dict[object, int] = {}
    for place, turn in enumerate(turns):
        kinds.setdefault((turn.rule, turn.before, turn.after), place)
    found = set(list(kinds.values())[:left])
    others = (place for place in range(len(turns)) if place not in found)
    return found.union(islice(others, max(0, left - len(found) - spared)))


class _Walk:
    """Goes from day to day. Keeps for each rule what it said of each element last, and until when that holds, as long
    as the facts that it can read stay the same."""

    def __init__(
        self, evaluation: Evaluation, last: date, rules: Sequence[Key] | None, checks: Mapping[str, CheckSignature]
    ) -> None:
        self.evaluation = evaluation
        self._read = evaluation.graph
        self._last = last
        self.rules = {key: evaluation.program.rules[key] for key in (rules or evaluation.program.rules)}
        self.plan = plan_of(evaluation.program)
        self._said: dict[Key, _Said] = {}
        self._until: dict[Key, int] = {}
        self._checks = checks
        self.daily: dict[Key, dict[str, None]] = {}
        self._decide(evaluation, self.rules)

    def next_day(self) -> date | None:
        """The next day on which something may change; None: never."""
        first = min(self._until.values(), default=NEVER)
        first = min(first, _facts_day(self.evaluation)) if self.rules else first
        return date.fromordinal(first + 1 + EPOCH) if first < _LAST else None

    def gravity(self, turn: Flip) -> tuple[bool, int, int]:
        """What comes first: what somebody has to act on, a fail, a high severity."""
        verdict = turn.after.verdict if turn.after is not None else None
        rank = GRAVE.index(verdict) if verdict in GRAVE else len(GRAVE)
        return not is_grave(turn), rank, SEVERITIES.index(self.rules[turn.rule].severity)

    def go(self, evaluation: Evaluation) -> list[Flip]:
        """Decides what is due on the day of an evaluation; what it says otherwise than before."""
        day = evaluation.clock.today.toordinal() - EPOCH
        before, moved = self.evaluation.graph, set[Key]()
        if self._read is evaluation.graph:
            self.evaluation = evaluation.over(before)
        else:
            self._read, changed = evaluation.graph, difference(before, evaluation.graph)
            self.evaluation = evaluation.over(changed.later)
            moved.update(self._moved(changed))
        due = [key for key in self.rules if self._until[key] < day or key in moved]
        said = {key: self._said[key] for key in due}
        self._decide(self.evaluation, due)
        return [turn for key in due for turn in self._turns(key, said[key], self._said[key])]

    def _moved(self, changed: Difference) -> Iterator[Key]:
        """The rules that may say something else because facts have changed."""
        graph, waivers = self.evaluation.graph, self.evaluation.waived()
        found = Moves(self.plan, changed, graph, self._checks).trace()
        for key in self.rules:
            kind, moved = self.plan.rules[key].kind, found.of_rule(key)
            reached = kind in graph.kind_names and bool(
                (graph.kind_codes[moved.marked] == graph.kind_names.index(kind)).any()
            )
            selected = any(waiver.selection is not None for waiver in waivers.about(key))
            if moved.everything or reached or kind in changed.touched or selected:
                yield key

    def _turns(self, key: Key, before: _Said, after: _Said) -> Iterator[Flip]:
        """What a rule says otherwise than before, of all elements that are there on either day."""
        elements = after[0] if np.array_equal(before[0], after[0]) else np.union1d(before[0], after[0])
        codes = np.full((2, len(elements)), -1, np.int64)
        for side, (there, said) in zip(codes, (before, after), strict=True):
            side[np.searchsorted(elements, there)] = said
        for row in np.flatnonzero(codes[0] != codes[1]).tolist():
            yield Flip(key, self.evaluation.graph.ids[int(elements[row])], *map(decided_of, codes[:, row].tolist()))

    def _decide(self, evaluation: Evaluation, rules: Sequence[Key] | Mapping[Key, Rule]) -> None:
        columns = ColumnEvaluator(self.plan, evaluation.graph, evaluation.clock, evaluation.checks)
        holds = Holds(columns, self._last)
        waivers = evaluation.waived()
        waived: dict[tuple[Key, int], Decision] = {}
        for key in rules:
            column = holds.columns.rule(key)
            self._until[key] = int(_days(evaluation, holds, key, column).min(initial=NEVER))
            if self._until[key] == holds.day:
                self.daily.setdefault(key, {}).update(dict.fromkeys(holds.unforeseen(key)))
            said = waivers.applied_to(key, column, waived)
            self._said[key] = column.elements.astype(np.int64), codes_of(said)


# ---- clocks beside the plan's --------------------------------------------------------------------------------------


def _days(evaluation: Evaluation, holds: Holds, rule: Key, column: VerdictColumn) -> Index:
    """The last days of a rule's verdicts, with those of waivers."""
    days = holds.rule(rule)
    may_be = np.isin(column.verdicts, _WAIVABLE)
    for waiver in evaluation.waivers if may_be.any() else ():
        edges = list(_edges(waiver, evaluation.clock.today))
        if edges and waiver.names(rule):
            days = np.where(may_be, np.minimum(days, _waiver_days(evaluation, waiver, column, edges)), days)
    return days


def _facts_day(evaluation: Evaluation) -> int:
    return NEVER if evaluation.facts_until == date.max else evaluation.facts_until.toordinal() - EPOCH


def _edges(waiver: Waiver, today: date) -> Iterator[int]:
    """The last days before a waiver begins, ends or is taken back, from today on."""
    terms = waiver.terms
    begins = [day for day in (terms.since, waiver.withdrawn) if day is not None and day > today]
    yield from (day.toordinal() - 1 - EPOCH for day in begins)
    if today <= terms.until < date.max:
        yield terms.until.toordinal() - EPOCH


def _waiver_days(evaluation: Evaluation, waiver: Waiver, column: VerdictColumn, edges: Sequence[int]) -> Index:
    """Until when a waiver says of each element what it says now."""
    edge, graph = min(edges, default=NEVER), evaluation.graph
    found = np.full(len(column.elements), NEVER)
    if waiver.selection is None:
        numbers = [evaluation.number(name) for name in waiver.terms.elements]
        rows: Bools = np.isin(column.elements, [number for number in numbers if number is not None])
        return np.where(rows, edge, found)
    if waiver.terms.every != column.kind:
        return found
    selecting = ColumnEvaluator(waiver.selection, graph, evaluation.clock, evaluation.checks)
    return np.minimum(edge, Holds(selecting).rule(COVERED))
