"""What ``lexline inventory`` prints for a person at a terminal."""

from __future__ import annotations

from lexline.app.render.inventory_sections import Section, headline, result, sections
from lexline.inventory import Inventory
from lexline_plugins.reporters.wording import inline, printable

__all__ = ["STYLES", "render_inventory"]

LISTED = 10
WIDEST = 60
"""Columns before the last are not padded any further than this."""

STYLES = {
    r"(?m)^(?! )(?!Result|Next).+$": "bold",
    r"(?m)(?<=  )missing(?=  )|^  missing\b": "bold red",
    r"(?m)(?<=  )possible(?=  )|^  possible\b": "bold yellow",
    r"(?m)^Result:": "bold",
}
"""What stands out on a terminal: titles, and what is not surely known."""


def render_inventory(inventory: Inventory, *, attributes: bool = False) -> str:
    """The inventory as plain text; the terminal adds ``STYLES``."""
    lines = [f"Inventory: {headline(inventory)}.", ""]
    lines += [] if inventory.kinds else ["Nothing of the kind is known.", ""]
    for section in sections(inventory, LISTED, attributes=attributes):
        lines += _section_lines(section)
    lines += [f"Result: {result(inventory)}.", _next(inventory, attributes=attributes)]
    return printable("\n".join(lines)) + "\n"


def _section_lines(section: Section) -> list[str]:
    rows = [tuple(inline(cell) for cell in row.cells) for row in section.rows]
    table = [section.columns, *rows] if len(section.columns) > 1 else rows
    widths = [min(WIDEST, max(len(cells[i]) for cells in table)) for i in range(len(section.columns))]
    notes: list[tuple[str, ...]] = [() for _ in range(len(table) - len(rows))]
    notes += [row.notes for row in section.rows]
    lines = [section.title, *([f"  {section.note}"] if section.note else [])]
    for cells, under in zip(table, notes, strict=True):
        padded = [
            cell.rjust(width) if i < section.numbers else cell.ljust(width)
            for i, (cell, width) in enumerate(zip(cells, widths, strict=True))
        ]
        lines.append(f"  {'  '.join(padded)}".rstrip())
        lines += [f"      {inline(note)}" for note in under]
    lines += [f"  and {section.more:,} more"] if section.more else []
    return [*lines, ""]


def _next(inventory: Inventory, *, attributes: bool) -> str:
    """What to do next, with a command that can be pasted."""
    if not inventory.portfolio.elements:
        return "Next: lexline import    (or name a portfolio file: no element is known)"
    on = f" --on {inventory.clock.today}"
    if inventory.needed and not attributes:
        kind = inventory.needed[0].kind
        return f"Next: lexline inventory --kind {kind} --missing{on}    (everything that is missing of that kind)"
    if inventory.needed:
        return f"Next: lexline check{on}    (which verdicts are unknown because of what is missing)"
    return f"Next: lexline check{on}    (nothing that rules read is missing)"
