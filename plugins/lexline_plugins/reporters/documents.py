"""Reports for machines: JSON (the published form) and JSON Lines (a verdict a line)."""

from __future__ import annotations

import json

from lexline.report import Report, ReportDocument

__all__ = ["render_json", "render_jsonl"]


def render_json(report: Report) -> str:
    """The report as one JSON document; see ``docs/report.schema.json``."""
    document = ReportDocument.of(report).model_dump(mode="json", by_alias=True)
    return json.dumps(document, indent=2, ensure_ascii=True) + "\n"


def render_jsonl(report: Report) -> str:
    """A verdict on each line, in the form of the document's ``verdicts``."""
    entries = ReportDocument.of(report).verdicts
    return "".join(json.dumps(entry.model_dump(mode="json"), ensure_ascii=True) + "\n" for entry in entries)
