"""Reads OpenLineage events: which run of which job read and wrote which dataset.

Only a run that came to its end (COMPLETE) makes lineage; what it read and wrote may be spread over all of its events.
A dataset is known by its address, so that it meets the dataset of the same address in another source; one that holds a
model, by a symlink or by the setting ``artifacts``, is the artifact that a registry and a serving manifest name.
``docs/sources/openlineage.md`` says which facet becomes which attribute.
"""

from __future__ import annotations

from collections.abc import Iterator

from lexline.importing import Importer, ImportRequest, ImportResult
from lexline_lineage.facts import Strength
from lexline_plugins.importers.locations import escape, normalise, run_id
from lexline_plugins.importers.marquez import marquez_nodes, read_nodes
from lexline_plugins.importers.openlineage_columns import mark_masked, read_column_lineage, read_lineage_facet
from lexline_plugins.importers.openlineage_datasets import labels_of, owner_of, read_dataset
from lexline_plugins.importers.openlineage_events import NO_EVENT, Event, gather, moment_of
from lexline_plugins.importers.openlineage_names import Import
from lexline_plugins.importers.openlineage_quality import has_assertions, read_quality
from lexline_plugins.importers.options import refuse_unknown, required_text, text_list, text_pairs, the_locations
from lexline_plugins.importers.records import Reading, mapping, mappings, text, whole_number
from lexline_plugins.importers.sheet import FactSheet

__all__ = ["OPENLINEAGE"]

_SETTINGS = {
    "artifacts": "beginnings of addresses under which models are kept, such as `s3://models/`",
    "authority": "the name of the lineage server, which keeps its jobs apart from those of another (required)",
    "locations": "pairs of prefixes that name one place, such as two names of one warehouse",
    "purposes": "namespaces of jobs and what the jobs in each are for, such as `crm-campaigns: marketing`",
    "tags": "further tags and the attribute of datasets, columns or jobs that each fills, such as `pii: personal_data`",
}
_TAGS = {
    "contains_pii": "personal_data",
    "licence": "licence",
    "license": "licence",
    "personal_data": "personal_data",
    "residency": "jurisdiction",
    "special_category": "special_category",
}
_END = {"COMPLETE": "completed", "FAIL": "failed", "ABORT": "aborted"}
_OF_JOBS = frozenset({"operation", "owner", "purpose"})
_OF_RUNS = frozenset({"operation"})
"""Attributes that tags fill. What else a tag means is about the data, not about the processing: it stays a tag."""
_MAX_MESSAGE = 200
"""How much of an error message is kept, in characters."""


def _read(request: ImportRequest) -> ImportResult:
    refuse_unknown(request, _SETTINGS)
    authority = escape(required_text(request, "authority", "lineage.example.org"))
    kept = text_list(request, "artifacts", '"s3://models/"')
    tags = _TAGS | text_pairs(request, "tags", "pii: personal_data")
    purposes = text_pairs(request, "purposes", "crm-campaigns: marketing")
    locations = the_locations(request)
    artifacts = tuple(normalise(prefix) for prefix in kept)
    reading = Reading(request.paths)
    events, others = gather(reading)
    work = Import(authority, locations, artifacts, tags, purposes, reading, FactSheet(request.source))
    for event in events:
        for data in event.datasets():
            if any(text(link, "type") == "MODEL" for link in mappings(data, "facets", "symlinks", "identifiers")):
                work.models.add(work.address(data))
    _marquez(work, others)
    lineage = _runs_with_lineage(events)
    for event in events:
        if event.run:
            _run_event(work, event, lineage)
        else:
            _design_event(work, event)
    mark_masked(work)
    for dataset, (day, place) in work.dropped.items():
        work.sheet.add_tag(dataset, f"dropped_on={day}" if day else "dropped", place)
    return ImportResult(work.sheet.facts(), (), tuple(reading.skipped))


OPENLINEAGE = Importer(
    "openlineage",
    "Reads jobs, runs, datasets and the lineage between them from OpenLineage events and answers of Marquez.",
    _SETTINGS,
    _read,
)


def _marquez(work: Import, others: list[tuple[str, dict[str, object]]]) -> None:
    """What is no event may be an answer of a server that keeps lineage."""
    nodes = []
    for place, data in others:
        found = marquez_nodes(data)
        if found is None:
            work.reading.skip(place, NO_EVENT)
        nodes += [(place, node) for node in found or ()]
    read_nodes(work, nodes)


def _runs_with_lineage(events: list[Event]) -> dict[str, bool]:
    """The runs that make lineage, and whether it is only possible: that of a run that came to its end is sure, that of
    a stream, which has none, is possible while nobody says that it failed."""
    ends = {event.run: event.type for event in events if event.type in _END}
    found = {run: False for run, end in ends.items() if end == "COMPLETE"}
    for event in events:
        processing = text(event.data, "job", "facets", "jobType", "processingType").upper()
        if event.run and event.run not in ends and processing == "STREAMING":
            found[event.run] = True
    return found


