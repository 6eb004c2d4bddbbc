"""A horizon as one HTML page, with a chart of its dates."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from html import escape

from lexline.app.render.causes import deadline, says
from lexline.app.render.horizon import DAILY, alike, causes_of, headline, provisions, what_turns, whose
from lexline.app.render.page import LISTED, page
from lexline.app.render.sections import Row, Section, cut
from lexline.horizons import Horizon, HorizonDate, is_grave
from lexline_plugins.reporters.wording import counted

__all__ = ["chart", "horizon_page"]

WIDTH, HEIGHT, TOP, BASE, LEFT = 960, 236, 52, 190, 48
"""Of the chart: its size, where its bars end and stand, and where its axis begins."""
BAR, LEAST = 5, 2
"""How wide a bar is, and how high at least: one verdict among hundreds is seen, too."""
TICKS = 10
"""How many dates the axis names at most."""
FILLS = (("fail", "#c22"), ("error", "#a3a"), ("unknown", "#c80"), ("other", "#889"))
NAMED = 50
"""Elements that a row names of an owner."""


def horizon_page(horizon: Horizon) -> str:
    """The page."""
    title = f"Horizon from {horizon.start} to {horizon.until}"
    sections = [*(_section(at, horizon) for at in horizon.dates), *_daily(horizon)]
    return page(title, headline(horizon), sections, chart(horizon))


def _daily(horizon: Horizon) -> Iterator[Section]:
    rows = tuple(
        Row(("/".join(key), horizon.rules[key].title, "; ".join(reasons))) for key, reasons in horizon.daily.items()
    )
    if rows:
        yield Section(DAILY.removesuffix(":"), ("rule", "title", "why"), rows)


def _section(at: HorizonDate, horizon: Horizon) -> Section:
    rows = []
    for group in alike(at.turns):
        told, flip, rule = group[0], group[0].flip, horizon.rules[group[0].flip.rule]
        cites = ", ".join(provisions(horizon, told))
        cells = (says(flip.after), says(flip.before), told.severity, deadline(told), cites)
        name = f"{'/'.join(flip.rule)}: {rule.title}" if rule.title else "/".join(flip.rule)
        rows.append(Row((*cells, "; ".join(whose(group, NAMED)), name), tuple(causes_of(group))))
    columns = ("becomes", "was", "severity", "deadline", "cites", "whose", "rule")
    return cut(f"{at.day}: {what_turns(at)}", columns, rows, LISTED)


# ---- the chart -----------------------------------------------------------------------------------------------------


def chart(horizon: Horizon) -> str:
    """How many verdicts change on each date, as SVG; a bar leads to the table of its date."""
    if not horizon.dates:
        return ""
    most = max(len(at.turns) for at in horizon.dates)
    words = "; ".join(f"{at.day}: {what_turns(at)}" for at in horizon.dates[:LISTED])
    bars = "\n".join(part for place, at in enumerate(horizon.dates) for part in _bar(place, at, horizon, most))
    keys = "\n".join(
        f'<rect x="{LEFT + 110 * place}" y="6" width="10" height="10" fill="{fill}"/>'
        f'<text x="{LEFT + 14 + 110 * place}" y="15">{"needs nobody" if name == "other" else name}</text>'
        for place, (name, fill) in enumerate(FILLS)
    )
    return f"""<figure>
<svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-labelledby="chart-title chart-words" font-size="11"
 fill="currentColor">
<title id="chart-title">Verdicts that change by themselves, by date</title>
<desc id="chart-words">{escape(words)}</desc>
{keys}
<line x1="{LEFT}" y1="{BASE}" x2="{WIDTH}" y2="{BASE}" stroke="currentColor"/>
<text x="{LEFT - 6}" y="{BASE}" text-anchor="end">0</text>
<text x="{LEFT - 6}" y="{TOP + 4}" text-anchor="end">{most:,}</text>
<line x1="{LEFT - 4}" y1="{TOP}" x2="{LEFT}" y2="{TOP}" stroke="currentColor"/>
{"".join(_ticks(horizon))}
{bars}
</svg>
<figcaption>Verdicts that change on each date; a bar, and the links below, lead to them.</figcaption>
</figure>
"""


def _x(day: date, horizon: Horizon) -> float:
    return LEFT + (WIDTH - LEFT - BAR) * (day - horizon.start).days / max((horizon.until - horizon.start).days, 1)


def _ticks(horizon: Horizon) -> Iterator[str]:
    """The first days of some months along the axis."""
    months = range(horizon.start.year * 12 + horizon.start.month, horizon.until.year * 12 + horizon.until.month)
    step = next((step for step in (1, 3, 6, 12, 24, 60) if len(months) <= TICKS * step), 120)
    for month in months:
        if month % step == 0:
            x = _x(date(month // 12, month % 12 + 1, 1), horizon)
            yield f'<line x1="{x:.1f}" y1="{BASE}" x2="{x:.1f}" y2="{BASE + 5}" stroke="currentColor"/>'
            yield f'<text x="{x:.1f}" y="{BASE + 17}" text-anchor="middle">{month // 12}-{month % 12 + 1:02}</text>\n'


def _bar(place: int, at: HorizonDate, horizon: Horizon, most: int) -> Iterator[str]:
    """A date as a bar of parts, one on another."""
    counts = dict.fromkeys((name for name, _ in FILLS), 0)
    for told in at.turns:
        verdict = told.flip.after.verdict.value if is_grave(told.flip) and told.flip.after is not None else "other"
        counts[verdict] += 1
    x, y = _x(at.day, horizon), float(BASE)
    yield f'<a href="#s{place}"><g><title>{at.day}: {escape(what_turns(at))}</title>'
    for name, fill in FILLS:
        if counts[name]:
            height = max((BASE - TOP - LEAST * len(FILLS)) * counts[name] / most, LEAST)
            y -= height
            said = escape(f"{counted(counts[name], 'verdict')}: {name}")
            place_of = f'x="{x:.1f}" y="{y:.1f}" width="{BAR}" height="{height:.1f}"'
            yield f'<rect {place_of} fill="{fill}" aria-label="{said}"/>'
    if len(at.turns) * 4 > most:
        side, anchor = (x + BAR, "end") if x > WIDTH / 2 else (x, "start")
        yield f'<text x="{side:.1f}" y="{y - 4:.1f}" text-anchor="{anchor}">{at.day}</text>'
    yield "</g></a>"
