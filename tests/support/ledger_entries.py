"""An entry of the ledger of each kind."""

from __future__ import annotations

from datetime import UTC, date, datetime

from lexline.ledger.record import (
    Acknowledgement,
    AssessmentEntry,
    Checkpoint,
    Entry,
    EvaluationEntry,
    JudgementEntry,
    PolicyState,
    PortfolioState,
    WaiverEntry,
    WaiverWithdrawn,
)

__all__ = ["ENTRIES"]

ENTRIES: list[Entry] = [
    EvaluationEntry(
        door="gate",
        element="m",
        on=date(2026, 9, 3),
        moment=datetime(2026, 9, 3, 1, 2, 3, 4, tzinfo=UTC),
        policies=(PolicyState(id="house", version="1", digest="sha256:0"),),
        portfolio=PortfolioState(digest="sha256:1", elements=3, edges=2),
        revision=4,
        engine="0.1.0",
        plugins={"p": "p 1.0"},
        verdicts="sha256:2",
        counts={"fail": 1},
        outcome="block",
    ),
    AssessmentEntry(
        element="m", element_kind="model", type="dpia", status="approved", assessor="Jo Marsh", approver="Jo Marsh"
    ),
    JudgementEntry(
        element="m",
        element_kind="model",
        norm="EUAIA-10-3",
        finding="met",
        decided_on=date(2026, 9, 3),
        assessor="Jo Marsh",
        role="dpo",
    ),
    WaiverEntry.model_validate(
        {
            "rules": ["a/B"],
            "elements": ["m"],
            "reason": "r",
            "control": "c",
            "approver": "Jo Marsh",
            "role": "cro",
            "requested_by": "Sam Field",
            "from": "2026-09-03",
            "until": "2026-09-04",
        }
    ),
    WaiverWithdrawn(waiver=4, on=date(2026, 9, 4), by="Sam Field", reason="mended"),
    Acknowledgement(subject="assessment 2", state="assigned", by="Jo Marsh", assignee="Sam Field"),
    Checkpoint(sequence=6, digest="sha256:3"),
]
