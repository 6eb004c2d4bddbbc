"""``lexline coverage``: a small pack in which each provision is covered in another way."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest

from lexline.app.cli.commands import run

PACK = """
id: ours
title: Our rules
version: 2026.1.0
authority: The board
jurisdiction: UK
status: reviewed
reviewed_on: 2026-01-01
review_due: 2026-06-30
provisions:
  - {id: A, instrument: House, provision: "1", title: Owners,
     requirement: A model has an owner., status: house, confidence: high}
  - {id: B, instrument: House, provision: "2", title: Fit data,
     requirement: Data is fit., status: house, confidence: high}
  - {id: C, instrument: House, provision: "3", title: Good faith,
     requirement: Act in good faith., status: house, confidence: high}
  - {id: D, instrument: House, provision: "4", title: "=Forgotten",
     requirement: Nobody saw it., status: house, confidence: high}
  - {id: E, instrument: House, provision: "5", title: Live,
     requirement: What live means., status: house, confidence: high}
not_encodable:
  C: {reason: No fact shows it, decided_by: The board}
"""
POLICY = """
policy ours "Our rules" version 2026.1.0
term live for model means some downstream deployment has environment = production
  cites E
rule OWNED "A model has an owner"
  cites A
  for live model
  except where research_only
  require owner is known
rule FIT "Its data is fit"
  cites B
  for model
  require the latest judgement by decided_on where norm = "B" has finding = met
example "an owner" on 2026-02-01
  given
    model good { owner: ana }
    deployment d { environment: production }
    good serves -> d
  expect
    OWNED gives pass for good
"""


@pytest.fixture
def ours(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project with one pack, entered."""
    (tmp_path / "ours").mkdir()
    (tmp_path / "ours" / "pack.yaml").write_text(PACK)
    (tmp_path / "ours" / "rules.policy").write_text(POLICY)
    (tmp_path / "lexline.yaml").write_text("policies: []\npacks: [./ours]\nportfolio: [p.yaml]\n")
    (tmp_path / "p.yaml").write_text("nodes: {m: {kind: model, lineage_complete: true}}\n")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_each_provision_says_how_it_is_covered(ours: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["coverage", "--on", "2026-06-30", "--format", "json"]) == 0
    document = json.loads(capsys.readouterr().out)
    states = {entry["id"]: entry["state"] for entry in document["provisions"]}
    assert states == {"A": "rule", "B": "judgement", "C": "not encodable", "D": "missing", "E": "rule"}
    by_id = {entry["id"]: entry for entry in document["provisions"]}
    (owned,) = by_id["A"]["rules"]
    assert (owned["examples"], owned["wanting"]) == (["pass"], ["fail", "unknown", "exempt"])
    assert by_id["B"]["rules"][0]["verdicts"] == {"fail": 1}
    assert (by_id["C"]["reason"], by_id["C"]["decided_by"]) == ("No fact shows it", "The board")
    assert by_id["E"]["terms"] == ["ours/live for model"]
    assert document["packs"][0]["overdue"] is False
    assert ours.is_dir()


def test_text_says_it_where_all_is_covered(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["coverage", "--pack", "uk-gdpr", "--on", "2026-11-22"]) == 0
    assert " by no rule. " in capsys.readouterr().out


@pytest.mark.usefixtures("ours")
def test_text_shows_what_needs_somebody(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["coverage", "--on", "2026-07-01", "--no-verdicts"]) == 0
    shown = capsys.readouterr().out
    counted = "2 decided by rules, 1 by judgements that rules ask for, 1 by no rule, 1 not covered."
    assert shown.startswith(f"Coverage on 2026-07-01: 5 provisions of 1 pack, {counted} 0 unverified")
    assert "C          The board   No fact shows it" in shown
    assert "The portfolio" not in shown
    assert "overdue since 2026-06-30" in shown
    assert "ours/OWNED  fail, unknown, exempt" in shown


def test_what_is_not_in_force_yet_is_no_breach(ours: Path, capsys: pytest.CaptureFixture[str]) -> None:
    later = POLICY.replace("  cites B\n", "  cites B\n  in force from 2027-01-01\n")
    (ours / "ours" / "rules.policy").write_text(later)
    assert run(["coverage", "--on", "2026-06-30"]) == 0
    assert "0        0       0     0              1                 0  ours" in capsys.readouterr().out
    assert run(["coverage", "--on", "2027-01-01", "--format", "csv"]) == 0
    assert "FIT: 1 fail" in capsys.readouterr().out


@pytest.mark.usefixtures("ours")
def test_the_status_follows_what_was_asked(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["coverage", "--fail-on", "missing"]) == 1
    assert run(["coverage", "--on", "2026-06-30", "--fail-on", "overdue"]) == 0
    assert run(["coverage", "--on", "2026-07-01", "--fail-on", "overdue"]) == 1
    assert run(["coverage", "--fail-on", "all"]) == 2
    assert "write `missing` or `overdue`" in capsys.readouterr().err
    assert run(["coverage", "--pack", "./our"]) == 2
    assert "there is no pack in `" in capsys.readouterr().err


@pytest.mark.usefixtures("ours")
def test_the_sheet_calculates_nothing_and_the_page_has_every_provision(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["coverage", "--format", "csv"]) == 0
    rows = list(csv.DictReader(io.StringIO(capsys.readouterr().out)))
    assert [row["title"] for row in rows] == ["Owners", "Fit data", "Good faith", "'=Forgotten", "Live"]
    assert rows[1]["verdicts"] == "FIT: 1 fail"
    assert run(["coverage", "--format", "html"]) == 0
    page = capsys.readouterr().out
    assert all(f"<td>{id_}</td>" in page for id_ in "ABCDE")


def test_what_a_pack_says_of_strange_provisions_is_refused(ours: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (ours / "ours" / "pack.yaml").write_text(PACK.replace("  C: {reason", "  X: {reason"))
    assert run(["coverage"]) == 2
    assert "`not_encodable` names `X`, which the register of the pack doesn't have" in capsys.readouterr().err
    (ours / "ours" / "pack.yaml").write_text(PACK + "registers: [uk-gdrp]\n")
    assert run(["coverage"]) == 2
    assert "did you mean `uk-gdpr`?" in capsys.readouterr().err
