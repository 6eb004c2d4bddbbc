"""The kernels of ``walks``, compiled by numba: the same answers, each element and edge looked at about once.

Everything has one written signature, over arrays that may be read-only, so that nothing is compiled while an evaluation
runs: the first import compiles (some seconds) and keeps the result beside this file, or in the user's cache folder
where that is not writable. The rounds of ``within N steps`` that are not marks alone are left to ``walks``.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numba
import numpy as np
from numpy.typing import NDArray

from lexline.evaluate import walks
from lexline.evaluate.column_types import Bools, Index
from lexline.evaluate.walks import Mark, Masks, Reached
from lexline_lineage.graph import Adjacency

__all__ = ["spread_greatest", "spread_labels", "spread_marks", "walk"]

PAIRS = 4_000_000
"""How many pairs a chunk of walks may hold; a single origin may go over it."""


def _read(cell: Any) -> Any:
    return numba.types.Array(cell, 1, "C", readonly=True)


def _written(cell: Any) -> Any:
    return numba.types.Array(cell, 1, "C")


_BOOLS, _INT32, _INT64 = _read(numba.boolean), _read(numba.int32), _read(numba.int64)
_CSR = (_INT32, _INT32, _BOOLS)


def _compiled(*signatures: Any) -> Any:
    return numba.njit(list(signatures), cache=True)


# ---- paints --------------------------------------------------------------------------------------------------------


def spread_marks(
    adjacency: Adjacency, marks: Sequence[Mark], masks: Masks | None, steps: int | None, at: Index
) -> list[Bools]:
    """For each mark, which of the elements ``at`` it reaches; up to 64 marks in one paint, a bit for each."""
    found: list[Bools] = []
    csr, size = _csr(adjacency), len(adjacency.starts) - 1
    stops = np.zeros(0, np.uint8)
    if masks is not None:
        stops = masks.perhaps * np.uint8(1)
        stops[masks.surely] = 2
    for begin in range(0, len(marks), 64):
        part = marks[begin : begin + 64]
        bits: Any = np.uint8 if len(part) <= 8 else np.uint64
        seeds, certain = np.zeros(size, bits), 0
        for place, mark in enumerate(part):
            seeds[mark.elements[mark.marked]] |= bits(1 << place)
            certain |= mark.certain << place
        reached = _spread(*csr, stops, seeds, bits(certain), -1 if steps is None else steps)[at]
        found += [reached & bits(1 << place) != 0 for place in range(len(part))]
    return found


@_compiled(
    *(
        _written(bits)(*_CSR, _read(numba.uint8), _written(bits), bits, numba.int64)
        for bits in (numba.uint8, numba.uint64)
    )
)
def _spread(  # type: ignore[no-untyped-def]
    starts, neighbours, possible, stops, pending, certain, steps
):
    """The bits that reach each element, in rounds. An element has ``pending`` what it has yet to pass on; a stop of 1
    is not passed by the bits ``certain``, one of 2 by none."""
    size, masked = len(starts) - 1, len(stops) > 0
    reached, coming = np.zeros_like(pending), np.zeros_like(pending)
    frontier, following = np.empty(size, np.int32), np.empty(size, np.int32)
    count = 0
    for v in range(size):
        if pending[v]:
            if masked and stops[v] == 1:
                pending[v] &= ~certain
            elif masked and stops[v] == 2:
                pending[v] = 0
            if pending[v]:
                frontier[count] = v
                count += 1
    sent = pending.copy()
    while count and steps != 0:
        steps -= 1
        further = 0
        for i in range(count):
            v = frontier[i]
            bits = pending[v]
            pending[v] = 0
            for e in range(starts[v], starts[v + 1]):
                w = neighbours[e]
                fresh = bits & ~reached[w]
                if possible[e]:
                    fresh &= ~certain
                if fresh:
                    reached[w] |= fresh
                    fresh &= ~sent[w]
                    if masked and stops[w] == 1:
                        fresh &= ~certain
                    if fresh and not (masked and stops[w] == 2):
                        sent[w] |= fresh
                        if not coming[w]:
                            following[further] = w
                            further += 1
                        coming[w] |= fresh
        frontier, following = following, frontier
        pending, coming = coming, pending
        count = further
    return reached


def spread_greatest(
    adjacency: Adjacency,
    seeds: Bools,
    ranks: Index,
    blocked: Bools | None,
    steps: int | None,
    *,
    certain: bool = False,
) -> Index:
    """For each element the greatest rank that reaches it: painted in order of rank, so that each keeps its first."""
    if steps is not None:
        return walks.spread_greatest(adjacency, seeds, ranks, blocked, steps, certain=certain)
    numbers = np.flatnonzero(seeds)
    order = numbers[np.argsort(-ranks[numbers], kind="stable")]
    return np.asarray(_greatest(*_csr(adjacency), _blocked(blocked), order, ranks, certain))


@_compiled(_written(numba.int64)(*_CSR, _BOOLS, _INT64, _INT64, numba.boolean))
def _greatest(starts, neighbours, possible, blocked, order, ranks, certain):  # type: ignore[no-untyped-def]
    size = len(starts) - 1
    best, passed, stack = np.full(size, -1, np.int64), np.zeros(size, np.bool_), np.empty(size, np.int32)
    for seed in order:
        if passed[seed]:
            continue
        passed[seed] = True
        stack[0], top = seed, 1
        while top:
            top -= 1
            v = stack[top]
            for e in range(starts[v], starts[v + 1]):
                w = neighbours[e]
                if best[w] >= 0 or (certain and possible[e]):
                    continue
                best[w] = ranks[seed]
                if not passed[w] and not (len(blocked) and blocked[w]):
                    passed[w] = True
                    stack[top] = w
                    top += 1
    return best


def spread_labels(
    adjacency: Adjacency,
    seeds: Bools,
    blocked: Bools | None,
    steps: int | None,
    cap: int,
    *,
    certain: bool = False,
) -> Index:
    """For each element how many seeds reach it, counted no further than ``cap``: seed by seed, stopped by what has
    enough (and so has all that lies behind it)."""
    if steps is not None:
        return walks.spread_labels(adjacency, seeds, blocked, steps, cap, certain=certain)
    return np.asarray(_labels(*_csr(adjacency), _blocked(blocked), np.flatnonzero(seeds), cap, certain), np.int64)


@_compiled(_written(numba.int32)(*_CSR, _BOOLS, _INT64, numba.int64, numba.boolean))
def _labels(starts, neighbours, possible, blocked, seeds, cap, certain):  # type: ignore[no-untyped-def]
    size = len(starts) - 1
    counts, last, stack = np.zeros(size, np.int32), np.full(size, -1, np.int32), np.empty(size + 1, np.int32)
    for seed in seeds:
        stack[0], top = seed, 1
        while top:
            top -= 1
            v = stack[top]
            for e in range(starts[v], starts[v + 1]):
                w = neighbours[e]
                if last[w] == seed or counts[w] >= cap or (certain and possible[e]):
                    continue
                last[w] = seed
                counts[w] += 1
                if not (len(blocked) and blocked[w]):
                    stack[top] = w
                    top += 1
    return counts


# ---- walks ---------------------------------------------------------------------------------------------------------


def walk(
    adjacency: Adjacency, origins: Index, wanted: Bools, masks: Masks | None, steps: int | None
) -> Iterator[Reached]:
    """Which ``wanted`` elements each origin reaches: a walk for each origin over marks that all walks share."""
    if steps is not None or (masks is not None and masks.failed.any()):
        yield from walks.walk(adjacency, origins, wanted, masks, steps)
        return
    csr, size = _csr(adjacency), len(adjacency.starts) - 1
    doubtful = bool(adjacency.possible.any()) or (masks is not None and bool(masks.perhaps.any()))
    surely = _blocked(None if masks is None else masks.surely)
    avoided = _blocked(None if masks is None else masks.any)
    seen, stack = np.zeros(size, np.int32), np.empty(size, np.int32)
    stamp, begin = 0, 0
    some = np.asarray(origins, np.int64)
    while begin < len(some):
        room = max(PAIRS, size)
        end, starts, elements, certain = _walk(
            *csr, surely, avoided, some, begin, wanted, doubtful, room, seen, stack, stamp
        )
        stamp += 2 * (end - begin)
        places = np.repeat(np.arange(end - begin), np.diff(starts))
        yield Reached(begin, end, places, elements.astype(np.int64), certain, np.zeros(len(elements), np.bool_))
        begin = end
        if stamp > 2**30:
            seen[:], stamp = 0, 0


_WALKED = numba.types.Tuple((numba.int64, _written(numba.int64), _written(numba.int32), _written(numba.boolean)))


@_compiled(
    _WALKED(
        *_CSR, _BOOLS, _BOOLS, _INT64, numba.int64, _BOOLS, numba.boolean, numba.int64,
        _written(numba.int32), _written(numba.int32), numba.int64,
    )
)  # fmt: skip
def _walk(  # type: ignore[no-untyped-def]
    starts, neighbours, possible, surely, avoided, origins, begin, wanted, doubtful, room, seen, stack, stamp
):
    """The walks from ``begin`` on, as many as fit into ``room`` pairs: where they end, and their pairs in rows."""
    size = len(starts) - 1
    found, certain = np.empty(room, np.int32), np.ones(room, np.bool_)
    ends = np.zeros(len(origins) - begin + 1, np.int64)
    filled, at = 0, begin
    while at < len(origins) and (at == begin or filled + size <= room):
        origin = origins[at]
        first = filled
        for sure in range(2 if doubtful else 1):
            stamp += 1
            blocked = avoided if sure else surely
            stack[0], top = origin, 1
            while top:
                top -= 1
                v = stack[top]
                for e in range(starts[v], starts[v + 1]):
                    w = neighbours[e]
                    if seen[w] == stamp or (sure and possible[e]):
                        continue
                    if len(blocked) and blocked[w] and w != origin:
                        continue
                    seen[w] = stamp
                    if not sure and wanted[w]:
                        found[filled] = w
                        filled += 1
                    if w != origin:
                        stack[top] = w
                        top += 1
            if not sure:
                found[first:filled].sort()
        if doubtful:
            for i in range(first, filled):
                certain[i] = seen[found[i]] == stamp
        at += 1
        ends[at - begin] = filled
    return at, ends[: at - begin + 1].copy(), found[:filled].copy(), certain[:filled].copy()


# ---- arrays --------------------------------------------------------------------------------------------------------


def _csr(adjacency: Adjacency) -> tuple[NDArray[np.int32], NDArray[np.int32], Bools]:
    return (
        np.ascontiguousarray(adjacency.starts, np.int32),
        np.ascontiguousarray(adjacency.neighbours, np.int32),
        np.ascontiguousarray(adjacency.possible, np.bool_),
    )


def _blocked(blocked: Bools | None) -> Bools:
    """An empty array where nothing is blocked."""
    return np.zeros(0, np.bool_) if blocked is None else blocked
