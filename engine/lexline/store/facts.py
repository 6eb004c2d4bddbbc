"""Facts in the database: what each source says, from which revision on and until which.

All functions work on a connection of ``Database`` and leave committing to it.
"""

from __future__ import annotations

import hashlib
import secrets
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa

from lexline.store.rows import Line, fact_of_line, line_of
from lexline.store.tables import IMPORT_RUN, PERSON, PHRASE, RETRACTION, REVISION, STATEMENT
from lexline_lineage.facts import Fact, Source

__all__ = ["ERASED", "People", "Revision", "facts_at", "head", "moment_of", "replace_sources", "revisions", "ticks_of"]

ERASED = "erased person"
"""How the name of an erased person begins; the key follows, so that two of them stay two."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_MANY = 500
"""How many values one query asks for."""


@dataclass(frozen=True, slots=True)
class Revision:
    """A state of the facts: its number, counted from 1, the moment at which it was made, by what (``import``,
    ``erase``), and a note."""

    number: int
    moment: datetime
    kind: str
    note: str = ""


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


def head(connection: sa.Connection) -> Revision | None:
    """The newest revision."""
    return next(revisions(connection), None)


class People:
    """The people of a store: keys for names, names for keys."""

    def __init__(self, connection: sa.Connection, attributes: Collection[str] = ()) -> None:
        self._connection = connection
        self._attributes = frozenset(attributes)
        self._names: dict[str, str] = {}
        self._keys: dict[str, str] = {}
        self._new: list[dict[str, object]] = []
        for key, name in connection.execute(sa.select(PERSON.c.key, PERSON.c.name)):
            self._names[key] = f"{ERASED} {key}" if name is None else name
            if name is not None:
                self._keys[name] = key

    def key(self, attribute: str, name: str) -> str | None:
        """The key of the person whom ``attribute`` names; a new one where nobody has the name. None where the
        attribute names nobody."""
        if attribute not in self._attributes:
            return None
        key = self._keys.get(name)
        if key is None:
            key = self._keys[name] = secrets.token_hex(8)
            self._names[key] = name
            self._new.append({"key": key, "name": name, "erased_at": None})
        return key

    def name(self, key: str) -> str:
        """The name of the person with a key."""
        return self._names[key]

    def save(self) -> None:
        """Insert the people who are new."""
        if self._new:
            self._connection.execute(sa.insert(PERSON), self._new)
            self._new = []


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
    last = head(connection)
    moment = max(datetime.now(UTC), last.moment + _MICROSECOND) if last else datetime.now(UTC)
    made = Revision(last.number + 1 if last else 1, moment, "import", note)
    row = {"number": made.number, "moment": ticks_of(made.moment), "kind": made.kind, "note": made.note}
    connection.execute(sa.insert(REVISION), row)
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


def facts_at(connection: sa.Connection, revision: int, people: People) -> Iterator[Fact]:
    """All facts of a revision, by their source, in the order in which they were first said."""
    sources: dict[tuple[str, str], Source] = {}
    for source, line in _lines(connection, revision):
        said = sources.setdefault((source, line.place), Source(source, line.place))
        yield fact_of_line(line, said, people.name)


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
