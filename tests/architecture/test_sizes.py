"""The size ratchet: files under 500 lines, functions under 60, no dumping grounds."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SOURCES = sorted(path for root in ("engine", "lineage", "plugins", "policies") for path in (ROOT / root).rglob("*.py"))
FILE_LINES = 500
FUNCTION_LINES = 60
DUMPING_GROUNDS = {"util", "utils", "helper", "helpers", "common", "misc", "base"}


def named(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@pytest.mark.parametrize("path", SOURCES, ids=named)
def test_size_and_name(path: Path) -> None:
    text = path.read_text("utf-8")
    assert len(text.splitlines()) < FILE_LINES, f"{named(path)} has {len(text.splitlines())} lines"
    assert path.stem not in DUMPING_GROUNDS
    long = [
        f"{node.name} ({node.end_lineno - node.lineno + 1} lines)"
        for node in ast.walk(ast.parse(text))
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))
        and node.end_lineno is not None
        and node.end_lineno - node.lineno + 1 > FUNCTION_LINES
    ]
    assert not long, f"{named(path)}: {', '.join(long)}"
