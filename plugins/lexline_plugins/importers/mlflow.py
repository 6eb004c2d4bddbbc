"""Reads answers of MLflow's REST interface: registered models, their versions, training runs, logged models.

A model version is joined to its run by the run's id and to its file by the file's address: ``models:/m-…`` leads to the
logged model, that to the address where the tracking server keeps it, and the setting ``locations`` from there to the
address that a serving manifest writes. ``docs/sources/mlflow.md`` says which field becomes which attribute.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field

from lexline.importing import Importer, ImportRequest, ImportResult, Unresolved
from lexline_plugins.importers.labels import Labels
from lexline_plugins.importers.locations import Locations, escape, has_scheme, run_id
from lexline_plugins.importers.mlflow_answers import Answers, gather, pairs
from lexline_plugins.importers.options import refuse_unknown, required_text, text_pairs, the_locations
from lexline_plugins.importers.records import Reading, Record, mapping, mappings, moment_of_ms, text, whole_number
from lexline_plugins.importers.sheet import FactSheet

__all__ = ["MLFLOW"]

_SETTINGS = {
    "authority": "the name of the server, which keeps its models apart from those of another (required)",
    "locations": "pairs of prefixes that name one place, such as `mlflow-artifacts:/` and the bucket behind it",
    "tags": "further tags and the attribute that each fills, such as `tier: risk_tier`",
}

# MLflow has no fields for these; the tags are a convention, and the setting `tags` adds an organisation's own.
_TAGS = {
    "accountable_executive": "accountable_executive",
    "automated_decision": "automated_decision",
    "data_residency": "data_residency",
    "decides": "decides",
    "feature_service": "feature_service",
    "human_oversight": "human_oversight",
    "next_validation_due": "next_validation_due",
    "owner": "owner",
    "risk_tier": "risk_tier",
    "use_case": "use_case",
    "use_case_id": "use_case",
    "validated_by": "validated_by",
    "validated_on": "validated_on",
    "validation_status": "validation_status",
}
_OF_ALL_VERSIONS = (
    "accountable_executive",
    "automated_decision",
    "data_residency",
    "owner",
    "risk_tier",
    "use_case",
)
"""What a registered model and each version of it have: a version that says nothing else has it from there."""

_DOCUMENTS = {"fairness_report": "test-report", "model_card": "model-card"}
_ASSESSMENTS = {"dpia": "dpia"}
_STATUS = {
    "FAILED": "failed",
    "FINISHED": "completed",
    "KILLED": "aborted",
    "RUNNING": "running",
    "SCHEDULED": "running",
}
_MODEL_VERSION = re.compile(r"models:/([^/@]+)/([0-9]+)")
_LOGGED_MODEL = re.compile(r"models:/(m-[0-9a-zA-Z]+)")
_RUN_PATH = re.compile(r"runs:/([^/]+)(/.*)?")
# The server writes an infinite metric as the largest number that there is, and what is not a number as a text.
_INFINITE = 1.797e308


@dataclass(slots=True)
class _Import:
    """One import while it goes on."""

    authority: str
    locations: Locations
    tags: dict[str, str]
    reading: Reading
    answers: Answers
    sheet: FactSheet
    unresolved: list[Unresolved] = field(default_factory=list)

    def model(self, key: tuple[str, str]) -> str:
        return f"model:mlflow/{self.authority}/{escape(key[0])}/{escape(key[1])}"

    def run(self, run: str) -> str:
        known = run_id(run)
        return f"run:{known}" if known else f"run:mlflow/{self.authority}/{escape(run)}"

    def leave_open(self, reference: str, where: str, why: str) -> None:
        self.unresolved.append(Unresolved(reference, where, why))


def _read(request: ImportRequest) -> ImportResult:
    refuse_unknown(request, _SETTINGS)
    authority = escape(required_text(request, "authority", "mlflow.example.org").removeprefix("mlflow://"))
    tags = _TAGS | text_pairs(request, "tags", "tier: risk_tier")
    locations = the_locations(request)
    reading = Reading(request.paths)
    answers = gather(reading)
    work = _Import(authority, locations, tags, reading, answers, FactSheet(request.source))
    for name, record in sorted(answers.registered.items()):
        _registered_model(work, name, record)
    for run, record in sorted(answers.runs.items()):
        _run(work, run, record)
    for key, record in sorted(answers.versions.items()):
        _version(work, key, record)
    return ImportResult(work.sheet.facts(), tuple(work.unresolved), tuple(reading.skipped))


MLFLOW = Importer(
    "mlflow",
    "Reads models, versions and training runs from answers of MLflow's REST interface.",
    _SETTINGS,
    _read,
)


def _registered_model(work: _Import, name: str, record: Record) -> None:
    data, place = record.data, record.place
    element = f"registered-model:mlflow/{work.authority}/{escape(name)}"
    work.sheet.element(element, "registered-model", place)
    labels = Labels.sort(_plain_tags(data), work.tags, _OWN_TAGS)
    said: dict[str, object] = {key: value for key, value in labels.attributes.items() if key in _OF_ALL_VERSIONS}
    said |= {
        "name": name,
        "description": text(data, "description"),
        "created_on": _day(data.get("creation_timestamp")),
        "updated_on": _day(data.get("last_updated_timestamp")),
        "tags": labels.other or None,
    }
    for attribute, value in said.items():
        work.sheet.attribute(element, attribute, value, place)
    _evidence(work, element, data, place)
    for key in work.answers.versions:
        if key[0] == name:
            work.sheet.edge(element, "groups", work.model(key), place)


def _version(work: _Import, key: tuple[str, str], record: Record) -> None:
    data, place = record.data, record.place
    if text(data, "status").startswith("FAILED"):
        work.reading.skip(place, f"version {key[1]} of {key[0]} failed to be registered")
        return
    element = work.sheet.element(work.model(key), "model", place)
    group = work.answers.registered.get(key[0])
    if group is not None:
        shared = Labels.sort(_plain_tags(group.data), work.tags, _OWN_TAGS)
        for attribute in _OF_ALL_VERSIONS:
            work.sheet.attribute(element, attribute, shared.attributes.get(attribute), group.place)
    labels = Labels.sort(_plain_tags(data), work.tags, _OWN_TAGS)
    said = labels.attributes | {
        "name": key[0],
        "version": key[1],
        "description": text(data, "description"),
        "stage": text(data, "current_stage").lower(),
        "tags": labels.other or None,
    }
    for attribute, value in said.items():
        work.sheet.attribute(element, attribute, value, place)
    _aliases(work, key, element)
    _evidence(work, element, data, place)
    _trained_by(work, element, text(data, "run_id"), place)
    _stored(work, element, key, place)


def _aliases(work: _Import, key: tuple[str, str], element: str) -> None:
    """The search for versions leaves aliases out: only an answer about the registered model, or about the version
    alone, says which there are, and that there are none."""
    group, own = work.answers.registered.get(key[0]), work.answers.aliases.get(key)
    if group is not None:
        names = [text(a, "alias") for a in mappings(group.data, "aliases") if text(a, "version") == key[1]]
        work.sheet.attribute(element, "aliases", sorted(filter(None, names)), group.place)
    elif own is not None:
        said = own.data["aliases"]
        names = [name for name in said if isinstance(name, str) and name] if isinstance(said, list) else []
        work.sheet.attribute(element, "aliases", sorted(names), own.place)


def _evidence(work: _Import, element: str, data: dict[str, object], place: str) -> None:
    """Documents and assessments that tags name."""
    for key, value in pairs(data, "tags"):
        if not value:
            continue
        if key in _DOCUMENTS:
            document = f"document:{_document_location(work, value)}"
            work.sheet.element(document, "document", place)
            work.sheet.attribute(document, "type", _DOCUMENTS[key], place)
            work.sheet.attribute(document, "location", value, place)
            work.sheet.edge(document, "describes", element, place)
        elif key in _ASSESSMENTS:
            assessment = f"assessment:{escape(value)}"
            work.sheet.element(assessment, "assessment", place)
            work.sheet.attribute(assessment, "type", _ASSESSMENTS[key], place)
            work.sheet.edge(assessment, "assesses", element, place)


def _document_location(work: _Import, value: str) -> str:
    """The address of a document, or its path among the documents that the registry names."""
    if has_scheme(value):
        return work.locations.canonical(value)
    return "/".join((f"mlflow/{work.authority}", *(escape(part) for part in value.split("/"))))


def _trained_by(work: _Import, element: str, run: str, place: str) -> None:
    if not run:
        return
    known = work.answers.runs.get(run_id(run) or run)
    run_element = work.sheet.element(work.run(run), "run", known.place if known else place)
    work.sheet.edge(run_element, "produces", element, place)
    if known is None:
        work.leave_open(run, element, "the run that trained it is not among the answers")
    elif text(known.data, "info", "lifecycle_stage") == "deleted":
        work.leave_open(run, element, "the run that trained it is deleted")
    elif text(known.data, "info", "status") == "FINISHED":
        ended = moment_of_ms(mapping(known.data, "info").get("end_time"))
        work.sheet.attribute(element, "trained_at", ended, known.place)
        work.sheet.attribute(element, "trained_on", ended[:10] if ended else None, known.place)
        metrics = _metrics(work, known)
        work.sheet.attribute(element, "metrics", metrics or None, known.place)
        accuracy = metrics.get("accuracy")
        if accuracy is not None and 0 <= accuracy <= 1:
            work.sheet.attribute(element, "accuracy", accuracy, known.place)


def _stored(work: _Import, element: str, key: tuple[str, str], place: str) -> None:
    address, why = _address(work, key)
    if not address:
        source = text(work.answers.versions[key].data, "source") or "no source"
        work.leave_open(source, element, why)
        return
    location = work.locations.canonical(address)
    if location.startswith("mlflow-artifacts:"):
        work.leave_open(location, element, "no prefix of the setting `locations` says where the server keeps it")
    artifact = work.sheet.element(f"artifact:{location}", "artifact", place)
    work.sheet.attribute(artifact, "location", location, place)
    work.sheet.attribute(element, "artifact_uri", location, place)
    work.sheet.edge(element, "stored_as", artifact, place)


def _address(work: _Import, key: tuple[str, str]) -> tuple[str, str]:
    """Where the file of a version lies, or why that can't be said."""
    seen: set[tuple[str, str]] = set()
    while key not in seen:
        seen.add(key)
        record = work.answers.versions.get(key)
        if record is None:
            return "", "it was copied from a version that is not among the answers"
        source = text(record.data, "source")
        if copied := _MODEL_VERSION.fullmatch(source):
            key = (copied.group(1), copied.group(2))
        elif logged := _LOGGED_MODEL.match(source):
            model = work.answers.logged.get(logged.group(1))
            address = text(model.data, "info", "artifact_uri") if model else ""
            return address, "its logged model is not among the answers"
        elif path := _RUN_PATH.fullmatch(source):
            run = work.answers.runs.get(run_id(path.group(1)) or path.group(1))
            root = text(run.data, "info", "artifact_uri") if run else ""
            return (
                root + (path.group(2) or "") if root else ""
            ), "the run that holds its file is not among the answers"
        else:
            return source, "the registry says nothing of its file"
    return "", "the versions that it was copied from go round in a circle"


