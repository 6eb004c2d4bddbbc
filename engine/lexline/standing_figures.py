"""Figures that no policy can ask for, because they are about verdicts, waivers and what is due: the ``lexline``
measures of a scorecard."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from itertools import product
from statistics import median
from typing import TYPE_CHECKING

from lexline.decision import Evaluation, decide
from lexline.evaluate.verdict import Verdict
from lexline.inventory_lineage import State, lineage_of_models
from lexline.ledger.waivers import Waiver
from lexline.measures import Lists, Measured, measured
from lexline.report import ACTING

if TYPE_CHECKING:
    from lexline.due import Queue

__all__ = ["POLICY", "standing_figures"]

POLICY = "lexline"
"""Under which name these figures stand beside those of policies."""
OPEN = (Verdict.UNKNOWN, Verdict.ERROR)
SILENT = (Verdict.NOT_APPLICABLE, Verdict.EXEMPT)


def standing_figures(evaluation: Evaluation, queue: Queue | None = None) -> tuple[Measured, ...]:
    """The unknown rate, lineage coverage, and waivers of an evaluation; what is overdue where there is a ``queue``."""
    return (
        _unknown_rate(evaluation),
        _lineage(evaluation),
        *_waivers(evaluation),
        *(_overdue(queue) if queue is not None else ()),
    )


def _unknown_rate(evaluation: Evaluation) -> Measured:
    """Of all verdicts of rules in force that say something."""
    said, open_ = 0, 0
    for (_, verdict, phase), count in decide(evaluation, reasons=0).decisions.tally().items():
        if phase in ACTING and verdict not in SILENT:
            said += count
            open_ += count if verdict in OPEN else 0
    share = open_ / said if said else None
    note = f"{open_:,} of {said:,} verdicts of rules in force" if said else "no rule in force says anything"
    title, lists = "Verdicts that are unknown or in error", None if said else Lists()
    return measured((POLICY, "unknown-rate"), title, "share", share, share, note=note, lists=lists)


def _lineage(evaluation: Evaluation) -> Measured:
    """Models whose lineage is known from the sources of their data to a system or deployment."""
    _, models = lineage_of_models(evaluation.graph)
    whole = [model.element for model in models if not model.gaps]
    perhaps = [model.element for model in models if model.gaps and State.MISSING not in model.stages.values()]
    lists = Lists(tuple(whole), tuple(model.element for model in models), tuple(perhaps))
    low, high = (len(whole) / len(models), (len(whole) + len(perhaps)) / len(models)) if models else (None, None)
    title = "Models with a known lineage from source to system"
    return measured((POLICY, "lineage-coverage"), title, "share", low, high, lists=lists)


def _waivers(evaluation: Evaluation) -> Iterator[Measured]:
    today = evaluation.clock.today
    in_force = [waiver for waiver in evaluation.waivers if waiver.is_in_force(today)]
    first: dict[object, date] = {}
    for waiver in evaluation.waivers:
        for covered in _covers(waiver):
            first[covered] = min(waiver.terms.since, first.get(covered, waiver.terms.since))
    renewed = [one for one in in_force if any(first[covered] < one.terms.since for covered in _covers(one))]
    every = tuple(waiver.name for waiver in in_force)
    for name, title, counted in (
        ("waivers-open", "Waivers in force", every),
        ("waivers-renewed", "Waivers in force that go on where another ended", tuple(w.name for w in renewed)),
    ):
        size = float(len(counted))
        yield measured((POLICY, name), title, "count", size, size, lists=Lists(counted, every))


def _covers(waiver: Waiver) -> Iterator[object]:
    """The rules of a waiver, each with an element or with the condition that it is for."""
    terms = waiver.terms
    return product(terms.rules, terms.elements or ((terms.every, terms.where),))


def _overdue(queue: Queue) -> Iterator[Measured]:
    overdue = queue.overdue
    ages = [(queue.on - item.due).days for item in overdue if item.due is not None]
    lists = Lists(
        *(tuple(f"{i.about} of {i.element or 'several'} ({i.id})" for i in some) for some in (overdue, queue.items))
    )
    size = float(len(overdue))
    title = "Re-assessments whose day has passed"
    yield measured((POLICY, "reassessments-overdue"), title, "count", size, size, lists=lists)
    age = float(median(ages)) if ages else None
    none = {} if ages else {"note": "nothing is overdue", "lists": Lists()}
    yield measured((POLICY, "overdue-median-age"), "Their median age", "days", age, age, **none)
