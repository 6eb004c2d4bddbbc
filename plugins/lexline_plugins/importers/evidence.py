"""One import of evidence while it goes on: figures become observations, files documents, each about something."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from lexline.importing import ImportRequest, ImportResult, Unresolved
from lexline_plugins.importers.evidence_files import EvidenceFile, gather_evidence
from lexline_plugins.importers.evidence_subjects import About, Finder, Named
from lexline_plugins.importers.locations import escape
from lexline_plugins.importers.options import (
    optional_text,
    refuse_unknown,
    the_locations,
)
from lexline_plugins.importers.records import Reading, as_json, day_of, moment_of_text
from lexline_plugins.importers.sheet import FactSheet
from lexline_plugins.importers.subjects import SUBJECT_SETTINGS, Subjects, why_unknown

__all__ = ["EVIDENCE_SETTINGS", "Evidence", "Figure", "finite", "made_at"]

EVIDENCE_SETTINGS = SUBJECT_SETTINGS | {
    "folder": "the address of the folder that the reports are from, such as `s3://reports/drift`, by which events and "
    "the registry name them",
    "locations": "pairs of prefixes that name one place, as for the other sources",
}
"""The settings that all sources of evidence have."""

_LARGEST = 1e300


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured value. ``attribute`` and ``group`` say of which part of the records; both are empty for all of them
    together. ``count`` is how many records it was measured on, ``status`` what the tool made of it."""

    metric: str
    value: float | None
    attribute: str = ""
    group: str = ""
    status: str = ""
    count: float | None = None
    baseline: float | None = None
    place: str = ""


@dataclass(slots=True)
class Evidence:
    """One import. ``files`` are the reports of the source."""

    importer: str
    reading: Reading
    files: list[EvidenceFile]
    finder: Finder
    sheet: FactSheet
    unresolved: list[Unresolved] = field(default_factory=list)

    @classmethod
    def of(cls, importer: str, request: ImportRequest, further: Mapping[str, str] | None = None) -> Evidence:
        """Begin an import of the request, with ``further`` settings that the importer has. Raises ``SettingError``."""
        refuse_unknown(request, EVIDENCE_SETTINGS | dict(further or {}))
        subjects = Subjects.of(request)
        folder = optional_text(request, "folder", "s3://reports/drift")
        locations = the_locations(request)
        reading = Reading(request.paths)
        files, events = gather_evidence(reading)
        finder = Finder(subjects, folder, locations, events)
        return cls(importer, reading, files, finder, FactSheet(request.source))

    def result(self) -> ImportResult:
        """What was found."""
        return ImportResult(self.sheet.facts(), tuple(self.unresolved), tuple(self.reading.skipped))

    def subject(self, file: EvidenceFile, named: Named, *twins: EvidenceFile) -> About:
        """What a file is about, or else what its ``twins`` are, which hold the same; where it isn't known, that is
        reported."""
        candidates = [self.finder.find(one.name, named) for one in (file, *twins)]
        found = next((candidate for candidate in candidates if candidate.elements), candidates[0])
        if not found.elements:
            self.unresolved.append(Unresolved(file.name, file.place(), why_unknown(file.name)))
        elif found.possible:
            names = ", ".join(element for element, _ in found.elements)
            why = f"by the events it may be about {names}; the setting `folder` or `subjects` makes it sure"
            self.unresolved.append(Unresolved(file.name, file.place(), why))
        return found

    def observe(
        self, file: EvidenceFile, figure: Figure, subject: About, said: Mapping[str, object], dataset: str = ""
    ) -> None:
        """Record a figure, with what is ``said`` of all figures of its file; ``dataset`` is measured too."""
        parts = [file.digest[:16], *filter(None, (figure.metric, figure.attribute, figure.group))]
        element = f"observation:{self.importer}/" + "/".join(map(escape, parts))
        repeats = 1
        while self.sheet.has(element):
            repeats += 1
            element = f"{element.rpartition('~')[0] or element}~{repeats}"
        self.sheet.element(element, "observation", figure.place)
        own = {
            "metric": figure.metric,
            "value": figure.value,
            "attribute": figure.attribute,
            "group": figure.group,
            "status": figure.status,
            "count": figure.count,
            "baseline": figure.baseline,
            "subject_from": subject.found.value if subject.found else None,
        }
        for attribute, value in {**said, **own}.items():
            self.sheet.attribute(element, attribute, value, figure.place)
        self._about(element, "measures", subject, figure.place)
        if dataset:
            measured = self.sheet.element(f"dataset:{dataset}", "dataset", figure.place)
            self.sheet.edge(element, "measures", measured, figure.place)

    def document(
        self,
        file: EvidenceFile,
        subject: About,
        said: Mapping[str, object],
        content: Mapping[str, object],
        part: str = "",
    ) -> None:
        """Record a file, or a ``part`` of it, as a document with what there is of its ``content``."""
        address = self.finder.address(file.name)
        element = f"document:{address or 'sha256/' + file.digest[:32]}" + (f"#{escape(part)}" if part else "")
        place = file.place()
        self.sheet.element(element, "document", place)
        own = {
            "digest": f"sha256:{file.digest}",
            "location": address,
            "subject_from": subject.found.value if subject.found else None,
            "content": as_json({key: value for key, value in content.items() if value}),
        }
        for attribute, value in {**said, **own}.items():
            self.sheet.attribute(element, attribute, value, place)
        self._about(element, "describes", subject, place)

    def _about(self, element: str, relation: str, subject: About, place: str) -> None:
        for target, kind in subject.elements:
            self.sheet.edge(
                element, relation, self.sheet.element(target, kind, place), place, possible=subject.possible
            )


def finite(raw: object) -> float | None:
    """A figure; ``None`` for what is no number, or an infinite one however a tool writes it."""
    if isinstance(raw, bool) or not isinstance(raw, int | float) or abs(raw) >= _LARGEST:
        return None
    return raw


def made_at(raw: str, subject: About) -> dict[str, object]:
    """When evidence was made: the moment that it writes, or only the day of one without a zone; where it writes none,
    the day that came with its subject."""
    moment = moment_of_text(raw)
    return {
        "observed_at": moment,
        "observed_on": moment[:10] if moment else day_of(raw) or day_of(subject.day),
    }
