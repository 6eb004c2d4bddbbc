"""An impact as text, as Markdown for a pull request, and as JSON."""

from __future__ import annotations

import json
from collections.abc import Iterator

from lexline.evaluate.cone_columns import Decided
from lexline.impact_causes import Cause, ToldFlip, gravest_first, rule_causes, tell_flips
from lexline.impacts import Flip, Impact
from lexline_plugins.reporters.wording import counted, inline, printable

__all__ = ["render_impact"]


def render_impact(moved: Impact, form: str, reasons: int) -> str:
    """The impact in a form: ``text``, ``markdown`` or ``json``. The first ``reasons`` flips say why."""
    flips = gravest_first(moved.flips)
    told = tell_flips(moved, flips[:reasons])
    if form == "json":
        return json.dumps(_json(moved, told, flips[reasons:]), indent=2, ensure_ascii=True) + "\n"
    lines = _markdown(moved, told, len(flips)) if form == "markdown" else _text(moved, told, len(flips))
    return printable("\n".join(lines)) + "\n"


def _says(decided: Decided | None) -> str:
    """A verdict and a phase that is not in force; ``silent`` where a rule does not apply or isn't there."""
    if decided is None:
        return "silent"
    phase = "" if decided.phase.value == "in-force" else f" ({decided.phase.value})"
    return decided.verdict.value + phase


def _summary(moved: Impact) -> str:
    return (
        f"{counted(len(moved.flips), 'verdict')} differ: {len(moved.new_fails):,} now fail, "
        f"{len(moved.new_unknowns):,} are now unknown; {moved.decided:,} decided again."
    )


def _cause(cause: Cause) -> str:
    place = f"  [{cause.place}]" if cause.place else ""
    path = f", by {' → '.join(cause.path)}" if len(cause.path) > 1 else ""
    return inline(f"{cause.name}: {cause.before} → {cause.after}{place}{path}")


def _matrix(moved: Impact) -> list[tuple[str, str, int]]:
    return [(before, after, count) for (before, after), count in sorted(moved.matrix().items())]


def _rules(moved: Impact) -> Iterator[tuple[str, str, list[str]]]:
    changes = moved.rules
    yield from (("added", "/".join(key), []) for key in changes.added)
    yield from (("removed", "/".join(key), []) for key in changes.removed)
    for key in changes.changed:
        yield "changed", "/".join(key), [_cause(cause) for cause in rule_causes(moved, key)]


def _about(told: ToldFlip) -> str:
    owner = f" · {told.owner}" if told.owner else ""
    deadline = f" · within {told.deadline}" if told.deadline else ""
    return inline(f"{told.severity}{owner}{deadline}")


def _text(moved: Impact, told: list[ToldFlip], count: int) -> Iterator[str]:
    yield f"Impact on {moved.new.clock.today}: {_summary(moved)}"
    for sort, name, causes in _rules(moved):
        yield f"rule {sort}: {name}"
        yield from (f"  {cause}" for cause in causes)
    if moved.flips:
        yield ""
        yield from (f"  {count:>6,}  {before} → {after}" for before, after, count in _matrix(moved))
    for one in told:
        flip = one.flip
        yield ""
        yield f"{_says(flip.before)} → {_says(flip.after)}  {'/'.join(flip.rule)}  {inline(flip.element)}"
        yield f"  {_about(one)}"
        yield from (f"  because {_cause(cause)}" for cause in one.causes)
    if count > len(told):
        yield f"\nand {count - len(told):,} more (--reasons, or --format json)"


def _markdown(moved: Impact, told: list[ToldFlip], count: int) -> Iterator[str]:
    yield f"### Impact on {moved.new.clock.today}"
    yield f"\n{_summary(moved)}\n"
    yield from (
        f"- rule {sort}: {_cell(name)}{': ' + _cell('; '.join(c)) if c else ''}" for sort, name, c in _rules(moved)
    )
    if told:
        yield "\n| before | now | rule | element | severity, owner, deadline | because |"
        yield "| --- | --- | --- | --- | --- | --- |"
    for one in told:
        flip = one.flip
        cells = (_says(flip.before), _says(flip.after), "/".join(flip.rule), flip.element, _about(one))
        because = "<br>".join(_cell(_cause(cause)) for cause in one.causes)
        yield f"| {' | '.join(_cell(cell) for cell in cells)} | {because} |"
    if count > len(told):
        yield f"\nand {count - len(told):,} more"


def _cell(text: str) -> str:
    """Text that Markdown takes as it is."""
    shown = inline(text)
    for sign in "\\`*_[]<>|#@~":
        shown = shown.replace(sign, f"&#{ord(sign)};")
    return shown


def _json(moved: Impact, told: list[ToldFlip], rest: list[Flip]) -> dict[str, object]:
    return {
        "on": str(moved.new.clock.today),
        "rules": {
            "added": ["/".join(key) for key in moved.rules.added],
            "removed": ["/".join(key) for key in moved.rules.removed],
            "changed": ["/".join(key) for key in moved.rules.changed],
        },
        "decided": moved.decided,
        "matrix": [{"before": before, "after": after, "count": count} for before, after, count in _matrix(moved)],
        "flips": [
            *(_flip_json(one.flip) | _told_json(one) for one in told),
            *(_flip_json(flip) for flip in rest),
        ],
    }


def _flip_json(flip: Flip) -> dict[str, object]:
    before, after = flip.before, flip.after
    return {
        "policy": flip.rule[0],
        "rule": flip.rule[1],
        "element": flip.element,
        "before": None if before is None else {"verdict": before.verdict.value, "phase": before.phase.value},
        "after": None if after is None else {"verdict": after.verdict.value, "phase": after.phase.value},
    }


def _told_json(one: ToldFlip) -> dict[str, object]:
    causes = [
        {"sort": c.sort, "name": c.name, "before": c.before, "after": c.after, "place": c.place, "path": list(c.path)}
        for c in one.causes
    ]
    return {"owner": one.owner, "severity": one.severity, "deadline": one.deadline, "causes": causes}
