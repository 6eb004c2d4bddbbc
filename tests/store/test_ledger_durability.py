"""What the ledger was told is there whole or not at all, whoever is killed and whoever else writes."""

from __future__ import annotations

import random
import resource
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pytest

import ledger_writer
from lexline.diagnostics import UnfinishedError
from lexline.ledger.chain import verify
from lexline.ledger.record import Acknowledgement, Checkpoint
from lexline.store import open_store

KILLS = 5
SIZE = len(ledger_writer.batch("n", 0))


def start(address: str, name: str, times: int, *how: str) -> subprocess.Popen[str]:
    command = [sys.executable, str(Path(ledger_writer.__file__)), address, name, str(times), *how]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


def batches(address: str) -> Counter[str]:
    """How often each batch is there, after the chain was verified: only whole ones are, each in a row."""
    with open_store(address) as store:
        with store.links() as (head, links):
            assert verify(links, head) == []
        entries = [recorded.entry for recorded in store.entries()]
    found = Counter[str]()
    for first, middle, last in zip(entries[::SIZE], entries[1::SIZE], entries[2::SIZE], strict=True):
        assert isinstance(first, Acknowledgement)
        assert isinstance(middle, Checkpoint)
        assert isinstance(last, Acknowledgement)
        assert first.subject == last.subject == f"{middle.digest}/{middle.sequence}"
        assert first.by == last.by == f"person {first.subject}"
        found[first.subject] += 1
    return found


def test_killed_at_every_write_point(address: str) -> None:
    with open_store(address):  # making the tables is not what is killed here
        pass
    with start(address, "w", 2, "every-point") as process:
        told = process.communicate()[0].split()
    assert process.returncode == 0
    points = told.count("ready")
    found = batches(address)
    assert set(found.values()) == {1}
    assert set(told) - {"ready"} <= set(found)
    untold = set(found) - set(told)
    assert points > 20
    assert 0 < len(untold) < points / 2  # killed after the commit and before it could be told
    assert told[-1].endswith("/1")  # one got through


def test_killed_at_any_moment(address: str) -> None:
    chance = random.Random(20261128)  # noqa: S311  # when to kill is no secret
    for kill in range(KILLS):
        with start(address, f"k{kill}", 1_000) as process:
            assert process.stdout is not None
            assert process.stdout.readline() == "ready\n"
            time.sleep(chance.uniform(0.0, 0.1))
            process.kill()
            process.wait()
            told = {line.strip() for line in process.stdout}
        found = batches(address)
        assert told <= set(found)
        assert len([name for name in found if name.startswith(f"k{kill}/")]) - len(told) in (0, 1)


def test_writers_at_the_same_time_lose_nothing(address: str) -> None:
    processes = [start(address, name, 12) for name in ("a", "b", "c", "d")]
    for process in processes:
        with process:
            process.communicate()
        assert process.returncode == 0
    assert batches(address) == {f"{name}/{number}": 1 for name in "abcd" for number in range(12)}


def test_a_full_disk_leaves_the_ledger_before_it(tmp_path: Path) -> None:
    address = str(tmp_path / "store.db")
    with open_store(address) as store:
        store.append(ledger_writer.batch("s", 0))
    limit = sum(file.stat().st_size for file in tmp_path.iterdir()) + 8_192
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    with open_store(address) as store:
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, before[1]))
        try:
            with pytest.raises(UnfinishedError) as caught:
                store.append([entry for number in range(200) for entry in ledger_writer.batch("t", number)])
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, before)
        assert caught.value.diagnostics[0].code == "LX504"
        assert batches(address) == {"s/0": 1}
        store.append(ledger_writer.batch("u", 0))
    assert batches(address) == {"s/0": 1, "u/0": 1}
