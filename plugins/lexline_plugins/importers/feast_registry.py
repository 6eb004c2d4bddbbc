"""Gathers the registries of Feast that the files of a source hold, and says which of several counts.

In: files. Out: for each project the registry that was changed last, in the form of ``feast registry-dump``, with what
other files say beside it. Guaranteed: what is left out is skipped with the reason.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from lexline_lineage.hostile_json import read_json
from lexline_lineage.hostile_yaml import read_yaml
from lexline_lineage.problems import LineageError
from lexline_plugins.importers.feast_protobuf import NoProtobufError, NoRegistryError, protobuf_objects
from lexline_plugins.importers.records import Reading, Record, content_of, mapping, moment_of_text, text

__all__ = ["Gathered", "Registry", "Statistics", "gather"]

_READ = (
    "dataSources",
    "entities",
    "featureServices",
    "featureViews",
    "labelViews",
    "onDemandFeatureViews",
    "streamFeatureViews",
)
_UNREAD = {
    "featureTables": "feature tables, which Feast gave up with version 0.10,",
    "requestFeatureViews": "request feature views, which Feast gave up with version 0.21,",
    "savedDatasets": "saved datasets",
    "validationReferences": "validation references",
}
_NO_REGISTRY = "this is no registry of Feast: it has no feature views, services, sources or entities"
_STATISTICS = "columnsSummaryStatistics"


@dataclass(slots=True)
class Registry:
    """What one file says of one project. ``changed`` is the last moment at which any part of it changed, as text that
    sorts; empty where it says none."""

    project: str
    name: str
    changed: str = ""
    sections: dict[str, list[Record]] = field(default_factory=dict)

    def records(self, *sections: str) -> list[Record]:
        """The objects of the sections, in the order of the file."""
        return [record for section in sections for record in self.sections.get(section, [])]

    def add(self, section: str, record: Record) -> None:
        meta = mapping(record.data, "meta")
        moments = (moment_of_text(meta.get(key)) for key in ("createdTimestamp", "lastUpdatedTimestamp"))
        self.changed = max(self.changed, *(moment or "" for moment in moments))
        self.sections.setdefault(section, []).append(record)


@dataclass(frozen=True, slots=True)
class Statistics:
    """What the user interface knows of the values of a view: its file stands in a folder for the project."""

    project: str
    view: str
    columns: Record


@dataclass(slots=True)
class Gathered:
    """``registries`` by project, ``stores`` (``feature_store.yaml``) by project, and ``statistics``."""

    registries: dict[str, Registry] = field(default_factory=dict)
    stores: dict[str, Record] = field(default_factory=dict)
    statistics: list[Statistics] = field(default_factory=list)


def gather(reading: Reading, told: str) -> Gathered:
    """Read all files. ``told`` is the project of registries that don't name theirs; empty where nobody said it."""
    gathered = Gathered()
    for name, path in sorted(reading.files()):
        try:
            content = content_of(path)
            bare = path.with_suffix("") if path.suffix.lower() == ".gz" else path
            _READERS.get(bare.suffix.lower(), _protobuf)(gathered, reading, content, name, bare, told)
        except LineageError as error:
            reading.skip_problems(error, name)
    return gathered


def _json(gathered: Gathered, reading: Reading, content: bytes, name: str, path: Path, told: str) -> None:
    document = read_json(content, name)
    data = mapping(document.data)

    def place(*keys: str | int) -> str:
        return f"{name}:{document.place(*keys)[0]}" if document.is_located else name

    if isinstance(data.get(_STATISTICS), dict):
        columns = Record(mapping(data, _STATISTICS), place(_STATISTICS))
        gathered.statistics.append(Statistics(path.parent.parent.name, path.stem, columns))
    elif not any(isinstance(data.get(section), list) for section in (*_READ, *_UNREAD)):
        reading.skip(name, _NO_REGISTRY)
    else:
        objects: list[tuple[str, Record | None, str]] = []
        for section in (*_READ, *_UNREAD, "projects"):
            found = data.get(section)
            for number, item in enumerate(found if isinstance(found, list) else []):
                where = place(section, number)
                objects.append((section, Record(item, where) if isinstance(item, dict) else None, where))
        _take(gathered, reading, name, text(data, "project"), objects, told)


def _protobuf(gathered: Gathered, reading: Reading, content: bytes, name: str, _path: Path, told: str) -> None:
    objects: list[tuple[str, Record | None, str]] = []
    try:
        for section, number, item in protobuf_objects(content):
            where = f"{name}:{section}[{number}]"
            objects.append((section, Record(item, where) if item is not None else None, where))
    except NoRegistryError as error:
        reading.skip(name, str(error))
    except NoProtobufError:
        reading.skip(name, "reading protobuf needs an extra: pip install 'lexline[feast]'")
    else:
        _take(gathered, reading, name, "", objects, told)


def _yaml(gathered: Gathered, reading: Reading, content: bytes, name: str, _path: Path, _told: str) -> None:
    """The settings of a feature store: of what it says, only where it keeps the features is a fact about them."""
    document = read_yaml(content, name)
    data, place = mapping(document.data), f"{name}:{document.start[0]}"
    if text(data, "kind") == "FeatureStore":
        reading.skip(place, "the operator's resource says how Feast is installed, and nothing of its features")
    elif not text(data, "project"):
        reading.skip(place, "this is no `feature_store.yaml`: it names no project")
    elif not text(data, "online_store", "region"):
        reading.skip(place, "it says no region of the online store, and nothing else of it is read")
    else:
        gathered.stores[text(data, "project")] = Record(data, place)


_READERS: dict[str, Callable[[Gathered, Reading, bytes, str, Path, str], None]] = {
    ".json": _json,
    ".yaml": _yaml,
    ".yml": _yaml,
}


def _take(
    gathered: Gathered,
    reading: Reading,
    name: str,
    project: str,
    objects: list[tuple[str, Record | None, str]],
    told: str,
) -> None:
    """The objects of one file, each to the registry of its project. A dump names the project once, the registry itself
    in each object."""
    projects = {text(record.data, "spec", "name") for section, record, _ in objects if record and section == "projects"}
    of_file = project or (min(projects) if len(projects) == 1 else "") or told
    found: dict[str, Registry] = {}
    for section, record, place in objects:
        if record is None:
            reading.skip(place, f"this one of the {section} holds what can't be")
        elif section in _READ:
            own = text(record.data, "spec", "project") or text(record.data, "project") or of_file
            if own:
                found.setdefault(own, Registry(own, name)).add(section, record)
            else:
                reading.skip(place, "nothing says of which project it is; say it in the setting `project`")
    if not any(section in _READ and section != "entities" for section, _, _ in objects):
        reading.skip(name, "it holds no feature views, services or sources")
    for section, words in _UNREAD.items():
        if any(section == other for other, _, _ in objects):
            reading.skip(name, f"its {words} are not read")
    for registry in found.values():
        _keep_newest(gathered, reading, registry)


def _keep_newest(gathered: Gathered, reading: Reading, registry: Registry) -> None:
    newest = older = gathered.registries.setdefault(registry.project, registry)
    if registry.changed > newest.changed:
        newest = gathered.registries[registry.project] = registry
    elif registry is not newest:
        older = registry
    if older is not newest:
        project = f"the project {registry.project}"
        reading.skip(older.name, f"{newest.name} has {project} as of the same moment or later, and that counts")
