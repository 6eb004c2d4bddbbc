"""What moved among all that some rules read from an element, and the way from the element to it."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Mapping

from lexline.impact_causes import Cause
from lexline_lineage.graph import Graph

__all__ = ["Blocks", "changes"]

Blocks = Mapping[str, Mapping[str, object]]
"""By id of an element what is read of it: ``.attribute``, and edges as ``relation >`` or ``relation <``."""

LONGEST = 60


def changes(element: str, before: Blocks, after: Blocks, now: Graph) -> list[Cause]:
    """What differs, the nearest first. ``now`` says who says so."""
    ways = _ways(element, (after, before))
    found = [*_edges(before, after), *_elements(before, after), *_facts(before, after, now)]
    told = [(ways.get(about, ()), cause) for about, cause in found]
    told.sort(key=lambda pair: (not pair[0], len(pair[0])))
    return [Cause(c.sort, c.name, c.before, c.after, c.place, way if len(way) > 1 else ()) for way, c in told]


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


def _ways(start: str, sides: Iterable[Blocks]) -> dict[str, tuple[str, ...]]:
    """A shortest way from an element to every other, over edges that are read; over those of the first side if it
    can."""
    found: dict[str, tuple[str, ...]] = {}
    for blocks in sides:
        near: dict[str, set[str]] = {}
        for (origin, _, target), _ in _pairs(blocks):
            near.setdefault(origin, set()).add(target)
            near.setdefault(target, set()).add(origin)
        ways: dict[str, tuple[str, ...]] = {start: (start,)}
        todo = deque([start])
        while todo:
            here = todo.popleft()
            for other in sorted(near.get(here, set()) - ways.keys()):
                ways[other] = (*ways[here], other)
                todo.append(other)
        found = {**ways, **found}
    return found


def _shown(block: Mapping[str, object], key: str) -> str:
    value = block.get(key)
    if value is None:
        return "missing"
    text = str(value).lower() if isinstance(value, bool) else str(value)
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}…"
