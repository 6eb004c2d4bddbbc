"""One import of lineage while it goes on: how its elements are called, and what is known of them so far."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from lexline_plugins.importers.locations import Locations, escape, has_scheme
from lexline_plugins.importers.records import Reading, mappings, text
from lexline_plugins.importers.sheet import FactSheet

__all__ = ["Import", "address_of", "registered_models"]

_REGISTERED = re.compile(r"models:/([^/@]+)/([0-9]+)")


@dataclass(slots=True)
class Import:
    """One import. ``artifacts`` are beginnings of addresses under which models are kept, ``models`` the addresses at
    which an event saw a model; ``purposes`` says what the jobs of a namespace are for; ``masked`` are columns with the
    ways in which a run masked what it put there, ``plain`` those into which a run put values as they were; ``dropped``
    are datasets that were last heard of when they were deleted, with the day and the place."""

    authority: str
    locations: Locations
    artifacts: tuple[str, ...]
    tags: dict[str, str]
    purposes: dict[str, str]
    reading: Reading
    sheet: FactSheet
    models: set[str] = field(default_factory=set)
    masked: dict[str, tuple[set[str], str]] = field(default_factory=dict)
    plain: set[str] = field(default_factory=set)
    dropped: dict[str, tuple[str, str]] = field(default_factory=dict)

    def address(self, data: object) -> str:
        """Where a dataset is, from its namespace and name; not a URI where its namespace is just a name."""
        named = address_of(data, self.locations)
        if named:
            return named
        return f"openlineage/{self.authority}/{escape(text(data, 'namespace'))}/{escape(text(data, 'name'), keep='/')}"

    def is_model(self, address: str) -> bool:
        """True where a model is kept at the address."""
        return address in self.models or any(f"{address}/".startswith(f"{prefix}/") for prefix in self.artifacts)

    def job(self, data: object) -> str:
        """The id of a job, from its namespace and name."""
        namespace, name = escape(text(data, "namespace")), escape(text(data, "name"), keep="/")
        return f"job:openlineage/{self.authority}/{namespace}/{name}"

    def plain_address(self, url: str) -> str:
        """An address that somebody wrote, in one form and without secrets; empty where there is none."""
        return self.locations.canonical(url) if url else ""

    def column(self, dataset: str, name: str, place: str) -> str:
        """A column of a dataset."""
        return self.sheet.column(dataset, name, place)


def address_of(data: object, locations: Locations) -> str:
    """Where a dataset is, from its namespace and name; empty where its namespace is just a name."""
    namespace, name = text(data, "namespace"), text(data, "name")
    if namespace == "file":
        return locations.canonical("file:///" + name.lstrip("/"))
    return locations.canonical(f"{namespace.rstrip('/')}/{name.lstrip('/')}") if has_scheme(namespace) else ""


def registered_models(data: object) -> Iterator[str]:
    """The ids of the versions of registered models that, by its symlinks, are kept at a dataset's address."""
    for link in mappings(data, "facets", "symlinks", "identifiers"):
        registry, version = text(link, "namespace"), _REGISTERED.fullmatch(text(link, "name"))
        if version is not None and registry.startswith("mlflow://"):
            parts = (registry.removeprefix("mlflow://").strip("/"), version.group(1), version.group(2))
            yield "model:mlflow/" + "/".join(map(escape, parts))
