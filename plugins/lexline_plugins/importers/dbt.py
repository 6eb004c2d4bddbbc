"""Reads the artifacts that dbt writes: which table is made from which, what people say of it, how its tests ended.

Of several manifests of a project the newest counts for what the project is; what a run found holds since the day of the
run. Lineage is that of tables: dbt knows no columns' lineage, and none is made up. ``docs/sources/dbt.md`` says which
field becomes which attribute.
"""

from __future__ import annotations

from collections.abc import Iterator

from lexline.importing import Importer, ImportRequest, ImportResult
from lexline_plugins.importers.dbt_artifacts import TABLES, Project, gather
from lexline_plugins.importers.dbt_results import results
from lexline_plugins.importers.dbt_work import Work, dbt_id
from lexline_plugins.importers.labels import BOOLEANS
from lexline_plugins.importers.locations import has_scheme
from lexline_plugins.importers.meanings import MEANINGS, understand
from lexline_plugins.importers.options import optional_text, refuse_unknown, text_pairs, the_locations
from lexline_plugins.importers.records import Reading, mapping, text
from lexline_plugins.importers.sheet import FactSheet
from lexline_plugins.importers.tables import name_table, parts_of_table

__all__ = ["DBT"]

_SETTINGS = {
    "locations": "pairs of prefixes that name one place, such as two names of one warehouse",
    "meta": "further keys of `meta` and the attribute that each fills, such as `tier: sensitivity`",
    "namespace": "the OpenLineage namespace of the warehouse, such as `duckdb://northfield.duckdb`, which makes the "
    "names of the tables exact",
    "project": "the name of the project, where the files don't say it",
}
_CATALOG_ROWS = ("num_rows", "row_count")


def _read(request: ImportRequest) -> ImportResult:
    refuse_unknown(request, _SETTINGS)
    told = optional_text(request, "project", "credit_decisions")
    namespace = optional_text(request, "namespace", "duckdb://northfield.duckdb")
    meta = text_pairs(request, "meta", "tier: sensitivity")
    reading = Reading(request.paths)
    sheet = FactSheet(request.source)
    work = Work(namespace, the_locations(request), meta, reading, sheet)
    work.projects = gather(reading, told).projects
    for project in work.projects.values():
        _declare(work, project)
    for project in work.projects.values():
        _describe(work, project)
    for project in work.projects.values():
        results(work, project)
    return ImportResult(sheet.facts(), tuple(work.unresolved), tuple(reading.skipped))


DBT = Importer(
    "dbt",
    "Reads tables, their columns, what each is made from, and how tests ended from the artifacts of dbt.",
    _SETTINGS,
    _read,
)


def _declare(work: Work, project: Project) -> None:
    """All tables, so that whatever refers to one finds it."""
    for key, node, place in project.nodes():
        if text(node, "resource_type") in TABLES:
            work.sheet.element(dbt_id("dataset", project.name, key), "dataset", place)
    if project.manifest is None and project.catalog is not None:
        for section in ("nodes", "sources"):
            for key in mapping(project.catalog.data, section):
                place = project.catalog.place(section, key)
                work.sheet.element(dbt_id("dataset", project.name, key), "dataset", place)


def _describe(work: Work, project: Project) -> None:
    for key, node, place in project.nodes():
        sort = text(node, "resource_type")
        if sort in TABLES:
            _table(work, project, key, node, place)
        elif sort == "exposure":
            _exposure(work, project, key, node, place)
    _catalog(work, project)


def _table(work: Work, project: Project, key: str, node: dict[str, object], place: str) -> None:
    """A model, seed, snapshot or source."""
    element = dbt_id("dataset", project.name, key)
    meaning = understand("dataset", _labels("dataset", node), work.meta)
    said: dict[str, object] = {
        "name": text(node, "name"),
        "description": text(node, "description"),
        "owner": _group_owner(project, node),
        "version": text(node, "version"),
    }
    for attribute, value in said.items():
        work.sheet.attribute(element, attribute, value, place)
    meaning.state(work.sheet, element, place)
    _names(work, project, element, node, place)
    _files(work, element, node, place)
    for parent in _parents(node):
        origin = work.dataset(project, parent)
        if origin:
            work.sheet.edge(origin, "derived_into", element, place)
        else:
            work.leave_open(parent, element, "it is made from a node that is not in the manifest")
    for name, column in mapping(node, "columns").items():
        _column(work, element, text(column, "name") or name, column, place)


def _names(work: Work, project: Project, element: str, node: dict[str, object], place: str) -> None:
    """The names under which the warehouse has the table; what has no table (an ephemeral model) has none."""
    if text(node, "config", "materialized") == "ephemeral":
        return
    parts = parts_of_table(text(node, "relation_name"))
    if not parts:
        last = text(node, "identifier") or text(node, "alias") or text(node, "name")
        parts = tuple(filter(None, (text(node, "database"), text(node, "schema"), last)))
    engine = text(project.manifest.data, "metadata", "adapter_type") if project.manifest is not None else ""
    name_table(work.sheet, element, parts, work.namespace, engine, work.locations, place)


