"""What moved among all that some rules read from an element, and the way from the element to it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

import numpy as np

from lexline.evaluate.column_types import Index
from lexline.evaluate.walks import edges_from
from lexline.impact_causes import Cause
from lexline_lineage.graph import Graph
from lexline_lineage.paths import shortest_path

__all__ = ["Blocks", "Change", "changes", "told"]

Blocks = Mapping[str, Mapping[str, object]]
"""By id of an element what is read of it: ``.attribute``, and edges as ``relation >`` or ``relation <``."""
Change = tuple[str, Cause]
"""What changed, with the id of the element at which it did."""

LONGEST = 60


def changes(before: Blocks, after: Blocks, now: Graph) -> list[Change]:
    """What differs. ``now`` says who says so."""
    return [*_edges(before, after), *_elements(before, after), *_facts(before, after, now)]


def told(found: Sequence[Change], element: str, graphs: tuple[Graph, Graph], most: int) -> tuple[Cause, ...]:
    """The ``most`` changes that are nearest to an element, each with the way to it: in the later graph, else in the
    earlier one."""
    now = graphs[0]
    number = now.number(element)
    if number is None:
        return tuple(cause for _, cause in found[:most])
    steps = _steps(now, number)

    def far(change: Change) -> int:
        other = now.number(change[0])
        return int(steps[other]) if other is not None and steps[other] >= 0 else len(steps)

    nearest = sorted(found, key=far)[:most]
    return tuple(replace(cause, path=_way(graphs, element, at)) for at, cause in nearest)


def _steps(graph: Graph, number: int) -> Index:
    """How many steps of the lineage lead to each element, either way; -1 for none. What is related stands at 1."""
    steps = np.full(len(graph.ids), -1, np.int64)
    for adjacencies in (graph.along, graph.against):
        for adjacency in adjacencies.values():
            steps[adjacency.neighbours[adjacency.starts[number] : adjacency.starts[number + 1]]] = 1
    for adjacency in (graph.upstream, graph.downstream):
        frontier, seen, step = np.array([number], np.int64), np.zeros(len(steps), np.bool_), 0
        while len(frontier):
            steps[frontier] = np.where(steps[frontier] < 0, step, steps[frontier])
            seen[frontier] = True
            edges, _ = edges_from(adjacency, frontier)
            targets = adjacency.neighbours[edges].astype(np.int64)
            frontier, step = np.unique(targets[~seen[targets]]), step + 1
    return steps


def _way(graphs: tuple[Graph, Graph], start: str, goal: str) -> tuple[str, ...]:
    """A shortest way through the lineage, or to what is related to an element on it; none to the start itself."""
    if start == goal:
        return ()
    for graph in graphs:
        ends = graph.number(start), graph.number(goal)
        if ends[0] is None or ends[1] is None:
            continue
        beside = [ends[1]]
        for adjacencies in (graph.along, graph.against):
            beside += [other for adjacency in adjacencies.values() for other, _ in adjacency.row(ends[1])[:MOST_BESIDE]]
        for place, end in enumerate(beside):
            if end == ends[0]:
                return start, goal
            for adjacency in (graph.upstream, graph.downstream):
                path = shortest_path(adjacency, ends[0], end)
                if path is not None:
                    return (*(graph.ids[number] for number in path.numbers), *((goal,) if place else ()))
    return ()


MOST_BESIDE = 20


def _facts(before: Blocks, after: Blocks, now: Graph) -> Iterator[tuple[str, Cause]]:
    for element in sorted(before.keys() & after.keys()):
        old, new = before[element], after[element]
        for key in sorted(old.keys() | new.keys()):
            if key.startswith(".") and old.get(key) != new.get(key):
                number = now.number(element)
                source = None if number is None else now.source(number, key[1:])
                said_by = "" if source is None else str(source)
                name = f"{key[1:]} of {element}"
                yield element, Cause("fact", name, _shown(old, key), _shown(new, key), said_by)


def _elements(before: Blocks, after: Blocks) -> Iterator[tuple[str, Cause]]:
    for element in sorted(before.keys() ^ after.keys()):
        was, now = (str(side[element]["kind"]) if element in side else "none" for side in (before, after))
        yield element, Cause("element", element, was, now)


def _edges(before: Blocks, after: Blocks) -> Iterator[tuple[str, Cause]]:
    old, new = dict(_pairs(before)), dict(_pairs(after))
    read = before.keys() & after.keys()
    for edge in sorted(old.keys() | new.keys()):
        was, now = old.get(edge, "none"), new.get(edge, "none")
        if was != now and not read.isdisjoint((edge[0], edge[2])):
            yield edge[0] if edge[0] in read else edge[2], Cause("edge", " ".join(edge), was, now)


def _pairs(blocks: Blocks) -> Iterator[tuple[tuple[str, str, str], str]]:
    """The edges that are read, each as it is written."""
    for element, block in blocks.items():
        for key, ends in block.items():
            relation, _, arrow = key.rpartition(" ")
            if relation and isinstance(ends, list):
                for other, possible in ends:
                    edge = (element, relation, other) if arrow == ">" else (other, relation, element)
                    yield edge, "possible" if possible else "sure"


def _shown(block: Mapping[str, object], key: str) -> str:
    value = block.get(key)
    if value is None:
        return "missing"
    text = str(value).lower() if isinstance(value, bool) else str(value)
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}…"