def _run_event(work: Import, event: Event, lineage: dict[str, bool]) -> None:
    """What an event of a run says. Events come in the order of their time, so that the last word counts."""
    place, day = event.place, event.moment[:10]
    job = _job(work, event)
    run = work.sheet.element(f"run:{run_id(event.run)}", "run", place)
    work.sheet.edge(run, "executes", job, place)
    _run_facets(work, run, event)
    tool = text(event.data, "job", "facets", "jobType", "integration").lower()
    if event.type in _END:
        work.sheet.attribute(run, "status", _END[event.type], place)
        for data in event.datasets():
            if has_assertions(data):  # a run that found bad data has failed, and is the very evidence
                read_quality(work, event, read_dataset(work, data, place), data, tool)
    elif not work.sheet.has_attribute(run, "status"):
        work.sheet.attribute(run, "status", "running", place)
    if event.run not in lineage:
        return
    possible = lineage[event.run]
    if event.type == "COMPLETE":
        work.sheet.attribute(job, "last_run_on", day, place)
    for data in mappings(event.data, "inputs"):
        work.sheet.edge(run, "reads", read_dataset(work, data, place), place, possible=possible)
    for data in mappings(event.data, "outputs"):
        target = read_dataset(work, data, place, day)
        is_artifact = target.startswith("artifact:")
        work.sheet.edge(run, "produces" if is_artifact else "writes", target, place, possible=possible)
        if is_artifact:
            work.sheet.attribute(target, "created_on", day, place)
            continue
        if event.type == "COMPLETE":
            work.sheet.attribute(target, "updated_on", day, place)
        rows = whole_number(mapping(data, "outputFacets", "outputStatistics").get("rowCount"))
        work.sheet.attribute(target, "rows", rows, place)
        read_column_lineage(work, run, target, data, place, possible=possible)
    for holder in ("job", "run"):
        read_lineage_facet(work, run, mapping(event.data, holder, "facets"), place, possible=possible)


def _run_facets(work: Import, run: str, event: Event) -> None:
    """Which run started it, for which time, why it failed, and by which id another system may know it."""
    facets, place = mapping(event.data, "run", "facets"), event.place
    labels = labels_of(work, _own_tags(facets), _OF_RUNS)
    said = labels.attributes | {
        "error": " ".join(text(facets, "errorMessage", "message").split())[:_MAX_MESSAGE],
        "parent": run_id(text(facets, "parent", "run", "runId")),
        "scheduled_at": moment_of(text(facets, "nominalTime", "nominalStartTime")),
        "tags": labels.other or None,
    }
    for attribute, value in said.items():
        work.sheet.attribute(run, attribute, value, place)
    for other in _other_ids(facets):
        work.sheet.alias(run, f"run:{other}", Strength.DERIVED, place)


def _own_tags(facets: dict[str, object]) -> list[dict[str, object]]:
    """The tags of a run but those that the client library sets for itself."""
    return [tag for tag in mappings(facets, "tags", "tags") if text(tag, "source") != "OPENLINEAGE_CLIENT"]


def _other_ids(facets: dict[str, object]) -> Iterator[str]:
    """Run ids in facets of single producers: hexadecimal values under `run_id`, or under what begins with `mlflow`."""
    waiting: list[tuple[str, object]] = [(key, value) for key, value in facets.items() if key != "parent"]
    waiting += [(text(tag, "key"), tag.get("value")) for tag in mappings(facets, "tags", "tags")]
    while waiting:
        key, value = waiting.pop()
        if isinstance(value, dict):
            waiting += value.items()
        elif isinstance(value, str) and (key == "run_id" or key.startswith("mlflow")) and (found := run_id(value)):
            yield found


def _design_event(work: Import, event: Event) -> None:
    """What is said of a job or a dataset without a run: a job may do this, nobody saw it happen."""
    place = event.place
    if "dataset" in event.data:
        read_dataset(work, mapping(event.data, "dataset"), place, event.moment[:10])
        return
    job = _job(work, event)
    for data in mappings(event.data, "inputs"):
        work.sheet.edge(job, "reads", read_dataset(work, data, place), place, possible=True)
    for data in mappings(event.data, "outputs"):
        target = read_dataset(work, data, place)
        relation = "produces" if target.startswith("artifact:") else "writes"
        work.sheet.edge(job, relation, target, place, possible=True)
    read_lineage_facet(work, job, mapping(event.data, "job", "facets"), place, possible=True)


def _job(work: Import, event: Event) -> str:
    data, place = mapping(event.data, "job"), event.place
    facets = mapping(data, "facets")
    job = work.sheet.element(work.job(data), "job", place)
    labels = labels_of(work, mappings(facets, "tags", "tags"), _OF_JOBS)
    code = mapping(facets, "sourceCodeLocation")
    integration = text(facets, "jobType", "integration")
    meant = {"purpose": work.purposes.get(text(data, "namespace"))} | labels.attributes
    said = meant | {
        "name": text(data, "name"),
        "description": text(facets, "documentation", "description"),
        "system_name": integration if integration != "CUSTOM" else "",
        "code_location": work.plain_address(text(code, "url") or text(code, "repoUrl")),
        "code_version": text(code, "version") or text(code, "tag"),
        "tags": labels.other or None,
    }
    owner = owner_of(facets)
    if owner:
        said["owner"] = owner
    for attribute, value in said.items():
        work.sheet.attribute(job, attribute, value, place)
    return job
