"""The clause of a rule that is another one: the smallest that can be read by itself, at its place in the later text."""

from __future__ import annotations

import pytest

from lexline.diagnostics import Source
from lexline.impact_causes import clause_causes
from lexline.lang.compile import compile_policies
from lexline.lang.parse import parse
from lexline.lang.typed import Program
from lexline_lineage.vocabulary_files import load_builtin_vocabulary

WORDS = load_builtin_vocabulary()
TEXT = """\
policy p "P"
  version 1
parameter keep "k" is 12 months
term special for dataset means dataset.special_category
term live for model means model.research_only is false
rule R "r" for model
  except where research_only
  require all of
    - decides is known
    - some assessment has all of
        - type = dpia
        - status = approved
        - approved_on is within the last keep
    - no upstream special dataset has (owner is missing)
  severity high
  reassess every 12 months
"""


WITHIN = "approved_on is within the last keep"


def compiled(text: str) -> Program:
    file, _ = parse(Source("p.policy", text))
    assert file is not None
    program, found = compile_policies([file], WORDS)
    assert not found, found
    return program


@pytest.mark.parametrize(
    ("old", "new", "name", "before", "after", "line"),
    [
        ("= approved", "in {approved, draft}", "require", "status = approved", "status in {approved, draft}", 12),
        ("last keep", "last 3 months", "require", WITHIN, WITHIN.replace("last keep", "last 3 months"), 13),
        ("    - decides is known\n", "", "require", "decides is known", "none", 9),
        ("decides is known\n", "decides is known\n    - owner is known\n", "require", "none", "owner is known", 10),
        ("upstream special", "upstream", "require", "upstream special dataset", "upstream dataset", 14),
        ("research_only", "decides = none", "except", "except where research_only", "except where decides = none", 7),
        ("every 12", "every 6", "reassess every", "12 months", "6 months", 16),
        ("severity high", "severity low", "severity", "high", "low", 6),
        ("is 12 months", "is 6 months", "p/keep", "is 12 months", "is 6 months", 3),
        (
            "dataset.special_category",
            "dataset.personal_data",
            "p/dataset/special",
            "dataset.special_category",
            "dataset.personal_data",
            4,
        ),
    ],
)
def test_the_smallest_clause_that_changed(old: str, new: str, name: str, before: str, after: str, line: int) -> None:
    found = clause_causes(compiled(TEXT), compiled(TEXT.replace(old, new)), ("p", "R"))
    causes = {cause.name.removesuffix(" of p/R"): cause for cause in found}
    assert (causes[name].before, causes[name].after, causes[name].place) == (before, after, f"p.policy:{line}")


@pytest.mark.parametrize(
    ("old", "new", "before", "after"),
    [
        ("model", "live model", "none", "live"),
        ("model where decides is known", "live model where decides is known", "none", "live"),
        ("live model where decides is known", "model where decides is known", "live", "none"),
        ("live model", "live model where owner is known", "none", "owner is known"),
        ("model", "live model where owner is known", "none", "live; owner is known"),
        ("live model where owner is known", "live model where owner is missing", "owner is known", "owner is missing"),
        ("live model", "model where owner is known", "live", "owner is known"),
        (
            "model where owner is known",
            "model where owner is known or decides is known",
            "owner is known",
            "owner is known or decides is known",
        ),
    ],
)
def test_both_sides_of_what_a_rule_is_for_are_told_alike(old: str, new: str, before: str, after: str) -> None:
    one, two = (compiled(TEXT.replace('"r" for model', f'"r" for {words}')) for words in (old, new))
    (cause,) = (cause for cause in clause_causes(one, two, ("p", "R")) if cause.sort == "rule")
    assert (cause.name, cause.before, cause.after) == ("for of p/R", before, after)


def test_a_bullet_that_came_is_told_alone() -> None:
    rule = 'policy p "P"\n  version 1\nrule R "r" for model require {}\n'
    one, two = compiled(rule.format("owner is known")), compiled(rule.format("owner is known and decides is known"))
    assert [(cause.before, cause.after) for cause in clause_causes(one, two, ("p", "R"))] == [
        ("none", "decides is known")
    ]


def test_a_rule_about_another_kind() -> None:
    rule = 'policy p "P"\n  version 1\nrule R "r" for {} where owner is known require name is known\n'
    found = clause_causes(compiled(rule.format("model")), compiled(rule.format("dataset")), ("p", "R"))
    assert [(cause.name, cause.before, cause.after) for cause in found] == [("kind of p/R", "model", "dataset")]
