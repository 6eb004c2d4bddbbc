"""Reads a registry of Feast that is kept as protobuf (``registry.db``), as the JSON that Feast itself makes of it.

In: bytes. Out: each object of the registry, by its section, in the form of ``feast registry-dump``. Only the fields
that the importer reads are described here, by their numbers; what newer versions add is passed over, as protobuf
means it.
"""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from functools import cache
from typing import Any

__all__ = ["NoProtobufError", "NoRegistryError", "protobuf_objects"]

_SQLITE = b"SQLite format 3\x00"
_PACKAGE = "lexline.feast"
_SCHEMA = """
Registry: 1 entities Entity*, 2 feature_tables Other*, 6 feature_views View*, 7 feature_services Service*,
 8 on_demand_feature_views OnDemand*, 9 request_feature_views Other*, 11 saved_datasets Other*, 12 data_sources Source*,
 13 validation_references Other*, 14 stream_feature_views Stream*, 17 projects Project*, 19 label_views Label*
Other:
Project: 1 spec ProjectSpec
ProjectSpec: 1 name string
Meta: 1 created_timestamp Timestamp, 2 last_updated_timestamp Timestamp
Field: 1 name string, 2 value_type int32, 3 tags {string}, 4 description string
Entity: 1 spec EntitySpec, 2 meta Meta
EntitySpec: 1 name string, 2 value_type int32, 3 description string, 4 join_key string, 8 tags {string},
 9 project string, 10 owner string
Source: 1 type int32, 2 field_mapping {string}, 11 file_options File, 12 bigquery_options Table, 13 kafka_options Kafka,
 14 kinesis_options Kinesis, 15 redshift_options Schema, 18 request_data_options Request, 19 snowflake_options Schema,
 20 name string, 21 project string, 23 description string, 24 tags {string}, 25 owner string, 26 batch_source Source,
 27 spark_options Spark, 30 trino_options Table, 35 athena_options Athena, 50 meta SourceMeta
SourceMeta: 3 created_timestamp Timestamp, 4 last_updated_timestamp Timestamp
File: 2 uri string
Table: 1 table string, 2 query string
Schema: 1 table string, 2 query string, 3 schema string, 4 database string
Athena: 1 table string, 2 query string, 3 database string, 4 data_source string
Spark: 1 table string, 2 query string, 3 path string
Kafka: 1 kafka_bootstrap_servers string, 2 topic string
Kinesis: 1 region string, 2 stream_name string
Request: 3 schema Field*
View: 1 spec ViewSpec, 2 meta Meta
ViewSpec: 1 name string, 2 project string, 3 entities string*, 4 features Field*, 5 tags {string}, 6 ttl Duration,
 7 batch_source Source, 8 online bool, 9 stream_source Source, 10 description string, 11 owner string,
 12 entity_columns Field*, 14 source_views ViewSpec*, 15 feature_transformation Transformation, 18 version string,
 20 disabled bool
Transformation: 1 user_defined_function Function, 2 substrait_transformation Other
Function: 1 name string
Stream: 1 spec StreamSpec, 2 meta Meta
StreamSpec: 1 name string, 2 project string, 3 entities string*, 4 features Field*, 5 entity_columns Field*,
 6 description string, 7 tags {string}, 8 owner string, 9 ttl Duration, 10 batch_source Source, 11 stream_source Source,
 12 online bool, 13 user_defined_function Function, 15 aggregations Aggregation*,
 17 feature_transformation Transformation, 21 version string, 23 disabled bool
Aggregation: 1 column string
OnDemand: 1 spec OnDemandSpec, 2 meta Meta
OnDemandSpec: 1 name string, 2 project string, 3 features Field*, 4 sources {OnDemandSource}, 6 description string,
 7 tags {string}, 8 owner string, 13 entities string*, 14 entity_columns Field*, 17 version string, 19 disabled bool
OnDemandSource: 1 feature_view View, 2 request_data_source Source, 3 feature_view_projection Projection
Projection: 1 feature_view_name string, 2 feature_columns Field*, 8 batch_source Source, 9 stream_source Source
Label: 1 spec LabelSpec, 2 meta Meta
LabelSpec: 1 name string, 2 project string, 3 entities string*, 4 features Field*, 5 tags {string}, 6 ttl Duration,
 7 source Source, 8 online bool, 9 description string, 10 owner string, 11 entity_columns Field*
Service: 1 spec ServiceSpec, 2 meta Meta
ServiceSpec: 1 name string, 2 project string, 3 features Projection*, 4 tags {string}, 5 description string,
 6 owner string
"""
"""The messages of Feast with the fields that are read: number, name and type; ``*`` is a list, ``{}`` a mapping from
texts. ``Other`` are messages of which only their number counts."""

