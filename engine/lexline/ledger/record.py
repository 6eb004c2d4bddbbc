"""What the ledger records: entries as frozen models, each with its ``kind`` and the ``version`` of its form.

``docs/ledger.md`` describes the forms. A form is never changed: what has to say more gets a further version, so that
an old entry can be read for ever.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, Any, Literal, Self

from pydantic import (
    AliasChoices,
    AwareDatetime,
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    TypeAdapter,
    model_validator,
)

__all__ = [
    "KINDS",
    "Acknowledgement",
    "AssessmentEntry",
    "Checkpoint",
    "Entry",
    "EvaluationEntry",
    "JudgementEntry",
    "PolicyState",
    "PortfolioState",
    "Recorded",
    "WaiverEntry",
    "WaiverTerms",
    "WaiverWithdrawn",
    "body_of",
    "canonical",
    "entry_of",
    "names_people",
]

_PERSON = "person"
_WORDS = r"^[^\x00]*$"
"""PostgreSQL keeps no text with a NUL in it."""
Words = Annotated[str, StringConstraints(strip_whitespace=True, max_length=10_000, pattern=_WORDS)]
Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=10_000, pattern=_WORDS)]
Person = Annotated[str, StringConstraints(strip_whitespace=True, max_length=500, pattern=_WORDS), _PERSON]
"""A person or mailbox. The store puts a key in its place, so that a name can be erased and the chain still holds."""
NamedPerson = Annotated[Text, _PERSON]


class Form(BaseModel):
    """Part of an entry: no further fields, not changed once made."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class PolicyState(Form):
    """A policy that was evaluated, with the digest of its meaning."""

    id: str
    version: str
    digest: str


class PortfolioState(Form):
    """The graph that was evaluated."""

    digest: str
    elements: int
    edges: int


class EvaluationEntry(Form):
    """An evaluation that somebody acts on.

    ``element`` is empty, and ``rules`` too, where all were asked about. ``revision`` is that of the store's facts, None
    where it had none; ``ledger`` the number of the last assessment, judgement or waiver that was read; ``waivers`` the
    digest of all waivers that might apply, empty where there were none. ``verdicts`` is the digest of all verdicts,
    ``counts`` how many of each there are.
    """

    kind: Literal["evaluation"] = "evaluation"
    version: Literal[1] = 1
    door: Literal["gate", "check", "python"]
    element: str = ""
    rules: tuple[str, ...] = ()
    on: date
    moment: AwareDatetime | None = None
    known_on: date | None = None
    policies: tuple[PolicyState, ...]
    portfolio: PortfolioState
    revision: int | None = None
    ledger: int = 0
    waivers: str = ""
    engine: str
    plugins: dict[str, str] = Field(default_factory=dict)
    verdicts: str
    counts: dict[str, int]
    outcome: Literal["allow", "warn", "block", "unfinished", "not-evaluated"]


class AssessmentEntry(Form):
    """A recorded examination of an element. ``element_kind`` is that of ``element`` when it was recorded."""

    kind: Literal["assessment"] = "assessment"
    version: Literal[1] = 1
    element: Text
    element_kind: Text
    type: Text
    status: Text
    approved_on: date | None = None
    valid_until: date | None = None
    assessor: NamedPerson
    approver: Person = ""
    role: Words = ""
    scope: Words = ""
    basis: str = ""


class JudgementEntry(Form):
    """A person's finding on an open norm."""

    kind: Literal["judgement"] = "judgement"
    version: Literal[1] = 1
    element: Text
    element_kind: Text
    norm: Text
    finding: Text
    decided_on: date
    valid_until: date | None = None
    assessor: NamedPerson
    role: Text
    criteria: Words = ""
    reasoning: Words = ""
    dissent: Words = ""
    basis: str = ""


