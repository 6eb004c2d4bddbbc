"""Values and truth as the interpreter holds them: one at a time, with what is not known about them.

A value is plain (a date, a text, …), a ``Range`` for every number, or ``Missing``. What isn't decided says
whether a failed check is to blame: ``Truth.FAILED``, and ``failed`` on a value.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from lexline.evaluate.dates import add_duration, elapsed
from lexline.evaluate.verdict import Truth
from lexline_lineage.values import Duration, Value

__all__ = [
    "Held",
    "Missing",
    "Range",
    "as_plain",
    "calculate",
    "compare",
    "conjunction",
    "disjunction",
    "held",
    "inverse",
    "is_failed",
    "number_range",
    "undecided",
]


@dataclass(frozen=True, slots=True)
class Missing:
    """No value; ``failed`` where a failed check is why."""

    failed: bool = False


@dataclass(frozen=True, slots=True)
class Range:
    """A number that lies somewhere from ``low`` to ``high``, both included. Only a true range is ever ``failed``."""

    low: float
    high: float
    failed: bool = False


Plain = bool | str | date | Duration | tuple[Value, ...] | dict[str, object] | list[object]
Held = Plain | Range | Missing

# ---- truth ---------------------------------------------------------------------------------------------------------


def undecided(failed: bool) -> Truth:
    """What is neither true nor false."""
    return Truth.FAILED if failed else Truth.UNKNOWN


def conjunction(truths: Iterable[Truth]) -> Truth:
    """Kleene's and."""
    found = Truth.TRUE
    for truth in truths:
        if truth is Truth.FALSE:
            return truth
        if truth is Truth.FAILED or found is Truth.TRUE:
            found = truth
    return found


def disjunction(truths: Iterable[Truth]) -> Truth:
    """Kleene's or."""
    found = Truth.FALSE
    for truth in truths:
        if truth is Truth.TRUE:
            return truth
        if truth is Truth.FAILED or found is Truth.FALSE:
            found = truth
    return found


def inverse(truth: Truth) -> Truth:
    """Not."""
    if truth is Truth.TRUE:
        return Truth.FALSE
    return Truth.TRUE if truth is Truth.FALSE else truth


# ---- values --------------------------------------------------------------------------------------------------------


def held(value: Value | None) -> Held:
    """A value of the graph as the interpreter holds it."""
    if value is None:
        return Missing()
    if isinstance(value, float | int) and not isinstance(value, bool):
        return Range(float(value), float(value))
    return value


def as_plain(value: Held) -> Value | None:
    """A value as the graph would hold it; None where it is missing or a true range."""
    if isinstance(value, Missing):
        return None
    if isinstance(value, Range):
        return value.low if value.low == value.high else None
    return value


def is_failed(value: Held) -> bool:
    """True where the value isn't settled because of a failed check."""
    return isinstance(value, Missing | Range) and value.failed


def number_range(low: float, high: float, failed: bool) -> Range:
    """A range; a single number is settled, whatever failed on the way to it."""
    return Range(low, high, failed and low != high)


# ---- comparison ----------------------------------------------------------------------------------------------------


def compare(operator: str, left: Held, right: Held) -> Truth:
    """``left operator right`` for values of types that compare."""
    if operator == "!=":
        return inverse(compare("=", left, right))
    if operator in (">", ">="):
        return compare("<" if operator == ">" else "<=", right, left)
    if isinstance(left, Missing) or isinstance(right, Missing):
        return undecided(is_failed(left) or is_failed(right))
    if isinstance(left, Range) and isinstance(right, Range):
        return _compare_ranges(operator, left, right)
    if isinstance(left, Duration) and isinstance(right, Duration):
        if left.is_calendar != right.is_calendar:
            return Truth.UNKNOWN
        return _decide(operator, (left.months, left.microseconds), (right.months, right.microseconds))
    if isinstance(left, tuple) and isinstance(right, tuple):
        if len(left) != len(right):
            return Truth.FALSE
        return conjunction(compare("=", held(a), held(b)) for a, b in zip(left, right, strict=True))
    return _decide(operator, left, right)


def _compare_ranges(operator: str, left: Range, right: Range) -> Truth:
    if operator == "=":
        sure = left.low == left.high == right.low == right.high
        never = left.high < right.low or right.high < left.low
    elif operator == "<":
        sure, never = left.high < right.low, left.low >= right.high
    else:
        sure, never = left.high <= right.low, left.low > right.high
    if sure or never:
        return Truth.TRUE if sure else Truth.FALSE
    return undecided(left.failed or right.failed)


def _decide(operator: str, left: Any, right: Any) -> Truth:
    answer = left == right if operator == "=" else left < right if operator == "<" else left <= right
    return Truth.TRUE if answer else Truth.FALSE


# ---- arithmetic ----------------------------------------------------------------------------------------------------


def calculate(operator: str, left: Held, right: Held, timezone: str) -> Held:
    """``left operator right``; missing where an operand is, or where there is no such value."""
    failed = is_failed(left) or is_failed(right)
    if isinstance(left, Missing) or isinstance(right, Missing):
        return Missing(failed)
    result: Held | None = None
    if isinstance(left, Range) and isinstance(right, Range):
        result = _interval(operator, left, right, failed)
    elif isinstance(left, date) and isinstance(right, Duration):
        result = add_duration(left, right, timezone, -1 if operator == "-" else 1)
    elif isinstance(left, Duration) and isinstance(right, date):
        result = add_duration(right, left, timezone)
    elif isinstance(left, date) and isinstance(right, date):
        result = elapsed(left, right)
    return Missing(failed) if result is None else result


def _interval(operator: str, left: Range, right: Range, failed: bool) -> Range | None:
    if operator == "/" and right.low <= 0 <= right.high:
        return None
    corners = [_BY_OPERATOR[operator](a, b) for a in (left.low, left.high) for b in (right.low, right.high)]
    low, high = min(corners), max(corners)
    # Only an open count has no upper end; whatever else isn't finite is an overflow.
    endless = high == math.inf and math.inf in (left.high, right.high)
    if any(map(math.isnan, corners)) or not math.isfinite(low) or not (math.isfinite(high) or endless):
        return None
    return number_range(low, high, failed)


_BY_OPERATOR: Mapping[str, Callable[[float, float], float]] = {
    "+": lambda a, b: a + b,
    "-": lambda a, b: a - b,
    "*": lambda a, b: a * b,
    "/": lambda a, b: a / b,
}
