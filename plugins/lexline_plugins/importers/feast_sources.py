"""The data sources of a feature store: files, tables and streams, with the columns that features are read from.

A source whose address says where its data lie, whoever asks, is the dataset at that address, and meets what other
systems say of it. Any other is known by its name in the project.
"""

from __future__ import annotations

import posixpath
from dataclasses import dataclass, field

from lexline.importing import Unresolved
from lexline_lineage.facts import Strength
from lexline_plugins.importers.dbt_work import dbt_id
from lexline_plugins.importers.locations import Locations, escape, has_scheme
from lexline_plugins.importers.meanings import understand
from lexline_plugins.importers.records import Reading, mapping, mappings, text, whole_number
from lexline_plugins.importers.sheet import FactSheet
from lexline_plugins.importers.tables import name_table, parts_of_table, table_id

__all__ = ["Work", "data_type", "field_names", "named", "read_source"]

_ENGINES = {
    "athenaOptions": ("awsathena", ("dataSource", "database")),
    "bigqueryOptions": ("bigquery", ()),
    "redshiftOptions": ("redshift", ("database", "schema")),
    "snowflakeOptions": ("snowflake", ("database", "schema")),
    "sparkOptions": ("spark", ()),
    "trinoOptions": ("trino", ()),
}
"""Engines by the options of a source, with what stands before the name of a table."""
_WHOLE_NAME = {"spark": 2}
"""How many parts the whole name of a table has, where that is not three: database, schema and table."""
_DBT = "dbt_unique_id"
_NOWHERE = frozenset({"PUSH_SOURCE", "REQUEST_SOURCE", "STREAM_KINESIS", "4", "7", "9"})
"""Types of sources, as words and as numbers, whose data lie at no address that other systems write."""
_NUMBERED = (
    "- BYTES STRING INT32 INT64 DOUBLE FLOAT BOOL UNIX_TIMESTAMP - - BYTES_LIST STRING_LIST INT32_LIST INT64_LIST "
    "DOUBLE_LIST FLOAT_LIST BOOL_LIST UNIX_TIMESTAMP_LIST NULL MAP MAP_LIST BYTES_SET STRING_SET INT32_SET INT64_SET "
    "DOUBLE_SET FLOAT_SET BOOL_SET UNIX_TIMESTAMP_SET - - JSON JSON_LIST STRUCT STRUCT_LIST UUID TIME_UUID UUID_LIST "
    "TIME_UUID_LIST UUID_SET TIME_UUID_SET VALUE_LIST VALUE_SET DECIMAL DECIMAL_LIST DECIMAL_SET SCALAR_MAP "
    "ZONED_TIMESTAMP"
)
_TYPES = _NUMBERED.split()
"""Types of values, each at the number under which protobuf keeps it."""


@dataclass(slots=True)
class Work:
    """One import while it goes on. ``sources`` are the datasets of the sources by project and name."""

    namespace: str
    repository: str
    tags: dict[str, str]
    locations: Locations
    reading: Reading
    sheet: FactSheet
    sources: dict[tuple[str, str], str] = field(default_factory=dict)
    unresolved: list[Unresolved] = field(default_factory=list)

    def leave_open(self, reference: str, where: str, why: str) -> None:
        self.unresolved.append(Unresolved(reference, where, why))


def data_type(data: dict[str, object]) -> str:
    """The type of a field, which a dump writes as a word and protobuf as a number."""
    raw = whole_number(data.get("valueType"))
    return _TYPES[raw].strip("-") if raw is not None and 0 <= raw < len(_TYPES) else text(data, "valueType")


def named(data: object, *path: str) -> list[dict[str, object]]:
    """The fields, views or sources in the list at a path of keys that have a name, as everything in a registry has."""
    return [item for item in mappings(data, *path) if text(item, "name")]


def field_names(source: dict[str, object]) -> dict[str, str]:
    """For each feature or key that goes by another name in the source, that name."""
    found = mapping(source, "fieldMapping")
    return {text(found, column): column for column in sorted(found) if column and text(found, column)}


