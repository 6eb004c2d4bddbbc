"""What ``lexline lint`` finds, and what it doesn't: cases of ``tests/corpus/lint``, the packs, the example."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

from lexline.app.cli.commands import run
from lexline.decision import Evaluation
from lexline.evaluate.verdict import Clock
from lexline.examples import run_examples
from lexline.lang.compile import compile_text
from lexline.lint import LintFinding, lint
from lexline.plugin_manager import load_plugins
from lexline_lineage.builder import build
from lexline_lineage.facts import AttributeFact, EdgeFact, ElementFact, Source
from lexline_lineage.vocabulary_files import load_builtin_vocabulary

ROOT = Path(__file__).parents[2]
CASES = yaml.safe_load((ROOT / "tests" / "corpus" / "lint" / "rules.yaml").read_text("utf-8"))
OF_TWO = [case for case in CASES if any(found.startswith(("LX603", "LX604")) for found in case["find"])]
PACKS = sorted(path.parent.name for path in (ROOT / "policies").glob("*/*/pack.yaml"))
VOCABULARY = load_builtin_vocabulary()
TODAY = date(2026, 11, 22)
HEAD = 'policy p "p" version 1\n'


def facts_of(case: dict[str, Any], text: str) -> Evaluation | None:
    """The case's policy over its facts; None where it has none."""
    if "nodes" not in case:
        return None
    source = Source("case")
    facts: list[ElementFact | AttributeFact | EdgeFact] = []
    for element, values in case["nodes"].items():
        facts.append(ElementFact(element, values["kind"], source))
        facts += (AttributeFact(element, name, value, source) for name, value in values.items() if name != "kind")
    facts += (EdgeFact(origin, relation, target, source) for origin, relation, target in case.get("edges", ()))
    program, _ = compile_text(text, VOCABULARY)
    return Evaluation(program, build(VOCABULARY, facts, TODAY).graph, Clock(TODAY))


def found_in(case: dict[str, Any]) -> tuple[LintFinding, ...]:
    """What is found in a case."""
    text = HEAD + case["policy"]
    program, mistakes = compile_text(text, VOCABULARY)
    assert not mistakes
    register, facts = case.get("cites", ()), facts_of(case, text)
    return lint(program, VOCABULARY, TODAY, {"p"}, register=register, facts=facts)


def named(finding: LintFinding) -> str:
    """The code, and the rule or term in which it stands."""
    span = finding.diagnostic.span
    before = span.source.text[: span.source.offset(span.line + 1)].split("\n")
    heads = [line.split()[1] for line in before if line.startswith(("rule ", "term "))]
    return f"{finding.diagnostic.code} {heads[-1]}"


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["case"])
def test_case(case: dict[str, Any]) -> None:
    assert [named(finding) for finding in found_in(case)] == case["find"]


@pytest.mark.parametrize("case", OF_TWO, ids=lambda case: case["case"])
def test_examples_of_a_finding_hold(case: dict[str, Any]) -> None:
    (finding,) = found_in(case)
    code, examples = finding.diagnostic.code, finding.examples
    assert len(examples) == (1 if code == "LX603" else 2)
    program, mistakes = compile_text("\n".join((HEAD + case["policy"], *examples)), VOCABULARY)
    assert not mistakes
    report = run_examples(program, VOCABULARY, load_plugins().check_results, TODAY)
    assert [result.failures for result in report.results] == [()] * len(examples)


@pytest.mark.parametrize("pack", PACKS)
def test_packs_have_no_finding(pack: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["lint", "--pack", pack, "--on", "2026-11-28", "--strict"]) == 0
    assert "No finding in" in capsys.readouterr().out


def test_credit_has_no_finding(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.chdir(ROOT / "examples" / "credit")
    assert run(["lint", "--on", "2026-09-03", "--strict"]) == 0
    assert capsys.readouterr().out == "No finding in 3 rules.\n"


def test_command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.chdir(tmp_path)
    Path("p.policy").write_text(HEAD + CASES[0]["policy"], "utf-8")
    assert run(["lint", "--policy", "p.policy"]) == 0
    assert run(["lint", "--policy", "p.policy", "--strict"]) == 1
    text = capsys.readouterr().out
    assert "p.policy:3:19: warning[LX601]: `R` never applies: of 2,000 portfolios" in text
    assert "1 finding in 1 rule." in text
    assert run(["lint", "--policy", "p.policy", "--format", "json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["rules"] == 1
    (finding,) = told["findings"]
    assert finding["code"] == "LX601"
    assert finding["places"][0]["line"] == 3
    assert run(["lint", "--policy", "p.policy", "--format", "html"]) == 2
    assert run(["lint", "--pack", "no-such-pack"]) == 2
    assert run(["lint"]) == 2
