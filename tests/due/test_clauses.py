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
        ("= approved", "in {approved, draft}", "require", "status = approved", "status in {approved, draft}", 11),
        ("last keep", "last 3 months", "require", WITHIN, WITHIN.replace("last keep", "last 3 months"), 12),
        ("    - decides is known\n", "", "require", "decides is known", "none", 8),
        ("decides is known\n", "decides is known\n    - owner is known\n", "require", "none", "owner is known", 9),
        ("upstream special", "upstream", "require", "upstream special dataset", "upstream dataset", 13),
        ("research_only", "decides = none", "except", "except where research_only", "except where decides = none", 6),
        ("every 12", "every 6", "reassess every", "12 months", "6 months", 15),
        ("severity high", "severity low", "severity", "high", "low", 5),
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
