"""Every decision record has its parts, and the index names every one."""

from pathlib import Path

import pytest

RECORDS = Path(__file__).parents[2] / "docs" / "decisions"
PARTS = ("## Context", "## Decision", "## Consequences")


@pytest.mark.parametrize("path", sorted(RECORDS.glob("0*.md")), ids=lambda path: path.name)
def test_parts(path: Path) -> None:
    text = path.read_text("utf-8")
    assert all(part in text for part in PARTS)
    assert path.name in (RECORDS / "README.md").read_text("utf-8")
