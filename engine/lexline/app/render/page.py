"""A page of tables in HTML: nothing is loaded from elsewhere, it prints well and needs no JavaScript."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from lexline.app.render.sections import Row, Section
from lexline_plugins.reporters.wording import inline, printable

__all__ = ["LISTED", "page"]

LISTED = 500
"""Rows of a table; the JSON form has all."""

STYLE = """
:root { color-scheme: light dark; }
body { font: 1rem/1.5 system-ui, sans-serif; margin: 0 auto; max-width: 75rem; padding: 1rem; }
h2 { margin-top: 2rem; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; }
th, td { border-bottom: 1px solid #8886; padding: .25rem .75rem .25rem 0; text-align: left; vertical-align: top; }
th.number, td.number { text-align: right; font-variant-numeric: tabular-nums; }
td { min-width: 8ch; overflow-wrap: anywhere; }
td ul { margin: 0; padding-left: 1rem; }
.missing { background: #d332; font-weight: bold; }
.possible { background: #da32; font-weight: bold; }
@media print {
  body { font-size: 9pt; max-width: none; padding: 0; }
  nav { display: none; }
  .wide { overflow: visible; }
  tr { break-inside: avoid; }
  thead { display: table-header-group; }
  h2 { break-after: avoid; }
}
"""


def page(title: str, lead: str, sections: Sequence[Section], figures: str = "") -> str:
    """A page with a title, a first sentence, and a table for each section. ``figures`` is HTML that stands
    before the contents."""
    contents = "\n".join(f'<li><a href="#s{i}">{_text(section.title)}</a></li>' for i, section in enumerate(sections))
    whole = f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>{_text(title)}</title>
<style>{STYLE}</style>
</head>
<body>
<main>
<h1>{_text(title)}</h1>
<p>{_text(lead)}</p>
{figures}<nav aria-label="Contents">
<ul>
{contents}
</ul>
</nav>
{"".join(_section(section, i) for i, section in enumerate(sections))}</main>
</body>
</html>
"""
    return printable(whole)


def _text(text: str) -> str:
    return escape(inline(text))


def _section(section: Section, place: int) -> str:
    heads = "".join(
        f'<th scope="col"{_class("number" if i < section.numbers else "")}>{_text(name)}</th>'
        for i, name in enumerate(section.columns)
    )
    rows = "\n".join(_row(section, row) for row in section.rows)
    note = f"<p>{_text(section.note)}</p>\n" if section.note else ""
    more = f"<p>and {section.more:,} more</p>\n" if section.more else ""
    return f"""<section aria-labelledby="s{place}">
<h2 id="s{place}">{_text(section.title)}</h2>
{note}<div class="wide" role="region" aria-labelledby="s{place}" tabindex="0">
<table>
<thead><tr>{heads}</tr></thead>
<tbody>
{rows}
</tbody>
</table>
</div>
{more}</section>
"""


def _row(section: Section, row: Row) -> str:
    cells = []
    for i, cell in enumerate(row.cells):
        last = i == len(row.cells) - 1
        notes = "".join(f"<li>{_text(note)}</li>" for note in row.notes) if last else ""
        kind = "number" if i < section.numbers else cell if cell in ("missing", "possible") and not last else ""
        cells.append(f"<td{_class(kind)}>{_text(cell)}{f'<ul>{notes}</ul>' if notes else ''}</td>")
    return f"<tr>{''.join(cells)}</tr>"


def _class(name: str) -> str:
    return f' class="{name}"' if name else ""
