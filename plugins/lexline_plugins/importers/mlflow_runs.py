"""What MLflow says of runs: how they went, what they were trained on, what they only measured models with, and what
they made."""

from __future__ import annotations

from lexline_plugins.importers.labels import Labels
from lexline_plugins.importers.locations import escape, has_scheme
from lexline_plugins.importers.mlflow_answers import pairs
from lexline_plugins.importers.mlflow_names import Import, inner_json, shared_tags
from lexline_plugins.importers.records import Record, mapping, mappings, moment_of_ms, text, whole_number

__all__ = ["OWN_TAGS", "finite_metrics", "read_run"]

OWN_TAGS = ("mlflow.",)
"""Beginnings of the keys of tags that MLflow sets for itself."""

_STATUS = {
    "FAILED": "failed",
    "FINISHED": "completed",
    "KILLED": "aborted",
    "RUNNING": "running",
    "SCHEDULED": "running",
}
_EVALUATION = frozenset({"eval", "evaluate", "evaluation", "test", "testing", "validate", "validation"})
"""Values of the tag `mlflow.data.context` for data that a model is measured with and not made from."""

# The server writes an infinite metric as the largest number that there is, and what is not a number as a text.
_INFINITE = 1.797e308


def read_run(work: Import, run: str, record: Record, versions: list[str]) -> None:
    """Everything about one run. ``versions`` are the model versions that came of it."""
    info, place = mapping(record.data, "info"), record.place
    if work.is_deleted(record):
        work.reading.skip(place, f"the run {run} is deleted")
        return
    element = work.sheet.element(work.run(run), "run", place)
    _attributes(work, element, record)
    inputs = mappings(record.data, "inputs", "dataset_inputs")
    if text(info, "status") != "FINISHED":
        if inputs:
            work.reading.skip(place, f"the run {run} did not finish, so its inputs make no lineage")
        return
    made = _logged_models(work, element, record, "outputs", "model_outputs")
    for artifact in made:
        work.sheet.edge(element, "produces", artifact, place)
    used = _logged_models(work, element, record, "inputs", "model_inputs")
    for artifact in used - made:
        work.sheet.edge(element, "reads", artifact, place)
    measured = [item for item in inputs if _is_evaluation(item)]
    evaluation = element
    if measured and (made or versions):
        evaluation = _evaluation(work, element, record, sorted(made) or versions)
    elif measured and len(measured) == len(inputs):
        work.sheet.attribute(element, "operation", "evaluate", place)
    for number, item in enumerate(inputs, start=1):
        data = mapping(item, "dataset")
        dataset = _dataset(work, evaluation if item in measured else element, data, place, number)
        columns = _columns(work, dataset, data, place)
        if item not in measured:
            for name, column in columns.items():
                found = work.columns.setdefault(element, {}).setdefault(name, [])
                if column not in found:
                    found.append(column)


def finite_metrics(work: Import, record: Record, *, report: bool = False) -> dict[str, float]:
    """The metrics of a run that are finite numbers; the others are reported where asked for."""
    found: dict[str, float] = {}
    for item in mappings(record.data, "data", "metrics"):
        key, value = text(item, "key"), item.get("value")
        if isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < _INFINITE:
            found[key] = float(value)
        elif report:
            work.reading.skip(record.place, f"the metric {key} is {str(value)[:30]}, which is no finite number")
    return dict(sorted(found.items()))


def _attributes(work: Import, element: str, record: Record) -> None:
    data, info = record.data, mapping(record.data, "info")
    tags = dict(pairs(data, "data", "tags"))
    experiment = work.experiment(record)
    group = [("experiment", text(experiment, "name"))] if text(experiment, "name") else []
    labels = Labels.sort((group + shared_tags(list(tags.items()), experiment)), {}, OWN_TAGS)
    said = {
        "name": text(info, "run_name") or tags.get("mlflow.runName", ""),
        "owner": text(info, "user_id") or tags.get("mlflow.user", ""),
        "status": _STATUS.get(text(info, "status")),
        "started_at": moment_of_ms(info.get("start_time")),
        "ended_at": moment_of_ms(info.get("end_time")),
        "code_version": tags.get("mlflow.source.git.commit", ""),
        "parameters": dict(sorted(pairs(data, "data", "params"))) or None,
        "metrics": finite_metrics(work, record, report=True) or None,
        "tags": labels.other or None,
    }
    for attribute, value in said.items():
        work.sheet.attribute(element, attribute, value, record.place)


def _logged_models(work: Import, element: str, record: Record, *path: str) -> set[str]:
    """The artifacts of the logged models that a run took in, or made."""
    found = {text(item, "model_id") for item in mappings(record.data, *path)} - {""}
    artifacts = set()
    for model in sorted(found):
        if address := work.logged_address(model):
            artifacts.add(work.artifact(address, record.place))
        else:
            work.leave_open(f"models:/{model}", element, "its logged model is not among the answers")
    return artifacts


def _is_evaluation(item: dict[str, object]) -> bool:
    return dict(pairs(item, "tags")).get("mlflow.data.context", "").strip().lower() in _EVALUATION


def _evaluation(work: Import, element: str, record: Record, models: list[str]) -> str:
    """The part of a training run that measured what it had made. It is an element of its own, because data that only
    it reads has not gone into the models."""
    place = record.place
    evaluation = work.sheet.element(f"{element}/evaluation", "run", place)
    info = mapping(record.data, "info")
    name = text(info, "run_name") or dict(pairs(record.data, "data", "tags")).get("mlflow.runName", "")
    work.sheet.attribute(evaluation, "name", f"{name} (evaluation)".strip(), place)
    work.sheet.attribute(evaluation, "operation", "evaluate", place)
    work.sheet.attribute(evaluation, "status", _STATUS.get(text(info, "status")), place)
    for model in models:
        work.sheet.edge(evaluation, "reads", model, place)
    return evaluation


def _dataset(work: Import, run_element: str, data: dict[str, object], place: str, number: int) -> str:
    name, digest = text(data, "name"), text(data, "digest")
    source = inner_json(text(data, "source"))
    address = next((text(source, key) for key in ("uri", "url") if text(source, key)), "")
    if not address and has_scheme(text(data, "source")):
        address = text(data, "source")
    if address:
        location = work.locations.canonical(address)
        dataset = work.sheet.element(f"dataset:{location}", "dataset", place)
        work.sheet.attribute(dataset, "location", location, place)
    else:
        own = f"{run_element.removeprefix('run:')}/{number}"
        part = "/".join(escape(word) for word in (name, digest) if word) or own
        dataset = work.sheet.element(f"dataset:mlflow/{work.authority}/{part}", "dataset", place)
        what = text(data, "source") or name or "a dataset"
        work.leave_open(what, dataset, "the run does not say where the dataset is stored")
    work.sheet.attribute(dataset, "name", name, place)
    work.sheet.attribute(
        dataset, "rows", whole_number(mapping(inner_json(text(data, "profile"))).get("num_rows")), place
    )
    work.sheet.edge(run_element, "reads", dataset, place)
    return dataset


def _columns(work: Import, dataset: str, data: dict[str, object], place: str) -> dict[str, str]:
    """The columns of a dataset, by name."""
    columns: dict[str, str] = {}
    for item in mappings(inner_json(text(data, "schema")), "mlflow_colspec"):
        if name := text(item, "name"):
            columns[name] = work.sheet.column(dataset, name, place)
    return columns
