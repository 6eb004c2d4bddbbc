"""The commands that read and write a store, on both databases."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from io import StringIO
from multiprocessing import get_context
from pathlib import Path

import pytest

from lexline.app.cli.commands import run
from lexline.store import open_store, opening
from lexline.store.people import ERASED

SETTINGS = """\
policies: [policies]
store: {store}
sources:
  registry: {{importer: mlflow, paths: [registry.json], settings: {{authority: reg}}}}
"""
POLICY = """\
policy house "House rules"
  version 1
rule OWNED "A model has an owner"
  for model
  require owner is known
  severity high
  enforcement block
"""


def registry(owner: str, *names: str) -> str:
    tags = [{"key": "owner", "value": owner}]
    versions = [
        {"name": name, "version": "1", "source": f"s3://models/{name}", "status": "READY", "tags": tags}
        for name in names
    ]
    return json.dumps({"model_versions": versions})


@pytest.fixture
def project(address: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project with a store and one source, entered."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LEXLINE_CACHE", str(tmp_path / "cache"))
    (tmp_path / "policies").mkdir()
    (tmp_path / "policies" / "house.policy").write_text(POLICY, "utf-8")
    (tmp_path / "lexline.yaml").write_text(SETTINGS.format(store=address), "utf-8")
    return tmp_path


def said(capsys: pytest.CaptureFixture[str], *command: str) -> tuple[int, str]:
    status = run([*command])
    return status, "".join(capsys.readouterr())


def test_every_state_can_be_read_again(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (project / "registry.json").write_text(registry("Jo Doe", "credit"), "utf-8")
    assert said(capsys, "import", "--dry-run")[0] == 0
    assert "Nothing has been imported" in said(capsys, "log")[1]
    assert "no fact changed" in said(capsys, "diff", "2026-11-28")[1]
    status, text = said(capsys, "import")
    assert status == 0, text
    assert "revision 1" in text
    assert "Nothing changed since revision 1" in said(capsys, "import")[1]
    (project / "registry.json").write_text(registry("Ann Lee", "credit", "fraud"), "utf-8")
    assert "revision 2" in said(capsys, "import")[1]
    counts = {}
    for at in ("1", "2"):
        counts[at] = json.loads(said(capsys, "check", "--at", at, "--format", "json")[1])["portfolio"]["elements"]
    assert counts["1"] < counts["2"]
    revisions = json.loads(said(capsys, "log", "--format", "json")[1])["revisions"]
    assert [r["number"] for r in revisions] == [2, 1]
    assert revisions[0]["sources"][0]["source"] == "registry"
    assert revisions[0]["sources"][0]["removed"] == 1
    changed = json.loads(said(capsys, "diff", "1", "--format", "json")[1])
    assert [fact["value"] for fact in changed["removed"]] == ["Jo Doe"]
    first = json.loads(said(capsys, "diff", "0", "1", "--format", "json")[1])
    assert len(first["added"]) == revisions[1]["sources"][0]["added"]
    assert (first["from"]["number"], first["from"]["moment"], first["removed"]) == (0, None, [])
    assert "Revision 0 (before the first import) to 1 (" in said(capsys, "diff", "0", "1")[1]
    assert "no revision 3" in said(capsys, "diff", "0", "3")[1]
    status, text = said(capsys, "erase", "Jo Doo")  # nobody is asked
    assert (status, "did you mean `Jo Doe`?" in text, "for ever" in text) == (2, True, False)
    text = said(capsys, "diff", "1", "2")[1]
    assert '- owner: "Jo Doe"  [registry]' in text
    assert '+ owner: "Ann Lee"  [registry]' in text
    for words in ("inventory", "identity", "reassess", "horizon --until 2027-01-01", "measures", "lint"):
        command = words.split()
        assert said(capsys, *command, "--at", "0")[0] == 0
        assert said(capsys, *command, "--at", "1")[0] == 0
        assert "no revision 3" in said(capsys, *command, "--at", "3")[1]
        assert "no revision and no day" in said(capsys, *command, "--at", "yesterday")[1]


def test_an_erased_person_is_nowhere_and_verdicts_stay(
    address: str, project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for owner in ("Jo Q. Doe", "Ann Lee", "Jo Q. Doe"):
        (project / "registry.json").write_text(registry(owner, "credit"), "utf-8")
        assert said(capsys, "import")[0] == 0
        assert said(capsys, "check")[0] == 0
    assert any(b"Jo Q. Doe" in file.read_bytes() for file in (project / "cache").rglob("*.graph"))
    status, text = said(capsys, "erase", "--yes", "Jo Q. Doe")
    assert status == 0
    assert "2 facts" in text
    assert "registry" in text
    for file in (*project.glob("store.db*"), *(project / "cache").rglob("*")):
        assert file.is_dir() or b"Jo Q. Doe" not in file.read_bytes()
    for at in ("1", "3", "4"):
        summary = json.loads(said(capsys, "check", "--at", at, "--format", "json")[1])["summary"]
        assert summary["pass"] == 1
    with open_store(address) as store:
        assert not [f for r in store.revisions() for f in store.facts(r) if "Jo Q. Doe" in repr(f)]
        assert [f for f in store.facts() if ERASED in repr(f)]
    assert said(capsys, "erase", "--yes", "Jo Q. Doe")[0] == 2


@pytest.mark.parametrize(("answer", "status"), [("", 2), ("n\n", 2), ("y\n", 0)])
def test_nobody_is_erased_without_a_yes(
    answer: str, status: int, project: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    (project / "registry.json").write_text(registry("Ann Lee", "credit"), "utf-8")
    assert said(capsys, "import")[0] == 0
    monkeypatch.setattr("sys.stdin", StringIO(answer))
    found, text = said(capsys, "erase", "Ann Lee")
    assert found == status
    assert ("nobody confirmed it, so nothing is erased" in text) is (status == 2)
    assert said(capsys, "erase", "--yes", "Ann Lee")[0] == 2 - status


def test_a_store_of_a_newer_version_is_refused(
    project: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    (project / "registry.json").write_text(registry("Jo Doe", "credit"), "utf-8")
    assert said(capsys, "import")[0] == 0
    monkeypatch.setattr(opening, "VERSION", "0000")
    status, text = said(capsys, "check")
    assert status == 2
    assert "newer version" in text


def test_at_needs_a_store(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (project / "lexline.yaml").write_text("policies: [policies]\n", "utf-8")
    status, text = said(capsys, "check", "--at", "1")
    assert status == 2
    assert "LX302" in text
    status, text = said(capsys, "log")
    assert status == 2
    assert "LX302" in text


def test_facts_and_store_are_one_too_many(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (project / "lexline.yaml").write_text("facts: facts\nstore: lexline.db\n", "utf-8")
    status, text = said(capsys, "check")
    assert status == 2
    assert "LX301" in text


def test_imports_at_once_through_the_command_line(
    address: str, project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    sources = ("one", "two")
    line = "  {name}: {{importer: mlflow, paths: [{name}.json], settings: {{authority: {name}}}}}\n"
    settings = SETTINGS.format(store=address).rpartition("  registry:")[0] + "".join(
        line.format(name=n) for n in sources
    )
    (project / "lexline.yaml").write_text(settings, "utf-8")
    for name in sources:
        (project / f"{name}.json").write_text(registry("Jo Doe", name), "utf-8")
    fork = get_context("fork")  # as the shell starts two, but with Python running
    started = [fork.Process(target=lambda name=name: os._exit(run(["import", name]))) for name in sources]
    for process in started:
        process.start()
    for process in started:
        process.join()
        assert process.exitcode == 0
    revisions = json.loads(said(capsys, "log", "--format", "json")[1])["revisions"]
    assert [r["number"] for r in revisions] == [2, 1]
    assert sorted(r["sources"][0]["source"] for r in revisions) == sorted(sources)
    assert json.loads(said(capsys, "check", "--format", "json")[1])["summary"]["pass"] == len(sources)


def test_a_snapshot_changes_nothing_that_identity_says(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (project / "registry.json").write_text(registry("Jo Doe", "credit", "fraud"), "utf-8")
    assert said(capsys, "import")[0] == 0
    before = said(capsys, "identity", "--format", "json")
    assert before[0] == 0
    assert json.loads(before[1])["elements"] > 0
    assert said(capsys, "check")[0] == 0
    assert list((project / "cache").rglob("*.graph"))
    assert said(capsys, "identity", "--format", "json") == before


def test_the_ledger_of_a_store(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (project / "registry.json").write_text(registry("Jo Doe", "credit"), "utf-8")
    assert said(capsys, "import")[0] == 0
    credit = "model:mlflow/reg/credit/1"
    people = ["--approver=Jo Doe", "--role=cro"]
    assessed = ["--type=dpia", "--status=approved", "--approved-on=2026-11-01", "--assessor=Jo Doe"]
    terms = ["--reason=r", "--control=c", "--requested-by=Sam", "--from=2026-11-01", "--until=2999-01-01"]
    assert said(capsys, "gate", credit)[0] == 0
    assert said(capsys, "assess", credit, *assessed)[0] == 0
    assert said(capsys, "waive", "OWNED", credit, *people, *terms)[0] == 0
    assert said(capsys, "gate", credit)[0] == 0
    assert said(capsys, "check", "--record")[0] == 0
    assert said(capsys, "erase", "--yes", "Jo Doe")[0] == 0
    assert said(capsys, "waive", "--withdraw=3", "--by=Sam", "--reason=r")[0] == 0
    status, text = said(capsys, "ledger", "verify")
    assert (status, text[:9]) == (0, "6 entries")
    assert "Jo Doe" not in said(capsys, "ledger", "show", "--format=json")[1]
    shown = said(capsys, "ledger", "show", "4")[1]
    assert "\n  policies: id house, version 1, digest sha256:" in shown
    assert "\n  counts: " in shown
    assert "\n  rules: house/OWNED\n" in said(capsys, "ledger", "show", "3")[1]
    status, text = said(capsys, "ledger", "replay")
    assert (status, text.count("the same verdicts")) == (0, 3)
    assert said(capsys, "ledger", "export", "ledger.jsonl")[0] == 0
    assert said(capsys, "ledger", "verify", "--file", "ledger.jsonl")[0] == 0


def test_where_a_snapshot_serves_the_database_is_asked_by_its_driver_alone(project: Path) -> None:
    (project / "registry.json").write_text(registry("Jo Doe", "credit"), "utf-8")
    assert run(["import"]) == 0
    assert run(["check"]) in (0, 1)
    program = """
import sys
from lexline.app.cli.commands import run
status = run(["check"])
print(status, "sqlalchemy" in sys.modules, file=sys.stderr)
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stderr.splitlines()[-1] in ("0 False", "1 False")
