"""Reads KServe manifests as the cluster gives them back, with their status: what is deployed, and what it loads.

Each revision that takes traffic is a deployment of its own, with its share: while a canary runs, the specification
holds the newest model only, and the status says who answers the rest. A deployment leads to the address of the file
that it loads, and meets there what a registry or the lineage says of that file. ``docs/sources/kserve.md`` says which
field becomes which attribute.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from lexline.importing import Importer, ImportRequest, ImportResult, Unresolved
from lexline_lineage.values import Sort, ValueType, parse_value
from lexline_plugins.importers.labels import Labels
from lexline_plugins.importers.locations import Locations, escape
from lexline_plugins.importers.options import refuse_unknown, required_text, text_pairs, the_locations
from lexline_plugins.importers.records import Reading, Record, mapping, mappings, text, yaml_documents
from lexline_plugins.importers.sheet import FactSheet
from lexline_plugins.importers.use_cases import state_use

__all__ = ["KSERVE"]

_SETTINGS = {
    "authority": "the name of the cluster, which keeps its services apart from those of another (required)",
    "environments": "namespaces and the environment that each is, such as `credit-prod: production`",
    "labels": "labels or annotations and the attribute that each fills, such as `example.org/owner: owner`",
    "locations": "pairs of prefixes that name one place, such as two addresses of one bucket",
}
_REGION = "topology.kubernetes.io/region"
_SOURCE = "internal.serving.kserve.io/storage-initializer-sourceuri"
_MOMENT = ValueType(Sort.MOMENT)


@dataclass(slots=True)
class _Import:
    """One import while it goes on. ``revisions`` are the Knative revisions by namespace and name."""

    authority: str
    environments: Mapping[str, str]
    labels: Mapping[str, str]
    locations: Locations
    reading: Reading
    sheet: FactSheet
    revisions: dict[tuple[str, str], Record] = field(default_factory=dict)
    unresolved: list[Unresolved] = field(default_factory=list)

    def leave_open(self, reference: str, where: str, why: str) -> None:
        self.unresolved.append(Unresolved(reference, where, why))


def _read(request: ImportRequest) -> ImportResult:
    refuse_unknown(request, _SETTINGS)
    authority = escape(required_text(request, "authority", "cluster-1.example.org"))
    environments = text_pairs(request, "environments", "credit-prod: production")
    labels = text_pairs(request, "labels", "example.org/owner: owner")
    reading = Reading(request.paths)
    work = _Import(authority, environments, labels, the_locations(request), reading, FactSheet(request.source))
    services: dict[tuple[str, str, str], Record] = {}
    for place, data in yaml_documents(reading):
        if not isinstance(data, dict) or not text(data, "kind"):
            reading.skip(place, "this is no Kubernetes object")
        elif not text(data, "metadata", "name"):
            reading.skip(place, f"the {text(data, 'kind')} has no name")
        elif text(data, "kind") == "Revision":
            work.revisions[_namespace(data), text(data, "metadata", "name")] = Record(data, place)
        elif text(data, "kind") in _READERS:
            key = (text(data, "kind"), _namespace(data), _name(data))
            if key in services:
                reading.skip(services[key].place, f"{key[0]} {key[2]} stands again at {place}, and that counts")
            services[key] = Record(data, place)
        else:
            reading.skip(place, f"objects of the kind {text(data, 'kind')[:60]} are not read")
    for record in services.values():
        _READERS[text(record.data, "kind")](work, record)
    return ImportResult(work.sheet.facts(), tuple(work.unresolved), tuple(reading.skipped))


KSERVE = Importer(
    "kserve",
    "Reads deployments, their shares of the traffic and the models that they load from KServe manifests with status.",
    _SETTINGS,
    _read,
)


def _inference_service(work: _Import, record: Record) -> None:
    data = record.data
    for part in ("explainer", "transformer"):
        if mapping(data, "spec", part):
            work.reading.skip(record.place, f"the {part} of {_name(data)} answers no requests by itself")
    old = mapping(data, "spec", "default", "predictor")
    if old:  # the form before v1beta1
        canary = mapping(data, "spec", "canary", "predictor")
        percent = _percent(mapping(data, "spec").get("canaryTrafficPercent", 0))
        _deployment(work, record, _name(data), old, None if percent is None else 100 - percent)
        if canary and percent != 0:
            _deployment(work, record, f"{_name(data)}/canary", canary, percent)
        return
    predictor = mapping(data, "spec", "predictor")
    status = mapping(data, "status", "components", "predictor")
    traffic = mappings(status, "traffic")
    if traffic:
        _revisions(work, record, predictor, status, traffic)
        return
    percent = _percent(predictor.get("canaryTrafficPercent", 100))
    _deployment(work, record, _name(data), predictor, percent)
    if percent is not None and percent < 100:
        name = f"{_name(data)}/previous"
        previous = _element(work, record, name)
        _describe(work, previous, record, {"name": name, "traffic_share": (100 - percent) / 100})
        work.leave_open(_name(data), previous, "a canary runs, and no status says which revision answers the rest")


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
        percents[revision] = percents.get(revision, 0) + (_percent(entry.get("percent")) or 0)
    for revision, percent in sorted(percents.items()):
        if not revision or not percent:
            work.reading.skip(record.place, f"the revision {revision or 'without a name'} takes no traffic")
            continue
        name = f"{_name(record.data)}/{revision}"
        known = work.revisions.get((_namespace(record.data), revision))
        address = text(known.data, "metadata", "annotations", _SOURCE) if known else ""
        if address or revision != text(status, "latestCreatedRevision"):
            # Only the revision made last is the one that the specification describes.
            element = _element(work, record, name)
            _describe(work, element, record, {"name": name, "traffic_share": percent / 100})
            _loads(work, element, address, revision, (known or record).place)
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
    _describe(work, element, record, said, text(predictor, "nodeSelector", _REGION))
    address, hidden = _storage(predictor)
    if hidden and not address:
        work.leave_open(hidden, element, "the address of its model is kept in a secret of the cluster")
    elif not address and _image(predictor):
        work.leave_open(_image(predictor), element, "it runs an image of its own, which names no model")
    else:
        _loads(work, element, address, name, record.place)
    return element


def _trained_model(work: _Import, record: Record) -> None:
    """A model that is loaded into the server of another service."""
    element = _element(work, record, _name(record.data))
    service = text(record.data, "spec", "inferenceService")
    _describe(work, element, record, {"name": _name(record.data), "service": service})
    _loads(work, element, text(record.data, "spec", "model", "storageUri"), _name(record.data), record.place)


def _language_model(work: _Import, record: Record) -> None:
    """A language model, with the adapters that change what it answers."""
    element = _element(work, record, _name(record.data))
    _describe(work, element, record, {"name": _name(record.data)})
    _loads(work, element, text(record.data, "spec", "model", "uri"), _name(record.data), record.place)
    for adapter in mappings(record.data, "spec", "model", "lora", "adapters"):
        _loads(work, element, text(adapter, "uri"), text(adapter, "name"), record.place, extra=True)


def _element(work: _Import, record: Record, name: str) -> str:
    parts = (work.authority, _namespace(record.data), *name.split("/"))
    return work.sheet.element("deployment:kserve/" + "/".join(map(escape, parts)), "deployment", record.place)


def _describe(work: _Import, element: str, record: Record, said: dict[str, object], region: str = "") -> None:
    """What the object says of all that it deploys, and what is ``said`` of this one."""
    data, namespace = record.data, _namespace(record.data)
    pairs = [*mapping(data, "metadata", "labels").items(), *mapping(data, "metadata", "annotations").items()]
    found = Labels.sort(((key, value) for key, value in pairs if isinstance(value, str)), work.labels)
    values: dict[str, object] = {
        "cluster": work.authority,
        "environment": work.environments.get(namespace),
        "namespace": namespace,
        "region": region,
        "service": _name(data),
        "url": text(data, "status", "url"),
    }
    ready = [text(c, "status") for c in mappings(data, "status", "conditions") if text(c, "type") == "Ready"]
    if ready:
        values["ready"] = {"True": True, "False": False}.get(ready[0])
    values |= found.attributes | said
    for attribute, value in values.items():
        work.sheet.attribute(element, attribute, value, record.place)
    state_use(work.sheet, element, values, record.place)


def _loads(work: _Import, element: str, address: str, name: str, place: str, *, extra: bool = False) -> None:
    """The deployment loads the file at an address. What that file is, other sources have to say."""
    if not address:
        work.leave_open(name, element, "nothing says where its model is stored")
        return
    location = work.locations.canonical(address)
    if not extra:
        work.sheet.attribute(element, "artifact_uri", location, place)
    work.sheet.edge(element, "loads", f"artifact:{location}", place)


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


def _percent(raw: object) -> float | None:
    """A number from 0 to 100; ``None`` for what is none."""
    if isinstance(raw, bool) or not isinstance(raw, int | float) or not 0 <= raw <= 100:
        return None
    return raw


def _name(data: dict[str, object]) -> str:
    return text(data, "metadata", "name")


def _namespace(data: dict[str, object]) -> str:
    return text(data, "metadata", "namespace") or "default"


_READERS = {
    "InferenceService": _inference_service,
    "LLMInferenceService": _language_model,
    "TrainedModel": _trained_model,
}
