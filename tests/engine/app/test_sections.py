"""What a sheet does to the cells that others named."""

from __future__ import annotations

from lexline.app.render.sections import sheet


def test_no_cell_is_calculated_or_taken_for_a_command() -> None:
    cells = ["=1+1", "@sum", "::error::x", "a ##[b]", "two\nlines", "plain, with a comma"]
    lines = sheet(["name"], [[cell] for cell in cells]).splitlines()
    assert lines == ["name", "'=1+1", "'@sum", "\\::error::x", "a #\\#[b]", "two\\nlines", '"plain, with a comma"']
