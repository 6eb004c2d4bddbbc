"""The parser: what it refuses and in which words, what it reads, and that its tables are those of the grammar."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from lexline.app.render.diagnostics import render
from lexline.diagnostics import Source
from lexline.lang.parse import parse

CORPUS = Path(__file__).parents[2] / "corpus"


def cases(folder: str) -> list[Any]:
    """The cases of a folder of the corpus, each named by its file and what it is about."""
    return [
        pytest.param(case, id=f"{path.stem}: {case['case']}")
        for path in sorted((CORPUS / folder).glob("*.yaml"))
        for case in yaml.safe_load(path.read_text("utf-8"))
    ]


@pytest.mark.parametrize("case", cases("bad"))
def test_the_first_mistake_shown_names_the_fix(case: dict[str, Any]) -> None:
    _, found = parse(Source("bad.policy", case["policy"]))
    shown = "\n".join(map(render, found))
    assert [d.code for d in found] == [case["code"], *case.get("also", ())], shown
    first = found[0]
    assert first.span.text == case["at"], shown
    words = f"{first.message}\n{first.help}"
    assert all(word in words for word in case["says"]), shown
