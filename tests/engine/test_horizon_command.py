"""``lexline horizon`` on small projects, and on the application dates of the EU AI Act."""

from __future__ import annotations

import csv
import io
import json
import re
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from lexline.app.cli.commands import run

DATES = Path(__file__).parent / "horizon"
Turn = tuple[str, str, str, str | None, str]

POLICY = """policy house
parameter validity is 12 months is 6 months from 2026-10-20
rule VALID "The validation, once; done\\\\" for model require validated_on is within the last validity
  severity high
  owner "model risk"
  deadline 30 days
rule NAMED for model require owner is known
"""
PORTFOLIO = """nodes:
  a: {kind: model, owner: Jo, validated_on: 2026-04-10}
  b: {kind: model, owner: {value: Sam, until: 2026-11-30}, validated_on: 2026-05-31}
  c: {kind: model, owner: Kim, validated_on: 2026-01-05}
edges: []
"""
WAIVERS = """waivers:
  - rules: [house/VALID]
    elements: [c]
    reason: the validator left
    control: sampled by hand
    approver: Ann
    role: head
    requested_by: Bob
    from: 2026-09-01
    until: 2026-11-14
"""


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "lexline.yaml").write_text(
        "policies: [house.policy]\nportfolio: [portfolio.yaml]\nwaivers: waivers.yaml\nextend: [words.yaml]\n"
    )
    (tmp_path / "words.yaml").write_text("kinds: {model: {attributes: {validated_on: {type: date}}}}\n")
    (tmp_path / "house.policy").write_text(POLICY)
    (tmp_path / "portfolio.yaml").write_text(PORTFOLIO)
    (tmp_path / "waivers.yaml").write_text(WAIVERS)
    return tmp_path


