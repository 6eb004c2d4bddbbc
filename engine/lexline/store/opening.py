"""Opens a store: an SQLite file, or a PostgreSQL database by its address. A new one is made, an old one migrated.

Nothing here is left half-done: making and migrating happen in one transaction, under a lock that every process takes.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import resources
from pathlib import Path
from typing import Literal

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from lexline.diagnostics import Diagnostic, LexlineError, UnfinishedError
from lexline.store_state import VERSION

__all__ = ["VERSION", "Database", "open_database"]

_LOCKS = {"facts": 4_107_518_243, "ledger": 4_107_518_244}
"""The keys of the locks that writers of a part take in PostgreSQL, in this order; SQLite locks the file."""
_WAIT_MS = 60_000
_WRITES = "lexline_writes"
_LOCKED = ("SQLITE_BUSY", "SQLITE_LOCKED", "55P03")
"""How the names of errors begin that another process causes; the last is PostgreSQL's for a lock not given in time."""
_FAILED = ("SQLITE_FULL", "SQLITE_IOERR", "SQLITE_NOMEM")
"""How those begin that no person's words cause."""


class Database:
    """A database that holds a store. Transactions that write the same part come one after the other; readers wait for
    nobody."""

    def __init__(self, engine: sa.Engine, shown: str) -> None:
        self._engine = engine
        self.shown = shown
        """what messages call it: without a password"""

    @contextmanager
    def reading(self) -> Iterator[sa.Connection]:
        """One state of the database, whatever is written meanwhile. Raises ``LexlineError``."""
        with self._told(), self._engine.connect() as connection, connection.begin():
            yield connection

    @contextmanager
    def writing(self, *parts: Literal["facts", "ledger"]) -> Iterator[sa.Connection]:
        """A transaction that no other writer of these parts crosses (people belong to the facts); all of it is kept
        where the block ends well, nothing otherwise. Raises ``LexlineError``."""
        with self._told(), self._engine.connect() as connection:
            connection = connection.execution_options(**{_WRITES: True})
            if connection.dialect.name == "postgresql":  # the state is read after the lock was given, not before
                connection = connection.execution_options(isolation_level="READ COMMITTED")
            with connection.begin():
                if connection.dialect.name == "postgresql":
                    connection.execute(sa.text(f"SET LOCAL lock_timeout = {_WAIT_MS}"))
                    for key in (key for part, key in _LOCKS.items() if part in parts):
                        connection.execute(sa.text("SELECT pg_advisory_xact_lock(:key)"), {"key": key})
                yield connection

    def wipe(self) -> None:
        """Write anew what the database keeps, so that nothing is left of what was replaced."""
        with self._told(), self._engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            if connection.dialect.name == "postgresql":
                connection.execute(sa.text("VACUUM FULL person"))
                return
            connection.exec_driver_sql("COMMIT")  # what "begin" below began
            connection.exec_driver_sql("VACUUM")
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")

    def close(self) -> None:
        """Give back what the database holds open."""
        self._engine.dispose()

    @contextmanager
    def _told(self) -> Iterator[None]:
        """Says what went wrong with the database in a sentence."""
        try:
            yield
        except DBAPIError as error:
            raise _problem(self.shown, error) from None


def open_database(where: str | Path, *, make: bool = True) -> Database:
    """The store at a path, or at an address such as ``postgresql://host/name``. One that isn't there is made, or counts
    as empty unless ``make``. Raises ``LexlineError``."""
    text = str(where)
    if "\0" in text:
        raise _refusal("the name of the store has a character that no name can have", "write it anew")
    try:
        url = sa.engine.make_url(text) if "://" in text else sa.URL.create("sqlite", database=text)
    except SQLAlchemyError:
        raise _refusal("the address of the store can't be read", "write it as `postgresql://host/database`") from None
    if url.drivername in ("postgresql", "postgres"):
        url = url.set(drivername="postgresql+psycopg")
    if url.get_backend_name() not in ("sqlite", "postgresql"):
        raise _refusal(f"a store in `{url.get_backend_name()}` is not supported", "name an SQLite file or PostgreSQL")
    if make or url.get_backend_name() != "sqlite" or _is_there(url.database or ""):
        database = Database(_engine(url), url.render_as_string(hide_password=True) if "://" in text else text)
        try:
            if _bring_up_to_date(database, make=make):
                return database
        except BaseException:
            database.close()
            raise
        database.close()
    nothing = Database(_engine(sa.URL.create("sqlite", database=":memory:")), text)
    _bring_up_to_date(nothing, make=True)
    return nothing


