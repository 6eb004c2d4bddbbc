"""A horizon as text, JSON and CSV; ``horizon_calendar`` and ``horizon_html`` have its other forms."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from lexline.app.render.impact import cause_json
from lexline.app.render.sections import sheet
from lexline.evaluate.cone_columns import Decided
from lexline.horizons import Horizon, HorizonDate, is_grave
from lexline.impact_causes import Cause, ToldFlip
from lexline_plugins.reporters.documents import dumped
from lexline_plugins.reporters.wording import counted, inline, printable

__all__ = ["DAILY", "because", "headline", "render_horizon", "says", "what_turns"]


DAILY = "Decided on every day, because nobody can say beforehand when they change:"
LISTED = 50
"""Verdicts that text lists for a date."""


def render_horizon(horizon: Horizon, form: str, *, everything: bool = False) -> str:
    """The horizon as ``text``, ``json``, ``csv``, ``ics`` or ``html``. ``everything``: text lists what needs nobody,
    too."""
    match form:
        case "json":
            return dumped(_json(horizon), indent=2) + "\n"
        case "csv":
            return sheet(_COLUMNS, _rows(horizon))
        case "ics":
            from lexline.app.render.horizon_calendar import calendar

            return calendar(horizon)
        case "html":
            from lexline.app.render.horizon_html import horizon_page

            return horizon_page(horizon)
        case _:
            return printable("\n".join(_text(horizon, everything=everything))) + "\n"


# ---- words ---------------------------------------------------------------------------------------------------------


def headline(horizon: Horizon) -> str:
    """From when to when, under which law, and how much there is."""
    known = f", under the law published by {horizon.known_on}" if horizon.known_on else ""
    dates = counted(len(horizon.dates), "date")
    grave = sum(len(at.grave) for at in horizon.dates)
    return (
        f"From {horizon.start} to {horizon.until}{known}: {dates} on which verdicts change by themselves, "
        f"{counted(grave, 'verdict')} that somebody has to act on; decided on {counted(horizon.evaluated, 'day')}."
    )


def what_turns(at: HorizonDate) -> str:
    """``2 begin to fail, 1 becomes unknown, 3 others``."""
    counts = Counter(told.flip.after.verdict.value for told in at.grave if told.flip.after is not None)
    words = {
        "fail": ("begins to fail", "begin to fail"),
        "error": ("ends in an error", "end in an error"),
        "unknown": ("becomes unknown", "become unknown"),
    }
    parts = [f"{counts[verdict]:,} {said[counts[verdict] > 1]}" for verdict, said in words.items() if counts[verdict]]
    others = len(at.turns) - len(at.grave)
    return ", ".join([*parts, *([counted(others, "other")] if others else [])])


def says(decided: Decided | None) -> str:
    """A verdict, and a phase that is not in force."""
    if decided is None:
        return "silent"
    return decided.verdict.value + ("" if decided.phase.value == "in-force" else f" ({decided.phase.value})")


def because(cause: Cause) -> str:
    """A cause on a line."""
    place = f"  [{cause.place}]" if cause.place else ""
    path = f", by {' → '.join(cause.path)}" if len(cause.path) > 1 else ""
    return inline(f"{cause.name}: {cause.before} → {cause.after}{place}{path}")


def _about(horizon: Horizon, told: ToldFlip) -> str:
    cites = ", ".join(_provisions(horizon, told))
    parts = (told.severity, told.owner, f"within {told.deadline}" if told.deadline else "", cites and f"cites {cites}")
    return inline(" · ".join(part for part in parts if part))


def _provisions(horizon: Horizon, told: ToldFlip) -> list[str]:
    return [citation.provision for citation in horizon.rules[told.flip.rule].citations]


# ---- forms ---------------------------------------------------------------------------------------------------------


def _text(horizon: Horizon, *, everything: bool) -> Iterator[str]:
    yield headline(horizon)
    for at in horizon.dates:
        yield ""
        yield f"{at.day}  {what_turns(at)}"
        listed = at.turns if everything else at.grave
        for told in listed[:LISTED]:
            yield from _turn(horizon, told)
        if len(listed) > LISTED:
            yield f"  and {len(listed) - LISTED:,} more (--format json and csv have all)"
    if not horizon.dates:
        yield "Nothing changes by itself."
    if horizon.daily:
        yield ""
        yield DAILY
    for key, reasons in horizon.daily.items():
        yield f"  {'/'.join(key)}: {inline('; '.join(reasons))}"


def _turn(horizon: Horizon, told: ToldFlip) -> Iterator[str]:
    flip = told.flip
    verdict = says(flip.after).upper() if is_grave(flip) else says(flip.after)
    yield f"  {verdict}  {'/'.join(flip.rule)}  {inline(flip.element)}  (was {says(flip.before)})"
    yield f"      {_about(horizon, told)}"
    yield from (f"      because {because(cause)}" for cause in told.causes)


_COLUMNS = (
    *("date", "policy", "rule", "title", "element", "before", "after"),
    *("act", "severity", "owner", "deadline", "provisions", "because"),
)


def _rows(horizon: Horizon) -> Iterator[tuple[str, ...]]:
    for at in horizon.dates:
        for told in at.turns:
            flip = told.flip
            yield (
                str(at.day),
                *flip.rule,
                horizon.rules[flip.rule].title,
                flip.element,
                says(flip.before),
                says(flip.after),
                "yes" if is_grave(flip) else "no",
                told.severity,
                told.owner,
                told.deadline,
                ", ".join(_provisions(horizon, told)),
                "; ".join(map(because, told.causes)),
            )


def _json(horizon: Horizon) -> dict[str, object]:
    return {
        "on": str(horizon.start),
        "until": str(horizon.until),
        "known_on": str(horizon.known_on) if horizon.known_on else None,
        "evaluated": horizon.evaluated,
        "daily": [
            {"policy": policy, "rule": rule, "reasons": list(reasons)}
            for (policy, rule), reasons in horizon.daily.items()
        ],
        "dates": [
            {"date": str(at.day), "turns": [_turn_json(horizon, told) for told in at.turns]} for at in horizon.dates
        ],
    }


def _turn_json(horizon: Horizon, told: ToldFlip) -> dict[str, object]:
    flip = told.flip
    return {
        "policy": flip.rule[0],
        "rule": flip.rule[1],
        "title": horizon.rules[flip.rule].title,
        "element": flip.element,
        "before": _decided_json(flip.before),
        "after": _decided_json(flip.after),
        "act": is_grave(flip),
        "severity": told.severity,
        "owner": told.owner,
        "deadline": told.deadline,
        "citations": _provisions(horizon, told),
        "causes": [cause_json(cause) for cause in told.causes],
    }


def _decided_json(decided: Decided | None) -> dict[str, str] | None:
    if decided is None:
        return None
    parts = (("verdict", decided.verdict), ("underlying", decided.underlying), ("phase", decided.phase))
    return {name: part.value for name, part in parts}
