"""Dates, moments and durations on whole columns.

Calendar months are added to dates by array arithmetic; what needs a time zone is done once for each distinct moment.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from lexline.evaluate.column_types import DURATIONS, EPOCH, Bools, Index, Values

__all__ = ["add_to_dates", "add_to_moments", "dates_of", "elapsed", "last_day", "microseconds_of"]

DAY = 86_400_000_000
"""Microseconds."""
_FIRST_DAY, _LAST_DAY = date.min.toordinal() - EPOCH, date.max.toordinal() - EPOCH
_INSTANT = datetime(1970, 1, 1, tzinfo=UTC)


def microseconds_of(moment: datetime) -> int:
    """The cell of an aware moment."""
    return (moment - _INSTANT) // timedelta(microseconds=1)


_FIRST_MOMENT = microseconds_of(datetime.min.replace(tzinfo=UTC))
_LAST_MOMENT = microseconds_of(datetime.max.replace(tzinfo=UTC))


def last_day(today: date, day: int, month: int) -> date:
    """The latest ``day`` of ``month`` up to ``today``."""
    for year in range(today.year, 0, -1):
        try:
            found = date(year, month, day)
        except ValueError:  # 29 February in a common year
            continue
        if found <= today:
            return found
    return date.min


def add_to_dates(dates: Values, durations: Values, sign: int) -> Values:
    """Each date plus (``sign`` 1) or minus (-1) each duration; only calendar months and whole days measure dates."""
    months, elapsed_time = durations.values["months"], durations.values["microseconds"]
    calendar = months != 0
    moved = dates.values + sign * (elapsed_time // DAY)
    if calendar.any():
        moved = np.where(calendar, _add_months(dates.values, sign * months), moved)
    known = dates.known & durations.known & (calendar | durations.values["whole_days"] | (elapsed_time == 0))
    known &= (moved >= _FIRST_DAY) & (moved <= _LAST_DAY)
    return Values(np.where(known, moved, 0), known, (dates.failed | durations.failed) & ~known)


def add_to_moments(moments: Values, durations: Values, sign: int, timezone: str) -> Values:
    """Each moment plus or minus each duration; months keep the wall time of ``timezone``."""
    months, elapsed_time = durations.values["months"], durations.values["microseconds"]
    calendar = months != 0
    known = moments.known & durations.known
    moved = moments.values + sign * elapsed_time
    rows = np.flatnonzero(calendar & known)
    if len(rows):
        pairs = np.stack([moments.values[rows], sign * months[rows]], axis=1)
        distinct, places = np.unique(pairs, axis=0, return_inverse=True)
        zone = ZoneInfo(timezone)
        found = _each(distinct.tolist(), lambda pair: _shift(pair[0], pair[1], zone))
        moved[rows] = found.values[places.reshape(-1)]
        known[rows] &= found.known[places.reshape(-1)]
    known &= (moved >= _FIRST_MOMENT) & (moved <= _LAST_MOMENT)
    return Values(np.where(known, moved, 0), known, (moments.failed | durations.failed) & ~known)


def elapsed(left: Values, right: Values, unit: int, *, whole_days: bool) -> Values:
    """``left - right`` of two dates (``unit`` is a day) or two moments (1 microsecond)."""
    known = left.known & right.known
    cells = np.zeros(len(known), DURATIONS)
    cells["microseconds"] = np.where(known, (left.values - right.values) * unit, 0)
    cells["whole_days"] = whole_days
    return Values(cells, known, (left.failed | right.failed) & ~known)


def dates_of(moments: Values, timezone: str) -> Values:
    """The date of each moment in ``timezone``."""
    zone = ZoneInfo(timezone)
    distinct, places = np.unique(moments.values, return_inverse=True)
    found = _each(distinct.tolist(), lambda moment: _local(moment, zone).toordinal() - EPOCH)
    known = moments.known & found.known[places]
    return Values(np.where(known, found.values[places], 0), known, moments.failed & ~known)


def _add_months(dates: Index, months: Index) -> Index:
    """Proleptic Gregorian months; a day that the month lacks becomes its last."""
    days = dates.astype("datetime64[D]")
    begin = days.astype("datetime64[M]")
    day = (days - begin.astype("datetime64[D]")).astype(np.int64)
    target = begin.astype(np.int64) + months
    first = target.astype("datetime64[M]").astype("datetime64[D]").astype(np.int64)
    following = (target + 1).astype("datetime64[M]").astype("datetime64[D]").astype(np.int64)
    shifted: NDArray[np.int64] = np.minimum(first + day, following - 1)
    return shifted


def _shift(moment: int, months: int, zone: ZoneInfo) -> int:
    local = _local(moment, zone)
    wanted = local.year * 12 + local.month - 1 + months
    year, month = divmod(wanted, 12)
    following = date(year + (month == 11), (month + 1) % 12 + 1, 1) if year < 9999 or month < 11 else None
    length = 31 if following is None else (following - timedelta(days=1)).day
    shifted = local.replace(year=year, month=month + 1, day=min(local.day, length), fold=0)
    return microseconds_of(shifted.astimezone(UTC))


def _local(moment: int, zone: ZoneInfo) -> datetime:
    return (_INSTANT + timedelta(microseconds=moment)).astimezone(zone)


def _each(distinct: list[Any], function: Callable[[Any], int]) -> Values:
    """``function`` of each value; missing where it leaves the calendar."""
    values, known = np.zeros(len(distinct), np.int64), np.zeros(len(distinct), np.bool_)
    for place, value in enumerate(distinct):
        try:
            values[place] = function(value)
        except (OverflowError, ValueError):
            continue
        known[place] = True
    unbroken: Bools = np.zeros(len(distinct), np.bool_)
    return Values(values, known, unbroken)
