"""Until when verdicts hold: beside each column of a plan a column of days through which it can't change by itself.

The facts stay as they are; what moves is the calendar. What reads no date holds for ever. A comparison of something
that goes one way with the calendar (``today``, ``today - 12 months``, ``today - approved_on``) with something that
doesn't is searched for the day on which it turns; everything else holds as long as all that it reads.

Guaranteed: never a day too many. A day too few is allowed, and costs whoever asks one more evaluation.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import date

import numpy as np

from lexline.evaluate.calls import CheckOutcome
from lexline.evaluate.column_types import EPOCH, Bools, Cells, Index, Truths, Values, repeat, truth_of
from lexline.evaluate.columns import ColumnEvaluator
from lexline.evaluate.frames import Frame
from lexline.evaluate.holds_sets import NEVER, SetsHold, least, together
from lexline.evaluate.kernels import compare
from lexline.evaluate.kernels_time import microseconds_of
from lexline.evaluate.operations import combine
from lexline.evaluate.truth_columns import inverse, lines_that_count
from lexline.evaluate.verdict import Clock
from lexline.lang.typed import Key
from lexline.plan import nodes as plan
from lexline.plan.nodes import Input, Node, nodes_read
from lexline.plan.plans import Plan
from lexline.plan.uses import all_read
from lexline_lineage.values import Sort

__all__ = ["NEVER", "Holds"]

DAY = 86_400_000_000
"""in microseconds"""

_State = Callable[[Index], tuple[Index, Bools]]


class Holds:
    """The days, counted from 1970, through which the columns of an evaluator hold. Its clock is a day, no moment.

    ``rule`` gives them for verdicts and phases; waivers and other facts are no part of them. Whoever looks no further
    than the day ``last`` may say so: what holds until then is ``NEVER``, or any later day."""

    def __init__(self, columns: ColumnEvaluator, last: date = date.max) -> None:
        if columns.clock.moment is not None:
            raise ValueError("verdicts hold for whole days: ask on a day, not at a moment")
        self.columns = columns
        self.day = columns.clock.today.toordinal() - EPOCH
        self._last = max(last.toordinal() - EPOCH, self.day)
        self._dated = _dated(columns.plan, columns.clock)
        self._moving = _moving(columns.plan, self._dated)
        self._found: dict[int, Index] = {}
        self._open: set[str] = set()  # checks that don't say until when an answer holds
        self._aging: set[str] = set()  # checks whose answers are older each day
        self._leaves = columns.leaves_for(columns)
        self._sets = SetsHold(self)

    def rule(self, key: Key) -> Index:
        """For all elements of a rule's kind the last day of this verdict, what lies under it, and this phase."""
        rule, columns = self.columns.plan.rules[key], self.columns
        frame = columns.whole(rule.kind)
        parts = (rule.applies, rule.excepted, rule.required)
        found = decided(truth_of(columns.read(rule.applies, frame)), [self.read(part, frame) for part in parts])
        waiting = np.ones(frame.size, np.bool_)
        for place in lines_that_count(rule.force, columns.clock):
            line = rule.force[place]
            holds, until = truth_of(columns.read(line.condition, frame)), self.read(line.condition, frame)
            edge = min(_edges(columns.clock.today, line.since, line.until), default=NEVER)
            until = np.where(holds.no, until, np.minimum(until, edge))
            found = np.where(waiting, np.minimum(found, until), found)
            waiting &= ~holds.yes
        return found

    def depends(self, key: Key) -> bool:
        """Whether anything that a rule reads depends on the date."""
        of = self.columns.plan
        return bool(of.rules[key].force) or any(self._dated[number] for number in of.conditions[key])

    def unforeseen(self, key: Key) -> Iterator[str]:
        """Why a rule has to be asked again on every day, where something that it reads does not say when it changes.
        To be asked after ``rule``."""
        of = self.columns.plan
        for number in sorted(all_read(of.reads, of.conditions[key])):
            node = of.nodes[number]
            if isinstance(node.operation, plan.Check) and node.operation.check in self._open:
                yield f"the check {node.operation.check} reads the date and does not say until when its answers hold"
            elif self._is_unsearched(number):
                yield "it compares the date with what changes with the date, too"

    def _is_unsearched(self, number: int) -> bool:
        """Whether a node makes something of the calendar of which the days are not known."""
        node = self.columns.plan.nodes[number]
        read = [(self._moving[part.node] > 0, self.columns.plan.nodes[part.node].operation) for part in node.inputs]
        moves = [moving and not (isinstance(of, plan.Check) and of.check not in self._aging) for moving, of in read]
        if not any(moves) or self._moving[number]:
            return False
        return not isinstance(node.operation, plan.Compare) or (all(moves) and self._fall_back(node) is None)

    # ---- nodes -----------------------------------------------------------------------------------------------------

    def column(self, node: int) -> Index:
        """A node of no slot (one row), or of one slot (a row for each element of its kind)."""
        if node not in self._found:
            domains = self.columns.plan.nodes[node].domains
            frame = self.columns.whole(domains[0]) if domains else Frame(1, ())
            if self._dated[node]:
                self._found[node] = self._evaluate(self.columns.plan.nodes[node], frame)
            else:
                self._found[node] = np.broadcast_to(np.int64(NEVER), frame.size)
        return self._found[node]

    def read(self, source: Input, frame: Frame) -> Index:
        """A node for each row of a frame."""
        if not self._dated[source.node]:
            return np.broadcast_to(np.int64(NEVER), frame.size)
        if not source.slots:
            return np.broadcast_to(self.column(source.node)[:1], frame.size)
        if len(source.slots) == 1:
            found = self.column(source.node)
            return found if frame.whole else found[frame.slots[source.slots[0]]]
        return self._evaluate(self.columns.plan.nodes[source.node], frame.pick(source.slots))

    def cells(self, source: Input, frame: Frame) -> Cells:
        """What a node comes to for each row of a frame."""
        cells = self.columns.read(source, frame)
        return cells if frame.slots else repeat(cells, frame.size)

    def _evaluate(self, node: Node, frame: Frame) -> Index:
        match node.operation:
            case plan.Today():
                return np.full(frame.size, self.day)
            case plan.Parameter() | plan.LastDay():
                return np.full(frame.size, self._leaf(node.operation))
            case plan.Quantify() | plan.Extreme() | plan.Aggregate() | plan.CompareSome():
                return self._sets.read(node, frame)
        untils = [self.read(part, frame) for part in node.inputs]
        match node.operation:
            case plan.Check():
                return least([self._answered(node, frame, aging=False), *untils], frame.size)
            case plan.Compare(operator):
                return self._compared(node, operator, frame, untils)
            case plan.Connect("and" | "or" as operator):
                truths = [truth_of(self.cells(part, frame)) for part in node.inputs]
                return together(truths if operator == "and" else list(map(inverse, truths)), untils)
            case plan.Passes():
                return decided(truth_of(self.cells(node.inputs[0], frame)), untils)
            case plan.Choose():
                condition = truth_of(self.cells(node.inputs[0], frame))
                taken = (np.where(condition.yes, untils[1], NEVER), np.where(condition.no, untils[2], NEVER))
                return least([untils[0], *taken], frame.size)
            case plan.Otherwise():
                known = self.cells(node.inputs[0], frame).known
                return np.where(known, untils[0], np.minimum(*untils))
            case _:
                return least(untils, frame.size)

    def _answered(self, node: Node, frame: Frame, *, aging: bool) -> Index:
        """Until when a check says what it says, or what is a day older each day where it may be ``aging``; this day
        alone where it leaves that open."""
        outcomes = self._outcomes(node, frame)
        ends = [None if outcome.ages and not aging else outcome.until for outcome in outcomes]
        days = [self.day if end is None else NEVER if end == date.max else end.toordinal() - EPOCH for end in ends]
        return np.maximum(np.array(days, np.int64), self.day)

    def _outcomes(self, node: Node, frame: Frame) -> list[CheckOutcome]:
        assert isinstance(node.operation, plan.Check)  # noqa: S101
        found = self._leaves.outcomes(node, node.operation, frame.slots[0])
        self._open.update(node.operation.check for outcome in found if outcome.until is None)
        self._aging.update(node.operation.check for outcome in found if outcome.ages)
        return found

    def _aged(self, source: Input, frame: Frame, days: Index) -> Cells:
        """What a check says on a day of its own for each row."""
        cells = self.cells(source, frame)
        outcomes = self._outcomes(self.columns.plan.nodes[source.node], frame.pick(source.slots))
        if not isinstance(cells, Values) or not any(outcome.ages for outcome in outcomes):
            return cells
        ages = np.array([outcome.ages for outcome in outcomes], np.bool_)
        values = cells.values.copy()
        values["microseconds"] += np.where(ages, (days - self.day) * DAY, 0)
        return Values(values, cells.known, cells.failed)

    def _leaf(self, operation: plan.Parameter | plan.LastDay) -> int:
        today = self.columns.clock.today
        if isinstance(operation, plan.Parameter):
            return min(_parameter_edges(operation, self.columns.clock), default=NEVER)
        for year in range(today.year, min(today.year + 9, date.max.year + 1)):
            try:
                following = date(year, operation.month, operation.day)
            except ValueError:  # 29 February in a common year
                continue
            if following > today:
                return following.toordinal() - 1 - EPOCH
        return NEVER if today.year > date.max.year - 9 else self.day

    # ---- comparisons with the calendar -----------------------------------------------------------------------------

    def _compared(self, node: Node, operator: str, frame: Frame, untils: Sequence[Index]) -> Index:
        moves = [self._moving[part.node] > 0 for part in node.inputs]
        if moves[0] and moves[1]:
            return self._fallen_back(node, operator, frame, untils)
        if not moves[0] and not moves[1]:
            return least(untils, frame.size)
        at = moves.index(True)
        moving, other = node.inputs[at], self.cells(node.inputs[1 - at], frame)
        operators = ("<", "<=") if operator in ("=", "!=") else (operator,)

        def state(days: Index) -> tuple[Index, Bools]:
            """What the comparison says on a day of its own for each row, and where the moving side is known."""
            cells = self._at(moving, frame, days)
            sides = (cells, other) if at == 0 else (other, cells)
            truths = [compare(each, *sides) for each in operators]  # type: ignore[arg-type]
            codes = [truth.yes * np.int64(1) + truth.no * np.int64(2) for truth in truths]
            return codes[0] + (3 * codes[1] if len(codes) > 1 else 0), cells.known

        turns = self._turn(state, frame.size, sure=self._moving[moving.node] == 1)
        return least([self._steady(moving, frame), untils[1 - at], turns], frame.size)

    def _fallen_back(self, node: Node, operator: str, frame: Frame, untils: Sequence[Index]) -> Index:
        """Where both sides move: ``(valid_until otherwise today) >= today`` compares a value that stays, or a day with
        itself. Of others nothing is said."""
        side = self._fall_back(node)
        if side is None:
            return least(untils, frame.size)
        given, other, slots = (
            self.columns.plan.nodes[node.inputs[side].node],
            node.inputs[1 - side],
            node.inputs[side].slots,
        )
        value = Input(given.inputs[0].node, tuple(slots[slot] for slot in given.inputs[0].slots))
        inputs = (value, other) if side == 0 else (other, value)
        reads = [self.read(part, frame) for part in inputs]
        found = self._compared(replace(node, inputs=inputs), operator, frame, reads)
        return np.where(self.cells(value, frame).known, found, NEVER)

    def _fall_back(self, node: Node) -> int | None:
        """The side of a comparison that falls back to what stands on the other."""
        for side in (0, 1):
            given, other = self.columns.plan.nodes[node.inputs[side].node], node.inputs[1 - side]
            if isinstance(given.operation, plan.Otherwise) and given.inputs[1].node == other.node and not other.slots:
                return side
        return None

    def _turn(self, state: _State, size: int, *, sure: bool) -> Index:
        """The last day on which a state stands that goes through its values in one direction. Of one that is missing
        for reasons of the calendar only what is ``sure`` to be of one step is searched."""
        low, high = np.full(size, self.day), np.full(size, self._last)
        first, known = state(low)
        turns = state(high)[0] != first
        while size and int((high - low).max()) > 1:
            middle = (low + high) // 2
            other = state(middle)[0] != first
            low, high = np.where(other, low, middle), np.where(other, middle, high)
        found = np.where(turns, np.maximum(high - 1, self.day), NEVER)
        return found if sure else np.where(known, found, self.day)

    def _at(self, source: Input, frame: Frame, days: Index) -> Cells:
        """What moves with the calendar, on a day of its own for each row."""
        if not self._moving[source.node]:
            return self.cells(source, frame)
        node, part = self.columns.plan.nodes[source.node], frame.pick(source.slots)
        if isinstance(node.operation, plan.Today):
            return self._todays(node, node.operation, days)
        if isinstance(node.operation, plan.Check):
            return self._aged(source, frame, days)
        parts = [self._at(read, part, days) for read in node.inputs]
        return combine(node.operation, parts, [self.columns.plan.nodes[read.node].type for read in node.inputs])

    def _todays(self, node: Node, operation: plan.Today, days: Index) -> Values:
        known, unbroken = np.ones(len(days), np.bool_), np.zeros(len(days), np.bool_)
        if node.type.sort is not Sort.MOMENT:
            return Values(days, known, unbroken)
        distinct, places = np.unique(days, return_inverse=True)
        clocks = (Clock(date.fromordinal(day + EPOCH)) for day in distinct.tolist())
        ends = [microseconds_of(clock.now_in(operation.timezone)) for clock in clocks]
        return Values(np.array(ends, np.int64)[places], known, unbroken)

    def _steady(self, source: Input, frame: Frame) -> Index:
        """Until when what a moving node reads beside the calendar stays as it is."""
        if not self._moving[source.node]:
            return self.read(source, frame)
        node, part = self.columns.plan.nodes[source.node], frame.pick(source.slots)
        own = [self._answered(node, part, aging=True)] if isinstance(node.operation, plan.Check) else []
        return least([*own, *(self._steady(read, part) for read in node.inputs)], frame.size)