_SCALARS = {"bool": "TYPE_BOOL", "int32": "TYPE_INT32", "string": "TYPE_STRING"}
_WELL_KNOWN = {"Duration": "google/protobuf/duration.proto", "Timestamp": "google/protobuf/timestamp.proto"}


class NoProtobufError(Exception):
    """The library that reads protobuf is not installed."""


class NoRegistryError(Exception):
    """The bytes are no registry; the message says why."""


def protobuf_objects(content: bytes) -> Iterator[tuple[str, int, dict[str, object] | None]]:
    """The objects of a registry, each with its section (``featureViews``) and its number in it from 0; ``None`` for
    one that holds what can't be. Raises ``NoProtobufError``, ``NoRegistryError``."""
    if content.startswith(_SQLITE):
        raise NoRegistryError("this is a database of SQLite; `feast registry-dump` writes its registry as JSON")
    kind, as_json, unreadable = _library()
    registry = kind()
    try:
        registry.ParseFromString(content)
    except unreadable:
        raise NoRegistryError("this is no registry of Feast: it is damaged, cut off, or something else") from None
    sections = registry.ListFields()
    if not sections:
        raise NoRegistryError("this is no registry of Feast: it holds nothing that one would hold")
    for descriptor, items in sections:
        for number, item in enumerate(items):
            try:
                found: dict[str, object] | None = as_json.MessageToDict(item)
            except as_json.Error:  # such as a time after the year 9999
                found = None
            yield descriptor.json_name, number, found


@cache
def _library() -> tuple[Any, Any, type[Exception]]:
    """The class of a registry, the module that makes plain data of a message, and the error of what can't be read."""
    try:
        files, pools, factory, as_json, messages, *known = (
            importlib.import_module(f"google.protobuf.{part}")
            for part in (
                "descriptor_pb2",
                "descriptor_pool",
                "message_factory",
                "json_format",
                "message",
                "duration_pb2",
                "timestamp_pb2",
            )
        )
    except ImportError:
        raise NoProtobufError from None
    pool = pools.DescriptorPool()
    for module in known:
        pool.AddSerializedFile(module.DESCRIPTOR.serialized_pb)
    pool.AddSerializedFile(_described(files).SerializeToString())
    registry = factory.GetMessageClass(pool.FindMessageTypeByName(f"{_PACKAGE}.Registry"))
    return registry, as_json, messages.DecodeError


def _described(files: Any) -> Any:
    """The schema in the form of the library."""
    described = files.FileDescriptorProto(name="lexline/feast.proto", package=_PACKAGE, syntax="proto3")
    described.dependency.extend(_WELL_KNOWN.values())
    for line in _SCHEMA.replace("\n ", " ").strip().splitlines():
        name, _, fields = line.partition(":")
        message = described.message_type.add(name=name)
        for field in filter(None, fields.strip().split(", ")):
            number, label, sort = field.split()
            _add_field(message, int(number), label, sort.strip("*{}"), is_map=sort[0] == "{", is_list=sort[-1] == "*")
    return described


def _add_field(message: Any, number: int, name: str, sort: str, *, is_map: bool = False, is_list: bool = False) -> None:
    field = message.field.add(name=name, number=number)
    field.label = field.LABEL_REPEATED if is_map or is_list else field.LABEL_OPTIONAL
    if is_map:
        entry = message.nested_type.add(name=f"{name.title().replace('_', '')}Entry")
        entry.options.map_entry = True
        _add_field(entry, 1, "key", "string")
        _add_field(entry, 2, "value", sort)
        field.type, field.type_name = field.TYPE_MESSAGE, f".{_PACKAGE}.{message.name}.{entry.name}"
    elif sort in _SCALARS:
        field.type = getattr(field, _SCALARS[sort])
    else:
        package = "google.protobuf" if sort in _WELL_KNOWN else _PACKAGE
        field.type, field.type_name = field.TYPE_MESSAGE, f".{package}.{sort}"
