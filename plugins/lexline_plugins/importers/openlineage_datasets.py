"""What the facets of a dataset say: who owns it, what it holds, by which names it goes, how good it is."""

from __future__ import annotations

from collections.abc import Iterator

from lexline_lineage.facts import Strength
from lexline_plugins.importers.labels import Labels
from lexline_plugins.importers.locations import escape, has_scheme, normalise
from lexline_plugins.importers.openlineage_names import Import, registered_models
from lexline_plugins.importers.records import mapping, mappings, text, whole_number

__all__ = ["labels_of", "owner_of", "read_dataset", "tag_value"]

_MAX_FIELD_DEPTH = 20
_OF_DATASETS = frozenset({"jurisdiction", "licence"})
"""Attributes that the tags of this importer fill for datasets, and that nothing else has."""
_DATABASES = ("jdbc", "mssql", "mysql", "oracle", "postgres", "postgresql", "redshift", "snowflake", "sqlserver")
_FEAST = {"feast_featureService": "services/", "feast_featureView": ""}


def read_dataset(work: Import, data: dict[str, object], place: str, day: str = "") -> str:
    """The dataset, or the artifact, that an event names, with what its facets say. ``day`` is that of the event."""
    address = work.address(data)
    facets = mapping(data, "facets")
    if work.is_model(address):
        artifact = work.sheet.artifact(address, place)
        _registered(work, artifact, data, place)
        return artifact
    dataset = work.sheet.element(f"dataset:{address}", "dataset", place)
    labels = labels_of(work, mappings(facets, "tags", "tags"))
    is_uri = has_scheme(address)
    said = labels.attributes | {
        "location": address if is_uri else None,
        "name": None if is_uri else text(data, "name"),
        "description": text(facets, "documentation", "description"),
        "version": text(facets, "version", "datasetVersion"),
        "tags": labels.other or None,
    }
    if owner := owner_of(facets):
        said["owner"] = owner
    for attribute, value in said.items():
        work.sheet.attribute(dataset, attribute, value, place)
    _names(work, dataset, data, place)
    _lifecycle(work, dataset, facets, place, day)
    _columns(work, dataset, facets, place)
    _metrics(work, dataset, data, place)
    return dataset


def labels_of(work: Import, tags: list[dict[str, object]], only: frozenset[str] | None = None) -> Labels:
    """What tags say of all of a thing, not of one field. ``only`` are the attributes that it can have from them; a tag
    that means another one stays a tag."""
    meaning = {key: attribute for key, attribute in work.tags.items() if only is None or attribute in only}
    return Labels.sort(((text(tag, "key"), tag_value(tag)) for tag in tags if not text(tag, "field")), meaning)


def tag_value(tag: dict[str, object]) -> str:
    """The value of a tag as text."""
    value = tag.get("value")
    return str(value).lower() if isinstance(value, bool) else text(tag, "value")


def owner_of(facets: dict[str, object]) -> str:
    """The owner that a facet names; of several the one that is called so, otherwise the first."""
    owners = [owner for owner in mappings(facets, "ownership", "owners") if text(owner, "name")]
    called = [owner for owner in owners if text(owner, "type").upper() == "OWNER"]
    return text((called or owners)[0], "name") if owners else ""


def _registered(work: Import, artifact: str, data: dict[str, object], place: str) -> None:
    """A symlink may say which version of a registered model is kept here."""
    for model in registered_models(data):
        work.sheet.edge(work.sheet.element(model, "model", place), "stored_as", artifact, place)


def _names(work: Import, dataset: str, data: dict[str, object], place: str) -> None:
    facets = mapping(data, "facets")
    for link in mappings(facets, "symlinks", "identifiers"):
        if text(link, "namespace") and text(link, "name"):
            work.sheet.alias(dataset, f"dataset:{work.address(link)}", Strength.EXACT, place)
    uri = text(facets, "dataSource", "uri")
    if has_scheme(uri) and not has_scheme(text(data, "namespace")) and text(data, "namespace") != "file":
        # The producer calls the database by a name of its own, but says where it is.
        base = normalise(uri)
        joint = "." if base.startswith(_DATABASES) and base.count("/") > 2 else "/"
        name = work.locations.canonical(f"{base}{joint}{text(data, 'name')}")
        work.sheet.alias(dataset, f"dataset:{name}", Strength.DERIVED, place)
    project = text(data, "namespace").rpartition("/")[2]
    for facet, folder in _FEAST.items():
        if facet in facets:
            view = f"feature-view:feast/{escape(project)}/{folder}{escape(text(data, 'name'))}"
            work.sheet.alias(dataset, view, Strength.HINT, place)


def _lifecycle(work: Import, dataset: str, facets: dict[str, object], place: str, day: str) -> None:
    state = text(facets, "lifecycleStateChange", "lifecycleStateChange").upper()
    former = mapping(facets, "lifecycleStateChange", "previousIdentifier")
    if state == "RENAME" and text(former, "namespace") and text(former, "name"):
        # A table that was moved away makes room for another of its name, so that the name is not this one's for good.
        work.sheet.alias(dataset, f"dataset:{work.address(former)}", Strength.DERIVED, place)
    if state == "CREATE":
        work.sheet.attribute(dataset, "created_on", day, place)
    if state == "DROP":
        work.dropped[dataset] = (day, place)
    elif state:
        work.dropped.pop(dataset, None)


def _columns(work: Import, dataset: str, facets: dict[str, object], place: str) -> None:
    for name, data in _fields(mappings(facets, "schema", "fields"), ""):
        column = work.column(dataset, name, place)
        work.sheet.attribute(column, "data_type", text(data, "type"), place)
        work.sheet.attribute(column, "description", text(data, "description"), place)
    tagged: dict[str, list[tuple[str, str]]] = {}
    for tag in mappings(facets, "tags", "tags"):
        if text(tag, "field") and text(tag, "key"):
            tagged.setdefault(text(tag, "field"), []).append((text(tag, "key"), tag_value(tag)))
    meaning = {key: attribute for key, attribute in work.tags.items() if attribute not in _OF_DATASETS}
    for name, tags in tagged.items():
        column = work.column(dataset, name, place)
        found = Labels.sort(tags, meaning)
        for attribute, value in found.attributes.items():
            work.sheet.attribute(column, attribute, value, place)
        work.sheet.attribute(column, "tags", found.other or None, place)


def _fields(fields: list[dict[str, object]], prefix: str, depth: int = 0) -> Iterator[tuple[str, dict[str, object]]]:
    """Fields with those inside of them, under names with dots."""
    for data in fields:
        name = text(data, "name")
        if name:
            yield prefix + name, data
            if depth < _MAX_FIELD_DEPTH:
                yield from _fields(mappings(data, "fields"), f"{prefix}{name}.", depth + 1)


def _metrics(work: Import, dataset: str, data: dict[str, object], place: str) -> None:
    """How many rows there are, and the share of values that is missing."""
    for holder in ("facets", "inputFacets"):
        metrics = mapping(data, holder, "dataQualityMetrics")
        rows = whole_number(metrics.get("rowCount"))
        work.sheet.attribute(dataset, "rows", rows, place)
        for name, column in mapping(metrics, "columnMetrics").items():
            missing = whole_number(mapping(column).get("nullCount"))
            if name and rows and missing is not None and 0 <= missing <= rows:
                work.sheet.attribute(work.column(dataset, name, place), "missing_share", missing / rows, place)