def decided(applies: Truths, untils: Sequence[Index]) -> Index:
    """Until when a verdict holds, by its parts: where the rule does not apply, as long as that stays so."""
    return np.where(applies.no, untils[0], least(untils, len(applies.no)))


def _edges(today: date, since: date | None, until: date | None) -> list[int]:
    """The last days before something that holds from one day to another changes, from today on."""
    edges = [since.toordinal() - 1] if since is not None and since > today else []
    edges += [until.toordinal()] if until is not None and today <= until < date.max else []
    return [edge - EPOCH for edge in edges]


def _parameter_edges(parameter: plan.Parameter, clock: Clock) -> list[int]:
    known = [
        (since, until)
        for _, since, until, published in parameter.values
        if published is None or clock.known_on is None or published <= clock.known_on
    ]
    return [edge for since, until in known for edge in _edges(clock.today, since, until)]


def _dated(of: Plan, clock: Clock) -> list[bool]:
    """Which nodes may change with the date."""
    found: list[bool] = []
    for node in of.nodes:
        match node.operation:
            case plan.Today() | plan.LastDay() | plan.Check():
                own = True
            case plan.Parameter():
                own = bool(_parameter_edges(node.operation, clock))
            case _:
                own = False
        found.append(own or any(found[number] for number in nodes_read(node)))
    return found


def _moving(of: Plan, dated: Sequence[bool]) -> list[int]:
    """Which nodes go one way with the calendar, and by how many steps of arithmetic (at least 1); 0: they don't."""
    found: list[int] = []
    for node in of.nodes:
        reads = [found[part.node] for part in node.inputs]
        match node.operation:
            case plan.Today():
                steps = 1
            case plan.Check():  # an age
                steps = int(node.type.sort is Sort.DURATION)
            case plan.DateOf():
                steps = reads[0]
            case plan.Arithmetic("+" | "-") if (reads[0] > 0) != (reads[1] > 0):
                nested = any(isinstance(of.nodes[part.node].operation, plan.Arithmetic) for part in node.inputs)
                steps = max(reads) + nested
            case plan.Otherwise() if not dated[node.inputs[0].node]:
                steps = reads[1]
            case _:
                steps = 0
        found.append(steps)
    return found
