"""``lexline test``: examples that hold, that don't, and what they leave untested."""

from __future__ import annotations

from datetime import date
from xml.etree import ElementTree as ET

from lexline.app.render.examples import render_examples, render_examples_junit
from lexline.diagnostics import Source
from lexline.evaluate.calls import NoChecks
from lexline.examples import ExamplesReport, run_examples
from lexline.lang.compile import compile_policies
from lexline.lang.parse import parse
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


LENDER = """
policy pack "A pack"
  version 1
term small for model means (risk_tier = low and research_only)
"""
BORROWER = """
policy own "One's own"
  version 1
use pack
rule BIG "no small model" for model where decides = credit require model is not small
example "a big one" on 2026-11-22
  given
    model a { decides: credit, risk_tier: high }
  expect
    BIG gives pass for a
"""


def run(*policies: str, without: tuple[str, ...] = ()) -> ExamplesReport:
    vocabulary = load_builtin_vocabulary()
    parsed = [parse(Source(f"policy{number or ''}", policy)) for number, policy in enumerate(policies)]
    program, mistakes = compile_policies([file for file, _ in parsed if file], vocabulary)
    assert not [*mistakes, *(mistake for _, found in parsed for mistake in found)]
    return run_examples(program, vocabulary, lambda _graph, _clock: NoChecks(), date(2026, 11, 22), without=without)


def test_results_and_gaps() -> None:
    report = run(POLICY)
    assert [result.failures for result in report.results] == [(), ("TIER gives fail for a, not pass",)]
    assert report.untested == (("p", "LEFT"),)
    gaps = {gap.clause: gap.never for gap in report.gaps}
    assert gaps == {"research_only": ("true",)}
    shown = render_examples(report, coverage=True)
    assert "FAIL  does not hold" in shown
    assert "p/LEFT" in shown
    assert "policy:7  TIER: never true: research_only" in shown
    assert "1 of 2 examples hold." in shown


def test_parts_of_a_pack_are_its_own_to_test() -> None:
    ours = {gap.clause for gap in run(BORROWER, LENDER, without=("pack",)).gaps}
    everybody = {gap.clause for gap in run(BORROWER, LENDER).gaps}
    assert ours == {"decides = credit"}
    assert everybody - ours >= {"risk_tier = low"}


def test_junit() -> None:
    suite = ET.fromstring(render_examples_junit(run(POLICY)))  # noqa: S314  # written by ourselves
    assert (suite.get("tests"), suite.get("failures")) == ("2", "1")
    assert [case.find("failure") is None for case in suite] == [True, False]
