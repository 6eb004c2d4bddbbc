"""Navigation by painting: the truth of a closed condition spreads from the members to the origins, each element once.

What is sure and what is possible are painted apart, the first over sure edges and past nothing that might be avoided.
An origin that is itself to be avoided is decided by its pairs where it could be a member of its own: the paint of the
others must not pass it, its own may.
"""

from __future__ import annotations

import numpy as np

from lexline.evaluate.column_sets import Sets
from lexline.evaluate.column_types import Bools, Cells, Index, Numbers, Truths, Values, blank, truth_of, write
from lexline.evaluate.frames import Frame, Reader
from lexline.evaluate.kernels_sets import Sizes, quantified, ranks_of
from lexline.evaluate.navigation_columns import members_of
from lexline.evaluate.truth_columns import conjunction
from lexline.evaluate.walks import Masks, spread, spread_greatest, spread_labels
from lexline.evaluate.ways import WholeWays
from lexline.plan.nodes import Aggregate, Input, Items, Lineage, Navigate, Node, Quantify
from lexline_lineage.graph import Adjacency

__all__ = ["Painter"]


class Painter:
    """Evaluates painted nodes for all elements of a kind; what a paint can't tell goes back to ``Sets``."""

    def __init__(self, reader: Reader, sets: Sets, ways: WholeWays) -> None:
        self._reader = reader
        self._sets = sets
        self._ways = ways
        self._doubtful: dict[Lineage, Bools] = {}

    def quantify(self, node: Node, operation: Quantify, frame: Frame) -> Truths:
        """A quantifier, by how many members reach each element, counted as far as it needs."""
        ground = _Ground(self._reader, self._ways, node, operation.navigation)
        holds = conjunction([ground.column(part) for part in node.inputs])
        again = ground.own_members(holds)
        if ground.masks is not None and ground.masks.failed.any():
            again = np.ones(frame.size, np.bool_)
        limit = operation.count + (operation.quantifier in ("at most", "exactly"))
        cap = max(limit, 1) if operation.quantifier in ("at least", "at most", "exactly") else 1
        possibly = ground.count(~holds.no, cap, certain=False)
        surely = possibly if ground.is_sure and holds.known.all() else ground.count(holds.yes, cap, certain=True)
        failed = ground.count(holds.failed, 1, certain=False) > 0
        is_open = self._sets.is_open(node, operation.navigation, frame)
        found = quantified(operation.quantifier, operation.count, Sizes(surely, possibly, failed), is_open)
        rows = np.flatnonzero(again)
        if len(rows):
            write(found, rows, self._sets.quantify(node, operation, frame.part(rows)))
        return found

    def aggregate(self, node: Node, operation: Aggregate, frame: Frame) -> Cells:
        """The latest, earliest, highest or lowest value: the first in order that reaches each element."""
        ground = _Ground(self._reader, self._ways, node, operation.navigation)
        member = ground.column(node.inputs[0])
        value = ground.cells(node.inputs[1])
        if isinstance(value, Truths):
            raise TypeError("truth has no order")
        is_open = self._sets.is_open(node, operation.navigation, frame)
        present = ground.count(~member.no, 1, certain=False) > 0
        blurred = ground.count(~member.known | (member.yes & ~value.known), 1, certain=False) > 0
        failed = ground.count(member.failed, 1, certain=False) > 0
        best, cells = ground.greatest(member.yes & value.known, value, operation.function in ("latest", "highest"))
        known = (best >= 0) & ~blurred & ~is_open
        found: Cells = blank(node.type, frame.size)
        picked = cells.take(best[known])
        write(found, np.flatnonzero(known), picked)
        found.failed[~known] = failed[~known]
        found = self._sets.with_none(node, operation, frame, found, ~present & ~is_open)
        rows = np.flatnonzero(ground.own_members(member) | self._doubt(ground))
        if len(rows):
            write(found, rows, self._sets.aggregate(node, operation, frame.part(rows)))
        return found

    def _doubt(self, ground: _Ground) -> Bools:
        """The origins that reach something only perhaps: which of their members are sure, no paint tells."""
        scope = ground.scope
        if scope not in self._doubtful:
            size = len(self._reader.graph.kind_codes)
            if ground.is_sure:
                self._doubtful[scope] = np.zeros(size, np.bool_)
            else:
                forward = ground.forward
                ends = np.concatenate([[0], np.cumsum(forward.possible)])
                doubt = ends[forward.starts[1:]] > ends[forward.starts[:-1]]
                surely = None
                if ground.masks is not None:
                    doubt = (doubt & ~ground.masks.surely) | ground.masks.perhaps
                    surely = ground.masks.surely
                own = ends[forward.starts[1:]] > ends[forward.starts[:-1]]
                self._doubtful[scope] = own | doubt | spread(ground.back, doubt, surely, scope.steps)
        return self._doubtful[scope][ground.origins]


