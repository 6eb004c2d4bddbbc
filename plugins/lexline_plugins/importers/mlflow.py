"""Reads what MLflow knows: registered models, their versions, training runs, logged models and their signatures.

A model version is joined to its run by the run's id and to its file by the file's address: ``models:/m-…`` leads to the
logged model, that to the address where the tracking server keeps it, and the setting ``locations`` from there to the
address that a serving manifest writes. ``docs/sources/mlflow.md`` says which field becomes which attribute.
"""

from __future__ import annotations

from lexline.importing import Importer, ImportRequest, ImportResult
from lexline_plugins.importers.labels import MODEL_LABELS, OF_ALL_VERSIONS, Labels
from lexline_plugins.importers.locations import escape, has_scheme
from lexline_plugins.importers.mlflow_answers import gather, pairs
from lexline_plugins.importers.mlflow_names import Import
from lexline_plugins.importers.mlflow_runs import OWN_TAGS, finite_metrics, read_run
from lexline_plugins.importers.mlflow_signatures import gather_packages, read_packages
from lexline_plugins.importers.options import (
    optional_text,
    refuse_unknown,
    required_text,
    text_pairs,
    the_locations,
)
from lexline_plugins.importers.records import Reading, Record, mapping, mappings, moment_of_ms, text
from lexline_plugins.importers.sheet import FactSheet

__all__ = ["MLFLOW"]

_SETTINGS = {
    "authority": "the name of the server, which keeps its models apart from those of another (required)",
    "feature_project": "the project of the Feast store whose services runs name in the tag `feast_feature_service`",
    "locations": "pairs of prefixes that name one place, such as `mlflow-artifacts:/` and the bucket behind it",
    "tags": "further tags and the attribute that each fills, such as `tier: risk_tier`",
}

_DOCUMENTS = {"fairness_report": "test-report", "model_card": "model-card"}
_ASSESSMENTS = {"dpia": "dpia"}
_VALIDATED = {"approved": "approved", "expired": "approved", "rejected": "rejected"}
"""The outcome of the validation behind a status: one that has expired was an approval."""


def _read(request: ImportRequest) -> ImportResult:
    refuse_unknown(request, _SETTINGS)
    authority = escape(required_text(request, "authority", "mlflow.example.org").removeprefix("mlflow://"))
    tags = {**MODEL_LABELS, **text_pairs(request, "tags", "tier: risk_tier")}
    project = optional_text(request, "feature_project", "credit")
    locations = the_locations(request)
    reading = Reading(request.paths)
    answers = gather(reading)
    work = Import(authority, locations, tags, project, reading, answers, FactSheet(request.source))
    gather_packages(work)
    for name, record in sorted(answers.registered.items()):
        _registered_model(work, name, record)
    made: dict[str, list[str]] = {}
    versions = {key: work.model(key) for key, record in sorted(answers.versions.items()) if _is_kept(work, key, record)}
    for key, element in versions.items():
        made.setdefault(work.run(text(answers.versions[key].data, "run_id")), []).append(element)
    for run, record in sorted(answers.runs.items()):
        read_run(work, run, record, made.get(work.run(run), []))
    for key in versions:
        _version(work, key, answers.versions[key])
    for model, record in sorted(answers.logged.items()):
        _logged_model(work, model, record)
    read_packages(work, versions)
    return ImportResult(work.sheet.facts(), tuple(work.unresolved), tuple(reading.skipped))


MLFLOW = Importer(
    "mlflow",
    "Reads models, versions and training runs from MLflow: REST answers, file stores, `MLmodel` files.",
    _SETTINGS,
    _read,
)


def _registered_model(work: Import, name: str, record: Record) -> None:
    data, place = record.data, record.place
    element = work.sheet.element(work.registered_model(name), "registered-model", place)
    labels = Labels.sort(_plain_tags(data), work.tags, OWN_TAGS)
    said: dict[str, object] = {key: value for key, value in labels.attributes.items() if key in OF_ALL_VERSIONS}
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


def _logged_model(work: Import, model: str, record: Record) -> None:
    """A model that a run stored, whether or not it was registered."""
    info, place = mapping(record.data, "info"), record.place
    address = text(info, "artifact_uri")
    if not address:
        work.leave_open(f"models:/{model}", place, "the answer does not say where it is stored")
        return
    artifact = work.artifact(address, place)
    work.sheet.attribute(artifact, "name", text(info, "name"), place)
    run = text(info, "source_run_id")
    known = work.known_run(run)
    if run and (known is None or (not work.is_deleted(known) and text(known.data, "info", "status") == "FINISHED")):
        work.sheet.edge(work.sheet.element(work.run(run), "run", place), "produces", artifact, place)


