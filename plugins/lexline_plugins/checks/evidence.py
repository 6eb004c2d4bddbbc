"""Evidence: how old it is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import cast

from lexline.evaluate.dates import elapsed
from lexline.hookspecs import Check, CheckOutcome, CheckParameter, CheckSignature, CheckView, MissingFact, Reads
from lexline_lineage.values import Sort, Value, ValueType
from lexline_plugins.checks.observations import MEASURED, day_of

__all__ = ["CHECKS", "freshness"]

ASSESSED = "assesses"
ANY = "any"
Dated = tuple[str, date | None]


def freshness(view: CheckView, elements: Sequence[str], arguments: Mapping[str, Value]) -> Sequence[CheckOutcome]:
    """How many days ago the newest evidence about an element is from.

    Formula: `today - max(day)`, in days, over the evidence up to today: its observations, each with the day on which it
    was measured, or its approved assessments, each with the later of the days of its approval and of its last review.
    `about` narrows it to observations of one metric, or assessments of one type. It is missing where there is none.

    Source: plain difference of dates; what is fresh enough is for the policy to say.
    """
    kind, about = str(arguments["kind"]), str(arguments["about"])
    return [_age(view, element, kind, about) for element in elements]


def _age(view: CheckView, element: str, kind: str, about: str) -> CheckOutcome:
    relation = MEASURED if kind == "observation" else ASSESSED
    missing: list[MissingFact] = []
    until = date.max  # nothing but the age changes before further evidence comes up
    days: list[tuple[date, str]] = []
    for one, possible in view.origins(relation, element):
        facts = _observation(view, one, about) if kind == "observation" else _assessment(view, one, about)
        if facts is None:
            continue
        lost, day = facts
        if day is not None and day > view.today:
            until = min(until, day - timedelta(days=1))
            continue
        missing += [MissingFact(one, kind, name, "no value is recorded") for name in lost]
        if possible:
            missing.append(MissingFact(one, kind, relation, f"it is only possible that it {relation} {element}"))
        elif day is not None:
            days.append((day, one))
    if missing:
        return CheckOutcome(missing=tuple(missing), until=until)
    if not days:
        what = kind if about == ANY else f"{kind} ({about})"
        why = f"there is no {'approved ' * (kind == 'assessment')}{what} up to {view.today.isoformat()}"
        return CheckOutcome(missing=(MissingFact(element, view.kind(element), relation, why),), until=until)
    newest, source = max(days)
    evidence = f"the newest is {source}, of {newest.isoformat()}"
    return CheckOutcome(elapsed(view.today, newest), evidence=evidence, until=until, ages=True)


def _observation(view: CheckView, one: str, about: str) -> tuple[list[str], date | None] | None:
    """The attributes that are missing to tell whether an observation counts, and its day; ``None``: it doesn't."""
    metric = view.value(one, "metric")
    if about != ANY and metric not in (None, about):
        return None
    day = day_of(view, one)
    return _lost(metric=metric if about != ANY else about, observed_on=day), day


def _assessment(view: CheckView, one: str, about: str) -> tuple[list[str], date | None] | None:
    """The same for an assessment, which counts where it is approved."""
    kind, status = view.value(one, "type"), view.value(one, "status")
    if status not in (None, "approved") or (about != ANY and kind not in (None, about)):
        return None
    approved, reviewed = (cast("date | None", view.value(one, name)) for name in ("approved_on", "reviewed_on"))
    day = max((known for known in (approved, reviewed) if known), default=None)
    return _lost(type=kind if about != ANY else about, status=status, approved_on=day), day


def _lost(**values: Value | None) -> list[str]:
    return [name for name, value in values.items() if value is None]


CHECKS = (
    Check(
        CheckSignature(
            name="evidence.freshness",
            kinds=("dataset", "feature-view", "model", "deployment", "system"),
            parameters=(
                CheckParameter(
                    "kind",
                    ValueType(Sort.ENUMERATION, ("observation", "assessment")),
                    meaning="the kind of evidence",
                ),
                CheckParameter("about", ValueType(Sort.TEXT), ANY, "a metric, or a type of assessment; `any` for all"),
            ),
            result=ValueType(Sort.DURATION),
            reads=Reads(
                {
                    "observation": ("metric", "observed_at", "observed_on"),
                    "assessment": ("type", "status", "approved_on", "reviewed_on"),
                },
                (MEASURED, ASSESSED),
                today=True,
            ),
        ),
        freshness,
    ),
)
