"""Reads what Evidently measured: drift of a model's data, missing values, the quality of its answers.

A report of 0.7 says neither when it was made nor of which model it is; its snapshot does, and where both are there the
snapshot counts. ``docs/sources/evidently.md`` says which metric becomes which observation.
"""

from __future__ import annotations

from lexline.importing import Importer, ImportRequest, ImportResult
from lexline_plugins.importers.evidence import EVIDENCE_SETTINGS, Evidence, made_at
from lexline_plugins.importers.evidence_files import EvidenceFile
from lexline_plugins.importers.evidently_reports import OF_DATA, Report, read_report
from lexline_plugins.importers.locations import has_scheme

__all__ = ["EVIDENTLY"]


def _read(request: ImportRequest) -> ImportResult:
    work = Evidence.of("evidently", request)
    reports: list[tuple[EvidenceFile, Report]] = []
    for file in work.files:
        found = read_report(file)
        if isinstance(found, str):
            work.reading.skip(file.name, found)
        else:
            reports.append((file, found))
    twins = _twins(reports)
    for file, report in reports:
        if file.name in twins:
            work.reading.skip(file.name, f"it has the same figures as {twins[file.name]}, which says when it was made")
            continue
        _report(work, file, report, [other for other, _ in reports if twins.get(other.name) == file.name])
    return work.result()


EVIDENTLY = Importer(
    "evidently",
    "Reads drift, missing values and quality from reports, snapshots and test suites of Evidently.",
    EVIDENCE_SETTINGS,
    _read,
)


def _twins(reports: list[tuple[EvidenceFile, Report]]) -> dict[str, str]:
    """The files that say no more than another which says when it was made, each with the name of that other."""
    dated = {report.same_figures(): file.name for file, report in reversed(reports) if report.moment}
    undated = {file.name: report.same_figures() for file, report in reports if not report.moment}
    return {name: dated[figures] for name, figures in undated.items() if figures and figures in dated}


def _report(work: Evidence, file: EvidenceFile, report: Report, twins: list[EvidenceFile]) -> None:
    if report.unread:
        sorts = ", ".join(f"{sort} ({count})" for sort, count in sorted(report.unread.items()))
        work.reading.skip(file.name, f"metrics that are not read: {sorts}")
    if not report.figures:
        return
    subject = work.subject(file, report.named, *twins)
    dataset = work.finder.plain_address(report.dataset) if has_scheme(report.dataset) else ""
    said = made_at(report.moment, subject) | {"tool": f"evidently {report.version}".strip()}
    for figure in report.figures:
        is_of_data = figure.metric.removesuffix("_share") in OF_DATA or bool(figure.group)
        work.observe(file, figure, subject, said, dataset if is_of_data else "")
