"""Gathers what MLflow's REST answers say, whichever calls they answer, before anything is made of it.

In: files with answers of the registry and tracking calls. Out: one record for each registered model, version, run and
logged model, however many answers hold it; of several the one that was updated last.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TypeVar

from lexline_lineage.documents import Document
from lexline_plugins.importers.locations import run_id
from lexline_plugins.importers.records import Reading, Record, mapping, mappings, read_json_files, text

__all__ = ["Answers", "gather", "pairs", "version_key"]

_Key = TypeVar("_Key", str, tuple[str, str])

_LISTS = {"registered_models": "registered", "model_versions": "version", "runs": "run", "models": "logged"}
_SINGLES = {"registered_model": "registered", "model_version": "version", "run": "run", "model": "logged"}


@dataclass(slots=True)
class Answers:
    """Records by what names them: registered models by name, versions by name and number, runs by id, logged models
    by id. ``aliases`` are those of versions that an answer about the version itself gives."""

    registered: dict[str, Record] = field(default_factory=dict)
    versions: dict[tuple[str, str], Record] = field(default_factory=dict)
    runs: dict[str, Record] = field(default_factory=dict)
    logged: dict[str, Record] = field(default_factory=dict)
    aliases: dict[tuple[str, str], Record] = field(default_factory=dict)


def gather(reading: Reading) -> Answers:
    """Read all answers of the files."""
    answers = Answers()
    pages: dict[str, list[tuple[str, bool]]] = {}
    for name, document in read_json_files(reading):
        data = document.data
        if not isinstance(data, dict):
            reading.skip(name, "this is no answer of an MLflow server")
        elif "error_code" in data:
            why = f"the server answered {text(data, 'error_code')}: {text(data, 'message')}"
            reading.skip(name, why)
        elif "experiments" in data or "experiment" in data:
            reading.skip(name, "experiments hold nothing that is read; their runs do")
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
    elif sort == "logged" and text(data, "info", "model_id"):
        answers.logged[text(data, "info", "model_id")] = record
    else:
        what = {"registered": "registered model", "version": "model version", "run": "run", "logged": "logged model"}
        reading.skip(record.place, f"a {what[sort]} has no name or id")


def _run_of(data: dict[str, object]) -> str:
    raw = text(data, "info", "run_id") or text(data, "info", "run_uuid")
    return run_id(raw) or raw


def _keep_newer(records: dict[_Key, Record], key: _Key, record: Record) -> None:
    known = records.get(key)
    if known is None or _updated(record) > _updated(known):
        records[key] = record


def _updated(record: Record) -> int:
    stamp = text(record.data, "last_updated_timestamp")
    return int(stamp) if stamp.isdecimal() and len(stamp) < 20 else 0