class WaiverTerms(Form):
    """What is waived, why, by whom and until when: the form of a waiver in the ledger and in a file.

    ``rules`` are ``policy/RULE``, or ``policy/*`` for all of a policy. Elements are named by ``elements``, or chosen by
    ``every`` (a kind) and the condition ``where``.
    """

    rules: tuple[Text, ...] = Field(min_length=1)
    elements: tuple[Text, ...] = ()
    every: str = Field("", pattern="^[a-z][a-z0-9-]*$|^$")
    where: Words = ""
    reason: Text
    control: Text
    approver: NamedPerson
    role: Text
    requested_by: NamedPerson
    since: date = Field(validation_alias=AliasChoices("from", "since"))
    until: date

    @model_validator(mode="after")
    def _is_bounded(self) -> Self:
        if self.elements and (self.every or self.where):
            raise ValueError("it names elements, and a condition as well: leave one of them out")
        if bool(self.every) != bool(self.where):
            raise ValueError("`every` names a kind, and `where` a condition: they belong together")
        if not self.elements and not self.every:
            raise ValueError("it names no element: name some, or all of a kind (`every`) with a condition (`where`)")
        if self.until < self.since:
            raise ValueError(f"it ends on {self.until}, before it begins on {self.since}")
        return self


class WaiverEntry(WaiverTerms):
    """A waiver, from the day ``since`` to ``until``, both included."""

    kind: Literal["waiver"] = "waiver"
    version: Literal[1] = 1
    basis: str = ""


class WaiverWithdrawn(Form):
    """From the day ``on``, the waiver of that number hides nothing."""

    kind: Literal["waiver-withdrawn"] = "waiver-withdrawn"
    version: Literal[1] = 1
    waiver: int
    on: date
    by: NamedPerson
    reason: Text


class Acknowledgement(Form):
    """What became of something due for re-assessment."""

    kind: Literal["acknowledgement"] = "acknowledgement"
    version: Literal[1] = 1
    subject: Text
    state: Literal["acknowledged", "assigned", "done"]
    by: NamedPerson
    assignee: Person = ""
    cause: Words = ""
    note: Words = ""


class Checkpoint(Form):
    """Up to ``sequence`` the chain was given out, to be kept elsewhere; ``digest`` is that of its last entry. ``key``
    signed it, empty where none did."""

    kind: Literal["checkpoint"] = "checkpoint"
    version: Literal[1] = 1
    sequence: int
    digest: str
    key: str = ""


Entry = (
    EvaluationEntry | AssessmentEntry | JudgementEntry | WaiverEntry | WaiverWithdrawn | Acknowledgement | Checkpoint
)
KINDS = (
    "evaluation",
    "assessment",
    "judgement",
    "waiver",
    "waiver-withdrawn",
    "acknowledgement",
    "checkpoint",
)
"""All kinds of entries."""
_ENTRIES: TypeAdapter[Entry] = TypeAdapter(Annotated[Entry, Field(discriminator="kind")])


@dataclass(frozen=True, slots=True)
class Recorded:
    """An entry in the chain: its number (from 1), the moment (aware, UTC), the digests before it and of it."""

    sequence: int
    moment: datetime
    entry: Entry
    previous: str
    digest: str


def canonical(data: object) -> str:
    """The one text of JSON data: keys sorted, no spaces, ASCII."""
    return json.dumps(data, sort_keys=True, separators=(",", ":"), ensure_ascii=True, allow_nan=False)


def body_of(entry: Entry, key_of: Callable[[str], str]) -> str:
    """The canonical JSON of an entry, with the keys of people in place of their names."""
    data: dict[str, Any] = entry.model_dump(mode="json")
    for name in _people(type(entry)):
        data[name] = key_of(data[name]) if data[name] else ""
    return canonical(data)


def entry_of(body: str, name_of: Callable[[str], str]) -> Entry:
    """The entry of a body. ``name_of`` gives the name of the person with a key. Raises ``ValueError`` for what is no
    entry of a form that is known here."""
    data = json.loads(body)
    entry = _ENTRIES.validate_python(data)
    names = {name: name_of(data[name]) for name in _people(type(entry)) if data.get(name)}
    return entry.model_copy(update=names)


def names_people(entry: Entry) -> bool:
    """Whether any person stands in an entry."""
    return any(getattr(entry, name) for name in _people(type(entry)))


def _people(form: type[BaseModel]) -> list[str]:
    return [name for name, field in form.model_fields.items() if _PERSON in field.metadata]
