"""Reads OpenLineage events one by one and keeps those that are valid, in the order of their time.

In: files with one event, a list of events, or an event on each line. Out: events with their place. What is not an
event, or lacks what the specification requires, is skipped with the reason; a wrong facet costs that facet only.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from lexline_lineage.values import Sort, ValueType, parse_value
from lexline_plugins.importers.locations import run_id
from lexline_plugins.importers.records import Reading, json_lines, mapping, mappings, text

__all__ = ["NO_EVENT", "Event", "event_of", "gather", "in_order", "moment_of"]

_TYPES = frozenset({"START", "RUNNING", "COMPLETE", "ABORT", "FAIL", "OTHER"})
NO_EVENT = "this is no OpenLineage event"
"""Why something is skipped that is neither an event nor anything else that is read."""
_MOMENT = re.compile(
    r"(\d{4}-\d{2}-\d{2})[Tt ](\d{2}:\d{2}(?::\d{2})?)(\.\d{1,12})?\s*(Z|z|[+-]\d{2}:?\d{2})?", re.ASCII
)


@dataclass(frozen=True, slots=True)
class Event:
    """One event: its type, its moment in UTC as text that sorts, the UUID of its run (empty for an event about a job
    or a dataset alone), its data, and its place."""

    type: str
    moment: str
    run: str
    data: dict[str, object]
    place: str

    def datasets(self) -> Iterator[dict[str, object]]:
        """All datasets that it names."""
        yield from mappings(self.data, "inputs")
        yield from mappings(self.data, "outputs")
        if "dataset" in self.data:
            yield mapping(self.data, "dataset")


def gather(reading: Reading) -> tuple[list[Event], list[tuple[str, dict[str, object]]]]:
    """The valid events of all files, earliest first; of the same moment a start goes before an end. And what is no
    event at all, with its place."""
    events: list[Event] = []
    others: list[tuple[str, dict[str, object]]] = []
    for place, data in _each(reading):
        # Some transports put the event into an envelope.
        inner = data.get("event")
        if isinstance(inner, dict) and "eventTime" not in data:
            data = inner
        if not any(key in data for key in ("eventType", "eventTime", "run", "job", "dataset")):
            others.append((place, data))
            continue
        event = event_of(data, place, reading)
        if event is not None:
            events.append(event)
    return in_order(events), others


def event_of(data: dict[str, object], place: str, reading: Reading) -> Event | None:
    """The event that the data is; ``None`` and skipped with the reason where it is no valid one."""
    why = _refusal(data)
    if why:
        reading.skip(place, why)
        return None
    _check_facets(data, place, reading)
    run = run_id(text(data, "run", "runId")) or ""
    return Event(text(data, "eventType") or "OTHER", moment_of(text(data, "eventTime")), run, data, place)


def in_order(events: Iterable[Event]) -> list[Event]:
    """Events earliest first; of the same moment a start goes before an end."""
    return sorted(events, key=lambda event: (event.moment, event.type in ("COMPLETE", "FAIL", "ABORT")))


def _each(reading: Reading) -> Iterator[tuple[str, dict[str, object]]]:
    """Each object of the files; those in a list of events, as a server answers it, one by one."""
    for place, data in json_lines(reading):
        listed = data.get("events") if isinstance(data, dict) else None
        for item in listed if isinstance(listed, list) else [data]:
            if isinstance(item, dict):
                yield place, item
            else:
                reading.skip(place, NO_EVENT)


def _refusal(data: dict[str, object]) -> str:
    """Why the data is no valid event; empty where it is one."""
    if not moment_of(text(data, "eventTime")):
        return _missing(data, "eventTime", "moment")
    if "dataset" in data and "job" not in data:
        return _unnamed(mapping(data, "dataset"), "the dataset")
    wrong = _unnamed(mapping(data, "job"), "the job")
    if wrong:
        return wrong
    if "run" in data or "eventType" in data:
        if run_id(text(data, "run", "runId")) is None:
            return _missing(mapping(data, "run"), "runId", "UUID", "run.")
        if data.get("eventType") is not None and text(data, "eventType") not in _TYPES:
            return _missing(data, "eventType", "type of event")
    for key in ("inputs", "outputs"):
        listed = data.get(key)
        if listed is not None and not isinstance(listed, list):
            return f"`{key}` is no list"
        for dataset in listed or []:
            wrong = _unnamed(dataset, f"a dataset of `{key}`")
            if wrong:
                return wrong
    return ""


def _unnamed(data: object, what: str) -> str:
    return "" if text(data, "namespace") and text(data, "name") else f"{what} has no namespace and name"


def _missing(data: dict[str, object], key: str, sort: str, prefix: str = "") -> str:
    value = data.get(key)
    return f"`{prefix}{key}` is missing" if value is None else f"`{prefix}{key}` is no {sort}: {str(value)[:60]}"


def _check_facets(data: dict[str, object], place: str, reading: Reading) -> None:
    """Report facets that lack what they are for; they are not read."""
    parent = mapping(data, "run", "facets").get("parent")
    if isinstance(parent, dict) and run_id(text(parent, "run", "runId")) is None:
        reading.skip(place, "the facet `parent` of the run names no run")
    datasets = (*mappings(data, "inputs"), *mappings(data, "outputs"), mapping(data, "dataset"))
    for item in (mapping(data, "job"), *datasets):
        what = text(item, "name")
        owners = mappings(item, "facets", "ownership", "owners")
        if any(not text(owner, "name") for owner in owners):
            reading.skip(place, f"the facet `ownership` of {what} has an owner without a name")


def moment_of(raw: str) -> str:
    """A moment in UTC, to the microsecond; one without a zone is taken as UTC. Empty for what is no moment."""
    match = _MOMENT.fullmatch(raw)
    if match is None:
        return ""
    day, clock, fraction, zone = match.groups()
    clock = clock if clock.count(":") == 2 else clock + ":00"
    exact = f"{day}T{clock}{(fraction or '.0')[:7]}{zone or 'Z'}"
    parsed = parse_value(exact, ValueType(Sort.MOMENT))
    return parsed.isoformat(timespec="microseconds") if isinstance(parsed, datetime) else ""
