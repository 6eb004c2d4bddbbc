"""Facts in the database: what each source says, from which revision on and until which.

All functions work on a connection of ``Database`` and leave committing to it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from itertools import islice

import numpy as np
import sqlalchemy as sa
from numpy.typing import NDArray

from lexline.store.columns import Statements, statements
from lexline.store.inserts import add_rows
from lexline.store.people import People
from lexline.store.phrases import Phrases
from lexline.store.revisions import Revision, add_revision
from lexline.store.rows import PERSON, line_of
from lexline.store.tables import IMPORT_RUN, PHRASE, RETRACTION, STATEMENT
from lexline_lineage.facts import Fact

__all__ = ["days_of_validity", "naming", "replace_sources"]

_MANY = 10_000
"""How many facts are turned into rows, or inserted, at a time."""


def replace_sources(
    connection: sa.Connection, said: Mapping[str, tuple[str, Iterable[Fact]]], note: str, people: People
) -> Revision | None:
    """From a new revision on each source says its facts and nothing else; ``said`` gives its importer and its facts.
    None where they said just that before."""
    phrases = Phrases(connection)
    changes = {}
    for source, (importer, facts) in said.items():
        wanted = _rows(facts, people, phrases)
        fresh, gone = _change(wanted, _current(connection, source))
        if len(fresh) or len(gone):
            changes[source] = importer, fresh, gone
    if not changes:
        return None
    people.save()
    made = add_revision(connection, "import", note)
    for source, (importer, fresh, gone) in changes.items():
        (said_by,) = phrases.numbers([source])
        _insert(connection, made.number, said_by, fresh)
        for some in _parts(gone):
            taken = [(number, made.number) for number in some.tolist()]
            add_rows(connection, RETRACTION, ("statement", "revision"), taken)
        run = {"revision": made.number, "source": said_by, "importer": importer}
        connection.execute(sa.insert(IMPORT_RUN), run | {"added": len(fresh), "removed": len(gone)})
    return made


def naming(connection: sa.Connection, key: str) -> tuple[int, tuple[str, ...]]:
    """How many facts of any time name a person, and the sources that name them now."""
    said = sa.select(STATEMENT).join(PHRASE, STATEMENT.c.object == PHRASE.c.id)
    said = said.where(STATEMENT.c.form == PERSON, PHRASE.c.text == key)
    count = connection.execute(sa.select(sa.func.count()).select_from(said.subquery())).scalar_one()
    now = said.where(STATEMENT.c.id.not_in(sa.select(RETRACTION.c.statement))).subquery()
    names = sa.select(PHRASE.c.text).where(PHRASE.c.id.in_(sa.select(now.c.source))).order_by(PHRASE.c.text)
    return int(count), tuple(connection.execute(names).scalars())


def days_of_validity(connection: sa.Connection) -> Iterator[date]:
    """The days on which a fact of any time begins to be valid, or is valid no longer."""
    begins = sa.select(STATEMENT.c.since).where(STATEMENT.c.since.is_not(None))
    ends = sa.select(STATEMENT.c.until + 1).where(STATEMENT.c.until.is_not(None))
    for day in connection.execute(sa.union(begins, ends)).scalars():
        if date.min.toordinal() <= day <= date.max.toordinal():
            yield date.fromordinal(day)


# ---- rows ----------------------------------------------------------------------------------------------------------

Rows = NDArray[np.int64]
"""Statements to be, one a row, with the columns ``_COLUMNS``; a day that is not there is 0."""

_COLUMNS = ("place", "subject", "object", "name", "form", "flag", "since", "until")


def _rows(facts: Iterable[Fact], people: People, phrases: Phrases) -> Rows:
    """Facts as rows. What they say anew is among the phrases then."""
    made: list[Rows] = [np.zeros((0, len(_COLUMNS)), np.int64)]
    given = iter(facts)
    while some := list(islice(given, _MANY)):
        lines = [line_of(fact, people.key) for fact in some]
        texts = [text for line in lines for text in (line.place, line.subject, line.object, line.name)]
        rest = [(line.form, line.flag, line.since or 0, line.until or 0) for line in lines]
        numbers = np.array(phrases.numbers(texts), np.int64).reshape(len(lines), 4)
        made.append(np.hstack([numbers, np.array(rest, np.int64)]))
    return np.concatenate(made)


def _current(connection: sa.Connection, source: str) -> Statements:
    """What the source says now, the oldest first."""
    said_by = sa.select(PHRASE.c.id).where(PHRASE.c.text == source).scalar_subquery()
    return statements(
        connection, STATEMENT.c.source == said_by, STATEMENT.c.id.not_in(sa.select(RETRACTION.c.statement))
    )


def _change(wanted: Rows, said: Statements) -> tuple[Rows, NDArray[np.int64]]:
    """The rows that a source says anew, and the keys of the statements that it takes back: of equal ones the newest."""
    count = len(wanted)
    if not count or not len(said.id):
        return wanted, said.id
    columns = [np.concatenate([wanted[:, at], getattr(said, name)]) for at, name in enumerate(_COLUMNS)]
    columns = [column.astype(np.int32) if column.max() < 1 << 31 else column for column in columns]
    order = np.lexsort(columns)  # stable: equal rows stay in their order
    begins = np.zeros(len(order), np.bool_)
    begins[0] = True
    for column in columns:
        begins[1:] |= column[order[1:]] != column[order[:-1]]
    del columns
    starts = np.flatnonzero(begins)
    sizes = np.diff(starts, append=len(order))
    is_said = order >= count
    told = np.add.reduceat(is_said, starts, dtype=np.int64)  # how often each row is said now, and is to be said
    to_tell = sizes - told
    rank = np.arange(len(order)) - np.repeat(starts, sizes)  # in each group, what is wanted stands first
    fresh = order[~is_said & (rank >= np.repeat(told, sizes))]
    gone = order[is_said & (rank >= np.repeat(2 * to_tell, sizes))] - count
    return wanted[np.sort(fresh)], said.id[np.sort(gone)]


def _insert(connection: sa.Connection, revision: int, source: int, rows: Rows) -> None:
    for some in _parts(rows):
        told = [(revision, source, *row, since or None, until or None) for *row, since, until in some.tolist()]
        add_rows(connection, STATEMENT, ("revision", "source", *_COLUMNS), told)


def _parts(rows: NDArray[np.int64]) -> Iterator[NDArray[np.int64]]:
    for begin in range(0, len(rows), _MANY):
        yield rows[begin : begin + _MANY]
