"""Commands print the same with and without a snapshot, and keep none where they are told not to."""

from __future__ import annotations

from pathlib import Path

import pytest

from lexline.app.cli.commands import run

ELEMENT = "model:mlflow/mlflow.northfield.example/credit-decision/1"
EXAMPLE = Path(__file__).parents[2] / "examples" / "credit"
COMMANDS = {
    "check": ["check", "--format", "json", "--reasons", "all"],
    "gate": ["gate", ELEMENT],
    "explain": ["explain", "model-risk/REVALIDATED", ELEMENT],
    "inventory": ["inventory", "--format", "json"],
}


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("LEXLINE_CACHE", str(tmp_path))
    return tmp_path


@pytest.mark.parametrize("command", COMMANDS)
def test_a_snapshot_changes_nothing_that_is_printed(
    command: str, cache: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = [*COMMANDS[command], "--project", str(EXAMPLE), "--on", "2026-09-03"]
    shown = []
    for options in (["--no-snapshot"], [], [], ["--verify-snapshot"]):
        status = run([*words, *options])
        shown.append((status, *capsys.readouterr()))
        assert len(list(cache.rglob("*.graph"))) == (0 if "--no-snapshot" in options else 1)
    assert len(set(shown)) == 1


def test_a_damaged_snapshot_is_told(cache: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = [*COMMANDS["gate"], "--project", str(EXAMPLE), "--on", "2026-09-03"]
    status = run(words)
    whole = capsys.readouterr().out
    (kept,) = cache.rglob("*.graph")
    content = bytearray(kept.read_bytes())
    content[len(content) // 2] ^= 1
    kept.write_bytes(content)
    assert run([*words, "--verify-snapshot"]) == status
    shown = capsys.readouterr()
    assert shown.out == whole
    assert "note: a snapshot is not used, because its content is damaged" in shown.err


def test_a_project_may_forbid_snapshots(
    cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["init", str(tmp_path / "first")]) == 0
    monkeypatch.chdir(tmp_path / "first")
    settings = Path("lexline.yaml").read_text("utf-8")
    Path("lexline.yaml").write_text(settings + "snapshot: false\n", "utf-8")
    assert run(["gate", "credit", "--on", "2026-11-22"]) == 1
    assert not list(cache.rglob("*.graph"))
    Path("lexline.yaml").write_text(settings + "snapshot: perhaps\n", "utf-8")
    assert run(["gate", "credit"]) == 2
    assert "`snapshot` has to be true or false" in capsys.readouterr().err
