"""A waiver hides the same verdicts at every door, and never changes what lies under them."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

import lexline
from lexline.app.cli.commands import run
from lexline.evaluate.verdict import Verdict
from lexline.ledger.record import WaiverEntry
from lexline.store import open_store

CASES = yaml.safe_load((Path(__file__).parents[1] / "corpus" / "waivers" / "cases.yaml").read_text("utf-8"))
TERMS = {
    "rules": ["house/VALIDATED"],
    "reason": "the validator left",
    "control": "sampled by hand",
    "approver": "Jo Marsh",
    "role": "head of model risk",
    "requested_by": "Sam Field",
    "from": date(2026, 11, 1),
    "until": date(2027, 1, 31),
}
DAY = date(2026, 11, 22)
UNDER = {"credit": Verdict.FAIL, "fraud": Verdict.UNKNOWN}
KEY = ("house", "VALIDATED")
WORDS = "until 2027-01-31, approved by Jo Marsh (head of model risk): the validator left; instead: sampled by hand"


def written(folder: Path, *changes: dict[str, Any], kept: str = "file", **more: object) -> Path:
    """The first project with waivers that differ from ``TERMS`` by ``changes``, kept in a file or in the ledger."""
    assert run(["init", str(folder)]) == 0
    waivers = [TERMS | ({} if "every" in change else {"elements": ["credit"]}) | change for change in changes]
    if kept == "ledger":
        named = (folder / "lexline.yaml").read_text("utf-8").replace("facts: facts", "store: lexline.db")
        (folder / "lexline.yaml").write_text(named, "utf-8")
        with open_store(folder / "lexline.db") as store:
            store.append([WaiverEntry.model_validate(waiver) for waiver in waivers])
        return folder
    (folder / "waivers.yaml").write_text(yaml.safe_dump({"waivers": waivers} | more), "utf-8")
    with (folder / "lexline.yaml").open("a") as settings:
        settings.write("waivers: waivers.yaml\n")
    return folder


@pytest.mark.parametrize("kept", ["file", "ledger"])
@pytest.mark.parametrize("case", CASES, ids=lambda case: case["case"])
def test_every_door_says_the_same(
    case: dict[str, Any], kept: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = written(tmp_path, *case["waivers"], kept=kept)
    expected = {e: Verdict.WAIVED if e in case["waived"] else under for e, under in UNDER.items()}
    evaluation = lexline.load(folder, on=DAY)
    told = lexline.decide(evaluation, reasons=-1)
    untold = lexline.decide(evaluation, reasons=0)
    bare = lexline.decide(replace(evaluation, waivers=()), reasons=0)
    for report in (told, untold):
        assert {d.element: d.verdict for d in report.decisions} == expected
        assert {d.element: d.underlying for d in report.decisions} == UNDER
    assert {d.element: d.verdict for d in bare.decisions} == UNDER
    for decision in told.decisions:
        number = evaluation.number(decision.element)
        assert number is not None
        assert lexline.gate(evaluation, number).decisions == (decision,)
        assert lexline.explain(evaluation, KEY, decision.element).decision.verdict is decision.verdict
        assert decision.reasons
    arguments = ["-C", str(folder), "--on", str(DAY)]
    capsys.readouterr()
    status = run(["check", *arguments, "--format", "json"])
    document = json.loads(capsys.readouterr().out)
    assert {entry["element"]: Verdict(entry["verdict"]) for entry in document["verdicts"]} == expected
    assert {entry["element"] for entry in document["verdicts"] if entry["waiver"]} == set(case["waived"])
    assert status == int(set(case["waived"]) != set(UNDER))
    for element, verdict in expected.items():
        assert run(["gate", element, *arguments]) == int(verdict is not Verdict.WAIVED)


@pytest.mark.parametrize("command", [["check", "--format", f] for f in ("text", "json", "jsonl", "markdown", "junit")])
@pytest.mark.parametrize("reasons", ["all", "none"])
def test_every_format_shows_the_waiver_and_what_it_hides(
    command: list[str], reasons: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = written(tmp_path, {})
    capsys.readouterr()
    run([*command, "-C", str(folder), "--on", str(DAY), "--reasons", reasons])
    shown = capsys.readouterr().out
    assert WORDS in shown.replace("\\", "").replace("&#58;", ":")
    assert '"underlying": "fail"' in shown or "would be fail" in shown


@pytest.mark.parametrize("command", [["gate", "credit"], ["explain", "VALIDATED", "credit"]])
def test_gate_and_explain_show_it(command: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = written(tmp_path, {})
    capsys.readouterr()
    assert run([*command, "-C", str(folder), "--on", str(DAY)]) == 0
    shown = capsys.readouterr().out
    assert f"waived (would be fail) by waivers.yaml:2, {WORDS}" in shown


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"until": None}, "`until` can't be used"),
        ({"reason": " "}, "`reason` can't be used"),
        ({"untill": 3}, "did you mean `until`?"),
        ({"every": "model"}, "`every` names a kind, and `where` a condition: they belong together"),
        ({"every": "model", "where": "nonsense ="}, "the condition `nonsense =` can't be used"),
        ({"every": "model", "where": "no_such_thing = 1"}, "the condition `no_such_thing = 1` can't be used"),
        ({"every": "unicorn", "where": "a = 1"}, "the condition `a = 1` can't be used"),
        ({"every": "model", "where": 'true\nrule X "x"\n  for model\n  require true'}, "it is more than one condition"),
        ({"until": date(2026, 10, 1)}, "it ends on 2026-10-01, before it begins on 2026-11-01"),
        ({"rules": []}, "`rules` can't be used"),
        ({"rules": "house/VALIDATED"}, "`rules` can't be used"),
        ({"approver": ["a"]}, "`approver` can't be used"),
    ],
)
def test_a_waiver_that_can_not_be_used(
    change: dict[str, Any], said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = written(tmp_path, change)
    capsys.readouterr()
    assert run(["check", "-C", str(folder), "--on", str(DAY)]) == 2
    shown = capsys.readouterr().err
    assert said in shown
    assert "LX510" in shown
    assert "waivers.yaml:" in shown


@pytest.mark.parametrize("text", ["[]", "waivers: 3", "waivers: [3]", "waiver: []", "waivers: [{}]", "waivers: [null]"])
def test_a_file_that_holds_no_waivers(text: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = written(tmp_path)
    (folder / "waivers.yaml").write_text(text, "utf-8")
    assert run(["check", "-C", str(folder)]) == 2
    assert "LX510" in capsys.readouterr().err


def test_an_empty_file_waives_nothing(tmp_path: Path) -> None:
    folder = written(tmp_path)
    for text in ("", "waivers:", "waivers: []"):
        (folder / "waivers.yaml").write_text(text, "utf-8")
        assert lexline.load(folder, on=DAY).waivers == ()


def test_an_approver_who_owns_the_element_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = written(tmp_path, {})
    portfolio = folder / "portfolio" / "models.yaml"
    owned = portfolio.read_text("utf-8").replace("name: credit,", "name: credit, owner: jo  marsh,")
    portfolio.write_text(owned, "utf-8")
    run(["check", "-C", str(folder), "--on", str(DAY)])
    shown = capsys.readouterr().err
    assert "LX514" in shown
    assert "owns `credit`" in shown


def test_the_example_of_the_page_is_read(tmp_path: Path) -> None:
    page = (Path(__file__).parents[2] / "docs" / "waivers.md").read_text("utf-8")
    folder = written(tmp_path)
    (folder / "waivers.yaml").write_text(page.split("```yaml\n")[1].split("```")[0], "utf-8")
    report = lexline.decide(lexline.load(folder, on=DAY))
    assert {d.element: d.verdict for d in report.decisions} == {"credit": Verdict.WAIVED, "fraud": Verdict.UNKNOWN}
