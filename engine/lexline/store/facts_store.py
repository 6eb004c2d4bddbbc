"""A store as others see it: facts by revision, and the ledger. Nothing outside of this package knows the tables."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Literal, Self

from lexline.diagnostics import Diagnostic, LexlineError
from lexline.lang.suggest import nearest
from lexline.ledger.chain import Head, Link
from lexline.ledger.record import Entry, Recorded, names_people
from lexline.store import entries, facts, revisions
from lexline.store.columns import columns_at
from lexline.store.opening import Database, open_database
from lexline.store.people import People
from lexline.store.revisions import Revision, SourceChange
from lexline_lineage.fact_columns import FactColumns
from lexline_lineage.fact_files import check_writable, record_of
from lexline_lineage.facts import Fact, Source

__all__ = ["Erasure", "FactDifference", "Store", "open_store"]


@dataclass(frozen=True, slots=True)
class FactDifference:
    """What came and what went between two revisions; where only the place of a fact differs, neither."""

    added: tuple[Fact, ...]
    removed: tuple[Fact, ...]


@dataclass(frozen=True, slots=True)
class Erasure:
    """A person is erased: their ``key``, in how many ``facts`` of any time and ``entries`` of the ledger it stands, and
    the ``sources`` that name them still, whose next import brings the name back."""

    key: str
    facts: int
    entries: int
    sources: tuple[str, ...]


def open_store(where: str | Path, persons: Collection[str] = (), *, make: bool = True) -> Store:
    """The store at a path or an address. One that isn't there is made, or counts as an empty one unless ``make``.
    ``persons`` are the attributes whose texts name people, which are kept apart so that they can be erased. Raises
    ``LexlineError``."""
    return Store(open_database(where, make=make), persons)


class Store:
    """Facts of all sources, as they are and as they were. Every method is one transaction and raises
    ``LexlineError`` where the database can't be used."""

    def __init__(self, database: Database, persons: Collection[str]) -> None:
        self._database = database
        self._persons = frozenset(persons)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Give back what the store holds open."""
        self._database.close()

    def head(self) -> Revision:
        """The newest revision; number 0 where nothing has been imported yet."""
        with self._database.reading() as connection:
            return revisions.head(connection)

    def revisions(self) -> tuple[Revision, ...]:
        """All revisions, the newest first."""
        with self._database.reading() as connection:
            return tuple(revisions.revisions(connection))

    def changes(self) -> dict[int, tuple[SourceChange, ...]]:
        """What each import changed, by the number of its revision."""
        with self._database.reading() as connection:
            return revisions.changes(connection)

    def state(self, revision: Revision) -> str:
        """What tells the facts of a revision, as they read now, from those of every other store, revision and time:
        erasing a person changes how all of them read."""
        erased = sum(other.kind == "erase" for other in self.revisions())
        return f"{revision.number} {revisions.ticks_of(revision.moment)} {erased}"

    def revision_at(self, text: str) -> Revision:
        """The revision that a person names: its number (0: before the first import), or a day (``2026-09-03``), of
        which it is the last (UTC)."""
        known = self.revisions()
        if text.isdecimal():
            found = next((one for one in (*known, revisions.EMPTY) if one.number == int(text)), None)
            message = f"there is no revision {text}"
            advice = f"the newest is {known[0].number}; see `lexline log`" if known else "import something first"
        else:
            end = _end_of(text)
            found = next((one for one in known if one.moment <= end), None if known else revisions.EMPTY)
            message, advice = f"nothing had been imported by {text}", "`0` is the store before its first import"
        if found is None:
            raise LexlineError((Diagnostic("LX503", message, (), advice),))
        return found

    def facts(self, at: Revision | None = None) -> tuple[Fact, ...]:
        """All facts of a revision (the newest where None), in the order in which they were first said."""
        return tuple(self.columns(at).facts())

    def columns(self, at: Revision | None = None, *, without: Collection[str] = ()) -> FactColumns:
        """All facts of a revision (the newest where None), but those of the sources ``without``, by columns."""
        with self._database.reading() as connection:
            revision = at or revisions.head(connection)
            return columns_at(connection, revision.number, People(connection), without)

    def days(self) -> tuple[date, ...]:
        """The days on which a fact of any revision begins to be valid, or is valid no longer."""
        with self._database.reading() as connection:
            return tuple(facts.days_of_validity(connection))

    def replace(self, source: str, said: Iterable[Fact], *, importer: str, note: str = "") -> Revision | None:
        """From now on the source says just that. None where it said so before; all or nothing otherwise."""
        return self.replace_all({source: (importer, said)}, note=note)

    def replace_all(self, said: Mapping[str, tuple[str, Iterable[Fact]]], *, note: str = "") -> Revision | None:
        """The same for several sources at once, by their names, each with its importer. Raises ``LineageError`` for a
        fact that could not be read again."""
        said = {source: (importer, tuple(given)) for source, (importer, given) in said.items()}
        for _, given in said.values():
            check_writable(given)
        with self._database.writing("facts") as connection:
            people = People(connection, self._persons)
            return facts.replace_sources(connection, said, note, people)

    def check_known(self, name: str) -> None:
        """Raises ``LexlineError`` where nobody has the name."""
        with self._database.reading() as connection:
            _key_of(People(connection), name)

    def erase(self, name: str) -> Erasure:
        """Forget the name of a person at every revision, and for ever; their key stays in its place. Raises
        ``LexlineError`` where nobody has the name."""
        with self._database.writing("facts") as connection:
            people = People(connection)
            key = _key_of(people, name)
            people.erase(key)
            count, sources = facts.naming(connection, key)
            named = entries.naming_entries(connection, key)
            revisions.add_revision(connection, "erase", f"person {key}")
        self._database.wipe()
        return Erasure(key, count, named, sources)

    def difference(self, old: Revision, new: Revision) -> FactDifference:
        """What came and what went between two revisions."""
        said: dict[str, Fact] = {}
        counts = Counter[str](), Counter[str]()
        for revision, count in zip((old, new), counts, strict=True):
            for fact in map(_placeless, self.facts(revision)):
                text = json.dumps(record_of(fact))  # values may be lists and documents, and true is not 1
                said[text] = fact
                count[text] += 1
        before, after = counts
        came, went = ((one - other).elements() for one, other in ((after, before), (before, after)))
        return FactDifference(tuple(said[text] for text in came), tuple(said[text] for text in went))

    def append(self, recorded: Sequence[Entry], moment: datetime | None = None) -> tuple[Recorded, ...]:
        """Add entries to the ledger, all or none, at a moment (aware; now where None). They are on the disk when this
        returns. In PostgreSQL, those that name nobody don't wait for an import. Raises ``LexlineError`` also where the
        ledger does not end as it was written."""
        parts: tuple[Literal["facts", "ledger"], ...] = (
            ("facts", "ledger") if any(map(names_people, recorded)) else ("ledger",)
        )
        with self._database.writing(*parts) as connection:
            return entries.append(connection, recorded, moment or datetime.now(UTC))

    def entries(
        self, upto: int | None = None, kinds: Collection[str] = (), last: int | None = None
    ) -> tuple[Recorded, ...]:
        """The ledger's entries up to a number (all where None), the oldest first; those of some kinds where they are
        named, and only the ``last`` ones of them."""
        with self._database.reading() as connection:
            return tuple(entries.entries_of(connection, upto, kinds, last))

    def last_entry(self, kinds: Collection[str], *, at: str | None = None, upto: int | None = None) -> Head:
        """The last entry of some kinds up to a number; with ``at`` (as ``revision_at`` takes it), of those that were
        there in that state: by the end of the day, or until the next revision was made."""
        with self._database.reading() as connection:
            by = None
            if at is not None and at.isdecimal():
                later = (r for r in revisions.revisions(connection) if r.number == int(at) + 1)
                by = next((revisions.ticks_of(revision.moment) - 1 for revision in later), None)
            elif at is not None:
                by = revisions.ticks_of(_end_of(at))
            return entries.last_of(connection, kinds, upto, by)

    def ledger_head(self) -> Head:
        """How long the ledger is, and the digest of its last entry."""
        with self._database.reading() as connection:
            return entries.head_of_ledger(connection)

    @contextmanager
    def links(self) -> Iterator[tuple[Head, Iterator[Link]]]:
        """The ledger's head and its links in order, of one moment, as they are kept: for who verifies or exports."""
        with self._database.reading() as connection, closing(entries.links_of(connection)) as links:
            yield entries.head_of_ledger(connection), links


def _key_of(people: People, name: str) -> str:
    key = people.key_of(name)
    if key is None:
        near = nearest(name, people.known())
        advice = f"did you mean `{near}`?" if near else "names are compared to the letter"
        raise LexlineError((Diagnostic("LX505", f"the store knows nobody by the name `{name}`", (), advice),))
    return key


def _placeless(fact: Fact) -> Fact:
    return replace(fact, source=Source(fact.source.system))


def _end_of(day: str) -> datetime:
    return datetime.combine(_day(day), time.max, UTC)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        advice = "write the number of a revision, or a day such as 2026-09-03"
        raise LexlineError((Diagnostic("LX503", f"`{text}` is no revision and no day", (), advice),)) from None
