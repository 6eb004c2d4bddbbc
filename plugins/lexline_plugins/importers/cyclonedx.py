"""Reads bills of materials in CycloneDX: which models are in a product, and which data they were made from.

A bill describes the models that it lists, and says of their data what its makers know: how it is classified, and that
it names people. It is what somebody wrote, so the way from data to model that it gives is a possible one.
``docs/sources/cyclonedx.md`` says which field becomes which attribute.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from lexline.importing import Importer, ImportRequest, ImportResult, Unresolved
from lexline_lineage.documents import Document
from lexline_plugins.importers.labels import value_for
from lexline_plugins.importers.locations import Locations, escape, has_scheme
from lexline_plugins.importers.options import refuse_unknown, the_locations
from lexline_plugins.importers.records import (
    Reading,
    as_json,
    day_of,
    mapping,
    mappings,
    read_json_files,
    text,
    texts_in,
)
from lexline_plugins.importers.sheet import FactSheet
from lexline_plugins.importers.subjects import SUBJECT_SETTINGS, Subject, Subjects, why_unknown

__all__ = ["CYCLONEDX"]

_SETTINGS = SUBJECT_SETTINGS | {
    "locations": "pairs of prefixes that name one place, such as two addresses of one bucket",
}
_PURL = re.compile(r"pkg:mlflow/([^@?#]+)@([0-9]+)(?:[?#].*)?")
_PEOPLE = frozenset({"author", "authors", "contact", "contacts", "graphics", "manufacture", "manufacturer"})
"""Fields that hold people, and pictures, which are not kept."""
_IDENTIFIERS = frozenset({"account", "e-mail", "email", "emails", "name", "names", "passport", "phone", "telephone"})
"""Words for data that names people, in what a bill says is sensitive."""


@dataclass(slots=True)
class _Import:
    """One import while it goes on."""

    source: str
    subjects: Subjects
    locations: Locations
    reading: Reading
    sheet: FactSheet
    unresolved: list[Unresolved] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Bill:
    """One bill: its id as a document, and its components with their places."""

    file: str
    document: Document
    element: str

    def components(self) -> Iterator[tuple[dict[str, object], str]]:
        """The components at every level of the bill."""
        yield from self._under(("components",))

    def _under(self, path: tuple[str | int, ...]) -> Iterator[tuple[dict[str, object], str]]:
        data = self.document.data
        for step in path:
            data = data[step] if isinstance(data, list) and isinstance(step, int) else mapping(data).get(str(step))
        for number, component in enumerate(data if isinstance(data, list) else []):
            if isinstance(component, dict):
                yield component, f"{self.file}:{self.document.place(*path, number)[0]}"
                yield from self._under((*path, number, "components"))


def _read(request: ImportRequest) -> ImportResult:
    refuse_unknown(request, _SETTINGS)
    subjects, locations = Subjects.of(request), the_locations(request)
    reading = Reading(request.paths)
    work = _Import(escape(request.source), subjects, locations, reading, FactSheet(request.source))
    for name, document in read_json_files(reading):
        if text(document.data, "bomFormat") == "CycloneDX":
            _bill(work, name, document)
        else:
            reading.skip(name, "this is no bill of materials in CycloneDX")
    return ImportResult(work.sheet.facts(), tuple(work.unresolved), tuple(reading.skipped))


CYCLONEDX = Importer(
    "cyclonedx",
    "Reads bills of materials in CycloneDX: models, and what is said of the data that they were made from.",
    _SETTINGS,
    _read,
)


def _bill(work: _Import, name: str, document: Document) -> None:
    parts = (work.source, *(escape(part) for part in name.split("/")))
    bill = _Bill(name, document, f"document:{'/'.join(parts)}")
    components = list(bill.components())
    models = [(found, place) for found, place in components if text(found, "type") == "machine-learning-model"]
    if not models:
        work.reading.skip(name, "the bill lists no model")
        return
    place = f"{name}:{document.start[0]}"
    work.sheet.element(bill.element, "document", place)
    kept = as_json(document.data, _PEOPLE)
    if kept is None:
        work.reading.skip(place, "the bill is too large to be kept, and only its attributes are")
    product = text(document.data, "metadata", "component", "name")
    said: dict[str, object] = {
        "name": f"Bill of materials of {product}" if product else name,
        "type": "ml-bom",
        "version": text(document.data, "version"),
        "updated_on": day_of(mapping(document.data, "metadata").get("timestamp")),
        "content": kept,
    }
    for attribute, value in said.items():
        work.sheet.attribute(bill.element, attribute, value, place)
    data = {text(found, "bom-ref"): (found, where) for found, where in components if text(found, "type") == "data"}
    for model, where in models:
        _model(work, bill, model, where, data)


def _model(
    work: _Import,
    bill: _Bill,
    model: dict[str, object],
    place: str,
    data: dict[str, tuple[dict[str, object], str]],
) -> None:
    """A model of the bill, and the data that its card names: by reference to a component, or in place."""
    subjects = _subjects(work, bill, model)
    for subject in subjects:
        about = work.sheet.element(subject.element, subject.kind, place)
        work.sheet.edge(bill.element, "describes", about, place)
        work.sheet.attribute(bill.element, "subject_from", subject.found.value, place)
        if subject.kind == "model":
            architecture = text(model, "modelCard", "modelParameters", "modelArchitecture")
            work.sheet.attribute(about, "algorithm", architecture, place)
    if not subjects:
        named = text(model, "bom-ref") or text(model, "name")
        work.unresolved.append(Unresolved(named, bill.element, why_unknown(bill.file)))
    made = [subject.element for subject in subjects if subject.kind == "model"]
    for item in mappings(model, "modelCard", "modelParameters", "datasets"):
        component, where = data.get(text(item, "ref"), ({"data": [item]}, place))
        for described in mappings(component, "data"):
            _dataset(work, bill, text(component, "name"), described, where, made)


def _subjects(work: _Import, bill: _Bill, model: dict[str, object]) -> tuple[Subject, ...]:
    """What a component for a model is: by its package URL or its reference in the bill, else by a setting."""
    package = _PURL.fullmatch(text(model, "purl"))
    named = f"models:/{package.group(1)}/{package.group(2)}" if package is not None else text(model, "bom-ref")
    told = work.subjects.told_of(bill.file, text(model, "bom-ref"), text(model, "name"))
    return work.subjects.named_in(named) or told


def _dataset(
    work: _Import, bill: _Bill, component: str, described: dict[str, object], place: str, models: list[str]
) -> None:
    """What the bill says of one dataset, at the address where its contents are."""
    name, address = component or text(described, "name"), text(described, "contents", "url")
    if not has_scheme(address):
        if name or address:
            why = "the bill doesn't say at which address this dataset is"
            work.unresolved.append(Unresolved(name or address, bill.element, why))
        return
    location = work.locations.canonical(address)
    dataset = work.sheet.element(f"dataset:{location}", "dataset", place)
    sensitive = sorted({said for said in texts_in(described.get("sensitiveData")) if said.strip()})
    words = {word.strip(".,;:()") for said in sensitive for word in said.lower().split()}
    said: dict[str, object] = {
        "location": location,
        "sensitivity": value_for("sensitivity", text(described, "classification")),
        "direct_identifiers": True if words & _IDENTIFIERS else None,
        "tags": [f"sensitive={said}" for said in sensitive] or None,
    }
    owners = [text(owner, "contact", "email") for owner in mappings(described, "governance", "owners")]
    said["owner"] = next(filter(None, owners), None)
    for attribute, value in said.items():
        work.sheet.attribute(dataset, attribute, value, place)
    for model in models:
        work.sheet.edge(dataset, "trains", model, place, possible=True)
