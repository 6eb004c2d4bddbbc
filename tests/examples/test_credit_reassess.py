"""docs/reassess.md over the credit example: what it shows is what is printed."""

from __future__ import annotations

import json
import re
import shlex
import shutil
from pathlib import Path

import pytest

from lexline.app.cli.commands import run
from receivers import web_receiver

ROOT = Path(__file__).parents[2]
SHOWN = re.compile(r"^```console\n(.*?)^```$", re.MULTILINE | re.DOTALL)
COMMAND = re.compile(r"^\$ lexline (.*)\n", re.MULTILINE)
EVENTS = Path("sources/openlineage/pipeline.jsonl")


@pytest.fixture
def bank(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Path:
    """The example with a store, after the catalogue changed what it says of the training data."""
    folder = tmp_path / "credit"
    shutil.copytree(ROOT / "examples" / "credit", folder, ignore=shutil.ignore_patterns("facts"))
    monkeypatch.chdir(folder)
    settings = Path("lexline.yaml")
    settings.write_text(settings.read_text("utf-8").replace("facts: facts", "store: lexline.db"), "utf-8")
    assert run(["import"]) == 0
    lines = EVENTS.read_text("utf-8").split("\n")
    said = '"contains_pii", "source": "CATALOG", "value": '
    assert f'{said}"false"' in lines[1]
    lines[1] = lines[1].replace(f'{said}"false"', f'{said}"true"')
    EVENTS.write_text("\n".join(lines), "utf-8")
    assert run(["import"]) == 0
    capsys.readouterr()
    return folder


def test_the_page_shows_what_is_printed(bank: Path, capsys: pytest.CaptureFixture[str]) -> None:
    page = (ROOT / "docs" / "reassess.md").read_text("utf-8")
    count = 0
    for block in SHOWN.findall(page):
        _, *parts = COMMAND.split(block)
        for command, expected in zip(parts[::2], parts[1::2], strict=True):
            assert run(shlex.split(command)) == 0
            pattern = re.escape(expected).replace("…", "[0-9-]+")
            printed = capsys.readouterr().out
            assert re.fullmatch(pattern, printed), printed
            count += 1
    assert count == 4


def test_what_is_done_is_gone_and_the_rest_stays(bank: Path, capsys: pytest.CaptureFixture[str]) -> None:
    def items(*options: str) -> dict[str, str]:
        assert run(["reassess", "--format", "json", *options]) == 0
        return {item["id"]: item["state"] for item in json.loads(capsys.readouterr().out)["items"]}

    before = items()
    assert run(["reassess", "--done", "ff9b31c5768a", "--by", "Jo", "--note", "seen"]) == 0
    capsys.readouterr()
    assert before.keys() - items().keys() == {"ff9b31c5768a"}
    assert run(["reassess", "--done", "ff9b31c5768a", "--by", "Jo", "--note", "seen"]) == 2
    assert "LX530" in capsys.readouterr().err
    assert items("--cause", "expiry").keys() < before.keys()
    assert not items("--owner", "nobody")
    assert run(["reassess", "--fail-on", "overdue", "--cause", "every"]) == 1
    assert run(["reassess", "--fail-on", "overdue", "--cause", "when"]) == 0


def test_without_a_store_nothing_can_be_recorded(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(ROOT / "examples" / "credit")
    on = ("--on", "2026-09-03")
    assert run(["reassess", *on, "--format", "csv"]) == 0
    printed = capsys.readouterr().out
    (row,) = (line.split(",") for line in printed.split("\n") if ",house-credit/REVALIDATED," in line)
    assert run(["reassess", *on, "--acknowledge", row[0], "--by", "Jo"]) == 2
    assert "no store" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--cause", "moon"], "`--cause moon` is not known"),
        (["--format", "html"], "`--format html` is not known"),
        (["--fail-on", "new"], "`--fail-on new` is not known"),
        (["--done", "x"], "nobody says so"),
        (["--done", "x", "--by", "Jo"], "--done says why nothing follows"),
        (["--assign", "x", "--by", "Jo"], "--assign and --to belong together"),
        (["--acknowledge", "x", "--to", "Ann", "--by", "Jo"], "--assign and --to belong together"),
        (["--acknowledge", "x", "--done", "y", "--by", "Jo"], "one of --acknowledge, --assign and --done"),
        (["--by", "Jo"], "belong to an item"),
        (["--why-not", "nobody"], "there is no element `nobody`"),
        (["--why-not", "x", "--format", "csv"], "--why-not has no csv"),
        (["--until", "tomorrow"], "`--until tomorrow` is no date"),
        (["--until", "2020-01-01"], "`--until 2020-01-01` lies before "),
    ],
)
def test_wrong_words(
    options: list[str], said: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(ROOT / "examples" / "credit")
    assert run(["reassess", *options]) == 2
    assert said in capsys.readouterr().err


# ---- announcing ----------------------------------------------------------------------------------------------------

PLACES = """
notify:
  board: {{notifier: webhook, settings: {{url: "http://127.0.0.1:{port}/", secret: BOARD_KEY, backoff: 0}}}}
"""


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The example, entered, with a key for the board."""
    folder = tmp_path / "credit"
    shutil.copytree(ROOT / "examples" / "credit", folder)
    monkeypatch.chdir(folder)
    monkeypatch.setenv("BOARD_KEY", "the-key-of-the-board")
    return folder


def announced(project: Path, port: int, *options: str) -> int:
    settings = project / "lexline.yaml"
    text = settings.read_text("utf-8").split("\nnotify:", 1)[0]
    settings.write_text(text + PLACES.format(port=port), "utf-8")
    return run(["reassess", "--on", "2026-09-03", "--cause", "every", "--notify", *options])


def test_what_is_shown_is_announced(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with web_receiver([503, 503, 202]) as received:
        assert announced(project, received.port, "board") == 0
    printed = capsys.readouterr()
    assert "`board` was told of 4 of 4" in printed.err
    events = [json.loads(body)["data"]["item"] for _, body in received.requests[2:]]
    assert len(events) == 4
    assert all(item in printed.out for item in events)
    assert "the-key-of-the-board" not in printed.out + printed.err


def test_a_place_that_takes_nothing_is_left_alone(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with web_receiver([503]) as received:
        assert announced(project, received.port, "board", "--fail-on", "overdue") == 3
    assert len(received.requests) == 8  # four tries each of two items
    printed = capsys.readouterr().err
    assert "LX531" in printed
    assert "was not told of 4 of 4: 127.0.0.1 did not take it (status 503, tried 4 times)" in printed


def test_a_place_that_is_not_there(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert announced(project, 1, "bord") == 2
    assert "did you mean `board`?" in capsys.readouterr().err


@pytest.mark.parametrize("command", [["check"], ["reassess"]])
def test_mistakes_in_places_are_found_when_the_project_is_loaded(
    command: list[str], project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    settings = project / "lexline.yaml"
    places = (
        "notify:\n  nowhere: {notifier: pigeon}\n"
        "  keyless: {notifier: webhook, settings: {url: https://a.example/}}\n"
        "  people:\n    notifier: mail\n    settings:\n"
        "      host: a.example\n      from: a@b.example\n      to: nobody\n"
    )
    settings.write_text(settings.read_text("utf-8") + places, "utf-8")
    assert run(command) == 2
    printed = capsys.readouterr()
    assert not printed.out
    for said in ("no notifier `pigeon`", "setting `secret`: it is missing", "setting `to`: it has to be an address"):
        assert said in printed.err
    assert "      to: nobody\n" in printed.err
    assert "3 mistakes" in printed.err
    assert run(["gate", "model:mlflow/mlflow.northfield.example/credit-decision/1", "--no-record"]) in (0, 1)
