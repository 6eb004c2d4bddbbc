"""What a glance at an SQLite file says is what the store says."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

import writer
from ledger_entries import ENTRIES
from lexline.store import Store, open_store
from lexline.store_state import EVIDENCE, WAIVING, CurrentState, glance
from lexline_lineage.facts import AttributeFact, Source


def told(store: Store) -> CurrentState:
    """The same as a glance, by what the store says."""
    head = store.head()
    assert head is not None
    revision, moment, erased = map(int, store.state(head).split())
    evidence, waiving = (store.last_entry(kinds) for kinds in (EVIDENCE, WAIVING))
    return CurrentState(
        revision, moment, erased, evidence.sequence, evidence.digest if evidence.sequence else "", waiving.sequence
    )


def test_a_glance_says_what_the_store_says(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    assert glance(str(path)) is None
    with open_store(path, {"owner"}) as store:
        assert glance(str(path)) is None  # nothing has been imported
        for number in range(3):
            store.replace("s", writer.said("s", number), importer="i")
            assert glance(str(path)) == told(store)
        store.replace("t", [AttributeFact("s/1", "owner", "Jo", Source("t"))], importer="i")
        store.erase("Jo")
        assert glance(str(path)) == told(store)
        for entry in ENTRIES:
            store.append([entry])
            assert glance(str(path)) == told(store)
    found = glance(str(path))
    assert found is not None
    assert (found.revision, found.erased) == (5, 1)
    assert found.evidence > 0
    assert found.waiving > 0
    assert sorted(file.name for file in tmp_path.iterdir()) == ["store.db"]
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    assert glance(str(path)) is None


@pytest.mark.parametrize("where", ["postgresql://localhost/x", "\0", "x" * 5_000, ".", ""])
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
