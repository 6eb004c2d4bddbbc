"""What falls due, item by item, and what became of it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from lexline.basis import Basis
from lexline.impact_causes import Cause
from lexline.ledger.record import Acknowledgement, Recorded

__all__ = ["CAUSES", "Done", "DueItem", "Marks", "item_id", "recorded_basis"]

CAUSES: Mapping[str, str] = {
    "basis": "what it rests on has moved",
    "rule": "a rule that asks for it means something else",
    "when": "a change that a rule names",
    "monitor": "a monitor or a measurement is in breach",
    "every": "a rule's interval has run out",
    "expiry": "its validity has run out",
}
"""Why something falls due, in the order in which the queue shows it."""


@dataclass(frozen=True, slots=True)
class DueItem:
    """Something to look at again. ``about`` is the assessment, judgement, waiver or rule, ``element`` an id (of a
    waiver for several: empty). ``since`` the day from which it counts; ``due`` the day by which somebody has to have
    looked, None where nobody can tell since when. ``moved`` are the nearest changes, ``further`` counts the others.
    ``state`` is ``open``, ``acknowledged`` or ``assigned`` (to ``assignee``)."""

    id: str
    cause: str
    element: str
    about: str
    rules: tuple[str, ...]
    says: str
    since: date | None
    due: date | None
    owner: str
    settle: str
    moved: tuple[Cause, ...] = ()
    further: int = 0
    state: str = "open"
    assignee: str = ""

    def is_overdue(self, today: date) -> bool:
        """Whether the day by which somebody had to look has passed."""
        return self.due is not None and self.due < today


def item_id(cause: str, about: str, element: str) -> str:
    """The id of an item: the same as long as it is the same thing, whatever else moves."""
    text = json.dumps([cause, about, element], ensure_ascii=True)
    return hashlib.sha256(text.encode("ascii")).hexdigest()[:12]


@dataclass(frozen=True, slots=True)
class Done:
    """When somebody looked at an item, and on what basis."""

    moment: datetime
    basis: Basis | None


@dataclass(frozen=True, slots=True)
class Marks:
    """What the ledger says of items: who looked when, and how far those are that nobody has looked at."""

    done: Mapping[str, Done] = field(default_factory=dict)
    states: Mapping[str, Acknowledgement] = field(default_factory=dict)

    @classmethod
    def of(cls, entries: Iterable[Recorded]) -> Marks:
        """The marks of a ledger."""
        done: dict[str, Done] = {}
        states: dict[str, Acknowledgement] = {}
        for recorded in entries:
            entry = recorded.entry
            if isinstance(entry, Acknowledgement):
                states[entry.subject] = entry
                if entry.state == "done":
                    _, _, basis = entry.cause.partition(" ")
                    done[entry.subject] = Done(recorded.moment, recorded_basis(basis))
        return cls(done, states)

    def marked(self, item: DueItem) -> DueItem:
        """The item with what became of it; one that came up again after it was done is open."""
        said = self.states.get(item.id)
        if said is None or said.state == "done":
            return item
        return replace(item, state=said.state, assignee=said.assignee)


def recorded_basis(text: str) -> Basis | None:
    """The basis that a text says; None where it says none that can be compared with one of now."""
    try:
        return Basis.read(text)
    except ValueError:
        return None
