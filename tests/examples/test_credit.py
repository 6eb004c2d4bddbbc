"""The credit example: what its README promises is what it does."""

from __future__ import annotations

import os
from collections import Counter
from datetime import UTC, date, datetime, time
from functools import cache
from pathlib import Path

import pytest

from lexline.app.cli.commands import run
from lexline.decision import Evaluation, decide
from lexline.evaluate.interpret import Interpreter
from lexline.evaluate.verdict import Clock
from lexline.importing import ImportRequest
from lexline.plugin_manager import load_plugins
from lexline.project import Files, load_graph, load_rules
from lexline.settings import Settings, load_settings
from lexline_lineage.files import write_facts
from lexline_plugins.importers.registration import lexline_importers

ROOT = Path(__file__).parents[2] / "examples" / "credit"
GOLDEN = Path(__file__).with_name("credit-verdicts.txt")
INVENTORY = Path(__file__).with_name("credit-inventory.txt")
MODEL = "model:mlflow/mlflow.northfield.example"
DEPLOYMENT = "deployment:kserve/aks-uksouth-01/credit-prod"
AUDIENCE = "dataset:s3://northfield-marketing-us/audiences/autumn-2026.parquet"
MARKETING = "job:openlineage/lineage.northfield.example/northfield-marketing/lookalike_audience.build"

FOUND = {
    3: [("DPIA-REVIEW", f"{MODEL}/credit-decision/1")],
    4: [
        ("VALIDATED", f"{MODEL}/credit-decision/2"),
        ("DPIA", f"{MODEL}/credit-decision/2"),
        ("DOCUMENTED", f"{MODEL}/credit-decision/2"),
        ("TRIAL", f"{DEPLOYMENT}/credit-decision/credit-decision-predictor-00002"),
    ],
    5: [("REVALIDATED", f"{MODEL}/credit-decision/1")],
    9: [("SCORES-STAY", AUDIENCE), ("ANSWERED-FOR", MARKETING)],
    10: [("NAMED", f"{DEPLOYMENT}/credit-limit-sandbox")],
    12: [("DATA-AGE", f"{MODEL}/credit-decision/2")],
    17: [("OVERSIGHT", f"{MODEL}/credit-decision/1"), ("OVERSIGHT", f"{MODEL}/credit-decision/2")],
}
"""The breaches that the example is there to find, by their number in its README."""

LEFT_OPEN = {"registry": ["affordability", "credit_decision_v1", "credit_decision_v2"]}
"""What a source leaves open: the feature services, of which no source of the example knows the features."""

SKIPPED = {"warehouse": ["2025-03-03/manifest.json"]}
"""What a source holds and is not read: a manifest, because there is a newer one."""


@cache
def settings() -> Settings:
    return load_settings(ROOT / "lexline.yaml")


@cache
def evaluation(on: date = date(2026, 9, 3)) -> Evaluation:
    files = Files.of(settings())
    rules = load_rules(files, load_plugins())
    assert rules.warnings == ()
    built = load_graph(files, rules.vocabulary, on)
    assert built.report.findings == ()
    return Evaluation(rules.program, built.graph, Clock(on, datetime.combine(on, time.max, UTC), None))


@cache
def verdicts(on: date = date(2026, 9, 3)) -> dict[tuple[str, str], tuple[str, str]]:
    """Verdict and phase of each rule and element, by the reference."""
    given = evaluation(on)
    interpreter = Interpreter(given.program, given.graph, given.clock, given.checks)
    found = {}
    for key, rule in given.program.rules.items():
        for number in given.graph.members[rule.kind]:
            decision = interpreter.decide(key, int(number))
            found[key[1], decision.element] = (decision.verdict.value, decision.phase.value)
    return found


@pytest.mark.parametrize("name", ["registry", "lineage", "serving", "warehouse"])
def test_import_gives_the_facts_that_are_there(name: str, tmp_path: Path) -> None:
    source = settings().file.sources[name]
    paths = tuple(path for pattern in source.paths for path in settings().matches(pattern))
    importer = next(importer for importer in lexline_importers() if importer.name == source.importer)
    result = importer.read(ImportRequest(paths, source.settings, name))
    assert [found.reference for found in result.unresolved] == LEFT_OPEN.get(name, [])
    assert [found.place for found in result.skipped] == SKIPPED.get(name, [])
    write_facts(tmp_path / "facts.jsonl", result.facts)
    assert (tmp_path / "facts.jsonl").read_bytes() == (ROOT / "facts" / f"{name}.jsonl").read_bytes()


@pytest.mark.parametrize("number", sorted(FOUND))
def test_finds(number: int) -> None:
    assert [verdicts()[found][0] for found in FOUND[number]] == ["fail"] * len(FOUND[number])


def test_finds_nothing_else() -> None:
    """Every breach is one of the list: none is about affordability, the failed run, or the fairness jobs."""
    failed = {found for found, (verdict, _) in verdicts().items() if verdict == "fail"}
    assert failed == {found for breaches in FOUND.values() for found in breaches}


def test_what_nobody_knows_is_unknown() -> None:
    """The sandbox's artifact joins to nothing: no rule about its model passes it."""
    sandbox = {rule: v for (rule, element), (v, _) in verdicts().items() if element.endswith("/credit-limit-sandbox")}
    unknown = dict.fromkeys(("REGISTERED", "CHAMPION", "IN-THE-UK", "TRIAL"), "unknown")
    assert sandbox == {"NAMED": "fail", **unknown}


def test_verdicts() -> None:
    """All verdicts but not-applicable, reviewed by hand. ``UPDATE_GOLDEN=1`` writes them anew."""
    lines = [
        f"{rule} {verdict} {phase} {element}"
        for (rule, element), (verdict, phase) in sorted(verdicts().items())
        if verdict != "not-applicable"
    ]
    found = "\n".join(lines) + "\n"
    if os.environ.get("UPDATE_GOLDEN"):
        GOLDEN.write_text(found, "utf-8")
    assert found == GOLDEN.read_text("utf-8")


def test_inventory(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """What ``lexline inventory`` prints, reviewed by hand. ``UPDATE_GOLDEN=1`` writes it anew."""
    monkeypatch.chdir(ROOT)
    assert run(["inventory", "--on", "2026-09-03"]) == 0
    found = capsys.readouterr().out
    if os.environ.get("UPDATE_GOLDEN"):
        INVENTORY.write_text(found, "utf-8")
    assert found == INVENTORY.read_text("utf-8")


def test_both_evaluators_agree() -> None:
    for on in (date(2025, 6, 30), date(2026, 2, 4), date(2026, 3, 18), date(2026, 9, 3)):
        report = decide(evaluation(on), reasons=0)
        columns = {(d.rule[1], d.element): (d.verdict.value, d.phase.value) for d in report.decisions}
        assert columns == verdicts(on)


def test_every_rule_has_examples_each_way() -> None:
    program = evaluation().program
    outcomes = Counter((e.rule, e.outcome) for example in program.examples for e in example.expected)
    assert len(program.rules) >= 10
    for key in program.rules:
        assert all(outcomes[key, outcome] for outcome in ("pass", "fail", "unknown")), key
