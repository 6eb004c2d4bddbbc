"""What a glance at a database says is what the store says."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
import sqlalchemy as sa

import writer
from ledger_entries import ENTRIES
from lexline.store import Store, open_store
from lexline.store.opening import open_database
from lexline.store_state import EVIDENCE, WAIVING, CurrentState, glance
from lexline_lineage.facts import AttributeFact, Source


def told(store: Store) -> CurrentState:
    """The same as a glance, by what the store says."""
    head = store.head()
    revision, moment, erased = map(int, store.state(head).split())
    evidence, waiving = (store.last_entry(kinds) for kinds in (EVIDENCE, WAIVING))
    return CurrentState(
        revision, moment, erased, evidence.sequence, evidence.digest if evidence.sequence else "", waiving.sequence
    )


def test_a_glance_says_what_the_store_says(address: str) -> None:
    assert glance(address) is None
    with open_store(address, {"owner"}) as store:
        assert glance(address) is None  # nothing has been imported
        for number in range(3):
            store.replace("s", writer.said("s", number), importer="i")
            assert glance(address) == told(store)
        store.replace("t", [AttributeFact("s/1", "owner", "Jo", Source("t"))], importer="i")
        store.erase("Jo")
        assert glance(address) == told(store)
        for entry in ENTRIES:
            store.append([entry])
            assert glance(address) == told(store)
    found = glance(address)
    assert found is not None
    assert (found.revision, found.erased) == (5, 1)
    assert found.evidence > 0
    assert found.waiving > 0
    database = open_database(address)
    with database.writing() as connection:
        connection.execute(sa.text("UPDATE alembic_version SET version_num = '9999'"))
    database.close()
    assert glance(address) is None


def test_a_glance_leaves_nothing_behind(tmp_path: Path) -> None:
    with open_store(tmp_path / "store.db") as store:
        store.replace("s", writer.said("s", 0), importer="i")
    assert glance(str(tmp_path / "store.db")) is not None
    assert [file.name for file in tmp_path.iterdir()] == ["store.db"]


@pytest.mark.parametrize("where", ["postgresql://127.0.0.1:1/x", "mysql://localhost/x", "\0", "x" * 5_000, ".", ""])
def test_a_glance_at_something_else(where: str) -> None:
    assert glance(where) is None


def test_a_glance_at_a_damaged_file(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    with open_store(path) as store:
        store.replace("s", writer.said("s", 0), importer="i")
    whole = path.read_bytes()
    for content in (b"", b"no database", whole[:5_000], whole[:100] + bytes(len(whole) - 100)):
        (tmp_path / "other.db").write_bytes(content)
        assert glance(str(tmp_path / "other.db")) is None
    shutil.copy(path, tmp_path / "other.db")
    assert glance(str(tmp_path / "other.db")) == glance(str(path))
