"""Reads OpenLineage events: which run of which job read and wrote which dataset.

Only a run that came to its end (COMPLETE) makes lineage; what it read and wrote may be spread over all of its events.
A dataset is known by its address, so that it meets the dataset of the same address in another source; one that holds a
model, by a symlink or by the setting ``artifacts``, is the artifact that a registry and a serving manifest name.
``docs/sources/openlineage.md`` says which facet becomes which attribute.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from lexline.importing import Importer, ImportRequest, ImportResult
from lexline_plugins.importers.labels import Labels
from lexline_plugins.importers.locations import Locations, escape, has_scheme, run_id
from lexline_plugins.importers.openlineage_events import Event, gather
from lexline_plugins.importers.options import refuse_unknown, required_text, text_list, text_pairs, the_locations
from lexline_plugins.importers.records import Reading, mapping, mappings, text, whole_number
from lexline_plugins.importers.sheet import FactSheet

__all__ = ["OPENLINEAGE"]

_SETTINGS = {
    "artifacts": "beginnings of addresses under which models are kept, such as `s3://models/`",
    "authority": "the name of the lineage server, which keeps its jobs apart from those of another (required)",
    "locations": "pairs of prefixes that name one place, such as two names of one warehouse",
    "tags": "further tags and the attribute of datasets, columns or jobs that each fills, such as `pii: personal_data`",
}
_TAGS = {
    "contains_pii": "personal_data",
    "personal_data": "personal_data",
    "residency": "jurisdiction",
    "special_category": "special_category",
}
_END = {"COMPLETE": "completed", "FAIL": "failed", "ABORT": "aborted"}
_MAX_FIELD_DEPTH = 20


@dataclass(slots=True)
class _Import:
    """One import while it goes on. ``models`` are the addresses at which an event saw a model."""

    authority: str
    locations: Locations
    artifacts: Locations
    tags: dict[str, str]
    reading: Reading
    sheet: FactSheet
    models: set[str] = field(default_factory=set)

    def address(self, data: dict[str, object]) -> str:
        """Where a dataset is, from its namespace and name; not a URI where its namespace is just a name."""
        namespace, name = text(data, "namespace"), text(data, "name")
        if namespace == "file":
            return self.locations.canonical("file:///" + name.lstrip("/"))
        if has_scheme(namespace):
            return self.locations.canonical(f"{namespace.rstrip('/')}/{name.lstrip('/')}")
        return f"openlineage/{self.authority}/{escape(namespace)}/{escape(name, keep='/')}"

    def is_model(self, address: str) -> bool:
        """True where a model is kept at the address."""
        return address in self.models or self.artifacts.canonical(address) != address

    def job(self, data: object) -> str:
        namespace, name = escape(text(data, "namespace")), escape(text(data, "name"), keep="/")
        return f"job:openlineage/{self.authority}/{namespace}/{name}"


def _read(request: ImportRequest) -> ImportResult:
    refuse_unknown(request, _SETTINGS)
    authority = escape(required_text(request, "authority", "lineage.example.org"))
    kept = text_list(request, "artifacts", '"s3://models/"')
    tags = _TAGS | text_pairs(request, "tags", "pii: personal_data")
    locations = the_locations(request)
    artifacts = Locations.of((prefix, "artifact:") for prefix in kept)
    reading = Reading(request.paths)
    events = gather(reading)
    work = _Import(authority, locations, artifacts, tags, reading, FactSheet(request.source))
    for event in events:
        for data in event.datasets():
            if any(text(link, "type") == "MODEL" for link in mappings(data, "facets", "symlinks", "identifiers")):
                work.models.add(work.address(data))
    ends = {event.run: event.type for event in events if event.type in _END}
    ended = {run for run, end in ends.items() if end == "COMPLETE"}
    for event in events:
        if event.run:
            _run_event(work, event, ended)
        else:
            _design_event(work, event)
    return ImportResult(work.sheet.facts(), (), tuple(reading.skipped))


OPENLINEAGE = Importer(
    "openlineage",
    "Reads jobs, runs, datasets and the lineage between them from OpenLineage events.",
    _SETTINGS,
    _read,
)


def _run_event(work: _Import, event: Event, ended: set[str]) -> None:
    """What an event of a run says. Events come in the order of their time, so that the last word counts."""
    place = event.place
    job = _job(work, event)
    run = work.sheet.element(f"run:{run_id(event.run)}", "run", place)
    work.sheet.edge(run, "executes", job, place)
    if event.type in _END:
        work.sheet.attribute(run, "status", _END[event.type], place)
    elif not work.sheet.has_attribute(run, "status"):
        work.sheet.attribute(run, "status", "running", place)
    if event.run not in ended:
        return
    if event.type == "COMPLETE":
        work.sheet.attribute(job, "last_run_on", event.moment[:10], place)
    for data in mappings(event.data, "inputs"):
        work.sheet.edge(run, "reads", _dataset(work, data, place), place)
    for data in mappings(event.data, "outputs"):
        target = _dataset(work, data, place)
        is_artifact = target.startswith("artifact:")
        work.sheet.edge(run, "produces" if is_artifact else "writes", target, place)
        if is_artifact:
            work.sheet.attribute(target, "created_on", event.moment[:10], place)
            continue
        if event.type == "COMPLETE":
            work.sheet.attribute(target, "updated_on", event.moment[:10], place)
        rows = whole_number(mapping(data, "outputFacets", "outputStatistics").get("rowCount"))
        work.sheet.attribute(target, "rows", rows, place)
        _column_lineage(work, run, target, data, place)


def _design_event(work: _Import, event: Event) -> None:
    """What is said of a job or a dataset without a run: a job may do this, nobody saw it happen."""
    place = event.place
    if "dataset" in event.data:
        _dataset(work, mapping(event.data, "dataset"), place)
        return
    job = _job(work, event)
    for data in mappings(event.data, "inputs"):
        work.sheet.edge(job, "reads", _dataset(work, data, place), place, possible=True)
    for data in mappings(event.data, "outputs"):
        target = _dataset(work, data, place)
        relation = "produces" if target.startswith("artifact:") else "writes"
        work.sheet.edge(job, relation, target, place, possible=True)


def _job(work: _Import, event: Event) -> str:
    data, place = mapping(event.data, "job"), event.place
    facets = mapping(data, "facets")
    job = work.sheet.element(work.job(data), "job", place)
    labels = _labels(work, facets)
    integration = text(facets, "jobType", "integration")
    said = {key: value for key, value in labels.attributes.items() if key in ("owner", "operation", "purpose")} | {
        "name": text(data, "name"),
        "description": text(facets, "documentation", "description"),
        "system_name": integration if integration != "CUSTOM" else "",
        "code_location": _plain_address(text(facets, "sourceCodeLocation", "url")),
        "code_version": text(facets, "sourceCodeLocation", "version"),
        "tags": labels.other or None,
    }
    owner = _owner(facets)
    if owner:
        said["owner"] = owner
    for attribute, value in said.items():
        work.sheet.attribute(job, attribute, value, place)
    return job


def _dataset(work: _Import, data: dict[str, object], place: str) -> str:
    """The dataset, or the artifact, that an event names, with what its facets say."""
    address = work.address(data)
    facets = mapping(data, "facets")
    is_uri = has_scheme(address)
    if work.is_model(address):
        artifact = work.sheet.element(f"artifact:{address}", "artifact", place)
        work.sheet.attribute(artifact, "location", address if is_uri else None, place)
        return artifact
    dataset = work.sheet.element(f"dataset:{address}", "dataset", place)
    labels = _labels(work, facets)
    said = labels.attributes | {
        "location": address if is_uri else None,
        "name": None if is_uri else text(data, "name"),
        "description": text(facets, "documentation", "description"),
        "version": text(facets, "version", "datasetVersion"),
        "tags": labels.other or None,
    }
    owner = _owner(facets)
    if owner:
        said["owner"] = owner
    for attribute, value in said.items():
        work.sheet.attribute(dataset, attribute, value, place)
    _quality(work, dataset, data, place)
    _columns(work, dataset, facets, place)
    return dataset


def _quality(work: _Import, dataset: str, data: dict[str, object], place: str) -> None:
    found = [
        *mappings(data, "facets", "dataQualityAssertions", "assertions"),
        *mappings(data, "inputFacets", "dataQualityAssertions", "assertions"),
    ]
    if not found:
        return
    broken = [assertion for assertion in found if assertion.get("success") is False]
    only_warned = bool(broken) and all(text(assertion, "severity").lower() == "warn" for assertion in broken)
    status = "warned" if only_warned else "failed" if broken else "passed"
    work.sheet.attribute(dataset, "quality_status", status, place)


def _columns(work: _Import, dataset: str, facets: dict[str, object], place: str) -> None:
    for name, data in _fields(mappings(facets, "schema", "fields"), ""):
        column = _column(work, dataset, name, place)
        work.sheet.attribute(column, "data_type", text(data, "type"), place)
        work.sheet.attribute(column, "description", text(data, "description"), place)
    for tag in mappings(facets, "tags", "tags"):
        if text(tag, "field") and text(tag, "key"):
            column = _column(work, dataset, text(tag, "field"), place)
            found = Labels.sort([(text(tag, "key"), _tag_value(tag))], work.tags)
            for attribute, value in found.attributes.items():
                work.sheet.attribute(column, attribute, value, place)


def _fields(fields: list[dict[str, object]], prefix: str, depth: int = 0) -> Iterator[tuple[str, dict[str, object]]]:
    """Fields with those inside of them, under names with dots."""
    for data in fields:
        name = text(data, "name")
        if name:
            yield prefix + name, data
            if depth < _MAX_FIELD_DEPTH:
                yield from _fields(mappings(data, "fields"), f"{prefix}{name}.", depth + 1)


def _column_lineage(work: _Import, run: str, dataset: str, data: dict[str, object], place: str) -> None:
    """Which column comes from which. What only decides which rows there are (a join, a filter) is possible; that the
    run read the dataset of such a column is sure, even where the event doesn't list it."""
    for name, found in sorted(mapping(data, "facets", "columnLineage", "fields").items()):
        if not name or not isinstance(found, dict):
            continue
        target = _column(work, dataset, name, place)
        for origin in mappings(found, "inputFields"):
            if not (text(origin, "namespace") and text(origin, "name") and text(origin, "field")):
                continue
            if work.is_model(work.address(origin)):
                continue
            source_dataset = _dataset(work, origin, place)
            source = _column(work, source_dataset, text(origin, "field"), place)
            steps = mappings(origin, "transformations")
            indirect = bool(steps) and all(text(step, "type") == "INDIRECT" for step in steps)
            work.sheet.edge(source, "flows_to", target, place, possible=indirect)
            work.sheet.edge(run, "reads", source_dataset, place)
            masks = [text(step, "subtype") or "masked" for step in steps if step.get("masking") is True]
            work.sheet.attribute(target, "masking", ", ".join(sorted(set(masks))), place)


def _column(work: _Import, dataset: str, name: str, place: str) -> str:
    column = work.sheet.element(f"column:{dataset.partition(':')[2]}#{escape(name)}", "column", place)
    work.sheet.attribute(column, "name", name, place)
    work.sheet.edge(column, "belongs_to", dataset, place)
    return column


def _labels(work: _Import, facets: dict[str, object]) -> Labels:
    tags = [tag for tag in mappings(facets, "tags", "tags") if not text(tag, "field")]
    return Labels.sort(((text(tag, "key"), _tag_value(tag)) for tag in tags), work.tags)


def _tag_value(tag: dict[str, object]) -> str:
    value = tag.get("value")
    return str(value).lower() if isinstance(value, bool) else text(tag, "value")


def _owner(facets: dict[str, object]) -> str:
    """The owner that a facet names; of several the one that is called so, otherwise the first."""
    owners = [owner for owner in mappings(facets, "ownership", "owners") if text(owner, "name")]
    called = [owner for owner in owners if text(owner, "type").upper() == "OWNER"]
    return text((called or owners)[0], "name") if owners else ""


def _plain_address(url: str) -> str:
    return Locations().canonical(url) if url else ""
