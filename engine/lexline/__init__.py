"""Lexline: which models break a rule, which cannot be decided, and which must be assessed again.

The public API, which the command line itself uses::

    import datetime, lexline

    evaluation = lexline.load("examples/credit", on=datetime.date(2026, 9, 3))
    report = lexline.decide(evaluation)
    why = lexline.explain(evaluation, ("model-risk", "VALIDATED"), "model:mlflow/bank/credit/2")

Names are imported when they are first asked for, so that ``import lexline`` costs nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lexline.decision import Evaluation, Gate, decide, explain, gate
    from lexline.diagnostics import Diagnostic, LexlineError
    from lexline.evaluate.verdict import Decision, Phase, Verdict
    from lexline.horizons import Horizon, holds_until, horizon
    from lexline.impacts import Impact, Impacts, impact
    from lexline.inventory import Inventory, take_stock
    from lexline.project import load
    from lexline.recording import Recorder, open_recorder
    from lexline.report import Report
    from lexline.report_document import ReportDocument

__all__ = [
    "Decision",
    "Diagnostic",
    "Evaluation",
    "Gate",
    "Horizon",
    "Impact",
    "Impacts",
    "Inventory",
    "LexlineError",
    "Phase",
    "Recorder",
    "Report",
    "ReportDocument",
    "Verdict",
    "decide",
    "explain",
    "gate",
    "holds_until",
    "horizon",
    "impact",
    "load",
    "open_recorder",
    "take_stock",
]

PLACES = {
    "lexline.decision": ("Evaluation", "Gate", "decide", "explain", "gate"),
    "lexline.diagnostics": ("Diagnostic", "LexlineError"),
    "lexline.evaluate.verdict": ("Decision", "Phase", "Verdict"),
    "lexline.horizons": ("Horizon", "holds_until", "horizon"),
    "lexline.impacts": ("Impact", "Impacts", "impact"),
    "lexline.inventory": ("Inventory", "take_stock"),
    "lexline.project": ("load",),
    "lexline.recording": ("Recorder", "open_recorder"),
    "lexline.report": ("Report",),
    "lexline.report_document": ("ReportDocument",),
}


def __getattr__(name: str) -> object:
    from importlib import import_module

    for module, names in PLACES.items():
        if name in names:
            return getattr(import_module(module), name)
    raise AttributeError(f"module 'lexline' has no attribute {name!r}")
