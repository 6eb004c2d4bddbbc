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

_NONE: Index = np.zeros(0, np.int64)


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
        self._by_pairs(node, frame, found)
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
        self._by_pairs(node, frame, found)
        return found

    def _greatest(self, node: Node, operation: Aggregate, frame: Frame) -> Cells:
        """The latest, earliest, highest or lowest value: the first in order that reaches each element."""
        ground, member, value = self._closed.ground(node), self._paints.member(node), self._paints.value(node)
        present, blurred, failed = self._reach(node)
        is_open = self._sets.is_open(node, operation.navigation, frame)
        highest = operation.function in ("latest", "highest")
        best = self._paints.greatest(node, value, member.yes, greatest=highest, certain=False)
        known = best.known & ~blurred & ~is_open
        doubtful = np.flatnonzero(known & _at(frame, ground.doubtful)) if not ground.is_sure else _NONE
        if len(doubtful):  # whether all that are reached are surely reached, no paint tells
            asked, members = frame.slots[0][doubtful], self._closed.member(node).yes
            possibly, surely = ground.sums([(members, False), (members, True)], asked)
            known[doubtful] = possibly == surely
        found: Cells = blank(node.type, frame.size)
        rows = np.flatnonzero(known)
        write(found, rows, best.take(rows))
        found.failed[~known] = failed[~known]
        found = self._sets.with_none(node, operation, frame, found, ~present & ~is_open)
        self._by_pairs(node, frame, found)
        return found

    def _compare_some(self, node: Node, operation: CompareSome, frame: Frame) -> Truths:
        """Whether the greatest (or least) of the members compares so with a value of the origin."""
        member, value = self._paints.member(node), self._paints.value(node)
        other, is_open = self._reader.read(node.inputs[2], frame), self._sets.is_open(node, operation.navigation, frame)
        if other.failed.any() or value.failed.any() or member.failed.any() or _is_range(value):
            return truth_of(self._sets.read(node, frame))

        def compared(marked: Bools, *, certain: bool) -> tuple[Bools, Truths]:
            highest = operation.operator in (">", ">=")
            best = self._paints.greatest(node, value, marked, greatest=highest, certain=certain)
            return best.known, compare(operation.operator, best, other)

        (blurred,) = self._reach(node)
        some, truth = compared(~member.no, certain=False)
        possible = is_open | blurred | (some & ~truth.no)
        if not self._paints.tells_both(node, member):
            some, truth = compared(member.yes, certain=True)
        sure = some & truth.yes
        found = Truths(sure, ~possible & ~sure, np.zeros(frame.size, np.bool_))
        self._by_pairs(node, frame, found)
        return found

    def _by_pairs(self, node: Node, frame: Frame, found: Cells) -> None:
        """Decides what the paint can't tell."""
        masks, avoided = self._closed.masks(node), self._closed.ground(node).avoided
        if masks is not None and masks.failed.any():
            rows = np.arange(frame.size)
        elif avoided is not None:
            own = self._closed.member(node, None if frame.whole else frame.slots[0])
            rows = np.flatnonzero(_at(frame, avoided) & ~own.no)
        else:
            return
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
        holds = self._paints.member(node)
        possibly = surely = self._paints.count(node, ~holds.no, cap, certain=False)
        if not self._paints.tells_both(node, holds):
            surely = self._paints.count(node, holds.yes, cap, certain=True)
        return Sizes(surely, possibly, failed)

    # ---- marks -----------------------------------------------------------------------------------------------------

    def _reach(self, node: Node) -> list[Bools]:
        """For each of the node's marks the origins that it reaches; painted with those of all nodes of its batch."""
        again = self._paints.again(node)
        if again is not None:
            return self._paints.reached_again(node, again)
        if node not in self._reached:
            others = (other for other in self._closed.batches.get(node, ()) if other not in self._painted)
            together = [node, *(other for other in others if other != node and self._paints.is_asked(other))]
            found = self._paints.reached(together, [self._paints.marks(other) for other in together])
            self._reached.update(zip(together, found, strict=True))
            self._painted.update(together)
        return self._reached.pop(node)


def _at(frame: Frame, kind: Bools) -> Bools:
    """What is known of all elements of a kind, for a frame."""
    return kind if frame.whole else kind[frame.slots[0]]


def _is_range(value: Numbers | Values) -> bool:
    return isinstance(value, Numbers) and bool((value.low != value.high).any())
