"""Reads the registry of a Feast feature store: views, their features and sources, and the services that models read.

A feature service is a view of other views: it takes the features that it lists and no others, and so does the model
that reads it. What people say of a feature in tags (a proxy, personal data) is said of its column.
``docs/sources/feast.md`` says which field becomes which attribute.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from lexline.importing import Importer, ImportRequest, ImportResult, SettingError
from lexline_lineage.facts import Strength
from lexline_plugins.importers.feast_names import service_id, used_by, view_id
from lexline_plugins.importers.feast_registry import Gathered, Registry, gather
from lexline_plugins.importers.feast_sources import Work, data_type, field_names, named, read_source
from lexline_plugins.importers.locations import has_scheme, normalise
from lexline_plugins.importers.meanings import understand
from lexline_plugins.importers.options import optional_text, refuse_unknown, text_pairs, the_locations
from lexline_plugins.importers.records import Reading, Record, mapping, mappings, moment_of_text, text
from lexline_plugins.importers.sheet import FactSheet, column_id

__all__ = ["FEAST"]

_SETTINGS = {
    "locations": "pairs of prefixes that name one place, such as two names of one bucket",
    "namespace": "the OpenLineage namespace of the warehouse, such as `snowflake://ab12345`, which makes the names of "
    "tables exact",
    "project": "the name of the project, where a registry doesn't say it",
    "repository": "where the feature repository lies, such as `/srv/features`, for files whose path is relative to it",
    "tags": "further tags and the attribute that each fills, such as `tier: sensitivity`",
}
_VIEWS = ("featureViews", "streamFeatureViews", "labelViews", "onDemandFeatureViews")
_ON_DEMAND = "onDemandFeatureViews"
_COMPUTED = ("aggregations", "featureTransformation", "sourceViews", "userDefinedFunction")
"""What a view has whose features are more than columns of its source."""
_DUMMY = "__dummy"
"""The entity that Feast gives to views without one."""
_SECONDS = re.compile(r"([0-9]{1,12})(?:\.[0-9]+)?s")
_UNITS = (("days", 86_400), ("hours", 3_600), ("minutes", 60))


def _read(request: ImportRequest) -> ImportResult:
    refuse_unknown(request, _SETTINGS)
    told = optional_text(request, "project", "credit")
    namespace = optional_text(request, "namespace", "snowflake://ab12345")
    repository = optional_text(request, "repository", "/srv/features")
    if repository and not has_scheme(normalise(repository)):
        raise SettingError("repository", "say a whole path or address, such as `repository: /srv/features`")
    tags = text_pairs(request, "tags", "tier: sensitivity")
    reading = Reading(request.paths)
    work = Work(namespace, repository, tags, the_locations(request), reading, FactSheet(request.source))
    gathered = gather(reading, told)
    for _, registry in sorted(gathered.registries.items()):
        _registry(work, registry, gathered.stores.get(registry.project))
    _unused(work, gathered)
    return ImportResult(work.sheet.facts(), tuple(work.unresolved), tuple(reading.skipped))


FEAST = Importer(
    "feast",
    "Reads feature views, their features and sources, and feature services from registries of Feast.",
    _SETTINGS,
    _read,
)


def _registry(work: Work, registry: Registry, store: Record | None) -> None:
    for record in registry.records("dataSources"):
        if not read_source(work, registry.project, record.data, record.place):
            work.reading.skip(record.place, "the data source has no name")
    entities = {text(record.data, "spec", "name"): record for record in registry.records("entities")}
    for record in registry.records(*_VIEWS):
        if name := text(record.data, "spec", "name"):
            work.sheet.element(view_id(registry.project, name), "feature-view", record.place)
        else:
            work.reading.skip(record.place, "the feature view has no name")
    for section in _VIEWS:
        for record in registry.records(section):
            if text(record.data, "spec", "name"):
                _view(work, registry.project, section, record, entities, store)
    for record in registry.records("featureServices"):
        _service(work, registry.project, record)


def _view(
    work: Work, project: str, section: str, record: Record, entities: Mapping[str, Record], store: Record | None
) -> None:
    """A feature view of any sort. Where nothing is computed, a feature is the column of its name in the source."""
    spec, place = mapping(record.data, "spec"), record.place
    view = view_id(project, text(spec, "name"))
    _describe(work, view, project, record)
    if section != _ON_DEMAND:
        online = spec.get("online") is True  # what is not so is left out of a dump
        work.sheet.attribute(view, "online", online, place)
        work.sheet.attribute(view, "time_to_live", _duration(text(spec, "ttl")), place)
        if store is not None and online:
            work.sheet.attribute(view, "region", text(store.data, "online_store", "region"), store.place)
    columns = {text(item, "name"): _feature(work, view, item, place) for item in named(spec, "features")}
    columns |= _keys(work, view, spec, entities, place)
    is_computed = section == _ON_DEMAND or any(spec.get(part) for part in _COMPUTED)
    origins = [mapping(spec, part) for part in ("batchSource", "streamSource", "source")]
    for data in filter(None, origins):
        dataset = read_source(work, project, data, place)
        if not dataset:
            continue
        work.sheet.edge(dataset, "derived_into", view, place)
        for name, column in columns.items() if not is_computed else ():
            origin = work.sheet.column(dataset, field_names(data).get(name, name), place)
            work.sheet.edge(origin, "flows_to", column, place)
    _other_views(work, project, view, spec, place)


def _feature(work: Work, view: str, item: dict[str, object], place: str) -> str:
    """A feature of a view, with what is said of it."""
    column = work.sheet.column(view, text(item, "name"), place)
    work.sheet.attribute(column, "data_type", data_type(item), place)
    work.sheet.attribute(column, "description", text(item, "description"), place)
    understand("column", mapping(item, "tags").items(), work.tags).state(work.sheet, column, place)
    return column


def _keys(work: Work, view: str, spec: dict[str, object], entities: Mapping[str, Record], place: str) -> dict[str, str]:
    """The columns by which the rows of a view are found, with what is said of the entity that each is the key of."""
    types = {text(item, "name"): data_type(item) for item in named(spec, "entityColumns")}
    entered = spec.get("entities")
    keys: dict[str, Record | None] = dict.fromkeys(types)
    for name in entered if isinstance(entered, list) else []:
        entity = entities.get(name) if isinstance(name, str) else None
        if entity is None and name != _DUMMY and isinstance(name, str):
            work.leave_open(name, view, "the registry has no entity of this name")
        elif entity is not None:
            keys[text(entity.data, "spec", "joinKey") or name] = entity
    columns = {}
    for key, entity in keys.items():
        if not key or key.startswith(_DUMMY):
            continue
        column = columns[key] = work.sheet.column(view, key, place)
        work.sheet.attribute(column, "data_type", types.get(key), place)
        if entity is not None:
            said = mapping(entity.data, "spec")
            work.sheet.attribute(column, "data_type", data_type(said), entity.place)
            work.sheet.attribute(column, "description", text(said, "description"), entity.place)
            pairs = [*mapping(said, "labels").items(), *mapping(said, "tags").items(), ("owner", said.get("owner"))]
            understand("column", pairs, work.tags).state(work.sheet, column, entity.place)
    return columns


def _other_views(work: Work, project: str, view: str, spec: dict[str, object], place: str) -> None:
    """What a view takes in besides sources: other views, and the data of a request. What it makes of these is code, so
    that which column goes where stays open."""
    taken = [text(other, "name") for other in named(spec, "sourceViews")]
    for name, source in mapping(spec, "sources").items():
        other = text(source, "featureViewProjection", "featureViewName") or text(source, "featureView", "spec", "name")
        request = read_source(work, project, mapping(source, "requestDataSource"), place)
        if request:
            work.sheet.edge(request, "derived_into", view, place)
        else:
            taken.append(other or name)
    for other in taken:
        if not work.sheet.has(view_id(project, other)):
            work.leave_open(other, view, "it is made from a view that the registry doesn't have")
        else:
            work.sheet.edge(view_id(project, other), "derived_into", view, place)


def _service(work: Work, project: str, record: Record) -> None:
    """A feature service: the features that it lists, each of which is that of its view."""
    spec, place = mapping(record.data, "spec"), record.place
    if not text(spec, "name"):
        work.reading.skip(place, "the feature service has no name")
        return
    service = work.sheet.element(service_id(project, text(spec, "name")), "feature-view", place)
    _describe(work, service, project, record)
    for projection in mappings(spec, "features"):
        name = text(projection, "featureViewName")
        view = view_id(project, name)
        if not name or not work.sheet.has(view):
            work.leave_open(name or "no name", service, "it takes features of a view that the registry doesn't have")
        if not name:
            continue
        work.sheet.edge(work.sheet.element(view, "feature-view", place), "derived_into", service, place)
        for item in named(projection, "featureColumns"):
            column = work.sheet.column(service, text(item, "name"), place)
            work.sheet.attribute(column, "data_type", data_type(item), place)
            work.sheet.edge(work.sheet.column(view, text(item, "name"), place), "flows_to", column, place)
    model, version = text(spec, "tags", "mlflow_model"), text(spec, "tags", "mlflow_version")
    if model:
        work.sheet.alias(service, used_by(service, model, version), Strength.DERIVED, place)


def _describe(work: Work, element: str, project: str, record: Record) -> None:
    """What views and services have in common."""
    spec, meta, place = mapping(record.data, "spec"), mapping(record.data, "meta"), record.place
    created, updated = (moment_of_text(meta.get(key)) for key in ("createdTimestamp", "lastUpdatedTimestamp"))
    said = {
        "name": text(spec, "name"),
        "description": text(spec, "description"),
        "project": project,
        "created_on": created[:10] if created else None,
        "updated_on": updated[:10] if updated else None,
    }
    for attribute, value in said.items():
        work.sheet.attribute(element, attribute, value, place)
    pairs = [*mapping(spec, "tags").items(), ("owner", text(spec, "owner") or None)]
    if spec.get("disabled") is True:
        pairs.append(("disabled", True))
    understand("feature-view", pairs, work.tags).state(work.sheet, element, place)


def _duration(raw: str) -> str:
    """A time to live, which is written in seconds; empty where there is none, or features live for ever (0)."""
    match = _SECONDS.fullmatch(raw)
    seconds = int(match.group(1)) if match is not None else 0
    units = (f"{seconds // size} {unit}" for unit, size in _UNITS if seconds and seconds % size == 0)
    return next(units, f"PT{seconds}S" if seconds else "")


def _unused(work: Work, gathered: Gathered) -> None:
    """What stands beside the registries: how often values are missing, and stores of projects that no file has."""
    for found in gathered.statistics:
        view = view_id(found.project, found.view)
        if not work.sheet.has(view):
            why = "the statistics are of no view that a registry has; the folder of their folder names the project"
            work.leave_open(f"{found.project}/{found.view}", found.columns.place, why)
            continue
        for name, data in found.columns.data.items():
            share, column = mapping(data).get("proportionMissing"), column_id(view, name)
            is_share = isinstance(share, int | float) and not isinstance(share, bool) and 0 <= share <= 1
            if is_share and work.sheet.has(column):
                work.sheet.attribute(column, "missing_share", share, found.columns.place)
    for project, store in sorted(gathered.stores.items()):
        if project not in gathered.registries:
            work.leave_open(project, store.place, "no registry of this project is among the files")