def _run(work: _Import, run: str, record: Record) -> None:
    data, place = record.data, record.place
    info = mapping(data, "info")
    if text(info, "lifecycle_stage") == "deleted":
        work.reading.skip(place, f"the run {run} is deleted")
        return
    element = work.sheet.element(work.run(run), "run", place)
    tags = dict(pairs(data, "data", "tags"))
    labels = Labels.sort(tags.items(), {}, _OWN_TAGS)
    said = {
        "name": text(info, "run_name") or tags.get("mlflow.runName", ""),
        "owner": text(info, "user_id") or tags.get("mlflow.user", ""),
        "status": _STATUS.get(text(info, "status")),
        "started_at": moment_of_ms(info.get("start_time")),
        "ended_at": moment_of_ms(info.get("end_time")),
        "code_version": tags.get("mlflow.source.git.commit", ""),
        "parameters": dict(sorted(pairs(data, "data", "params"))) or None,
        "metrics": _metrics(work, record, report=True) or None,
        "tags": labels.other or None,
    }
    for attribute, value in said.items():
        work.sheet.attribute(element, attribute, value, place)
    inputs = mappings(data, "inputs", "dataset_inputs")
    if inputs and text(info, "status") != "FINISHED":
        work.reading.skip(place, f"the run {run} did not finish, so its inputs make no lineage")
        return
    for number, item in enumerate(inputs, start=1):
        _dataset(work, element, mapping(item, "dataset"), place, number)


