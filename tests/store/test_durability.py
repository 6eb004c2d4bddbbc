"""What is written to a store is whole, whoever is killed and whoever else writes."""

from __future__ import annotations

import random
import resource
import signal
import time
from pathlib import Path

import pytest
import sqlalchemy as sa

import writer
from lexline.diagnostics import LexlineError, UnfinishedError
from lexline.store import open_store
from lexline.store.inserts import add_rows
from lexline.store.opening import open_database
from lexline.store.tables import PHRASE, STATEMENT
from lexline_lineage.facts import AttributeFact

KILLS = 12


def versions(address: str) -> dict[str, set[object]]:
    """By source, the numbers of the imports that its facts are from, and that all are there."""
    found: dict[str, set[object]] = {}
    counts: dict[str, int] = {}
    with open_store(address) as store:
        for fact in store.facts():
            counts[fact.source.system] = counts.get(fact.source.system, 0) + 1
            if isinstance(fact, AttributeFact):
                found.setdefault(fact.source.system, set()).add(fact.value)
    assert set(counts.values()) <= {2 * writer.ELEMENTS}
    return found


def test_a_killed_import_leaves_the_state_before_it(address: str) -> None:
    chance = random.Random(20261128)  # noqa: S311  # when to kill is no secret
    killed_at_work = 0
    for _ in range(KILLS):
        process, telling = writer.start(address, "s", 1_000)
        assert telling.recv() == -1
        time.sleep(chance.uniform(0.0, 0.12))
        process.kill()
        told = writer.told_until_the_end(telling)
        process.join()
        found = versions(address).get("s", set())
        assert len(found) <= 1
        if told:  # what was reported as written is there, or what came after it
            assert {int(str(version)) for version in found} & {told[-1], told[-1] + 1}
        killed_at_work += process.exitcode == -signal.SIGKILL
    assert killed_at_work == KILLS
    with open_store(address) as store:
        numbers = [revision.number for revision in store.revisions()]
    assert numbers == list(range(len(numbers), 0, -1))


def test_imports_at_the_same_time_lose_nothing(address: str) -> None:
    started = [writer.start(address, source, 6) for source in ("a", "b", "c", "a")]
    for process, telling in started:
        assert writer.told_until_the_end(telling) == [-1, *range(6)]
        process.join()
        assert process.exitcode == 0
    assert versions(address) == {source: {"5"} for source in ("a", "b", "c")}
    with open_store(address) as store:
        numbers = [revision.number for revision in store.revisions()]
    assert numbers == list(range(len(numbers), 0, -1))
    assert 18 <= len(numbers) <= 24  # two that say the same at once are one revision


def test_who_reads_during_imports_sees_whole_states(address: str) -> None:
    process, telling = writer.start(address, "s", 1_000)
    assert [telling.recv(), telling.recv()] == [-1, 0]
    seen: list[int] = []
    while len(set(seen)) < 4:  # versions() looks that each state is whole
        (version,) = versions(address)["s"]
        seen.append(int(str(version)))
    process.kill()
    process.join()
    assert seen == sorted(seen)


def test_rows_that_a_database_refuses_leave_the_state_before_them(address: str) -> None:
    database = open_database(address)

    def write() -> None:
        with database.writing("facts") as connection:
            add_rows(connection, PHRASE, ("id", "digest", "text"), [(1, bytes(16), "x")])
            add_rows(connection, STATEMENT, ("id",), [("no number",)])

    with pytest.raises(LexlineError) as caught:
        write()
    assert caught.value.diagnostics[0].code in ("LX501", "LX504")
    with database.reading() as connection:
        assert connection.execute(sa.select(PHRASE.c.id)).all() == []
    database.close()


@pytest.mark.parametrize("content", [b"no database at all", b"SQLite format 3\0" + b"\xff" * 500])
def test_a_file_that_is_no_store(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    path.write_bytes(content)
    with pytest.raises(LexlineError) as caught:
        open_store(path)
    assert caught.value.diagnostics[0].code == "LX501"
    assert path.read_bytes() == content


@pytest.mark.parametrize(
    "address",
    ["mysql://localhost/x", "://", "no/such/folder/store.db", "\0.db", "x" * 5_000],
)
def test_an_address_that_leads_nowhere(address: str) -> None:
    with pytest.raises(LexlineError) as caught:
        open_store(address)
    assert caught.value.diagnostics[0].code == "LX501"


def test_a_full_disk_leaves_the_state_before_it(tmp_path: Path) -> None:
    address = str(tmp_path / "store.db")
    with open_store(address) as store:
        store.replace("s", writer.said("s", 0), importer="test")
    limit = sum(file.stat().st_size for file in tmp_path.iterdir()) + 8_192
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    with open_store(address) as store:
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, before[1]))
        try:
            with pytest.raises(UnfinishedError) as caught:
                store.replace(
                    "t", [fact for number in range(40) for fact in writer.said(f"t{number}", 1)], importer="i"
                )
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert caught.value.diagnostics[0].code == "LX504"
    assert versions(address) == {"s": {"0"}}
