"""Input is hostile: what others wrote has no effect on terminals, CI systems, files or this program."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lexline.app.cli.commands import run

ROOT = Path(__file__).parents[2]
NAMES = {
    "a forged line": "x\nResult: 1 pass.\n",
    "a workflow command": "::error::owned",
    "a workflow command behind a line end": "x\n  ::set-output name=a::b",
    "another system's command": "##vso[task.setvariable variable=a]b",
    "a command in the middle of a line": "x ##[error]y ##vso[task.complete]z ##teamcity[a]",
    "a terminal's title": "\x1b]0;owned\x07",
    "writing from right to left": "a\u202egnp.exe",
    "markup": "<script>alert(1)</script>",
    "a formula": "=cmd|' /C calc'!A0",
    "half of a pair": "\ud800",
}


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Path:
    """A folder as ``lexline init`` sets it up, entered."""
    assert run(["init", str(tmp_path / "first")]) == 0
    capsys.readouterr()
    monkeypatch.chdir(tmp_path / "first")
    return tmp_path / "first"


CI_COMMAND = re.compile(r"^\s*::|##\[|##vso\[|##teamcity\[", re.MULTILINE)
CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
COMMANDS = [["check", "--format", f] for f in ("text", "markdown", "junit", "json", "jsonl")]
COMMANDS += [["inventory", "--format", f] for f in ("text", "html", "json")]
COMMANDS += [["horizon", "--until", "2027-11-22", "--format", f] for f in ("text", "html", "json", "csv")]
COMMANDS += [["measures", "--format", f] for f in ("text", "json", "csv", "markdown")]
COMMANDS += [["gate", "{name}"], ["explain", "VALIDATED", "{name}"]]


@pytest.mark.parametrize("kind", NAMES)
@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_names_have_no_effect(project: Path, capsys: pytest.CaptureFixture[str], kind: str, command: list[str]) -> None:
    name = NAMES[kind]
    nodes = {
        name: {"kind": "model", "name": name, "owner": name, "validation_status": "pending"},
        "live": {"kind": "deployment", "environment": "production"},
    }
    (project / "p.json").write_text(json.dumps({"nodes": nodes, "edges": [[name, "serves", "live"]]}))
    command = [name if part == "{name}" else part for part in command]
    status = run([*command, "--portfolio", "p.json", "--on", "2026-11-22"])
    printed = capsys.readouterr()
    shown = printed.out + printed.err
    assert status in (0, 1) or (kind == "half of a pair" and status == 2)
    assert not CONTROL.search(shown)
    assert not CI_COMMAND.search(shown)
    assert "\nResult: 1 pass.\n" not in shown
    if {"markdown", "junit", "html"} & set(command):
        assert "<script>" not in shown


ODD = "x\x1b]0;owned\x07 ##vso[a]b"
"""A name that files and folders may have."""
SHOWN = [
    ["init", ODD],
    ["fmt", "--diff", f"{ODD}.policy"],
    ["fmt", "--check", f"{ODD}.policy"],
    ["fmt", f"{ODD}.policy"],
    ["check", "--policy", f"{ODD}.policy"],
    ["check", "--policy", f"no{ODD}.policy"],
    ["check", "--portfolio", ODD],
    ["check", "--rule", ODD],
    ["check", "--format", ODD],
    ["check", "--on", ODD],
    ["check", "--project", ODD],
    ["gate", ODD],
    ["explain", ODD, ODD],
    ["import", ODD],
    ["inventory", "--kind", ODD],
    ["coverage", "--pack", ODD],
    ["test", "--policy", f"{ODD}.policy"],
    [ODD],
    ["check", f"--{ODD}"],
]


@pytest.mark.parametrize("command", SHOWN, ids=lambda command: " ".join(command).replace(ODD, "ODD"))
def test_what_a_command_is_given_has_no_effect(
    project: Path, capsys: pytest.CaptureFixture[str], command: list[str]
) -> None:
    policy = f'# {ODD}\npolicy p "##[a] p"\nrule R "##vso[b] r" for model\n  require name = "##[c]"   # \x9b\n'
    (project / f"{ODD}.policy").write_text(policy)
    (project / "lexline.yaml").write_text(
        "facts: facts\nportfolio: [portfolio/models.yaml]\nsources: {a: {importer: mlflow, paths: [a]}}\n"
    )
    assert run(command) in (0, 1, 2)
    printed = capsys.readouterr()
    assert not CONTROL.search(printed.out + printed.err)
    assert not CI_COMMAND.search(printed.out + printed.err)


@pytest.mark.parametrize("command", ["check", "inventory", "identity"])
def test_a_made_up_place_shows_no_line_of_a_file(
    project: Path, capsys: pytest.CaptureFixture[str], command: str
) -> None:
    (project / "secret.txt").write_text("the password is swordfish\n")
    (project / "facts").mkdir()
    fact = {"element": "a", "kind": "modell", "source": "s", "place": f"{project}/secret.txt:1"}
    (project / "facts" / "a.jsonl").write_text(json.dumps(fact) + "\n")
    assert run([command]) == 2
    printed = capsys.readouterr()
    assert "LX430" in printed.err
    assert "swordfish" not in printed.out + printed.err


def test_a_source_can_not_lead_out_of_the_facts_folder(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = 'facts: facts\nsources:\n  "../../out": {importer: mlflow, paths: [a.json], settings: {authority: a}}\n'
    (project / "lexline.yaml").write_text(text)
    (project / "a.json").write_text("{}")
    assert run(["import"]) == 2
    assert "lexline.yaml:3" in capsys.readouterr().err
    assert not list(project.parent.parent.glob("out*"))


SETTINGS = {
    "duplicate keys": ("policies: [a]\npolicies: [b]\n", "policies"),
    "an alias flood": ("a: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b, *b, *b, *b, *b, *b, *b, *b]\n", ""),
    "a tag that makes objects": ("policies: !!python/object/apply:os.system [id]\n", ""),
    "a list": ("- a\n", ""),
    "a number": ("3\n", ""),
    "tabs": ("policies:\n\t- a\n", ""),
    "a yes that is no boolean": ("facts: yes\nsources: on\n", "sources"),
    "binary": ("\x00\x01", ""),
}


@pytest.mark.parametrize("name", SETTINGS)
def test_settings_are_refused_in_words(project: Path, capsys: pytest.CaptureFixture[str], name: str) -> None:
    text, words = SETTINGS[name]
    (project / "lexline.yaml").write_text(text)
    assert run(["check"]) == 2
    error = capsys.readouterr().err
    assert "lexline.yaml" in error
    assert words in error
    assert "Traceback" not in error


@pytest.mark.parametrize("place", ["lexline.yaml", "policies/house.policy", "portfolio/models.yaml", "facts/a.jsonl"])
@given(content=st.binary(max_size=300) | st.text(max_size=200).map(lambda text: text.encode("utf-8", "replace")))
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_content_of_a_file_ends_in_a_traceback(project: Path, place: str, content: bytes) -> None:
    path = project / place
    path.parent.mkdir(exist_ok=True)
    before = path.read_bytes() if path.exists() else None
    path.write_bytes(content)
    try:
        assert run(["check"]) in (0, 1, 2, 3)
        assert run(["test"]) in (0, 1, 2)
        assert run(["fmt", "--check"]) in (0, 1, 2)
    finally:
        path.write_bytes(before) if before is not None else path.unlink()


def test_nothing_reads_what_could_run() -> None:
    sources = [p for root in ("engine", "lineage", "plugins") for p in (ROOT / root).rglob("*.py")]
    for path in sources:
        text = path.read_text("utf-8")
        assert not re.search(r"^\s*(import|from) (pickle|marshal|shelve|dill)\b", text, re.MULTILINE), path
        assert not re.search(r"(?<![\w.])(eval|exec)\(|yaml\.(load|unsafe_load|full_load)\(", text), path
