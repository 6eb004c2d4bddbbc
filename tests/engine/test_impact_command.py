"""``lexline impact`` over two versions of a small project."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from lexline.app.cli.commands import run

POLICY = """policy house
parameter most is 3
rule FEW "Few rows" for model require every upstream dataset has rows <= most
  severity high
  owner "model risk"
"""
PORTFOLIO = """nodes:
  m: {kind: model, owner: Jo}
  d: {kind: dataset, rows: 2}
edges:
  - [d, trains, m]
"""


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "lexline.yaml").write_text("policies: [policies]\nportfolio: [portfolio.yaml]\n")
    (tmp_path / "policies").mkdir()
    (tmp_path / "policies" / "house.policy").write_text(POLICY)
    (tmp_path / "portfolio.yaml").write_text(PORTFOLIO)
    git = ["git", "-c", "user.name=a", "-c", "user.email=a@example.org"]
    for words in (["init", "-q"], ["add", "-A"], ["commit", "-qm", "one"]):
        subprocess.run([*git, *words], check=True)
    return tmp_path


def said(capsys: pytest.CaptureFixture[str], *arguments: str) -> Any:
    capsys.readouterr()
    assert run(["impact", "--on", "2026-09-03", "--format", "json", *arguments]) == 0
    return json.loads(capsys.readouterr().out)


def test_a_parameter_and_a_fact_are_named(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (project / "policies" / "house.policy").write_text(POLICY.replace("most is 3", "most is 1"))
    (flip,) = said(capsys, "--policies", "HEAD..")["flips"]
    assert (flip["element"], flip["owner"], flip["severity"]) == ("m", "Jo", "high")
    assert [(c["sort"], c["name"]) for c in flip["causes"]] == [("parameter", "house/most")]
    (project / "later.yaml").write_text(PORTFOLIO.replace("rows: 2", "rows: 7"))
    (flip,) = said(capsys, "--policies", "HEAD..HEAD", "--facts", "..later.yaml")["flips"]
    (cause,) = flip["causes"]
    assert (cause["name"], cause["before"], cause["after"], cause["path"]) == ("rows of d", "2.0", "7.0", ["m", "d"])


def test_the_status_says_that_something_fails_now(project: Path) -> None:
    (project / "policies" / "house.policy").write_text(POLICY.replace("most is 3", "most is 1"))
    status = ["impact", "--policies", "HEAD..", "--on", "2026-09-03", "--fail-on"]
    assert [run([*status, word]) for word in ("new-fail", "new-unknown", "any-flip")] == [1, 0, 1]


@pytest.mark.parametrize(
    "words",
    [
        [],
        ["--policies", "HEAD"],
        ["--policies", "--output=x.."],
        ["--policies", "nowhere.."],
        ["--policies", ".."],
        ["--facts", "nowhere.yaml.."],
        ["--at", "1..2"],
        ["--policies", "HEAD..", "--format", "xml"],
        ["--policies", "HEAD..", "--fail-on", "rain"],
    ],
)
def test_wrong_words_end_with_2(project: Path, words: list[str]) -> None:
    assert run(["impact", *words]) == 2
