"""A horizon as one HTML page, with a chart of its dates."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape

from lexline.app.render.horizon import DAILY, because, headline, says, what_turns
from lexline.app.render.page import LISTED, page
from lexline.app.render.sections import Row, Section, cut
from lexline.horizons import Horizon, HorizonDate, is_grave
from lexline_plugins.reporters.wording import counted

__all__ = ["chart", "horizon_page"]

WIDTH, HEIGHT, BASE, LEFT = 960, 220, 180, 48
"""Of the chart: its size, where its bars stand, and where its axis begins."""
FILLS = (("fail", "#c22"), ("error", "#a3a"), ("unknown", "#c80"), ("other", "#889"))


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
    for told in at.turns:
        flip, rule = told.flip, horizon.rules[told.flip.rule]
        cites = ", ".join(citation.provision for citation in rule.citations)
        cells = (says(flip.before), says(flip.after), told.severity, told.owner, cites, flip.element)
        causes = tuple(f"because {because(cause)}" for cause in told.causes)
        rows.append(Row((*cells, f"{'/'.join(flip.rule)}: {rule.title}"), causes))
    columns = ("was", "becomes", "severity", "owner", "cites", "element", "rule")
    return cut(f"{at.day}: {what_turns(at)}", columns, rows, LISTED)


def chart(horizon: Horizon) -> str:
    """How many verdicts change on each date, as SVG."""
    if not horizon.dates:
        return ""
    most = max(len(at.turns) for at in horizon.dates)
    words = "; ".join(f"{at.day}: {what_turns(at)}" for at in horizon.dates[:LISTED])
    bars = "\n".join(part for at in horizon.dates for part in _bar(at, horizon, most))
    keys = "\n".join(
        f'<rect x="{LEFT + 110 * place}" y="6" width="10" height="10" fill="{fill}"/>'
        f'<text x="{LEFT + 14 + 110 * place}" y="15">{name}</text>'
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
<text x="{LEFT - 6}" y="40" text-anchor="end">{most:,}</text>
<text x="{LEFT}" y="{HEIGHT - 6}">{horizon.start}</text>
<text x="{WIDTH}" y="{HEIGHT - 6}" text-anchor="end">{horizon.until}</text>
{bars}
</svg>
<figcaption>Verdicts that change on each date; the links below lead to them.</figcaption>
</figure>
"""


def _bar(at: HorizonDate, horizon: Horizon, most: int) -> Iterator[str]:
    """A date as a bar of parts, one on another."""
    days = (horizon.until - horizon.start).days
    step = (WIDTH - LEFT - 8) / max(days, 1)
    x, width = LEFT + step * (at.day - horizon.start).days, min(max(step, 1.5), 6)
    counts = dict.fromkeys((name for name, _ in FILLS), 0)
    for told in at.turns:
        verdict = told.flip.after.verdict.value if is_grave(told.flip) and told.flip.after is not None else "other"
        counts[verdict] += 1
    y = float(BASE)
    yield f"<g><title>{at.day}: {escape(what_turns(at))}</title>"
    for name, fill in FILLS:
        height = (BASE - 34) * counts[name] / most
        if height:
            y -= height
            said = escape(f"{counted(counts[name], 'verdict')}: {name}")
            place = f'x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}"'
            yield f'<rect {place} fill="{fill}" aria-label="{said}"/>'
    yield "</g>"
