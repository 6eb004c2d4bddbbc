"""Gathers what an MLflow server says, in whichever form it was saved, before anything is made of it.

In: answers of the REST interface, the files of a file store, ``MLmodel`` files. Out: one record for each registered
model, version, run, experiment and logged model, however many files hold it, in the form of the REST answers; of
several the one that was updated last. What ``MLmodel`` files say is kept beside them.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from lexline_lineage.documents import Document
from lexline_lineage.hostile_json import read_json
from lexline_lineage.hostile_yaml import read_yaml
from lexline_lineage.problems import LineageError
from lexline_lineage.reading import read_bytes
from lexline_plugins.importers.locations import run_id
from lexline_plugins.importers.mlflow_store import store_records
from lexline_plugins.importers.records import Reading, Record, mapping, mappings, text

__all__ = ["Answers", "gather", "pairs", "version_key"]

_Key = TypeVar("_Key", str, tuple[str, str])

_LISTS = {
    "experiments": "experiment",
    "model_versions": "version",
    "models": "logged",
    "registered_models": "registered",
    "runs": "run",
}
_SINGLES = {
    "experiment": "experiment",
    "model": "logged",
    "model_version": "version",
    "registered_model": "registered",
    "run": "run",
}
_WORDS = {"logged": "logged model", "registered": "registered model", "version": "model version"}


@dataclass(slots=True)
class Answers:
    """Records by what names them: registered models by name, versions by name and number, runs, experiments and logged
    models by id. ``aliases`` are those of versions that an answer about the version itself gives; ``packages`` are what
    ``MLmodel`` files say."""

    registered: dict[str, Record] = field(default_factory=dict)
    versions: dict[tuple[str, str], Record] = field(default_factory=dict)
    runs: dict[str, Record] = field(default_factory=dict)
    experiments: dict[str, Record] = field(default_factory=dict)
    logged: dict[str, Record] = field(default_factory=dict)
    aliases: dict[tuple[str, str], Record] = field(default_factory=dict)
    packages: list[Record] = field(default_factory=list)


def gather(reading: Reading) -> Answers:
    """Read all files."""
    answers = Answers()
    pages: dict[str, list[tuple[str, bool]]] = {}
    records, others = store_records(reading)
    for sort, record in records:
        _take(answers, sort, record, reading)
    for name, path in others:
        document = _document(name, path, reading)
        if document is None:
            continue
        data = document.data
        if not isinstance(data, dict):
            reading.skip(name, "this is no answer of an MLflow server")
        elif isinstance(data.get("flavors"), dict):
            answers.packages.append(Record(data, f"{name}:1"))
        elif "error_code" in data:
            reading.skip(name, f"the server answered {text(data, 'error_code')}: {text(data, 'message')}")
        elif not any(key in data for key in (*_LISTS, *_SINGLES)) and data:
            reading.skip(name, "this is no answer that is read: it holds no models, versions or runs")
        else:
            _take_answer(answers, document, data, name, reading)
            for key in _LISTS:
                if key in data:
                    pages.setdefault(key, []).append((name, bool(text(data, "next_page_token"))))
    for found in pages.values():
        if all(goes_on for _, goes_on in found):
            reading.skip(found[-1][0], "the answer goes on at `next_page_token`, and that page is not among the files")
    return answers


def pairs(data: object, *path: str) -> list[tuple[str, str]]:
    """The keys and values of a list of tags or parameters."""
    return [(text(item, "key"), text(item, "value")) for item in mappings(data, *path)]


def version_key(data: object) -> tuple[str, str]:
    """Name and number of a model version; the number is a text whichever way the server wrote it."""
    return text(data, "name"), text(data, "version")


def _document(name: str, path: Path, reading: Reading) -> Document | None:
    """What a file holds; an ``MLmodel`` file is YAML, whether or not its name says so."""
    is_yaml = path.suffix.lower() in (".yaml", ".yml") or path.name == "MLmodel"
    try:
        content = read_bytes(path)
        return read_yaml(content, name) if is_yaml else read_json(content, name)
    except LineageError as error:
        reading.skip_problems(error, name)
        return None


def _take_answer(answers: Answers, document: Document, data: dict[str, object], name: str, reading: Reading) -> None:
    for key, sort in _LISTS.items():
        items = data.get(key)
        for index, item in enumerate(items if isinstance(items, list) else []):
            place = f"{name}:{document.place(key, index)[0]}"
            if isinstance(item, dict):
                _take(answers, sort, Record(item, place), reading)
            else:
                reading.skip(place, f"an item of `{key}` is no object")
    for key, sort in _SINGLES.items():
        if isinstance(data.get(key), dict):
            place = f"{name}:{document.place(key)[0]}"
            _take(answers, sort, Record(mapping(data, key), place), reading)


def _take(answers: Answers, sort: str, record: Record, reading: Reading) -> None:
    data = record.data
    if sort == "registered" and text(data, "name"):
        _keep_newer(answers.registered, text(data, "name"), record)
        for version in mappings(data, "latest_versions"):
            _take(answers, "version", Record(version, record.place), reading)
    elif sort == "version" and all(version_key(data)):
        _keep_newer(answers.versions, version_key(data), record)
        if "aliases" in data:
            _keep_newer(answers.aliases, version_key(data), record)
    elif sort == "run" and _run_of(data):
        answers.runs[_run_of(data)] = record
    elif sort == "experiment" and text(data, "experiment_id"):
        _keep_newer(answers.experiments, text(data, "experiment_id"), record)
    elif sort == "logged" and (model := text(data, "info", "model_id")):
        if text(data, "info", "status").endswith("FAILED"):
            reading.skip(record.place, f"the logged model {model} was not stored")
        else:
            answers.logged[model] = record
    else:
        reading.skip(
            record.place, f"{'an' if sort == 'experiment' else 'a'} {_WORDS.get(sort, sort)} has no name or id"
        )


def _run_of(data: dict[str, object]) -> str:
    raw = text(data, "info", "run_id") or text(data, "info", "run_uuid")
    return run_id(raw) or raw


def _keep_newer(records: dict[_Key, Record], key: _Key, record: Record) -> None:
    known = records.get(key)
    if known is None or _updated(record) > _updated(known):
        records[key] = record


def _updated(record: Record) -> int:
    stamp = text(record.data, "last_updated_timestamp") or text(record.data, "last_update_time")
    return int(stamp) if stamp.isdecimal() and len(stamp) < 20 else 0
