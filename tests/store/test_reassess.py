"""``lexline assess``, ``lexline waive`` and ``lexline reassess`` over a store, on both databases."""

from __future__ import annotations

import json
import os
import subprocess
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from lexline.app.cli.commands import run
from lexline.lang.typed import Key
from lexline.store import open_store
from lexline_lineage.facts import AttributeFact, EdgeFact, ElementFact, Fact, Source

TODAY = datetime.now(UTC).date()
LATER = TODAY + timedelta(days=40)
SAID = Source("register", "register.csv:1")
POLICY = """\
policy house "House rules"
  version 1
rule DPIA "A DPIA"
  for model where (no upstream dataset has special_category)
  except where research_only
  require some assessment has (type = dpia and status = approved)
  owner dpo
"""
ASSESSED = ["--type=dpia", "--status=approved", f"--approved-on={TODAY}", "--assessor=Jo Marsh"]
WAIVED = [
    "--reason=the validator left",
    "--control=sampled by hand",
    "--approver=Jo Marsh",
    "--role=cro",
    "--requested-by=Sam Field",
    f"--from={TODAY}",
    "--until=2999-01-31",
]


def facts(*more: Fact, special: bool = False, owner: str = "Ann Lee") -> list[Fact]:
    return [
        ElementFact("credit", "model", SAID),
        ElementFact("raw", "dataset", SAID),
        EdgeFact("raw", "trains", "credit", SAID),
        AttributeFact("raw", "special_category", special, SAID),
        AttributeFact("raw", "owner", owner, SAID),
        *more,
    ]


@pytest.fixture
def project(address: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A project with a store of one revision, entered; where its store is."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LEXLINE_CACHE", str(tmp_path / "cache"))
    Path("policies").mkdir()
    Path("policies/house.policy").write_text(POLICY, "utf-8")
    Path("lexline.yaml").write_text(f"policies: [policies]\nstore: {address}\n", "utf-8")
    said(address, *facts())
    return address


def said(address: str, *now: Fact) -> None:
    with open_store(address, {"owner"}) as store:
        store.replace("register", now, importer="test")


def due(capsys: pytest.CaptureFixture[str], *options: str) -> dict[Key, dict[str, object]]:
    """What is due, by cause and what it is about."""
    capsys.readouterr()
    assert run(["reassess", "--format", "json", *options]) == 0
    return {(item["cause"], item["about"]): item for item in json.loads(capsys.readouterr().out)["items"]}


def names(item: dict[str, object]) -> list[str]:
    moved = item["moved"]
    assert isinstance(moved, list)
    return [cause["name"] for cause in moved]


def test_what_is_recorded_is_not_due_until_something_moves(project: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["assess", "credit", *ASSESSED]) == 0
    assert run(["waive", "house/DPIA", "credit", *WAIVED]) == 0
    assert not due(capsys)
    said(project, *facts(AttributeFact("raw", "description", "moved", SAID)))
    assert not due(capsys)
    said(project, *facts(special=True))
    found = due(capsys)
    assert list(found) == [("basis", "assessment:ledger/1"), ("basis", "entry 2 of the ledger")]
    for item in found.values():
        assert names(item) == ["special_category of raw"]
        assert item["since"] == item["due"] == str(datetime.now(UTC).date())
    ids = [str(item["id"]) for item in found.values()]
    assert run(["reassess", "--done", ids[0], "--by=Jo", "--note=seen"]) == 0
    assert [item["id"] for item in due(capsys).values()] == [ids[1]]
    said(project, *facts(special=False))
    assert {item["id"] for item in due(capsys).values()} == {ids[0]}  # the waiver rests on what it rested on


def test_another_rule_asks_for_another_look(project: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["assess", "credit", *ASSESSED]) == 0
    Path("policies/house.policy").write_text(POLICY.replace("research_only", "decides = none"), "utf-8")
    found = due(capsys)
    assert names(found["rule", "assessment:ledger/1"]) == ["house/DPIA"]
    item = str(found["rule", "assessment:ledger/1"]["id"])
    assert run(["reassess", "--done", item, "--by=Jo", "--note=means the same for us"]) == 0
    assert ("rule", "assessment:ledger/1") not in due(capsys)
    Path("policies/house.policy").write_text(POLICY.replace("research_only", "decides = credit"), "utf-8")
    assert ("rule", "assessment:ledger/1") in due(capsys)


