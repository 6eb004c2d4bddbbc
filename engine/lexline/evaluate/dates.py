"""Calendar arithmetic as policies mean it: months clamp at the end of the month, days of a moment are 24 hours.

Every function gives None where there is no such date (a year outside 1 to 9999) or where the duration doesn't fit
(hours on a date).
"""

from __future__ import annotations

from calendar import monthrange
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from lexline_lineage.values import Duration

__all__ = ["add_duration", "date_of", "elapsed", "last_day"]

_DAY = 86_400_000_000
"""microseconds"""


def add_duration(when: date, duration: Duration, timezone: str, sign: int = 1) -> date | None:
    """``when + duration``, or minus it where ``sign`` is -1. A moment stays a moment in UTC; its calendar months are
    those of ``timezone``."""
    try:
        if isinstance(when, datetime):
            if not duration.is_calendar:
                return when + timedelta(microseconds=sign * duration.microseconds)
            local = when.astimezone(ZoneInfo(timezone))
            moved = _add_months(local.date(), sign * duration.months)
            return datetime.combine(moved, local.timetz().replace(fold=0)).astimezone(UTC)
        if duration.is_calendar:
            return _add_months(when, sign * duration.months)
        days, rest = divmod(duration.microseconds, _DAY)
        if rest or (days and not duration.whole_days):
            return None
        return when + timedelta(days=sign * days)
    except (OverflowError, ValueError):
        return None


def elapsed(later: date, earlier: date) -> Duration:
    """``later - earlier`` of two dates or two moments."""
    if isinstance(later, datetime) and isinstance(earlier, datetime):
        return Duration(microseconds=(later - earlier) // timedelta(microseconds=1))
    return Duration(microseconds=(later - earlier).days * _DAY, whole_days=True)


def date_of(moment: datetime, timezone: str) -> date | None:
    """The date of a moment in a time zone (IANA name)."""
    try:
        return moment.astimezone(ZoneInfo(timezone)).date()
    except (OverflowError, ValueError):
        return None


def last_day(day: int, month: int, today: date) -> date | None:
    """The latest ``day`` of ``month`` up to ``today``."""
    # Leap days are at most eight years apart.
    for year in range(today.year, max(today.year - 9, 0), -1):
        if day <= monthrange(year, month)[1] and date(year, month, day) <= today:
            return date(year, month, day)
    return None


def _add_months(when: date, months: int) -> date:
    year, month = divmod(when.year * 12 + when.month - 1 + months, 12)
    if not 1 <= year <= 9999:
        raise OverflowError(f"no year {year}")
    return date(year, month + 1, min(when.day, monthrange(year, month + 1)[1]))
