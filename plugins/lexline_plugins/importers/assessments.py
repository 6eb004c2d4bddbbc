"""Reads records of assessments: DPIAs in the seven steps of the ICO's template, results and plans of action in OSCAL.

What a rule asks of an assessment (its outcome, when it is to be reviewed, which measures are open) becomes attributes;
the record itself is kept as ``report``, without the people in it. What the assessment is about is taken from its own
words first. ``docs/sources/assessments.md`` says which field becomes which attribute.
"""

from __future__ import annotations

from lexline.importing import Importer, ImportRequest, ImportResult
from lexline_plugins.importers.assessments_work import Work
from lexline_plugins.importers.dpia import Dpia
from lexline_plugins.importers.options import optional_text, refuse_unknown, the_locations
from lexline_plugins.importers.oscal import is_oscal, read_oscal
from lexline_plugins.importers.records import Reading, yaml_files
from lexline_plugins.importers.sheet import FactSheet
from lexline_plugins.importers.subjects import SUBJECT_SETTINGS, Subjects

__all__ = ["ASSESSMENTS"]

_SETTINGS = SUBJECT_SETTINGS | {
    "locations": "pairs of prefixes that name one place, such as two addresses of one bucket",
    "namespace": "the OpenLineage namespace of the warehouse whose tables a DPIA names, such as "
    "`duckdb://northfield.duckdb`",
}


def _read(request: ImportRequest) -> ImportResult:
    refuse_unknown(request, _SETTINGS)
    subjects, locations = Subjects.of(request), the_locations(request)
    namespace = optional_text(request, "namespace", "duckdb://northfield.duckdb")
    reading = Reading(request.paths)
    work = Work(subjects, locations, namespace, reading, FactSheet(request.source))
    dpias: dict[str, Dpia] = {}
    for name, document in yaml_files(reading):
        if is_oscal(document):
            read_oscal(work, name, document)
        elif (dpia := Dpia.of(name, document)) is None:
            why = "this is neither a DPIA in the steps of the ICO's template nor an OSCAL document"
            reading.skip(f"{name}:{document.start[0]}", why)
        elif not dpia.name:
            reading.skip(dpia.place(), "the DPIA has no `id`")
        else:
            _keep_the_later(dpias, dpia, reading)
    for dpia in dpias.values():
        dpia.state(work)
    return ImportResult(work.sheet.facts(), tuple(work.unresolved), tuple(reading.skipped))


ASSESSMENTS = Importer(
    "assessments",
    "Reads DPIAs in the steps of the ICO's template, and OSCAL assessment results and plans of action.",
    _SETTINGS,
    _read,
)


def _keep_the_later(dpias: dict[str, Dpia], dpia: Dpia, reading: Reading) -> None:
    """Of several records of one DPIA the one that was signed off last counts."""
    known = dpias.get(dpia.name)
    if known is not None and known.signed_off >= dpia.signed_off:
        known, dpia = dpia, known
    if known is not None:
        reading.skip(known.place(), f"{dpia.name} stands at {dpia.place()} too, and that was signed off later")
    dpias[dpia.name] = dpia
