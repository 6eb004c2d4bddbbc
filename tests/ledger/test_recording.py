"""What is answered is recorded first, at every door alike; what can't be recorded is not answered."""

from __future__ import annotations

import json
import resource
import sqlite3
import subprocess
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from threading import Event

import pytest

import killed_gate
import lexline
from ledger_entries import ENTRIES
from lexline.app.cli.commands import run
from lexline.diagnostics import LexlineError, UnfinishedError
from lexline.ledger.record import Entry, EvaluationEntry, Recorded
from lexline.recording import Recorder, entry_of_report, verdicts_digest
from lexline.store import Store, open_store, opening

DAY = date(2026, 11, 22)
ON = ["--on", str(DAY)]


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Path:
    """The first project with a store that isn't there yet, entered."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LEXLINE_CACHE", "")
    assert run(["init", "."]) == 0
    settings = Path("lexline.yaml").read_text("utf-8").replace("facts: facts", "")
    Path("lexline.yaml").write_text(f"{settings}store: lexline.db\n", "utf-8")
    capsys.readouterr()
    return tmp_path


def recorded() -> tuple[EvaluationEntry, ...]:
    with open_store("lexline.db") as store:
        found = [entry.entry for entry in store.entries()]
    assert all(isinstance(entry, EvaluationEntry) for entry in found)
    return tuple(entry for entry in found if isinstance(entry, EvaluationEntry))


def test_gate_records_what_it_answers(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["gate", "credit", *ON, "--format", "json"]) == 1
    shown = json.loads(capsys.readouterr().out)
    (entry,) = recorded()
    assert (entry.door, entry.element, entry.outcome, entry.on, entry.moment) == ("gate", "credit", "block", DAY, None)
    assert entry.counts == shown["summary"]
    assert [policy.model_dump() for policy in entry.policies] == shown["policies"]
    assert entry.portfolio.model_dump() == shown["portfolio"]
    assert (entry.revision, entry.ledger, entry.waivers) == (None, 0, "")
    assert run(["gate", "credit"]) == 1
    assert recorded()[1].moment is not None


@pytest.mark.parametrize(
    ("arguments", "rules"), [([], ()), (["--rule", "VALIDATED"], ("house/VALIDATED",)), (["--format", "junit"], ())]
)
def test_check_records_where_it_is_asked_to(arguments: list[str], rules: tuple[str, ...], project: Path) -> None:
    assert run(["check", *ON, *arguments]) == 1
    assert not Path("lexline.db").exists()
    assert run(["check", *ON, "--record", *arguments]) == 1
    (entry,) = recorded()
    assert (entry.door, entry.element, entry.rules, entry.outcome) == ("check", "", rules, "block")


def test_the_doors_record_the_same(project: Path) -> None:
    run(["check", *ON, "--record"])
    evaluation = lexline.load(".", on=DAY)
    report = lexline.decide(evaluation, reasons=0)
    with lexline.open_recorder(".") as recorder:
        recorder.record(evaluation, report)
    by_command, by_program = recorded()
    assert by_program == by_command.model_copy(update={"door": "python"})
    assert by_program == entry_of_report(evaluation, lexline.decide(evaluation, reasons=-1), door="python")


def test_the_digest_of_verdicts_tells_each_part_of_them(project: Path) -> None:
    decisions = lexline.decide(lexline.load(".", on=DAY), reasons=0).decisions
    digest = verdicts_digest(decisions)
    assert verdicts_digest(decisions[::-1]) == digest
    first, *others = decisions
    for change in (
        {"rule": ("house", "OTHER")},
        {"rule": ("hous", "e/VALIDATED")},
        {"element": "other"},
        {"verdict": lexline.Verdict.WAIVED},
        {"underlying": lexline.Verdict.PASS},
        {"phase": lexline.Phase.UPCOMING},
    ):
        assert verdicts_digest([replace(first, **change), *others]) != digest


def test_what_was_not_evaluated_is_recorded_as_such(project: Path) -> None:
    assert run(["gate", "credit-live"]) == 2
    assert recorded()[0].outcome == "not-evaluated"


def test_no_record_leaves_no_trace(project: Path) -> None:
    assert run(["gate", "credit", "--no-record"]) == 1
    assert run(["check", "--no-record"]) == 1
    assert not Path("lexline.db").exists()


@pytest.mark.parametrize("command", [["gate", "credit"], ["check"]])
def test_a_project_without_a_store_records_nothing(
    command: list[str], project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    settings = Path("lexline.yaml").read_text("utf-8").replace("store: lexline.db", "")
    Path("lexline.yaml").write_text(settings, "utf-8")
    assert run(command) == 1
    capsys.readouterr()
    assert run([*command, "--record"]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert "there is no store" in said.err
    with pytest.raises(LexlineError, match="has no store"):
        lexline.open_recorder(".")


@pytest.mark.parametrize("command", [["gate", "credit"], ["check", "--record"]])
def test_what_can_not_be_recorded_is_not_answered(
    command: list[str], project: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    with open_store("lexline.db"):
        pass
    monkeypatch.setattr(opening, "_WAIT_MS", 10)
    with closing(sqlite3.connect("lexline.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        assert run(command) == 3
        said = capsys.readouterr()
        assert said.out == ""
        assert "LX522" in said.err
        assert "being written to by another process" in said.err
        assert "--no-record" in said.err
        assert run([*command, "--no-record"]) == 1
    assert run(command) == 1


def test_who_was_answered_is_on_record_whenever_it_was_killed(project: Path) -> None:
    with open_store("lexline.db"):
        pass
    command = [sys.executable, str(Path(killed_gate.__file__)), "credit"]
    printed = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    asked = [(line[0] == "1", int(line[2:])) for line in printed.splitlines()]
    before = 1  # it asks once before it is killed
    for answered, entries in asked:
        assert entries - before in ((1,) if answered else (0, 1))
        before = entries
    assert len(asked) > 10
    assert asked[-1][0]
    assert len(recorded()) == before
    assert run(["ledger", "verify"]) == 0


def test_a_full_disk_leaves_no_answer(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run(["gate", "credit"])
    capsys.readouterr()
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (4_096, before[1]))
    try:
        status = run(["gate", "credit"])
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    said = capsys.readouterr()
    assert (status, said.out) == (3, "")
    assert "LX504" in said.err or "LX522" in said.err  # it may not even be opened
    assert len(recorded()) == 1
    assert run(["gate", "credit"]) == 1
    assert run(["ledger", "verify"]) == 0


class Slow(Store):
    """A store that begins to write when it is told to."""

    def __init__(self) -> None:
        self.batches: list[Sequence[Entry]] = []
        self.begun, self.go_on = Event(), Event()

    def append(self, recorded: Sequence[Entry], moment: datetime | None = None) -> tuple[Recorded, ...]:
        self.batches.append(recorded)
        self.begun.set()
        assert self.go_on.wait(30)
        return super().append(recorded, moment)


def test_decisions_that_come_together_are_written_together(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = Slow()
    with open_store("lexline.db") as real, ThreadPoolExecutor(9) as threads:
        store.__dict__.update(real.__dict__)
        recorder = Recorder(store)
        first = threads.submit(recorder.append, ENTRIES[0])
        assert store.begun.wait(30)
        others = [threads.submit(recorder.append, ENTRIES[at % len(ENTRIES)]) for at in range(8)]
        while recorder._queue.qsize() < len(others):  # all have come
            pass
        assert not first.done()
        store.go_on.set()
        answers = [first.result(), *(other.result() for other in others)]
        assert [len(batch) for batch in store.batches] == [1, 8]
        assert sorted(answer.sequence for answer in answers) == list(range(1, 10))
        assert {answer.sequence: answer for answer in answers} == {e.sequence: e for e in real.entries()}
        assert [answers[0].entry, *(answer.entry for answer in answers[1:])] == [
            ENTRIES[0],
            *(ENTRIES[at % len(ENTRIES)] for at in range(8)),
        ]
        recorder.close()


def test_each_of_a_batch_that_fails_is_told(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(opening, "_WAIT_MS", 10)
    with lexline.open_recorder(".") as recorder, closing(sqlite3.connect("lexline.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with ThreadPoolExecutor(4) as threads:
            for answer in [threads.submit(recorder.append, ENTRIES[0]) for _ in range(4)]:
                with pytest.raises(UnfinishedError, match="can't be recorded"):
                    answer.result()
        other.execute("COMMIT")
        assert recorder.append(ENTRIES[0]).sequence == 1
    with pytest.raises(ValueError, match="closed"):
        recorder.append(ENTRIES[0])
