"""Navigation by summing: what is closed gives each member some weights, and a walk from each origin adds them up.

Over what is reached and over what is surely reached: of their sums come counts, shares, totals and averages. The
weights of all nodes over the same ground go along in one walk.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from lexline.evaluate.closed import Closed
from lexline.evaluate.column_sets import Sets
from lexline.evaluate.column_types import Bools, Cells, Index, Numbers, Truths
from lexline.evaluate.exact_sums import Digits, digits_of
from lexline.evaluate.frames import Frame
from lexline.evaluate.grounds import Ground
from lexline.evaluate.kernels_sets import Halves, Sizes, quantified, share, size_of, summed
from lexline.plan.nodes import Aggregate, Node, Quantify, navigation_of

__all__ = ["Summer"]

Weight = tuple[Index | Bools, bool]
"""A weight for each member, and whether it is summed over what is surely reached."""


class Summer:
    """Evaluates summed nodes for all elements of a kind. Where a check failed in what is avoided, ``sets`` do it."""

    def __init__(self, sets: Sets, closed: Closed) -> None:
        self._sets = sets
        self._closed = closed
        self._digits: dict[Node, Digits] = {}
        self._sums: dict[Node, list[Index]] = {}
        self._done: set[Node] = set()

    def forget(self) -> None:
        """Keeps nothing of what was summed; it is summed again where it is asked for."""
        self._digits.clear()
        self._sums.clear()
        self._done.clear()

    def read(self, node: Node, frame: Frame) -> Cells:
        """A summed node for all elements of its kind, or for some of them."""
        masks, navigation = self._closed.masks(node), navigation_of(node.operation)
        if navigation is None or (masks is not None and masks.failed.any()):
            return self._sets.read(node, frame)
        is_open, sums = self._sets.is_open(node, navigation, frame), self._summed(node, frame)
        match node.operation:
            case Quantify(quantifier, count):
                return quantified(quantifier, count, _sizes(*sums), is_open)
            case Aggregate(function="count") as operation:
                found, possibly = size_of(_sizes(*sums), is_open), sums[0]
            case Aggregate(function="share") as operation:
                possibly, *parts = sums
                found = share(_halves(*parts), is_open)
            case Aggregate(function=function) as operation:
                possibly, failed, blurred, perhaps, surely, *digits = sums
                clear = (blurred == 0) & (perhaps == surely) & ~is_open
                average = function == "average"
                found = summed(self._digits[node], tuple(digits), surely, clear, failed > 0, average=average)
            case operation:
                raise TypeError(f"{operation} is not summed")
        return self._sets.with_none(node, operation, frame, found, (possibly == 0) & ~is_open)

    def _summed(self, node: Node, frame: Frame) -> list[Index]:
        """The sums of the node's weights for the origins; for all of them with those of all nodes of its batch."""
        if not frame.whole:
            return _summed(self._closed.ground(node), [self._weights(node)], frame.slots[0])[0]
        if node not in self._sums:
            others = (other for other in self._closed.batches.get(node, ()) if other not in self._done)
            together = [node, *(other for other in others if other != node)]
            asked = [self._weights(other) for other in together]
            self._sums.update(zip(together, _summed(self._closed.ground(node), asked), strict=True))
            self._done.update(together)
        return self._sums.pop(node)  # a column is decided once

    def _weights(self, node: Node) -> list[Weight]:
        member = self._closed.member(node)
        reached: list[Weight] = [(~member.no, False)]
        match node.operation:
            case Aggregate(function="share"):
                return reached + _weights_of_share(member, self._closed.body(node))
            case Aggregate(function="total" | "average"):
                value = self._closed.value(node)
                if not isinstance(value, Numbers):
                    raise TypeError("only numbers have a total")
                known = member.yes & value.known
                digits = self._digits[node] = digits_of(np.where(known, value.low, 0.0))
                blurred = ~member.no & ~known
                return [
                    *reached,
                    (member.failed | (~member.no & value.failed), False),
                    (blurred, False),
                    (member.yes, False),
                    (member.yes, True),
                    *((column, True) for column in digits.columns),
                ]
            case _:
                return [*reached, (member.failed, False), (member.yes, True)]


def _sizes(possibly: Index, failed: Index, surely: Index) -> Sizes:
    return Sizes(surely, possibly, failed > 0)


def _weights_of_share(member: Truths, body: Truths) -> list[Weight]:
    may = ~member.no
    return [
        (member.failed | (may & body.failed), False),
        (may & ~body.no, False),
        (may & ~body.yes, False),
        (member.yes, True),
        (member.yes & body.yes, True),
        (member.yes & body.no, True),
    ]


def _halves(failed: Index, may_have: Index, may_lack: Index, sure: Index, having: Index, lacking: Index) -> Halves:
    """Members only perhaps are those that are not surely members."""
    return Halves(sure, having, lacking, may_have - (sure - lacking), may_lack - (sure - having), failed > 0)


def _summed(ground: Ground, asked: Sequence[Sequence[Weight]], at: Index | None = None) -> list[list[Index]]:
    """The sums of all weights, each distinct one once; what weighs nothing comes to nothing."""
    weights: list[Weight] = []
    places: dict[tuple[bytes, bool], int] = {}
    keys = []
    for each in asked:
        keys.append([(values.tobytes(), certain and not ground.is_sure) for values, certain in each])
        for key, (values, certain) in zip(keys[-1], each, strict=True):
            if key not in places and values.any():
                places[key] = len(weights)
                weights.append((values, certain))
    found = ground.sums(weights, at)
    nothing = np.zeros(ground.origins if at is None else len(at), np.int64)
    return [[found[places[key]] if key in places else nothing for key in each] for each in keys]
