"""The check `retention.days-over`."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import cast

from lexline.hookspecs import Check, CheckOutcome, CheckParameter, CheckSignature, CheckView, MissingFact, Reads
from lexline_lineage.values import Duration, Sort, Value, ValueType

__all__ = ["DAYS_OVER", "days_over"]


def days_over(view: CheckView, elements: Sequence[str], arguments: Mapping[str, Value]) -> Sequence[CheckOutcome]:
    """By how many days the oldest records of a dataset have been kept for longer than they may be.

    Formula: `today - (collected_from + retention + grace)` in days, and never less than 0. It is missing where the
    dataset has no `collected_from` or no `retention`.
    """
    return [_outcome(view, element, arguments["grace"]) for element in elements]


def _outcome(view: CheckView, element: str, grace: Value) -> CheckOutcome:
    oldest, retention = view.value(element, "collected_from"), view.value(element, "retention")
    missing = tuple(
        MissingFact(element, "dataset", attribute, "no value is recorded")
        for attribute, value in (("collected_from", oldest), ("retention", retention))
        if value is None
    )
    if missing:
        return CheckOutcome(missing=missing)
    end = _after(_after(cast(date, oldest), cast(Duration, retention)), cast(Duration, grace))
    over = max((view.today - end).days, 0)
    return CheckOutcome(
        float(over),
        evidence=f"records since {oldest} may be kept until {end}",
        until=end if view.today <= end else None,  # from then on it is another number each day
    )


def _after(day: date, duration: Duration) -> date:
    """The day after a duration: months clamp at the end of the month, a part of a day counts for nothing."""
    if not duration.is_calendar:
        return day + timedelta(microseconds=duration.microseconds)
    year, month = divmod(day.year * 12 + day.month - 1 + duration.months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


DAYS_OVER = Check(
    CheckSignature(
        name="retention.days-over",
        kinds=("dataset",),
        parameters=(
            CheckParameter(
                name="grace",
                type=ValueType(Sort.DURATION),
                default=Duration(microseconds=30 * 86_400_000_000, whole_days=True),
                meaning="how long erasing may take",
            ),
        ),
        result=ValueType(Sort.NUMBER),
        reads=Reads({"dataset": ("collected_from", "retention")}, today=True),
    ),
    days_over,
    seconds=5,
)