def said(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    capsys.readouterr()
    assert run(["horizon", *arguments]) == 0
    return capsys.readouterr().out


def turns(text: str) -> list[Turn]:
    """Date, rule, element, what it was, and what it becomes."""
    return [
        (at["date"], turn["rule"], turn["element"], _word(turn["before"]), _word(turn["after"]) or "")
        for at in json.loads(text)["dates"]
        for turn in at["turns"]
    ]


def _word(decided: dict[str, str] | None) -> str | None:
    return None if decided is None else f"{decided['verdict']} {decided['phase']}"


def test_each_sort_of_date_is_found_with_its_cause(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = said(capsys, "--on", "2026-09-03", "--until", "2027-02-01", "--format", "json")
    good, bad = "pass in-force", "fail in-force"
    assert turns(text) == [
        ("2026-10-20", "VALID", "a", good, bad),
        ("2026-10-20", "VALID", "c", good, "waived in-force"),
        ("2026-11-15", "VALID", "c", "waived in-force", bad),
        ("2026-12-01", "VALID", "b", good, bad),
        ("2026-12-01", "NAMED", "b", good, bad),
    ]
    causes = [
        [(cause["sort"], cause["before"], cause["after"]) for cause in turn["causes"]]
        for at in json.loads(text)["dates"]
        for turn in at["turns"]
    ]
    assert ("parameter", "P12M", "P6M") in causes[0] or ("parameter", "12 months", "6 months") in causes[0]
    assert [sort for sort, _, _ in causes[2]][:1] == ["waiver"]
    assert ("clause", "true", "false") in causes[3]
    assert causes[4] == [("fact", "Sam", "missing")]
    first = json.loads(text)["dates"][0]["turns"][0]
    assert (first["owner"], first["severity"], first["act"]) == ("Jo", "high", True)
    assert json.loads(text)["evaluated"] == 4


def test_a_waiver_with_a_condition_lasts_as_long_as_that(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    chosen = "    every: model\n    where: validated_on is within the last 10 months\n"
    waivers = WAIVERS.replace("    elements: [c]\n", chosen).replace("2026-11-14", "2027-03-31")
    (project / "waivers.yaml").write_text(waivers)
    text = said(capsys, "--on", "2026-10-20", "--until", "2027-06-01", "--rule", "VALID", "--format", "json")
    fails, waived = "fail in-force", "waived in-force"
    assert turns(text) == [
        ("2026-11-06", "VALID", "c", waived, fails),
        ("2026-12-01", "VALID", "b", "pass in-force", waived),
        ("2027-02-11", "VALID", "a", waived, fails),
        ("2027-04-01", "VALID", "b", waived, fails),
    ]


def test_text_says_who_and_why(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = said(capsys, "--on", "2026-09-03", "--until", "2027-02-01")
    assert "2026-11-15  1 begins to fail" in text
    assert (
        "FAIL  house/VALID: The validation, once; done\\  (was waived)\n      high · within 30 days, by 2026-12-15"
        in text
    )
    assert "      Kim: c\n" in text
    assert "because waiver waivers.yaml:2 (the validator left): in force until 2026-11-14 → not in force" in text
    assert "  waived  house/VALID" not in text
    assert "  waived  house/VALID" in said(capsys, "--on", "2026-09-03", "--until", "2027-02-01", "--all")
    assert "Nothing changes by itself." in said(capsys, "--on", "2026-09-03", "--until", "2026-09-04")


def test_text_of_many_verdicts_is_short_and_csv_is_not(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    who = ("Jo", "Kim", "Sam")
    lines = [
        f"  m{number}: {{kind: model, owner: {who[number % 3]}, validated_on: 2026-05-01}}" for number in range(120)
    ]
    (project / "portfolio.yaml").write_text("\n".join(["nodes:", *lines, "edges: []", ""]))
    arguments = ("--on", "2026-11-01", "--until", "2026-12-01", "--rule", "VALID")
    text = said(capsys, *arguments)
    assert "2026-11-02  120 begin to fail" in text
    assert text.count("FAIL  house/VALID") == 1
    assert text.count(" and 32 more\n") == 3
    clause = (
        "`validated_on is within the last validity` (validated_on of m0 = 2026-05-01, parameter validity = 6 months)"
    )
    assert f"because, for m0 {clause}: true → false" in text
    assert len(said(capsys, *arguments, "--format", "csv").splitlines()) == 121


def test_one_of_each_kind_is_looked_up_before_others_of_the_same(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = [
        f"  m{number}: {{kind: model, owner: Jo, validated_on: 2026-05-0{number % 2 + 1}}}" for number in range(12)
    ]
    (project / "portfolio.yaml").write_text("\n".join(["nodes:", *lines, "edges: []", ""]))
    arguments = ("--on", "2026-11-01", "--until", "2026-12-01", "--format", "csv", "--reasons", "4")
    rows = list(csv.DictReader(io.StringIO(said(capsys, *arguments))))
    known = [(row["date"], row["element"]) for row in rows if row["because"]]
    assert known == [("2026-11-02", "m0"), ("2026-11-02", "m10"), ("2026-11-03", "m1")]
    assert {(row["deadline"], row["due"]) for row in rows} == {("30 days", "2026-12-02"), ("30 days", "2026-12-03")}


def test_csv_has_a_row_for_each_turn(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = said(capsys, "--on", "2026-09-03", "--until", "2027-02-01", "--format", "csv")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert [(row["date"], row["element"], row["act"]) for row in rows][1:3] == [
        ("2026-10-20", "c", "no"),
        ("2026-11-15", "c", "yes"),
    ]


# ---- the calendar --------------------------------------------------------------------------------------------------


def properties(text: str) -> list[tuple[str, str]]:
    """The lines of a calendar put together again, as names and values (RFC 5545, 3.1)."""
    assert text.endswith("\r\n")
    assert "\n" not in text.replace("\r\n", "")
    lines = text.split("\r\n")[:-1]
    assert all(len(line.encode()) <= 75 for line in lines)
    whole = re.sub("\r\n[ \t]", "", "\r\n".join(lines)).split("\r\n")
    return [(line.partition(":")[0], line.partition(":")[2]) for line in whole]


def test_the_calendar_is_one(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (project / "portfolio.yaml").write_text(PORTFOLIO.replace("owner: Jo", f'owner: "{"é;, " * 40}"'), "utf-8")
    arguments = ["--on", "2026-09-03", "--until", "2027-02-01", "--format", "ics", "--output"]
    said(capsys, *arguments, "one.ics")
    found = properties((project / "one.ics").read_bytes().decode())
    assert found[0] == ("BEGIN", "VCALENDAR")
    assert found[-1] == ("END", "VCALENDAR")
    begins = [value for name, value in found if name == "DTSTART;VALUE=DATE"]
    assert begins == ["20261020", "20261115", "20261201", "20261201", "20270201"]
    uids = [value for name, value in found if name == "UID"]
    assert len(set(uids)) == 5
    assert uids[-1] == "horizon-end@lexline"
    text = next(value for name, value in found if name == "DESCRIPTION")
    assert text.startswith("The validation\\, once\\; done\\\\")
    assert "é\\;\\, é" in text
    assert not re.search(r"(?<!\\)[;,]", text.replace("\\\\", ""))
    said(capsys, "--on", "2026-09-20", *arguments[2:], "two.ics")
    later = properties((project / "two.ics").read_bytes().decode())
    assert [value for name, value in later if name == "UID"] == uids


# ---- the page ------------------------------------------------------------------------------------------------------


def test_the_page_has_a_chart_that_can_be_read_aloud(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = said(capsys, "--on", "2026-09-03", "--until", "2027-02-01", "--format", "html")
    assert not re.search(r"(?:src|href)=\"(?!#)", text)
    chart = ET.fromstring(text[text.index("<svg") : text.index("</svg>") + 6])  # noqa: S314  # our own
    assert chart.attrib["role"] == "img"
    title, words = (chart.find(name) for name in ("title", "desc"))
    assert title is not None
    assert words is not None
    assert chart.attrib["aria-labelledby"].split() == [title.attrib["id"], words.attrib["id"]]
    assert "2026-11-15: 1 begins to fail" in (words.text or "")
    assert [bar.attrib["href"] for bar in chart.findall("a")] == ["#s0", "#s1", "#s2"]
    assert {"2026-10", "2027-01"} <= {text.text for text in chart.findall("text")}


# ---- the EU AI Act -------------------------------------------------------------------------------------------------


def act(capsys: pytest.CaptureFixture[str], *arguments: str) -> Any:
    files = [f"--policy={DATES / 'eu-ai-act-dates.policy'}", f"--portfolio={DATES / 'portfolio.yaml'}"]
    files.append(f"--extend-vocabulary={DATES / 'words.yaml'}")
    return turns(said(capsys, *files, "--until", "2029-01-01", "--format", "json", *arguments))


def test_the_dates_of_the_ai_act_after_the_omnibus(capsys: pytest.CaptureFixture[str]) -> None:
    assert act(capsys, "--on", "2026-11-22") == [
        ("2026-12-02", "MARKED", "pictures", "fail upcoming", "fail in-force"),
        ("2027-12-02", "RISKS", "screening", "fail upcoming", "fail in-force"),
        ("2028-08-02", "RISKS", "lift", "fail upcoming", "fail in-force"),
    ]


def test_the_dates_of_the_ai_act_before_the_omnibus(capsys: pytest.CaptureFixture[str]) -> None:
    assert act(capsys, "--on", "2026-06-01", "--known-on", "2026-07-23") == [
        ("2026-08-02", "RISKS", "screening", "fail upcoming", "fail in-force"),
        ("2026-08-02", "MARKED", "pictures", "fail upcoming", "fail in-force"),
        ("2027-08-02", "RISKS", "lift", "fail upcoming", "fail in-force"),
    ]
    assert act(capsys, "--on", "2026-06-01", "--known-on", "2030-01-01") == act(capsys, "--on", "2026-06-01")


def test_the_pack_of_the_ai_act_has_its_dates(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "lexline.yaml").write_text("packs: [eu-ai-act]\npolicies: [none.policy]\nportfolio: [portfolio.yaml]\n")
    (tmp_path / "none.policy").write_text('policy none\nrule R "r" for vendor require true\n')
    provided = "eu_nexus: placed-on-eu-market, organisation_role: provider, placed_on: 2029-01-01"
    by_annex_i = "annex_i: section-a, safety_component: true, third_party_assessment: true"
    nodes = {
        "hiring": f"{provided}, annex_iii: ['4(a)'], significant_risk: true",
        "lift": f"{provided}, {by_annex_i}, annex_iii: [], significant_risk: true",
        "pictures": "eu_nexus: placed-on-eu-market, generates_content: true",
    }
    lines = [f"  {name}: {{kind: system, {about}}}" for name, about in nodes.items()]
    (tmp_path / "portfolio.yaml").write_text("\n".join(["nodes:", *lines, "edges: []", ""]))
    text = said(capsys, "--on", "2026-11-22", "--until", "2029-01-01", "--format", "json", "--reasons", "0")
    found = {(day, rule, element): (before, after) for day, rule, element, before, after in turns(text)}
    for day, rule, element in (
        ("2026-12-02", "NO-INTIMATE-MATERIAL", "pictures"),
        ("2027-12-02", "RISK-MANAGEMENT", "hiring"),
        ("2028-08-02", "RISK-MANAGEMENT", "lift"),
    ):
        assert found[day, rule, element] == ("fail upcoming", "fail in-force")


def test_assessments_of_the_ledger_run_out(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (project / "lexline.yaml").write_text(
        "policies: [house.policy]\nportfolio: [portfolio.yaml]\nextend: [words.yaml]\nstore: lexline.db\n"
    )
    (project / "house.policy").write_text(
        'policy house\nrule ASSESSED for model where owner = "Jo"\n  require some assessment has valid_until >= today\n'
    )
    who = ("--assessor=Ann", "--approved-on=2026-01-31")
    assert run(["assess", "a", "--type=dpia", "--status=approved", *who, "--valid-until=2027-01-31"]) == 0
    text = said(capsys, "--on", "2026-12-01", "--until", "2027-06-01", "--format", "json")
    assert turns(text) == [("2027-02-01", "ASSESSED", "a", "pass in-force", "fail in-force")]


@pytest.mark.parametrize(
    "words",
    [[], ["--until", "soon"], ["--until", "2026-09-03"], ["--until", "2027-01-01", "--format", "xml"]],
)
def test_wrong_words_end_with_2(project: Path, words: list[str]) -> None:
    assert run(["horizon", "--on", "2026-09-03", *words]) == 2
