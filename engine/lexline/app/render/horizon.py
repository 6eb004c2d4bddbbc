"""A horizon as text, JSON and CSV; ``horizon_calendar`` and ``horizon_html`` have its other forms."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from lexline.app.render.causes import cause_json, cause_line, deadline, says
from lexline.app.render.sections import few, sheet
from lexline.evaluate.cone_columns import Decided
from lexline.horizons import Horizon, HorizonDate, is_grave
from lexline.impact_causes import ToldFlip
from lexline_plugins.reporters.documents import dumped
from lexline_plugins.reporters.wording import counted, inline, printable

__all__ = [
    "DAILY",
    "alike",
    "causes_of",
    "headline",
    "provisions",
    "render_horizon",
    "turning",
    "what_turns",
    "whose",
]


DAILY = "Decided on every day, because nobody can say beforehand when they change:"
LISTED = 50
"""Rules, each with all elements, that text lists for a date."""
NAMED = 8
"""Elements that text names of an owner."""


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


_BEGINS = {
    "fail": ("begins to fail", "begin to fail"),
    "error": ("ends in an error", "end in an error"),
    "unknown": ("becomes unknown", "become unknown"),
}


def turning(turns: Iterable[ToldFlip]) -> list[str]:
    """``2 begin to fail``, ``1 becomes unknown``: of those that somebody has to act on."""
    counts = Counter(told.flip.after.verdict.value for told in turns if told.flip.after is not None)
    return [f"{counts[verdict]:,} {said[counts[verdict] > 1]}" for verdict, said in _BEGINS.items() if counts[verdict]]


def what_turns(at: HorizonDate) -> str:
    """``2 begin to fail, 1 becomes unknown, 3 others``."""
    others = len(at.turns) - len(at.grave)
    return ", ".join([*turning(at.grave), *([counted(others, "other")] if others else [])])


def provisions(horizon: Horizon, told: ToldFlip) -> list[str]:
    """What the rule cites."""
    return [citation.provision for citation in horizon.rules[told.flip.rule].citations]


# ---- forms ---------------------------------------------------------------------------------------------------------


def _text(horizon: Horizon, *, everything: bool) -> Iterator[str]:
    yield headline(horizon)
    for at in horizon.dates:
        yield ""
        yield f"{at.day}  {what_turns(at)}"
        groups = alike(at.turns if everything else at.grave)
        for group in groups[:LISTED]:
            yield from _group(horizon, group)
        if len(groups) > LISTED:
            rest = sum(map(len, groups[LISTED:]))
            yield f"  and {rest:,} more (--format json and csv have all)"
    if not horizon.dates:
        yield "Nothing changes by itself."
    if horizon.daily:
        yield ""
        yield DAILY
    for key, reasons in horizon.daily.items():
        yield f"  {'/'.join(key)}: {inline('; '.join(reasons))}"


def alike(turns: Sequence[ToldFlip]) -> list[list[ToldFlip]]:
    """The turns of a date that a reader takes in at once: of one rule, from one verdict to another, by the same clause
    or fact; with each go those of which nobody looked that up."""
    groups: dict[object, list[ToldFlip]] = {}
    first: dict[object, list[ToldFlip]] = {}
    for told in turns:
        kind = told.flip.rule, told.flip.before, told.flip.after
        if not told.causes and kind in first:
            first[kind].append(told)
        else:
            causes = tuple((cause.sort, cause.place, cause.before, cause.after) for cause in told.causes)
            group = groups.setdefault((kind, causes), [])
            group.append(told)
            first.setdefault(kind, group)
    return list(groups.values())


def whose(group: Sequence[ToldFlip], named: int) -> list[str]:
    """For each owner the elements, of which so many are named: ``Credit risk: sme-pd, card-limit and 3 more``."""
    of: dict[str, list[str]] = {}
    for told in group:
        of.setdefault(told.owner, []).append(told.flip.element)
    return [inline(f"{owner or 'nobody named'}: {few(elements, named)}") for owner, elements in of.items()]


def causes_of(group: Sequence[ToldFlip]) -> list[str]:
    """Because of what they turn; where that differs or is not known of all, of the first."""
    said = [tuple(map(cause_line, told.causes)) for told in group]
    only = f", for {inline(group[0].flip.element)}" if len(set(said)) > 1 else ""
    return [f"because{only} {cause}" for cause in said[0]]


def _group(horizon: Horizon, group: Sequence[ToldFlip]) -> Iterator[str]:
    told, flip, rule = group[0], group[0].flip, horizon.rules[group[0].flip.rule]
    word, *phase = says(flip.after).split(" ", 1)
    becomes = " ".join([word.upper() if is_grave(flip) else word, *phase])
    name = f"{'/'.join(flip.rule)}: {inline(rule.title)}" if rule.title else "/".join(flip.rule)
    yield f"  {becomes}  {name}  (was {says(flip.before)})"
    cites = ", ".join(provisions(horizon, told))
    parts = (told.severity, deadline(told), cites and f"cites {cites}")
    yield f"      {inline(' · '.join(part for part in parts if part))}"
    yield from (f"      {line}" for line in (*whose(group, NAMED), *causes_of(group)))


_COLUMNS = (
    *("date", "policy", "rule", "title", "element", "before", "after"),
    *("act", "severity", "owner", "deadline", "due", "provisions", "because"),
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
                str(told.due or ""),
                ", ".join(provisions(horizon, told)),
                "; ".join(map(cause_line, told.causes)),
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
        "due": str(told.due) if told.due else None,
        "citations": provisions(horizon, told),
        "causes": [cause_json(cause) for cause in told.causes],
    }


def _decided_json(decided: Decided | None) -> dict[str, str] | None:
    if decided is None:
        return None
    parts = (("verdict", decided.verdict), ("underlying", decided.underlying), ("phase", decided.phase))
    return {name: part.value for name, part in parts}
