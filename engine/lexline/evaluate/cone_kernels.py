"""What is asked of the lineage of one element, decided on its cone; and the one place where the kernels are chosen.

A cone is the part of a graph that the lineage of an element reaches, numbered anew from that element on. Nothing of the
size of the graph is allocated or looked through. Two modules walk: ``cones`` in numpy alone, ``cones_compiled`` through
numba. They give the same answers.
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib.util import find_spec
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from lexline.evaluate import cones
from lexline.evaluate.column_types import Bools, Index
from lexline.evaluate.walk_kernels import Choice
from lexline.evaluate.walks import Masks, edges_from
from lexline_lineage.graph import Adjacency

__all__ = ["Cone", "ConeKernels", "Walked", "cone_kernels", "walk_cone"]


@dataclass(frozen=True, slots=True, eq=False)
class Cone:
    """``elements`` are numbers of the graph, the element asked about first; ``adjacency`` joins their places in it. The
    rows of elements at the last step are empty."""

    elements: Index
    adjacency: Adjacency


class ConeKernels(Protocol):
    """What a module of kernels offers."""

    def gather(
        self, adjacency: Adjacency, number: int, steps: int | None, places: NDArray[np.int32]
    ) -> tuple[Index, Adjacency]:
        """All that is reached from an element, as a ``Cone`` holds it. ``places`` holds a zero for each element of the
        graph, then and after."""
        ...

    def reach(self, adjacency: Adjacency, blocked: Bools | None, steps: int | None, *, certain: bool) -> Bools:
        """Which elements of a cone the first one reaches in one step or more. What is blocked is neither reached nor
        passed, but for the first."""
        ...


@dataclass(frozen=True, slots=True, eq=False)
class Walked:
    """For each element of a cone whether the first one reaches it in one step or more; where not ``certain`` it is an
    unknown, and ``failed`` where that is because of a check."""

    reached: Bools
    certain: Bools
    failed: Bools


def cone_kernels(choice: Choice = "best") -> ConeKernels:
    """``best``: compiled where numba is installed; loading it takes half a second."""
    if choice == "numpy" or (choice == "best" and find_spec("numba") is None):
        return cones
    try:
        from lexline.evaluate import cones_compiled
    except (ImportError, RuntimeError):  # numba is of another age than Python or numpy, or has no place for its cache
        if choice == "compiled":
            raise
        return cones
    return cones_compiled


def walk_cone(cone: Cone, masks: Masks | None, steps: int | None, kernels: ConeKernels) -> Walked:
    """What the first element of a cone reaches past what is avoided. The first is exempt from that."""
    adjacency = cone.adjacency
    unbroken = np.zeros(len(cone.elements), np.bool_)
    surely = None if masks is None else masks.surely
    if masks is None and steps is None:
        reached = np.ones(len(cone.elements), np.bool_)
        reached[0] = bool((adjacency.neighbours == 0).any())
    else:
        reached = kernels.reach(adjacency, surely, steps, certain=False)
    if not adjacency.possible.any() and (masks is None or not masks.perhaps.any()):
        return Walked(reached, reached, unbroken)
    certain = kernels.reach(adjacency, None if masks is None else masks.any, steps, certain=True)
    if masks is None or not masks.failed.any():
        return Walked(reached, certain, unbroken)
    return Walked(reached, certain, _reach_past_failures(adjacency, masks, steps) & ~certain)


def _reach_past_failures(adjacency: Adjacency, masks: Masks, steps: int | None) -> Bools:
    """What is reached by a possible path on which an element stands that a failed check might avoid: each element is
    kept in two states, before and after such an element."""
    size = len(adjacency.starts) - 1
    visited = np.zeros((2, size), np.bool_)
    exempt = np.arange(size) == 0
    passing, failing = exempt | ~masks.surely, masks.failed & ~exempt
    elements, after = np.zeros(1, np.int64), np.zeros(1, np.int64)
    left = steps
    while len(elements) and left != 0:
        edges, rows = edges_from(adjacency, elements)
        targets = adjacency.neighbours[edges]
        after = np.maximum(after[rows], failing[targets])
        fresh = passing[targets] & ~visited[after, targets]
        states = np.unique(np.stack([after[fresh], targets[fresh]]), axis=1)
        after, elements = states[0], states[1]
        visited[after, elements] = True
        onwards = elements != 0
        after, elements = after[onwards], elements[onwards]
        left = None if left is None else left - 1
    return np.asarray(visited[1])
