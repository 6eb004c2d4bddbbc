"""An import of assessments while it goes on: how what an assessment names becomes elements, and the facts so far."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from lexline.importing import Unresolved
from lexline_plugins.importers.locations import Locations, has_scheme
from lexline_plugins.importers.records import Reading
from lexline_plugins.importers.sheet import FactSheet
from lexline_plugins.importers.subjects import Subject, Subjects, why_unknown
from lexline_plugins.importers.tables import parts_of_table, table_id

__all__ = ["Work"]


@dataclass(slots=True)
class Work:
    """One import. ``namespace`` is that of the warehouse whose tables assessments name."""

    subjects: Subjects
    locations: Locations
    namespace: str
    reading: Reading
    sheet: FactSheet
    unresolved: list[Unresolved] = field(default_factory=list)

    def leave_open(self, reference: str, where: str, why: str) -> None:
        """Something points nowhere."""
        self.unresolved.append(Unresolved(reference, where, why))

    def describe(self, assessment: str, attributes: dict[str, object], report: object, place: str) -> None:
        """There is such an assessment, with its attributes and its record (``None`` where that is too large)."""
        self.sheet.element(assessment, "assessment", place)
        for attribute, value in attributes.items():
            self.sheet.attribute(assessment, attribute, value, place)
        if report is None:
            self.reading.skip(place, "the record is too large to be kept, and only its attributes are")
        self.sheet.attribute(assessment, "report", report, place)

    def assess(self, assessment: str, subjects: Iterable[tuple[Subject, str]], name: str, file: str) -> None:
        """The assessment in the ``file``, called ``name``, is about the subjects, each with the place that says so."""
        found = False
        for subject, place in subjects:
            found = True
            about = self.sheet.element(subject.element, subject.kind, place)
            self.sheet.edge(assessment, "assesses", about, place)
            self.sheet.attribute(assessment, "subject_from", subject.found.value, place)
        if not found:
            self.leave_open(name, assessment, why_unknown(file))

    def dataset(self, named: str, assessment: str) -> str:
        """The id of a dataset by its address, or by the name of a table; empty, and left open, where it is neither."""
        if has_scheme(named):
            return f"dataset:{self.locations.canonical(named)}"
        parts = parts_of_table(named)
        if self.namespace and parts:
            return table_id(self.namespace, parts, self.locations)
        why = "it names no table" if self.namespace else "the setting `namespace` doesn't say which warehouse has it"
        self.leave_open(named, assessment, why)
        return ""
