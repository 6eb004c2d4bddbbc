"""Reads answers of Marquez, a server that keeps lineage and gives it back as a graph of datasets, columns and jobs.

In: nodes as Marquez writes them. Out: the same facts as those of the events that it was told, as far as it kept them.
Marquez knows which job reads and writes what, by the last run of the job that came to its end, but not by which run.
"""

from __future__ import annotations

from collections.abc import Iterator

from lexline_plugins.importers.labels import BOOLEANS
from lexline_plugins.importers.openlineage_datasets import read_dataset
from lexline_plugins.importers.openlineage_events import moment_of
from lexline_plugins.importers.openlineage_names import Import
from lexline_plugins.importers.records import mapping, mappings, moment_of_ms, text

__all__ = ["marquez_nodes", "read_nodes"]

_Node = tuple[str, dict[str, object]]
_LISTS = {"datasets": "DATASET", "graph": "", "jobs": "JOB"}
_SORTS = ("DATASET", "DATASET_FIELD", "JOB")
_JOB_TYPES = ("BATCH", "SERVICE", "STREAM")
_DATASET_TYPES = ("DB_TABLE", "STREAM")


def marquez_nodes(data: dict[str, object]) -> list[dict[str, object]] | None:
    """The nodes that an answer holds: a graph, a list, one node, or one dataset or job; ``None`` for anything else."""
    for key, sort in _LISTS.items():
        if isinstance(data.get(key), list):
            items = mappings(data, key)
            return items if not sort else [{"type": sort, "data": item} for item in items]
    if text(data, "type") in _SORTS and isinstance(data.get("data"), dict):
        return [data]
    if text(data, "id", "namespace") and text(data, "id", "name"):
        if "fields" in data and text(data, "type") in _DATASET_TYPES:
            return [{"type": "DATASET", "data": data}]
        if text(data, "type") in _JOB_TYPES:
            return [{"type": "JOB", "data": data}]
    return None


def read_nodes(work: Import, nodes: list[_Node]) -> None:
    """Everything that the nodes say. Ends of edges that are no node themselves are known by their ids alone."""
    names = {text(node, "id"): _named(mapping(node, "data")) for _, node in nodes}
    for place, node in nodes:
        data, sort = mapping(node, "data"), text(node, "type")
        named = _named(data)
        if data.get("deleted") is True:
            work.reading.skip(place, f"{text(named, 'name')} is deleted")
        elif sort == "DATASET_FIELD":
            _field(work, node, place)
        elif not (text(named, "namespace") and text(named, "name")):
            work.reading.skip(place, "a node has no namespace and name")
        elif sort == "DATASET":
            _dataset(work, named, data, place)
        else:
            _job(work, named, data, place)
        if sort in ("DATASET", "JOB"):
            for origin, target in _edges(node):
                _edge(work, names, origin, target, place)


def _named(data: dict[str, object]) -> dict[str, object]:
    """Namespace and name, which stand in ``id`` or beside it."""
    own = mapping(data, "id")
    return {key: text(own, key) or text(data, key) for key in ("namespace", "name")}


def _dataset(work: Import, named: dict[str, object], data: dict[str, object], place: str) -> None:
    fields = mappings(data, "fields")
    tags = [_tag(work, tag) for tag in _texts(data.get("tags"))]
    for field in fields:
        tags += [{**_tag(work, tag), "field": text(field, "name")} for tag in _texts(field.get("tags"))]
    facets: dict[str, object] = {
        "documentation": {"description": text(data, "description")},
        "schema": {"fields": fields},
        "tags": {"tags": tags},
        **mapping(data, "facets"),
    }
    dataset = read_dataset(work, {**named, "facets": facets}, place)
    if dataset.startswith("dataset:"):
        changed = _day(data.get("lastModifiedAt"))
        work.sheet.attribute(dataset, "updated_on", changed, place)
        if text(data, "lastLifecycleState").upper() == "DROP":
            work.dropped[dataset] = (changed, place)


