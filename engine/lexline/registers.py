"""Registers: the provisions that rules cite, with their dates, sources, and how sure anybody is of their text.

An entry stands in ``provisions`` of a pack's ``pack.yaml``, or in a file ``register.yaml`` beside it, which holds a
whole regime. Both have the same form.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

__all__ = ["Application", "ApplicationDates", "NotEncodable", "Register", "RegisterEntry"]

Status = Literal["in-force", "not-yet-applicable", "postponed", "proposed", "guidance", "superseded", "house"]
Confidence = Literal["high", "medium", "low"]


class Form(BaseModel):
    """Part of a register: no further fields, not changed once read."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Application(Form):
    """Whom a provision binds, and when."""

    role: tuple[str, ...]
    condition: str


class ApplicationDates(Form):
    """The days from which a provision applies, by route: as first enacted, and as amended since."""

    original: dict[str, date]
    original_source: str
    amended: dict[str, date]
    amended_source: str
    basis: str
    confidence: Confidence


class RegisterEntry(Form):
    """One provision. ``confidence`` is high where the provision itself, or several readings of it that agree, were
    seen; ``dormant_until_by_route`` the days before which it applies but has nothing to bite on."""

    id: str
    instrument: str
    provision: str
    title: str
    requirement: str
    applies_to: Application | None = None
    obligation_kind: str = ""
    evidence_expected: tuple[str, ...] = ()
    effective_from: date | None = None
    effective_to: date | None = None
    guidance_date: date | None = None
    application_dates: ApplicationDates | None = None
    dormant_until_by_route: dict[str, date] = Field(default_factory=dict)
    status: Status
    source_url: str = ""
    confidence: Confidence
    verified_from: str = ""
    maps_to: tuple[str, ...] = ()
    notes: str | None = None

    def dates(self) -> Iterator[date]:
        """Every day on which the register says that the provision begins to apply, or to bite."""
        yield from (day for day in (self.effective_from, self.guidance_date) if day is not None)
        if self.application_dates is not None:
            yield from self.application_dates.original.values()
            yield from self.application_dates.amended.values()
        yield from self.dormant_until_by_route.values()


class Register(Form):
    """The content of ``register.yaml``: what it is a register of, and its entries."""

    register_: dict[str, Any] = Field(alias="register")
    entries: tuple[RegisterEntry, ...]


class NotEncodable(Form):
    """Why no rule can decide a provision, and who decides instead."""

    reason: str = Field(min_length=1)
    decided_by: str = Field(min_length=1)
