"""Paints once more a part of a graph: that which a paint may reach otherwise than before.

Where members only came in, the paint goes on from those: what was reached before is reached still. Otherwise the part
is painted anew: what lies outside of it is as it was, so that its edges into the part say what comes in from there.
Either costs what the part and its edges cost, however large the graph.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from lexline.evaluate.column_types import Bools, Index
from lexline.evaluate.walk_kernels import WalkKernels
from lexline.evaluate.walks import Mark, Masks, edges_from
from lexline_lineage.graph import Adjacency, Graph

if TYPE_CHECKING:
    from lexline.evaluate.moved import Marks

__all__ = ["Area", "Repaint"]

MANY = 16
"""Fewer than one for so many elements of a graph are looked for one by one."""


class Area:
    """Some ``elements`` of a graph, and a ``rim``: elements outside that lead into it, one for each edge. Both have
    *places*, the elements before the rim."""

    def __init__(self, graph: Graph, ways: tuple[Adjacency, Adjacency], elements: Marks, begun: Marks | None) -> None:
        """``ways``: as the paint goes, and against it. ``begun``: the rim is of those among these; None: of all."""
        self.elements = elements.numbers
        self.size = len(self.elements)
        self._all = elements.size
        self.everywhere = np.arange(self.size)
        along, against = ways
        edges, begins, ends = self._leading(along, self.elements)
        starts = np.zeros(self.size + 1, np.int32)
        np.cumsum(np.bincount(begins, minlength=self.size), out=starts[1:])
        self.inner = Adjacency(starts, ends.astype(np.int32), along.possible[edges])
        """the edges between the elements, by their places, as the paint goes"""
        self.is_begun = begun is not None
        if begun is not None:
            outside = begun.numbers[self._place(begun.numbers) < 0]
            edges, begins, self.ends = self._leading(along, outside)
            self.rim, self.sure = outside[begins], ~along.possible[edges]
        else:
            edges, ends = edges_from(against, self.elements)
            numbers = against.neighbours[edges]
            coming = np.flatnonzero(~elements.everywhere[numbers])
            self.rim, self.sure = numbers[coming].astype(np.int64), ~against.possible[edges[coming]]
            self.ends = ends[coming]
            """the place into which each of the rim leads"""
        self.numbers: Index = np.concatenate([self.elements, self.rim])
        self._kinds, self._rows = graph.kind_codes[self.numbers], graph.rows[self.numbers]
        self._of_kind: dict[int, tuple[Index, Index]] = {}
        self._masks: tuple[Masks, Masks] | None = None

    def of_kind(self, code: int) -> tuple[Index, Index]:
        """The places of the elements of a kind, in the rim too, and their rows in it: each time the same arrays."""
        if code not in self._of_kind:
            places = np.flatnonzero(self._kinds == code)
            self._of_kind[code] = places, self._rows[places].astype(np.int64)
        return self._of_kind[code]

    def masks(self, masks: Masks | None) -> Masks | None:
        """What is to be avoided, by place."""
        if masks is None:
            return None
        if self._masks is None or self._masks[0] is not masks:
            at = self.numbers
            self._masks = masks, Masks(masks.surely[at], masks.perhaps[at], masks.failed[at])
        return self._masks[1]

    @cached_property
    def inward(self) -> Adjacency:
        """The edges between all places."""
        starts = np.concatenate([self.inner.starts, self.inner.starts[-1] + np.arange(1, len(self.rim) + 1)])
        neighbours = np.concatenate([self.inner.neighbours, self.ends])
        possible = np.concatenate([self.inner.possible, ~self.sure])
        return Adjacency(starts.astype(np.int32), neighbours.astype(np.int32), possible)

    def _leading(self, along: Adjacency, numbers: Index) -> tuple[Index, Index, Index]:
        """The edges from some elements into the area, which of them each leaves, and the place to which it leads."""
        edges, begins = edges_from(along, numbers)
        ends = self._place(along.neighbours[edges].astype(np.int64))
        within = np.flatnonzero(ends >= 0)
        return (edges, begins, ends) if len(within) == len(ends) else (edges[within], begins[within], ends[within])

    def _place(self, numbers: Index) -> Index:
        """The places of elements; -1 for those outside."""
        if len(numbers) < self._all // MANY:
            found = np.minimum(np.searchsorted(self.elements, numbers), self.size - 1)
        else:  # looked up where so many are
            table = np.zeros(self._all, np.int64)
            table[self.elements] = self.everywhere
            found = table[numbers]
        return np.where(self.elements[found] == numbers, found, -1)


class Repaint:
    """Paints an area from the elements of one kind (by its code) to those of another: anew, or on from where it
    ``is_begun``."""

    def __init__(self, area: Area, kinds: tuple[int, int], masks: Masks | None, kernels: WalkKernels) -> None:
        self._area = area
        self.is_begun = area.is_begun
        self._members, self.rows = area.of_kind(kinds[1])
        """places and rows of the members"""
        self._own = int(np.searchsorted(self._members, area.size))
        origins, _ = area.of_kind(kinds[0])
        self._origins = origins[: np.searchsorted(origins, area.size)]
        self.origins = len(self._origins)
        self._masks, self._kernels = area.masks(masks), kernels

    @cached_property
    def before(self) -> Index:
        """The elements of which it matters what reached them before."""
        return self._area.elements[self._origins] if self.is_begun else self._area.rim

    def spread(self, marks: Sequence[tuple[Bools, Bools | None, bool]]) -> list[Bools]:
        """For each mark (members, what it reached before everywhere (None: nothing), certain) the origins that it
        reaches."""
        area, own = self._area, self._own
        begun, made, known = [], [], []
        for marked, everywhere, certain in marks:
            known.append(None if everywhere is None else everywhere[self.before])
            passing = np.zeros(len(area.rim), np.bool_) if self.is_begun or known[-1] is None else known[-1]
            passing[self._members[own:] - area.size] |= marked[own:]
            coming = np.zeros(area.size, np.bool_)
            coming[area.ends[self._passed(passing, certain=certain)]] = True
            begun.append(coming)
            seeds = coming.copy()
            seeds[self._members[:own]] |= marked[:own]
            made.append(Mark(area.everywhere, seeds, certain))
        spread = self._kernels.spread_marks(area.inner, made, self._inner_masks, None, area.everywhere)
        found = [(coming | reached)[self._origins] for coming, reached in zip(begun, spread, strict=True)]
        if not self.is_begun:
            return found
        return [now if was is None else now | was for now, was in zip(found, known, strict=True)]

    def greatest(self, ranks: Index, before: Index, *, certain: bool) -> Index:
        """For each origin the greatest rank that reaches it; ``ranks`` are those of the members, ``before`` those that
        reached what is ``before`` (-1: none)."""
        area = self._area
        offered = np.full(len(area.numbers), -1, np.int64)
        offered[self._members] = ranks
        own, offers = offered[: area.size], offered[area.size :]
        if not self.is_begun:
            np.maximum(offers, before, out=offers)
        passed = self._passed(offers >= 0, certain=certain)
        coming = np.full(area.size, -1, np.int64)
        np.maximum.at(coming, area.ends[passed], offers[passed])
        own = np.maximum(coming, own)
        blocked = None if self._inner_masks is None else self._inner_masks.blocking(certain=certain)
        seeds = own >= 0 if blocked is None else (own >= 0) & ~blocked
        spread = self._kernels.spread_greatest(area.inner, seeds, own, blocked, None, certain=certain)
        found = np.maximum(coming, spread)[self._origins]
        return np.asarray(np.maximum(found, before) if self.is_begun else found)

    def count(self, marked: Bools, kept: NDArray[np.int32], cap: int, *, certain: bool) -> Index:
        """For each origin how many members reach it, counted no further than ``cap``; ``kept`` are those that reached
        each element before, up to as many (-1: no more)."""
        area, seeds = self._area, self._members[marked]
        places, labels = seeds, area.numbers[seeds]
        had = np.full((len(area.numbers), cap), -1, np.int32)
        if self.is_begun:
            had[: area.size] = kept[area.elements]
        else:
            known = kept[area.rim]
            carriers, slots = np.nonzero(known >= 0)
            places = np.concatenate([places, carriers + area.size])
            labels = np.concatenate([labels, known[carriers, slots]])
        blocked = None if self._masks is None else self._masks.blocking(certain=certain)
        if blocked is not None:
            passing = ~blocked[places]
            places, labels = places[passing], labels[passing]
        counts = self._kernels.spread_labels(area.inward, places, labels, blocked, cap, certain=certain, had=had)
        return counts[self._origins]

    def _passed(self, offering: Bools, *, certain: bool) -> Index:
        """Which of the rim that have something to pass on do so."""
        if certain:
            offering = offering & self._area.sure
        if self._masks is not None:
            offering = offering & ~self._masks.blocking(certain=certain)[self._area.size :]
        return np.flatnonzero(offering)

    @cached_property
    def _inner_masks(self) -> Masks | None:
        masks, own = self._masks, slice(self._area.size)
        return None if masks is None else Masks(masks.surely[own], masks.perhaps[own], masks.failed[own])
