"""What was recorded is decided again as it was, whatever came after; where it can't be, that is said."""

from __future__ import annotations

import json
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path

import pytest

import lexline
from lexline.app.cli.commands import run
from lexline.store import open_store

POLICY = """\
policy house "House rules"
  version 1

parameter period is 12 months

rule DPIA "A model has an approved assessment"
  for model
  require some assessment has (type = dpia and status = approved)
  enforcement block

rule OWNED "A model has an owner"
  for model
  require owner is known
  enforcement block

rule FRESH "Its validation is not old"
  for model
  require validated_on is within the last period
"""
REGISTRY = {
    "model_versions": [
        {
            "name": name,
            "version": "1",
            "source": f"s3://models/{name}",
            "status": "READY",
            "tags": [{"key": "owner", "value": "Jo Doe"}] if name == "credit" else [],
        }
        for name in ("credit", "fraud")
    ]
}
CREDIT = "model:mlflow/reg/credit/1"
DPIA = ["--type=dpia", "--status=approved", "--approved-on=2026-11-01", "--assessor=Jo Marsh"]
WAIVER = [
    "--reason=the validator left",
    "--control=sampled by hand",
    "--approver=Jo Marsh",
    "--role=cro",
    "--requested-by=Sam Field",
    "--from=2026-11-01",
    "--until=2999-01-31",
]


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project with a store, a source that is imported, and its policies in git, entered."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LEXLINE_CACHE", str(tmp_path / "cache"))
    Path("policies").mkdir()
    Path("policies/house.policy").write_text(POLICY, "utf-8")
    source = "{importer: mlflow, paths: [registry.json], settings: {authority: reg}}"
    Path("lexline.yaml").write_text(
        f"policies: [policies]\nstore: lexline.db\nsources: {{registry: {source}}}\n", "utf-8"
    )
    imported(REGISTRY)
    committed("policies", "lexline.yaml")
    return tmp_path


def committed(*names: str) -> None:
    """Keep files in git as they are."""
    for command in (["init", "-q"], ["add", *names], ["commit", "-q", "-m", "as it was"]):
        identity = ["-c", "user.name=Sam", "-c", "user.email=sam@example.org"]
        subprocess.run(["git", *identity, *command], check=True)  # noqa: S607  # the git of the system


def imported(registry: object) -> None:
    Path("registry.json").write_text(json.dumps(registry), "utf-8")
    assert run(["import"]) == 0


def recorded_by_every_door() -> int:
    """Evaluations of all sorts; how many."""
    assert run(["gate", CREDIT]) in (0, 1)
    assert run(["gate", CREDIT, "--on=2026-12-24", "--known-on=2026-11-01"]) in (0, 1)
    assert run(["check", "--record"]) in (0, 1)
    assert run(["check", "--record", "--rule=OWNED", "--on=2026-12-24"]) in (0, 1)
    evaluation = lexline.load(".")
    number = evaluation.number(CREDIT)
    assert number is not None
    with lexline.open_recorder(".") as recorder:
        recorder.record(evaluation, lexline.gate(evaluation, number), element=CREDIT)
    return 5


def replayed(capsys: pytest.CaptureFixture[str], *options: str) -> tuple[int, list[str], str]:
    """The status, what each replay came to, and everything as text."""
    capsys.readouterr()
    status = run(["ledger", "replay", "--format=json", *options])
    said = capsys.readouterr()
    assert said.out, said.err
    found = json.loads(said.out)["replays"]
    assert run(["ledger", "replay", *options]) == status
    return status, [entry["replay"] for entry in found], "".join(capsys.readouterr())


