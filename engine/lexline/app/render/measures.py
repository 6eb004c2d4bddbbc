"""Measures as text, JSON, CSV and Markdown."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from lexline.app.render.sections import few, sheet
from lexline.evaluate.verdict import Clock
from lexline.measures import Lists, Measured, Standing, Target
from lexline.report import plain_value
from lexline_lineage.values import Value
from lexline_plugins.reporters.documents import dumped
from lexline_plugins.reporters.wording import inline, printable

__all__ = ["render_measures"]

NAMED = 10
"""Elements that text and Markdown name; JSON and CSV have all."""


def render_measures(clock: Clock, figures: Sequence[Measured], form: str) -> str:
    """The figures of a day in a form: ``text``, ``json``, ``csv`` or ``markdown``."""
    match form:
        case "json":
            return dumped(_json(clock, figures), indent=2) + "\n"
        case "csv":
            return sheet(_COLUMNS, _rows(clock, figures))
        case "markdown":
            return printable("\n".join(_markdown(clock, figures))) + "\n"
        case _:
            return printable("\n".join(_text(clock, figures))) + "\n"


# ---- words ---------------------------------------------------------------------------------------------------------


def shown(unit: str, value: Value | None) -> str:
    """A value with its unit."""
    if value is None:
        return "unknown"
    if unit == "share" and isinstance(value, float):
        return f"{value * 100:.1f}".rstrip("0").rstrip(".") + " %"
    plain = plain_value(value)
    text = f"{plain:,.10g}" if isinstance(plain, float) else str(plain)
    return f"{text} days" if unit == "days" else text


def _value(figure: Measured | Standing, unit: str) -> str:
    if figure.target is Target.EMPTY:
        return "nothing to measure"
    if figure.low == figure.high:
        return shown(unit, figure.low)
    return f"{shown(unit, figure.low)} to {shown(unit, figure.high)}"


def _of(figure: Measured) -> str:
    """``2 of 3``, where elements stand behind a figure (but for a count of all of them), and how many can't be told."""
    lists = figure.lists
    if lists is None:
        return ""
    of_all = figure.unit == "count" and lists.numerator == lists.denominator
    parts = [f"{len(lists.numerator):,} of {len(lists.denominator):,}"] if lists.denominator and not of_all else []
    parts += [f"{len(lists.unknown):,} can't be told"] if lists.unknown else []
    return ", ".join(parts)


def _target(figure: Measured) -> str:
    if figure.goal is None:
        return ""
    word = "at least" if figure.unit == "share" and figure.goal != 0 else "at most"
    said = "" if figure.target is Target.EMPTY else f": {figure.target.value}"
    return f"target {word} {shown(figure.unit, figure.goal)}{said}"


def _lacking(lists: Lists) -> list[str]:
    """Those that are measured and don't count."""
    counted, open_ = set(lists.numerator), set(lists.unknown)
    return [element for element in lists.denominator if element not in counted and element not in open_]


# ---- forms ---------------------------------------------------------------------------------------------------------


def _text(clock: Clock, figures: Sequence[Measured]) -> Iterator[str]:
    yield f"Measures on {clock.today}"
    for figure in figures:
        yield ""
        yield f"{'/'.join(figure.key)}  {inline(figure.title)}"
        parts = [_value(figure, figure.unit), _of(figure), _target(figure)]
        yield "  " + "  ·  ".join(part for part in parts if part)
        for line in _behind(figure):
            yield f"    {line}"
        if figure.trend:
            yield "    before: " + ", ".join(f"{s.day} {_value(s, figure.unit)}" for s in figure.trend)


def _behind(figure: Measured) -> Iterator[str]:
    if figure.note:
        yield figure.note
    if figure.failed:
        yield "a check that failed is why"
    if figure.lists is None:
        return
    if figure.unit == "count":
        if figure.lists.numerator:
            yield inline(f"counted: {few(figure.lists.numerator, NAMED)}")
    elif lacking := _lacking(figure.lists):
        yield inline(f"not: {few(lacking, NAMED)}")
    if figure.lists.unknown:
        yield inline(f"can't be told: {few(figure.lists.unknown, NAMED)}")


def _markdown(clock: Clock, figures: Sequence[Measured]) -> Iterator[str]:
    yield f"### Measures on {clock.today}\n"
    yield "| measure | value | of | target | behind it | before |"
    yield "| --- | --- | --- | --- | --- | --- |"
    for figure in figures:
        before = ", ".join(f"{s.day}: {_value(s, figure.unit)}" for s in figure.trend)
        cells = (f"{figure.title} ({'/'.join(figure.key)})", _value(figure, figure.unit), _of(figure), _target(figure))
        yield "| " + " | ".join(_cell(cell) for cell in (*cells, "; ".join(_behind(figure)), before)) + " |"


def _cell(text: str) -> str:
    """Text that Markdown takes as it is."""
    found = inline(text)
    for sign in "\\`*_[]<>|#@~":
        found = found.replace(sign, f"&#{ord(sign)};")
    return found


_COLUMNS = (
    "date",
    "revision",
    "policy",
    "measure",
    "title",
    "unit",
    "low",
    "high",
    "goal",
    "target",
    "part",
    "element",
)


def _rows(clock: Clock, figures: Sequence[Measured]) -> Iterator[tuple[str, ...]]:
    """A row for each figure, one for each element behind it, and one for each earlier state."""
    for figure in figures:
        name, about = figure.key, (figure.title, figure.unit)
        said = (_plain(figure.low), _plain(figure.high), _plain(figure.goal), figure.target.value)
        yield (str(clock.today), "", *name, *about, *said, "figure", "")
        for part in ("numerator", "denominator", "unknown") if figure.lists is not None else ():
            for element in getattr(figure.lists, part):
                yield (str(clock.today), "", *name, *about, "", "", "", "", part, element)
        for then in figure.trend:
            ends = (_plain(then.low), _plain(then.high), _plain(then.goal), then.target.value)
            yield (str(then.day), str(then.revision), *name, *about, *ends, "earlier", "")


def _plain(value: Value | None) -> str:
    plain = plain_value(value)
    return "" if plain is None else f"{plain:.15g}" if isinstance(plain, float) else str(plain)


def _json(clock: Clock, figures: Sequence[Measured]) -> dict[str, object]:
    return {
        "on": str(clock.today),
        "known_on": str(clock.known_on) if clock.known_on else None,
        "measures": [_figure_json(figure) for figure in figures],
    }


def _figure_json(figure: Measured) -> dict[str, object]:
    lists = figure.lists
    return {
        "policy": figure.key[0],
        "measure": figure.key[1],
        "title": figure.title,
        "unit": figure.unit,
        "low": plain_value(figure.low),
        "high": plain_value(figure.high),
        "goal": plain_value(figure.goal),
        "target": figure.target.value,
        "numerator": None if lists is None else list(lists.numerator),
        "denominator": None if lists is None else list(lists.denominator),
        "unknown": None if lists is None else list(lists.unknown),
        "failed": figure.failed,
        "note": figure.note,
        "trend": [
            {
                "date": str(then.day),
                "revision": then.revision,
                "low": plain_value(then.low),
                "high": plain_value(then.high),
                "goal": plain_value(then.goal),
                "target": then.target.value,
            }
            for then in figure.trend
        ],
    }
