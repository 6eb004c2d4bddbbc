"""Gathers the artifacts that dbt writes, and says which of several counts.

In: files with manifests, catalogs, run results and source freshness of any age. Out: for each project the newest
manifest and catalog, and all results, oldest first. Guaranteed: what is left out is skipped with the reason.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date

from lexline_lineage.documents import Document
from lexline_plugins.importers.locations import run_id
from lexline_plugins.importers.records import Reading, mapping, mappings, moment_of_text, read_json_files, text

__all__ = ["TABLES", "Artifact", "Artifacts", "Project", "gather"]

TABLES = ("model", "seed", "snapshot", "source")
"""The sorts of nodes that are tables."""

_SCHEMA = re.compile(r".*/dbt/(manifest|catalog|run-results|sources)/v([0-9]{1,3})(?:\.json)?")


@dataclass(frozen=True, slots=True)
class Artifact:
    """One artifact: its ``sort`` (``manifest``, ``catalog``, ``run-results``, ``sources``), the moment at which it was
    made (UTC, as text that sorts), and the UUID of the invocation that made it."""

    sort: str
    name: str
    made: str
    invocation: str
    document: Document

    @property
    def data(self) -> dict[str, object]:
        return mapping(self.document.data)

    @property
    def day(self) -> date:
        """The day on which it was made."""
        return date.fromisoformat(self.made[:10])

    def place(self, *path: str | int) -> str:
        """The file, with the line where it can be had without reading the whole file again."""
        return f"{self.name}:{self.document.place(*path)[0]}" if self.document.is_located else self.name

    def results(self) -> Iterator[tuple[dict[str, object], str]]:
        """The results with their places."""
        for number, result in enumerate(mappings(self.data, "results")):
            yield result, self.place("results", number)


@dataclass(slots=True)
class Project:
    """What the files say of one project. ``older`` are manifests before the one that counts, the newest first."""

    name: str
    manifest: Artifact | None = None
    older: list[Artifact] = field(default_factory=list)
    catalog: Artifact | None = None
    results: list[Artifact] = field(default_factory=list)

    def nodes(self) -> Iterator[tuple[str, dict[str, object], str]]:
        """The nodes, sources and exposures of the manifest that counts, with their places."""
        if self.manifest is None:
            return
        for section in ("sources", "nodes", "exposures"):
            for key, node in mapping(self.manifest.data, section).items():
                if isinstance(node, dict) and key:
                    yield key, node, self.manifest.place(section, key)

    def node(self, key: str) -> dict[str, object]:
        """The node of that id, from the newest manifest that has it; empty where none has."""
        for artifact in (self.manifest, *self.older):
            for section in ("nodes", "sources"):
                found = mapping(artifact.data, section, key) if artifact is not None else {}
                if found:
                    return found
        return {}


@dataclass(slots=True)
class Artifacts:
    """The projects by name."""

    projects: dict[str, Project] = field(default_factory=dict)

    def add(self, name: str, artifact: Artifact, reading: Reading) -> None:
        project = self.projects.setdefault(name, Project(name))
        if artifact.sort == "manifest":
            older, project.manifest = project.manifest, artifact
            if older is not None:
                project.older.insert(0, older)
                reading.skip(older.name, f"the manifest of {artifact.day} is newer, and that counts")
        elif artifact.sort == "catalog":
            if project.catalog is not None:
                reading.skip(project.catalog.name, f"the catalog of {artifact.day} is newer, and that counts")
            project.catalog = artifact
        else:
            project.results.append(artifact)


def gather(reading: Reading, told: str) -> Artifacts:
    """All artifacts of the files. ``told`` is the project that a person named; empty where none did."""
    read: list[Artifact] = []
    for name, document in read_json_files(reading):
        artifact = _artifact(name, document, reading)
        if artifact is not None:
            read.append(artifact)
    read.sort(key=lambda artifact: (artifact.sort != "manifest", artifact.made, artifact.name))
    artifacts = Artifacts()
    invoked: dict[str, str] = {}
    for artifact in read:
        project = told or _project_of(artifact, artifacts, invoked)
        if not project:
            reading.skip(artifact.name, "nothing says of which project it is; say it in the setting `project`")
            continue
        if artifact.invocation:
            invoked.setdefault(artifact.invocation, project)
        artifacts.add(project, artifact, reading)
    return artifacts


def _artifact(name: str, document: Document, reading: Reading) -> Artifact | None:
    data = document.data
    match = _SCHEMA.fullmatch(text(data, "metadata", "dbt_schema_version"))
    if match is None:
        reading.skip(name, "this is no manifest, catalog, run results or source freshness of dbt")
        return None
    made = moment_of_text(mapping(data, "metadata").get("generated_at"))
    if made is None:
        reading.skip(name, "`metadata.generated_at` says no moment, so nothing tells whether it is the newest")
        return None
    invocation = run_id(text(data, "metadata", "invocation_id")) or ""
    return Artifact(match.group(1), name, made, invocation, document)


def _project_of(artifact: Artifact, artifacts: Artifacts, invoked: dict[str, str]) -> str:
    """The project of an artifact. Only newer manifests say it; older ones have a digest of its name, and the other
    artifacts are joined to a manifest by their invocation or by the packages of their nodes."""
    metadata = mapping(artifact.data, "metadata")
    if text(metadata, "project_name"):
        return text(metadata, "project_name")
    if artifact.sort != "manifest" and artifact.invocation in invoked:
        return invoked[artifact.invocation]
    packages = _packages(artifact)
    digest = text(metadata, "project_id")
    for package in packages:
        if hashlib.md5(package.encode(), usedforsecurity=False).hexdigest() == digest:
            return package
    return next((package for package in packages if package in artifacts.projects), packages[0] if packages else "")


def _packages(artifact: Artifact) -> list[str]:
    """The packages of its nodes, the most frequent first."""
    keys = [text(result, "unique_id") for result in mappings(artifact.data, "results")]
    for section in ("nodes", "sources"):
        keys += mapping(artifact.data, section)
    counted = Counter(key.split(".")[1] for key in keys if key.count(".") >= 2)
    return [package for package, _ in sorted(counted.items(), key=lambda item: (-item[1], item[0])) if package]
