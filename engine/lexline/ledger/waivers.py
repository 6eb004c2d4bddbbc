"""Waivers: one function says whether a verdict is waived, whichever door asks.

A waiver hides a fail, an unknown or an error of a rule for some elements from one day to another. The verdict that it
hides stays beside it, as ``underlying``. What can't be settled (whether a condition holds) is not covered.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from typing import TYPE_CHECKING

import numpy as np

from lexline.diagnostics import Span
from lexline.evaluate.calls import CheckResults
from lexline.evaluate.decisions import VERDICTS, Decisions, VerdictColumn
from lexline.evaluate.interpret import Interpreter
from lexline.evaluate.verdict import Clock, Decision, Verdict
from lexline.lang.typed import Key, Program
from lexline_lineage.graph import Graph

if TYPE_CHECKING:
    from lexline.ledger.record import WaiverTerms

__all__ = ["COVERED", "WAIVABLE", "Waiver", "Waivers"]

WAIVABLE = (Verdict.FAIL, Verdict.UNKNOWN, Verdict.ERROR)
COVERED: Key = ("waivers", "COVERED")
"""The rule of a selection that passes for the elements that the waiver covers."""


@dataclass(frozen=True, slots=True)
class Waiver:
    """``terms`` as they were recorded; ``name`` says where they stand (``waivers.yaml:2``), ``span`` too, for messages.
    The same terms read twice are the same waiver, wherever the text lies in memory. ``selection`` decides the terms'
    condition; None where elements are named. ``recorded`` is the number of its entry
    in the ledger, None for one of a file; ``withdrawn`` the day from which on it was taken back."""

    name: str
    terms: WaiverTerms
    span: Span = field(compare=False)
    selection: Program | None = None
    recorded: int | None = None
    withdrawn: date | None = None

    def is_in_force(self, today: date) -> bool:
        """True on every day from the first to the last, both included, on which it was not taken back."""
        return self.terms.since <= today <= self.terms.until and not self.is_withdrawn(today)

    def is_withdrawn(self, today: date) -> bool:
        """True from the day on with which it was taken back."""
        return self.withdrawn is not None and today >= self.withdrawn

    def names(self, rule: Key) -> bool:
        """True where its rules are this one, or all of its policy."""
        return any(name in ("/".join(rule), f"{rule[0]}/*") for name in self.terms.rules)

    def __str__(self) -> str:
        terms = self.terms
        return (
            f"{self.name}, until {terms.until}, approved by {terms.approver} ({terms.role}): {terms.reason}; "
            f"instead: {terms.control}"
        )


class Waivers:
    """The waivers of an evaluation, ready to be asked. ``number`` gives the element that an exact name means."""

    def __init__(
        self,
        waivers: Iterable[Waiver],
        program: Program,
        graph: Graph,
        clock: Clock,
        checks: CheckResults | None,
        number: Callable[[str], int | None],
    ) -> None:
        self._graph = graph
        self._about: dict[Key, list[Waiver]] = {}
        ordered = sorted(waivers, key=lambda waiver: (-waiver.terms.until.toordinal(), waiver.name))
        for rule in program.rules if ordered else ():
            today = clock.today_in(program.timezone(rule[0]))
            self._about[rule] = [w for w in ordered if w.names(rule) and w.is_in_force(today)]
        self._named = {w.name: {number(name) for name in w.terms.elements} - {None} for w in ordered}
        self._selections = {
            w.name: Interpreter(w.selection, graph, clock, checks) for w in ordered if w.selection is not None
        }

    def applied(self, decision: Decision) -> Decision:
        """The decision, waived where a waiver covers it; of several the one that lasts longest says so."""
        if decision.verdict in WAIVABLE:
            for waiver in self.covering(decision):
                return replace(decision, verdict=Verdict.WAIVED, waiver=str(waiver))
        return decision

    def applied_to(self, rule: Key, column: VerdictColumn, waived: dict[tuple[Key, int], Decision]) -> VerdictColumn:
        """A rule's verdicts with those waived that a waiver covers; ``waived`` is told which, and by what."""
        if not self._about.get(rule):
            return column
        verdicts = column.verdicts.copy()
        may_be = np.isin(verdicts, [VERDICTS.index(verdict) for verdict in WAIVABLE])
        open_ones = Decisions(self._graph.ids, [(rule, column.part(may_be))], {})
        for row, (number, decision) in zip(np.flatnonzero(may_be).tolist(), open_ones.numbered(), strict=True):
            found = self.applied(decision)
            if found is not decision:
                waived[rule, number] = found
                verdicts[row] = VERDICTS.index(found.verdict)
        return replace(column, verdicts=verdicts)

    def about(self, rule: Key) -> list[Waiver]:
        """The waivers of a rule that are in force, whatever elements they cover."""
        return self._about.get(rule, [])

    def named(self, waiver: Waiver) -> frozenset[str]:
        """The ids of the elements that a waiver names."""
        return frozenset(self._graph.ids[number] for number in self._named[waiver.name] if number is not None)

    def covering(self, decision: Decision) -> Iterator[Waiver]:
        """The waivers in force that cover the rule and the element of a decision, the one that lasts longest first."""
        about = self._about.get(decision.rule)
        number = self._graph.number(decision.element) if about else None
        if number is not None:
            yield from (waiver for waiver in about or () if self._covers(waiver, number))

    def elements(self, waiver: Waiver) -> list[int]:
        """All elements that one of the waivers covers, on whatever day."""
        if not waiver.terms.every:
            return sorted(number for number in self._named[waiver.name] if number is not None)
        members = self._graph.members.get(waiver.terms.every, ())
        return [int(number) for number in members if self._covers(waiver, int(number))]

    def _covers(self, waiver: Waiver, number: int) -> bool:
        if waiver.selection is None:  # named elements; a recorded condition that can't be used any more covers none
            return number in self._named[waiver.name]
        if self._graph.kind(number) != waiver.terms.every:
            return False
        decided = self._selections[waiver.name].decide(COVERED, number, reasons=False)
        return decided.verdict is Verdict.PASS