def _is_there(path: str) -> bool:
    try:
        return Path(path).stat().st_size > 0
    except FileNotFoundError:
        return False
    except OSError as error:
        said = (error.strerror or str(error)).lower()
        raise _refusal(
            f"the store `{path[:200]}` can't be used: {said}", "check its name and your access rights"
        ) from None


def _engine(url: sa.URL) -> sa.Engine:
    if url.get_backend_name() == "postgresql":
        try:
            return sa.create_engine(url, isolation_level="REPEATABLE READ")
        except ModuleNotFoundError:
            advice = "install the extra: pip install 'lexline[postgres]'"
            raise _refusal("PostgreSQL can't be reached without psycopg", advice) from None
    engine = sa.create_engine(url, connect_args={"timeout": _WAIT_MS / 1000})

    @sa.event.listens_for(engine, "connect")
    def prepare(connection: object, _record: object) -> None:
        connection.isolation_level = None  # type: ignore[attr-defined]  # transactions begin where we say so
        cursor = connection.cursor()  # type: ignore[attr-defined]
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "secure_delete=ON", f"busy_timeout={_WAIT_MS}"):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @sa.event.listens_for(engine, "begin")
    def begin(connection: sa.Connection) -> None:
        writes = connection.get_execution_options().get(_WRITES)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine


def _bring_up_to_date(database: Database, *, make: bool) -> bool:
    """Make the tables, or migrate older ones; False where there are none and they are not to be made."""
    with database.reading() as connection:
        version = _version(connection, database.shown)
    if version == VERSION:
        return True
    if not version and not make:
        return False
    from alembic import command
    from alembic.config import Config

    with (
        database.writing("facts", "ledger") as connection,
        resources.as_file(resources.files("lexline.store") / "migrations") as folder,
    ):
        if _version(connection, database.shown) != VERSION:
            config = Config()
            config.set_main_option("script_location", str(folder).replace("%", "%%"))
            config.attributes["connection"] = connection
            command.upgrade(config, VERSION)
    return True


def _version(connection: sa.Connection, shown: str) -> str:
    """The migration that a database is at; empty for a new one. Raises ``LexlineError`` for another's."""
    tables = set(sa.inspect(connection).get_table_names())
    if "alembic_version" not in tables or "statement" not in tables:
        if tables - {"alembic_version"}:
            raise _refusal(f"`{shown}` is a database of something else", "name another file or database for the store")
        return ""
    found = str(connection.execute(sa.text("SELECT version_num FROM alembic_version")).scalar() or "")
    if found > VERSION:
        raise _refusal(f"`{shown}` was written by a newer version of Lexline", "update Lexline: pip install -U lexline")
    return found


def _problem(shown: str, error: DBAPIError) -> LexlineError:
    """What a database said, as a mistake of a person where it is one (a name, access rights) or as what kept us from
    going on."""
    said = str(error.orig).strip().split("\n", 1)[0][:200]
    name = getattr(error.orig, "sqlite_errorname", None) or getattr(error.orig, "sqlstate", None) or ""
    if name.startswith(_LOCKED):
        message = f"the store `{shown}` is being written to by another process"
        return UnfinishedError((Diagnostic("LX502", message, (), "try again when that has ended"),))
    if name.startswith("SQLITE_READONLY"):
        message = f"the store `{shown}` can't be used: for you, it or its folder is read-only"
        return _refusal(message, "check your access rights; SQLite keeps files beside a store, even to read it")
    if name.startswith("SQLITE_CANTOPEN"):
        advice = "check its name and your access rights, to its folder too: SQLite keeps files beside it"
        return _refusal(f"the store `{shown}` can't be opened", advice)
    if isinstance(error.orig, sqlite3.Error) and not name.startswith(_FAILED):
        return _refusal(f"the store `{shown}` can't be used: {said}", "check its name and your access rights")
    message = f"the store `{shown}` failed: {said}"
    return UnfinishedError((Diagnostic("LX504", message, (), "nothing was changed; check the disk or the server"),))


def _refusal(message: str, advice: str) -> LexlineError:
    return LexlineError((Diagnostic("LX501", message, (), advice),))
