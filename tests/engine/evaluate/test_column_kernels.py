"""Kernels on whole columns against the plain Python of one value."""

from __future__ import annotations

import math
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lexline.evaluate.column_types import Numbers, Texts, Truths, Values, decode, encode
from lexline.evaluate.exact_sums import digits_of
from lexline.evaluate.kernels import arithmetic, compare
from lexline.evaluate.kernels_time import add_to_dates, add_to_moments, dates_of, last_day
from lexline.evaluate.truth_columns import conjunction, disjunction, inverse
from lexline_lineage.values import Duration, Sort, Value, ValueType

DAY = 86_400_000_000
DATE, MOMENT, DURATION = ValueType(Sort.DATE), ValueType(Sort.MOMENT), ValueType(Sort.DURATION)
FIGURES = st.floats(-1e300, 1e300) | st.sampled_from([0.0, 1.0, -1.0, 3.0])
RANGES = st.tuples(FIGURES, FIGURES).map(sorted) | FIGURES.map(lambda number: [number, number])
WORDS = ("true", "false", "unknown", "failed")


def values(column: Value | None, type: ValueType) -> Values:  # noqa: A002  # the word of the domain
    cells = encode([column], type, Texts(()))
    assert isinstance(cells, Values)
    return cells


def truth(word: str) -> Truths:
    return Truths(*(np.array([word == value]) for value in ("true", "false", "failed")))


def word_of(column: Truths) -> str:
    marks = {"true": column.yes, "false": column.no, "failed": column.failed}
    return next((word for word, mark in marks.items() if mark[0]), "unknown")


@given(st.lists(st.sampled_from(WORDS), min_size=1, max_size=4))
def test_kleene(words: list[str]) -> None:
    def expected(decides: str, neutral: str) -> str:
        if decides in words:
            return decides
        if set(words) == {neutral}:
            return neutral
        return "failed" if "failed" in words else "unknown"

    operands = [truth(word) for word in words]
    assert word_of(conjunction(operands)) == expected("false", "true")
    assert word_of(disjunction(operands)) == expected("true", "false")
    turned = {"true": "false", "false": "true"}.get(words[0], words[0])
    assert word_of(inverse(operands[0])) == turned


def numbers(low: float, high: float) -> Numbers:
    return Numbers(np.array([low]), np.array([high]), np.array([True]), np.array([False]))


@given(RANGES, RANGES, st.sampled_from("+-*/"), st.data())
def test_a_range_holds_every_result(one: list[float], other: list[float], operator: str, data: st.DataObject) -> None:
    found = arithmetic(operator, numbers(*one), numbers(*other))
    if operator == "/" and other[0] <= 0 <= other[1]:
        assert not found.known[0]
        return
    left, right = data.draw(st.sampled_from(one)), data.draw(st.sampled_from(other))
    operation = {
        "+": np.float64.__add__,
        "-": np.float64.__sub__,
        "*": np.float64.__mul__,
        "/": np.float64.__truediv__,
    }[operator]
    with np.errstate(all="ignore"):
        result = float(operation(np.float64(left), np.float64(right)))
    if found.known[0]:
        assert found.low[0] <= result <= found.high[0]
        assert math.isfinite(found.high[0])


@pytest.mark.parametrize("operator", ["=", "!=", "<", "<=", ">", ">="])
@given(one=RANGES, other=RANGES)
def test_a_comparison_is_decided_where_the_whole_range_agrees(
    operator: str, one: list[float], other: list[float]
) -> None:
    found = compare(operator, numbers(*one), numbers(*other))  # type: ignore[arg-type]
    compared = {"=": "__eq__", "!=": "__ne__", "<": "__lt__", "<=": "__le__", ">": "__gt__", ">=": "__ge__"}[operator]
    corners = {getattr(left, compared)(right) for left in one for right in other}
    meet = max(one[0], other[0]) <= min(one[1], other[1])
    if operator in ("=", "!=") and meet and not one[0] == one[1] == other[0] == other[1]:
        corners = {True, False}
    assert (found.yes[0], found.no[0]) == (corners == {True}, corners == {False})


