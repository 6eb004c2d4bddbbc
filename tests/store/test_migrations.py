"""The migrations make the tables that the code knows."""

from __future__ import annotations

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

import writer
from lexline.store import open_store, opening
from lexline.store.opening import VERSION, open_database
from lexline.store.tables import METADATA


def test_the_newest_migration_is_what_the_code_knows() -> None:
    assert ScriptDirectory("engine/lexline/store/migrations").get_current_head() == VERSION


def test_migrations_make_the_tables(address: str) -> None:
    database = open_database(address)
    with database.reading() as connection:
        assert compare_metadata(MigrationContext.configure(connection), METADATA) == []
    database.close()


@pytest.mark.parametrize("older", ["0002"])
def test_an_older_store_is_brought_up_to_date(address: str, older: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as then:
        then.setattr(opening, "VERSION", older)
        with open_store(address) as store:
            store.replace("s", writer.said("s", 0), importer="test")
    with open_store(address) as store:
        assert store.facts() == tuple(writer.said("s", 0))
        store.replace("t", writer.said("t", 1), importer="test")
        assert store.facts() == (*writer.said("s", 0), *writer.said("t", 1))
    database = open_database(address)
    with database.reading() as connection:
        assert compare_metadata(MigrationContext.configure(connection), METADATA) == []
    database.close()
