"""The types of values that attributes hold and policies compare, and the values themselves.

A value in memory is a plain Python object: ``bool``, ``str``, ``float`` (numbers and percentages; a
percentage is a fraction, 0.05 for 5 %), ``datetime.date``, an aware ``datetime.datetime`` in UTC (a moment),
``Duration``, a symbol of an enumeration as ``str``, a ``tuple`` (list), or nested ``dict``/``list``
(document). ``None`` stands for missing, always.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import StrEnum
from types import MappingProxyType

__all__ = [
    "Duration",
    "Sort",
    "Value",
    "ValueType",
    "format_value",
    "is_clean_text",
    "parse_duration",
    "parse_percentage",
    "parse_value",
    "written",
]

MAX_DOCUMENT_DEPTH = 100
"""How deeply a document may be nested."""
MAX_DOCUMENT_PARTS = 1_000_000
"""How many values a document may hold."""

_MICROSECONDS = {"minute": 60_000_000, "hour": 3_600_000_000, "day": 86_400_000_000, "week": 604_800_000_000}
_MONTHS = {"month": 1, "year": 12}
# Ten thousand years: longer than any difference of two dates.
_MAX_MONTHS = 12 * 10_000
_MAX_MICROSECONDS = 366 * 10_000 * _MICROSECONDS["day"]

_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_MOMENT = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2})[Tt ]"
    r"([0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]{1,12})?)?) ?"
    r"([Zz]|[+-][0-9]{2}:?[0-9]{2})"
)
_PERCENTAGE = re.compile(r"([0-9]{1,3}(?:\.[0-9]{1,30})?) ?%")
_DURATION = re.compile(r"([0-9]{1,9}) (minute|hour|day|week|month|year)s?")
_ISO_DURATION = re.compile(
    r"P(?=[0-9T])(?:([0-9]{1,9})Y)?(?:([0-9]{1,9})M)?(?:([0-9]{1,9})W)?(?:([0-9]{1,9})D)?"
    r"(?:T(?=[0-9])(?:([0-9]{1,9})H)?(?:([0-9]{1,9})M)?(?:([0-9]{1,9})S)?)?"
)


class Sort(StrEnum):
    """What sort of value a type holds; the names are those that vocabulary files use."""

    BOOLEAN = "boolean"
    TEXT = "text"
    NUMBER = "number"
    PERCENTAGE = "percentage"
    DATE = "date"
    MOMENT = "moment"
    DURATION = "duration"
    ENUMERATION = "enumeration"
    LIST = "list"
    DOCUMENT = "document"


@dataclass(frozen=True, slots=True)
class ValueType:
    """The type of a value: its sort, the ``symbols`` of an enumeration, the ``item`` type of a list."""

    sort: Sort
    symbols: tuple[str, ...] = ()
    item: ValueType | None = None

    def __str__(self) -> str:
        """The type in a reader's words."""
        if self.sort is Sort.ENUMERATION:
            return "one of " + ", ".join(self.symbols)
        if self.sort is Sort.LIST and self.item is not None:
            return f"list of {self.item}"
        return self.sort.value


