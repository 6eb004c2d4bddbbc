"""Observations about an element: which of them count, and what is missing to tell."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import cast

from lexline.evaluate.dates import add_duration
from lexline.hookspecs import CheckOutcome, CheckView, MissingFact
from lexline_lineage.values import Duration

__all__ = [
    "MEASURED",
    "OBSERVED",
    "Observed",
    "Wanted",
    "day_of",
    "is_within",
    "newest_by_group",
    "nothing_observed",
    "number",
    "observed",
    "steady_until",
]

OBSERVED = ("metric", "attribute", "group", "observed_at", "observed_on")
"""The attributes of observations by which they are chosen."""
MEASURED = "measures"
"""The relation from an observation to what was measured."""

_DAY = 86_400_000_000
"""in microseconds"""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which observations count: those of ``metric``, of the groups of ``attribute`` (empty: of all people or records
    together), from ``window`` before today up to today (``None``: at any time up to today)."""

    metric: str
    attribute: str = ""
    window: Duration | None = None

    def __str__(self) -> str:
        """In a reader's words: ``selection_rate by ethnicity in the last 90 days``."""
        by = f" by {self.attribute}" if self.attribute else ""
        return f"{self.metric}{by}" + (f" in the last {self.window}" if self.window else "")


@dataclass(frozen=True, slots=True)
class Observed:
    """An observation that counts, by its id; ``group`` is empty for all people or records together."""

    element: str
    group: str
    day: date


def observed(view: CheckView, element: str, wanted: Wanted) -> tuple[list[Observed], list[MissingFact]]:
    """The observations of an element that surely count, and the facts without which others can't be told."""
    found: list[Observed] = []
    missing: list[MissingFact] = []
    for observation, possible in view.origins(MEASURED, element):
        metric, attribute, group = (_text(view, observation, name) for name in ("metric", "attribute", "group"))
        if metric not in (None, wanted.metric):
            continue
        if wanted.attribute and (attribute not in (None, wanted.attribute) or group is None):
            continue
        if not wanted.attribute and group is not None:
            continue
        day = day_of(view, observation)
        if day is not None and not is_within(day, view.today, wanted.window):
            continue
        lost = [name for name, value in (("metric", metric), ("observed_on", day)) if value is None]
        if wanted.attribute and attribute is None:
            lost.append("attribute")
        missing += [MissingFact(observation, "observation", name, "no value is recorded") for name in lost]
        if possible:
            why = f"it is only possible that it measures {element}"
            missing.append(MissingFact(observation, "observation", MEASURED, why))
        if day is not None and not lost and not possible:
            found.append(Observed(observation, group or "", day))
    return found, missing


def newest_by_group(found: Iterable[Observed]) -> dict[str, list[Observed]]:
    """For each group, in alphabetical order, the observations of the last day on which it was measured."""
    groups: dict[str, list[Observed]] = defaultdict(list)
    for one in found:
        groups[one.group].append(one)
    newest = {group: max(one.day for one in members) for group, members in groups.items()}
    return {group: [one for one in groups[group] if one.day == newest[group]] for group in sorted(groups)}


def nothing_observed(view: CheckView, element: str, what: object) -> CheckOutcome:
    """The outcome where no observation counts: missing, with ``what`` in a reader's words."""
    why = f"there is no observation of {what}, up to {view.today.isoformat()}"
    return CheckOutcome(missing=(MissingFact(element, view.kind(element), MEASURED, why),))


def day_of(view: CheckView, observation: str) -> date | None:
    """The day of an observation: that of its moment (in UTC), else its date."""
    moment = view.value(observation, "observed_at")
    if isinstance(moment, datetime):
        return moment.astimezone(UTC).date()
    return cast("date | None", view.value(observation, "observed_on"))


def is_within(day: date, today: date, window: Duration | None) -> bool:
    """True where ``day <= today <= day + window``; a part of a day in the window counts for nothing."""
    return day <= today <= _last_day(day, window)


def _last_day(day: date, window: Duration | None) -> date:
    """The last day on which an observation of ``day`` is within the window."""
    if window is None:
        return date.max
    if window.is_calendar:
        return add_duration(day, window, "UTC") or date.max
    end = day.toordinal() + window.microseconds // _DAY
    return date.fromordinal(min(max(end, date.min.toordinal()), date.max.toordinal()))


def steady_until(view: CheckView, element: str, wanted: Wanted) -> date:
    """The last day through which the same observations of an element count: none comes up before the day after it,
    none falls out of the window."""
    ends = [date.max]
    for observation, _ in view.origins(MEASURED, element):
        day = day_of(view, observation) if view.value(observation, "metric") in (None, wanted.metric) else None
        if day is not None and day > view.today:
            ends.append(day - timedelta(days=1))
        elif day is not None and is_within(day, view.today, wanted.window):
            ends.append(_last_day(day, wanted.window))
    return min(ends)


def _text(view: CheckView, element: str, attribute: str) -> str | None:
    return cast("str | None", view.value(element, attribute))


def number(view: CheckView, element: str, attribute: str) -> float | None:
    """The value of an attribute that is a number; ``None`` where it is missing."""
    return cast("float | None", view.value(element, attribute))