def test_whatever_comes_after(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    count = recorded_by_every_door()
    assert replayed(capsys)[:2] == (0, ["same"] * count)
    assert run(["assess", CREDIT, *DPIA]) == 0
    count += recorded_by_every_door()
    assert run(["waive", "house/*", "--every=model", "--where=owner is known", *WAIVER]) == 0
    count += recorded_by_every_door()
    imported({"model_versions": REGISTRY["model_versions"][:1]})
    assert run(["waive", "--withdraw=7", "--by=Sam", "--reason=mended"]) in (0, 2)
    assert run(["erase", "--yes", "Jo Marsh"]) == 0
    more = POLICY.replace("policy house", "policy more").replace("OWNED", "HELD")
    Path("policies/more.policy").write_text(more, "utf-8")
    Path("policies/house.policy").write_text(f"# nothing of its meaning\n{POLICY}", "utf-8")
    assert replayed(capsys)[:2] == (0, ["same"] * count)
    assert run(["ledger", "verify"]) == 0


def test_an_evaluation_before_any_import(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LEXLINE_CACHE", "")
    run(["init", "."])
    named = Path("lexline.yaml").read_text("utf-8").replace("facts: facts", "store: lexline.db")
    source = "sources: {registry: {importer: mlflow, paths: [registry.json], settings: {authority: reg}}}\n"
    Path("lexline.yaml").write_text(named + source, "utf-8")
    assert run(["check", "--record"]) == 1
    committed("policies", "lexline.yaml", "portfolio")
    imported(REGISTRY)
    assert replayed(capsys)[:2] == (0, ["same"])
    Path("portfolio/models.yaml").write_text(
        Path("portfolio/models.yaml").read_text("utf-8").replace("2020-01-10", "2026-11-01"), "utf-8"
    )
    status, same, text = replayed(capsys)
    assert (status, same) == (1, ["other"])
    assert "OTHER VERDICTS" in text
    assert "the facts are others: files beside the store" in text
    assert replayed(capsys, "--policies=HEAD")[:2] == (0, ["same"])


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("12 months", "24 months", "the policy `house` means something else"),
        ("owner is known", "name is known", "the policy `house` means something else"),
        ("policy house", "policy mouse", "the policy `house` is not there"),
    ],
)
def test_a_changed_rule_is_found(
    old: str, new: str, words: str, project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    recorded_by_every_door()
    Path("policies/house.policy").write_text(POLICY.replace(old, new), "utf-8")
    status, same, text = replayed(capsys)
    assert status == 3
    assert set(same) == {"undecided"}
    assert words in text
    assert "--policies" in text
    assert replayed(capsys, "--policies=HEAD")[:2] == (0, ["same"] * len(same))
    assert replayed(capsys, "2", "--policies=HEAD")[:2] == (0, ["same"])


def test_facts_that_were_changed_in_the_database_show(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    recorded_by_every_door()
    with closing(sqlite3.connect("lexline.db", isolation_level=None)) as database:
        form = "SELECT id FROM phrase WHERE text = 'owner'"
        database.execute(f"DELETE FROM statement WHERE name IN ({form})")  # noqa: S608
    status, same, text = replayed(capsys)
    assert status == 1
    assert set(same) == {"other"}
    assert "or the store itself" in text


def test_an_outcome_that_was_changed_in_the_database_shows(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    count = recorded_by_every_door()
    with closing(sqlite3.connect("lexline.db", isolation_level=None)) as database:
        database.execute("""UPDATE entry SET body = replace(body, '"outcome":"block"', '"outcome":"allow"')""")
    status, same, text = replayed(capsys)
    assert status == 1
    assert "other" in same
    assert len(same) == count
    assert "ANOTHER OUTCOME of the same verdicts" in text
    assert "the outcome was recorded as allow, and is block" in text


def test_a_waiver_of_a_file_that_was_changed_shows(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with Path("lexline.yaml").open("a") as settings:
        settings.write("waivers: waivers.yaml\n")
    terms = {"rules": ["house/*"], "elements": [CREDIT], "reason": "r", "control": "c", "approver": "a", "role": "r"}
    dates = {"requested_by": "b", "from": "2026-11-01", "until": "2999-01-01"}
    Path("waivers.yaml").write_text(json.dumps({"waivers": [{**terms, **dates}]}), "utf-8")
    assert run(["gate", CREDIT]) == 0
    assert replayed(capsys)[:2] == (0, ["same"])
    committed("waivers.yaml", "lexline.yaml")
    Path("waivers.yaml").write_text("waivers: []", "utf-8")
    status, same, text = replayed(capsys)
    assert (status, same) == (1, ["other"])
    assert "the waivers are others" in text
    assert replayed(capsys, "--policies=HEAD")[:2] == (0, ["same"])


def test_an_element_that_is_gone(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run(["gate", CREDIT])
    with closing(sqlite3.connect("lexline.db", isolation_level=None)) as database:
        database.execute("DELETE FROM statement")
    status, same, text = replayed(capsys)
    assert (status, same) == (3, ["undecided"])
    assert f"the element `{CREDIT}` is not there" in text


def test_what_can_not_be_replayed(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run(["assess", CREDIT, *DPIA])
    for number, words in (("1", "entry 1 is no evaluation but an `assessment`"), ("2", "there is no entry 2")):
        capsys.readouterr()
        assert run(["ledger", "replay", number]) == 2
        assert words in capsys.readouterr().err
    assert run(["ledger", "replay"]) == 0
    assert "No evaluation" in capsys.readouterr().out
    with open_store("lexline.db") as store:
        assert len(store.entries()) == 1