class _Ground:
    """What a paint runs over: the edges from members to origins, what is avoided, who the members and origins are."""

    def __init__(self, reader: Reader, ways: WholeWays, node: Node, navigation: Navigate) -> None:
        graph, scope, origin = reader.graph, navigation.scope, node.domains[0]
        if not isinstance(scope, Lineage) or isinstance(origin, Items) or isinstance(navigation.member, Items):
            raise TypeError("only lineage is painted")
        upstream = scope.direction == "upstream"
        self.scope = scope
        self.forward: Adjacency = graph.upstream if upstream else graph.downstream
        self.back: Adjacency = graph.downstream if upstream else graph.upstream
        self.masks: Masks | None = ways.masks(scope)
        self.origins = members_of(graph, origin)
        self.members = members_of(graph, navigation.member)
        self._same_kind = origin == navigation.member
        self._reader = reader
        self._size = len(graph.kind_codes)

    @property
    def is_sure(self) -> bool:
        """Whether all that is reached is surely reached."""
        return not self.forward.possible.any() and (self.masks is None or not self.masks.perhaps.any())

    def cells(self, part: Input) -> Cells:
        """A closed input for all members."""
        column = self._reader.column(part.node)
        return column if part.slots else column.take(np.zeros(len(self.members), np.int64))

    def column(self, part: Input) -> Truths:
        """A closed condition for all members."""
        return truth_of(self.cells(part))

    def own_members(self, holds: Truths) -> Bools:
        """The origins that are to be avoided (the start is exempt) and could be members of their own."""
        if self.masks is None or not self._same_kind:
            return np.zeros(len(self.origins), np.bool_)
        return self.masks.any[self.origins] & ~holds.no

    def count(self, marked: Bools, cap: int, *, certain: bool) -> Index:
        """For each origin how many of the marked members it reaches, no further than ``cap``."""
        seeds, blocked = self._seeds(marked, certain=certain)
        if not seeds.any():
            return np.zeros(len(self.origins), np.int64)
        if cap == 1:
            reached = spread(self.back, seeds, blocked, self.scope.steps, certain=certain)
            return reached[self.origins].astype(np.int64)
        counts = spread_labels(self.back, seeds, blocked, self.scope.steps, cap, certain=certain)
        return counts[self.origins]

    def greatest(self, marked: Bools, value: Numbers | Values, greatest: bool) -> tuple[Index, Numbers | Values]:
        """For each origin the place, in a column of distinct values, of the greatest (else least) that reaches it;
        -1 for none. Whether the members are sure is not asked."""
        keys = ranks_of(value)[marked]
        _, firsts, ranks = np.unique(keys, return_index=True, return_inverse=True)
        seeds, blocked = self._seeds(marked, certain=False)
        painted = np.zeros(self._size, np.int64)
        painted[self.members[marked]] = ranks if greatest else len(firsts) - 1 - ranks
        best = spread_greatest(self.back, seeds, painted, blocked, self.scope.steps)[self.origins]
        if not greatest:
            best = np.where(best < 0, -1, len(firsts) - 1 - best)
        return best, value.take(np.flatnonzero(marked)[firsts])

    def _seeds(self, marked: Bools, *, certain: bool) -> tuple[Bools, Bools | None]:
        seeds = np.zeros(self._size, np.bool_)
        seeds[self.members[marked]] = True
        if self.masks is None:
            return seeds, None
        blocked = self.masks.any if certain else self.masks.surely
        return seeds & ~blocked, blocked
