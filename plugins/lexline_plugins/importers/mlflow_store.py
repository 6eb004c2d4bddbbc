"""Reads a file store of MLflow (``mlruns``): a folder for each thing, in which ``meta.yaml`` says what it is.

In: the files of a source. Out: a record for each thing in the form of the REST answers, with the parameters, metrics,
tags and aliases that lie beside ``meta.yaml`` in a file each; and the files that belong to no store.
"""

from __future__ import annotations

from collections.abc import Container, Iterator
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from lexline_lineage.documents import decode
from lexline_lineage.hostile_yaml import read_yaml
from lexline_lineage.problems import LineageError
from lexline_lineage.reading import read_bytes
from lexline_plugins.importers.records import Reading, Record, mapping, text

__all__ = ["store_records"]

_META = "meta.yaml"
_VALUES = ("aliases", "metrics", "params", "tags")
_STATUS = {"1": "RUNNING", "2": "SCHEDULED", "3": "FINISHED", "4": "FAILED", "5": "KILLED"}
"""The statuses of runs, which a file store keeps as numbers."""
_LOGGED_MODEL_FAILED = "3"


@dataclass(slots=True)
class _Folder:
    """One thing: the name of its folder, what its ``meta.yaml`` says, and the values that lie beside it, by their sort
    and key."""

    name: str
    data: dict[str, object]
    place: str
    values: dict[str, dict[str, str]] = field(default_factory=dict)

    def pairs(self, sort: str) -> list[object]:
        """Parameters, metrics or tags as a list of keys and values."""
        return [{"key": key, "value": value} for key, value in sorted(self.values.get(sort, {}).items())]


def store_records(reading: Reading) -> tuple[list[tuple[str, Record]], list[tuple[str, Path]]]:
    """The records of all stores among the files, each with its sort, and the files that are left."""
    files = list(reading.files())
    metas = {PurePosixPath(name).parent: (name, path) for name, path in files if PurePosixPath(name).name == _META}
    folders: dict[PurePosixPath, _Folder | None] = {}
    for folder in sorted(metas, key=lambda folder: len(folder.parts)):
        if not _inside(folder / _META, folders):  # a parameter may be called meta.yaml
            folders[folder] = _read_meta(*metas[folder], reading)
    left: list[tuple[str, Path]] = []
    unread: list[str] = []
    for name, path in files:
        place = PurePosixPath(name)
        if place.parent in folders and place.name == _META:
            continue
        owner = next((parent for parent in place.parents if parent in folders), None)
        if owner is None or place.name == "MLmodel":
            left.append((name, path))
        elif place.relative_to(owner).parts[0] in _VALUES:
            _read_value(folders[owner], place.relative_to(owner), name, path, reading)
        else:
            unread.append(name)
    if unread:
        more = f", as are {len(unread) - 1} more files" if len(unread) > 1 else ""
        reading.skip(unread[0], f"this is no record of the store, but what a run or model keeps{more}")
    return list(_records({at: folder for at, folder in folders.items() if folder is not None}, reading)), left


def _inside(place: PurePosixPath, folders: Container[PurePosixPath]) -> bool:
    """True for what is kept by a thing, not a thing of its own."""
    owners = (parent for parent in place.parents if parent in folders)
    return any(place.relative_to(owner).parts[0] in (*_VALUES, "artifacts") for owner in owners)


def _read_meta(name: str, path: Path, reading: Reading) -> _Folder | None:
    try:
        document = read_yaml(read_bytes(path), name)
    except LineageError as error:
        reading.skip_problems(error, name)
        return None
    if not isinstance(document.data, dict):
        reading.skip(name, "this says nothing about a run, model or experiment")
        return None
    return _Folder(path.parent.name, document.data, f"{name}:1")


def _read_value(folder: _Folder | None, key: PurePosixPath, name: str, path: Path, reading: Reading) -> None:
    """A value in a file of its own. Its key may hold slashes, and is a path of folders then."""
    if folder is None:
        return
    try:
        content = decode(read_bytes(path), name)
    except LineageError as error:
        reading.skip_problems(error, name)
        return
    sort, value = key.parts[0], content.removesuffix("\n")
    if sort == "metrics":
        value = _last_measured(content)
    folder.values.setdefault(sort, {})["/".join(key.parts[1:])] = value


