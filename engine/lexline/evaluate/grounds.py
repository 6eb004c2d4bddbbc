"""What a paint runs over: the lineage between members and origins, or one relation.

Members are given by their position in their kind; answers are for the origins, all elements of theirs in order.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from functools import cached_property
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from lexline.evaluate.column_types import Bools, Index
from lexline.evaluate.kernels_sets import sums_between
from lexline.evaluate.navigation_columns import members_of
from lexline.evaluate.repaint import Area, Repaint
from lexline.evaluate.walk_kernels import WalkKernels
from lexline.evaluate.walks import Mark, Masks, Weights, edges_from
from lexline.plan.nodes import Lineage, Related
from lexline_lineage.graph import Adjacency, Graph

Array = TypeVar("Array", NDArray[np.bool_], NDArray[np.int64], NDArray[np.int32])

__all__ = ["Ground", "LineageGround", "RelationGround"]


class Ground(ABC):
    """The way from the members of one kind to the origins of another. ``certain`` asks for what is surely reached."""

    is_sure: bool
    """whether all that is reached is surely reached"""
    origins: int
    """how many origins there are"""

    @abstractmethod
    def spread(self, marks: Sequence[tuple[Bools, bool]]) -> list[Bools]:
        """For each mark (members, certain) the origins that it reaches."""

    @abstractmethod
    def count(self, marked: Bools, cap: int, *, certain: bool) -> Index:
        """For each origin how many of the marked members it reaches, at least as far as ``cap``."""

    @abstractmethod
    def sums(self, weights: Sequence[tuple[Index | Bools, bool]], at: Index | None = None) -> list[Index]:
        """For all weights (one for each member, certain) and each origin (of ``at``, else of all), their sum over the
        members that it reaches."""

    @abstractmethod
    def greatest(self, marked: Bools, ranks: Index, *, certain: bool) -> Index:
        """For each origin the greatest of ``ranks`` (one for each marked member, from 0) that reaches it; -1: none."""

    @property
    @abstractmethod
    def avoided(self) -> Bools | None:
        """The origins that are to be avoided (the start is exempt) and could be members of their own; None: none."""

    @property
    @abstractmethod
    def doubtful(self) -> Bools:
        """The origins that reach something only perhaps: which of their members are sure, no paint tells."""


class LineageGround(Ground):
    """The lineage, past what is not avoided."""

    def __init__(
        self,
        graph: Graph,
        scope: Lineage,
        kinds: tuple[str, str],
        masks: Masks | None,
        kernels: WalkKernels,
        pairs: int,
    ) -> None:
        self._pairs = pairs
        upstream = scope.direction == "upstream"
        self._forward: Adjacency = graph.upstream if upstream else graph.downstream
        self._back: Adjacency = graph.downstream if upstream else graph.upstream
        self._masks, self._steps, self._kernels = masks, scope.steps, kernels
        self._origins, self._members = (members_of(graph, kind) for kind in kinds)
        self.origins = len(self._origins)
        self.size = len(graph.kind_codes)
        codes = (graph.kind_names.index(kind) if kind in graph.kind_names else -2 for kind in kinds)
        self._codes = next(codes), next(codes)
        self.is_sure = not self._forward.possible.any() and (masks is None or not masks.perhaps.any())

    def spread(self, marks: Sequence[tuple[Bools, bool]]) -> list[Bools]:
        """One paint for all marks."""
        return self._spread(marks, self._origins)

    def spread_everywhere(self, marks: Sequence[tuple[Bools, bool]]) -> list[Bools]:
        """The same for all elements of the graph."""
        return self._spread(marks, np.arange(self.size))

    def at_origins(self, everywhere: Array) -> Array:
        """What is known of all elements, for the origins."""
        return everywhere[self._origins]

    def _spread(self, marks: Sequence[tuple[Bools, bool]], at: Index) -> list[Bools]:
        made = [Mark(self._members, marked, certain) for marked, certain in marks]
        return self._kernels.spread_marks(self._back, made, self._masks, self._steps, at)

    def count(self, marked: Bools, cap: int, *, certain: bool) -> Index:
        """Counted no further than ``cap``, at any distance."""
        return self._count(marked, cap, certain=certain)[self._origins]

    def counted(self, marked: Bools, cap: int, *, certain: bool) -> NDArray[np.int32]:
        """For each element of the graph which of the members reach it, up to so many (numbers; -1: no more)."""
        had = np.full((self.size, cap), -1, np.int32)
        self._count(marked, cap, certain=certain, had=had)
        return had

    def _count(self, marked: Bools, cap: int, *, certain: bool, had: NDArray[np.int32] | None = None) -> Index:
        if self._steps is not None:
            raise TypeError("labels go any number of steps")
        seeds, blocked = self._seeds(marked, certain=certain)
        numbers = np.flatnonzero(seeds)
        return self._kernels.spread_labels(self._back, numbers, numbers, blocked, cap, certain=certain, had=had)

    def sums(self, weights: Sequence[tuple[Index | Bools, bool]], at: Index | None = None) -> list[Index]:
        """One walk from each origin for all weights."""
        order = sorted(range(len(weights)), key=lambda place: weights[place][1])
        table = np.zeros((len(self._members), len(weights)), np.int64)
        for column, place in enumerate(order):
            table[:, column] = weights[place][0]
        places = np.full(self.size, -1, np.int32)
        places[self._members] = np.arange(len(self._members))
        possible = sum(not certain for _, certain in weights)
        origins = self._origins if at is None else self._origins[at]
        given = Weights(places, table, possible)
        found = self._kernels.sums(self._forward, origins, given, self._masks, self._steps, self._pairs)
        return [found[:, order.index(place)] for place in range(len(weights))]

    def greatest(self, marked: Bools, ranks: Index, *, certain: bool) -> Index:
        """Painted in order of rank."""
        return self.at_origins(self.greatest_everywhere(marked, ranks, certain=certain))

    def greatest_everywhere(self, marked: Bools, ranks: Index, *, certain: bool) -> Index:
        """The same for all elements of the graph."""
        seeds, blocked = self._seeds(marked, certain=certain)
        painted = np.zeros(self.size, np.int64)
        painted[self._members[marked]] = ranks
        return self._kernels.spread_greatest(self._back, seeds, painted, blocked, self._steps, certain=certain)

    def again(self, area: Area) -> Repaint:
        """A paint of an area once more."""
        return Repaint(area, self._codes, self._masks, self._kernels)

    @cached_property
    def avoided(self) -> Bools | None:
        """Only where the origins are of the members' kind."""
        same = self._codes[0] == self._codes[1]
        return self._masks.any[self._origins] if same and self._masks is not None else None

    @cached_property
    def doubtful(self) -> Bools:
        """Those from which a possible edge or something that may be avoided can be reached."""
        if self.is_sure:
            return np.zeros(self.origins, np.bool_)
        ends = np.concatenate([[0], np.cumsum(self._forward.possible)])
        own: Bools = ends[self._forward.starts[1:]] > ends[self._forward.starts[:-1]]
        doubt = own if self._masks is None else (own & ~self._masks.surely) | self._masks.perhaps
        mark = Mark(np.arange(self.size), doubt, certain=False)
        (reached,) = self._kernels.spread_marks(self._back, [mark], self._masks, self._steps, self._origins)
        return own[self._origins] | reached

    def _seeds(self, marked: Bools, *, certain: bool) -> tuple[Bools, Bools | None]:
        seeds = np.zeros(self.size, np.bool_)
        seeds[self._members[marked]] = True
        if self._masks is None:
            return seeds, None
        blocked = self._masks.blocking(certain=certain)
        return seeds & ~blocked, blocked