def _is_kept(work: Import, key: tuple[str, str], record: Record) -> bool:
    if text(record.data, "status").startswith("FAILED"):
        work.reading.skip(record.place, f"version {key[1]} of {key[0]} failed to be registered")
        return False
    return True


def _version(work: Import, key: tuple[str, str], record: Record) -> None:
    """Everything about one version."""
    data, place = record.data, record.place
    element = work.sheet.element(work.model(key), "model", place)
    group = work.answers.registered.get(key[0])
    if group is not None:
        work.sheet.edge(work.registered_model(key[0]), "groups", element, group.place)
        shared = Labels.sort(_plain_tags(group.data), work.tags, OWN_TAGS)
        for attribute in OF_ALL_VERSIONS:
            work.sheet.attribute(element, attribute, shared.attributes.get(attribute), group.place)
    labels = Labels.sort(_plain_tags(data), work.tags, OWN_TAGS)
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
    _validation(work, key, element, labels, place)
    _evidence(work, element, data, place)
    _trained_by(work, element, text(data, "run_id"), place)
    _stored(work, element, key, place)


def _aliases(work: Import, key: tuple[str, str], element: str) -> None:
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


def _validation(work: Import, key: tuple[str, str], element: str, labels: Labels, place: str) -> None:
    """A validation that was carried out is an assessment too: one that is pending has no outcome yet."""
    said = labels.attributes
    status = _VALIDATED.get(str(said.get("validation_status")))
    if status is None:
        return
    assessment = work.sheet.element(f"assessment:{element.partition(':')[2]}/validation", "assessment", place)
    facts: dict[str, object] = {
        "name": f"Validation of {key[0]} version {key[1]}",
        "type": "validation",
        "status": status,
        "approved_on": said.get("validated_on") if status == "approved" else None,
        "assessor": said.get("validated_by"),
        "valid_until": said.get("next_validation_due"),
    }
    for attribute, value in facts.items():
        work.sheet.attribute(assessment, attribute, value, place)
    work.sheet.edge(assessment, "assesses", element, place)


def _evidence(work: Import, element: str, data: dict[str, object], place: str) -> None:
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


def _document_location(work: Import, value: str) -> str:
    """The address of a document, or its path among the documents that the registry names."""
    if has_scheme(value):
        return work.locations.canonical(value)
    return "/".join((f"mlflow/{work.authority}", *(escape(part) for part in value.split("/"))))


def _trained_by(work: Import, element: str, run: str, place: str) -> None:
    if not run:
        return
    known = work.known_run(run)
    run_element = work.sheet.element(work.run(run), "run", known.place if known else place)
    work.sheet.edge(run_element, "produces", element, place)
    if known is None:
        work.leave_open(run, element, "the run that trained it is not among the answers")
    elif work.is_deleted(known):
        work.leave_open(run, element, "the run that trained it is deleted")
    elif text(known.data, "info", "status") == "FINISHED":
        ended = moment_of_ms(mapping(known.data, "info").get("end_time"))
        work.sheet.attribute(element, "trained_at", ended, known.place)
        work.sheet.attribute(element, "trained_on", ended[:10] if ended else None, known.place)
        metrics = finite_metrics(work, known)
        work.sheet.attribute(element, "metrics", metrics or None, known.place)
        accuracy = metrics.get("accuracy")
        if accuracy is not None and 0 <= accuracy <= 1:
            work.sheet.attribute(element, "accuracy", accuracy, known.place)


def _stored(work: Import, element: str, key: tuple[str, str], place: str) -> None:
    address, why = work.address(key)
    if not address:
        source = text(work.answers.versions[key].data, "source") or "no source"
        work.leave_open(source, element, why)
        return
    location = work.locations.canonical(address)
    if location.startswith("mlflow-artifacts:"):
        work.leave_open(location, element, "no prefix of the setting `locations` says where the server keeps it")
    artifact = work.artifact(address, place)
    work.sheet.attribute(element, "artifact_uri", location, place)
    work.sheet.edge(element, "stored_as", artifact, place)


def _plain_tags(data: dict[str, object]) -> list[tuple[str, str]]:
    """The tags but those that name a document or an assessment."""
    return [(key, value) for key, value in pairs(data, "tags") if key not in _DOCUMENTS and key not in _ASSESSMENTS]


def _day(raw: object) -> str | None:
    moment = moment_of_ms(raw)
    return moment[:10] if moment else None
