"""Comparisons and arithmetic on whole columns."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from lexline.evaluate.column_types import Bools, Cells, Numbers, Truths, Values, choose, truths
from lexline.evaluate.truth_columns import disjunction, inverse

__all__ = ["alternative", "arithmetic", "compare", "equals_any", "includes_all", "select", "stands_in"]

Operator = Literal["=", "!=", "<", "<=", ">", ">="]


def compare(operator: Operator, left: Cells, right: Cells) -> Truths:
    """``left operator right``, row by row."""
    if operator == "!=":
        return inverse(compare("=", left, right))
    if operator in (">", ">="):
        return compare("<" if operator == ">" else "<=", right, left)
    match left, right:
        case Truths(), Truths():
            return _same_truth(left, right)
        case Numbers(), Numbers():
            return _compare_numbers(operator, left, right)
        case Values(), Values():
            return _compare_values(operator, left, right)
        case _:
            raise TypeError("the two sides are of different types")


def equals_any(value: Cells, options: Sequence[Cells]) -> Truths:
    """Whether ``value`` equals one of ``options``."""
    return disjunction([compare("=", value, option) for option in options])


def includes_all(whole: Cells, part: Cells) -> Truths:
    """Whether each list of ``whole`` holds every value of the list of ``part``."""
    if not isinstance(whole, Values) or not isinstance(part, Values):
        raise TypeError("only a list includes values")
    known = whole.known & part.known
    held = np.zeros(len(known), np.bool_)
    pairs = zip(whole.values[known].tolist(), part.values[known].tolist(), strict=True)
    held[known] = _of_distinct(pairs, lambda values, asked: all(cell in values for cell in asked))
    return truths(held & known, ~held & known, whole.failed | part.failed)


def stands_in(value: Cells, whole: Cells) -> Truths:
    """Whether ``value`` is in the list of ``whole``."""
    if not isinstance(whole, Values):
        raise TypeError("only a list includes values")
    known = value.known & whole.known
    held = np.zeros(len(known), np.bool_)
    pairs = zip(_plain_cells(value.take(np.flatnonzero(known))), whole.values[known].tolist(), strict=True)
    held[known] = _of_distinct(pairs, lambda cell, values: cell in values)
    may = held.copy()
    if isinstance(value, Numbers) and (spread := known & (value.low < value.high)).any():
        ends = zip(value.low[spread].tolist(), value.high[spread].tolist(), whole.values[spread].tolist(), strict=True)
        may[spread] = _of_distinct(ends, lambda low, high, values: any(low <= cell <= high for cell in values))
        held[spread] = False
    return truths(held & known, ~may & known, value.failed | whole.failed)


def _of_distinct(rows: Iterable[tuple[Any, ...]], says: Callable[..., bool]) -> Bools:
    """What ``says`` says of each row, asked once for equal rows: lists are few, however many elements have them."""
    given = list(rows)
    answers = {row: says(*row) for row in set(given)}
    return np.fromiter(map(answers.__getitem__, given), np.bool_, len(given))


def select(condition: Truths, one: Cells, other: Cells) -> Cells:
    """``one`` where the condition is true, ``other`` where it is false, else missing."""
    chosen = choose(condition.yes, one, other)
    return _without(chosen, ~condition.known, condition.failed)


def alternative(value: Cells, fallback: Cells) -> Cells:
    """``value``, or ``fallback`` where it is missing."""
    return choose(value.known, value, fallback)


def _without(cells: Cells, missing: Bools, failed: Bools) -> Cells:
    """The column with the rows ``missing`` taken out; they are ``failed`` where that says so."""
    known, broken = cells.known & ~missing, np.where(missing, failed, cells.failed)
    match cells:
        case Truths():
            return Truths(cells.yes & known, cells.no & known, broken)
        case Numbers():
            return Numbers(cells.low, cells.high, known, broken)
        case Values():
            return Values(cells.values, known, broken)


def _same_truth(left: Truths, right: Truths) -> Truths:
    same = (left.yes & right.yes) | (left.no & right.no)
    return truths(same, (left.yes & right.no) | (left.no & right.yes), left.failed | right.failed)


def _compare_numbers(operator: Operator, left: Numbers, right: Numbers) -> Truths:
    known, failed = left.known & right.known, left.failed | right.failed
    match operator:
        case "<":
            yes, no = left.high < right.low, left.low >= right.high
        case "<=":
            yes, no = left.high <= right.low, left.low > right.high
        case _:
            yes = (left.low == left.high) & (right.low == right.high) & (left.low == right.low)
            no = (left.high < right.low) | (left.low > right.high)
    return truths(yes & known, no & known, failed)


def _compare_values(operator: Operator, left: Values, right: Values) -> Truths:
    known, failed = left.known & right.known, left.failed | right.failed
    one, other = left.values, right.values
    if one.dtype.names is not None:
        # INVARIANT: a duration has months or microseconds, never both; without months it is elapsed.
        calendar = one["months"] != 0
        known = known & (calendar == (other["months"] != 0))
        one = np.where(calendar, one["months"], one["microseconds"])
        other = np.where(calendar, other["months"], other["microseconds"])
    holds = _ORDER[operator](one, other)
    return truths(holds & known, ~holds & known, failed)


_ORDER: dict[str, Callable[[NDArray[Any], NDArray[Any]], Bools]] = {
    "=": lambda one, other: np.asarray(one == other, np.bool_),
    "<": lambda one, other: np.asarray(one < other, np.bool_),
    "<=": lambda one, other: np.asarray(one <= other, np.bool_),
}


def _plain_cells(cells: Cells) -> list[Any]:
    found: list[Any]
    match cells:
        case Truths():
            found = cells.yes.tolist()
        case Numbers():
            found = cells.low.tolist()
        case Values() if cells.values.dtype.names is not None:
            months, elapsed = cells.values["months"].tolist(), cells.values["microseconds"].tolist()
            found = list(zip(months, elapsed, strict=True))
        case Values():
            found = cells.values.tolist()
    return found


# ---- arithmetic ----------------------------------------------------------------------------------------------------


def arithmetic(operator: str, left: Numbers, right: Numbers) -> Numbers:
    """``left operator right`` on ranges."""
    failed = left.failed | right.failed
    known = left.known & right.known
    with np.errstate(all="ignore"):
        match operator:
            case "+":
                low, high = left.low + right.low, left.high + right.high
            case "-":
                low, high = left.low - right.high, left.high - right.low
            case "*":
                low, high = _corners(np.multiply, left, right)
            case _:
                known = known & ~((right.low <= 0) & (right.high >= 0))
                low, high = _corners(np.divide, left, right)
    # Only the upper end of a count may be infinite, and so what comes of it.
    endless = np.isinf(left.high) | np.isinf(right.high)
    known = known & np.isfinite(low) & (np.isfinite(high) | ((high == np.inf) & endless))
    return Numbers(np.where(known, low, 0.0), np.where(known, high, 0.0), known, failed)


def _corners(operation: Callable[..., Any], left: Numbers, right: Numbers) -> tuple[Any, Any]:
    corners = [operation(one, other) for one in (left.low, left.high) for other in (right.low, right.high)]
    # A corner that is no number makes both ends no number.
    return np.minimum.reduce(corners), np.maximum.reduce(corners)
