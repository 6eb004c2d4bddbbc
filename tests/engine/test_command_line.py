"""The commands as a person meets them: what they print, how they end, and that nothing ends in a traceback."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import Counter
from datetime import date
from html.parser import HTMLParser
from pathlib import Path

import jsonschema
import pytest
from pydantic import BaseModel

from lexline.app.cli.commands import run
from lexline.decision import decide
from lexline.project import load

ROOT = Path(__file__).parents[2]


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder as ``lexline init`` sets it up, entered."""
    assert run(["init", str(tmp_path / "first")]) == 0
    monkeypatch.chdir(tmp_path / "first")
    return tmp_path / "first"


def test_init_runs_and_shows_a_breach(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    capsys.readouterr()
    assert run(["check", "--on", "2026-11-22"]) == 1
    shown = capsys.readouterr().out
    assert "FAIL  house VALIDATED" in shown
    assert "validated_on of credit = 2020-01-10" in shown
    assert "UNKNOWN  house VALIDATED" in shown
    assert "validated_on of fraud: " in shown
    assert "Next: lexline explain house/VALIDATED credit" in shown
    assert run(["test"]) == 0
    assert run(["fmt", "--check"]) == 0


def test_init_changes_nothing_that_is_there(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (project / "lexline.yaml").write_text("policies: [mine]\n")
    assert run(["init", str(project)]) == 2
    assert (project / "lexline.yaml").read_text() == "policies: [mine]\n"
    assert "already has lexline.yaml" in capsys.readouterr().err


def test_json_follows_the_published_schema(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    capsys.readouterr()
    assert run(["check", "--on", "2026-11-22", "--format", "json", "--reasons", "all"]) == 1
    document = json.loads(capsys.readouterr().out)
    jsonschema.validate(document, json.loads((ROOT / "docs" / "report.schema.json").read_text("utf-8")))
    assert document["summary"] == {"fail": 1, "unknown": 1}
    failed = next(entry for entry in document["verdicts"] if entry["verdict"] == "fail")
    assert (failed["rule"], failed["element"], failed["outcome"]) == ("VALIDATED", "credit", "block")
    assert failed["reasons"][0]["facts"]


def test_inventory_says_what_is_missing_and_where(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    capsys.readouterr()
    assert run(["inventory", "--on", "2026-11-22"]) == 0
    shown = capsys.readouterr().out
    assert shown.startswith("Inventory: ")
    assert "Next: lexline inventory --kind model --missing --on 2026-11-22" in shown
    assert run(["inventory", "--kind", "models", "--missing"]) == 0
    assert "missing of fraud" in capsys.readouterr().out
    assert run(["inventory", "--format", "json"]) == 0
    document = json.loads(capsys.readouterr().out)
    jsonschema.validate(document, json.loads((ROOT / "docs" / "inventory.schema.json").read_text("utf-8")))
    (project / "portfolio" / "models.yaml").write_text("nodes: {}\n")
    assert run(["inventory"]) == 0
    assert "Next: lexline import" in capsys.readouterr().out


def test_the_page_of_an_inventory_stands_alone(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["inventory", "--format", "html", "--output", "stock.html"]) == 0
    page = (project / "stock.html").read_text("utf-8")
    reader = Elements()
    reader.feed(page)
    reader.close()
    assert reader.open == []
    assert {"script", "link", "img", "iframe"}.isdisjoint(reader.seen)
    assert "//" not in page
    assert {"main", "nav", "h1", "h2", "th"} <= reader.seen.keys()


class Elements(HTMLParser):
    """The elements of a page: those seen, and those that are not closed."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: Counter[str] = Counter()
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002  # the base names it
        self.seen[tag] += 1
        if tag != "meta":
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


@pytest.mark.parametrize(
    ("element", "status", "first"),
    [
        ("credit", 1, "BLOCK  credit is blocked on 2026-11-22 (1 rule)."),
        ("fraud", 1, "BLOCK  fraud is blocked on 2026-11-22 (1 rule)."),
        ("applications", 2, "NOT EVALUATED  no rule is about applications"),
    ],
)
def test_gate(project: Path, capsys: pytest.CaptureFixture[str], element: str, status: int, first: str) -> None:
    capsys.readouterr()
    assert run(["gate", element, "--on", "2026-11-22"]) == status
    shown = capsys.readouterr().out
    assert shown.startswith(first)
    assert ("what to do: Ask model risk to validate it" in shown) is (element == "credit")
    assert ("to settle it: record for fraud validated_on" in shown) is (element == "fraud")
    assert ("if it is broken: Ask model risk to validate it" in shown) is (element == "fraud")


DATED = """policy house
parameter least is 90%
rule GONE "gone" in force from 2020-01-01 until 2026-01-01 for model where name = "credit" require accuracy >= least
rule HERE "here" for model where name = "credit" require accuracy >= least
rule SOON "soon" in force from 2027-01-01 for model where name = "credit" require accuracy >= least
"""


def test_gate_says_what_does_not_count_and_percentages_as_they_are_written(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (project / "policies" / "house.policy").write_text(DATED)
    portfolio = project / "portfolio" / "models.yaml"
    portfolio.write_text(portfolio.read_text().replace("name: credit,", "name: credit, accuracy: 80%,"))
    capsys.readouterr()
    assert run(["gate", "credit", "--on", "2026-11-22"]) == 1
    shown = capsys.readouterr().out
    assert "\nnot counted: house/GONE would be fail, but is no longer in force\n" in shown
    assert "\nnot counted: house/SOON would be fail, but is not yet in force\n" in shown
    assert "fact: accuracy of credit = 80%, says " in shown
    assert "fact: parameter least = 90%, says " in shown
    assert run(["explain", "HERE", "credit", "--on", "2026-11-22"]) == 0
    assert "accuracy of credit were 90% (it is 80%)" in capsys.readouterr().out


def test_explain_marks_parts_and_says_what_would_change(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    capsys.readouterr()
    assert run(["explain", "VALIDATED", "credit", "--on", "2026-11-22"]) == 0
    shown = capsys.readouterr().out
    assert "✗ validated_on is within the last validation_period: false" in shown
    assert "✓ validation_status = approved: true" in shown
    assert "It would be pass if" in shown


@pytest.mark.parametrize(
    ("command", "words"),
    [
        (["check", "--rule", "VALIDATD"], "did you mean `VALIDATED`?"),
        (["check", "--reasons", "many"], "write a number, `all` or `none`"),
        (["check", "--format", "jsn"], "json"),
        (["check", "--policy", "nowhere.policy"], "nowhere.policy"),
        (["fmt", "nowhere"], "nowhere"),
        (["inventory", "--kind", "modl"], "did you mean `model`?"),
        (["inventory", "--format", "xml"], "`text`, `json` or `html`"),
        (["inventory", "--portfolio", "nowhere.yaml"], "there is no such file"),
        (["frobnicate"], "frobnicate"),
        (["check", "--frobnicate"], "frobnicate"),
    ],
)
def test_mistakes_end_with_2_and_a_hint(
    project: Path, capsys: pytest.CaptureFixture[str], command: list[str], words: str
) -> None:
    assert run(command) == 2
    assert words in capsys.readouterr().err


def test_import_of_files_that_cannot_be_read_changes_nothing(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """What the source said before stays, and the reason is told."""
    source = "sources: {s: {importer: kserve, paths: [export.yaml], settings: {authority: c}}}"
    (project / "lexline.yaml").write_text(f"policies: [policies]\nfacts: facts\n{source}\n", "utf-8")
    service = "kind: InferenceService\nmetadata: {name: s}\nspec: {predictor: {model: {storageUri: s3://b/m}}}\n"
    (project / "export.yaml").write_text(service, "utf-8")
    assert run(["import"]) == 0
    before = (project / "facts" / "s.jsonl").read_bytes()
    (project / "export.yaml").write_text("Not Found", "utf-8")
    assert run(["import"]) == 2
    printed = capsys.readouterr()
    assert "skipped: export.yaml" in printed.out
    assert "nothing that source `s` names could be read" in printed.err
    assert (project / "facts" / "s.jsonl").read_bytes() == before


def test_nothing_evaluated_ends_with_2(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (project / "portfolio" / "models.yaml").write_text("nodes: {}\n")
    assert run(["check"]) == 2
    shown = capsys.readouterr().out
    assert "No subject: house VALIDATED" in shown
    assert "Nothing was evaluated." in shown


def test_a_wrong_setting_is_shown_at_its_line(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (project / "lexline.yaml").write_text("# mine\npolices: [policies]\n")
    assert run(["check"]) == 2
    error = capsys.readouterr().err
    assert "lexline.yaml:2" in error
    assert "did you mean `policies`?" in error


@pytest.mark.parametrize("format_", ["text", "markdown", "junit", "json", "jsonl"])
def test_what_others_named_is_shown_without_effect(
    project: Path, capsys: pytest.CaptureFixture[str], format_: str
) -> None:
    hostile = "\x1b]0;owned\x07<script>alert(1)</script>::error::=cmd|"
    portfolio = {
        "nodes": {
            hostile: {"kind": "model", "name": hostile, "validation_status": "pending"},
            "live": {"kind": "deployment", "environment": "production"},
        },
        "edges": [[hostile, "serves", "live"]],
    }
    (project / "hostile.json").write_text(json.dumps(portfolio))
    capsys.readouterr()
    assert run(["check", "--portfolio", "hostile.json", "--format", format_]) == 1
    shown = capsys.readouterr().out
    assert "\x1b" not in shown
    assert "\x07" not in shown
    if format_ in ("markdown", "junit"):
        assert "<script>" not in shown


@pytest.mark.parametrize("name", ["report", "inventory", "coverage"])
def test_schema_is_current(name: str) -> None:
    from lexline.app.render.coverage import CoverageDocument
    from lexline.app.render.inventory_json import InventoryDocument
    from lexline.report_document import ReportDocument

    published = json.loads((ROOT / "docs" / f"{name}.schema.json").read_text("utf-8"))
    documents: dict[str, type[BaseModel]] = {
        "report": ReportDocument,
        "inventory": InventoryDocument,
        "coverage": CoverageDocument,
    }
    assert documents[name].model_json_schema(by_alias=True) == published


PROGRAM = "from lexline.app.cli import main; main()"


def on_a_terminal(command: list[str], folder: Path, program: str = PROGRAM, **environment: str) -> str:
    """What a command shows where a person reads."""
    pty = pytest.importorskip("pty", reason="pseudo-terminals are Unix's")
    ours, theirs = pty.openpty()
    given = {**os.environ, "TERM": "xterm", "COLUMNS": "120", **environment}
    given = {name: value for name, value in given.items() if value}
    process = subprocess.Popen(
        [sys.executable, "-c", program, *command], cwd=folder, stdout=theirs, stderr=theirs, env=given
    )
    os.close(theirs)
    shown = b""
    try:
        while part := os.read(ours, 65_536):
            shown += part
    except OSError:  # Linux ends a terminal so
        pass
    process.wait(timeout=60)
    os.close(ours)
    return shown.decode()


def test_colours_tables_and_progress_on_a_terminal_only(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    command = ["check", "--on", "2026-11-22", "--reasons", "none"]
    coloured = on_a_terminal(command, project, NO_COLOR="")
    assert "\x1b[1;31mFAIL" in coloured
    assert "house/VALIDATED" in coloured.rsplit("Next:", 1)[1].split("\n", 1)[1]
    assert "\x1b" not in on_a_terminal(command, project, NO_COLOR="1")
    assert "\x1b[1;31mmissing" in on_a_terminal(["inventory"], project, NO_COLOR="")
    capsys.readouterr()
    run(command)
    printed = capsys.readouterr()
    assert "\x1b" not in printed.out + printed.err
    assert printed.err == ""


def test_a_process_that_is_gone_ends_with_3(project: Path) -> None:
    program = (
        "import os\nfrom lexline.app.cli import main\nfrom lexline.evaluate import explaining, interpret\n"
        "explaining.TOGETHER, interpret.Interpreter.decide = 1, lambda *_: os._exit(9)\nmain()"
    )
    command = [sys.executable, "-c", program, "check", "--jobs", "2", "--output", "report.txt"]
    ended = subprocess.run(command, cwd=project, check=False, capture_output=True, text=True)
    assert (ended.returncode, ended.stdout) == (3, "")
    assert ended.stderr.startswith("error[LX304]: a process that explained verdicts ended without an answer")
    assert not (project / "report.txt").exists()


@pytest.mark.skipif(os.name == "nt", reason="signals are Unix's")
def test_interrupting_ends_the_processes_too(project: Path) -> None:
    program = (
        "import os, signal\nfrom lexline.app.cli import main\nfrom lexline.evaluate import explaining, interpret\n"
        "def decide(*_): os.kill(os.getppid(), signal.SIGTERM); signal.pause()\n"
        "explaining.TOGETHER, interpret.Interpreter.decide = 1, decide\nmain()"
    )
    command = [sys.executable, "-c", program, "check", "--jobs", "2"]
    # It ends when all that hold its standard error have ended.
    ended = subprocess.run(command, cwd=project, check=False, capture_output=True, text=True, timeout=60)
    assert (ended.returncode, ended.stdout, ended.stderr) == (130, "", "interrupted\n")


HURRIED = """
from lexline.app.cli import main, output
class Timer:
    def __init__(self, seconds, begin):
        assert seconds == 2
        self.start, self.cancel, self.join = {start}, lambda: None, lambda: None
output.Timer = Timer
main()
"""
"""Two seconds are over at once, or never."""


def test_what_is_at_work_is_shown_after_two_seconds_on_a_terminal(project: Path) -> None:
    command = ["check", "--on", "2026-11-22", "--reasons", "all", "--output", "report.txt"]
    slow, quick = HURRIED.format(start="begin"), HURRIED.format(start="lambda: None")
    shown = on_a_terminal(command, project, slow, NO_COLOR="")
    assert "reading policies and facts" in shown
    assert "explaining house/VALIDATED (2 of 2)" in shown
    assert on_a_terminal(command, project, quick, NO_COLOR="") == ""
    ended = subprocess.run([sys.executable, "-c", slow, *command], cwd=project, check=False, capture_output=True)
    assert ended.stdout + ended.stderr == b""


def test_each_rule_and_each_explanation_is_told(project: Path) -> None:
    told: list[str] = []
    report = decide(load(project, on=date(2026, 11, 22)), reasons=1, now=told.append)
    assert len(report.decisions) == 2
    assert told == ["deciding house/VALIDATED (1 of 1)", "explaining house/VALIDATED (1 of 1)"]


INTERRUPTED = """
import os, signal
signal.signal(signal.SIGINT, signal.default_int_handler)
from lexline.app.cli import main
def full(_): os.kill(os.getpid(), signal.{number}); os.kill(os.getpid(), signal.{number})
os.fsync = full
main()
"""
"""Interrupted twice while a file is written; who starts the tests in the background leaves SIGINT ignored."""


@pytest.mark.skipif(os.name == "nt", reason="signals are Unix's")
@pytest.mark.parametrize("number", ["SIGINT", "SIGTERM"])
def test_interrupting_leaves_nothing_half_written(project: Path, number: str) -> None:
    (project / "report.txt").write_text("of yesterday")
    before = sorted(project.iterdir())
    command = [sys.executable, "-c", INTERRUPTED.format(number=number), "check", "--no-snapshot", "-o", "report.txt"]
    ended = subprocess.run(command, cwd=project, check=False, capture_output=True, text=True)
    assert (ended.returncode, ended.stdout, ended.stderr) == (130, "", "interrupted\n")
    assert (project / "report.txt").read_text() == "of yesterday"
    assert sorted(project.iterdir()) == before


def test_completion(project: Path) -> None:
    program = "from lexline.app.cli import main; main()"
    done = subprocess.run(
        [sys.executable, "-c", program],
        env={**os.environ, "_LEXLINE_COMPLETE": "complete_bash", "COMP_WORDS": "lexline ch", "COMP_CWORD": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout.split() == ["check"]
