"""``fmt`` changes no meaning, loses no comment, and has nothing to change in what it wrote."""

from __future__ import annotations

import re
from dataclasses import fields, is_dataclass
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from choices import ByChance
from generated_cases import generate
from lexline.app.cli.setup import POLICY
from lexline.diagnostics import Source
from lexline.lang.format import format_file
from lexline.lang.parse import parse
from lexline.lang.syntax import PolicyFile

ROOT = Path(__file__).parents[3]
FILES = [*ROOT.glob("examples/*/policies/*"), *ROOT.glob("benchmarks/policies/*.policy"), ROOT / "docs" / "language.md"]
CASES = [
    case["policy"]
    for path in sorted(ROOT.glob("tests/corpus/*/*.yaml"))
    for case in (yaml.safe_load(path.read_text("utf-8")) if path.stem != "vocabulary" else ())
    if isinstance(case, dict) and isinstance(case.get("policy"), str)
]


def parsed(name: str, text: str) -> PolicyFile | None:
    """The tree of a text without mistakes."""
    file, mistakes = parse(Source(name, text))
    return None if mistakes else file


def meaning(node: object) -> object:
    """A tree without places and comments."""
    if is_dataclass(node) and not isinstance(node, type):
        kept = (f.name for f in fields(node) if f.name not in ("span", "name_span", "comments"))
        return (type(node).__name__, *(meaning(getattr(node, name)) for name in kept))
    return tuple(map(meaning, node)) if isinstance(node, tuple) else node


def hold(name: str, text: str) -> str:
    """What must be true of every policy; its canonical text."""
    before = parsed(name, text)
    assert before is not None
    written = format_file(before)
    after = parsed(name, written)
    assert after is not None, written
    assert meaning(after) == meaning(before)
    assert [c.text.rstrip() for c in after.comments] == [c.text.rstrip() for c in before.comments]
    assert format_file(after) == written
    return written


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_files(path: Path) -> None:
    hold(str(path), path.read_text("utf-8"))


def test_corpus() -> None:
    taken = [text for text in CASES if parsed("case.policy", text) is not None]
    assert len(taken) > 200
    for text in taken:
        hold("case.policy", text)


@given(st.integers(0, 2**32))
def test_whole_language(seed: int) -> None:
    for policy in generate(ByChance(seed)).policies:
        hold("generated.policy", policy.text)


@given(st.integers(0, 2**32), st.randoms(use_true_random=False))
def test_comments_anywhere(seed: int, chance: object) -> None:
    """Comments put between any two words stay in their order and in their declaration."""
    text = generate(ByChance(seed)).policies[0].text
    lines = text.split("\n")
    for number in range(len(lines)):
        pick = chance.randrange(4)  # type: ignore[attr-defined]  # hypothesis gives a random.Random
        if pick == 0:
            lines[number] += f"  # behind {number}"
        elif pick == 1:
            indent = re.match(" *", lines[number])
            lines[number] = f"{indent[0] if indent else ''}# above {number}\n{lines[number]}"
    hold("generated.policy", "\n".join(lines))


def test_policy_of_init_is_canonical() -> None:
    assert hold("house.policy", POLICY) == POLICY


UNTIDY = """\
# About the house.

policy   house "House"   # a head
  version 1
use   other
use another
parameter p "a" is 3 days from 2026-01-01   by "memo"
term live for model means
   some downstream deployment has environment = production   # running
rule R "r" for live model as m where name is known and (m.tier = 1 or m.tier = 2)
    and decides in {credit,employment,insurance} and risk_class != high
  # what it takes
  require all of
      - name   is known
      # and
      - every upstream dataset where personal_data has
           lawful_basis is known
  severity high
example "e" on 2026-11-22
  given
    model a {name:"x",tier:1,tags:[b,c],}   # the model
    a serves->d possible
  expect R gives pass for a
# the end
"""

TIDY = """\
# About the house.

policy house "House"  # a head
  version 1

use other
use another

parameter p "a"
  is 3 days from 2026-01-01 by "memo"

term live for model means some downstream deployment has environment = production  # running

rule R "r"
  for live model as m where name is known
    and (m.tier = 1 or m.tier = 2)
    and decides in {credit, employment, insurance}
    and risk_class != high
  # what it takes
  require all of
    - name is known
    # and
    - every upstream dataset where personal_data has lawful_basis is known
  severity high

example "e" on 2026-11-22
  given
    model a { name: "x", tier: 1, tags: [b, c] }  # the model
    a serves -> d possible
  expect
    R gives pass for a

# the end
"""


def test_layout() -> None:
    assert hold("house.policy", UNTIDY) == TIDY
    assert hold("house.policy", UNTIDY.replace("\n", "\r\n")) == TIDY


def test_literate_files_keep_their_prose() -> None:
    text = "# Law\n\n```policy\nterm  a for model means   true\n```\nprose  stays\n```policy\n# c\n```\n"
    assert hold("law.policy.md", text) == (
        "# Law\n\n```policy\nterm a for model means true\n```\nprose  stays\n```policy\n# c\n```\n"
    )
