"""Walks over the lineage, many at a time, in numpy alone: which elements are reached, and whether surely.

``spread`` paints from many elements at once and tells which are reached by any of them; ``walk`` keeps apart what each
origin reaches, ``sums`` adds it up. All go along an ``Adjacency`` in rounds, so that cycles end and ``within N steps``
is N rounds. The module keeps the contract ``walk_kernels.WalkKernels``.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lexline.evaluate.column_types import Bools, Index
from lexline.evaluate.kernels_sets import sums_between
from lexline_lineage.graph import Adjacency

__all__ = [
    "CELLS",
    "EDGE_BYTES",
    "Mark",
    "Masks",
    "Reached",
    "Weights",
    "edges_from",
    "reached_from",
    "spread",
    "spread_greatest",
    "spread_labels",
    "spread_marks",
    "sums",
    "walk",
]

CELLS = 8
"""How many cells (a byte for an origin and an element) a chunk of walks may mark, for each pair of a chunk."""
EDGE_BYTES = 48
"""What each edge takes while a round goes along it."""


@dataclass(frozen=True, slots=True, eq=False)
class Masks:
    """Elements to avoid, by number: surely, and perhaps (``failed``: undecided because a check failed)."""

    surely: Bools
    perhaps: Bools
    failed: Bools

    @property
    def any(self) -> Bools:
        """Avoided surely or perhaps."""
        return self.surely | self.perhaps

    def blocking(self, *, certain: bool) -> Bools:
        """What a paint does not pass: a sure one nothing that might be avoided."""
        return self.any if certain else self.surely


@dataclass(frozen=True, slots=True, eq=False)
class Mark:
    """What a paint starts from: those of ``elements`` (numbers of the graph) that are ``marked``, but for what is to
    be avoided. ``certain``: it goes over sure edges only and past nothing that might be avoided."""

    elements: Index
    marked: Bools
    certain: bool


@dataclass(frozen=True, slots=True, eq=False)
class Reached:
    """What the origins ``begin`` to ``end`` (of those asked for) reach: pairs sorted by origin, then by element.

    ``origins`` counts from ``begin``. Where not ``certain`` it is an unknown whether the element is reached, and
    ``failed`` where that is because of a check.
    """

    begin: int
    end: int
    origins: Index
    elements: Index
    certain: Bools
    failed: Bools


@dataclass(frozen=True, slots=True, eq=False)
class Weights:
    """What is summed up over what an origin reaches: ``table`` has a row for each element that counts, ``places`` says
    for every element which (-1: it doesn't count). The first ``possible`` columns are summed over all that is reached,
    the others over what is surely reached."""

    places: NDArray[np.int32]
    table: NDArray[np.int64]
    possible: int


def edges_from(adjacency: Adjacency, elements: Index) -> tuple[Index, Index]:
    """The positions in ``neighbours`` of all edges of ``elements``, and for each which of the elements it leaves."""
    starts = adjacency.starts[elements]
    counts = adjacency.starts[elements + 1] - starts
    places = np.repeat(np.arange(len(elements)), counts)
    offsets = np.arange(len(places)) - np.repeat(np.cumsum(counts) - counts, counts)
    return starts[places] + offsets, places


def spread(
    adjacency: Adjacency, seeds: Bools, blocked: Bools | None, steps: int | None, *, certain: bool = False
) -> Bools:
    """The elements that some seed reaches in one step or more. A blocked element is reached but not passed.

    ``certain`` goes over sure edges only. Seeds spread even where they are blocked.
    """
    reached = np.zeros(len(seeds), np.bool_)
    passed = seeds.copy() if blocked is None else seeds | blocked
    frontier = np.flatnonzero(seeds)
    left = steps
    while len(frontier) and (left is None or left > 0):
        edges, _ = edges_from(adjacency, frontier)
        if certain:
            edges = edges[~adjacency.possible[edges]]
        reached_now = np.zeros(len(seeds), np.bool_)
        reached_now[adjacency.neighbours[edges]] = True
        reached |= reached_now
        reached_now &= ~passed
        passed |= reached_now
        frontier = np.flatnonzero(reached_now)
        left = None if left is None else left - 1
    return reached


def reached_from(adjacency: Adjacency, frontier: Index, steps: int | None) -> Index:
    """The elements that some of others reach in one step or more, ascending, in a time that goes with how many they
    are."""
    starts, neighbours = adjacency.starts, adjacency.neighbours
    reached = np.zeros(len(starts) - 1, np.bool_)
    written = np.empty(len(reached), np.int32)
    found: list[NDArray[np.integer]] = [neighbours[:0]]
    left = steps
    while len(frontier) and left != 0:
        begins = starts[frontier]
        counts = starts[frontier + 1] - begins
        ends = np.cumsum(counts)
        targets = neighbours[np.repeat(begins - ends + counts, counts) + np.arange(ends[-1])]
        targets = targets[~reached[targets]]
        reached[targets] = True
        order = np.arange(len(targets), dtype=np.int32)
        written[targets] = order  # each once: of those that write their own place to one element, one is read back
        frontier = targets[written[targets] == order]
        found.append(frontier)
        left = None if left is None else left - 1
    return np.sort(np.concatenate(found)).astype(np.int64)


def spread_marks(
    adjacency: Adjacency, marks: Sequence[Mark], masks: Masks | None, steps: int | None, at: Index
) -> list[Bools]:
    """For each mark, which of the elements ``at`` it reaches in one step or more."""
    found = []
    for mark in marks:
        blocked = None if masks is None else masks.blocking(certain=mark.certain)
        seeds = np.zeros(len(adjacency.starts) - 1, np.bool_)
        seeds[mark.elements[mark.marked]] = True
        if blocked is not None:
            seeds &= ~blocked
        found.append(spread(adjacency, seeds, blocked, steps, certain=mark.certain)[at])
    return found


def spread_greatest(
    adjacency: Adjacency,
    seeds: Bools,
    ranks: Index,
    blocked: Bools | None,
    steps: int | None,
    *,
    certain: bool = False,
) -> Index:
    """For each element the greatest rank (from 0) of a seed that reaches it in one step or more; -1 for none."""
    best = np.full(len(seeds), -1, np.int64)
    frontier = np.flatnonzero(seeds)
    carried = ranks[frontier]
    left = steps
    while len(frontier) and (left is None or left > 0):
        edges, places = edges_from(adjacency, frontier)
        if certain:
            sure = ~adjacency.possible[edges]
            edges, places = edges[sure], places[sure]
        targets, offers = adjacency.neighbours[edges], carried[places]
        better = offers > best[targets]
        targets, offers = targets[better], offers[better]
        np.maximum.at(best, targets, offers)
        improved = np.zeros(len(seeds), np.bool_)
        improved[targets] = True
        frontier = np.flatnonzero(improved)
        if blocked is not None:
            frontier = frontier[~blocked[frontier]]
        carried = best[frontier]
        left = None if left is None else left - 1
    return best


def spread_labels(
    adjacency: Adjacency,
    seeds: Index,
    labels: Index,
    blocked: Bools | None,
    cap: int,
    *,
    certain: bool = False,
    had: NDArray[np.int32] | None = None,
) -> Index:
    """For each element how many labels reach it in one step or more, counted no further than ``cap``.

    Each element keeps the first ``cap`` labels that reach it. That is enough: what it drops it drops because it has
    ``cap`` others, and passes those on.
    """
    size, many = len(adjacency.starts) - 1, int(labels.max(initial=0)) + 1
    had = np.full((size, cap), -1, np.int32) if had is None else had
    counts: Index = np.count_nonzero(had >= 0, axis=1)
    frontier, carried = seeds, labels
    while len(frontier):
        edges, places = edges_from(adjacency, frontier)
        if certain:
            sure = ~adjacency.possible[edges]
            edges, places = edges[sure], places[sure]
        targets, offers = adjacency.neighbours[edges].astype(np.int64), carried[places]
        fresh = (counts[targets] < cap) & ~(had[targets] == offers[:, None]).any(axis=1)
        keys = np.unique(targets[fresh] * many + offers[fresh])
        targets, offers = keys // many, keys % many
        firsts = np.flatnonzero(np.diff(targets, prepend=-1))
        lengths = np.diff(firsts, append=len(targets))
        slots = counts[targets] + np.arange(len(targets)) - np.repeat(firsts, lengths)
        fits = slots < cap
        targets, offers, slots = targets[fits], offers[fits], slots[fits]
        had[targets, slots] = offers
        counts += np.bincount(targets, minlength=size)
        passing = np.ones(len(targets), np.bool_) if blocked is None else ~blocked[targets]
        frontier, carried = targets[passing], offers[passing]
    return counts


def walk(
    adjacency: Adjacency, origins: Index, wanted: Bools, masks: Masks | None, steps: int | None, pairs: int
) -> Iterator[Reached]:
    """Which ``wanted`` elements each origin reaches in one step or more, in chunks of origins.

    An avoided element is neither reached nor passed, but for the origin itself.
    """
    size = len(adjacency.starts) - 1
    chunk = max(1, CELLS * pairs // max(size, 1))
    doubtful = bool(adjacency.possible.any()) or (masks is not None and bool(masks.perhaps.any()))
    for begin in range(0, len(origins), chunk):
        some = origins[begin : begin + chunk]
        surely = None if masks is None else masks.surely
        keys = _walk_pairs(adjacency, some, surely, steps, certain=False)
        certain, failed = np.ones(len(keys), np.bool_), np.zeros(len(keys), np.bool_)
        if doubtful:
            avoided = None if masks is None else masks.any
            sure = _walk_pairs(adjacency, some, avoided, steps, certain=True)
            certain = np.isin(keys, sure, assume_unique=True)
            if masks is not None and masks.failed.any():
                failed = np.isin(keys, _walk_failed(adjacency, some, masks, steps)) & ~certain
        kept = wanted[keys % size]
        keys, certain, failed = keys[kept], certain[kept], failed[kept]
        yield Reached(begin, begin + len(some), keys // size, keys % size, certain, failed)


def sums(
    adjacency: Adjacency, origins: Index, weights: Weights, masks: Masks | None, steps: int | None, pairs: int
) -> NDArray[np.int64]:
    """For each origin (a row) the sums of the weights (a column each) of what it reaches in one step or more."""
    table = weights.table
    found = np.zeros((len(origins), table.shape[1]), np.int64)
    for reached in walk(adjacency, origins, weights.places >= 0, masks, steps, pairs):
        rows = weights.places[reached.elements]
        ends = np.concatenate([[0], np.cumsum(np.bincount(reached.origins, minlength=reached.end - reached.begin))])
        for column in range(table.shape[1]):
            values = table[rows, column]
            if column >= weights.possible:
                values[~reached.certain] = 0
            found[reached.begin : reached.end, column] = sums_between(ends, values)
    return found


def _walk_pairs(
    adjacency: Adjacency, origins: Index, blocked: Bools | None, steps: int | None, *, certain: bool
) -> Index:
    """The pairs reached, as ``origin * size + element`` in ascending order; ``origin`` counts from zero."""
    size = len(adjacency.starts) - 1
    visited = np.zeros(len(origins) * size, np.bool_)
    rows, elements = np.arange(len(origins)), origins
    left = steps
    while len(rows) and (left is None or left > 0):
        rows, elements = _next(adjacency, rows, elements, origins, blocked, certain=certain)
        keys = rows * size + elements
        keys = np.unique(keys[~visited[keys]])
        visited[keys] = True
        rows, elements = keys // size, keys % size
        left = None if left is None else left - 1
    return np.flatnonzero(visited)


def _walk_failed(adjacency: Adjacency, origins: Index, masks: Masks, steps: int | None) -> Index:
    """The pairs reached by a possible path on which an element stands that a failed check might avoid.

    Each pair is kept in two states, before and after such an element: a step into one goes over to the second.
    """
    size = len(adjacency.starts) - 1
    visited = np.zeros((2, len(origins) * size), np.bool_)
    rows, elements = np.arange(len(origins)), origins
    after = np.zeros(len(origins), np.int64)
    left = steps
    while len(rows) and (left is None or left > 0):
        edges, places = edges_from(adjacency, elements)
        targets, rows, after = adjacency.neighbours[edges].astype(np.int64), rows[places], after[places]
        exempt = targets == origins[rows]
        kept = exempt | ~masks.surely[targets]
        rows, targets, after, exempt = rows[kept], targets[kept], after[kept], exempt[kept]
        after = np.maximum(after, masks.failed[targets] & ~exempt)
        keys = rows * size + targets
        fresh = ~visited[after, keys]
        states = np.unique(np.stack([after[fresh], keys[fresh]]), axis=1)
        after, keys = states[0], states[1]
        visited[after, keys] = True
        rows, elements = keys // size, keys % size
        onwards = elements != origins[rows]
        rows, elements, after = rows[onwards], elements[onwards], after[onwards]
        left = None if left is None else left - 1
    return np.flatnonzero(visited[1])


def _next(
    adjacency: Adjacency, rows: Index, elements: Index, origins: Index, blocked: Bools | None, *, certain: bool
) -> tuple[Index, Index]:
    """One step from each pair: the pairs after it, but for what is blocked and isn't the row's own origin."""
    edges, places = edges_from(adjacency, elements)
    targets, rows = adjacency.neighbours[edges].astype(np.int64), rows[places]
    kept = np.ones(len(edges), np.bool_)
    if certain:
        kept &= ~adjacency.possible[edges]
    if blocked is not None:
        kept &= ~blocked[targets] | (targets == origins[rows])
    return rows[kept], targets[kept]