@dataclass(frozen=True, slots=True, order=False)
class Duration:
    """A length of time: calendar ``months`` *or* elapsed ``microseconds``, never both.

    Months have no fixed length.
    ``whole_days`` says that an elapsed duration was written in days or weeks, so that it may measure dates.
    """

    months: int = 0
    microseconds: int = 0
    whole_days: bool = False

    @property
    def is_calendar(self) -> bool:
        """True for months and years."""
        return self.months != 0

    def __str__(self) -> str:
        """The duration in a reader's words, as ``parse_duration`` reads it."""
        if self.is_calendar:
            return _counted(self.months, "month")
        if self.whole_days:
            return _counted(self.microseconds // _MICROSECONDS["day"], "day")
        for unit in ("hour", "minute"):
            if self.microseconds % _MICROSECONDS[unit] == 0:
                return _counted(self.microseconds // _MICROSECONDS[unit], unit)
        return f"PT{self.microseconds // 1_000_000}S"


Value = bool | str | float | date | datetime | Duration | tuple["Value", ...] | dict[str, object] | list[object]


_WRITTEN: Mapping[Sort, str] = MappingProxyType(
    {
        Sort.BOOLEAN: "write `true` or `false`",
        Sort.TEXT: "put it in quotes",
        Sort.NUMBER: "write it as 12 or 0.5",
        Sort.PERCENTAGE: "write it as 12 % or 0.12",
        Sort.DATE: "write it as 2026-11-22",
        Sort.MOMENT: "write it as 2026-11-22T09:30:00Z",
        Sort.DURATION: "write it as 30 days or 12 months",
        Sort.LIST: "write a list: `[…, …]`",
        Sort.DOCUMENT: "write a mapping or a list",
    }
)


def written(type: ValueType) -> str:  # noqa: A002  # the word of the domain
    """A help text: how a raw value of a type is written."""
    return _WRITTEN.get(type.sort) or "write " + ", ".join(f"`{symbol}`" for symbol in type.symbols)


def parse_value(raw: object, type: ValueType) -> Value | None:  # noqa: A002  # the word of the domain
    """The value that ``raw`` (as a file holds it) is of ``type``; ``None`` where it is not. Never raises."""
    if type.sort is Sort.ENUMERATION:
        return raw if isinstance(raw, str) and raw in type.symbols else None
    if type.sort is Sort.LIST:
        return _parse_list(raw, type)
    return _PARSERS[type.sort](raw)


def parse_percentage(text: str) -> float | None:
    """The fraction that ``95%`` writes, rounded once; ``None`` where it is no percentage from 0 to 100."""
    match = _PERCENTAGE.fullmatch(text)
    if match is None:
        return None
    # Moving the point in the text rounds once; dividing by 100 would round twice (8.7% would not be 0.087).
    fraction = float(match.group(1) + "e-2")
    return fraction if fraction <= 1 else None


def parse_duration(text: str) -> Duration | None:
    """The duration that ``12 months``, ``30 days``, ``72 hours``, ``P12M`` or ``PT72H`` writes; ``None`` for
    none."""
    match = _DURATION.fullmatch(text)
    if match is not None:
        count, unit = int(match.group(1)), match.group(2)
        if unit in _MONTHS:
            return _duration(count * _MONTHS[unit], 0, whole_days=False)
        return _duration(0, count * _MICROSECONDS[unit], whole_days=unit in ("day", "week"))
    match = _ISO_DURATION.fullmatch(text)
    if match is None:
        return None
    years, months, weeks, days, hours, minutes, seconds = (int(part or 0) for part in match.groups())
    elapsed = (
        weeks * _MICROSECONDS["week"]
        + days * _MICROSECONDS["day"]
        + hours * _MICROSECONDS["hour"]
        + minutes * _MICROSECONDS["minute"]
        + seconds * 1_000_000
    )
    return _duration(12 * years + months, elapsed, whole_days=not any(match.groups()[4:]))


def is_clean_text(text: str) -> bool:
    """True for text that every store and format can hold: no NUL, no lone surrogate."""
    if "\x00" in text:
        return False
    if text.isascii():
        return True
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True


def format_value(value: Value | None, type: ValueType) -> str:  # noqa: A002  # the word of the domain
    """The value in a reader's words: ``5%``, ``2026-11-22``, ``true``, ``12 months``; ``missing`` if
    ``None``."""
    if value is None:
        return "missing"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return _format_percentage(value) if type.sort is Sort.PERCENTAGE else _format_number(value)
    if isinstance(value, datetime):
        return value.astimezone(UTC).replace(tzinfo=None).isoformat() + "Z"
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, tuple):
        item = type.item or ValueType(Sort.TEXT)
        return ", ".join(format_value(part, item) for part in value)
    if isinstance(value, dict | list):
        return json.dumps(value, ensure_ascii=False)
    return str(value)


def _format_number(value: float) -> str:
    return str(int(value)) if value == value // 1 and abs(value) < 1e15 else repr(value)


def _format_percentage(value: float) -> str:
    return f"{(Decimal(repr(float(value))) * 100).normalize():f}%"


def _counted(count: int, unit: str) -> str:
    return f"{count} {unit}" if count == 1 else f"{count} {unit}s"


def _duration(months: int, microseconds: int, *, whole_days: bool) -> Duration | None:
    if (months and microseconds) or months > _MAX_MONTHS or microseconds > _MAX_MICROSECONDS:
        return None
    return Duration(months, microseconds, whole_days and not months)


def _parse_boolean(raw: object) -> Value | None:
    return raw if isinstance(raw, bool) else None


def _parse_text(raw: object) -> Value | None:
    return raw if isinstance(raw, str) and is_clean_text(raw) else None


def _parse_number(raw: object) -> float | None:
    if isinstance(raw, bool) or not isinstance(raw, int | float):
        return None
    try:
        number = float(raw)
    except OverflowError:
        return None
    return number if math.isfinite(number) else None


def _parse_percentage(raw: object) -> Value | None:
    if isinstance(raw, str):
        return parse_percentage(raw)
    number = _parse_number(raw)
    return number if number is not None and 0 <= number <= 1 else None


def _parse_date(raw: object) -> Value | None:
    if isinstance(raw, date) and not isinstance(raw, datetime):
        return raw
    if not isinstance(raw, str) or _DATE.fullmatch(raw) is None:
        return None
    try:
        return date.fromisoformat(raw)
    except ValueError:
        return None


def _parse_moment(raw: object) -> Value | None:
    try:
        if isinstance(raw, datetime):
            return raw.astimezone(UTC) if raw.utcoffset() is not None else None
        match = _MOMENT.fullmatch(raw) if isinstance(raw, str) else None
        if match is None:
            return None
        return datetime.fromisoformat("{}T{}{}".format(*match.groups()).upper()).astimezone(UTC)
    except (ValueError, OverflowError):  # 30 February, or a moment that UTC puts into the year 0 or 10000
        return None


def _parse_duration(raw: object) -> Value | None:
    if isinstance(raw, Duration):
        return raw
    return parse_duration(raw) if isinstance(raw, str) else None


def _parse_list(raw: object, type: ValueType) -> Value | None:  # noqa: A002
    if not isinstance(raw, list | tuple) or type.item is None:
        return None
    items: list[Value] = []
    for part in raw:
        item = parse_value(part, type.item)
        if item is None:
            return None
        items.append(item)
    return tuple(items)


def _parse_document(raw: object) -> Value | None:
    return raw if isinstance(raw, dict | list) and _is_plain(raw) else None


def _is_plain(document: object) -> bool:
    """True for nothing but JSON, not nested too deeply; without recursion, because the input is hostile."""
    open_parts: list[tuple[object, int]] = [(document, 1)]
    for _ in range(MAX_DOCUMENT_PARTS):
        if not open_parts:
            return True
        part, depth = open_parts.pop()
        if isinstance(part, str):
            if not is_clean_text(part):
                return False
        elif isinstance(part, float):
            if not math.isfinite(part):
                return False
        elif isinstance(part, dict):
            if depth > MAX_DOCUMENT_DEPTH or not all(isinstance(key, str) and is_clean_text(key) for key in part):
                return False
            open_parts.extend((child, depth + 1) for child in part.values())
        elif isinstance(part, list):
            if depth > MAX_DOCUMENT_DEPTH:
                return False
            open_parts.extend((child, depth + 1) for child in part)
        elif part is not None and not isinstance(part, int):
            return False
    return False


_PARSERS: Mapping[Sort, Callable[[object], Value | None]] = {
    Sort.BOOLEAN: _parse_boolean,
    Sort.TEXT: _parse_text,
    Sort.NUMBER: _parse_number,
    Sort.PERCENTAGE: _parse_percentage,
    Sort.DATE: _parse_date,
    Sort.MOMENT: _parse_moment,
    Sort.DURATION: _parse_duration,
    Sort.DOCUMENT: _parse_document,
}
