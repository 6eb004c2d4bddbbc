"""The bank, the hospital and the council: what their READMEs say is what is decided, and no more."""

from __future__ import annotations

import json
import os
import re
import runpy
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from lexline.app.cli.commands import run
from lexline.decision import Evaluation, decide
from lexline.evaluate.interpret import Interpreter
from lexline.evaluate.verdict import Clock
from lexline.plugin_manager import load_plugins
from lexline.project import Files, load_graph, load_rules
from lexline.settings import load_settings

EXAMPLES = Path(__file__).parents[2] / "examples"
PORTFOLIOS = {"bank": 1, "hospital": 0, "council": 0}
"""Each with the exit status of its check: what the hospital and the council breach only warns."""
TODAY = "2026-11-28"


@dataclass(frozen=True)
class Row:
    """A row of a README's table of verdicts."""

    number: str
    elements: tuple[str, ...]
    verdict: str
    phase: str
    rules: tuple[str, ...]
    shown: tuple[str, ...]

    def pairs(self) -> Iterator[tuple[str, str]]:
        return ((rule, element) for rule in self.rules for element in self.elements)


def rows(example: str) -> list[Row]:
    found, heading = [], list[str]()
    for line in (EXAMPLES / example / "README.md").read_text("utf-8").splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if cells[0] == "no":
            heading = cells
        elif cells[0].isdigit():
            named = {name: tuple(re.findall(r"`([^`]+)`", cell)) for name, cell in zip(heading, cells, strict=True)}
            verdict, _, phase = cells[3].partition(", ")
            rules, pack = [], ""
            for rule in named["rules"]:
                pack = rule.partition("/")[0] if "/" in rule else pack
                rules.append(rule if "/" in rule else f"{pack}/{rule}")
            found.append(
                Row(cells[0], named["about"], verdict, phase or "in-force", tuple(rules), named.get("shown by", ()))
            )
    return found


@cache
def checked(example: str, place: Path) -> dict[tuple[str, str], dict[str, Any]]:
    """What ``lexline check`` says of each rule and element, with all reasons."""
    found = place / f"{example}.json"
    project = str(EXAMPLES / example)
    arguments = ["check", "--project", project, "--on", TODAY, "--reasons", "all", "--format", "json", "-o", str(found)]
    assert run(arguments) == PORTFOLIOS[example]
    verdicts = json.loads(found.read_text("utf-8"))["verdicts"]
    return {(f"{verdict['policy']}/{verdict['rule']}", verdict["element"]): verdict for verdict in verdicts}


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("portfolios")


@pytest.mark.parametrize("example", PORTFOLIOS)
def test_portfolio_is_what_the_facts_state(example: str) -> None:
    script = runpy.run_path(str(EXAMPLES / "portfolio.py"))
    stated = (EXAMPLES / example / "facts.md").read_text("utf-8")
    assert script["portfolio"](stated) == (EXAMPLES / example / "portfolio.yaml").read_text("utf-8")


def test_a_table_that_contradicts_another_is_refused() -> None:
    script = runpy.run_path(str(EXAMPLES / "portfolio.py"))
    table = "| model | owner |\n| --- | --- |\n| a | Jo |\n"
    with pytest.raises(ValueError, match="a: owner is both Jo and Sam"):
        script["portfolio"](f"{table}\n{table.replace('Jo', 'Sam')}")


def test_a_group_that_no_table_names_is_refused() -> None:
    script = runpy.run_path(str(EXAMPLES / "portfolio.py"))
    groups = "| group | members |\n| --- | --- |\n| credit | a, b |\n\n"
    for cell in ("@kredit", "a, -@kredit"):
        with pytest.raises(ValueError, match="line 7: no table above says who is in @kredit; the groups are @credit"):
            script["portfolio"](f"{groups}| model | owner |\n| --- | --- |\n| {cell} | Jo |\n")
    with pytest.raises(ValueError, match="line 3: the table has 2 columns, and this row 1"):
        script["portfolio"]("| model | owner |\n| --- | --- |\n| a |\n")


@pytest.mark.parametrize("example", PORTFOLIOS)
def test_rows_are_what_is_decided(example: str, place: Path) -> None:
    found = checked(example, place)
    wrong = [
        (row.number, *pair, found[pair]["verdict"], found[pair]["phase"])
        for row in rows(example)
        for pair in row.pairs()
        if (found[pair]["verdict"], found[pair]["phase"]) != (row.verdict, row.phase)
    ]
    assert wrong == []


@pytest.mark.parametrize("example", PORTFOLIOS)
def test_rows_name_what_the_reasons_show(example: str, place: Path) -> None:
    found = checked(example, place)
    absent = [
        (row.number, word)
        for row in rows(example)
        for word in row.shown
        if not any(re.search(rf"(?<![\w-]){re.escape(word)}(?![\w-])", json.dumps(found[pair])) for pair in row.pairs())
    ]
    assert absent == [], absent


