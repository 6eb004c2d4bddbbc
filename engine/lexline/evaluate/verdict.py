"""Verdicts and phases, and the one function for the order in which a verdict is decided."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from enum import StrEnum
from zoneinfo import ZoneInfo

from lexline.lang.typed import Key
from lexline_lineage.facts import Source
from lexline_lineage.values import Sort, Value, ValueType, format_value

__all__ = [
    "Clock",
    "Decision",
    "MissingFact",
    "Phase",
    "ReadFact",
    "Reason",
    "Truth",
    "Verdict",
    "Witness",
    "decide_verdict",
]


class Truth(StrEnum):
    """The three truth values, and ``FAILED``: unknown because a check failed or ran out of time."""

    TRUE = "true"
    FALSE = "false"
    UNKNOWN = "unknown"
    FAILED = "failed"


class Verdict(StrEnum):
    """What a rule says of an element."""

    NOT_APPLICABLE = "not-applicable"
    EXEMPT = "exempt"
    PASS = "pass"  # noqa: S105  # a verdict, no password
    FAIL = "fail"
    UNKNOWN = "unknown"
    ERROR = "error"
    WAIVED = "waived"


class Phase(StrEnum):
    """Whether a rule applies on the date of evaluation."""

    UPCOMING = "upcoming"
    IN_FORCE = "in-force"
    EXPIRED = "expired"
    NOT_IN_FORCE = "not-in-force"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Clock:
    """When policies are evaluated: on a day, or at a moment.

    ``today`` is the date evaluated. ``moment`` (aware): that moment is asked about, and ``today`` is its day in UTC;
    None: all of the day. ``known_on``: law published by then counts; None: all.
    """

    today: date
    moment: datetime | None = None
    known_on: date | None = None

    @classmethod
    def of(cls, on: date | None, known_on: date | None = None) -> Clock:
        """The day ``on``; this moment where it is None."""
        if on is not None:
            return cls(on, None, known_on)
        moment = datetime.now(UTC)
        return cls(moment.date(), moment, known_on)

    def today_in(self, timezone: str) -> date:
        """``today`` of a policy in a time zone (IANA name): the day asked about, or that of the moment there."""
        return self.today if self.moment is None else self.moment.astimezone(ZoneInfo(timezone)).date()

    def now_in(self, timezone: str) -> datetime:
        """``now`` of a policy in a time zone, in UTC: the moment asked about, or the last of the day there."""
        if self.moment is not None:
            return self.moment
        try:
            return datetime.combine(self.today, time.max, ZoneInfo(timezone)).astimezone(UTC)
        except OverflowError:  # the last day that there is ends later than the calendar
            return datetime.combine(self.today, time.max, UTC)


_TEXT = ValueType(Sort.TEXT)


@dataclass(frozen=True, slots=True)
class ReadFact:
    """A fact that a decision read: ``value`` None where it is missing; ``type`` says how it is written."""

    element: str
    kind: str
    attribute: str
    value: Value | None
    source: Source | None
    type: ValueType = _TEXT

    @property
    def words(self) -> str:
        """The value as a reader writes it: ``80%``, ``12 months``, ``missing``."""
        return format_value(self.value, self.type)


@dataclass(frozen=True, slots=True)
class MissingFact:
    """What is missing and would bear on the verdict: an attribute of an element, recorded inputs or outputs
    (``attribute`` is ``inputs``, ``outputs`` or a relation), a sure edge, or a value of a parameter."""

    element: str
    kind: str
    attribute: str
    why: str
    """in a reader's words: "no value is recorded", "nothing is recorded upstream of it", …"""


@dataclass(frozen=True, slots=True)
class Witness:
    """An element that shows the verdict, and a shortest path of element ids to it from the subject."""

    element: str
    kind: str
    path: tuple[str, ...]
    certain: bool = True


@dataclass(frozen=True, slots=True)
class Reason:
    """Why: one requirement, ``for`` or exception that bears on the verdict.

    ``clause`` is its text, ``line`` where it stands, ``truth`` what it came to. ``further`` is how many members of its
    sets would show it just as the witnesses do, and aren't listed; of what is undecided all are.
    """

    role: str
    """``for``, ``except`` or ``require``"""
    clause: str
    file: str
    line: int
    truth: Truth
    witnesses: tuple[Witness, ...]
    facts: tuple[ReadFact, ...]
    missing: tuple[MissingFact, ...]
    by: str = ""
    evidence: tuple[str, ...] = ()
    """what checks say about how they came to their values, and which sets are empty"""
    further: int = 0


@dataclass(frozen=True, slots=True)
class Decision:
    """A rule's verdict for one element.

    ``underlying`` is the verdict under an exemption or waiver (equal to ``verdict`` otherwise).
    ``reasons`` are empty where they weren't asked for, and for a pass.
    """

    rule: Key
    element: str
    kind: str
    verdict: Verdict
    underlying: Verdict
    phase: Phase
    reasons: tuple[Reason, ...] = ()
    message: str = ""
    remedy: str = ""
    waiver: str = ""
    """of a waived verdict: which waiver, until when, by whom and why"""


def decide_verdict(applies: Truth, excepted: Truth, required: Truth) -> tuple[Verdict, Verdict]:
    """The verdict and the one that lies under it, from the truth of the ``for``, of all exceptions joined by or, and
    of all requirements joined by and. Waivers come later: they need the ledger."""
    if applies is Truth.FALSE:
        return Verdict.NOT_APPLICABLE, Verdict.NOT_APPLICABLE
    if required is Truth.TRUE:
        under = Verdict.PASS
    elif required is Truth.FALSE and applies is Truth.TRUE:
        under = Verdict.FAIL
    elif Truth.FAILED in (applies, excepted, required):
        under = Verdict.ERROR
    else:
        under = Verdict.UNKNOWN
    return (Verdict.EXEMPT, under) if excepted is Truth.TRUE else (under, under)