def read_source(work: Work, project: str, data: dict[str, object], place: str) -> str:
    """The dataset of a source; empty where nothing names it."""
    address, why = _address(work, data)
    name = text(data, "name")
    key = (project, name or address)
    if key in work.sources or not (name or address):
        return work.sources.get(key, "")
    own = f"dataset:feast/{escape(project)}/sources/{escape(name)}"
    dataset = work.sources[key] = work.sheet.element(f"dataset:{address}" if address else own, "dataset", place)
    if why:
        work.leave_open(name, dataset, why)
    said = {
        "name": name,
        "location": address if has_scheme(address) else None,
        "description": text(data, "description"),
        "region": text(data, "kinesisOptions", "region"),
    }
    for attribute, value in said.items():
        work.sheet.attribute(dataset, attribute, value, place)
    pairs = [*mapping(data, "tags").items(), ("owner", text(data, "owner") or None)]
    understand("dataset", pairs, work.tags).state(work.sheet, dataset, place)
    _names(work, project, dataset, own if name else "", data, place)
    for item in named(data, "requestDataOptions", "schema"):
        column = work.sheet.column(dataset, text(item, "name"), place)
        work.sheet.attribute(column, "data_type", data_type(item), place)
    if isinstance(data.get("batchSource"), dict):
        read_source(work, project, mapping(data, "batchSource"), place)
    return dataset


def _names(work: Work, project: str, dataset: str, own: str, data: dict[str, object], place: str) -> None:
    """By which other names the dataset goes: that of the source, that of the table, that of dbt. A file is no table of
    dbt's: it was made from the one that its tag names, which is an element of its own until it is found to be that."""
    if own:
        work.sheet.alias(dataset, own, Strength.EXACT, place)
    engine, parts = _table(data)
    if parts and dataset == own:
        name_table(work.sheet, dataset, parts, "", engine, work.locations, place)
    node = text(data, "tags", _DBT)
    if node.count(".") < 2:
        return
    named = dataset
    if not parts:
        named = work.sheet.element(f"dataset:feast/{escape(project)}/dbt/{escape(node)}", "dataset", place)
        work.sheet.edge(named, "derived_into", dataset, place)
    work.sheet.alias(named, dbt_id("dataset", node.split(".")[1], node), Strength.DERIVED, place)


def _address(work: Work, data: dict[str, object]) -> tuple[str, str]:
    """Where the data lie, and where that can't be said, why; neither for what lies nowhere (data of a request)."""
    uri = text(data, "fileOptions", "uri") or text(data, "fileOptions", "fileUrl") or text(data, "sparkOptions", "path")
    if uri:
        return _file(work, uri)
    engine, parts = _table(data)
    if parts and len(parts) < _WHOLE_NAME.get(engine, 3):
        return "", f"the table {'.'.join(parts)} is named without its database or schema"
    if parts and not work.namespace:
        return "", "the setting `namespace` has to say in which warehouse its table is"
    if parts and any("." in part for part in parts):
        return "", "a part of the name of its table has a dot, so that it reads like another name"
    if parts:
        return table_id(work.namespace, parts, work.locations).removeprefix("dataset:"), ""
    topic, servers = text(data, "kafkaOptions", "topic"), text(data, "kafkaOptions", "kafkaBootstrapServers")
    if topic and servers:
        return work.locations.canonical(f"kafka://{servers.split(',')[0].strip()}/{topic}"), ""
    if any(text(data, options, "query") for options in _ENGINES):
        return "", "it is a query, and SQL is not read"
    return "", "" if text(data, "type") in _NOWHERE else "nothing says where its data lie"


def _file(work: Work, uri: str) -> tuple[str, str]:
    if has_scheme(work.locations.canonical(uri)):
        return work.locations.canonical(uri), ""
    if not work.repository:
        return "", f"its path {uri} is relative; say in the setting `repository` where the feature repository lies"
    scheme, mark, rest = work.repository.rpartition("://")
    host, _, root = rest.partition("/")
    return work.locations.canonical(f"{scheme}{mark}{host}{posixpath.normpath(posixpath.join('/', root, uri))}"), ""


def _table(data: dict[str, object]) -> tuple[str, tuple[str, ...]]:
    """The engine of a table and the parts of its name; no parts where the source is no table."""
    for options, (engine, before) in _ENGINES.items():
        found = mapping(data, options)
        table = text(found, "table") or text(found, "tableRef")
        parts = parts_of_table(table.replace(":", ".", 1) if engine == "bigquery" else table)
        if len(parts) == 1:
            parts = (*filter(None, (text(found, part) for part in before)), *parts)
        if parts:
            return engine, parts
    return "", ()