def _job(work: Import, named: dict[str, object], data: dict[str, object], place: str) -> None:
    job = work.sheet.element(work.job(named), "job", place)
    said = {
        "name": text(named, "name"),
        "description": text(data, "description"),
        "code_location": work.plain_address(text(data, "location")),
        "last_run_on": _day(mapping(data, "latestRun").get("endedAt")),
    }
    for attribute, value in said.items():
        work.sheet.attribute(job, attribute, value, place)
    for origin in mappings(data, "inputs"):
        if text(origin, "namespace") and text(origin, "name"):
            work.sheet.edge(job, "reads", read_dataset(work, _named(origin), place), place)
    for target in mappings(data, "outputs"):
        if text(target, "namespace") and text(target, "name"):
            _writes(work, job, read_dataset(work, _named(target), place), place)


def _writes(work: Import, job: str, target: str, place: str) -> None:
    """A job that makes models makes another in each run, of which Marquez doesn't say which: possible."""
    is_artifact = target.startswith("artifact:")
    work.sheet.edge(job, "produces" if is_artifact else "writes", target, place, possible=is_artifact)


def _field(work: Import, node: dict[str, object], place: str) -> None:
    """A column with what flows into it and out of it."""
    data = mapping(node, "data")
    edges = [(_split(origin, 3), _split(target, 3)) for origin, target in _edges(node)]
    if not edges:
        edges = [(_column_of(origin), _column_of(data)) for origin in mappings(data, "inputFields")]
    for origin, target in edges:
        if not (all(origin) and all(target)):
            work.reading.skip(place, "a column of the lineage has no namespace, dataset and name")
            continue
        ends = []
        for namespace, dataset, name in (origin, target):
            element = read_dataset(work, {"namespace": namespace, "name": dataset}, place)
            ends.append(work.column(element, name, place) if element.startswith("dataset:") else "")
        if all(ends):
            work.sheet.edge(ends[0], "flows_to", ends[1], place)


def _column_of(data: dict[str, object]) -> tuple[str, ...]:
    return text(data, "namespace"), text(data, "dataset") or text(data, "name"), text(data, "field")


def _edges(node: dict[str, object]) -> Iterator[tuple[str, str]]:
    for key in ("inEdges", "outEdges"):
        for edge in mappings(node, key):
            yield text(edge, "origin"), text(edge, "destination")


def _edge(work: Import, names: dict[str, dict[str, object]], origin: str, target: str, place: str) -> None:
    """An edge of the graph leads from a dataset to the job that reads it, or from a job to what it writes."""
    ends = [names.get(end) or dict(zip(("namespace", "name"), _split(end, 2), strict=True)) for end in (origin, target)]
    kinds = origin.partition(":")[0], target.partition(":")[0]
    if not all(text(end, "namespace") and text(end, "name") for end in ends) or set(kinds) != {"dataset", "job"}:
        work.reading.skip(place, f"an edge leads from {origin[:60] or 'nothing'} to {target[:60] or 'nothing'}")
        return
    job = work.sheet.element(work.job(ends[kinds.index("job")]), "job", place)
    dataset = read_dataset(work, ends[kinds.index("dataset")], place)
    if kinds[0] == "dataset":
        work.sheet.edge(job, "reads", dataset, place)
    else:
        _writes(work, job, dataset, place)


def _split(node: str, parts: int) -> tuple[str, ...]:
    """The parts of a node's id. A namespace may hold colons (``s3://…``, ``host:5432``); a name hardly ever does."""
    found = node.partition(":")[2].rsplit(":", parts - 1)
    return tuple(found) if len(found) == parts else ("",) * parts


def _tag(work: Import, tag: str) -> dict[str, object]:
    """A tag of Marquez is a word alone: where it means yes or no, that it is there means yes."""
    return {"key": tag, "value": "true" if work.tags.get(tag) in BOOLEANS else ""}


def _texts(raw: object) -> list[str]:
    return [item for item in raw if isinstance(item, str)] if isinstance(raw, list) else []


def _day(raw: object) -> str:
    """The day of a time, which is text, or seconds since 1970."""
    if isinstance(raw, int | float) and not isinstance(raw, bool) and 0 < raw < 1e11:
        return (moment_of_ms(int(raw * 1000)) or "")[:10]
    return moment_of(raw)[:10] if isinstance(raw, str) else ""
