"""Which elements may be one: what the joining of names left to a person, and what has one name in two places.

What joining says comes first (``docs/identity.md``); a likeness found here only resembles, and joins nothing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from lexline_lineage.graph import Graph
from lexline_lineage.identity import Joins, Link
from lexline_lineage.values import Sort

__all__ = ["Grounds", "Likeness", "likenesses"]

SHARED = 20
"""What more elements have in common than these says nothing of any two."""
NAMED = (
    *("dataset", "feature-view", "job", "artifact", "model", "registered-model", "system"),
    *("assessment", "monitor", "document", "control", "vendor", "team", "role"),
)
"""Kinds of which two elements with one name may be one. Runs, columns and deployments share names by nature."""
PLACED = ("dataset", "artifact", "document")


class Grounds(StrEnum):
    """Why elements may be one, the strongest grounds first."""

    POSSIBLE = "possible"
    """They share a name that was derived; each has the other's edges as possible ones."""
    REFUSED = "refused"
    """One name says so, and a source or a person keeps them apart."""
    HINT = "hint"
    """A source says that they resemble each other."""
    NAME = "name"
    """They have one name, under different authorities."""
    LOCATION = "location"
    """The last part of their locations is one, the first is not."""


@dataclass(frozen=True, slots=True)
class Likeness:
    """Elements of one kind that may be one; ``because`` says why, ``said_by`` who says so (none: found here)."""

    kind: str
    elements: tuple[str, ...]
    grounds: Grounds
    because: str
    said_by: tuple[str, ...] = ()


def likenesses(graph: Graph, joined: Joins | None) -> tuple[Likeness, ...]:
    """All likenesses, the strongest first; the same elements once."""
    found: dict[tuple[str, ...], Likeness] = {}
    for one in (*_left_by_joining(graph, joined), *_same_names(graph), *_same_places(graph)):
        found.setdefault(one.elements, one)
    order = tuple(Grounds)
    return tuple(sorted(found.values(), key=lambda one: (order.index(one.grounds), one.elements)))


def _left_by_joining(graph: Graph, joined: Joins | None) -> Iterator[Likeness]:
    if joined is None:
        return
    for link in joined.possible:
        yield from _of_link(graph, link, Grounds.POSSIBLE, f"both go by {link.name}")
    for pending in joined.refused:
        yield from _of_link(graph, pending.link, Grounds.REFUSED, pending.why)
    for link in joined.hints:
        yield from _of_link(graph, link, Grounds.HINT, f"both resemble {link.name}")


def _of_link(graph: Graph, link: Link, grounds: Grounds, because: str) -> Iterator[Likeness]:
    number, other = graph.number(link.one), graph.number(link.other)
    if link.said_by and number is not None and other is not None:  # columns follow their dataset unsaid
        yield Likeness(graph.kind(number), (link.one, link.other), grounds, because, link.said_by)


def _same_names(graph: Graph) -> Iterator[Likeness]:
    for kind in NAMED:
        name = graph.columns.get((kind, "name"))
        if name is None or name.type.sort is not Sort.TEXT:
            continue
        keys = np.where(name.known, name.values.astype(np.int64), -1)
        version = graph.columns.get((kind, "version"))
        if version is not None and version.type.sort is Sort.TEXT:  # versions of one model are no likeness
            of_version = np.where(version.known, version.values.astype(np.int64) + 1, 0)
            keys = np.where(keys < 0, -1, keys * (len(graph.texts) + 1) + of_version)
        values, inverse, counts = np.unique(keys, return_inverse=True, return_counts=True)
        shared = (counts > 1) & (counts <= SHARED) & (values >= 0)
        at = np.flatnonzero(shared[inverse])
        groups: dict[int, list[int]] = defaultdict(list)
        for row in at[np.argsort(inverse[at], kind="stable")].tolist():
            groups[int(inverse[row])].append(row)
        for rows in groups.values():
            elements = tuple(graph.ids[number] for number in graph.members[kind][rows].tolist())
            if _apart(elements):
                yield Likeness(kind, elements, Grounds.NAME, f"both are named {graph.texts[int(name.values[rows[0]])]}")


def _same_places(graph: Graph) -> Iterator[Likeness]:
    for kind in PLACED:
        groups: dict[str, list[tuple[str, str]]] = defaultdict(list)
        for element, location in _locations(graph, kind):
            last = location.rstrip("/").rpartition("/")[2]
            if any(character.isalpha() for character in last):
                groups[last.casefold()].append((element, location))
        for last, placed in groups.items():
            if 1 < len(placed) <= SHARED and len({_root(location) for _, location in placed}) > 1:
                elements = tuple(element for element, _ in placed)
                yield Likeness(kind, elements, Grounds.LOCATION, f"both are stored as …/{last}")


def _locations(graph: Graph, kind: str) -> Iterable[tuple[str, str]]:
    """The elements of a kind with the address that their location or their id gives."""
    column = graph.columns.get((kind, "location"))
    for row, number in enumerate(graph.members.get(kind, np.zeros(0, np.int32)).tolist()):
        element = graph.ids[number]
        location = ""
        if column is not None and column.type.sort is Sort.TEXT and column.known[row]:
            location = graph.texts[int(column.values[row])]
        location = location if "://" in location else element.partition(":")[2]
        if "://" in location:
            yield element, location


def _root(location: str) -> str:
    """The scheme and host of an address."""
    scheme, _, rest = location.partition("://")
    return f"{scheme}://{rest.partition('/')[0]}"


def _apart(elements: tuple[str, ...]) -> bool:
    """Whether the ids are of more than one authority: ``kind:system/authority/…``; a shorter id is its own."""
    authorities = set()
    for element in elements:
        named = element.partition(":")[2]
        if "://" in named:
            authorities.add(_root(named))
        else:
            parts = named.split("/", 2)
            authorities.add("/".join(parts[:2]) if len(parts) > 2 else element)
    return len(authorities) > 1
