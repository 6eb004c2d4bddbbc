"""What a piece of evidence is about, and how that is known.

In: what a report says of itself, the events that came with it, the settings of the source, the name of its file. Out:
an ``About``. The four are asked in this order, and the first that knows decides. What only a file's name suggests is
never joined (``docs/identity.md``: a hint).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from lexline_plugins.importers.locations import Locations, run_id
from lexline_plugins.importers.openlineage_events import Event
from lexline_plugins.importers.openlineage_names import address_of, registered_models
from lexline_plugins.importers.records import mappings, text
from lexline_plugins.importers.subjects import Found, Subjects, model_id, registered_model_id, suggestion

__all__ = ["About", "Finder", "Named", "named_by"]

_RUN = ("mlflow_run_id", "run_id")


@dataclass(frozen=True, slots=True)
class Named:
    """A model as something names it: its name and version, or the run that made it. What isn't said is empty."""

    name: str = ""
    version: str = ""
    run: str = ""

    def __str__(self) -> str:
        """In a reader's words: ``credit-decision version 1``."""
        return " version ".join(filter(None, (self.name, self.version if self.name else "")))


@dataclass(frozen=True, slots=True)
class About:
    """The elements that evidence is about, each with its kind, and how that is known (``None``: nothing suggests
    any). They are only ``possible`` where not all of it is sure. ``day`` is when the evidence was made, where what gave
    the subject says it."""

    elements: tuple[tuple[str, str], ...] = ()
    found: Found | None = None
    possible: bool = False
    day: str = ""


class Finder:
    """Finds what the files of one source are about. ``folder`` is the address at which they lie (empty where it isn't
    known)."""

    def __init__(self, subjects: Subjects, folder: str, locations: Locations, events: Iterable[Event]) -> None:
        self._subjects = subjects
        self._folder = folder.rstrip("/")
        self._locations = locations
        self._lineage = _Lineage(events, locations)

    def address(self, file: str) -> str:
        """Where a file lies; empty where it isn't known."""
        return self._locations.canonical(f"{self._folder}/{file}") if self._folder else ""

    def plain_address(self, address: str) -> str:
        """An address in the one form."""
        return self._locations.canonical(address)

    def find(self, file: str, named: Named) -> About:
        """What the evidence in a file is about, which names it as ``named``."""
        element = self._element(named)
        if element is not None:
            return About((element,), Found.METADATA)
        written = self._lineage.about(self.address(file), file)
        if written is not None:
            return written
        for told in self._subjects.told_of(file):
            return About(((told.element, told.kind),), told.found, day=told.day)
        return About(found=Found.FILE_NAME if suggestion(file) else None)

    def _element(self, named: Named) -> tuple[str, str] | None:
        """Evidence about a name without a version is about the model, not about one of its versions."""
        authority, run = self._subjects.authority, run_id(named.run)
        if named.name and named.version:
            return model_id(authority, named.name, named.version), "model"
        if run:
            return f"run:{run}", "run"
        return (registered_model_id(authority, named.name), "registered-model") if named.name else None


def named_by(data: Mapping[str, object]) -> Named:
    """The model that metadata name, beside other things (``model_name``) or in a part of their own (``model.name``)."""
    name = text(data, "model_name") or text(data, "model", "name")
    version = text(data, "model_version") or text(data, "model", "version")
    runs = (text(data, *path) for key in _RUN for path in ((key,), ("model", key)))
    return Named(name, version, next(filter(None, runs), ""))


class _Lineage:
    """Which runs wrote which files, and which models' answers these runs read."""

    def __init__(self, events: Iterable[Event], locations: Locations) -> None:
        given = list(events)
        last = {event.run: event for event in given if event.run}
        self._ends = {run: event.moment for run, event in last.items() if event.type == "COMPLETE"}
        self._writers: dict[str, set[str]] = defaultdict(set)
        self._inputs: dict[str, set[str]] = defaultdict(set)
        self._models: dict[str, set[str]] = defaultdict(set)
        for event in given:
            for data in event.datasets():
                self._models[address_of(data, locations)].update(registered_models(data))
            if event.run in self._ends:
                self._inputs[event.run].update(address_of(data, locations) for data in mappings(event.data, "inputs"))
                for data in mappings(event.data, "outputs"):
                    self._writers[address_of(data, locations)].add(event.run)
        self._writers.pop("", None)  # what has no address is found by none
        self._models.pop("", None)

    def about(self, address: str, file: str) -> About | None:
        """What the file at an address is about: the models that the run which wrote it read, or whose answers it read.
        Where only the name of the file is known, or there are several, each is only possible."""
        is_sure, written = True, address
        if address not in self._writers:
            ends = [other for other in self._writers if other.rpartition("/")[2] == file.rpartition("/")[2]]
            is_sure, written = False, ends[0] if len(ends) == 1 and not address else ""
        runs = self._writers.get(written, set())
        models = sorted({model for run in runs for model in self._read_by(run)})
        if not models:
            return None
        day = max(self._ends[run] for run in runs)[:10]
        possible = not is_sure or len(models) > 1
        return About(tuple((model, "model") for model in models), Found.LINEAGE, possible, day)

    def _read_by(self, run: str) -> Iterator[str]:
        for address in self._inputs[run]:
            yield from self._models.get(address, ())
            for writer in self._writers.get(address, ()):
                for behind in self._inputs[writer]:
                    yield from self._models.get(behind, ())
