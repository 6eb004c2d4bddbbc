"""``lexline measures`` on a small portfolio, with a store, and the scorecard that comes with the product."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from lexline import project as project_module
from lexline.app.cli.commands import run

POLICY = """policy house
parameter wanted is 50%
term live for model means status = production
measure validated "Live models that are validated"
  is share of live models in the portfolio has (validation_status = approved)
  target wanted
measure pending "Live models that wait" is count of pending models in the portfolio
  target 0
term pending for model means model is live and validation_status = pending
measure vendors "Reviewed vendors" is share of vendors in the portfolio has (contract_reviewed_on is known)
  target 100%
measure spread "Half of the models" is (count of models in the portfolio) / 2
rule VALID "is validated" for model require validation_status = approved
"""
PORTFOLIO = """nodes:
  a: {kind: model, status: production, validation_status: approved}
  b: {kind: model, status: production, validation_status: pending}
  c: {kind: model, status: production}
  d: {kind: model, validation_status: approved}
edges: []
"""
WAIVER = """  - rules: [house/VALID]
    elements: [b, c]
    reason: r
    control: c
    approver: Ann
    role: head
    requested_by: Bob
    from: {}
    until: {}
"""


class Once:
    """What may be called once."""

    def __init__(self, called: Callable[..., Any]) -> None:
        self._called = [called]

    def __call__(self, *given: Any) -> Any:
        """As it was given."""
        return self._called.pop()(*given)


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    words = "kinds: {model: {attributes: {status: {type: [production, retired]}}}}\n"
    (tmp_path / "words.yaml").write_text(words)
    settings = "policies: [house.policy]\nportfolio: [portfolio.yaml]\nextend: [words.yaml]\nwaivers: waivers.yaml\n"
    (tmp_path / "lexline.yaml").write_text(settings)
    (tmp_path / "house.policy").write_text(POLICY)
    (tmp_path / "portfolio.yaml").write_text(PORTFOLIO)
    (tmp_path / "waivers.yaml").write_text(
        "waivers:\n" + WAIVER.format("2026-01-01", "2026-06-30") + WAIVER.format("2026-07-01", "2026-12-31")
    )
    return tmp_path


def said(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    capsys.readouterr()
    assert run(["measures", "--on", "2026-09-03", *arguments]) == 0
    return capsys.readouterr().out


def figures(capsys: pytest.CaptureFixture[str], *arguments: str) -> dict[str, Any]:
    found = json.loads(said(capsys, "--format", "json", *arguments))
    return {figure["measure"]: figure for figure in found["measures"]}


def test_a_figure_has_its_elements_and_its_unknowns(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    found = figures(capsys)
    validated = found["validated"]
    assert (validated["low"], validated["high"]) == (1 / 3, 0.75)
    assert validated["numerator"] == ["a"]
    assert validated["denominator"] == ["a", "b", "c"]
    assert validated["unknown"] == ["c", "d"]
    assert validated["target"] == "can't tell"
    assert (found["pending"]["low"], found["pending"]["high"], found["pending"]["target"]) == (1, 2, "missed")
    assert found["vendors"]["target"] == "nothing to measure"
    assert (found["spread"]["low"], found["spread"]["numerator"]) == (2, None)


def test_the_figures_of_the_product_stand_beside_them(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    found = figures(capsys)
    assert found["unknown-rate"]["low"] == 0
    assert (found["waivers-open"]["low"], found["waivers-renewed"]["low"]) == (1, 1)
    (project / "waivers.yaml").write_text("waivers:\n" + WAIVER.format("2026-07-01", "2026-12-31"))
    found = figures(capsys)
    assert (found["waivers-open"]["low"], found["waivers-renewed"]["low"]) == (1, 0)
    assert found["overdue-median-age"]["note"] == "nothing is overdue"
    assert found["overdue-median-age"]["target"] == "nothing to measure"
    (project / "waivers.yaml").write_text("waivers: []\n")
    found = figures(capsys)
    assert found["unknown-rate"]["note"] == "1 of 4 verdicts of rules in force"
    assert found["lineage-coverage"]["denominator"] == ["a", "b", "c", "d"]


def test_text_and_markdown_say_what_is_behind_it(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = said(capsys, "--measure", "validated", "--measure", "house/vendors")
    assert "1 of 3, 2 can't be told  ·  target at least 50 %: can't tell" in text
    assert "not: b" in text
    assert "can't be told: c, d" in text
    assert "nothing to measure  ·  target at least 100 %" in text
    assert "pending" not in text
    assert "| Live models that wait (house/pending) | 1 to 2 | 1 can't be told |" in said(
        capsys, "--format", "markdown"
    )


def test_csv_has_a_row_for_each_element(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rows = list(csv.DictReader(io.StringIO(said(capsys, "--format", "csv", "--measure", "validated"))))
    assert [(row["part"], row["element"]) for row in rows] == [
        ("figure", ""),
        ("numerator", "a"),
        *(("denominator", element) for element in "abc"),
        *(("unknown", element) for element in "cd"),
    ]


def test_a_missed_target_can_end_with_1(project: Path) -> None:
    assert run(["measures", "--on", "2026-09-03", "--fail-on", "missed"]) == 1
    assert run(["measures", "--on", "2026-09-03", "--fail-on", "missed", "--measure", "vendors"]) == 0


def test_the_trend_reads_earlier_revisions(
    project: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = "policies: [house.policy]\nextend: [words.yaml]\nstore: lexline.db\n"
    (project / "lexline.yaml").write_text(settings)
    from lexline.store import open_store
    from lexline_lineage.facts import AttributeFact, ElementFact, Fact, Source

    source = Source("registry")
    facts: list[Fact] = [ElementFact("m", "model", source), AttributeFact("m", "status", "production", source)]
    with open_store(project / "lexline.db") as store:
        for state in ("pending", "approved", "pending"):
            said_now = [*facts, AttributeFact("m", "validation_status", state, source)]
            store.replace("registry", said_now, importer="test")
    changed = POLICY.replace("is 50%", "is 50% is 90% from 2999-01-01")
    (project / "house.policy").write_text(changed)
    later = ("--on", "2999-01-01", "--format", "json", "--measure", "validated")
    (figure,) = json.loads(said(capsys, *later, "--trend", "5"))["measures"]
    assert [(then["revision"], then["low"]) for then in figure["trend"]] == [(1, 0), (2, 1)]
    assert (figure["low"], figure["goal"], figure["trend"][1]["goal"]) == (0, 0.9, 0.5)
    with monkeypatch.context() as patch:
        patch.setattr(project_module, "load_rules", Once(project_module.load_rules))
        again = said(capsys, *later, "--trend", "1")
    assert [then["revision"] for then in json.loads(again)["measures"][0]["trend"]] == [2]
    assert json.loads(said(capsys, *later, "--since", "2999-01-01"))["measures"][0]["trend"] == []
    assert json.loads(said(capsys, *later[2:], "--trend", "5"))["measures"][0]["trend"] == []  # not before that day
    assert run(["measures", "--since", "2999-01-01"]) == 0
    assert "there is no earlier revision: the figures have no trend yet" in capsys.readouterr().err
    assert "before: " in said(capsys, "--on", "2999-01-01", "--trend", "5")


@pytest.mark.parametrize(
    "words", [["--format", "xml"], ["--fail-on", "rain"], ["--trend", "3"], ["--measure", "validate"], ["--since", "x"]]
)
def test_wrong_words_end_with_2(project: Path, words: list[str]) -> None:
    assert run(["measures", "--on", "2026-09-03", *words]) == 2


# ---- the scorecard -------------------------------------------------------------------------------------------------

CARD = """nodes:
  good: {kind: model, risk_tier: high, next_validation_due: 2026-12-31}
  late: {kind: model, risk_tier: high, next_validation_due: 2026-08-31}
  open: {kind: model, risk_tier: medium}
  idle: {kind: model, lineage_complete: true}
  live: {kind: deployment, environment: production}
  dpia: {kind: assessment, type: dpia, status: approved, approved_on: 2026-01-01}
  fair: {kind: assessment, type: fairness, status: approved, approved_on: 2026-02-01}
  unfair: {kind: assessment, type: fairness, status: rejected, approved_on: 2026-03-01}
  once: {kind: assessment, type: fairness, status: approved, approved_on: 2025-01-01}
  fresh: {kind: observation, observed_on: 2026-08-30}
  stale: {kind: observation, observed_on: 2026-01-30}
  quick: {kind: incident, status: resolved, occurred_at: "2026-08-01T08:00:00Z", aware_at: "2026-08-01T09:00:00Z",
    opened_on: 2026-08-01, resolved_on: 2026-08-20}
  slow: {kind: incident, status: open, occurred_at: "2026-07-01T08:00:00Z", aware_at: "2026-07-05T09:00:00Z",
    opened_on: 2026-07-05}
  running: {kind: incident, status: open, opened_on: 2026-08-25}
