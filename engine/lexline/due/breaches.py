"""Which measurements are in breach, and which elements that concerns: what was measured, and what runs with it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime

from lexline_lineage.graph import Graph

__all__ = ["Breach", "breaches", "undated"]

RUNNING = (
    ("groups", True),
    ("stored_as", True),
    ("registered_as", False),
    ("serves", True),
    ("loads", False),
    ("powers", True),
    ("used_in", True),
)
"""The relations that lead from a model to what runs it, each with whether along it: from a registered model to its
versions, their files, the deployments that serve or load them, and the systems that use those."""


@dataclass(frozen=True, slots=True)
class Breach:
    """``what`` was measured ``by`` a monitor or an observation (its id), on a day; ``way``: the numbers from the
    element that it concerns to the one that was measured."""

    on: date
    by: str
    what: str
    value: str
    way: tuple[int, ...]


def breaches(graph: Graph) -> dict[int, list[Breach]]:
    """By element the breaches that concern it, the earliest first: its own, those of what runs it, and of what it runs.
    Of the measurements of one thing the newest counts."""
    found: defaultdict[int, list[Breach]] = defaultdict(list)
    for measured, own in _measured(graph).items():
        for way in _ways(graph, measured):
            found[way[0]] += [replace(breach, way=way) for breach in own]
    return {element: list(_each_once(of)) for element, of in found.items()}


def _each_once(found: list[Breach]) -> Iterator[Breach]:
    """The earliest first; what was measured of several things, of the nearest of them."""
    seen: set[str] = set()
    for breach in sorted(found, key=lambda one: (one.on, len(one.way), one.by)):
        if breach.by not in seen:
            seen.add(breach.by)
            yield breach


def undated(graph: Graph) -> int:
    """How many monitors and measurements are in breach of which nobody knows when they were looked at."""
    sides = (("monitor", "alert"), ("observation", "failed"))
    return sum(
        graph.value(number, "status") == word and _day(graph, number) is None
        for kind, word in sides
        if kind in graph.members
        for number in graph.members[kind].tolist()
    )


def _measured(graph: Graph) -> dict[int, list[Breach]]:
    found: defaultdict[int, list[Breach]] = defaultdict(list)
    for number, element in _edges(graph, "monitor", "watches"):
        on = _day(graph, number)
        if graph.value(number, "status") == "alert" and on is not None:
            found[element].append(_breach(graph, number, on))
    newest: dict[tuple[int, str], tuple[date, int]] = {}
    for number, element in (*_edges(graph, "observation", "measures"), *_by_monitors(graph)):
        on = _day(graph, number)
        if on is not None:
            names = ("metric", "attribute", "group")
            place = (element, "|".join(str(graph.value(number, name) or "") for name in names))
            newest[place] = max(newest.get(place, (date.min, -1)), (on, number))
    for (element, _), (on, number) in newest.items():
        if graph.value(number, "status") == "failed":
            found[element].append(_breach(graph, number, on))
    return found


def _by_monitors(graph: Graph) -> Iterator[tuple[int, int]]:
    """Observations that a monitor recorded, each with what the monitor watches."""
    watches = graph.along.get("watches")
    for number, monitor in _edges(graph, "observation", "recorded_by"):
        for element, _ in watches.row(monitor) if watches is not None else ():
            yield number, element


def _ways(graph: Graph, measured: int) -> Iterator[tuple[int, ...]]:
    """From each element that a breach concerns the shortest way to what was measured. A way never turns: what runs
    beside it in the same place is not concerned."""
    known: dict[int, tuple[int, ...]] = {measured: (measured,)}
    for downwards in (True, False):
        frontier = [measured]
        while frontier:
            following = []
            for number in frontier:
                for other in _next(graph, number, downwards):
                    if other not in known:
                        known[other] = (other, *known[number])
                        following.append(other)
            frontier = following
    yield from known.values()


def _next(graph: Graph, number: int, downwards: bool) -> Iterator[int]:
    for relation, along in RUNNING:
        adjacency = (graph.along if along is downwards else graph.against).get(relation)
        if adjacency is not None:
            yield from (other for other, _ in adjacency.row(number))


def _breach(graph: Graph, number: int, on: date) -> Breach:
    metric = str(graph.value(number, "metric") or graph.value(number, "name") or graph.kind(number))
    value = graph.value(number, "value")
    return Breach(on, graph.ids[number], metric, "in breach" if value is None else f"in breach at {value:g}", ())


def _edges(graph: Graph, kind: str, relation: str) -> Iterator[tuple[int, int]]:
    if kind in graph.members and relation in graph.along:
        for number in graph.members[kind].tolist():
            for element, _ in graph.along[relation].row(number):
                yield number, element


def _day(graph: Graph, number: int) -> date | None:
    day, moment = graph.value(number, "observed_on"), graph.value(number, "observed_at")
    if isinstance(moment, datetime) and day is None:
        return moment.date()
    return day if isinstance(day, date) else None
