"""Stores for tests: one in a file, one in a PostgreSQL schema of its own where a server can be reached."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import sqlalchemy as sa

__all__ = ["NO_SERVER", "postgres_url", "schema_of_its_own", "where"]

_URL = os.environ.get("LEXLINE_TEST_POSTGRES", "postgresql+psycopg://root@127.0.0.1:5432/test")
NO_SERVER = f"NO POSTGRESQL SERVER AT {_URL}: half of the store's tests are left out; set LEXLINE_TEST_POSTGRES"


@cache
def postgres_url() -> str | None:
    """The address of a server that answers."""
    try:
        engine = sa.create_engine(_URL, poolclass=sa.NullPool, connect_args={"connect_timeout": 3})
        with engine.connect():
            return _URL
    except (sa.exc.SQLAlchemyError, ModuleNotFoundError):
        return None


@contextmanager
def schema_of_its_own() -> Iterator[str]:
    """The address of an empty schema, which is dropped in the end."""
    schema = f"lexline_{secrets.token_hex(6)}"
    engine = sa.create_engine(_URL, poolclass=sa.NullPool, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(sa.text(f"CREATE SCHEMA {schema}"))
    try:
        yield f"{_URL}?options=-csearch_path%3D{schema}"
    finally:
        with engine.connect() as connection:
            connection.execute(sa.text(f"DROP SCHEMA {schema} CASCADE"))


@contextmanager
def where(backend: str, folder: Path) -> Iterator[str]:
    """Where a new store of a backend is: ``sqlite`` or ``postgresql``."""
    if backend == "sqlite":
        yield str(folder / "store.db")
    else:
        with schema_of_its_own() as url:
            yield url
