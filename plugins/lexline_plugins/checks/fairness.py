"""Fairness between groups: how far apart the rates are at which people of each group get the outcome."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import cast

from lexline.hookspecs import Check, CheckOutcome, CheckParameter, CheckSignature, CheckView, MissingFact, Reads
from lexline_lineage.values import Duration, Sort, Value, ValueType, format_value
from lexline_plugins.checks.observations import (
    MEASURED,
    OBSERVED,
    Wanted,
    newest_by_group,
    nothing_observed,
    number,
    observed,
    steady_until,
)

__all__ = [
    "CHECKS",
    "equal_opportunity_gap",
    "lowest_selection_rate_ratio",
    "selection_rate_gap",
    "selection_rate_ratio",
]

PERCENTAGE = ValueType(Sort.PERCENTAGE)
KINDS = ("model", "deployment", "system")
DIGITS = 12
"""Results are rounded to so many decimals, so that 0.8 - 0.7 is not a little more than 10 %."""


@dataclass(frozen=True, slots=True)
class Rates:
    """The rates of the groups that count, lowest first (by group name where equal), and how many groups were left out
    because they are too small, with the sentence that says both."""

    rates: tuple[tuple[float, str], ...]
    evidence: str


def selection_rate_gap(
    view: CheckView, elements: Sequence[str], arguments: Mapping[str, Value]
) -> Sequence[CheckOutcome]:
    """The highest selection rate of any group less the lowest.

    Formula: `max(rate) - min(rate)` over the groups of the attribute `by`, where the rate of a group is the share of
    its people who got the favourable outcome. 0 % means that all groups fare alike.

    Source: the demographic parity difference; Calders and Verwer, "Three naive Bayes approaches for
    discrimination-free classification" (2010); statistical parity in Dwork et al., "Fairness through awareness" (2012).
    """
    return _answers(view, elements, arguments, lambda element: _between(view, element, arguments, _gap))


def selection_rate_ratio(
    view: CheckView, elements: Sequence[str], arguments: Mapping[str, Value]
) -> Sequence[CheckOutcome]:
    """The lowest selection rate of any group as a share of the highest.

    Formula: `min(rate) / max(rate)` over the groups of the attribute `by`. 100 % means that all groups fare alike;
    below 80 % (four fifths) is what US federal agencies generally regard as evidence of adverse impact. It is missing
    where no group has a rate above zero.

    Source: US Uniform Guidelines on Employee Selection Procedures (1978), 29 CFR 1607.4(D).
    """
    return _answers(view, elements, arguments, lambda element: _between(view, element, arguments, _ratio))


def lowest_selection_rate_ratio(
    view: CheckView, elements: Sequence[str], arguments: Mapping[str, Value]
) -> Sequence[CheckOutcome]:
    """The lowest selection rate ratio over all attributes by which people were grouped.

    Formula: `min(min(rate) / max(rate))` over the attributes; the least ratio of any attribute that a report has,
    whichever those are: a rule that names its attributes misses the one that nobody thought of. An attribute of which
    fewer than two groups are large enough says nothing, and is left out.

    Source: as for `fairness.selection-rate-ratio`.
    """
    return _answers(view, elements, arguments, lambda element: _lowest_ratio(view, element, arguments))


def _lowest_ratio(view: CheckView, element: str, arguments: Mapping[str, Value]) -> CheckOutcome:
    metric = str(arguments["metric"])
    attributes = {
        str(view.value(observation, "attribute"))
        for observation, _ in view.origins(MEASURED, element)
        if view.value(observation, "metric") in (None, metric) and view.value(observation, "attribute") is not None
    }
    outcomes = {by: _between(view, element, {**arguments, "by": by}, _ratio) for by in sorted(attributes)}
    compared = {by: outcome for by, outcome in outcomes.items() if not _says_nothing(outcome)}
    if not compared:
        return nothing_observed(view, element, Wanted(metric, "any attribute", cast(Duration, arguments["window"])))
    missing = tuple(fact for outcome in compared.values() for fact in outcome.missing)
    if missing:
        return CheckOutcome(missing=missing)
    ratios = sorted((cast(float, outcome.value), by) for by, outcome in compared.items())
    said = [f"{by} {format_value(round(ratio, 4), PERCENTAGE)}" for ratio, by in ratios]
    return CheckOutcome(ratios[0][0], evidence=f"{', '.join(said)}; {ratios[0][1]}: {compared[ratios[0][1]].evidence}")


def _says_nothing(outcome: CheckOutcome) -> bool:
    """True where no two groups of an attribute can be compared; what is missing otherwise leaves the result open."""
    return bool(outcome.missing) and all(
        fact.attribute == MEASURED and fact.kind != "observation" for fact in outcome.missing
    )


def equal_opportunity_gap(
    view: CheckView, elements: Sequence[str], arguments: Mapping[str, Value]
) -> Sequence[CheckOutcome]:
    """The highest true positive rate of any group less the lowest.

    Formula: `max(rate) - min(rate)` over the groups of the attribute `by`, where the rate of a group is the share of
    those of its people who deserve the favourable outcome that got it. An observation's count should be of those
    people.

    Source: Hardt, Price and Srebro, "Equality of opportunity in supervised learning" (2016).
    """
    return _answers(view, elements, arguments, lambda element: _between(view, element, arguments, _gap))


def _answers(
    view: CheckView, elements: Sequence[str], arguments: Mapping[str, Value], answer: Callable[[str], CheckOutcome]
) -> list[CheckOutcome]:
    """The answer for each element, until other observations count."""
    wanted = Wanted(str(arguments["metric"]), window=cast(Duration, arguments["window"]))
    return [replace(answer(element), until=steady_until(view, element, wanted)) for element in elements]


def _gap(rates: Rates) -> float | None:
    return rates.rates[-1][0] - rates.rates[0][0]


def _ratio(rates: Rates) -> float | None:
    return rates.rates[0][0] / rates.rates[-1][0] if rates.rates[-1][0] > 0 else None


def _between(
    view: CheckView, element: str, arguments: Mapping[str, Value], formula: Callable[[Rates], float | None]
) -> CheckOutcome:
    wanted = Wanted(str(arguments["metric"]), str(arguments["by"]), cast(Duration, arguments["window"]))
    found = _rates(view, element, wanted, cast(float, arguments["minimum_group"]))
    if isinstance(found, CheckOutcome):
        return found
    value = formula(found)
    if value is None:
        return _missing(view, element, f"no group has a {wanted.metric} above zero: {found.evidence}")
    return CheckOutcome(round(value, DIGITS), evidence=found.evidence)


def _rates(view: CheckView, element: str, wanted: Wanted, minimum: float) -> Rates | CheckOutcome:
    """The newest rate of each group with at least ``minimum`` people; where a group was measured more than once on that
    day, each of its rates counts."""
    found, missing = observed(view, element, wanted)
    rates: list[tuple[float, str, float | None]] = []
    small: list[str] = []
    for group, members in newest_by_group(found).items():
        for one in members:
            rate, count = number(view, one.element, "value"), number(view, one.element, "count")
            if minimum > 0 and count is None:
                missing.append(MissingFact(one.element, "observation", "count", "no value is recorded"))
            elif minimum > 0 and count is not None and count < minimum:
                small.append(f"{group} ({count:g})")
            elif rate is None or not 0 <= rate <= 1:
                why = "no value is recorded" if rate is None else f"{rate:g} is no rate between 0 and 1"
                missing.append(MissingFact(one.element, "observation", "value", why))
            else:
                rates.append((rate, group, count))
    if missing:
        return CheckOutcome(missing=tuple(missing))
    if not rates and not small:
        return nothing_observed(view, element, wanted)
    evidence = _sentence(rates, small, minimum)
    if len({group for _, group, _ in rates}) < 2:
        return _missing(view, element, f"fewer than two groups are large enough to compare: {evidence}")
    return Rates(tuple(sorted((rate, group) for rate, group, _ in rates)), evidence)


def _sentence(rates: Sequence[tuple[float, str, float | None]], small: Sequence[str], minimum: float) -> str:
    parts = [
        f"{group} {format_value(round(rate, 4), PERCENTAGE)}" + ("" if count is None else f" of {count:g}")
        for rate, group, count in sorted(rates, key=lambda part: (part[0], part[1], part[2] or 0))
    ]
    said = ", ".join(parts) if parts else "no group"
    return said + (f"; left out, fewer than {minimum:g}: {', '.join(sorted(small))}" if small else "")


def _missing(view: CheckView, element: str, why: str) -> CheckOutcome:
    return CheckOutcome(missing=(MissingFact(element, view.kind(element), MEASURED, why),))


def _signature(name: str, metric: str, *, every_attribute: bool = False) -> CheckSignature:
    by = CheckParameter("by", ValueType(Sort.TEXT), meaning="the attribute of people whose groups are compared")
    return CheckSignature(
        name=name,
        kinds=KINDS,
        parameters=(
            *(() if every_attribute else (by,)),
            CheckParameter("window", ValueType(Sort.DURATION), meaning="how old an observation may be to count"),
            CheckParameter("minimum_group", ValueType(Sort.NUMBER), 30.0, "the smallest group that counts, in people"),
            CheckParameter("metric", ValueType(Sort.TEXT), metric, "the name under which the rate is observed"),
        ),
        result=PERCENTAGE,
        reads=Reads({"observation": (*OBSERVED, "value", "count")}, (MEASURED,), today=True),
    )


CHECKS = (
    Check(_signature("fairness.selection-rate-gap", "selection_rate"), selection_rate_gap),
    Check(_signature("fairness.selection-rate-ratio", "selection_rate"), selection_rate_ratio),
    Check(
        _signature("fairness.lowest-selection-rate-ratio", "selection_rate", every_attribute=True),
        lowest_selection_rate_ratio,
    ),
    Check(_signature("fairness.equal-opportunity-gap", "true_positive_rate"), equal_opportunity_gap),
)
