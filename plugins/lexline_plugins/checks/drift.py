"""Drift: how far a metric has moved from where it was."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import cast

from lexline.hookspecs import Check, CheckOutcome, CheckParameter, CheckSignature, CheckView, MissingFact, Reads
from lexline_lineage.values import Duration, Sort, Value, ValueType
from lexline_plugins.checks.observations import (
    MEASURED,
    OBSERVED,
    Observed,
    Wanted,
    nothing_observed,
    number,
    observed,
    steady_until,
)

__all__ = ["CHECKS", "metric_change"]

DIGITS = 12
"""Results are rounded to so many decimals, so that 0.8 - 0.7 is not a little more than 0.1."""


def metric_change(view: CheckView, elements: Sequence[str], arguments: Mapping[str, Value]) -> Sequence[CheckOutcome]:
    """The newest value of a metric less its baseline: below zero where it fell.

    Formula: `newest - baseline`, over observations of all records together (without a group). The newest is from the
    time since `window` ago; the baseline is what that observation itself records as its baseline, else the earliest
    value ever observed. The result has the metric's own unit: for an accuracy that fell from 0.75 to 0.66, -0.09.

    Source: plain difference, no convention. Where a metric is itself a measure of drift (a population stability index,
    a share of drifted columns), compare its observations in the policy and not by this check.
    """
    wanted = Wanted(str(arguments["metric"]), window=cast(Duration, arguments["window"]))
    return [replace(_change(view, e, wanted), until=steady_until(view, e, wanted)) for e in elements]


def _change(view: CheckView, element: str, wanted: Wanted) -> CheckOutcome:
    recent, missing = observed(view, element, wanted)
    if not recent and not missing:
        return nothing_observed(view, element, wanted)
    newest = [one for one in recent if one.day == max(other.day for other in recent)]
    value = _agreed(view, newest, "value", missing)
    if missing or value is None:
        return CheckOutcome(missing=tuple(missing))
    if all(number(view, one.element, "baseline") is None for one in newest):
        return _since_earliest(view, element, wanted, newest, value)
    baseline = _agreed(view, newest, "baseline", missing)
    if missing or baseline is None:
        return CheckOutcome(missing=tuple(missing))
    return _changed(wanted, newest[0], value, baseline, "its recorded baseline")


def _since_earliest(
    view: CheckView, element: str, wanted: Wanted, newest: Sequence[Observed], value: float
) -> CheckOutcome:
    every, missing = observed(view, element, Wanted(wanted.metric))
    first = min(one.day for one in every)
    if not missing and first == newest[0].day:
        why = f"there is no baseline, and no observation of {wanted.metric} before {first.isoformat()}"
        return CheckOutcome(missing=(MissingFact(newest[0].element, "observation", "baseline", why),))
    baseline = _agreed(view, [one for one in every if one.day == first], "value", missing)
    if missing or baseline is None:
        return CheckOutcome(missing=tuple(missing))
    return _changed(wanted, newest[0], value, baseline, f"on {first.isoformat()}")


def _changed(wanted: Wanted, newest: Observed, value: float, baseline: float, whence: str) -> CheckOutcome:
    evidence = f"{wanted.metric} {value:g} on {newest.day.isoformat()}, {baseline:g} {whence}"
    return CheckOutcome(round(value - baseline, DIGITS), evidence=evidence)


def _agreed(
    view: CheckView, observations: Sequence[Observed], attribute: str, missing: list[MissingFact]
) -> float | None:
    """The figure on which all observations of a day agree; what stands against it goes to ``missing``."""
    figures = [number(view, one.element, attribute) for one in observations]
    lost = [one.element for one, figure in zip(observations, figures, strict=True) if figure is None]
    missing += [MissingFact(element, "observation", attribute, "no value is recorded") for element in lost]
    if not lost and len(set(figures)) > 1:
        others = ", ".join(f"{one.element} says {figure:g}" for one, figure in zip(observations, figures, strict=True))
        missing.append(
            MissingFact(observations[0].element, "observation", attribute, f"values of one day differ: {others}")
        )
    return figures[0] if figures else None


CHECKS = (
    Check(
        CheckSignature(
            name="drift.metric-change",
            kinds=("dataset", "column", "feature-view", "model", "deployment", "system"),
            parameters=(
                CheckParameter("metric", ValueType(Sort.TEXT), meaning="the name under which it is observed"),
                CheckParameter("window", ValueType(Sort.DURATION), meaning="how old the newest observation may be"),
            ),
            result=ValueType(Sort.NUMBER),
            reads=Reads({"observation": (*OBSERVED, "value", "baseline")}, (MEASURED,), today=True),
        ),
        metric_change,
    ),
)