class RelationGround(Ground):
    """One relation: the members of each origin stand side by side, so that a row is summed up at once."""

    def __init__(self, graph: Graph, scope: Related, kinds: tuple[str, str]) -> None:
        ((relation, along),) = scope.relations
        adjacency = graph.along[relation] if along else graph.against[relation]
        origins = members_of(graph, kinds[0])
        edges, places = edges_from(adjacency, origins)
        code = graph.kind_names.index(kinds[1]) if kinds[1] in graph.kind_names else -2
        wanted = graph.kind_codes[adjacency.neighbours[edges]] == code
        edges, places = edges[wanted], places[wanted]
        self._members = graph.rows[adjacency.neighbours[edges]].astype(np.int64)
        self._sure: Bools = ~adjacency.possible[edges]
        self.origins = len(origins)
        self._ends = np.concatenate([[0], np.cumsum(np.bincount(places, minlength=len(origins)))])
        self.is_sure = bool(self._sure.all())

    def spread(self, marks: Sequence[tuple[Bools, bool]]) -> list[Bools]:
        """One step."""
        return [self.count(marked, 1, certain=certain) > 0 for marked, certain in marks]

    def count(self, marked: Bools, cap: int, *, certain: bool) -> Index:  # noqa: ARG002  # all are counted
        """All of them."""
        return self._sums(self._hits(marked, certain=certain))

    def sums(self, weights: Sequence[tuple[Index | Bools, bool]], at: Index | None = None) -> list[Index]:
        """Row by row."""
        sums = [self._sums(values[self._members] * (self._sure | (not certain))) for values, certain in weights]
        return sums if at is None else [each[at] for each in sums]

    def greatest(self, marked: Bools, ranks: Index, *, certain: bool) -> Index:
        """The greatest of each row."""
        ranked = np.full(len(marked), -1, np.int64)
        ranked[marked] = ranks
        values = np.where(self._hits(marked, certain=certain), ranked[self._members], -1)
        best = np.full(self.origins, -1, np.int64)
        filled = np.flatnonzero(np.diff(self._ends))
        if len(filled):
            best[filled] = np.maximum.reduceat(values, self._ends[filled])
        return best

    @property
    def avoided(self) -> Bools | None:
        """Nothing is avoided."""
        return None

    @cached_property
    def doubtful(self) -> Bools:
        """Those with a possible edge."""
        return self._sums(~self._sure) > 0

    def _hits(self, marked: Bools, *, certain: bool) -> Bools:
        hits: Bools = marked[self._members]
        return hits & self._sure if certain else hits

    def _sums(self, values: Index | Bools) -> Index:
        return sums_between(self._ends, values)
