"""One import of templates while it goes on: what is gathered, and how ids, values and regions are said."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from lexline.importing import ImportResult, Unresolved
from lexline_plugins.importers.cloudformation_templates import Resource, Template, Values, shown
from lexline_plugins.importers.locations import Locations, escape
from lexline_plugins.importers.meanings import Meaning, understand
from lexline_plugins.importers.records import Reading, mappings, text, texts_in
from lexline_plugins.importers.regions import hints_of
from lexline_plugins.importers.sheet import FactSheet

__all__ = ["SAGEMAKER", "TemplateImport"]

SAGEMAKER = "AWS::SageMaker::"
"""What the types of SageMaker's resources begin with."""


@dataclass(frozen=True, slots=True)
class TemplateImport:
    """What is gathered. ``endpoints`` are the deployments of each endpoint, by its name and by stack and logical id;
    ``used`` are the resources, by stack and logical id, that another one runs; ``left_open`` keeps its order."""

    authority: str
    environments: Mapping[str, str]
    labels: Mapping[str, str]
    locations: Locations
    reading: Reading
    sheet: FactSheet
    endpoints: dict[str | tuple[str, str], list[str]] = field(default_factory=dict)
    used: set[tuple[str, str]] = field(default_factory=set)
    left_open: dict[Unresolved, None] = field(default_factory=dict)

    def element(self, kind: str, template: Template, place: str, *parts: str) -> str:
        """There is an element that a resource of the template makes. ``parts`` set it apart within the stack."""
        names = (self.authority, template.stack, *parts)
        return self.sheet.element(f"{kind}:cloudformation/" + "/".join(map(escape, names)), kind, place)

    def leave_open(self, reference: str, where: str, why: str) -> None:
        """What an element refers to can't be told from the files."""
        self.left_open[Unresolved(reference, where, why)] = None

    def value(self, template: Template, element: str, raw: object) -> str:
        """What a value says of an element; empty, and left open, where the template doesn't hold it."""
        values = Values(template)
        found = values.text(raw)
        if not found and raw not in (None, ""):
            self.leave_open(shown(raw), element, "the template doesn't hold this value")
        for parameter in sorted(values.assumed):
            why = "the template has a default for this parameter; the setting `parameters` can say what was deployed"
            self.leave_open(parameter, element, why)
        return found

    def tags(self, kind: str, template: Template, resources: Iterable[Resource]) -> Meaning:
        """What the tags of resources say; those of the first go before those of the next."""
        values = Values(template)
        pairs = {
            key: values.text(tag.get("Value"))
            for resource in reversed(list(resources))
            for tag in mappings(resource.properties, "Tags")
            if (key := text(tag, "Key"))
        }
        return understand(kind, pairs.items(), self.labels)

    def leave_place_open(self, reference: str, where: str, about: Iterable[object], decided_by: str) -> None:
        """Nothing says in which region an element is. What the texts ``about`` it let one suspect is told to a person,
        and makes no fact."""
        hints = dict.fromkeys(hint for part in about for address in texts_in(part) for hint in hints_of(address))
        only = f" (only hints: {'; '.join(list(hints)[:4])})" if hints else ""
        self.leave_open(reference, where, f"nothing says in which region it is{only}; {decided_by}")

    def state(self, element: str, said: Mapping[str, object], place: str) -> None:
        """Say it of the element."""
        for attribute, value in said.items():
            self.sheet.attribute(element, attribute, value, place)

    def result(self) -> ImportResult:
        """What was gathered."""
        return ImportResult(self.sheet.facts(), tuple(self.left_open), tuple(self.reading.skipped))
