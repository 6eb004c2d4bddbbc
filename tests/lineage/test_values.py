"""What is a value of which type; hostile input is none, and nothing raises."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lexline_lineage.values import Duration, Sort, ValueType, format_value, parse_percentage, parse_value
from lineage_graphs import raw_values

TEXT = ValueType(Sort.TEXT)
COLOUR = ValueType(Sort.ENUMERATION, ("red", "green"))
TEXTS = ValueType(Sort.LIST, item=TEXT)
HOUR = 3_600_000_000

deep: list[Any] = []
for _ in range(5_000):
    deep = [deep]
cycle: list[Any] = []
cycle += [cycle, cycle]

CASES: list[tuple[object, ValueType | Sort, object]] = [
    (True, Sort.BOOLEAN, True), ("true", Sort.BOOLEAN, None), (1, Sort.BOOLEAN, None), (0, Sort.BOOLEAN, None),
    ("x", Sort.TEXT, "x"), ("", Sort.TEXT, ""), (1, Sort.TEXT, None), ("\ud800", Sort.TEXT, None),
    ("a\x00", Sort.TEXT, None),
    (3, Sort.NUMBER, 3.0), (True, Sort.NUMBER, None), ("3", Sort.NUMBER, None), (10**400, Sort.NUMBER, None),
    (float("nan"), Sort.NUMBER, None), (float("inf"), Sort.NUMBER, None),
    (0.05, Sort.PERCENTAGE, 0.05), ("5%", Sort.PERCENTAGE, 0.05), ("8.7 %", Sort.PERCENTAGE, 0.087),
    ("101%", Sort.PERCENTAGE, None), (5, Sort.PERCENTAGE, None), ("-1%", Sort.PERCENTAGE, None),
    ("٥%", Sort.PERCENTAGE, None),
    ("2026-11-22", Sort.DATE, date(2026, 11, 22)), (date(2026, 1, 1), Sort.DATE, date(2026, 1, 1)),
    ("2026-02-30", Sort.DATE, None), ("20261122", Sort.DATE, None), ("22/11/2026", Sort.DATE, None),
    ("0000-01-01", Sort.DATE, None), (datetime(2026, 1, 1, tzinfo=UTC), Sort.DATE, None),
    ("2026-01-01T02:00:00+02:00", Sort.MOMENT, datetime(2026, 1, 1, tzinfo=UTC)),
    ("2026-01-01T00:00Z", Sort.MOMENT, datetime(2026, 1, 1, tzinfo=UTC)),
    ("2026-01-01t00:00:00.123456789z", Sort.MOMENT, datetime(2026, 1, 1, 0, 0, 0, 123456, tzinfo=UTC)),
    ("2026-01-01T00:00:00", Sort.MOMENT, None), ("2026-01-01", Sort.MOMENT, None),
    ("0001-01-01T00:00:00+10:00", Sort.MOMENT, None), ("9999-12-31T23:59:59-10:00", Sort.MOMENT, None),
    ("2026-01-01T00:00:00+99:00", Sort.MOMENT, None),
    ("12 months", Sort.DURATION, Duration(months=12)), ("1 year", Sort.DURATION, Duration(months=12)),
    ("P1Y6M", Sort.DURATION, Duration(months=18)), ("30 days", Sort.DURATION, Duration(0, 720 * HOUR, True)),
    ("P30D", Sort.DURATION, Duration(0, 720 * HOUR, True)), ("2 weeks", Sort.DURATION, Duration(0, 336 * HOUR, True)),
    ("72 hours", Sort.DURATION, Duration(0, 72 * HOUR)), ("PT72H", Sort.DURATION, Duration(0, 72 * HOUR)),
    ("15 minutes", Sort.DURATION, Duration(0, HOUR // 4)), ("P1M2D", Sort.DURATION, None), ("P", Sort.DURATION, None),
    ("PT", Sort.DURATION, None), ("-3 days", Sort.DURATION, None), ("999999999 years", Sort.DURATION, None),
    (12, Sort.DURATION, None),
    ("red", COLOUR, "red"), ("Red", COLOUR, None), (["red"], COLOUR, None),
    (["a", "b"], TEXTS, ("a", "b")), ([], TEXTS, ()), (["a", 1], TEXTS, None), ("a", TEXTS, None),
    ({"a": [1, None, "b"]}, Sort.DOCUMENT, {"a": [1, None, "b"]}), ("{}", Sort.DOCUMENT, None),
    ([float("nan")], Sort.DOCUMENT, None),
    ({1: 2}, Sort.DOCUMENT, None), ({"a": date(2026, 1, 1)}, Sort.DOCUMENT, None), (["\udfff"], Sort.DOCUMENT, None),
    (deep, Sort.DOCUMENT, None), (cycle, Sort.DOCUMENT, None),
]  # fmt: skip


def type_of(case: ValueType | Sort) -> ValueType:
    return case if isinstance(case, ValueType) else ValueType(case)


@pytest.mark.parametrize("case", CASES, ids=range(len(CASES)))
def test_value(case: tuple[object, ValueType | Sort, object]) -> None:
    raw, type_, expected = case
    found = parse_value(raw, type_of(type_))
    assert found == expected
    assert type(found) is type(expected)


SIMPLE = [ValueType(sort) for sort in Sort if sort not in (Sort.ENUMERATION, Sort.LIST, Sort.DOCUMENT)]
READABLE = st.sampled_from([*SIMPLE, COLOUR]).flatmap(lambda type_: st.tuples(st.just(type_), raw_values(type_)))
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.binary() | st.dates() | st.datetimes(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text() | st.integers(), inner),
    max_leaves=8,
)


@given(READABLE)
def test_what_is_shown_can_be_read_again(case: tuple[ValueType, object]) -> None:
    type_, raw = case
    value = parse_value(raw, type_)
    assert value is not None
    shown = format_value(value, type_)
    if type_.sort is Sort.BOOLEAN:
        assert shown == str(raw).lower()
    elif type_.sort is Sort.NUMBER:
        assert float(shown) == value
    elif type_.sort is not Sort.PERCENTAGE or len(shown) < 30:
        assert parse_value(shown, type_) == value


@given(ANYTHING, st.sampled_from([*SIMPLE, COLOUR, TEXTS, ValueType(Sort.DOCUMENT), ValueType(Sort.LIST)]))
def test_anything_is_a_value_or_none(raw: object, type_: ValueType) -> None:
    value = parse_value(raw, type_)
    assert isinstance(format_value(value, type_), str)


@given(st.integers(0, 100_000))
def test_a_percentage_is_rounded_once(thousandths: int) -> None:
    text = f"{thousandths // 1000}.{thousandths % 1000:03}%"
    assert parse_percentage(text) == float(f"{thousandths}e-5")
