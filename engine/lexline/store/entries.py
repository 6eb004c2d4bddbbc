"""The ledger in the database: entries as links of one chain, and its head in a table of one row.

All functions work on a connection of ``Database`` and leave committing to it; who appends holds the lock of writers.
"""

from __future__ import annotations

from collections.abc import Collection, Generator, Iterator, Sequence
from contextlib import closing
from datetime import datetime

import sqlalchemy as sa

from lexline.diagnostics import Diagnostic, LexlineError
from lexline.ledger.chain import Head, Link, head_of, linked
from lexline.ledger.record import Entry, Recorded, body_of, entry_of
from lexline.store.people import People
from lexline.store.revisions import moment_of, ticks_of
from lexline.store.tables import ENTRY, LEDGER_HEAD

__all__ = ["append", "entries_of", "head_of_ledger", "last_of", "links_of", "naming_entries"]

_PERSON = "person"
_MANY = 2_000


def append(connection: sa.Connection, entries: Sequence[Entry], moment: datetime) -> tuple[Recorded, ...]:
    """The entries as the next links of the chain, at ``moment``, or that of the entry before them if that is later.
    Raises ``LexlineError`` where the chain does not end as was last written."""
    head = head_of_ledger(connection)
    if not entries:
        return ()
    ended = sa.select(ENTRY.c.digest, ENTRY.c.moment).where(ENTRY.c.sequence == head.sequence)
    last = connection.execute(ended).first()
    if head.sequence and (last is None or last.digest != head.digest):
        message = f"the ledger does not end with entry {head.sequence} as it was written: nothing can follow it"
        raise LexlineError((Diagnostic("LX521", message, (), "`lexline ledger verify` shows what was changed"),))
    ticks = max(ticks_of(moment), last.moment if last is not None else 0)
    people: list[People] = []  # read only where somebody is named

    def key_of(name: str) -> str:
        if not people:
            people.append(People(connection, {_PERSON}))
        return people[0].key(_PERSON, name) or ""

    links = linked(head, ticks, [(entry.kind, body_of(entry, key_of)) for entry in entries])
    for known in people:
        known.save()
    connection.execute(sa.insert(ENTRY), [_row(link) for link in links])
    end = head_of(links)
    connection.execute(sa.update(LEDGER_HEAD).values(sequence=end.sequence, digest=end.digest))
    return tuple(_recorded(link, entry) for link, entry in zip(links, entries, strict=True))


def head_of_ledger(connection: sa.Connection) -> Head:
    """How the chain ends, as the last transaction said."""
    found = connection.execute(sa.select(LEDGER_HEAD.c.sequence, LEDGER_HEAD.c.digest)).one()
    return Head(found.sequence, found.digest)


def last_of(connection: sa.Connection, kinds: Collection[str], upto: int | None, by: int | None) -> Head:
    """The last entry of some kinds up to a number, recorded by a moment (microseconds)."""
    query = sa.select(ENTRY.c.sequence, ENTRY.c.digest).where(ENTRY.c.kind.in_(kinds))
    if upto is not None:
        query = query.where(ENTRY.c.sequence <= upto)
    if by is not None:
        query = query.where(ENTRY.c.moment <= by)
    found = connection.execute(query.order_by(ENTRY.c.sequence.desc()).limit(1)).first()
    return Head(found.sequence, found.digest) if found is not None else Head()


def links_of(
    connection: sa.Connection, upto: int | None = None, kinds: Collection[str] = (), last: int | None = None
) -> Generator[Link, None, None]:
    """The links of the chain in order, up to a number; of some kinds only, where they are named; of those only the
    ``last`` ones."""
    row = ENTRY.c
    query = sa.select(row.sequence, row.moment, row.kind, row.body, row.previous, row.digest)
    if upto is not None:
        query = query.where(row.sequence <= upto)
    if kinds:
        query = query.where(row.kind.in_(kinds))
    if last is not None:
        query = sa.select(query.order_by(row.sequence.desc()).limit(last).subquery())
    query = query.order_by(query.selected_columns.sequence)
    with connection.execution_options(yield_per=_MANY).execute(query) as rows:
        for found in rows:
            yield Link(*found)


def entries_of(
    connection: sa.Connection, upto: int | None = None, kinds: Collection[str] = (), last: int | None = None
) -> Iterator[Recorded]:
    """The entries, the oldest first, with the names of people. Raises ``LexlineError`` for what is no entry."""
    people = People(connection)
    with closing(links_of(connection, upto, kinds, last)) as links:
        for link in links:
            try:
                entry = entry_of(link.body, people.name)
            except (ValueError, KeyError):
                message = f"entry {link.sequence} of the ledger is none: it was changed, or a newer Lexline wrote it"
                advice = "`lexline ledger verify` shows what was changed"
                raise LexlineError((Diagnostic("LX521", message, (), advice),)) from None
            yield _recorded(link, entry)


def naming_entries(connection: sa.Connection, key: str) -> int:
    """How many entries name a person."""
    said = sa.select(sa.func.count()).select_from(ENTRY).where(ENTRY.c.body.contains(f'"{key}"', autoescape=True))
    return int(connection.execute(said).scalar_one())


def _row(link: Link) -> dict[str, object]:
    return {
        "sequence": link.sequence,
        "moment": link.moment,
        "kind": link.kind,
        "body": link.body,
        "previous": link.previous,
        "digest": link.digest,
    }


def _recorded(link: Link, entry: Entry) -> Recorded:
    return Recorded(link.sequence, moment_of(link.moment), entry, link.previous, link.digest)
