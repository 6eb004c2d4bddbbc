"""``lexline assess`` and ``lexline waive``: what is recorded is what rules and doors then see."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from lexline.app.cli.commands import run
from lexline.ledger.record import AssessmentEntry, JudgementEntry, WaiverEntry, WaiverWithdrawn
from lexline.store import open_store

POLICY = """\
policy house "House rules"
  version 1

parameter risky is 5

rule DPIA "A model has an approved assessment"
  for model
  require some assessment has (type = dpia and status = approved and valid_until >= today)
  enforcement block

rule JUDGED "Somebody judged it"
  for model
  require the latest judgement by decided_on where norm = "EUAIA-10-3" has finding = met
  enforcement block
"""
DPIA = [
    "--type=dpia",
    "--status=approved",
    "--approved-on=2026-11-01",
    "--valid-until=2999-01-01",
    "--assessor=Jo Marsh",
]
JUDGED = ["--norm=EUAIA-10-3", "--finding=met", "--decided-on=2026-11-01", "--assessor=Jo Marsh", "--role=dpo"]
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
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Path:
    """A project with a store that isn't there yet, and snapshots, entered."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LEXLINE_CACHE", str(tmp_path / "cache"))
    assert run(["init", "."]) == 0
    settings = Path("lexline.yaml").read_text("utf-8").replace("facts: facts", "")
    Path("lexline.yaml").write_text(f"{settings}store: lexline.db\n", "utf-8")
    Path("policies/house.policy").write_text(POLICY, "utf-8")
    capsys.readouterr()
    return tmp_path


def said(capsys: pytest.CaptureFixture[str], *command: str) -> tuple[int, str]:
    capsys.readouterr()
    status = run([*command])
    return status, "".join(capsys.readouterr())


def verdicts(capsys: pytest.CaptureFixture[str], *options: str) -> dict[str, str]:
    """The verdicts about the element ``credit``, by rule."""
    capsys.readouterr()
    assert run(["check", "--format", "json", *options]) in (0, 1)
    found = json.loads(capsys.readouterr().out)["verdicts"]
    return {entry["rule"]: entry["verdict"] for entry in found if entry["element"] == "credit"}


def with_a_revision(capsys: pytest.CaptureFixture[str]) -> None:
    """Import something, so that the graph of the store is kept as a snapshot."""
    service = "kind: InferenceService\nmetadata: {name: s}\nspec: {predictor: {model: {storageUri: s3://b/m}}}\n"
    Path("kserve.yaml").write_text(service, "utf-8")
    with Path("lexline.yaml").open("a") as settings:
        settings.write("sources: {serving: {importer: kserve, paths: [kserve.yaml], settings: {authority: here}}}\n")
    assert said(capsys, "import")[0] == 0


