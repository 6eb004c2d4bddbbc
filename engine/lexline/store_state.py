"""In which state a store is, asked of the database by its driver alone: where a snapshot serves, nothing else is asked
of the store, and SQLAlchemy would take longer to start than all the rest."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

__all__ = ["EVIDENCE", "VERSION", "WAIVING", "CurrentState", "glance"]

VERSION = "0003"
"""The newest migration, which is what this code reads and writes."""

EVIDENCE = ("assessment", "judgement")
"""The kinds of entries of the ledger that become facts."""
WAIVING = ("waiver", "waiver-withdrawn")
"""The kinds of entries that say what is waived."""


_WAIT_S = 1
"""How long a glance waits for who locks the file as a whole, which nobody does for long."""
_SCHEMES = ("postgres", "postgresql", "postgresql+psycopg")
"""How an address of PostgreSQL begins."""


def _last(column: str, kinds: Sequence[str]) -> str:
    among = ", ".join(f"'{kind}'" for kind in kinds)
    return f"(SELECT {column} FROM entry WHERE kind IN ({among}) ORDER BY sequence DESC LIMIT 1)"  # noqa: S608


_QUESTION = f"""
    SELECT version_num, number, moment, (SELECT count(*) FROM revision WHERE kind = 'erase'),
        {_last("sequence", EVIDENCE)}, {_last("digest", EVIDENCE)}, {_last("sequence", WAIVING)}
    FROM alembic_version, revision ORDER BY number DESC LIMIT 1
"""  # noqa: S608  # made of constants, as above
"""What says in which state a store is: one row, none where nothing has been imported."""


@dataclass(frozen=True, slots=True)
class CurrentState:
    """The newest ``revision`` and its ``moment`` (microseconds since 1970 UTC), how many people were ``erased``, the
    number and digest of the last assessment or judgement (0: none), and the number of the last entry on waivers."""

    revision: int
    moment: int
    erased: int
    evidence: int
    evidence_digest: str
    waiving: int

    @property
    def state(self) -> str:
        """What ``Store.state`` says of the newest revision."""
        return f"{self.revision} {self.moment} {self.erased}"


def glance(where: str) -> CurrentState | None:
    """The state of the store in an SQLite file or a PostgreSQL database. None where there is no driver, and where
    anything is not as it should be: whoever opens the store then says what."""
    if "\0" in where:
        return None
    scheme, is_address, rest = where.partition("://")
    if not is_address:
        row = _row_of_file(where)
    elif scheme in _SCHEMES:
        row = _row_of_server(f"postgresql://{rest}")
    else:
        row = None
    if row is None or row[0] != VERSION:
        return None
    _, revision, moment, erased, evidence, digest, waiving = row
    return CurrentState(revision, moment, erased, evidence or 0, digest or "", waiving or 0)


def _row_of_file(path: str) -> tuple[Any, ...] | None:
    import sqlite3

    try:
        if not Path(path).is_file():
            return None
        address = f"{Path(path).absolute().as_uri()}?mode=rw"  # it makes no file, and leaves none beside it
        with closing(sqlite3.connect(address, uri=True, timeout=_WAIT_S)) as connection:
            row: tuple[Any, ...] | None = connection.execute(_QUESTION).fetchone()
            return row
    except (sqlite3.Error, OSError, ValueError):
        return None


def _row_of_server(address: str) -> tuple[Any, ...] | None:
    try:
        import psycopg
    except ModuleNotFoundError:
        return None
    try:
        with psycopg.connect(address, autocommit=True) as connection:
            return connection.execute(_QUESTION.encode("ascii")).fetchone()
    except psycopg.Error:
        return None
