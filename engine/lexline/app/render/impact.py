"""An impact as text, as Markdown for a pull request, as one HTML page, and as JSON."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from lexline.app.render.causes import cause_json, cause_line, deadline, says
from lexline.app.render.page import page
from lexline.app.render.sections import Row, Section
from lexline.due import Stale
from lexline.impact_causes import Cause, ToldFlip, gravest_first, rule_causes, tell_flips
from lexline.impacts import Flip, Impact
from lexline_plugins.reporters.documents import dumped
from lexline_plugins.reporters.wording import counted, inline, printable

__all__ = ["render_impact"]


def render_impact(moved: Impact, form: str, reasons: int, stale: Sequence[Stale] = ()) -> str:
    """The impact in a form: ``text``, ``markdown``, ``html`` or ``json``. The first ``reasons`` flips say why.
    ``stale`` are the assessments, judgements and waivers that rest on something else now."""
    flips = gravest_first(moved.flips)
    told = tell_flips(moved, flips[:reasons])
    if form == "json":
        return dumped(_json(moved, told, flips[reasons:], stale), indent=2) + "\n"
    if form == "html":
        return page(
            f"Impact on {moved.new.clock.today}", _summary(moved), list(_sections(moved, told, len(flips), stale))
        )
    lines = (_markdown if form == "markdown" else _text)(moved, told, len(flips), stale)
    return printable("\n".join(lines)) + "\n"


def _summary(moved: Impact) -> str:
    return (
        f"{counted(len(moved.flips), 'verdict differs', 'verdicts differ')}: {len(moved.new_fails):,} now fail, "
        f"{len(moved.new_unknowns):,} now unknown; {moved.decided:,} decided again."
    )


def _cause(cause: Cause) -> str:
    sort = f"{cause.sort} " if cause.sort in ("parameter", "term", "waiver") else ""
    return sort + cause_line(cause)


def _matrix(moved: Impact) -> list[tuple[str, str, int]]:
    return [(before, after, count) for (before, after), count in sorted(moved.matrix().items())]


def _rules(moved: Impact) -> Iterator[tuple[str, str, list[str]]]:
    changes = moved.rules
    yield from (("added", "/".join(key), []) for key in changes.added)
    yield from (("removed", "/".join(key), []) for key in changes.removed)
    yield from (("renamed", f"{'/'.join(was)} is now {'/'.join(key)}", []) for key, was in changes.renamed.items())
    for key in changes.changed:
        yield "changed", "/".join(key), [_cause(cause) for cause in rule_causes(moved, key)]


def _about(told: ToldFlip) -> str:
    parts = (told.severity, told.owner, deadline(told))
    return inline(" · ".join(part for part in parts if part))


def _because(told: ToldFlip) -> tuple[str, list[str]]:
    """How the causes of a flip hang together, and each of them."""
    causes = [_cause(cause) for cause in told.causes]
    if not told.complete:
        return "which of these did it can't be told apart", causes
    return ("all of these together" if told.together else "because"), causes


def _why_stale(one: Stale) -> list[str]:
    """Why something on record is stale."""
    rules = [f"{rule} is new or means something else" for rule in one.rules]
    more = [f"and {one.further:,} more"] if one.further else []
    return [*rules, *(_cause(cause) for cause in one.moved), *more]


def _about_stale(one: Stale) -> str:
    due = f", by {one.due}" if one.due is not None else ""
    return inline(f"{one.kind} {one.name}" + (f" of {one.element}" if one.element else "") + f"{due}: {one.settle}")


def _text(moved: Impact, told: list[ToldFlip], count: int, stale: Sequence[Stale]) -> Iterator[str]:
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
        yield f"{says(flip.before)} → {says(flip.after)}  {'/'.join(flip.rule)}  {inline(flip.element)}"
        yield f"  {_about(one)}"
        word, causes = _because(one)
        if word == "because":
            yield from (f"  because {cause}" for cause in causes)
        else:
            yield f"  because of {word}:" if one.complete else f"  {word}:"
            yield from (f"    {cause}" for cause in causes)
    if count > len(told):
        yield f"\nand {count - len(told):,} more (--reasons, or --format json)"
    for item in stale:
        yield f"\nstale: {_about_stale(item)}"
        yield from (f"  because {why}" for why in _why_stale(item))


def _markdown(moved: Impact, told: list[ToldFlip], count: int, stale: Sequence[Stale]) -> Iterator[str]:
    yield f"### Impact on {moved.new.clock.today}"
    yield f"\n{_summary(moved)}"
    rules = [
        f"- rule {sort}: {_cell(name)}{': ' + _cell('; '.join(c)) if c else ''}" for sort, name, c in _rules(moved)
    ]
    yield from ("", *rules) if rules else ()
    if moved.flips:
        yield "\n| number | before | now |"
        yield "| ---: | --- | --- |"
        yield from (f"| {number:,} | {before} | {after} |" for before, after, number in _matrix(moved))
    if told:
        yield "\n| before | now | rule | element | severity, owner, deadline | because |"
        yield "| --- | --- | --- | --- | --- | --- |"
    for one in told:
        flip = one.flip
        cells = (says(flip.before), says(flip.after), "/".join(flip.rule), flip.element, _about(one))
        word, causes = _because(one)
        because = "<br>".join(_cell(text) for text in (*((f"{word}:",) if word != "because" else ()), *causes))
        yield f"| {' | '.join(_cell(cell) for cell in cells)} | {because} |"
    if count > len(told):
        yield f"\nand {count - len(told):,} more"
    if stale:
        yield "\nTo be assessed again:\n"
    yield from (f"- {_cell(_about_stale(item))}: {_cell('; '.join(_why_stale(item)))}" for item in stale)


def _sections(moved: Impact, told: list[ToldFlip], count: int, stale: Sequence[Stale]) -> Iterator[Section]:
    rules = [Row((sort, name), tuple(causes)) for sort, name, causes in _rules(moved)]
    if rules:
        yield Section("Rules", ("what", "rule, and what changed in it"), tuple(rules))
    matrix = tuple(Row((f"{number:,}", before, after)) for before, after, number in _matrix(moved))
    yield Section("Verdicts", ("number", "before", "now"), matrix, 1)
    rows = []
    for one in told:
        flip, (word, causes) = one.flip, _because(one)
        cells = (
            says(flip.before),
            says(flip.after),
            "/".join(flip.rule),
            flip.element,
            one.owner,
            one.severity,
            deadline(one),
        )
        rows.append(Row((*cells, "" if word == "because" else f"{word}:"), tuple(causes)))
    heads = ("before", "now", "rule", "element", "owner", "severity", "deadline", "because")
    yield Section("What differs", heads, tuple(rows), more=count - len(told))
    if stale:
        again = [
            Row((one.kind, one.name, one.element, one.owner, str(one.due or ""), one.settle), tuple(_why_stale(one)))
            for one in stale
        ]
        yield Section("To be assessed again", ("what", "name", "of", "owner", "by", "because"), tuple(again))


def _cell(text: str) -> str:
    """Text that Markdown takes as it is."""
    return inline(text).translate(_ESCAPED)


_ESCAPED = {ord(sign): f"&#{ord(sign)};" for sign in "\\`*_[]<>|#@~&"}


def _json(moved: Impact, told: list[ToldFlip], rest: list[Flip], stale: Sequence[Stale]) -> dict[str, object]:
    return {
        "on": str(moved.new.clock.today),
        "rules": {
            "added": ["/".join(key) for key in moved.rules.added],
            "removed": ["/".join(key) for key in moved.rules.removed],
            "changed": ["/".join(key) for key in moved.rules.changed],
            "renamed": [{"from": "/".join(was), "to": "/".join(key)} for key, was in moved.rules.renamed.items()],
        },
        "decided": moved.decided,
        "matrix": [{"before": before, "after": after, "count": count} for before, after, count in _matrix(moved)],
        "flips": [
            *(_flip_json(one.flip) | _told_json(one) for one in told),
            *(_flip_json(flip) for flip in rest),
        ],
        "stale": [_stale_json(one) for one in stale],
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
    causes = [cause_json(cause) for cause in one.causes]
    return {
        "owner": one.owner,
        "severity": one.severity,
        "deadline": one.deadline,
        "due": None if one.due is None else str(one.due),
        "causes": causes,
        "together": one.together,
        "complete": one.complete,
    }


def _stale_json(one: Stale) -> dict[str, object]:
    return {
        "kind": one.kind,
        "name": one.name,
        "element": one.element,
        "owner": one.owner,
        "due": None if one.due is None else str(one.due),
        "settle": one.settle,
        "rules": list(one.rules),
        "moved": [cause_json(cause) for cause in one.moved],
        "further": one.further,
    }