def _last_measured(content: str) -> str:
    """Of the lines ``MILLISECONDS VALUE STEP`` of a metric, the value of the last step."""
    found: tuple[int, int, str] | None = None
    for line in content.splitlines():
        moment, value, step = [*line.split(" "), "", "", ""][:3]
        step = step or "0"
        if _is_whole(moment) and _is_whole(step) and value and (found is None or (int(step), int(moment)) >= found[:2]):
            found = (int(step), int(moment), value)
    return found[2] if found is not None else content[:30].strip()


def _is_whole(number: str) -> bool:
    return len(number) < 20 and number.removeprefix("-").isdecimal()


def _records(folders: dict[PurePosixPath, _Folder], reading: Reading) -> Iterator[tuple[str, Record]]:
    links: dict[PurePosixPath, list[tuple[str, _Folder]]] = {}
    for at, folder in sorted(folders.items()):
        links.setdefault(at.parent.parent, []).append((at.parent.name, folder))
    for at, folder in sorted(folders.items()):
        data = folder.data
        if "version" in data and "current_stage" in data:
            if text(data, "current_stage") == "Deleted_Internal":
                reading.skip(folder.place, f"version {text(data, 'version')} of {text(data, 'name')} is deleted")
            else:
                yield "version", Record(data | {"tags": folder.pairs("tags")}, folder.place)
        elif "source_run_id" in data:
            yield "logged", _logged_model(folder)
        elif {"run_id", "run_uuid", "status"} & data.keys():
            yield "run", _run(at, folder, links.get(at, []), folders, reading)
        elif "experiment_id" in data:
            yield "experiment", Record(data | {"tags": folder.pairs("tags")}, folder.place)
        elif "creation_timestamp" in data:
            aliases = folder.values.get("aliases", {})
            listed = [{"alias": alias, "version": aliases[alias].strip()} for alias in sorted(aliases)]
            yield "registered", Record(data | {"aliases": listed, "tags": folder.pairs("tags")}, folder.place)
        elif not {"source_type", "digest", "source_id"} & data.keys():  # those are read with the run that uses them
            reading.skip(folder.place, "this is no run, model or experiment")


def _logged_model(folder: _Folder) -> Record:
    failed = text(folder.data, "status") == _LOGGED_MODEL_FAILED
    info = folder.data | {
        "artifact_uri": text(folder.data, "artifact_location"),
        "status": "LOGGED_MODEL_UPLOAD_FAILED" if failed else "",
        "tags": folder.pairs("tags"),
    }
    return Record({"info": info, "data": {"params": folder.pairs("params")}}, folder.place)


def _run(
    at: PurePosixPath,
    folder: _Folder,
    links: list[tuple[str, _Folder]],
    folders: dict[PurePosixPath, _Folder],
    reading: Reading,
) -> Record:
    """A run with what ``links`` say that it took in and made."""
    status, run = (
        text(folder.data, "status"),
        text(folder.data, "run_id") or text(folder.data, "run_uuid") or folder.name,
    )
    datasets: list[object] = []
    models: dict[str, list[object]] = {"inputs": [], "outputs": []}
    for way, link in links:
        if text(link.data, "source_type") == "DATASET":
            used = folders.get(at.parent / "datasets" / (text(link.data, "source_id") or "?"))
            if used is None:
                reading.skip(link.place, "the dataset that this input names is not among the files")
                continue
            tags = [{"key": key, "value": value} for key, value in mapping(link.data, "tags").items()]
            datasets.append({"dataset": used.data, "tags": tags})
        elif way in models:
            models[way].append({"model_id": text(link.data, "source_id")})
    metrics = [{"key": key, "value": _number(raw)} for key, raw in sorted(folder.values.get("metrics", {}).items())]
    data: dict[str, object] = {
        "info": folder.data | {"run_id": run, "status": _STATUS.get(status, status)},
        "data": {"params": folder.pairs("params"), "metrics": metrics, "tags": folder.pairs("tags")},
        "inputs": {"dataset_inputs": datasets, "model_inputs": models["inputs"]},
        "outputs": {"model_outputs": models["outputs"]},
    }
    return Record(data, folder.place)


def _number(raw: str) -> object:
    try:
        return float(raw)
    except ValueError:
        return raw
