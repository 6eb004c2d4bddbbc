"""The migrations make the tables that the code knows."""

from __future__ import annotations

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from lexline.store.opening import VERSION, open_database
from lexline.store.tables import METADATA


def test_the_newest_migration_is_what_the_code_knows() -> None:
    assert ScriptDirectory("engine/lexline/store/migrations").get_current_head() == VERSION


def test_migrations_make_the_tables(address: str) -> None:
    database = open_database(address)
    with database.reading() as connection:
        assert compare_metadata(MigrationContext.configure(connection), METADATA) == []
    database.close()
