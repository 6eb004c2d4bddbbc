"""Revisions: the states of the facts, counted from 1 without gaps, and what each of them changed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import sqlalchemy as sa

from lexline.store.tables import IMPORT_RUN, PHRASE, REVISION

__all__ = ["EMPTY", "Revision", "SourceChange", "add_revision", "changes", "head", "moment_of", "revisions", "ticks_of"]

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Revision:
    """A state of the facts: its number, the moment at which it was made (UTC), by what (``import``, ``erase``), and a
    note."""

    number: int
    moment: datetime
    kind: str
    note: str = ""


EMPTY = Revision(0, _EPOCH, "empty")
"""The state before the first import, which no row describes."""


@dataclass(frozen=True, slots=True)
class SourceChange:
    """How many facts of a source came and went with a revision, and which importer read them."""

    source: str
    importer: str
    added: int
    removed: int


def ticks_of(moment: datetime) -> int:
    """An aware moment as microseconds since 1970, UTC."""
    return (moment - _EPOCH) // _MICROSECOND


def moment_of(ticks: int) -> datetime:
    """The moment of microseconds since 1970, UTC."""
    return _EPOCH + ticks * _MICROSECOND


def revisions(connection: sa.Connection, until: int | None = None) -> Iterator[Revision]:
    """Revisions, the newest first; none after the moment ``until`` (microseconds)."""
    query = sa.select(REVISION).order_by(REVISION.c.number.desc())
    if until is not None:
        query = query.where(REVISION.c.moment <= until)
    for number, ticks, kind, note in connection.execute(query):
        yield Revision(number, moment_of(ticks), kind, note)


def head(connection: sa.Connection) -> Revision:
    """The newest revision; the empty one before the first import."""
    return next(revisions(connection), EMPTY)


def add_revision(connection: sa.Connection, kind: str, note: str) -> Revision:
    """A new revision, after all others in number and in time."""
    last = head(connection)
    made = Revision(last.number + 1, max(datetime.now(UTC), last.moment + _MICROSECOND), kind, note)
    row = {"number": made.number, "moment": ticks_of(made.moment), "kind": kind, "note": note}
    connection.execute(sa.insert(REVISION), row)
    return made


def changes(connection: sa.Connection) -> dict[int, tuple[SourceChange, ...]]:
    """What each import changed, by the number of its revision; sources by name."""
    found: dict[int, tuple[SourceChange, ...]] = {}
    run = IMPORT_RUN.c
    query = sa.select(run.revision, PHRASE.c.text, run.importer, run.added, run.removed)
    query = query.select_from(IMPORT_RUN.join(PHRASE, run.source == PHRASE.c.id)).order_by(run.revision, PHRASE.c.text)
    for number, *change in connection.execute(query):
        found[number] = (*found.get(number, ()), SourceChange(*change))
    return found
