"""One import of dbt's artifacts while it goes on: what its parts share, and the ids of what dbt knows."""

from __future__ import annotations

from dataclasses import dataclass, field

from lexline.importing import Unresolved
from lexline_plugins.importers.dbt_artifacts import Project
from lexline_plugins.importers.locations import Locations, escape
from lexline_plugins.importers.records import Reading
from lexline_plugins.importers.sheet import FactSheet, column_id

__all__ = ["Work", "dbt_id"]


@dataclass(slots=True)
class Work:
    """One import while it goes on. ``columns`` are the names of the columns of each dataset, by their lower case."""

    namespace: str
    locations: Locations
    meta: dict[str, str]
    reading: Reading
    sheet: FactSheet
    projects: dict[str, Project] = field(default_factory=dict)
    columns: dict[str, dict[str, str]] = field(default_factory=dict)
    unresolved: list[Unresolved] = field(default_factory=list)

    def leave_open(self, reference: str, where: str, why: str) -> None:
        self.unresolved.append(Unresolved(reference, where, why))

    def dataset(self, project: Project, key: str) -> str:
        """The dataset of a node; empty where no manifest or catalog that counts knows it."""
        package = key.split(".")[1] if key.count(".") >= 2 else ""
        for name in (project.name, package):
            element = dbt_id("dataset", name, key)
            if self.sheet.has(element):
                return element
        return ""

    def column(self, dataset: str, name: str) -> str:
        """The column of that name, in capitals or not; empty where none is known."""
        known = self.columns.get(dataset, {}).get(name.lower())
        return column_id(dataset, known) if known else ""


def dbt_id(kind: str, project: str, key: str) -> str:
    """The id of what dbt knows under a key, apart from that of another project."""
    return f"{kind}:dbt/{escape(project)}/{escape(key)}"
