"""``lexline test``: examples that hold, that don't, and what they leave untested."""

from __future__ import annotations

from datetime import date
from xml.etree import ElementTree as ET

from lexline.app.render.examples import render_examples, render_examples_junit
from lexline.evaluate.calls import NoChecks
from lexline.examples import ExamplesReport, run_examples
from lexline.lang.compile import compile_text
from lexline_lineage.vocabulary_files import load_builtin_vocabulary

POLICY = """
policy p "P"
  version 1
rule TIER "named and low" for model where decides = credit
  in force from 2027-01-01
  require name is known
  require risk_tier = low or research_only
rule LEFT "never tried" for model require name is known
example "holds" on 2026-11-22
  given
    model a { decides: credit, name: "a", risk_tier: low }
    model b { decides: none }
  expect
    TIER gives pass for a
    TIER is upcoming for a
    TIER gives not-applicable for b
example "does not hold" on 2026-11-22
  given
    model a { decides: credit, risk_tier: high, research_only: false }
  expect
    TIER gives pass for a
"""


def run(policy: str) -> ExamplesReport:
    vocabulary = load_builtin_vocabulary()
    program, mistakes = compile_text(policy, vocabulary)
    assert not mistakes
    return run_examples(program, vocabulary, lambda _graph, _clock: NoChecks(), date(2026, 11, 22))


def test_results_and_gaps() -> None:
    report = run(POLICY)
    assert [result.failures for result in report.results] == [(), ("TIER gives fail for a, not pass",)]
    assert report.untested == (("p", "LEFT"),)
    gaps = {gap.clause: gap.never for gap in report.gaps}
    assert gaps == {"research_only": ("true",)}
    shown = render_examples(report, coverage=True)
    assert "FAIL  does not hold" in shown
    assert "p/LEFT" in shown
    assert "TIER, line 7: never true: research_only" in shown
    assert "1 of 2 examples hold." in shown


def test_junit() -> None:
    suite = ET.fromstring(render_examples_junit(run(POLICY)))  # noqa: S314  # written by ourselves
    assert (suite.get("tests"), suite.get("failures")) == ("2", "1")
    assert [case.find("failure") is None for case in suite] == [True, False]
