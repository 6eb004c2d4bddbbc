"""``lexline identity``: joins and what is left to a person, on a small project."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from lexline.app.cli.commands import run

FACTS: dict[str, list[dict[str, object]]] = {
    "lineage": [
        {"element": "dataset:db://host/t", "kind": "dataset"},
        {"element": "dataset:db://host/t", "attribute": "owner", "value": "ana"},
        {"element": "dataset:db://host/alone", "kind": "dataset"},
        {"element": "dataset:db://host/feast", "kind": "dataset"},
        {"element": "model:m/1", "kind": "model"},
        {"edge": ["dataset:db://host/feast", "trains", "model:m/1"]},
    ],
    "build": [
        {"element": "dataset:dbt/p/t", "kind": "dataset"},
        {"element": "dataset:dbt/p/t", "alias": "dataset:db://host/t", "strength": "exact"},
        {"element": "dataset:dbt/p/t", "attribute": "owner", "value": "ben"},
    ],
    "features": [
        {"element": "dataset:feast/x", "kind": "dataset"},
        {"element": "dataset:feast/x", "alias": "dataset:db://host/feast", "strength": "derived"},
        {"element": "dataset:feast/y", "kind": "dataset"},
        {"element": "dataset:feast/y", "alias": "dataset:db://host/alone", "strength": "hint"},
        {"element": "model:m/1", "kind": "model"},
    ],
}
POLICY = """
policy house "House" version 1
rule OWNED "A dataset has an owner" for dataset require owner is known severity low
"""


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "facts").mkdir()
    for source, facts in FACTS.items():
        lines = [json.dumps({**fact, "source": source}) for fact in facts]
        (tmp_path / "facts" / f"{source}.jsonl").write_text("\n".join(lines), "utf-8")
    (tmp_path / "house.policy").write_text(POLICY, "utf-8")
    (tmp_path / "lexline.yaml").write_text("policies: [house.policy]\nfacts: facts\nidentity: identity.yaml\n", "utf-8")
    (tmp_path / "identity.yaml").write_text("same: [[dataset:nobody, dataset:knows]]\n", "utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_text(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["identity"]) == 0
    shown = capsys.readouterr().out
    for line in (
        "2 are known to several sources by one id, 1 is joined from several names; 1 join waits for a person",
        "dataset:db://host/t is dataset:dbt/p/t, says build",
        "dataset:db://host/feast is dataset:feast/x, says features",
        '`owner` of `dataset:db://host/t` is said to be "ben" by build and "ana" by lineage  [LX462]',
        "dataset:db://host/alone is dataset:feast/y, says features",
        "dataset, lineage: dataset:db://host/alone",
        "identity.yaml:1",
    ):
        assert line in shown


def test_what_other_rules_would_change(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rules = 'names: [{from: "dataset:feast/{x}", to: "dataset:db://host/feast"}]\nprecedence: {owner: [build]}\n'
    (project / "new.yaml").write_text(rules, "utf-8")
    assert run(["identity", "--propose", "new.yaml", "--format", "json"]) == 0
    proposal = json.loads(capsys.readouterr().out)["proposal"]
    assert [(link["one"], link["other"]) for link in proposal["joins"]] == [
        ("dataset:db://host/feast", "dataset:feast/x"),
        ("dataset:db://host/feast", "dataset:feast/y"),
    ]
    (project / "identity.yaml").write_text(rules, "utf-8")
    assert run(["identity"]) == 0
    assert "build counts  [LX464]" in capsys.readouterr().out


def test_a_verdict_names_its_joins_and_takes_any_exact_name(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["explain", "OWNED", "dataset:dbt/p/t"]) == 0
    assert "joined: dataset:db://host/t is dataset:dbt/p/t, says build" in capsys.readouterr().out
    run(["gate", "dataset:dbt/p/t", "--format", "json"])
    (verdict,) = json.loads(capsys.readouterr().out)["verdicts"]
    assert verdict["element"] == "dataset:db://host/t"
    assert [join["other"] for join in verdict["joins"]] == ["dataset:dbt/p/t"]


def test_bad_words(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["identity", "--format", "pdf"]) == 2
    assert run(["identity", "--propose", "nowhere.yaml"]) == 2
    assert "nowhere.yaml" in capsys.readouterr().err
