"""``lexline impact`` over two versions of a small project."""

from __future__ import annotations

import json
import shutil
import subprocess
import zipfile
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

import lexline
from lexline.app.cli.commands import run
from lexline.evaluate.verdict import Verdict
from lexline.impact_causes import tell_flips

POLICY = """policy house
parameter most is 3
rule FEW "Few rows" for model require every upstream dataset has rows <= most
  severity high
  owner "model risk"
"""
PORTFOLIO = """nodes:
  m: {kind: model, owner: Jo}
  d: {kind: dataset, rows: 2}
edges:
  - [d, trains, m]
"""


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "lexline.yaml").write_text("policies: [policies]\nportfolio: [portfolio.yaml]\n")
    (tmp_path / "policies").mkdir()
    (tmp_path / "policies" / "house.policy").write_text(POLICY)
    (tmp_path / "portfolio.yaml").write_text(PORTFOLIO)
    git = ["git", "-c", "user.name=a", "-c", "user.email=a@example.org"]
    for words in (["init", "-q"], ["add", "-A"], ["commit", "-qm", "one"]):
        subprocess.run([*git, *words], check=True)
    return tmp_path


def said(capsys: pytest.CaptureFixture[str], *arguments: str) -> Any:
    capsys.readouterr()
    assert run(["impact", "--on", "2026-09-03", "--format", "json", *arguments]) == 0
    return json.loads(capsys.readouterr().out)


