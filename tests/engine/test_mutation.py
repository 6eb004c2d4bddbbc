"""What ``lexline test --mutate`` changes, and what it takes an example to notice."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from lexline.app.cli.commands import run
from lexline.evaluate.calls import CheckResults, NoChecks
from lexline.evaluate.verdict import Clock
from lexline.lang.compile import compile_text
from lexline.mutation import MutationReport, mutate
from lexline_lineage.graph import Graph
from lexline_lineage.vocabulary_files import load_builtin_vocabulary

VOCABULARY = load_builtin_vocabulary()
POLICY = """
policy p "p" version 1
term live for model means some downstream deployment has environment = production
rule R "r"
  in force from 2026-01-01
  for live model
  except where research_only
  require all of
    - validated_on >= 2026-02-01
    - owner is known
example "e" on 2026-03-01
  given
    model good { validated_on: 2026-02-01, owner: ana, research_only: false }
    deployment d { environment: production }
    good serves -> d
"""
WEAK = """  expect
    R gives pass for good
"""
STRONG = """    model late { validated_on: 2026-01-31, owner: ana, research_only: false }
    model orphan { validated_on: 2026-02-01, research_only: false }
    model study { research_only: true }
    model idle { owner: ana }
    model both { validated_on: 2026-02-01, owner: ana, research_only: false }
    deployment t { environment: test }
    both serves -> d
    both serves -> t
    late serves -> d
    orphan serves -> d
    study serves -> d
    idle serves -> t
  expect
    R gives pass for good
    R gives pass for both
    R gives fail for late
    R gives fail for orphan
    R gives exempt for study
    R gives not-applicable for idle
example "the day before" on 2025-12-31
  given
    model good {}
  expect
    R is upcoming for good
example "the day" on 2026-01-01
  given
    model good {}
  expect
    R is in-force for good
"""


def no_checks(_graph: Graph, _clock: Clock) -> CheckResults:
    return NoChecks()


def mutated(policy: str) -> MutationReport:
    program, found = compile_text(policy, VOCABULARY)
    assert not found
    return mutate(program, VOCABULARY, no_checks, date(2026, 3, 1))


def test_one_example_that_passes_notices_little() -> None:
    report = mutated(POLICY + WEAK)
    missed = {(mutant.name, mutant.change) for mutant in report.missed}
    assert ("p/R", "the exception is gone") in missed
    assert ("p/R", "part 2 of 2 is gone") in missed
    assert ("p/R", "in force from 2026-01-02, a day later") in missed
    assert ("p/R", "the `for` has no condition") in missed
    assert ("p/live", "`some` becomes `every`") in missed
    assert ("p/R", "`>=` becomes `>`") not in missed
    assert ("p/R", "the date is a day later") not in missed
    assert {mutant.span.line for mutant in report.missed} <= {3, 5, 6, 7, 8, 9, 10}


def test_examples_on_both_sides_of_everything_notice_all() -> None:
    report = mutated(POLICY + STRONG)
    assert report.missed == ()
    assert report.tried > 10
    assert report.caught == 1


CHANGED = {
    "require (some upstream dataset) or research_only": "`some` becomes `no`",
    "require at least 2 upstream datasets": "`at least 2` becomes `at least 3`",
    "require no upstream dataset has special_category": "`no` becomes `some`",
    "require the latest assessment by approved_on has status = approved": "`latest` becomes `earliest`",
    "require risk_tier in {low, medium}": "option 2 of 2 is gone",
    "require not research_only": "`not` is gone",
    "require owner is missing": "`known` and `missing` change places",
    "require latest updated_on of upstream datasets <= today": "`latest` becomes `earliest`",
    "require some upstream dataset where special_category has owner is known": (
        "the terms and `where` of the phrase are gone"
    ),
}


@pytest.mark.parametrize("clause", CHANGED)
def test_each_construct_is_changed(clause: str) -> None:
    policy = (
        f'rule R "r" for model {clause}\nexample "e"\n  given\n    model m {{}}\n  expect\n    R is in-force for m\n'
    )
    assert CHANGED[clause] in {mutant.change for mutant in mutated(policy).missed}


def test_the_command_counts_them(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["test", "--pack", "crosswalks", "--no-coverage", "--mutate"]) == 0
    assert " changes noticed (" in capsys.readouterr().out
    assert run(["init", str(tmp_path / "own")]) == 0  # its one example doesn't notice much
    assert run(["test", "-C", str(tmp_path / "own"), "--no-coverage", "--mutate", "--least-caught", "100"]) == 1
    assert "Changes that no example notices:" in capsys.readouterr().out
