"""The page of the built-in vocabulary is current, and the example in it works."""

from __future__ import annotations

import re
from pathlib import Path

from lexline_lineage.vocabulary_files import extend, load_builtin_vocabulary
from lexline_lineage.vocabulary_page import vocabulary_page

DOCS = Path(__file__).parents[2] / "docs"


def test_the_page_is_current() -> None:
    page = (DOCS / "vocabulary.md").read_text("utf-8")
    command = "python -m lexline_lineage.vocabulary_page > docs/vocabulary.md"
    assert page == vocabulary_page(load_builtin_vocabulary()), f"write it again: {command}"


def test_the_example_extends_the_vocabulary() -> None:
    (example,) = re.findall(r"```yaml\n(.*?)```", (DOCS / "vocabulary.md").read_text("utf-8"), re.DOTALL)
    vocabulary = extend(load_builtin_vocabulary(), example)
    assert vocabulary.relations["steers"].targets == ("deployment",)
