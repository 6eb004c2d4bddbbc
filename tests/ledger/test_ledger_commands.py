"""The commands that read the ledger."""

from __future__ import annotations

import json
import re
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from ledger_entries import ENTRIES
from lexline.app.cli.commands import run
from lexline.store import open_store


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The first project with a store whose ledger has an entry of each kind, entered."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LEXLINE_CACHE", "")
    assert run(["init", "."]) == 0
    settings = Path("lexline.yaml").read_text("utf-8").replace("facts: facts", "")
    Path("lexline.yaml").write_text(f"{settings}store: lexline.db\n", "utf-8")
    with open_store("lexline.db") as store:
        store.append(ENTRIES)
    return tmp_path


def said(capsys: pytest.CaptureFixture[str], *command: str) -> tuple[int, str]:
    capsys.readouterr()
    status = run([*command])
    return status, "".join(capsys.readouterr())


def change(statement: str) -> None:
    with closing(sqlite3.connect("lexline.db", isolation_level=None)) as database:
        database.execute(statement)


def test_show_lists_every_kind(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    status, text = said(capsys, "ledger", "show")
    assert status == 0
    for recorded, line in zip(ENTRIES[::-1], text.splitlines(), strict=True):
        assert f"  {recorded.kind} " in line
    assert len(said(capsys, "ledger", "show", "--last", "2")[1].splitlines()) == 2
    assert "waiver " in said(capsys, "ledger", "show", "--kind", "waiver", "--kind", "checkpoint")[1]
    shown = json.loads(said(capsys, "ledger", "show", "--format", "json")[1])["entries"]
    assert [entry["entry"]["kind"] for entry in shown[::-1]] == [entry.kind for entry in ENTRIES]
    assert json.loads(said(capsys, "ledger", "show", "4", "--format", "json")[1])["entries"] == [shown[-4]]


@pytest.mark.parametrize("number", range(1, len(ENTRIES) + 1))
def test_show_writes_out_one(number: int, project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    status, text = said(capsys, "ledger", "show", str(number))
    assert status == 0
    for name, value in ENTRIES[number - 1].model_dump(mode="json").items():
        if isinstance(value, str) and value and name != "kind":
            assert f"  {name}: {value}\n" in text


@pytest.mark.parametrize(
    ("command", "words"),
    [
        (["show", "8"], "the ledger has 7 entries"),
        (["replay", "77"], "there is no entry 77"),
        (["replay", "2"], "entry 2 is no evaluation but an `assessment`"),
        (["replay", "2"], "evaluations are `1`"),
        (["show", "--kind", "waver"], "`waiver-withdrawn`"),
        (["show", "--format", "html"], "write `text` or `json`"),
        (["verify", "--head", "7"], "write NUMBER:sha256:"),
    ],
)
def test_what_can_not_be_answered(
    command: list[str], words: str, project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    status, text = said(capsys, "ledger", *command)
    assert status == 2
    assert words in text
    assert "LX302" in text


@pytest.mark.parametrize("command", [["show", "1" * 30], ["replay", "1" * 30], ["show", "--last", "1" * 30]])
def test_numbers_beyond_all_bounds(command: list[str], project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    status, text = said(capsys, "ledger", *command)
    assert status == 2
    assert "is a whole number from 1 on" in text


def test_verify_gives_a_head_that_it_takes_back(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    status, text = said(capsys, "ledger", "verify")
    assert status == 0
    (head,) = re.findall(r"^7 entries, whole, head (7:sha256:[0-9a-f]{64})$", text.strip())
    assert said(capsys, "ledger", "verify", "--head", head) == (0, text)
    assert json.loads(said(capsys, "ledger", "verify", "--format", "json")[1])["whole"] is True
    change("DELETE FROM entry WHERE sequence = 7")
    change("UPDATE ledger_head SET sequence = 6, digest = (SELECT digest FROM entry WHERE sequence = 6)")
    assert said(capsys, "ledger", "verify")[0] == 0
    assert said(capsys, "ledger", "verify", "--head", head) == (1, "entry 7 is gone, which was given out\n")


def test_verify_says_what_was_changed(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    change("UPDATE entry SET body = replace(body, 'approved', 'rejected') WHERE sequence = 2")
    assert said(capsys, "ledger", "verify") == (1, "entry 2 was changed: its digest is another\n")
    assert json.loads(said(capsys, "ledger", "verify", "--format", "json")[1])["faults"][0]["sequence"] == 2


def test_a_project_without_a_store_has_no_ledger(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run(["init", str(tmp_path)])
    status, text = said(capsys, "ledger", "verify", "-C", str(tmp_path))
    assert status == 2
    assert "has no store" in text
