"""Mistakes in a project's files and at the command line: the first names the fix, at the very words."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer
import yaml

from lexline.app.cli.commands import application, run

CORPUS = Path(__file__).parents[1] / "corpus" / "projects"
CASES = [case for path in sorted(CORPUS.glob("*.yaml")) for case in yaml.safe_load(path.read_text("utf-8"))]
HEAD = re.compile(r"(?:(?P<place>\S+): )?error\[LX\d+\]: ")
LONG = "a" * 5000


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Path:
    """A folder as ``lexline init`` sets it up, entered."""
    assert run(["init", str(tmp_path / "first")]) == 0
    capsys.readouterr()
    monkeypatch.chdir(tmp_path / "first")
    return tmp_path / "first"


@pytest.mark.parametrize("case", CASES, ids=lambda case: str(case["case"]))
def test_the_first_mistake_names_the_fix(
    project: Path, capsys: pytest.CaptureFixture[str], case: dict[str, Any]
) -> None:
    for name, text in case.get("files", {}).items():
        (project / name).parent.mkdir(exist_ok=True)
        (project / name).write_text(text)
    assert run(case.get("command", ["check"])) == 2
    lines = capsys.readouterr().err.split("\n")
    head = HEAD.match(lines[0])
    assert head is not None, lines
    assert head["place"] == case.get("place")
    end = next(at for at, line in enumerate(lines) if at and (HEAD.match(line) or "mistake" in line))
    for words in case["says"]:
        assert words in "\n".join(lines[:end])
    assert case.get("at") is None or str(case["at"]) == _underlined(lines)


def _underlined(lines: list[str]) -> str:
    """The text above the first carets."""
    text, carets = lines[1:3]
    return text[carets.index("^") : carets.rindex("^") + 1]


@pytest.mark.parametrize(
    "command",
    [
        ["check", "--policy", LONG],
        ["check", "--portfolio", LONG],
        ["check", "--output", LONG],
        ["check", "--project", LONG],
        ["init", LONG],
        ["fmt", LONG],
        ["explain", LONG, LONG],
        ["gate", LONG],
    ],
    ids=lambda command: " ".join(command)[:20],
)
def test_nothing_is_too_long(project: Path, capsys: pytest.CaptureFixture[str], command: list[str]) -> None:
    assert run(command) == 2
    assert HEAD.match(capsys.readouterr().err)


SETTINGS = ("vocabulary: {}", "extend: [{}]", "packs: [./{}]", "policies: [{}]", "portfolio: [{}]", "facts: {}")


@pytest.mark.parametrize("text", [*SETTINGS, "identity: {}"])
@pytest.mark.parametrize("name", [LONG, f"{LONG}/*.yaml", "lexline.yaml/x"], ids=lambda name: name[-20:])
def test_no_path_of_the_settings_ends_in_a_traceback(
    project: Path, capsys: pytest.CaptureFixture[str], text: str, name: str
) -> None:
    (project / "lexline.yaml").write_text(text.format(name) + "\n")
    for command in (["check"], ["inventory"], ["fmt", "--check"], ["import"]):
        assert run(command) in (0, 1, 2)
        error = capsys.readouterr().err
        assert not error or HEAD.match(error)


def formatted(group: Any, *path: str) -> Iterator[list[str]]:
    """The commands that have a format, each with words for what it needs."""
    for name, command in group.commands.items():
        if hasattr(command, "commands"):
            yield from formatted(command, *path, name)
        elif any("--format" in param.opts for param in command.params):
            needed = [param for param in command.params if param.required]
            words = [
                ("credit",) if one.param_type_name == "argument" else (one.opts[0], "2099-01-01") for one in needed
            ]
            yield [*path, name, *(word for pair in words for word in pair)]


COMMANDS = list(formatted(typer.main.get_command(application())))
PLUGGED = (["check"], ["gate", "credit"])
"""Commands whose formats are those of plug-ins."""


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_each_command_says_the_same_of_a_format_that_there_is_not(
    project: Path, capsys: pytest.CaptureFixture[str], command: list[str]
) -> None:
    assert run([*command, "--format", "txt"]) == 2
    said = capsys.readouterr().err
    assert ("there is no format `txt`" if command in PLUGGED else "`--format txt` is not known") in said
    assert "did you mean `text`?" in said