def test_a_parameter_and_a_fact_are_named(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (project / "policies" / "house.policy").write_text(POLICY.replace("most is 3", "most is 1"))
    (flip,) = said(capsys, "--policies", "HEAD..")["flips"]
    assert (flip["element"], flip["owner"], flip["severity"]) == ("m", "Jo", "high")
    said_of = [(c["sort"], c["name"], c["before"], c["after"]) for c in flip["causes"]]
    assert said_of == [("parameter", "house/most", "is 3", "is 1")]
    (project / "later.yaml").write_text(PORTFOLIO.replace("rows: 2", "rows: 7"))
    (flip,) = said(capsys, "--policies", "HEAD..HEAD", "--facts", "..later.yaml")["flips"]
    (cause,) = flip["causes"]
    assert (cause["name"], cause["before"], cause["after"], cause["path"]) == ("rows of d", "2", "7", ["m", "d"])


def test_a_deadline_is_given_where_something_has_to_be_mended(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (project / "policies" / "house.policy").write_text(POLICY + "  deadline 30 days\n")
    for name, rows in (("few.yaml", 2), ("many.yaml", 7)):
        (project / name).write_text(PORTFOLIO.replace("rows: 2", f"rows: {rows}"))
    for sides, within in (("few.yaml..many.yaml", ("30 days", "2026-10-03")), ("many.yaml..few.yaml", ("", None))):
        (flip,) = said(capsys, "--facts", sides)["flips"]
        assert (flip["deadline"], flip["due"]) == within
        assert run(["impact", "--on", "2026-09-03", "--facts", sides]) == 0
        assert ("within 30 days, by 2026-10-03" in capsys.readouterr().out) is bool(within[0])


def test_the_status_says_that_something_fails_now(project: Path) -> None:
    (project / "policies" / "house.policy").write_text(POLICY.replace("most is 3", "most is 1"))
    status = ["impact", "--policies", "HEAD..", "--on", "2026-09-03", "--fail-on"]
    assert [run([*status, word]) for word in ("new-fail", "new-unknown", "any-flip")] == [1, 0, 1]


@pytest.mark.parametrize(
    "words",
    [
        [],
        ["--policies", "HEAD"],
        ["--policies", "--output=x.."],
        ["--policies", "nowhere.."],
        ["--policies", ".."],
        ["--facts", "nowhere.yaml.."],
        ["--at", "1..2"],
        ["--policies", "HEAD..", "--format", "xml"],
        ["--policies", "HEAD..", "--fail-on", "rain"],
    ],
)
def test_wrong_words_end_with_2(project: Path, words: list[str]) -> None:
    assert run(["impact", *words]) == 2


WAIVERS = """waivers:
  - rules: [house/FEW]
    elements: [m]
    reason: a large test
    control: looked at by hand
    approver: Jo Marsh
    role: head of model risk
    requested_by: Sam Field
    from: 2026-01-01
    until: 2026-09-10
"""


@pytest.mark.parametrize(("until", "verdict", "status"), [("2026-09-10", "waived", 0), ("2026-09-01", "fail", 1)])
def test_a_waived_fail_is_no_new_fail(
    project: Path, capsys: pytest.CaptureFixture[str], until: str, verdict: str, status: int
) -> None:
    (project / "waivers.yaml").write_text(WAIVERS.replace("2026-09-10", until))
    (project / "lexline.yaml").write_text((project / "lexline.yaml").read_text() + "waivers: waivers.yaml\n")
    (project / "policies" / "house.policy").write_text(POLICY.replace("most is 3", "most is 1"))
    asked = ["impact", "--on", "2026-09-03", "--policies", "HEAD..", "--fail-on", "new-fail", "--format", "json"]
    assert run(asked) == status
    (flip,) = json.loads(capsys.readouterr().out)["flips"]
    assert flip["after"]["verdict"] == verdict


def test_a_waiver_that_stays_decides_nothing_again(project: Path) -> None:
    (project / "waivers.yaml").write_text(WAIVERS)
    (project / "lexline.yaml").write_text((project / "lexline.yaml").read_text() + "waivers: waivers.yaml\n")
    old, new = (lexline.load(project, on=date(2026, 9, 3)) for _ in range(2))
    assert lexline.impact(old, new).decided == 0
    Path("waivers.yaml").write_text(WAIVERS.replace("elements: [m]", "elements: [other]"))
    assert lexline.impact(old, lexline.load(project, on=date(2026, 9, 3))).decided == 1


def test_a_waiver_that_ends_between_the_sides_is_named(project: Path) -> None:
    (project / "waivers.yaml").write_text(WAIVERS)
    (project / "lexline.yaml").write_text((project / "lexline.yaml").read_text() + "waivers: waivers.yaml\n")
    (project / "portfolio.yaml").write_text(PORTFOLIO.replace("rows: 2", "rows: 7"))
    old, new = (lexline.load(project, on=date(2026, 9, day)) for day in (10, 11))
    moved = lexline.impact(old, new)
    ((told,), (flip,)) = tell_flips(moved, moved.flips), moved.new_fails
    assert (flip.before and flip.before.verdict, flip.after and flip.after.verdict) == (Verdict.WAIVED, Verdict.FAIL)
    assert [(c.sort, c.before, c.after) for c in told.causes] == [
        ("date", "2026-09-10", "2026-09-11"),
    ]
    withdrawn = replace(new, clock=old.clock, waivers=())
    (told,) = tell_flips(lexline.impact(old, withdrawn), lexline.impact(old, withdrawn).flips)
    assert [(c.sort, c.before, c.after) for c in told.causes] == [("waiver", "in force until 2026-09-10", "none")]


def test_what_only_a_count_shows_is_named(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rule = 'policy house\nrule FEW "f" for model require count of (upstream datasets where rows > 3) <= 1\n'
    (project / "policies" / "house.policy").write_text(rule)
    many = "".join(f"  d{at}: {{kind: dataset, rows: {at}}}\n" for at in range(3, 5))
    edges = "".join(f"  - [d{at}, trains, m]\n" for at in range(3, 5))
    for name, rows in (("old.yaml", "rows: 2"), ("new.yaml", "rows: 7")):
        text = PORTFOLIO.replace("rows: 2", rows).replace("edges:\n", f"{many}edges:\n{edges}")
        (project / name).write_text(text)
    (flip,) = said(capsys, "--facts", "old.yaml..new.yaml")["flips"]
    assert [cause["name"] for cause in flip["causes"]] == ["rows of d"]
    assert not flip["together"]


def test_a_page_of_its_own(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (project / "later.yaml").write_text(PORTFOLIO.replace("rows: 2", "rows: 7").replace("Jo", "<b>Jo</b>"))
    assert run(["impact", "--on", "2026-09-03", "--facts", "..later.yaml", "--format", "html"]) == 0
    page = capsys.readouterr().out
    assert page.startswith("<!doctype html>")
    assert "rows of d: 2 → 7" in page
    assert "&lt;b&gt;Jo" in page
    assert "<b>" not in page
    assert "http" not in page.replace("http-equiv", "")


def test_markdown_takes_no_sign_for_its_own(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (project / "later.yaml").write_text(PORTFOLIO.replace("rows: 2", "rows: 7").replace("Jo", "'J_o #1|*b*'"))
    assert run(["impact", "--on", "2026-09-03", "--facts", "..later.yaml", "--format", "markdown"]) == 0
    page = capsys.readouterr().out
    assert "| 1 | pass | fail |" in page
    assert "J&#95;o &#35;1&#124;&#42;b&#42;" in page


SUPPOSED = """nodes:
  d: {kind: dataset, rows: 7}
  e: {kind: dataset, rows: 9}
edges:
  - [e, trains, m]
without:
  values: {m: [owner]}
"""


def test_supposed_facts(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (project / "supposed.yaml").write_text(SUPPOSED)
    (flip,) = said(capsys, "--suppose", "supposed.yaml")["flips"]
    assert (flip["element"], flip["owner"], flip["together"]) == ("m", "model risk", True)
    assert [cause["name"] for cause in flip["causes"]] == ["rows of d", "e trains m"]
    (project / "supposed.yaml").write_text("without: {edges: [[d, trains, m]], nodes: [d]}\n")
    (flip,) = said(capsys, "--suppose", "supposed.yaml")["flips"]
    assert (flip["before"]["verdict"], flip["after"]["verdict"]) == ("pass", "unknown")


@pytest.mark.parametrize(
    ("text", "code", "line"),
    [
        ("without: {edges: [[d, trains, x]]}", "LX437", 1),
        ("without:\n  nodes: [x]", "LX437", 2),
        ("without:\n  values: {d: [weight]}", "LX461", 2),
        ("without:\n  values: {d: rows}", "LX420", 2),
        ("without: 3", "LX420", 1),
        ("nodes:\n  d: {kind: model}", "LX434", 2),
        ("nodes:\n  d: {kind: dataset, rows: many}", "LX460", 2),
        ("edges:\n  - [m, trains, d]", "LX432", 2),
        ("with: {}", "LX420", 1),
        ("edges: [[d, trains, m]]\nwithout: {edges: [[d, trains, m]]}", "LX420", 2),
    ],
)
def test_supposed_facts_that_do_not_fit(
    project: Path, capsys: pytest.CaptureFixture[str], text: str, code: str, line: int
) -> None:
    (project / "supposed.yaml").write_text(text + "\n")
    assert run(["impact", "--on", "2026-09-03", "--suppose", "supposed.yaml"]) == 2
    shown = capsys.readouterr().err
    assert f"supposed.yaml:{line}:" in shown
    assert f"[{code}]" in shown
    assert "^" in shown


PACK = """id: ground
title: Ground
version: {}
authority: Us
jurisdiction: UK
status: draft
reviewed_on: 2026-01-01
review_due: 2027-01-01
"""


def test_two_folders_of_a_pack(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name, most in (("v1", 3), ("v2", 1)):
        (project / name).mkdir()
        (project / name / "pack.yaml").write_text(PACK.format(f'"{name}"'))
        rule = f'policy ground\nrule FEW "f" for model require every upstream dataset has rows <= {most}\n'
        (project / name / "a.policy").write_text(rule)
    (project / "lexline.yaml").write_text("policies: [policies]\nportfolio: [portfolio.yaml]\npacks: [./v1]\n")
    found = said(capsys, "--policies", "v1..v2")
    assert found["rules"] == {"added": [], "removed": [], "changed": ["ground/FEW"], "renamed": []}
    assert [(flip["policy"], flip["after"]["verdict"]) for flip in found["flips"]] == [("ground", "fail")]


def versions(project: Path) -> None:
    """A project with version 2 of a pack as its own, version 1 in a wheel, and version 0 in a source archive."""
    for at, most in enumerate((9, 3, 1)):
        folder = project / f"made{at}" / "acme_packs" / "ground"
        folder.mkdir(parents=True)
        (folder / "pack.yaml").write_text(PACK.format(f'"{at}"'))
        rule = f'policy ground\nrule FEW "f" for model require every upstream dataset has rows <= {most}\n'
        (folder / "a.policy").write_text(rule)
        (folder.parent / "module.py").write_text("raise SystemExit")
    (project / "kept").mkdir()
    shutil.make_archive(str(project / "kept" / "acme-0"), "gztar", project / "made0")
    shutil.make_archive(str(project / "acme-1"), "zip", project / "made1")
    (project / "acme-1.zip").rename(project / "kept" / "acme-1-py3-none-any.whl")
    settings = (
        "policies: []\nportfolio: [portfolio.yaml]\npacks: [./made2/acme_packs/ground]\npack_versions: [kept/*]\n"
    )
    (project / "lexline.yaml").write_text(settings)


@pytest.mark.parametrize(
    "old", ["kept/acme-1-py3-none-any.whl", "kept/acme-0.tar.gz", "ground@1", "ground@0", "made1", "made1/acme_packs"]
)
def test_versions_of_a_pack(project: Path, capsys: pytest.CaptureFixture[str], old: str) -> None:
    versions(project)
    found = said(capsys, "--policies", f"{old}..")
    assert found["rules"]["changed"] == ["ground/FEW"]
    assert [(flip["rule"], flip["before"]["verdict"], flip["after"]["verdict"]) for flip in found["flips"]] == [
        ("FEW", "pass", "fail")
    ]


def test_a_version_that_is_not_at_hand(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    versions(project)
    (project / "bad.whl").write_text("no archive")
    shutil.make_archive(str(project / "empty"), "zip", project / "policies")
    for side, part in (
        ("ground@7", "at hand: 0 (acme-0.tar.gz), 1 (acme-1-py3-none-any.whl) and 2 (the project's)"),
        ("grund@7", "nor a version of a pack"),
        ("bad.whl", "can't be read as an archive"),
        ("empty.zip", "it holds no pack.yaml; the project uses `ground`"),
    ):
        assert run(["impact", "--on", "2026-09-03", "--policies", f"{side}.."]) == 2
        assert part in capsys.readouterr().err


def test_an_archive_writes_nothing_elsewhere(project: Path) -> None:
    versions(project)
    with zipfile.ZipFile(project / "odd.zip", "w") as odd:
        odd.writestr("ground/pack.yaml", PACK.format('"8"'))
        odd.writestr("ground/../../../out.policy", "policy ground\n")
        odd.writestr("ground/a.policy", 'policy ground\nrule FEW "f" for model require true\n')
        odd.writestr("ground/program.py", "raise SystemExit")
    assert run(["impact", "--on", "2026-09-03", "--policies", "odd.zip.."]) == 0
    assert not list(project.parent.glob("**/out.policy"))


def test_a_rule_of_another_name_is_the_same_rule(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (project / "portfolio.yaml").write_text(PORTFOLIO.replace("rows: 2", "rows: 7"))
    (project / "waivers.yaml").write_text(WAIVERS)
    (project / "lexline.yaml").write_text((project / "lexline.yaml").read_text() + "waivers: waivers.yaml\n")
    (project / "policies" / "house.policy").write_text(POLICY.replace("rule FEW", "rule SMALL"))
    found = said(capsys, "--policies", "HEAD..")
    assert found["rules"]["renamed"] == [{"from": "house/FEW", "to": "house/SMALL"}]
    assert [found["rules"][sort] for sort in ("added", "removed", "changed")] == [[], [], []]
    (flip,) = found["flips"]  # its waiver names the old rule
    assert (flip["rule"], flip["before"]["verdict"], flip["after"]["verdict"]) == ("SMALL", "waived", "fail")
    assert [cause["name"] for cause in flip["causes"]] == ["name of the rule"]
    for form in ("text", "markdown", "html"):
        assert run(["impact", "--on", "2026-09-03", "--policies", "HEAD..", "--format", form]) == 0
        assert "house/FEW is now house/SMALL" in capsys.readouterr().out


def test_of_equal_rules_those_of_a_like_name_belong_together(tmp_path: Path) -> None:
    rule = 'rule {} "r" for model require some upstream dataset has rows > 0\n'
    (tmp_path / "portfolio.yaml").write_text(PORTFOLIO)
    sides = []
    for names in (("house", "A", "B", "C"), ("home", "D", "C", "B")):
        text = f"policy {names[0]}\n" + "".join(rule.format(name) for name in names[1:])
        (tmp_path / "p.policy").write_text(text)
        (tmp_path / "lexline.yaml").write_text("policies: [p.policy]\nportfolio: [portfolio.yaml]\n")
        sides.append(lexline.load(tmp_path, on=date(2026, 9, 3)))
    moved = lexline.impact(*sides)
    assert moved.rules.renamed == {("home", new): ("house", old) for new, old in ("BB", "CC", "DA")}
    assert not moved.flips


def test_what_becomes_stale_is_named(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rule = 'policy house\nrule DPIA "d" for model where some upstream dataset has rows > 0\n'
    rule += "  require some assessment has type = dpia\n"
    (project / "policies" / "house.policy").write_text(rule)
    nodes = "  dpia-1: {kind: assessment, type: dpia, status: approved, approved_on: 2026-08-01}\nedges:\n"
    text = PORTFOLIO.replace("edges:\n", nodes) + "  - [dpia-1, assesses, m]\n"
    (project / "portfolio.yaml").write_text(text)
    (project / "supposed.yaml").write_text("nodes: {d: {kind: dataset, rows: 3}}\n")
    found = said(capsys, "--suppose", "supposed.yaml")
    (stale,) = found["stale"]
    assert (stale["name"], stale["element"], stale["owner"]) == ("dpia-1", "m", "Jo")
    assert [(cause["name"], cause["path"]) for cause in stale["moved"]] == [("rows of d", ["m", "d"])]
    assert found["flips"] == []
    for form in ("text", "markdown", "html"):
        assert run(["impact", "--on", "2026-09-03", "--suppose", "supposed.yaml", "--format", form]) == 0
        assert "dpia-1" in capsys.readouterr().out
    (project / "supposed.yaml").write_text("nodes: {d: {kind: dataset, name: D}}\n")
    assert said(capsys, "--suppose", "supposed.yaml")["stale"] == []
