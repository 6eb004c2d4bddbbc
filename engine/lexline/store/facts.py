"""Facts in the database: what each source says, from which revision on and until which.

All functions work on a connection of ``Database`` and leave committing to it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import islice

import numpy as np
import sqlalchemy as sa
from numpy.typing import NDArray

from lexline.store.columns import Statements, statements
from lexline.store.people import People
from lexline.store.phrases import Phrases
from lexline.store.revisions import Revision, add_revision
from lexline.store.rows import PERSON, line_of
from lexline.store.tables import IMPORT_RUN, PHRASE, RETRACTION, STATEMENT
from lexline_lineage.facts import Fact

__all__ = ["naming", "replace_sources"]

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
            taken = [{"statement": number, "revision": made.number} for number in some.tolist()]
            connection.execute(sa.insert(RETRACTION), taken)
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
    if not len(said.id) or not len(wanted):
        return wanted, said.id
    current = np.stack([getattr(said, name).astype(np.int64) for name in _COLUMNS], axis=1)
    both = np.concatenate([wanted, current])
    order = np.lexsort(both.T)  # stable: equal rows stay in their order
    ordered = both[order]
    begins = np.concatenate([[True], (ordered[1:] != ordered[:-1]).any(axis=1)])
    group = np.cumsum(begins) - 1
    is_said = order >= len(wanted)
    counts = np.bincount(group, weights=is_said).astype(np.int64), np.bincount(group, weights=~is_said).astype(np.int64)
    seen = np.cumsum(is_said), np.cumsum(~is_said)
    before = [(total - here)[begins][group] for total, here in zip(seen, (is_said, ~is_said), strict=True)]
    rank = np.where(is_said, seen[0] - before[0], seen[1] - before[1])
    extra = rank > np.where(is_said, counts[1][group], counts[0][group])
    fresh = np.sort(order[extra & ~is_said])
    return wanted[fresh], np.sort(said.id[order[extra & is_said] - len(wanted)])


def _insert(connection: sa.Connection, revision: int, source: int, rows: Rows) -> None:
    for some in _parts(rows):
        said = [dict(zip(_COLUMNS, row, strict=True)) for row in some.tolist()]
        for row in said:
            row |= {
                "revision": revision,
                "source": source,
                "since": row["since"] or None,
                "until": row["until"] or None,
            }
        connection.execute(sa.insert(STATEMENT), said)


def _parts(rows: NDArray[np.int64]) -> Iterator[NDArray[np.int64]]:
    for begin in range(0, len(rows), _MANY):
        yield rows[begin : begin + _MANY]