def test_the_clause_that_changed_and_the_commit_that_did_it(project: str, capsys: pytest.CaptureFixture[str]) -> None:
    earlier, later = TODAY - timedelta(days=9), TODAY + timedelta(days=9)
    text = Path("policies/house.policy")
    committed(earlier)
    assert run(["assess", "credit", *ASSESSED]) == 0
    text.write_text(f"# a comment means nothing\n{POLICY}", "utf-8")
    committed(later)
    assert not due(capsys)
    text.write_text(POLICY.replace("= approved", "in {approved, draft}"), "utf-8")
    asked = "rule", "assessment:ledger/1"
    before = due(capsys, "--on", str(LATER))[asked]
    assert (names(before), before["since"]) == (["require of house/DPIA"], None)
    assert "not in git yet" in str(before["says"])
    commit = committed(later + timedelta(days=1))
    settings = Path("lexline.yaml")
    settings.write_text("# nor does this\n" + settings.read_text("utf-8"), "utf-8")
    committed(later + timedelta(days=2))
    found = due(capsys, "--on", str(LATER))[asked]
    assert isinstance(found["moved"], list)
    assert [(cause["name"], cause["before"], cause["after"], cause["place"]) for cause in found["moved"]] == [
        ("require of house/DPIA", "status = approved", "status in {approved, draft}", "house.policy:6")
    ]
    assert found["since"] == str(later + timedelta(days=1))
    assert f"by the commit {commit} of {later + timedelta(days=1)}" in str(found["says"])


def committed(day: date) -> str:
    """Keep everything in git as it is, on a day; the short name of the commit."""
    at = f"{day}T12:00:00+00:00"
    environment = {**os.environ, "GIT_COMMITTER_DATE": at, "GIT_AUTHOR_DATE": at}
    git = ["git", "-c", "user.name=Sam", "-c", "user.email=sam@example.org"]
    for words in (["init", "-q"], ["add", "policies", "lexline.yaml"], ["commit", "-qm", "as it is"]):
        subprocess.run([*git, *words], check=True, env=environment)
    named = subprocess.run([*git, "log", "-1", "--format=%h"], check=True, capture_output=True, text=True)
    return named.stdout.strip()


def test_a_fact_that_ceases_to_be_valid_moves_a_basis(project: str, capsys: pytest.CaptureFixture[str]) -> None:
    ends = AttributeFact("credit", "research_only", False, SAID, until=TODAY + timedelta(days=9))
    said(project, *facts(ends))
    assert run(["assess", "credit", *ASSESSED]) == 0
    assert not due(capsys)
    assert names(due(capsys, "--on", str(LATER))["basis", "assessment:ledger/1"]) == ["research_only of credit"]


def test_the_same_of_an_assessment_that_has_only_a_date(project: str, capsys: pytest.CaptureFixture[str]) -> None:
    imported: list[Fact] = [
        ElementFact("dpia", "assessment", SAID),
        AttributeFact("dpia", "type", "dpia", SAID),
        AttributeFact("dpia", "status", "approved", SAID),
        AttributeFact("dpia", "approved_on", str(TODAY), SAID),
        EdgeFact("dpia", "assesses", "credit", SAID),
        AttributeFact("credit", "research_only", False, SAID, until=TODAY + timedelta(days=9)),
    ]
    said(project, *facts(*imported))
    assert not due(capsys)
    assert names(due(capsys, "--on", str(LATER))["basis", "dpia"]) == ["research_only of credit"]
    with open_store(project) as store:
        assert store.days() == (date.fromordinal((TODAY + timedelta(days=10)).toordinal()),)


def test_where_a_file_beside_the_store_changed_it_says_so(project: str, capsys: pytest.CaptureFixture[str]) -> None:
    beside = Path("beside.yaml")
    beside.write_text("nodes: {credit: {kind: model, decides: credit}}\n", "utf-8")
    settings = Path("lexline.yaml")
    settings.write_text(settings.read_text("utf-8") + "portfolio: [beside.yaml]\n", "utf-8")
    Path("policies/house.policy").write_text(POLICY.replace("research_only", "decides = none"), "utf-8")
    assert run(["assess", "credit", *ASSESSED]) == 0
    assert not due(capsys)
    beside.write_text("nodes: {credit: {kind: model, decides: pricing}}\n", "utf-8")
    item = due(capsys)["basis", "assessment:ledger/1"]
    assert "a file beside the store has changed" in str(item["says"])
    assert (item["moved"], item["due"]) == ([], None)


def test_where_a_name_was_erased_it_says_so(project: str, capsys: pytest.CaptureFixture[str]) -> None:
    Path("policies/house.policy").write_text(POLICY.replace("research_only", "owner is missing"), "utf-8")
    said(project, *facts(AttributeFact("credit", "owner", "Ann Lee", SAID)))
    assert run(["assess", "credit", *ASSESSED]) == 0
    assert not due(capsys)
    assert run(["erase", "--yes", "Ann Lee"]) == 0
    assert "a name was erased" in str(due(capsys)["basis", "assessment:ledger/1"]["says"])
