"""Tables with titles, before text, HTML or CSV is made of them: what is shown, in which words, how much."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from lexline_plugins.reporters.wording import inline, printable

__all__ = ["Row", "Section", "cut", "few", "section_lines", "sheet"]

SUCH_AS = 3
"""How many sources or rules are named in a cell."""

WIDEST = 60
"""Columns before the last are not padded any further than this."""

FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""How a cell begins that a spreadsheet would calculate."""


@dataclass(frozen=True, slots=True)
class Row:
    """A line of a table, and notes that stand under it."""

    cells: tuple[str, ...]
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Section:
    """A table with a title, and a ``note`` under it. The first ``numbers`` columns hold figures; ``more`` rows are left
    out."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    numbers: int = 0
    more: int = 0
    note: str = ""


def cut(title: str, columns: Sequence[str], rows: Iterable[Row], listed: int, *, numbers: int = 0) -> Section:
    """A section with the first ``listed`` of its rows."""
    every = tuple(rows)
    return Section(title, tuple(columns), every[:listed], numbers, max(0, len(every) - listed))


def few(words: Sequence[str], shown: int = SUCH_AS) -> str:
    """The first of many words, and how many more there are."""
    rest = len(words) - shown
    return ", ".join(words[:shown]) + (f" and {rest:,} more" if rest > 0 else "")


def section_lines(section: Section) -> list[str]:
    """A section as plain text, and an empty line."""
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


def _cell(text: str) -> str:
    """A text that neither a terminal nor a CI system acts on where the sheet is printed."""
    return printable(inline(text))


def sheet(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Rows as CSV. What a spreadsheet would take for a formula gets a quotation mark before it."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(columns)
    for cells in rows:
        writer.writerow([f"'{cell}" if cell.startswith(FORMULA) else cell for cell in map(_cell, cells)])
    return out.getvalue()
