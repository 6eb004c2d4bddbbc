"""What is recorded and may have to be done again: assessments, judgements, waivers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from itertools import product
from typing import Literal

from lexline.decision import Evaluation
from lexline.evaluate.interpret import Interpreter
from lexline.evaluate.verdict import Verdict
from lexline.lang.typed import Key
from lexline.ledger.evidence import RELATIONS
from lexline.ledger.record import AssessmentEntry, JudgementEntry, Recorded, WaiverEntry
from lexline.ledger.waivers import COVERED, Waiver
from lexline.plan.places import EVIDENCE
from lexline_lineage.graph import Graph

__all__ = ["Held", "end_of", "held_by", "waived_elements"]

DECIDED = {"assessment": "approved_on", "judgement": "decided_on"}
UNDECIDED = ("draft", "in-review")


@dataclass(frozen=True, slots=True)
class Held:
    """An assessment or judgement of an element, or a waiver for some, that stands: nothing newer of its sort does.

    ``name`` is its id (a waiver's: where it stands), ``word`` its type or norm, ``on`` the day on which it was decided
    or last reviewed, ``until`` the last day on which it holds, ``review`` the day by which it has to be reviewed,
    ``person`` who answers for it. ``basis`` and ``moment`` are known of what the ledger recorded.
    """

    name: str
    kind: Literal["assessment", "judgement", "waiver"]
    word: str
    elements: tuple[int, ...]
    on: date | None
    until: date | None = None
    review: date | None = None
    person: str = ""
    rules: tuple[Key, ...] = ()
    basis: str = ""
    moment: datetime | None = None

    @property
    def since(self) -> datetime | None:
        """The moment whose facts it saw: that of its entry, or the end of its day."""
        return self.moment if self.moment is not None else None if self.on is None else end_of(self.on)


def end_of(day: date) -> datetime:
    """The last moment of a day, UTC."""
    return datetime.combine(day, time.max, UTC)


def held_by(evaluation: Evaluation, entries: Iterable[Recorded] = ()) -> list[Held]:
    """All that stands on the day of the evaluation, in the order of names and elements."""
    kept = list(entries)
    recorded = {
        f"{one.entry.kind}:ledger/{one.sequence}": one
        for one in kept
        if isinstance(one.entry, AssessmentEntry | JudgementEntry)
    }
    found = [held for held in _evidence(evaluation.graph, recorded) if _is_over(held, evaluation.clock.today) is False]
    newest: dict[tuple[int, str, str], tuple[date, str]] = {}
    for held, _ in found:
        place = (held.elements[0], held.kind, held.word)
        newest[place] = max(newest.get(place, (date.min, "")), (held.on or date.min, held.name))
    stand = [h for h, ok in found if ok and newest[h.elements[0], h.kind, h.word][1] == h.name]
    waivers = list(_waivers(evaluation, kept))
    stand += [waiver for waiver in waivers if not _goes_on(waiver, waivers)]
    return sorted(stand, key=lambda held: (held.kind, held.name, held.elements))


def _is_over(pair: tuple[Held, bool], today: date) -> bool:
    return pair[0].on is not None and pair[0].on > today


def _evidence(graph: Graph, recorded: dict[str, Recorded]) -> Iterator[tuple[Held, bool]]:
    """Every decided assessment and judgement, each with whether it was decided well."""
    for kind, relation in RELATIONS.items():
        if kind not in graph.vocabulary.kinds or relation not in graph.along:
            continue
        for number in graph.members[kind].tolist():
            status = graph.value(number, "status")
            if status in UNDECIDED:
                continue
            entry = recorded.get(graph.ids[number])
            days = [_day(graph, number, name) for name in (DECIDED[kind], "reviewed_on")]
            for element, _ in graph.along[relation].row(number):
                yield (
                    Held(
                        graph.ids[number],
                        "assessment" if kind == "assessment" else "judgement",
                        str(graph.value(number, EVIDENCE[kind]) or ""),
                        (element,),
                        max((day for day in days if day is not None), default=None),
                        _day(graph, number, "valid_until"),
                        _due_review(graph, number),
                        str(graph.value(number, "assessor") or graph.value(number, "approver") or ""),
                        basis=getattr(entry.entry, "basis", "") if entry is not None else "",
                        moment=entry.moment if entry is not None else None,
                    ),
                    status in (None, "approved"),
                )


def _due_review(graph: Graph, number: int) -> date | None:
    due, done = _day(graph, number, "review_due"), _day(graph, number, "reviewed_on")
    return None if due is None or (done is not None and done >= due) else due


def _day(graph: Graph, number: int, attribute: str) -> date | None:
    value = graph.value(number, attribute)
    return value if isinstance(value, date) and not isinstance(value, datetime) else None


def _waivers(evaluation: Evaluation, entries: list[Recorded]) -> Iterator[Held]:
    moments = {one.sequence: one.moment for one in entries}
    rules = evaluation.program.rules
    for waiver in evaluation.waivers:
        terms = waiver.terms
        if terms.since > evaluation.clock.today or waiver.is_withdrawn(evaluation.clock.today):
            continue
        yield Held(
            waiver.name,
            "waiver",
            ", ".join(terms.rules),
            waived_elements(evaluation, waiver),
            terms.since,
            terms.until,
            person=terms.requested_by,
            rules=tuple(key for key in rules if waiver.names(key)),
            basis=terms.basis if isinstance(terms, WaiverEntry) else "",
            moment=moments.get(waiver.recorded) if waiver.recorded is not None else None,
        )


def _goes_on(waiver: Held, others: Iterable[Held]) -> bool:
    """Whether later waivers, which last as long at least, cover all that one covers."""
    covers = set(product(waiver.rules, waiver.elements))
    left = set(covers)
    for other in others:
        if (other.on or date.min) > (waiver.on or date.min) and (other.until or date.max) >= (waiver.until or date.max):
            left.difference_update(product(other.rules, other.elements))
    return bool(covers) and not left


def waived_elements(evaluation: Evaluation, waiver: Waiver) -> tuple[int, ...]:
    """The elements that a waiver names, or for which its condition holds."""
    if waiver.selection is None:
        named = (evaluation.number(name) for name in waiver.terms.elements)
        return tuple(sorted({number for number in named if number is not None}))
    interpreter = Interpreter(waiver.selection, evaluation.graph, evaluation.clock, evaluation.checks)
    members = evaluation.graph.members.get(waiver.terms.every)
    return tuple(
        number
        for number in (members.tolist() if members is not None else ())
        if interpreter.decide(COVERED, number, reasons=False).verdict is Verdict.PASS
    )
