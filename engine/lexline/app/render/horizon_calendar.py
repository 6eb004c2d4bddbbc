"""A horizon as a calendar (iCalendar, RFC 5545): an event for each date and rule on which somebody has to act.

An event keeps its ``UID`` as long as the date and the rule are the same, so that a calendar that reads the file again
changes the event and adds no second one.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta
from hashlib import sha256
from itertools import groupby

from lexline.app.render.causes import cause_line, says
from lexline.app.render.horizon import headline, turning
from lexline.horizons import Horizon, HorizonDate
from lexline.impact_causes import ToldFlip
from lexline.lang.typed import Key
from lexline_plugins.reporters.wording import inline

__all__ = ["calendar"]

OCTETS = 75
"""Of a line at most; what is longer goes on in the next, after a space."""
LISTED = 20
"""Elements named in an event; the JSON form has all."""


def calendar(horizon: Horizon) -> str:
    """The text of an ``.ics`` file."""
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Lexline//horizon//EN",
        "CALSCALE:GREGORIAN",
        f"X-WR-CALDESC:{_text(headline(horizon))}",
    ]
    for at in horizon.dates:
        acts = sorted(at.grave, key=lambda told: told.flip.rule)
        for rule, turns in groupby(acts, key=lambda told: told.flip.rule):
            lines += _event(horizon, at, rule, list(turns))
    lines += _end(horizon)
    lines.append("END:VCALENDAR")
    return "".join(f"{_folded(line)}\r\n" for line in lines)


def _end(horizon: Horizon) -> Iterator[str]:
    """The day on which somebody should look further; a calendar without any event would be none."""
    yield "BEGIN:VEVENT"
    yield "UID:horizon-end@lexline"
    yield f"DTSTAMP:{horizon.start:%Y%m%d}T000000Z"
    yield f"DTSTART;VALUE=DATE:{horizon.until:%Y%m%d}"
    yield "SUMMARY:" + _text("The horizon of lexline ends here: make this calendar again")
    yield "TRANSP:TRANSPARENT"
    yield "END:VEVENT"


def _event(horizon: Horizon, at: HorizonDate, rule: Key, turns: Sequence[ToldFlip]) -> Iterator[str]:
    typed = horizon.rules[rule]
    name = "/".join(rule)
    cited = ", ".join(citation.provision for citation in typed.citations)
    told = [f"{inline(one.flip.element)}: {says(one.flip.before)} → {says(one.flip.after)}" for one in turns[:LISTED]]
    told += [f"and {len(turns) - LISTED:,} more"] if len(turns) > LISTED else []
    owners = sorted({one.owner for one in turns if one.owner})
    causes = dict.fromkeys(cause_line(cause) for one in turns[:LISTED] for cause in one.causes)
    about = [typed.title, *([f"cites {cited}"] if cited else []), *([f"for {', '.join(owners)}"] if owners else [])]
    yield "BEGIN:VEVENT"
    yield f"UID:{at.day:%Y%m%d}-{sha256(name.encode()).hexdigest()[:32]}@lexline"
    yield f"DTSTAMP:{horizon.start:%Y%m%d}T000000Z"
    yield f"DTSTART;VALUE=DATE:{at.day:%Y%m%d}"
    if at.day < at.day.max:
        yield f"DTEND;VALUE=DATE:{at.day + timedelta(days=1):%Y%m%d}"
    yield "SUMMARY:" + _text(f"{name}: {', '.join(turning(turns))}")
    yield "DESCRIPTION:" + _text("\n".join([*about, *told, *(f"because {cause}" for cause in causes)]))
    yield f"CATEGORIES:{_text(typed.severity)}"
    yield "TRANSP:TRANSPARENT"
    yield "END:VEVENT"


def _text(text: str) -> str:
    """A value of the type TEXT."""
    shown = "\n".join(inline(line) for line in text.split("\n"))
    for sign in ("\\", ";", ","):
        shown = shown.replace(sign, f"\\{sign}")
    return shown.replace("\n", "\\n")


def _folded(line: str) -> str:
    """A line in parts of at most ``OCTETS``, cut between characters."""
    parts, room, part = [], OCTETS, ""
    for character in line:
        size = len(character.encode())
        if size > room:
            parts.append(part)
            part, room = " ", OCTETS - 1
        part += character
        room -= size
    return "\r\n".join([*parts, part])
