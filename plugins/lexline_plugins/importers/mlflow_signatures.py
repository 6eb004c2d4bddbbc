"""Which columns go into a model: the signature that it was logged with, against the data that it was trained on.

A training table holds more than its model sees. The signature says what the model takes in, so that a rule about
columns accuses those and no others.
"""

from __future__ import annotations

from lexline_lineage.facts import Strength
from lexline_plugins.importers.feast_names import service_id, used_by
from lexline_plugins.importers.locations import has_scheme
from lexline_plugins.importers.mlflow_answers import pairs
from lexline_plugins.importers.mlflow_names import Import, inner_json
from lexline_plugins.importers.records import Record, mapping, mappings, text, whole_number

__all__ = ["gather_packages", "read_packages"]

_HISTORY = "mlflow.log-model.history"
_SERVICE, _PROJECT = "feast_feature_service", "feast_project"


def gather_packages(work: Import) -> None:
    """Find what is said of stored models: in tags of runs, with logged models, and in ``MLmodel`` files."""
    for run, record in sorted(work.answers.runs.items()):
        history = inner_json(dict(pairs(record.data, "data", "tags")).get(_HISTORY, ""))
        for item in mappings({"history": history}, "history"):
            work.packages.append(Record({**item, "run_id": text(item, "run_id") or run}, record.place))
    for model, record in sorted(work.answers.logged.items()):
        if signature := mapping(record.data, "info", "signature") or mapping(record.data, "data", "signature"):
            work.packages.append(Record({"model_id": model, "signature": signature}, record.place))
    work.packages += work.answers.packages
    for package in work.packages:
        if has_scheme(address := text(package.data, "artifact_path")) or address.startswith("mlflow-artifacts:"):
            work.addresses.setdefault(_model_id(package.data), address)


def read_packages(work: Import, versions: dict[tuple[str, str], str]) -> None:
    """What the stored models add to their versions. ``versions`` are the elements of all that are read."""
    known: dict[str, list[tuple[str, str]]] = {}
    for key in versions:
        for name in work.whereabouts_of(key):
            known.setdefault(name, []).append(key)
    signed: dict[tuple[str, str], Record] = {}
    for package in work.packages:
        data = package.data
        own = work.whereabouts(_model_id(data), text(data, "run_id"), text(data, "artifact_path"))
        found = sorted({key for name in own for key in known.get(name, [])})
        if not found and any(package is file for file in work.answers.packages):
            reference = min(own, default=text(data, "run_id") or "no id")
            work.leave_open(reference, package.place, "no version of a model among the answers is kept there")
        for key in found:
            _describe_file(work, key, package)
            if mapping(data, "signature").get("inputs"):
                signed[key] = package
    for key in versions:
        run = text(work.answers.versions[key].data, "run_id")
        service = _feature_service(work, key, run)
        if key in signed:
            _signature(work, key, run, service, signed[key])


def _model_id(data: dict[str, object]) -> str:
    return text(data, "model_id") or text(data, "model_uuid")


def _describe_file(work: Import, key: tuple[str, str], package: Record) -> None:
    address, _ = work.address(key)
    if not address:
        return
    artifact = work.artifact(address, package.place)
    flavors = sorted(mapping(package.data, "flavors"))
    told = [flavor for flavor in flavors if flavor != "python_function"] or flavors
    work.sheet.attribute(artifact, "format", ", ".join(told), package.place)
    work.sheet.attribute(artifact, "size", whole_number(package.data.get("model_size_bytes")), package.place)


def _signature(work: Import, key: tuple[str, str], run: str, service: str, package: Record) -> None:
    """The inputs of a version, and the columns of its training data that go into it."""
    element = work.model(key)
    raw = mapping(package.data, "signature").get("inputs")
    inputs = inner_json(raw) if isinstance(raw, str) else raw
    names = list(dict.fromkeys(text(item, "name") for item in mappings({"inputs": inputs}, "inputs")))
    if not names or not all(names):
        work.reading.skip(package.place, f"the signature of version {key[1]} of {key[0]} does not name its inputs")
        return
    work.sheet.attribute(element, "inputs", names, package.place)
    columns = work.columns.get(work.run(run), {})
    folded: dict[str, list[str]] = {}
    for name, found in columns.items():
        folded.setdefault(name.casefold(), []).extend(found)
    unknown = []
    for name in names:
        origins = columns.get(name) or folded.get(name.casefold(), [])
        for origin in origins:
            work.sheet.edge(origin, "trains", element, package.place, possible=len(origins) > 1)
        if service:
            column = work.sheet.column(service, name, package.place)
            work.sheet.edge(column, "trains", element, package.place)
        elif not origins:
            unknown.append(name)
    if unknown:
        why = "no dataset that its training run reads has a column of this name"
        work.leave_open(", ".join(unknown), element, why)


def _feature_service(work: Import, key: tuple[str, str], run: str) -> str:
    """The feature service that a run says it trained on. Which one of the feature store it is, only a tag says, and
    nobody keeps it right: it is an element of its own, which may be that one where that one names the model, too."""
    element, record = work.model(key), work.known_run(run)
    if record is None:
        return ""
    tags = dict(pairs(record.data, "data", "tags"))
    name = tags.get(_SERVICE, "")
    if not name:
        return ""
    if not work.sheet.has_attribute(element, "feature_service"):
        work.sheet.attribute(element, "feature_service", name, record.place)
    if not work.feature_project:
        work.leave_open(
            name, element, "no setting `feature_project` says in which feature store this feature service is"
        )
        return ""
    stored = service_id(tags.get(_PROJECT, "") or work.feature_project, name)
    service = f"feature-view:mlflow/{work.authority}/{stored.partition(':')[2]}"
    work.sheet.element(service, "feature-view", record.place)
    work.sheet.attribute(service, "name", name, record.place)
    work.sheet.edge(service, "trains", element, record.place)
    work.sheet.alias(service, stored, Strength.HINT, record.place)
    work.sheet.alias(service, used_by(stored, key[0]), Strength.DERIVED, record.place)
    work.sheet.alias(service, used_by(stored, *key), Strength.DERIVED, record.place)
    return service
