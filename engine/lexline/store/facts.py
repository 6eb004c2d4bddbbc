"""Facts in the database: what each source says, from which revision on and until which.

All functions work on a connection of ``Database`` and leave committing to it.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from lexline.store.people import People
from lexline.store.revisions import Revision, add_revision
from lexline.store.rows import PERSON, Line, fact_of_line, line_of
from lexline.store.tables import IMPORT_RUN, PHRASE, RETRACTION, STATEMENT
from lexline_lineage.facts import Fact, Source

__all__ = ["facts_at", "naming", "replace_sources"]

_MANY = 500
"""How many values one query asks for."""


def replace_sources(
    connection: sa.Connection, said: Mapping[str, tuple[str, Iterable[Fact]]], note: str, people: People
) -> Revision | None:
    """From a new revision on each source says its facts and nothing else; ``said`` gives its importer and its facts.
    None where they said just that before."""
    changes = {}
    for source, (importer, facts) in said.items():
        fresh, gone = _change(connection, source, Counter(line_of(fact, people.key) for fact in facts))
        if fresh or gone:
            changes[source] = importer, fresh, gone
    if not changes:
        return None
    people.save()
    made = add_revision(connection, "import", note)
    for source, (importer, fresh, gone) in changes.items():
        _insert(connection, made.number, source, fresh)
        if gone:
            taken = [{"statement": number, "revision": made.number} for number in gone]
            connection.execute(sa.insert(RETRACTION), taken)
        (said_by,) = _phrases(connection, [source])
        run = {"revision": made.number, "source": said_by, "importer": importer}
        connection.execute(sa.insert(IMPORT_RUN), run | {"added": len(fresh), "removed": len(gone)})
    return made


def _change(connection: sa.Connection, source: str, wanted: Counter[Line]) -> tuple[list[Line], list[int]]:
    """The lines that a source says anew, and the keys of the statements that it takes back."""
    kept = Counter[Line]()
    gone: list[int] = []
    for number, line in _current(connection, source):
        if kept[line] < wanted[line]:
            kept[line] += 1
        else:
            gone.append(number)
    return list((wanted - kept).elements()), gone


def facts_at(connection: sa.Connection, revision: int, people: People, without: Collection[str] = ()) -> Iterator[Fact]:
    """All facts of a revision but those of the sources ``without``, in the order in which they were first said."""
    sources: dict[tuple[str, str], Source] = {}
    for source, line in _lines(connection, revision):
        if source not in without:
            said = sources.setdefault((source, line.place), Source(source, line.place))
            yield fact_of_line(line, said, people.name)


def naming(connection: sa.Connection, key: str) -> tuple[int, tuple[str, ...]]:
    """How many facts of any time name a person, and the sources that name them now."""
    said = sa.select(STATEMENT).join(PHRASE, STATEMENT.c.object == PHRASE.c.id)
    said = said.where(STATEMENT.c.form == PERSON, PHRASE.c.text == key)
    count = connection.execute(sa.select(sa.func.count()).select_from(said.subquery())).scalar_one()
    now = said.where(STATEMENT.c.id.not_in(sa.select(RETRACTION.c.statement))).subquery()
    names = sa.select(PHRASE.c.text).where(PHRASE.c.id.in_(sa.select(now.c.source))).order_by(PHRASE.c.text)
    return int(count), tuple(connection.execute(names).scalars())


# ---- rows ----------------------------------------------------------------------------------------------------------


def _insert(connection: sa.Connection, revision: int, source: str, lines: Sequence[Line]) -> None:
    if not lines:
        return
    texts = dict.fromkeys(
        [source, *(text for line in lines for text in (line.subject, line.name, line.object, line.place))]
    )
    numbers = dict(zip(texts, _phrases(connection, list(texts)), strict=True))
    rows = [
        {
            "revision": revision,
            "source": numbers[source],
            "place": numbers[line.place],
            "form": line.form,
            "subject": numbers[line.subject],
            "name": numbers[line.name],
            "object": numbers[line.object],
            "since": line.since,
            "until": line.until,
            "flag": line.flag,
        }
        for line in lines
    ]
    connection.execute(sa.insert(STATEMENT), rows)


def _phrases(connection: sa.Connection, texts: Sequence[str]) -> list[int]:
    """The numbers of texts; new ones are inserted."""
    digests = [hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()[:16] for text in texts]
    known = _known(connection, digests)
    new = [{"digest": digest, "text": text} for digest, text in zip(digests, texts, strict=True) if digest not in known]
    if new:
        connection.execute(sa.insert(PHRASE), new)
        known |= _known(connection, [digest for digest in digests if digest not in known])
    return [known[digest] for digest in digests]


def _known(connection: sa.Connection, digests: Sequence[bytes]) -> dict[bytes, int]:
    found: dict[bytes, int] = {}
    for begin in range(0, len(digests), _MANY):
        query = sa.select(PHRASE.c.digest, PHRASE.c.id).where(PHRASE.c.digest.in_(digests[begin : begin + _MANY]))
        found.update((bytes(digest), number) for digest, number in connection.execute(query))
    return found


def _current(connection: sa.Connection, source: str) -> Iterator[tuple[int, Line]]:
    """What the source says now, by the keys of its statements, the oldest first."""
    query = _written_out().where(STATEMENT.c.id.not_in(sa.select(RETRACTION.c.statement)))
    query = query.where(STATEMENT.c.source.in_(sa.select(PHRASE.c.id).where(PHRASE.c.text == source)))
    for row in connection.execute(query.order_by(STATEMENT.c.id)):
        yield row[0], Line(*row[2:])


def _lines(connection: sa.Connection, revision: int) -> Iterator[tuple[str, Line]]:
    """What all sources say at a revision, each by its name."""
    taken = sa.select(RETRACTION.c.statement).where(RETRACTION.c.revision <= revision)
    query = _written_out().where(STATEMENT.c.revision <= revision, STATEMENT.c.id.not_in(taken))
    for row in connection.execution_options(yield_per=20_000).execute(query.order_by(STATEMENT.c.id)):
        yield row[1], Line(*row[2:])


def _written_out() -> sa.Select[Any]:
    """Statements with the texts that they refer to: key, source, and the parts of a ``Line``."""
    said_by, subject, name, thing, place = (PHRASE.alias() for _ in range(5))
    joined = (
        STATEMENT.join(said_by, STATEMENT.c.source == said_by.c.id)
        .join(subject, STATEMENT.c.subject == subject.c.id)
        .join(name, STATEMENT.c.name == name.c.id)
        .join(thing, STATEMENT.c.object == thing.c.id)
        .join(place, STATEMENT.c.place == place.c.id)
    )
    row = STATEMENT.c
    line = (row.form, subject.c.text, name.c.text, thing.c.text, row.since, row.until, row.flag, place.c.text)
    return sa.select(row.id, said_by.c.text, *line).select_from(joined)
