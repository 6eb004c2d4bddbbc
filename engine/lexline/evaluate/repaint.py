"""Paints once more a part of a graph: that which a paint may reach otherwise than before.

What lies outside of the part is as it was; so its edges into the part say what comes in from there, and within the part
the paint spreads as ever. That costs what the part and its edges cost, however large the graph.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lexline.evaluate.column_types import Bools, Index
from lexline.evaluate.walk_kernels import WalkKernels
from lexline.evaluate.walks import Mark, Masks, edges_from
from lexline_lineage.graph import Adjacency

Numbers = Index | NDArray[np.int32]
"""Numbers of elements."""

__all__ = ["Area", "MarkAgain", "Repaint", "area_of"]


@dataclass(frozen=True, slots=True, eq=False)
class MarkAgain:
    """A mark: which of some elements (numbers) it starts from, the elements that it reached before, and whether it asks
    for what is surely reached."""

    starts: Callable[[Numbers], Bools]
    reached: Bools
    certain: bool


@dataclass(frozen=True, slots=True, eq=False)
class Area:
    """Some ``elements``, ascending. ``outer`` are those outside that lead into it, one for each edge, with the place in
    the area to which it leads; ``inner`` are the edges between the elements, by their places, as the paint goes."""

    elements: Index
    outer: NDArray[np.int32]
    places: Index
    sure: Bools
    inner: Adjacency


@dataclass(frozen=True, slots=True, eq=False)
class Repaint:
    """Paints an area once more, past what is not avoided."""

    area: Area
    masks: Masks | None
    kernels: WalkKernels

    def spread(self, marks: Sequence[MarkAgain]) -> list[Bools]:
        """For each mark which of the elements it reaches."""
        area, size = self.area, len(self.area.elements)
        everywhere = np.arange(size)
        begun: list[Bools] = []
        for mark in marks:
            passing = mark.starts(area.outer) | mark.reached[area.outer]
            if (passed := self._passed(certain=mark.certain)) is not None:
                passing &= passed
            coming = np.zeros(size, np.bool_)
            coming[area.places[np.flatnonzero(passing)]] = True
            begun.append(coming)
        made = [
            Mark(everywhere, coming | mark.starts(area.elements), mark.certain)
            for coming, mark in zip(begun, marks, strict=True)
        ]
        spread = self.kernels.spread_marks(area.inner, made, self._inner_masks(), None, everywhere)
        return [coming | reached for coming, reached in zip(begun, spread, strict=True)]

    def greatest(self, ranks: Callable[[Numbers], Index], best: Callable[[Numbers], Index], *, certain: bool) -> Index:
        """The greatest rank that reaches each of the elements; ``ranks`` gives that of some elements themselves, and
        ``best`` the one that reached them before (-1: none)."""
        area = self.area
        coming = np.full(len(area.elements), -1, np.int64)
        offered = np.maximum(ranks(area.outer), best(area.outer))
        if (passed := self._passed(certain=certain)) is not None:
            offered[~passed] = -1
        np.maximum.at(coming, area.places, offered)
        own = np.maximum(coming, ranks(area.elements))
        masks = self._inner_masks()
        blocked = None if masks is None else masks.blocking(certain=certain)
        seeds = own >= 0 if blocked is None else (own >= 0) & ~blocked
        found = self.kernels.spread_greatest(area.inner, seeds, own, blocked, None, certain=certain)
        return np.asarray(np.maximum(coming, found))

    def _passed(self, *, certain: bool) -> Bools | None:
        """The edges from outside over which a paint goes; None: all."""
        masks, outer = self.masks, self.area.outer
        if masks is None:
            return self.area.sure if certain else None
        avoided = masks.surely[outer] | masks.perhaps[outer] if certain else masks.surely[outer]
        return ~avoided & self.area.sure if certain else ~avoided

    def _inner_masks(self) -> Masks | None:
        masks, at = self.masks, self.area.elements
        return None if masks is None else Masks(masks.surely[at], masks.perhaps[at], masks.failed[at])


def area_of(forward: Adjacency, marked: Bools, elements: Index) -> Area:
    """The area of some elements, which are ``marked``; ``forward`` leads against the paint."""
    edges, places = edges_from(forward, elements)
    numbers, sure = forward.neighbours[edges], ~forward.possible[edges]
    is_within = marked[numbers]
    within, outside = np.flatnonzero(is_within), np.flatnonzero(~is_within)
    ends = np.searchsorted(elements, numbers[within])
    order = np.argsort(ends, kind="stable")
    starts = np.zeros(len(elements) + 1, np.int32)
    np.cumsum(np.bincount(ends, minlength=len(elements)), out=starts[1:])
    inner = Adjacency(starts, places[within[order]].astype(np.int32), ~sure[within[order]])
    return Area(elements, numbers[outside], places[outside], sure[outside], inner)
