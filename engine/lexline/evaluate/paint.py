"""Navigation by painting: what is closed is worked out once for the members and spreads to the origins.

What is sure and what is possible are marks of one paint, the first over sure edges and past nothing that might be
avoided; so are the marks of all other nodes that paint over the same ground. An origin that is itself to be avoided is
decided by its pairs where it could be a member of its own: the paint of the others must not pass it, its own may.
"""

from __future__ import annotations

import numpy as np

from lexline.evaluate.closed import Closed
from lexline.evaluate.column_sets import Sets
from lexline.evaluate.column_types import Bools, Cells, Index, Numbers, Truths, Values, blank, truth_of, truths, write
from lexline.evaluate.frames import Frame, Reader
from lexline.evaluate.kernels import compare
from lexline.evaluate.kernels_sets import Sizes, quantified
from lexline.evaluate.orders import Order
from lexline.evaluate.paints import Paints
from lexline.plan.batches import cap_of
from lexline.plan.nodes import Aggregate, CompareSome, Extreme, Node, Quantify

__all__ = ["Painter"]


class Painter:
    """Evaluates painted nodes for all elements of a kind; what a paint can't tell goes back to ``Sets``."""

    def __init__(self, reader: Reader, sets: Sets, closed: Closed, paints: Paints) -> None:
        self._reader = reader
        self._sets = sets
        self._closed = closed
        self._paints = paints
        self._reached: dict[Node, list[Bools]] = {}
        self._painted: set[Node] = set()

    def forget(self) -> None:
        """Keeps nothing of what was painted; it is painted again where it is asked for."""
        self._reached.clear()
        self._painted.clear()

    def read(self, node: Node, frame: Frame) -> Cells:
        """A painted node for all elements of its kind; where it is painted again, for those that may have moved."""
        match node.operation:
            case Quantify():
                return self._quantify(node, node.operation, frame)
            case CompareSome():
                return self._compare_some(node, node.operation, frame)
            case Extreme():
                return self._extreme(node, node.operation, frame)
            case Aggregate():
                return self._greatest(node, node.operation, frame)
            case operation:
                raise TypeError(f"{operation} is not painted")

    # ---- operations ------------------------------------------------------------------------------------------------

    def _quantify(self, node: Node, operation: Quantify, frame: Frame) -> Truths:
        """A quantifier, by how many members reach each element, counted as far as it needs."""
        sizes, is_open = self._sizes(node), self._sets.is_open(node, operation.navigation, frame)
        found = quantified(operation.quantifier, operation.count, sizes, is_open)
        self._again(node, self._closed.ground(node).own_members(self._closed.member(node)), frame, found)
        return found

    def _extreme(self, node: Node, operation: Extreme, frame: Frame) -> Truths:
        """Whether those have the body that are the greatest or least, or could be, whatever what is missing may be."""
        ground, member, body = self._closed.ground(node), self._closed.member(node), self._closed.body(node)
        order = Order(self._closed.value(node), ~member.no, greatest=operation.greatest)
        keyed, ranks = order.marked, np.zeros(len(order.marked), np.int64)
        ranks[keyed] = order.ranks
        ranks[~keyed] = ranks.max(initial=0) + 1  # what has no key may be ahead of all

        def furthest(marked: Bools, *, certain: bool) -> Index:
            return ground.greatest(marked, ranks[marked], certain=certain)

        present, surely = self._reach(node)
        best = furthest(member.yes & keyed, certain=True)
        lacking = furthest(~member.no & ~body.yes, certain=False)
        having = furthest(~member.no & ~body.no, certain=False)
        breached = furthest(member.yes & keyed & body.no, certain=True)
        failing = furthest(~member.no & (member.failed | body.failed), certain=False)
        level = np.maximum(best, 0)  # without a sure key, all decide
        yes = surely & (lacking < level)
        no = ((having <= best) & ((best < 0) | (breached == best))) | ~present
        is_open = self._sets.is_open(node, operation.navigation, frame)
        found = truths(yes & ~is_open, no & ~is_open, failing >= level)
        self._again(node, ground.own_members(member), frame, found)
        return found

    def _greatest(self, node: Node, operation: Aggregate, frame: Frame) -> Cells:
        """The latest, earliest, highest or lowest value: the first in order that reaches each element."""
        ground, member, value = self._closed.ground(node), self._closed.member(node), self._closed.value(node)
        present, blurred, failed = self._reach(node)
        is_open = self._sets.is_open(node, operation.navigation, frame)
        order = Order(value, member.yes, greatest=operation.function in ("latest", "highest"))
        best = self._paints.greatest(node, order, certain=False)
        known = (best >= 0) & ~blurred & ~is_open
        doubtful = np.flatnonzero(known & _at(frame, ground.doubtful))
        if len(doubtful):  # whether all that are reached are surely reached, no paint tells
            asked = doubtful if frame.whole else frame.slots[0][doubtful]
            possibly, surely = ground.sums([(member.yes, False), (member.yes, True)], asked)
            known[doubtful] = possibly == surely
        found: Cells = blank(node.type, frame.size)
        write(found, np.flatnonzero(known), order.values(best[known]))
        found.failed[~known] = failed[~known]
        found = self._sets.with_none(node, operation, frame, found, ~present & ~is_open)
        self._again(node, ground.own_members(member), frame, found)
        return found

    def _compare_some(self, node: Node, operation: CompareSome, frame: Frame) -> Truths:
        """Whether the greatest (or least) of the members compares so with a value of the origin."""
        ground, member, value = self._closed.ground(node), self._closed.member(node), self._closed.value(node)
        other, is_open = self._reader.read(node.inputs[2], frame), self._sets.is_open(node, operation.navigation, frame)
        if other.failed.any() or value.failed.any() or member.failed.any() or _is_range(value):
            return truth_of(self._sets.read(node, frame))

        def compared(marked: Bools, *, certain: bool) -> tuple[Bools, Truths]:
            order = Order(value, marked, greatest=operation.operator in (">", ">="))
            best = self._paints.greatest(node, order, certain=certain)
            return best >= 0, compare(operation.operator, order.values(best), other)

        (blurred,) = self._reach(node)
        some, truth = compared(~member.no, certain=False)
        possible = is_open | blurred | (some & ~truth.no)
        if not (ground.is_sure and member.known.all()):
            some, truth = compared(member.yes, certain=True)
        sure = some & truth.yes
        found = Truths(sure, ~possible & ~sure, np.zeros(frame.size, np.bool_))
        self._again(node, ground.own_members(member), frame, found)
        return found

    def _again(self, node: Node, doubtful: Bools, frame: Frame, found: Cells) -> None:
        """Decides by pairs what the paint can't tell; ``doubtful`` are of all elements of the kind."""
        masks = self._closed.masks(node)
        all_are = masks is not None and masks.failed.any()
        rows = np.arange(frame.size) if all_are else np.flatnonzero(_at(frame, doubtful))
        if len(rows):
            write(found, rows, self._sets.read(node, frame.part(rows)))

    # ---- what a node asks of the ground ----------------------------------------------------------------------------

    def _sizes(self, node: Node) -> Sizes:
        """How many members each origin reaches."""
        cap = cap_of(node)
        if cap == 1:
            possible, sure, failed = self._reach(node)
            return Sizes(sure.astype(np.int64), possible.astype(np.int64), failed)
        (failed,) = self._reach(node)
        ground, holds = self._closed.ground(node), self._closed.member(node)
        possibly = ground.count(~holds.no, cap, certain=False)
        is_sure = ground.is_sure and bool(holds.known.all())
        return Sizes(possibly if is_sure else ground.count(holds.yes, cap, certain=True), possibly, failed)

    # ---- marks -----------------------------------------------------------------------------------------------------

    def _marks(self, node: Node) -> list[tuple[Bools, bool]]:
        """The marks, and whether each asks for what is surely reached, of which a node wants to know where they get."""
        member = self._closed.member(node)
        match node.operation:
            case Quantify() if cap_of(node) == 1:
                return [(~member.no, False), (member.yes, True), (member.failed, False)]
            case Aggregate():
                blurred = ~member.known | (member.yes & ~self._closed.value(node).known)
                return [(~member.no, False), (blurred, False), (member.failed, False)]
            case Extreme():
                return [(~member.no, False), (member.yes, True)]
            case CompareSome():
                return [(~member.no & ~self._closed.value(node).known, False)]
            case _:
                return [(member.failed, False)]

    def _reach(self, node: Node) -> list[Bools]:
        """For each of the node's marks the origins that it reaches; painted with those of all nodes of its batch."""
        if node not in self._reached:
            if self._paints.is_again(node):
                self._reached[node] = self._paints.again(node, self._marks(node))
                return self._reached[node]
            others = (other for other in self._closed.batches.get(node, ()) if other not in self._painted)
            together = [node, *(other for other in others if other != node and self._paints.is_asked(other))]
            found = self._paints.reached(together, [self._marks(other) for other in together])
            self._reached.update(zip(together, found, strict=True))
            self._painted.update(together)
            return self._reached.pop(node)
        return self._reached[node] if self._paints.is_again(node) else self._reached.pop(node)


def _at(frame: Frame, kind: Bools) -> Bools:
    """What is known of all elements of a kind, for a frame."""
    return kind if frame.whole else kind[frame.slots[0]]


def _is_range(value: Numbers | Values) -> bool:
    return isinstance(value, Numbers) and bool((value.low != value.high).any())
