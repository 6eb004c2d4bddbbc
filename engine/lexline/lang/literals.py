"""Literals: what a date, a number or a text in a policy means, and how it is written."""

from __future__ import annotations

import re
from datetime import date, datetime
from decimal import Decimal

from lexline_lineage.values import Duration

__all__ = [
    "MONTHS",
    "UNITS",
    "date_of",
    "duration_of",
    "fault",
    "likely_date",
    "moment_of",
    "number_of",
    "quote",
    "text_of",
]

MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
_SECOND = 1_000_000
UNITS = {
    "second": Duration(microseconds=_SECOND),
    "minute": Duration(microseconds=60 * _SECOND),
    "hour": Duration(microseconds=3600 * _SECOND),
    "day": Duration(microseconds=86400 * _SECOND, whole_days=True),
    "week": Duration(microseconds=7 * 86400 * _SECOND, whole_days=True),
    "month": Duration(months=1),
    "year": Duration(months=12),
}
"""The length of one of each unit."""

_ESCAPES = {"n": "\n", "t": "\t", '"': '"', "\\": "\\"}
_NO_DATE = date.min


def date_of(text: str) -> date:
    """The date that ``2026-11-22`` stands for; for a date that is none (``fault`` reports it) the first of all."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return _NO_DATE


def moment_of(text: str) -> datetime:
    """The moment that ``2026-11-22T10:00Z`` stands for; for one that is none the first of all."""
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return datetime.fromisoformat("0001-01-01T00:00+00:00")


def number_of(text: str) -> Decimal:
    """The number that ``1e25``, ``-0.5`` or ``5%`` shows (5 for ``5%``)."""
    return Decimal(text.rstrip("%"))


def text_of(quoted: str) -> str:
    """The text between quotes, with ``\\"``, ``\\\\``, ``\\n`` and ``\\t`` resolved."""
    return re.sub(r"\\(.)", lambda match: _ESCAPES.get(match[1], match[0]), quoted[1:-1])


def likely_date(text: str) -> str:
    """The date that is meant by three numbers with `/` or `-` between them; some date where it can't be told."""
    parts = text.replace("/", "-").split("-")
    if len(parts[0]) < 4:
        parts.reverse()
    parts = [parts[0] if len(parts[0]) == 4 else f"20{parts[0]:0>2}", f"{parts[1]:0>2}", f"{parts[2]:0>2}"]
    if int(parts[1]) > 12 >= int(parts[2]) > 0:
        parts[1], parts[2] = parts[2], parts[1]
    found = "-".join(parts)
    return found if fault("DATE", found) is None else "2026-11-22"


def quote(text: str) -> str:
    """A text as it is written between quotes."""
    for letter, plain in (("\\", "\\"), ('"', '"'), ("n", "\n"), ("t", "\t")):
        text = text.replace(plain, "\\" + letter)
    return f'"{text}"'


def duration_of(count: int, unit: str) -> Duration:
    """The length of ``count`` units (singular)."""
    one = UNITS[unit]
    return Duration(one.months * count, one.microseconds * count, one.whole_days)


def fault(shape: str, text: str) -> tuple[str, str] | None:
    """What is wrong with a literal of a shape (``DATE``, ``MOMENT``, ``NUMBER``, ``TEXT`` …), and what to write; None
    where nothing is."""
    if shape == "DATE" and not _is_date(text):
        return f"`{text}` is not a date of the calendar", "dates are written year-month-day, like 2026-11-22"
    if shape == "MOMENT":
        return _moment_fault(text)
    if shape in ("NUMBER", "PERCENT") and abs(float(number_of(text))) == float("inf"):
        return f"`{text}` is too large a number", "numbers go up to 1e308"
    if shape == "TEXT":
        unknown = [letter for letter in re.findall(r"\\(.)", text[1:-1]) if letter not in _ESCAPES]
        if unknown:
            return (
                f"`\\{unknown[0]}` means nothing in a text",
                'a backslash stands before " or \\ or n (new line) or t (tab); write \\\\ for a backslash itself',
            )
    return None


def _is_date(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def _moment_fault(text: str) -> tuple[str, str] | None:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return f"`{text}` is not a moment of the calendar", "moments are written like 2026-11-22T10:00Z"
    if moment.tzinfo is None:
        return f"the moment `{text}` has no time zone", f"add Z for UTC, or an offset: {text}Z or {text}+01:00"
    return None
