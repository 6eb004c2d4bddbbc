"""One import from MLflow while it goes on: what was read, how its elements are called, and the facts so far."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field

from lexline.importing import Unresolved
from lexline_plugins.importers.locations import Locations, escape, logged_model, run_id
from lexline_plugins.importers.mlflow_answers import Answers, pairs
from lexline_plugins.importers.records import Reading, Record, mapping, text
from lexline_plugins.importers.sheet import FactSheet
from lexline_plugins.importers.subjects import model_id, registered_model_id

__all__ = ["Import", "inner_json", "shared_tags"]

_MODEL_VERSION = re.compile(r"models:/([^/@]+)/([0-9]+)")
_LOGGED_MODEL = re.compile(r"models:/(m-[0-9a-zA-Z-]+)")
_RUN_PATH = re.compile(r"runs:/([^/]+)(/.*)?")


@dataclass(slots=True)
class Import:
    """One import. ``packages`` are what ``MLmodel`` files and their like say, wherever they stood, ``addresses``
    where these say that a logged model lies; ``columns`` are the columns of what each run, by its element, was trained
    on."""

    authority: str
    locations: Locations
    tags: dict[str, str]
    feature_project: str
    reading: Reading
    answers: Answers
    sheet: FactSheet
    packages: list[Record] = field(default_factory=list)
    addresses: dict[str, str] = field(default_factory=dict)
    columns: dict[str, dict[str, list[str]]] = field(default_factory=dict)
    unresolved: list[Unresolved] = field(default_factory=list)

    def registered_model(self, name: str) -> str:
        """The id of a registered model."""
        return registered_model_id(self.authority, name)

    def model(self, key: tuple[str, str]) -> str:
        """The id of a model version."""
        return model_id(self.authority, *key)

    def run(self, run: str) -> str:
        """The id of a run."""
        known = run_id(run)
        return f"run:{known}" if known else f"run:mlflow/{self.authority}/{escape(run)}"

    def artifact(self, address: str, place: str) -> str:
        """The artifact at an address."""
        return self.sheet.artifact(self.locations.canonical(address), place)

    def leave_open(self, reference: str, where: str, why: str) -> None:
        """Something points nowhere."""
        self.unresolved.append(Unresolved(reference, where, why))

    def known_run(self, run: str) -> Record | None:
        """What the answers say of a run, however its id was written."""
        return self.answers.runs.get(run_id(run) or run)

    def is_deleted(self, run: Record) -> bool:
        """True for a run that was deleted, by itself or with its experiment."""
        return "deleted" in (
            text(run.data, "info", "lifecycle_stage"),
            text(self.experiment(run), "lifecycle_stage"),
        )

    def experiment(self, run: Record) -> dict[str, object]:
        """What the answers say of the experiment of a run; empty where nothing."""
        found = self.answers.experiments.get(text(run.data, "info", "experiment_id"))
        return found.data if found is not None else {}

    def logged_address(self, model: str) -> str:
        """Where the file of a logged model lies, as the server or its ``MLmodel`` file says; empty where neither."""
        logged = self.answers.logged.get(model)
        if logged is not None:
            return text(logged.data, "info", "artifact_uri")
        return self.addresses.get(model, "")

    def address(self, key: tuple[str, str]) -> tuple[str, str]:
        """Where the file of a version lies, or why that can't be said."""
        seen: set[tuple[str, str]] = set()
        while key not in seen:
            seen.add(key)
            record = self.answers.versions.get(key)
            if record is None:
                return "", "it was copied from a version that is not among the answers"
            source = text(record.data, "source")
            if copied := _MODEL_VERSION.fullmatch(source):
                key = (copied.group(1), copied.group(2))
            elif logged := _LOGGED_MODEL.match(source):
                stored = self.logged_address(logged.group(1)) or text(record.data, "storage_location")
                return stored, "its logged model is not among the answers"
            elif path := _RUN_PATH.fullmatch(source):
                run = self.known_run(path.group(1))
                root = self._artifacts_of(run) if run is not None else ""
                return (
                    root + (path.group(2) or "") if root else ""
                ), "the run that holds its file is not among the answers"
            else:
                return source, "the registry says nothing of its file"
        return "", "the versions that it was copied from go round in a circle"

    def _artifacts_of(self, run: Record) -> str:
        """The folder of the artifacts of a run."""
        info = mapping(run.data, "info")
        root = text(self.experiment(run), "artifact_location").rstrip("/")
        return text(info, "artifact_uri") or (f"{root}/{text(info, 'run_id')}/artifacts" if root else "")

    def whereabouts(self, model: str, run: str, path: str) -> set[str]:
        """By what a stored model can be recognised: its id as a logged model, its place in a run, its address."""
        found: set[str] = set()
        run = run_id(run) or run
        if ":" in path:
            address = self.locations.canonical(path)
            model = model or logged_model(address)
            found.add(address)
            _, slash, inner = address.partition(f"/{run.replace('-', '')}/artifacts/")
            path = inner if run and slash else ""
        if model.startswith("m-"):
            found.add(f"models:/{model}")
        elif run and path:
            found.add(f"runs:/{run}/{path.strip('/')}")
        return found

    def whereabouts_of(self, key: tuple[str, str]) -> set[str]:
        """By what the stored model of a version can be recognised."""
        data = self.answers.versions[key].data
        source = text(data, "source")
        logged = _LOGGED_MODEL.match(source)
        model = logged.group(1) if logged is not None else text(data, "model_id")
        address, _ = self.address(key)
        found = self.whereabouts(model, text(data, "run_id"), address)
        if path := _RUN_PATH.fullmatch(source):
            found |= self.whereabouts("", path.group(1), path.group(2) or "")
        return found


def inner_json(raw: str) -> object:
    """The data of a JSON text that stands inside of another; ``None`` where it is none."""
    try:
        return json.loads(raw) if raw[:1] in ("{", "[") else None
    except (ValueError, RecursionError):
        return None


def shared_tags(tags: list[tuple[str, str]], data: object) -> list[tuple[str, str]]:
    """Tags with those of what they belong to, where they don't say otherwise themselves."""
    own = {key for key, _ in tags}
    return tags + [(key, value) for key, value in pairs(data, "tags") if key not in own]
