"""What reports of changes have in common: how a verdict, its deadline and its causes read."""

from __future__ import annotations

from lexline.evaluate.cone_columns import Decided
from lexline.evaluate.verdict import Phase
from lexline.impact_causes import Cause, ToldFlip
from lexline_plugins.reporters.wording import PHASE_NOTES, inline

__all__ = ["cause_json", "cause_line", "deadline", "says"]


def says(decided: Decided | None) -> str:
    """A verdict and a phase that is not in force; ``silent`` where a rule does not apply or isn't there."""
    if decided is None:
        return "silent"
    if decided.phase is Phase.IN_FORCE:
        return decided.verdict.value
    phase = PHASE_NOTES[Phase.UNKNOWN] if decided.phase is Phase.UNKNOWN else decided.phase.value
    return f"{decided.verdict.value} ({phase})"


def deadline(told: ToldFlip) -> str:
    """How long there is, and until when; empty for no deadline."""
    return f"within {told.deadline}" + (f", by {told.due}" if told.due else "") if told.deadline else ""


def cause_line(cause: Cause) -> str:
    """A cause on a line."""
    place = f"  [{cause.place}]" if cause.place else ""
    path = f", by {' → '.join(cause.path)}" if len(cause.path) > 1 else ""
    return inline(f"{cause.name}: {cause.before} → {cause.after}{place}{path}")


def cause_json(cause: Cause) -> dict[str, object]:
    """A cause, for machines."""
    return {
        "sort": cause.sort,
        "name": cause.name,
        "before": cause.before,
        "after": cause.after,
        "place": cause.place,
        "path": list(cause.path),
    }
