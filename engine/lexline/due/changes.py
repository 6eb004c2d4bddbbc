"""What moved among all that some rules read from an element, and the way from the element to it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from lexline.due.ways import Ways
from lexline.impact_causes import Cause
from lexline_lineage.graph import Graph

__all__ = ["Blocks", "Change", "changes", "nearest"]

Blocks = Mapping[str, Mapping[str, object]]
"""By id of an element what is read of it: ``.attribute``, and edges as ``relation >`` or ``relation <``."""
Change = tuple[str, Cause]
"""What changed, with the id of the element at which it did."""

LONGEST = 60


def changes(before: Blocks, after: Blocks, now: Graph) -> list[Change]:
    """What differs. ``now`` says who says so."""
    return [*_edges(before, after), *_elements(before, after), *_facts(before, after, now)]


def nearest(
    asked: Sequence[tuple[str, Sequence[Change]]], graphs: tuple[Graph, Graph], most: int
) -> list[tuple[Cause, ...]]:
    """For each element with what changed below it the ``most`` changes that are nearest, each with the way to it: in
    the later graph, which comes first, else in the earlier one. From each thing that changed one walk goes back."""
    readers: defaultdict[str, list[tuple[int, int]]] = defaultdict(list)
    for place, (_, found) in enumerate(asked):
        for order, (at, _) in enumerate(found):
            readers[at].append((place, order))
    kept: list[list[tuple[int, int, tuple[str, ...]]]] = [[] for _ in asked]
    for at, places in readers.items():
        sides = _Sides(graphs, at)
        for place, order in places:
            way = sides.way(asked[place][0])
            far = len(way) if way or at == asked[place][0] else len(graphs[0].ids) + len(graphs[1].ids)
            near = kept[place]
            near.append((far, order, way))
            if len(near) > 2 * most:
                near[:] = sorted(near)[:most]
    return [
        tuple(replace(found[order][1], path=way) for _, order, way in sorted(near)[:most])
        for near, (_, found) in zip(kept, asked, strict=True)
    ]


class _Sides:
    """The ways to one element in two graphs, by ids."""

    def __init__(self, graphs: tuple[Graph, Graph], goal: str) -> None:
        found = ((graph, graph.number(goal)) for graph in graphs)
        self._ways = [(graph, Ways(graph, number)) for graph, number in found if number is not None]
        self._known: dict[str, tuple[str, ...]] = {}

    def way(self, start: str) -> tuple[str, ...]:
        if start not in self._known:
            numbers = ((graph, ways, graph.number(start)) for graph, ways in self._ways)
            found = ((graph, ways.way(number)) for graph, ways, number in numbers if number is not None)
            told = (tuple(graph.ids[number] for number in way) for graph, way in found if way)
            self._known[start] = next(told, ())
        return self._known[start]


def _facts(before: Blocks, after: Blocks, now: Graph) -> Iterator[tuple[str, Cause]]:
    for element in sorted(before.keys() & after.keys()):
        old, new = before[element], after[element]
        for key in sorted(old.keys() | new.keys()):
            if key.startswith(".") and old.get(key) != new.get(key):
                number = now.number(element)
                source = None if number is None else now.source(number, key[1:])
                said_by = "" if source is None else str(source)
                name = f"{key[1:]} of {element}"
                change = ("cell", element, key[1:])
                yield element, Cause("fact", name, _shown(old, key), _shown(new, key), said_by, change=change)


def _elements(before: Blocks, after: Blocks) -> Iterator[tuple[str, Cause]]:
    for element in sorted(before.keys() ^ after.keys()):
        was, now = (str(side[element]["kind"]) if element in side else "none" for side in (before, after))
        yield element, Cause("element", element, was, now, change=("element", element))


def _edges(before: Blocks, after: Blocks) -> Iterator[tuple[str, Cause]]:
    old, new = dict(_pairs(before)), dict(_pairs(after))
    read = before.keys() & after.keys()
    for edge in sorted(old.keys() | new.keys()):
        was, now = old.get(edge, "none"), new.get(edge, "none")
        if was != now and not read.isdisjoint((edge[0], edge[2])):
            at = edge[0] if edge[0] in read else edge[2]
            yield at, Cause("edge", " ".join(edge), was, now, change=("edge", *edge))


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