def _files(work: Work, element: str, node: dict[str, object], place: str) -> None:
    """Files that the table is read from, or written to, where dbt keeps no table in the warehouse."""
    outside = text(node, "external", "location")
    if has_scheme(outside):
        origin = work.sheet.element(f"dataset:{work.locations.canonical(outside)}", "dataset", place)
        work.sheet.edge(origin, "derived_into", element, place)
    written = text(node, "config", "location") if text(node, "config", "materialized") == "external" else ""
    if has_scheme(written):
        target = work.sheet.element(f"dataset:{work.locations.canonical(written)}", "dataset", place)
        work.sheet.edge(element, "derived_into", target, place)


def _column(work: Work, dataset: str, name: str, data: object, place: str) -> None:
    if not name.strip():
        return
    known = work.columns.setdefault(dataset, {}).setdefault(name.lower(), name)
    column = work.sheet.column(dataset, known, place)
    work.sheet.attribute(column, "description", text(data, "description"), place)
    work.sheet.attribute(column, "data_type", text(data, "data_type"), place)
    understand("column", _labels("column", mapping(data)), work.meta).state(work.sheet, column, place)


def _exposure(work: Work, project: Project, key: str, node: dict[str, object], place: str) -> None:
    """A use of the project's tables that dbt doesn't run: a dashboard, an application, the training of a model. What is
    known of it is what it reads and who answers for it, and that is a job."""
    element = work.sheet.element(dbt_id("job", project.name, key), "job", place)
    said = {
        "name": text(node, "label") or text(node, "name"),
        "description": text(node, "description"),
        "operation": "other",
        "owner": text(node, "owner", "email") or text(node, "owner", "name"),
    }
    for attribute, value in said.items():
        work.sheet.attribute(element, attribute, value, place)
    pairs = [*_labels("job", node), ("exposure", text(node, "type"))]
    understand("job", pairs, work.meta).state(work.sheet, element, place)
    for parent in _parents(node):
        origin = work.dataset(project, parent)
        if origin:
            work.sheet.edge(element, "reads", origin, place)
        else:
            work.leave_open(parent, element, "it uses a node that is not in the manifest")


def _catalog(work: Work, project: Project) -> None:
    """What the warehouse says of the tables: types of columns, columns that nobody described, counts of rows."""
    catalog = project.catalog
    if catalog is None:
        return
    for section in ("sources", "nodes"):
        for key, data in mapping(catalog.data, section).items():
            place = catalog.place(section, key)
            dataset = work.dataset(project, key)
            if not dataset:
                work.leave_open(key, place, "the catalog has a table that is not in the manifest")
                continue
            if project.manifest is None:
                said = mapping(data, "metadata")
                work.sheet.attribute(dataset, "name", text(said, "name"), place)
                parts = tuple(filter(None, (text(said, part) for part in ("database", "schema", "name"))))
                name_table(work.sheet, dataset, parts, work.namespace, "", work.locations, place)
            for name, column in mapping(data, "columns").items():
                said = {"data_type": text(column, "type"), "description": text(column, "comment")}
                _column(work, dataset, text(column, "name") or name, said, place)
            for stat in _CATALOG_ROWS:
                rows = mapping(data, "stats", stat).get("value")
                if isinstance(rows, int | float) and not isinstance(rows, bool):
                    work.sheet.attribute(dataset, "rows", rows, place, since=catalog.day)


def _labels(kind: str, node: dict[str, object]) -> Iterator[tuple[object, object]]:
    """The keys and values that people wrote beside a node: its tags, then its `meta`. A tag that names something that
    is so or not (`special_category`) says that it is so."""
    tags = node.get("tags")
    found = tags if isinstance(tags, list) else []
    config = mapping(node, "config").get("tags")
    found = [*found, *(config if isinstance(config, list) else [])]
    for tag in found:
        says_so = isinstance(tag, str) and (tag == "pii" or MEANINGS[kind].get(tag) in BOOLEANS)
        yield tag, True if says_so else ""
    meta = mapping(node, "source_meta") | mapping(node, "meta") | mapping(node, "config", "meta")
    yield from meta.items()


def _group_owner(project: Project, node: dict[str, object]) -> str:
    """The owner of the group that the node is in."""
    name = text(node, "group") or text(node, "config", "group")
    if not name or project.manifest is None:
        return ""
    for group in mapping(project.manifest.data, "groups").values():
        if text(group, "name") == name:
            return text(group, "owner", "email") or text(group, "owner", "name")
    return ""


def _parents(node: dict[str, object]) -> list[str]:
    """The tables that a node names in `depends_on`."""
    listed = mapping(node, "depends_on").get("nodes")
    keys = [key for key in listed if isinstance(key, str)] if isinstance(listed, list) else []
    return [key for key in dict.fromkeys(keys) if key.partition(".")[0] in TABLES]