def _dataset(work: _Import, run_element: str, data: dict[str, object], place: str, number: int) -> None:
    name, digest = text(data, "name"), text(data, "digest")
    source = _inner_json(text(data, "source"))
    address = next((text(source, key) for key in ("uri", "url") if text(source, key)), "")
    if not address and has_scheme(text(data, "source")):
        address = text(data, "source")
    if address:
        location = work.locations.canonical(address)
        dataset = work.sheet.element(f"dataset:{location}", "dataset", place)
        work.sheet.attribute(dataset, "location", location, place)
    else:
        part = (
            "/".join(escape(word) for word in (name, digest) if word) or f"{run_element.removeprefix('run:')}/{number}"
        )
        dataset = work.sheet.element(f"dataset:mlflow/{work.authority}/{part}", "dataset", place)
        what = text(data, "source") or name or "a dataset"
        work.leave_open(what, dataset, "the run does not say where the dataset is stored")
    work.sheet.attribute(dataset, "name", name, place)
    work.sheet.attribute(dataset, "rows", whole_number(_inner_json(text(data, "profile")).get("num_rows")), place)
    work.sheet.edge(run_element, "reads", dataset, place)
    for field_ in mappings(_inner_json(text(data, "schema")), "mlflow_colspec"):
        if text(field_, "name"):
            column = f"column:{dataset.removeprefix('dataset:')}#{escape(text(field_, 'name'))}"
            work.sheet.element(column, "column", place)
            work.sheet.attribute(column, "name", text(field_, "name"), place)
            work.sheet.edge(column, "belongs_to", dataset, place)


def _metrics(work: _Import, record: Record, *, report: bool = False) -> dict[str, float]:
    found: dict[str, float] = {}
    for item in mappings(record.data, "data", "metrics"):
        key, value = text(item, "key"), item.get("value")
        if isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < _INFINITE:
            found[key] = float(value)
        elif report:
            work.reading.skip(record.place, f"the metric {key} is {str(value)[:30]}, which is no finite number")
    return dict(sorted(found.items()))


def _plain_tags(data: dict[str, object]) -> list[tuple[str, str]]:
    """The tags but those that name a document or an assessment."""
    return [(key, value) for key, value in pairs(data, "tags") if key not in _DOCUMENTS and key not in _ASSESSMENTS]


def _inner_json(raw: str) -> dict[str, object]:
    """A JSON object that stands as text inside of another; empty where it is none."""
    try:
        data = json.loads(raw) if raw[:1] == "{" else None
    except (ValueError, RecursionError):
        return {}
    return data if isinstance(data, dict) else {}


def _day(raw: object) -> str | None:
    moment = moment_of_ms(raw)
    return moment[:10] if moment else None


_OWN_TAGS = ("mlflow.",)
