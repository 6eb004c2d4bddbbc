"""Reports for machines: JSON (the published form) and JSON Lines (a verdict a line)."""

from __future__ import annotations

import json

from lexline.report import Report

__all__ = ["dumped", "render_json", "render_jsonl"]


def render_json(report: Report) -> str:
    """The report as one JSON document; see ``docs/report.schema.json``."""
    from lexline.report_document import ReportDocument  # pydantic's models: only where JSON is written

    document = ReportDocument.of(report).model_dump(mode="json", by_alias=True)
    return dumped(document, indent=2) + "\n"


def render_jsonl(report: Report) -> str:
    """A verdict on each line, in the form of the document's ``verdicts``."""
    from lexline.report_document import VerdictEntry

    entries = (VerdictEntry.of(report, decision) for decision in report.decisions)
    return "".join(dumped(entry.model_dump(mode="json")) + "\n" for entry in entries)


def dumped(document: object, indent: int | None = None) -> str:
    """JSON in ASCII, without what a CI system would take for a command where the report is printed."""
    return json.dumps(document, indent=indent).replace("##", "\\u0023#")
