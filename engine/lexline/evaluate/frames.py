"""Frames: the rows that an expression is evaluated over."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from lexline.evaluate.column_types import Bools, Cells, Index
from lexline.evaluate.navigation_columns import Groups
from lexline.plan.nodes import Domain, Input, Items, Navigate
from lexline.plan.plans import Plan
from lexline_lineage.graph import Graph

__all__ = ["Frame", "Reader", "Ways", "distinct"]


@dataclass(frozen=True, slots=True, eq=False)
class Frame:
    """``size`` rows, and for each slot the positions of its elements in their kind.

    ``whole``: one slot, and the rows are all elements of its kind in order.
    """

    size: int
    slots: tuple[Index, ...]
    whole: bool = False

    def part(self, rows: Index) -> Frame:
        """Some of the rows."""
        return Frame(len(rows), tuple(slot[rows] for slot in self.slots))

    def pick(self, slots: Sequence[int]) -> Frame:
        """Some of the slots."""
        return Frame(self.size, tuple(self.slots[slot] for slot in slots))

    def paired(self, rows: Index, members: Index) -> Frame:
        """Rows beside one more slot."""
        return Frame(len(rows), (*(slot[rows] for slot in self.slots), members))


class Reader(Protocol):
    """What evaluates the nodes of a plan, as seen by those who evaluate some of them."""

    plan: Plan
    graph: Graph

    def column(self, node: int) -> Cells:
        """A node of no slot (one row), or of one slot (a row for each element of its kind)."""
        ...

    def read(self, source: Input, frame: Frame) -> Cells:
        """A node for each row of a frame."""
        ...

    def extent(self, domain: Domain) -> int:
        """How many elements or items there are of a domain."""
        ...

    def items(self, domain: Items) -> Sequence[object]:
        """The raw items of a document path, by their positions."""
        ...


class Ways(Protocol):
    """Where navigations lead. Origins are positions in their ``domain``."""

    def groups(self, navigation: Navigate, domain: Domain, origins: Index) -> Iterator[Groups]:
        """The members of each of some distinct origins, ascending."""
        ...

    def is_open(self, navigation: Navigate, domain: Domain, origins: Index) -> Bools:
        """For each origin whether the navigation is open."""
        ...


def distinct(frame: Frame, extents: Sequence[int]) -> tuple[Frame, Index]:
    """The distinct rows of a frame, and for each of its rows which of them it is."""
    keys = np.zeros(frame.size, np.int64)
    for slot, extent in zip(frame.slots, extents, strict=True):
        # Numbered anew after each slot, so that the keys stay small.
        keys = np.unique(keys * max(extent, 1) + slot, return_inverse=True)[1]
    _, firsts, places = np.unique(keys, return_index=True, return_inverse=True)
    return frame.part(firsts), places