@pytest.mark.parametrize("revision", [False, True])
def test_rules_see_what_was_assessed(revision: bool, project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    if revision:
        with_a_revision(capsys)
    assert verdicts(capsys) == {"DPIA": "fail", "JUDGED": "fail"}
    status, text = said(capsys, "assess", "credit", *DPIA)
    assert status == 0, text
    assert "Entry 1, assessment" in text
    assert verdicts(capsys) == {"DPIA": "pass", "JUDGED": "fail"}
    assert said(capsys, "assess", "credit", *JUDGED)[0] == 0
    assert verdicts(capsys) == {"DPIA": "pass", "JUDGED": "pass"}
    assert list((project / "cache").rglob("*.graph")) != []
    text = said(capsys, "explain", "DPIA", "credit")[1]
    assert "assessment:ledger/1" in text
    assert "says ledger (entry 1)" in text
    assert said(capsys, "assess", "credit", *DPIA, "--status=withdrawn")[0] == 0  # another one: the first still stands
    assert verdicts(capsys)["DPIA"] == "pass"
    with open_store("lexline.db") as store:
        first, second = (recorded.entry for recorded in store.entries(upto=2))
    assert isinstance(first, AssessmentEntry)
    assert isinstance(second, JudgementEntry)
    assert (first.element_kind, first.basis.partition("=")[0].rpartition(";")[2]) == ("model", "house/DPIA")
    assert ";house/JUDGED=" in second.basis


def test_a_past_state_has_the_entries_of_its_time(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with_a_revision(capsys)
    day = datetime.now(UTC).date()
    said(capsys, "assess", "credit", *DPIA)
    assert verdicts(capsys, "--at", "1")["DPIA"] == "pass"  # while the revision was the newest
    assert verdicts(capsys, "--at", str(day))["DPIA"] == "pass"
    Path("kserve.yaml").write_text(Path("kserve.yaml").read_text("utf-8").replace("name: s", "name: t"), "utf-8")
    said(capsys, "import")
    said(capsys, "assess", "credit", *JUDGED)
    assert verdicts(capsys, "--at", "1") == {"DPIA": "pass", "JUDGED": "fail"}
    assert verdicts(capsys, "--at", "2") == {"DPIA": "pass", "JUDGED": "pass"}
    status, text = said(capsys, "check", "--at", str(day - timedelta(days=3)))
    assert status == 2
    assert "nothing had been imported by" in text


@pytest.mark.parametrize("kind", ["model", "column"])
def test_an_element_that_is_gone_stops_nothing(kind: str, project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Another kind is another element: a column has no assessments."""
    said(capsys, "assess", "credit", *DPIA)
    said(capsys, "assess", "credit", *JUDGED)
    name = "credit: {" if kind == "column" else "credit2: {"
    portfolio = f"nodes:\n  {name}kind: {kind}}}\n  fraud: {{kind: model}}\n"
    Path("portfolio/models.yaml").write_text(portfolio, "utf-8")
    status, text = said(capsys, "check", "--format", "text")
    assert status == 1
    assert "`assessment:ledger/1` is about an element that is not there any more  [LX525]" in text
    assert "`judgement:ledger/2` is about an element that is not there any more  [LX525]" in text
    if kind == "model":
        Path("portfolio/models.yaml").write_text(portfolio + "  credit: {kind: model}\n", "utf-8")
        assert "LX525" not in said(capsys, "check")[1]


def test_a_word_that_the_vocabulary_lost_stops_nothing(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with open_store("lexline.db") as store:
        entry = {"element": "credit", "element_kind": "model", "status": "approved", "assessor": "Jo Marsh"}
        store.append([AssessmentEntry.model_validate({**entry, "type": "horoscope"})])
    status, text = said(capsys, "check")
    assert status == 1
    assert "horoscope" in text
    assert verdicts(capsys)["DPIA"] == "unknown"


def test_nobody_is_named_after_an_erasure(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    said(capsys, "assess", "credit", *DPIA)
    text = said(capsys, "erase", "--yes", "Jo Marsh")[1]
    assert "1 of the ledger's entries" in text
    assert verdicts(capsys)["DPIA"] == "pass"
    for command in (["ledger", "show", "1"], ["explain", "DPIA", "credit"], ["inventory"]):
        assert "Jo Marsh" not in said(capsys, *command)[1]
    assert said(capsys, "ledger", "verify")[0] == 0


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["credt", *DPIA], ["did you mean `credit`?"]),
        (["credit"], ["`--type`, `--status` and `--assessor` are missing", "has to say them", "1 mistake"]),
        (["credit", *DPIA, "--type=dpai"], ["`--type dpai` is no type", "did you mean `dpia`?"]),
        (["credit", *DPIA, "--status=fine"], ["`--status fine` is no status", "`approved`"]),
        (
            ["credit", *DPIA, "--finding=met"],
            [
                "a `judgement` has no `--type`",
                "it has `--norm`, `--finding`",
                "`--norm`, `--decided-on` and `--role` are",
            ],
        ),
        (["credit", *DPIA, "--reasoning=so"], ["an `assessment` has no `--reasoning`"]),
        (["credit", *DPIA, "--approved-on=2998-01-01"], ["`--approved-on 2998-01-01` lies after"]),
        (["credit", *DPIA, "--valid-until=2026-10-31"], ["`--valid-until 2026-10-31` lies before"]),
        (["credit", *DPIA, "--approved-on=01/11/2026"], ["is no date"]),
        (["credit", *DPIA, "--assessor= "], ["`--assessor` is empty"]),
        (["credit", *DPIA, "--scope=a\udc80"], ["`--scope` can't be recorded"]),
        (["credit", *DPIA[:2], "--assessor=Jo"], ["`--approved-on` is missing: an approved assessment"]),
        (["credit", *JUDGED, "--finding=mat"], ["`--finding mat` is no finding", "did you mean `met`?"]),
        (["credit", *JUDGED, "--role=dop"], ["`--role dop` is no role of a `judgement`", "did you mean `dpo`?"]),
        (["applications.income", *DPIA], ["`applications.income` is a `column`, of which there is no assessment"]),
    ],
)
def test_what_can_not_be_assessed(
    arguments: list[str], words: list[str], project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = Path("portfolio/models.yaml").read_text("utf-8")
    Path("portfolio/models.yaml").write_text(
        text.replace("nodes:\n", "nodes:\n  applications.income: {kind: column}\n", 1), "utf-8"
    )
    status, shown = said(capsys, "assess", *arguments)
    assert status == 2
    for word in words:
        assert word in shown
    assert not Path("lexline.db").exists()


def test_what_no_rule_asks_for_is_recorded_and_said(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    status, text = said(capsys, "assess", "credit", *JUDGED, "--norm=EUAIA-99", "--format=json")
    assert status == 0
    assert "no rule asks for it" in text
    assert "no rule asks" not in said(capsys, "assess", "credit", *JUDGED)[1]


def test_waivers_hide_until_they_are_withdrawn(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert said(capsys, "waive", "--list")[1] == "Nothing is waived.\n"
    status, text = said(capsys, "waive", "DPIA", "house/JUDGED", "credit", "house/DPIA", "credit", *WAIVER)
    assert status == 0, text
    assert verdicts(capsys) == {"DPIA": "waived", "JUDGED": "waived"}
    assert "entry 1 of the ledger: in force" in said(capsys, "waive", "--list")[1]
    listed = json.loads(said(capsys, "waive", "--list", "--format=json")[1])["waivers"]
    assert [(waiver["entry"], waiver["state"]) for waiver in listed] == [(1, "in force")]
    tomorrow = datetime.now(UTC).date() + timedelta(days=1)
    assert said(capsys, "waive", "--withdraw=1", "--by=Sam Field", "--reason=mended", f"--on={tomorrow}")[0] == 0
    assert verdicts(capsys, f"--on={tomorrow - timedelta(days=1)}")["DPIA"] == "waived"
    assert verdicts(capsys, f"--on={tomorrow}")["DPIA"] == "fail"
    with open_store("lexline.db") as store:
        waiver, withdrawal = (recorded.entry for recorded in store.entries())
    assert isinstance(waiver, WaiverEntry)
    assert isinstance(withdrawal, WaiverWithdrawn)
    assert (waiver.rules, waiver.elements) == (("house/DPIA", "house/JUDGED"), ("credit",))
    assert waiver.basis.count(";house/") == 2


def test_a_waiver_with_a_condition(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ["waive", "house/*", "--every=model", '--where=name = "credit" and risky = 5', *WAIVER]
    status, text = said(capsys, *arguments)
    assert status == 0, text
    assert "warning[LX513]" in text  # it covers all rules of a policy
    assert verdicts(capsys) == {"DPIA": "waived", "JUDGED": "waived"}
    Path("policies/house.policy").write_text(POLICY.replace("risky", "other"), "utf-8")
    assert verdicts(capsys)["DPIA"] == "fail"
    status, text = said(capsys, "check")
    assert status == 1
    assert "warning[LX510]" in text
    said(capsys, "waive", "--withdraw=1", "--by=Sam Field", "--reason=mended")
    assert "warning" not in said(capsys, "check")[1]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["DPAI", "credit", *WAIVER], ["`DPAI` is neither a rule nor an element", "did you mean `DPIA`?"]),
        (["house/DPAI", "credit", *WAIVER], ["did you mean `house/DPIA`?"]),
        (["hous/*", "credit", *WAIVER], ["did you mean `house/*`?"]),
        (["credit", *WAIVER], ["no rule is named"]),
        (["DPIA", *WAIVER], ["it names no element"]),
        (["DPIA", "credit", *WAIVER, "--every=model", "--where=true"], ["it names elements, and a condition as well"]),
        (["DPIA", "credit", *WAIVER[1:]], ["`--reason` is missing"]),
        (["DPIA", "credit", *WAIVER[:-2]], ["`--from` and `--until` are missing"]),
        (["DPIA", "credit", *WAIVER, "--until=2026-10-01"], ["it ends on 2026-10-01, before it begins on 2026-11-01"]),
        (["DPIA", "credit", *WAIVER, "--control="], ["`--control` is empty"]),
        (
            ["credit"],
            ["no rule is named", "`--reason`, `--control`, `--approver`, `--role`, `--requested-by`, `--from` and"],
        ),
        (["DPIA", "credit", *WAIVER, "--until=soon"], ["`--until soon` is no date"]),
        (["DPIA", "credit-live", *WAIVER], ["`credit-live` is a `deployment`", "they are about `model`"]),
        (["DPIA", "--every=modle", "--where=true", *WAIVER], ["`--every modle` is no kind", "did you mean `model`?"]),
        (["DPIA", "--every=Model", "--where=true", *WAIVER], ["`--every Model` is no kind"]),
        (["DPIA", "--every=dataset", "--where=true", *WAIVER], ["no rule that is named is about a `dataset`"]),
        (["DPIA", "--every=model", "--where=nam = 1", *WAIVER], ["LX510", "did you mean `name`?"]),
        (["--withdraw=1", "--by=Sam"], ["the ledger has no waiver 1", "`--reason` is missing"]),
        (["--withdraw=1", "--by=Sam", "--reason=r", "--on=soon"], ["`--on soon` is no date"]),
    ],
)
def test_what_can_not_be_waived(
    arguments: list[str], words: list[str], project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    status, shown = said(capsys, "waive", *arguments)
    assert status == 2
    for word in words:
        assert word in shown
    assert not Path("lexline.db").exists() or said(capsys, "ledger", "show")[1] == "Nothing has been recorded.\n"


def test_a_waiver_is_withdrawn_once(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    said(capsys, "waive", "DPIA", "credit", *WAIVER)
    status, text = said(capsys, "waive", "--withdraw=1", "--by=S", "--reason=r", "--on=2020-01-01")
    assert (status, "`--on 2020-01-01` lies before waiver 1 begins" in text, "--on 2026-11-01" in text) == (
        2,
        True,
        True,
    )
    assert said(capsys, "waive", "--withdraw=2", "--by=S", "--reason=r")[1].endswith("`1`\n1 mistake\n")
    assert said(capsys, "waive", "--withdraw=1", "--by=S", "--reason=r")[0] == 0
    status, text = said(capsys, "waive", "--withdraw=1", "--by=S", "--reason=r")
    assert status == 2
    assert "was withdrawn before" in text


@pytest.mark.parametrize("command", [["assess", "credit", *DPIA], ["waive", "DPIA", "credit", *WAIVER]])
def test_a_project_without_a_store(command: list[str], project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    settings = Path("lexline.yaml").read_text("utf-8").replace("store: lexline.db", "")
    Path("lexline.yaml").write_text(settings, "utf-8")
    status, text = said(capsys, *command)
    assert status == 2
    assert "there is no store" in text
