"""Reads the objects of Seldon Core 2: models, pipelines of which models are steps, and experiments that share requests.

A model and a pipeline are deployments each. A pipeline answers with what reaches its output: the deployments of those
steps feed one another and it, and it runs their files. What watches the data beside them, a detector, decides nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches

from lexline_plugins.importers.clusters import Cluster, name_of, namespace_of
from lexline_plugins.importers.locations import escape
from lexline_plugins.importers.records import Record, mapping, mappings, text
from lexline_plugins.importers.seldon_stores import stored_at

__all__ = ["not_as_defined", "read_resources"]

_KEYS = {
    "Experiment": {"candidates", "default", "mirror", "resourceType"},
    "Model": {"artifactVersion", "explainer", "logger", "requirements", "secretName", "storageUri"},
    "Pipeline": {"input", "output", "steps"},
}
"""The keys of each kind that are read here. A slip in one of them changes what the object means."""
_KEYS_OF_STEP = {"inputs", "name", "triggers"}
_DETECTOR = "alibi-detect"
"""What only detectors of drift and outliers require."""

_Key = tuple[str, str]


@dataclass(frozen=True, slots=True)
class _Import:
    """One import while it goes on.

    ``models`` by namespace and name, with the addresses of their files in ``stored``; ``unseen`` are models that only
    other objects name. ``shared`` are those that take part in experiments, by kind, namespace and name, each with the
    experiment that counts.
    """

    cluster: Cluster
    models: Mapping[_Key, Record]
    shared: Mapping[tuple[str, str, str], Record]
    stored: dict[_Key, str] = field(default_factory=dict)
    unseen: set[_Key] = field(default_factory=set)

    def is_detector(self, key: _Key) -> bool:
        return key in self.models and _DETECTOR in _texts(mapping(self.models[key].data, "spec"), "requirements")


def not_as_defined(data: dict[str, object]) -> str:
    """Why an object is not read: it explains, or a slip in one of its keys changes what it means. Empty where it is."""
    kind, name, spec = text(data, "kind"), name_of(data), mapping(data, "spec")
    if kind == "Explainer" or mapping(spec, "explainer"):
        return f"the explainer {name} explains answers, and decides nothing"
    if kind not in _KEYS:
        return ""
    parts = [("its specification", spec, _KEYS[kind])]
    if kind == "Pipeline":
        steps = mappings(spec, "steps")
        parts += [
            (f"its step {text(step, 'name') or number}", step, _KEYS_OF_STEP) for number, step in enumerate(steps)
        ]
    for where, part, keys in parts:
        for key in part.keys() - keys:
            meant = get_close_matches(key, keys - part.keys(), 1, 0.8)
            if meant:
                return (
                    f"the {kind} {name} has `{key}` in {where}, where `{meant[0]}` is meant, and the cluster refuses it"
                )
    return ""


def read_resources(
    cluster: Cluster, models: Iterable[Record], pipelines: Iterable[Record], experiments: Iterable[Record]
) -> None:
    """The deployments that the objects make."""
    by_name = {(namespace_of(record.data), name_of(record.data)): record for record in models}
    told = tuple(experiments)
    shared = {key: record for record in reversed(told) for key in _participants(record)}  # the first counts
    work = _Import(cluster, by_name, shared)
    for key, record in by_name.items():
        _model(work, key, record)
    for record in pipelines:
        _pipeline(work, record)
    for record in told:
        _experiment(work, record)


def _participants(record: Record) -> dict[tuple[str, str, str], object]:
    """Who takes part in an experiment, by kind, namespace and name, with the weight of each; that of a mirror is 0."""
    spec = mapping(record.data, "spec")
    kind = "pipeline" if text(spec, "resourceType") == "pipeline" else "model"
    weights: dict[str, object] = {text(c, "name"): c.get("weight") for c in mappings(spec, "candidates")}
    weights[text(spec, "mirror", "name")] = 0
    return {(kind, namespace_of(record.data), name): weight for name, weight in weights.items() if name}


def _experiment(work: _Import, record: Record) -> None:
    """The shares of those that take part in this experiment, and in none before it."""
    spec, name = mapping(record.data, "spec"), name_of(record.data)
    weights = _participants(record)
    total = sum(weight for weight in weights.values() if isinstance(weight, int))
    for key, weight in weights.items():
        if work.shared[key] is not record:
            why = f"takes part in the experiment {name_of(work.shared[key].data)} already, and that counts"
            work.cluster.reading.skip(record.place, f"the {key[0]} {key[2]} of the experiment {name} {why}")
            continue
        element = work.cluster.deployment(record, key[0], key[2])
        if key[0] == "model":
            _unseen(work, record, key[2])
        _part(work, element, key)
        said: dict[str, object] = {"service": text(spec, "default") or name}
        if isinstance(weight, int) and 0 <= weight <= total and total:
            said["traffic_share"] = weight / total
        else:
            work.cluster.leave_open(name, element, "the weights of the experiment don't say its share of the requests")
        for attribute, value in said.items():
            work.cluster.sheet.attribute(element, attribute, value, record.place)


def _part(work: _Import, element: str, key: tuple[str, str, str]) -> dict[str, object]:
    """What it means for a model or pipeline in which experiment it takes part: outside of all it answers alone, and as
    a mirror its answers are not used. Its share of the requests is said with the experiment."""
    experiment = work.shared.get(key)
    if experiment is None:
        return {"traffic_share": 1.0}
    if text(experiment.data, "spec", "mirror", "name") != key[2]:
        return {}
    work.cluster.sheet.attribute(element, "shadow", True, experiment.place)
    return {"shadow": True}


def _model(work: _Import, key: _Key, record: Record) -> None:
    spec, name = mapping(record.data, "spec"), name_of(record.data)
    element = work.cluster.deployment(record, "model", name)
    said: dict[str, object] = {"name": name, "tags": _texts(spec, "requirements") or None}
    said |= _part(work, element, ("model", *key))
    if "logger" in spec and mapping(spec, "logger").get("percent", 100) == 100:
        said["logs_requests"] = True
    work.cluster.describe(element, record, said)
    address, version = text(spec, "storageUri"), text(spec, "artifactVersion")
    if address and version:
        address = f"{address.rstrip('/')}/{version}"  # a folder below the address
    if not address:
        work.cluster.leave_open(name, element, "nothing says where its model is stored")
    elif location := stored_at(work.cluster, element, address, text(spec, "secretName")):
        work.stored[key] = location
        work.cluster.loads(element, location, name, record.place)


def _pipeline(work: _Import, record: Record) -> None:
    spec, name, namespace = mapping(record.data, "spec"), name_of(record.data), namespace_of(record.data)
    pipeline = work.cluster.deployment(record, "pipeline", name)
    work.cluster.describe(pipeline, record, {"name": name} | _part(work, pipeline, ("pipeline", namespace, name)))
    steps = {text(step, "name"): step for step in mappings(spec, "steps") if text(step, "name")}
    answering = _sources(_texts(spec, "output", "steps"), steps)
    if not answering:
        work.cluster.leave_open(name, pipeline, "no step leads to its output")
    feeding = {step: _sources(_references(data), steps) for step, data in steps.items()}
    for step, sources in feeding.items():
        element = _step(work, record, pipeline, step)
        for source in sorted(sources):
            work.cluster.sheet.edge(_unseen(work, record, source), "feeds", element, record.place)
        for other in () if sources else _texts(spec, "input", "externalInputs"):
            _from_outside(work, record, other, element)
        if step in answering:
            work.cluster.sheet.edge(element, "feeds", pipeline, record.place)
    for step in sorted(_reaching(answering, feeding)):
        if location := work.stored.get((namespace, step)):
            work.cluster.loads(pipeline, location, step, record.place, extra=True)


def _step(work: _Import, record: Record, pipeline: str, name: str) -> str:
    """The deployment of the model that is a step."""
    key = (namespace_of(record.data), name)
    element = _unseen(work, record, name)
    if work.is_detector(key):
        monitor = f"monitor:{work.cluster.product}/" + "/".join(map(escape, (work.cluster.authority, *key)))
        work.cluster.sheet.element(monitor, "monitor", record.place)
        work.cluster.sheet.attribute(monitor, "name", name, record.place)
        work.cluster.sheet.edge(monitor, "watches", pipeline, record.place)
    return element


def _unseen(work: _Import, record: Record, name: str) -> str:
    """The deployment of a model that another object names, whether the files hold the model or not."""
    element, namespace = work.cluster.deployment(record, "model", name), namespace_of(record.data)
    if (namespace, name) not in work.models and (namespace, name) not in work.unseen:
        work.unseen.add((namespace, name))
        bare = Record({"metadata": {"name": name, "namespace": namespace}}, record.place)
        work.cluster.describe(element, bare, {"name": name})
        work.cluster.leave_open(name, element, "none of the files says what this model loads")
    return element


def _from_outside(work: _Import, record: Record, reference: str, element: str) -> None:
    """What another pipeline, or a step of it, gives to a first step (``other.outputs``, ``other.step.s.outputs``)."""
    parts = reference.split(".")
    if len(parts) > 2 and parts[1] == "step":
        source = _unseen(work, record, parts[2])
    elif parts[1:2] == ["inputs"]:
        return
    else:
        source = work.cluster.deployment(record, "pipeline", parts[0])
    work.cluster.sheet.edge(source, "feeds", element, record.place)


def _references(step: dict[str, object]) -> list[str]:
    """What goes into a step, or decides whether it runs."""
    return [*_texts(step, "inputs"), *_texts(step, "triggers")]


def _sources(references: Iterable[str], steps: Mapping[str, dict[str, object]]) -> set[str]:
    """The steps whose outputs are meant: ``step`` and ``step.outputs.x`` mean the step, ``step.inputs.x`` what goes
    into it. The inputs of the pipeline itself are the outputs of none."""
    found: set[str] = set()
    seen: set[str] = set()
    waiting = list(references)
    while waiting:
        step, _, part = waiting.pop().partition(".")
        if step in steps and part.partition(".")[0] != "inputs":
            found.add(step)
        elif step in steps and step not in seen:
            seen.add(step)
            waiting += _references(steps[step])
    return found


def _reaching(answering: Iterable[str], feeding: Mapping[str, Iterable[str]]) -> set[str]:
    """The steps from which something leads to those that answer."""
    found: set[str] = set()
    waiting = list(answering)
    while waiting:
        step = waiting.pop()
        if step not in found:
            found.add(step)
            waiting += feeding[step]
    return found


def _texts(data: object, *path: str) -> list[str]:
    """The texts in the list at a path of keys."""
    found = mapping(data, *path[:-1]).get(path[-1]) if isinstance(data, dict) else None
    return [item for raw in (found if isinstance(found, list) else []) if (item := text({"": raw}, ""))]