ANY = st.floats(allow_nan=False, allow_infinity=False)
ENDS = [5e-324, 2.0**-1022, 2.0**53, 2.0**53 + 2, 2.0**969, 2.0**970, 1e308, 1.7976931348623157e308, 0.1, 1.0, -0.0]
SUMMANDS = st.lists(ANY | st.sampled_from(ENDS).flatmap(lambda end: st.sampled_from([end, -end])), max_size=8)


@given(numbers=SUMMANDS, data=st.data())
def test_a_sum_is_rounded_once(numbers: list[float], data: st.DataObject) -> None:
    digits = digits_of(np.array(numbers, np.float64))
    picked: list[set[int]] = [set()]
    if numbers:
        picked += data.draw(st.lists(st.sets(st.sampled_from(range(len(numbers)))), max_size=3))
    sums = [np.array([column[[*rows]].sum() for rows in picked], np.int64) for column in digits.columns]
    for found, rows in zip(digits.rounded(tuple(sums)).tolist(), picked, strict=True):
        exact = sum(Fraction(numbers[row]) for row in rows)
        try:
            assert found == float(exact)
        except OverflowError:
            assert found == (math.inf if exact > 0 else -math.inf)


@given(st.dates(), st.integers(-30_000, 30_000))
def test_months_clamp(day: date, months: int) -> None:
    found = add_to_dates(values(day, DATE), values(Duration(abs(months)), DURATION), 1 if months >= 0 else -1)
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    if not 1 <= year <= 9999:
        assert not found.known[0]
        return
    wanted = None
    for last in range(day.day, 27, -1) if day.day > 28 else (day.day,):
        try:
            wanted = date(year, month + 1, last)
        except ValueError:
            continue
        break
    assert decode(found, 0, DATE, Texts(())) == wanted


def test_what_moves_a_date() -> None:
    day = values(date(2026, 11, 22), DATE)
    moved = {
        Duration(microseconds=3 * DAY, whole_days=True): date(2026, 11, 25),
        Duration(microseconds=48 * 3_600_000_000): None,
        Duration(): date(2026, 11, 22),
    }
    for duration, expected in moved.items():
        assert decode(add_to_dates(day, values(duration, DURATION), 1), 0, DATE, Texts(())) == expected


def test_a_moment_keeps_its_wall_time() -> None:
    zone = "Europe/London"
    before = datetime(2026, 3, 1, 9, 30, tzinfo=ZoneInfo(zone))
    found = add_to_moments(values(before.astimezone(UTC), MOMENT), values(Duration(1), DURATION), 1, zone)
    moved = decode(found, 0, MOMENT, Texts(()))
    assert moved == datetime(2026, 4, 1, 9, 30, tzinfo=ZoneInfo(zone))
    end = values(datetime.max.replace(tzinfo=UTC), MOMENT)
    assert not add_to_moments(end, values(Duration(1), DURATION), 1, zone).known[0]
    assert not add_to_moments(end, values(Duration(microseconds=DAY), DURATION), 1, zone).known[0]


@given(st.datetimes(datetime(2, 1, 1), datetime(9998, 1, 1)), st.sampled_from(["UTC", "Asia/Kolkata", "Pacific/Apia"]))  # noqa: DTZ001  # zone follows
def test_the_date_of_a_moment(moment: datetime, zone: str) -> None:
    aware = moment.replace(tzinfo=UTC)
    found = decode(dates_of(values(aware, MOMENT), zone), 0, DATE, Texts(()))
    assert found == aware.astimezone(ZoneInfo(zone)).date()


@given(st.dates(date(1, 1, 1), date(9999, 12, 31)))
def test_the_last_such_day(today: date) -> None:
    found = last_day(today, 30, 6)
    assert found == date.min or (found.month, found.day) == (6, 30)
    assert found.year >= 9998 or found <= today < found + timedelta(days=366)


def test_the_last_leap_day() -> None:
    assert last_day(date(2026, 11, 22), 29, 2) == date(2024, 2, 29)
