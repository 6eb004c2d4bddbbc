"""The language guide and the README are true: their policies compile against the built-in vocabulary."""

import re
from pathlib import Path

import pytest

from lexline.app.cli.commands import run
from lexline.app.render.diagnostics import render
from lexline.diagnostics import Source
from lexline.lang.compile import compile_policies
from lexline.lang.parse import parse
from lexline.plugin_manager import load_plugins
from lexline_lineage.vocabulary_files import load_builtin_vocabulary

ROOT = Path(__file__).parents[2]
BLOCK = re.compile(r"^```policy\n(.*?)^```$", re.MULTILINE | re.DOTALL)
GUIDE = BLOCK.findall((ROOT / "docs" / "language.md").read_text("utf-8"))


@pytest.mark.parametrize("block", GUIDE, ids=lambda block: block.split("\n", 1)[0][:40])
def test_guide(block: str) -> None:
    file, found = parse(Source("guide.policy", block))
    assert file is not None
    _, more = compile_policies([file], load_builtin_vocabulary(), checks=load_plugins().signatures)
    assert not (*found, *more), "\n".join(render(diagnostic) for diagnostic in (*found, *more))


def test_readme_shows_what_is_printed(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """Every line in its order; an ellipsis stands for lines left out, or for a figure that grows with the facts."""
    shown = (ROOT / "README.md").read_text("utf-8").split("```text\n", 1)[1].split("\n```", 1)[0].split("\n")
    monkeypatch.chdir(ROOT / "examples" / "credit")
    assert run(["check", "--on", "2026-09-03"]) == 1
    printed = iter(capsys.readouterr().out.split("\n"))
    for line in shown:
        pattern = re.escape(line).replace("…", r"\d+")
        assert line == "[…]" or any(re.fullmatch(pattern, other) for other in printed), line