edges:
  - [good, serves, live]
  - [late, serves, live]
  - [open, serves, live]
  - [dpia, assesses, good]
  - [fair, assesses, good]
  - [fair, assesses, late]
  - [unfair, assesses, late]
  - [once, assesses, open]
  - [fresh, measures, good]
  - [stale, measures, late]
  - [fresh, measures, open]
"""


def test_the_scorecard_tells_good_from_bad(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "lexline.yaml").write_text("policies: [none.policy]\npacks: [scorecard]\nportfolio: [card.yaml]\n")
    (tmp_path / "none.policy").write_text('policy none\nrule R "r" for model require true\n')
    (tmp_path / "card.yaml").write_text(CARD)
    found = figures(capsys)
    counted = {
        name: (figure["numerator"], len(figure["denominator"]), figure["unknown"], figure["target"])
        for name, figure in found.items()
        if figure["policy"] == "scorecard"
    }
    assert counted == {
        "impact-assessed": (["good"], 3, [], "missed"),
        "fairness-audited": (["good"], 3, [], "missed"),
        "detected-in-time": (["quick"], 3, ["running"], "missed"),
        "resolved-in-time": (["quick", "running"], 3, [], "missed"),
        "overdue-high": (["late"], 1, [], "missed"),
        "overdue-medium": ([], 0, ["open"], "can't tell"),
        "overdue-low": ([], 0, [], "no target"),
        "evidence-fresh": (["good", "open"], 3, [], "missed"),
        "newest-evidence": (["fresh", "stale"], 2, [], "no target"),
        "oldest-open-incident": (["running", "slow"], 2, [], "no target"),
    }
    assert (found["newest-evidence"]["low"], found["oldest-open-incident"]["low"]) == ("2026-08-30", "2026-07-05")
