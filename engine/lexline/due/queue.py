"""The queue of what falls due: which assessment, judgement, waiver or rule asks for another look, and why."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from lexline.decision import Evaluation
from lexline.due.breaches import undated
from lexline.due.clocks import clock_items
from lexline.due.items import CAUSES, DueItem, Marks, recorded_basis
from lexline.due.movements import Moving
from lexline.due.past import Past
from lexline.due.records import Held, held_by
from lexline.due.versions import Meanings, Version, Versions
from lexline.lang.signatures import CheckSignature
from lexline.lang.typed import Program
from lexline.ledger.record import Recorded

__all__ = ["Policies", "Queue", "basis_now", "due_items"]


@dataclass(frozen=True, slots=True)
class Queue:
    """What is due on a day, and what can't be told (``notes``). ``held`` counts what stands on record."""

    on: date
    items: tuple[DueItem, ...]
    notes: tuple[str, ...]
    held: int

    @property
    def overdue(self) -> tuple[DueItem, ...]:
        """The items whose day has passed."""
        return tuple(item for item in self.items if item.is_overdue(self.on))


Policies = tuple[Callable[[], Sequence[Version]], Callable[[Version], Program | None]]
"""What gives the versions of the rules in the order of time, and what compiles one (None where it can't be)."""


def _meanings(entries: Iterable[Recorded]) -> Meanings:
    """What rules meant when bases were recorded."""
    bases = ((one.moment, recorded_basis(getattr(one.entry, "basis", ""))) for one in entries)
    return [(moment, dict(basis.rules)) for moment, basis in bases if basis is not None]


def due_items(
    evaluation: Evaluation,
    *,
    entries: Iterable[Recorded] = (),
    past: Past | None = None,
    checks: Mapping[str, CheckSignature] | None = None,
    until: date | None = None,
    policies: Policies = (tuple, lambda _: None),
    now: Callable[[str], None] = lambda _: None,
) -> Queue:
    """What is due on the day of the evaluation, or by ``until``. ``entries`` are the ledger's, ``past`` the states of
    the store, ``policies`` the versions of the rules and what compiles one; ``checks`` say what checks read; ``now``
    is told what is at work."""
    kept = tuple(entries)
    marks = Marks.of(kept)
    held = held_by(evaluation, kept)
    last = max(until or evaluation.clock.today, evaluation.clock.today)
    moving = Moving(evaluation, past, checks or {}, marks, Versions(*policies, _meanings(kept)))
    items: list[DueItem] = []
    items += moving.of(_told(_by_time(held), now))
    items += moving.named_changes(held)
    items += clock_items(evaluation, moving.bases, held, marks, last)
    found = {item.id: marks.marked(item) for item in items}
    order = {cause: place for place, cause in enumerate(CAUSES)}
    ordered = sorted(found.values(), key=lambda i: (order[i.cause], i.due or date.min, i.element, i.about))
    return Queue(evaluation.clock.today, tuple(ordered), (*moving.notes(held), *_breach_notes(evaluation)), len(held))


def _breach_notes(evaluation: Evaluation) -> Iterator[str]:
    count = undated(evaluation.graph)
    if count:
        yield f"of {count:,} in breach no day is recorded: whether that was after an assessment is not known"


def basis_now(
    evaluation: Evaluation,
    item: DueItem,
    *,
    entries: Iterable[Recorded] = (),
    checks: Mapping[str, CheckSignature] | None = None,
) -> str:
    """The basis, as it is now, of what an item is about, with which the next look compares once it is done; empty
    where a date made it due, or a change that a rule names."""
    if item.cause not in ("basis", "rule"):
        return ""
    moving = Moving(evaluation, None, checks or {}, Marks())
    found = (one for one in held_by(evaluation, entries) if moving.is_about(item, one))
    return next((str(moving.basis(moving.bases, one)) for one in found), "")


def _told(held: list[Held], now: Callable[[str], None]) -> Iterator[Held]:
    for place, one in enumerate(held, 1):
        now(f"comparing {one.name} ({place:,} of {len(held):,})")
        yield one


def _by_time(held: list[Held]) -> list[Held]:
    """In the order of what they saw, so that each state of the facts is read once."""
    return sorted(held, key=lambda one: (one.since is not None, one.since.timestamp() if one.since else 0.0, one.name))