@pytest.mark.parametrize("example", PORTFOLIOS)
def test_nothing_else_fails_is_unknown_or_waived(example: str, place: Path) -> None:
    listed = {pair for row in rows(example) for pair in row.pairs()}
    found = {pair for pair, said in checked(example, place).items() if said["verdict"] in ("fail", "unknown", "waived")}
    assert found == listed


@pytest.mark.parametrize("example", PORTFOLIOS)
def test_what_is_exempt_is_said(example: str, place: Path) -> None:
    readme = (EXAMPLES / example / "README.md").read_text("utf-8")
    section = readme.partition("## What is exempt")[2].partition("\n## ")[0]
    exempt = {element for (_, element), said in checked(example, place).items() if said["verdict"] == "exempt"}
    assert exempt
    assert exempt <= set(re.findall(r"`([^`]+)`", section))


def test_the_bank_has_forty_models() -> None:
    portfolio = (EXAMPLES / "bank" / "portfolio.yaml").read_text("utf-8")
    assert len(re.findall(r"^    kind: model$", portfolio, re.MULTILINE)) == 40


@pytest.mark.parametrize("example", PORTFOLIOS)
def test_verdicts(example: str, place: Path) -> None:
    """All verdicts but not-applicable, reviewed by hand. ``UPDATE_GOLDEN=1`` writes them anew."""
    grouped: dict[str, list[str]] = {}
    for (rule, element), said in checked(example, place).items():
        if said["verdict"] != "not-applicable":
            grouped.setdefault(f"{rule} {said['verdict']} {said['phase']}", []).append(element)
    found = "".join(f"{key}: {', '.join(sorted(elements))}\n" for key, elements in sorted(grouped.items()))
    golden = Path(__file__).with_name(f"{example}-verdicts.txt")
    if os.environ.get("UPDATE_GOLDEN"):
        golden.write_text(found, "utf-8")
    assert found == golden.read_text("utf-8")


@pytest.mark.parametrize("example", PORTFOLIOS)
def test_both_evaluators_agree(example: str) -> None:
    files, plugins, on = Files.of(load_settings(EXAMPLES / example / "lexline.yaml")), load_plugins(), date(2027, 12, 2)
    rules = load_rules(files, plugins)
    assert rules.warnings == ()
    built = load_graph(files, rules.vocabulary, on)
    assert built.report.findings == ()
    clock = Clock(on, datetime.combine(on, time.max, UTC), None)
    report = decide(Evaluation(rules.program, built.graph, clock, joined=built.joined), reasons=0)
    interpreter = Interpreter(rules.program, built.graph, clock)
    for said in report.decisions:
        number = built.graph.number(said.element)
        assert number is not None
        other = interpreter.decide(said.rule, number)
        assert (said.verdict, said.phase) == (other.verdict, other.phase), (said.rule, said.element)


LAW = {
    "2026-12-02": {"assistant", "banners"},
    "2027-12-02": {"application-sorting", "call-mood", "overdraft-de", "paylater-ie"},
    "2028-01-17": {"loans-ie"},
    "2028-03-01": {"cv-ranking"},
    "2028-08-02": {"lifts-dublin"},
}
"""The dates on which the EU AI Act begins to ask more of the bank, and of which systems."""


def test_the_horizon_of_the_bank(place: Path) -> None:
    """Who fails on the dates of the law, and on the day after a waiver; the README has the same table."""
    found = place / "horizon.json"
    project = str(EXAMPLES / "bank")
    period = ["--on", TODAY, "--until", "2028-12-31"]
    assert run(["horizon", "--project", project, *period, "--reasons", "0", "--format", "json", "-o", str(found)]) == 0
    dates = {turned["date"]: turned["turns"] for turned in json.loads(found.read_text("utf-8"))["dates"]}
    fails = {
        day: {(turn["policy"], turn["element"]) for turn in turns if turn["after"]["verdict"] == "fail"}
        for day, turns in dates.items()
    }
    assert {day: {element for policy, element in fails[day] if policy == "eu-ai-act"} for day in LAW} == LAW
    assert ("uk-gdpr", "lookalike-live") in fails["2026-12-12"]
    assert ("pra-ss1-23", "sme-pd") in fails["2027-04-01"]
    table = (EXAMPLES / "bank" / "README.md").read_text("utf-8").partition("## The horizon")[2]
    listed = {
        day: set(re.findall(r"`([^`]+)`", systems))
        for day, systems in re.findall(r"^\| (2\d{3}-\d\d-\d\d) \|.*\|([^|]*)\|$", table, re.MULTILINE)
    }
    assert listed == LAW
