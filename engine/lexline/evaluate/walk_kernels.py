"""The contract of the kernels that walk the lineage, and the one place where they are chosen.

Two modules keep it: ``walks`` in numpy alone, ``walks_compiled`` through numba (the extra ``lexline[fast]``). They give
the same answers.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from importlib.util import find_spec
from typing import Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from lexline.evaluate import walks
from lexline.evaluate.column_types import Bools, Index
from lexline.evaluate.walks import Mark, Masks, Reached, Weights
from lexline_lineage.graph import Adjacency

__all__ = ["COMPILED_FROM", "Choice", "WalkKernels", "is_compiled", "walk_kernels"]

COMPILED_FROM = 500_000
"""From how many edges on the compiled kernels are worth their half second of start-up."""

Choice = Literal["best", "numpy", "compiled"]


class WalkKernels(Protocol):
    """What a module of kernels offers. ``blocked`` elements are reached but not passed; ``steps`` None is any number;
    ``certain`` goes over sure edges only. Seeds spread even where they are blocked. Everything runs along
    ``adjacency``, and an element reaches itself only through a loop."""

    def reached_from(self, adjacency: Adjacency, frontier: Index, steps: int | None) -> Index:
        """The elements that some of others reach in one step or more, ascending, in a time that goes with how many they
        are."""
        ...

    def spread_marks(
        self, adjacency: Adjacency, marks: Sequence[Mark], masks: Masks | None, steps: int | None, at: Index
    ) -> list[Bools]:
        """For each mark, which of the elements ``at`` it reaches in one step or more."""
        ...

    def spread_greatest(
        self,
        adjacency: Adjacency,
        seeds: Bools,
        ranks: Index,
        blocked: Bools | None,
        steps: int | None,
        *,
        certain: bool = False,
    ) -> Index:
        """For each element the greatest rank (from 0) of a seed that reaches it in one step or more; -1 for none."""
        ...

    def spread_labels(
        self,
        adjacency: Adjacency,
        seeds: Index,
        labels: Index,
        blocked: Bools | None,
        cap: int,
        *,
        certain: bool = False,
        had: NDArray[np.int32] | None = None,
    ) -> Index:
        """For each element how many labels reach it in one step or more, counted no further than ``cap``. ``labels``
        are what each seed passes on, ascending; in any order where there is ``had``: for each element those that it has
        already, and has passed on, and in the end all that it has (-1: no more)."""
        ...

    def walk(
        self, adjacency: Adjacency, origins: Index, wanted: Bools, masks: Masks | None, steps: int | None, pairs: int
    ) -> Iterator[Reached]:
        """Which ``wanted`` elements each origin reaches in one step or more, in chunks of origins: a chunk may take as
        much memory as a few times so many ``pairs``, or as one origin needs. An avoided element is neither reached nor
        passed, but for the origin itself."""
        ...

    def sums(
        self, adjacency: Adjacency, origins: Index, weights: Weights, masks: Masks | None, steps: int | None, pairs: int
    ) -> NDArray[np.int64]:
        """For each origin (a row) the sums of the weights (a column each) of what it reaches as ``walk`` does. What a
        failed check leaves undecided is reached perhaps, like all that is undecided."""
        ...


def is_compiled(edges: int) -> bool:
    """Whether the best kernels for a graph of so many edges are compiled."""
    return walk_kernels(edges) is not walks


def walk_kernels(edges: int, choice: Choice = "best") -> WalkKernels:
    """The kernels for a graph of so many edges. ``best``: compiled where they are installed and the graph is large."""
    if choice == "numpy" or (choice == "best" and (edges < COMPILED_FROM or find_spec("numba") is None)):
        return walks
    try:
        from lexline.evaluate import walks_compiled
    except (ImportError, RuntimeError):  # numba is of another age than Python or numpy, or has no place for its cache
        if choice == "compiled":
            raise
        return walks
    return walks_compiled
