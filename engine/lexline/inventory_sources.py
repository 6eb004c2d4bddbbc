"""Who says how much: the values and edges of each system, and the elements of which it says something."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lexline_lineage.graph import Adjacency, Graph
from lexline_lineage.identity_facts import system_of

__all__ = ["Shares", "SourceCount", "origins_of", "source_counts"]

CELLS = 64_000_000
"""How many bytes the marks of a band of systems may take (a byte for a system and an element)."""
Shares = tuple[tuple[str, int], ...]
"""Systems, each with the number of elements of which it says something; the most first."""


@dataclass(frozen=True, slots=True)
class SourceCount:
    """A system that says facts: of how many elements it says something, and how many values and edges count of it."""

    system: str
    elements: int
    values: int
    edges: int


def source_counts(graph: Graph) -> tuple[tuple[SourceCount, ...], Mapping[str, Shares]]:
    """All systems by name, and for each kind those that say something of its elements."""
    systems: dict[str, int] = {}
    numbered = (systems.setdefault(system_of(source), len(systems)) for source in graph.sources)
    of_source = np.fromiter(numbered, np.int64, len(graph.sources))
    found: list[SourceCount] = []
    by_kind: dict[str, list[tuple[str, int]]] = {}
    names, size = tuple(systems), len(graph.kind_codes)
    width = max(1, CELLS // max(size, 1))
    for begin in range(0, len(names), width):
        band = names[begin : begin + width]
        marks = np.zeros((size, len(band)), np.bool_)
        values, edges = np.zeros(len(band), np.int64), np.zeros(len(band), np.int64)
        for said, ends in _statements(graph):
            at = np.flatnonzero(said >= 0)
            by = of_source[said[at]] - begin
            inside = (by >= 0) & (by < len(band))
            at, by = at[inside], by[inside]
            counted = values if len(ends) == 1 else edges
            counted += np.bincount(by, minlength=len(band))
            for elements in ends:
                marks[elements[at], by] = True
        spoken = marks.sum(axis=0)
        found += [SourceCount(*row) for row in zip(band, spoken.tolist(), values.tolist(), edges.tolist(), strict=True)]
        for kind, numbers in graph.members.items():
            counts = zip(band, marks[numbers].sum(axis=0).tolist(), strict=True)
            by_kind.setdefault(kind, []).extend(pair for pair in counts if pair[1])
    ordered = {kind: tuple(sorted(pairs, key=lambda pair: (-pair[1], pair[0]))) for kind, pairs in by_kind.items()}
    return tuple(sorted((one for one in found if one.elements), key=lambda one: one.system)), ordered


def origins_of(adjacency: Adjacency) -> NDArray[np.int64]:
    """The origin of each edge."""
    return np.repeat(np.arange(len(adjacency.starts) - 1), np.diff(adjacency.starts))


def _statements(graph: Graph) -> Iterator[tuple[NDArray[np.int32], tuple[NDArray[np.integer], ...]]]:
    """Columns of who said what: of the values of an attribute, with the elements; of edges, with both their ends."""
    for (kind, _), said in graph.said.items():
        yield said, (graph.members[kind],)
    for relation, adjacency in graph.along.items():
        if len(adjacency.neighbours):
            yield graph.edge_said[relation], (origins_of(adjacency), adjacency.neighbours)
