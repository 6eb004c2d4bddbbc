"""Reads KServe manifests as the cluster gives them back, with their status: what is deployed, and what it loads.

Each revision that takes traffic is a deployment of its own, with its share: while a canary runs, the specification
holds the newest model only, and the status says who answers the rest. A deployment leads to the address of the file
that it loads, and meets there what a registry or the lineage says of that file. ``docs/sources/kserve.md`` says which
field becomes which attribute.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from lexline.importing import Importer, ImportRequest, ImportResult
from lexline_lineage.values import Sort, ValueType, parse_value
from lexline_plugins.importers.clusters import (
    CLUSTER_SETTINGS,
    Cluster,
    name_of,
    namespace_of,
    percentage,
    region_of_nodes,
)
from lexline_plugins.importers.records import Record, mapping, mappings, text

__all__ = ["KSERVE"]

_SOURCE = "internal.serving.kserve.io/storage-initializer-sourceuri"
_MOMENT = ValueType(Sort.MOMENT)


@dataclass(slots=True)
class _Import(Cluster):
    """One import while it goes on. ``revisions`` are the Knative revisions by namespace and name."""

    revisions: dict[tuple[str, str], Record] = field(default_factory=dict)


def _read(request: ImportRequest) -> ImportResult:
    work = _Import.of("kserve", request)
    services: list[Record] = []
    for record in work.objects({*_READERS, "Revision"}):
        if text(record.data, "kind") == "Revision":
            work.revisions[namespace_of(record.data), name_of(record.data)] = record
        else:
            services.append(record)
    for record in services:
        _READERS[text(record.data, "kind")](work, record)
    return work.result()


KSERVE = Importer(
    "kserve",
    "Reads deployments, their shares of the traffic and the models that they load from KServe manifests with status.",
    CLUSTER_SETTINGS,
    _read,
)


def _inference_service(work: _Import, record: Record) -> None:
    data = record.data
    for part in ("explainer", "transformer"):
        if mapping(data, "spec", part):
            work.reading.skip(record.place, f"the {part} of {name_of(data)} answers no requests by itself")
    old = mapping(data, "spec", "default", "predictor")
    if old:  # the form before v1beta1
        canary = mapping(data, "spec", "canary", "predictor")
        percent = percentage(mapping(data, "spec").get("canaryTrafficPercent", 0))
        _deployment(work, record, name_of(data), old, None if percent is None else 100 - percent)
        if canary and percent != 0:
            _deployment(work, record, f"{name_of(data)}/canary", canary, percent)
        return
    predictor = mapping(data, "spec", "predictor")
    status = mapping(data, "status", "components", "predictor")
    traffic = mappings(status, "traffic")
    if traffic:
        _revisions(work, record, predictor, status, traffic)
        return
    percent = percentage(predictor.get("canaryTrafficPercent", 100))
    _deployment(work, record, name_of(data), predictor, percent)
    if percent is not None and percent < 100:
        name = f"{name_of(data)}/previous"
        previous = _element(work, record, name)
        work.describe(previous, record, {"name": name, "traffic_share": (100 - percent) / 100})
        work.leave_open(name_of(data), previous, "a canary runs, and no status says which revision answers the rest")


def _revisions(
    work: _Import,
    record: Record,
    predictor: dict[str, object],
    status: dict[str, object],
    traffic: list[dict[str, object]],
) -> None:
    """A deployment for each revision that takes traffic."""
    percents: dict[str, float] = {}
    for entry in traffic:
        revision = text(entry, "revisionName")
        percents[revision] = percents.get(revision, 0) + (percentage(entry.get("percent")) or 0)
    for revision, percent in sorted(percents.items()):
        if not revision or not percent:
            work.reading.skip(record.place, f"the revision {revision or 'without a name'} takes no traffic")
            continue
        name = f"{name_of(record.data)}/{revision}"
        known = work.revisions.get((namespace_of(record.data), revision))
        address = text(known.data, "metadata", "annotations", _SOURCE) if known else ""
        if address or revision != text(status, "latestCreatedRevision"):
            # Only the revision made last is the one that the specification describes.
            element = _element(work, record, name)
            work.describe(element, record, {"name": name, "traffic_share": percent / 100})
            work.loads(element, address, revision, (known or record).place)
        else:
            element = _deployment(work, record, name, predictor, percent)
        if known is not None:
            created = parse_value(text(known.data, "metadata", "creationTimestamp"), _MOMENT)
            moment = str(created).replace("+00:00", "Z").replace(" ", "T") if created else ""
            work.sheet.attribute(element, "deployed_at", moment, known.place)
            work.sheet.attribute(element, "deployed_on", moment[:10], known.place)


def _deployment(work: _Import, record: Record, name: str, predictor: dict[str, object], percent: float | None) -> str:
    """The deployment that a predictor describes."""
    element = _element(work, record, name)
    share = None if percent is None else percent / 100
    said: dict[str, object] = {"name": name, "traffic_share": share, "image": _image(predictor)}
    if mapping(predictor, "logger"):
        said["logs_requests"] = True
    work.describe(element, record, said, region_of_nodes(predictor))
    address, hidden = _storage(predictor)
    if hidden and not address:
        work.leave_open(hidden, element, "the address of its model is kept in a secret of the cluster")
    elif not address and _image(predictor):
        work.leave_open(_image(predictor), element, "it runs an image of its own, which names no model")
    else:
        work.loads(element, address, name, record.place)
    return element


def _trained_model(work: _Import, record: Record) -> None:
    """A model that is loaded into the server of another service."""
    element = _element(work, record, name_of(record.data))
    service = text(record.data, "spec", "inferenceService")
    work.describe(element, record, {"name": name_of(record.data), "service": service})
    work.loads(element, text(record.data, "spec", "model", "storageUri"), name_of(record.data), record.place)


def _language_model(work: _Import, record: Record) -> None:
    """A language model, with the adapters that change what it answers."""
    element = _element(work, record, name_of(record.data))
    work.describe(element, record, {"name": name_of(record.data)})
    work.loads(element, text(record.data, "spec", "model", "uri"), name_of(record.data), record.place)
    for adapter in mappings(record.data, "spec", "model", "lora", "adapters"):
        work.loads(element, text(adapter, "uri"), text(adapter, "name"), record.place, extra=True)


def _element(work: _Import, record: Record, name: str) -> str:
    return work.deployment(record, *name.split("/"))


def _storage(predictor: dict[str, object]) -> tuple[str, str]:
    """The address of the model of a predictor, and what stands for it where a secret holds it."""
    for found in predictor.values():  # the key is the name of a framework, or `model`
        if text(found, "storageUri"):
            return text(found, "storageUri"), ""
        storage = mapping(found, "storage")
        if storage:
            hidden = "/".join(filter(None, (text(storage, "key"), text(storage, "path"))))
            return text(storage, "storageUri"), hidden or "storage"
    return text(predictor, "storageUri"), ""


def _image(predictor: dict[str, object]) -> str:
    containers = [
        *mappings(predictor, "containers"),
        mapping(predictor, "container"),
        mapping(predictor, "custom", "container"),
    ]
    return next((text(container, "image") for container in containers if text(container, "image")), "")


_READERS = {
    "InferenceService": _inference_service,
    "LLMInferenceService": _language_model,
    "TrainedModel": _trained_model,
}
