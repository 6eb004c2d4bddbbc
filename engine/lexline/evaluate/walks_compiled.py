"""The kernels of ``walks``, compiled by numba: the same answers, each element and edge looked at about once.

Everything has one written signature, over arrays that may be read-only, so that nothing is compiled while an evaluation
runs: the first import compiles (some seconds) and keeps the result beside this file, or in the user's cache folder
where that is not writable.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numba
import numpy as np
from numpy.typing import NDArray

from lexline.evaluate import walks
from lexline.evaluate.column_types import Bools, Index
from lexline.evaluate.walks import Mark, Masks, Reached, Weights
from lexline_lineage.graph import Adjacency

__all__ = ["reached_from", "spread_greatest", "spread_labels", "spread_marks", "sums", "walk"]

ORIGINS = 20_000
"""How many walks run without a break, in which an interruption is heard."""


def _read(cell: Any) -> Any:
    return numba.types.Array(cell, 1, "C", readonly=True)


def _written(cell: Any) -> Any:
    return numba.types.Array(cell, 1, "C")


_BOOLS, _INT32, _INT64 = _read(numba.boolean), _read(numba.int32), _read(numba.int64)
_CSR = (_INT32, _INT32, _BOOLS)


def _compiled(*signatures: Any) -> Any:
    return numba.njit(list(signatures), cache=True)


# ---- paints --------------------------------------------------------------------------------------------------------


def reached_from(adjacency: Adjacency, frontier: Index, steps: int | None) -> Index:
    """The elements that some of others reach in one step or more, ascending."""
    begun = np.asarray(frontier, np.int64)
    return np.sort(_reached_from(*_csr(adjacency), begun, -1 if steps is None else steps)).astype(np.int64)


@_compiled(_written(numba.int32)(*_CSR, _INT64, numba.int64))
def _reached_from(starts, neighbours, possible, frontier, steps):  # type: ignore[no-untyped-def]  # noqa: ARG001
    reached, queue = np.zeros(len(starts) - 1, np.bool_), np.empty(len(starts) - 1 + len(frontier), np.int32)
    for i in range(len(frontier)):
        queue[i] = frontier[i]
    done, filled = 0, len(frontier)
    while done < filled and steps != 0:
        steps -= 1
        for at in range(done, filled):
            v = queue[at]
            for e in range(starts[v], starts[v + 1]):
                w = neighbours[e]
                if not reached[w]:
                    reached[w] = True
                    queue[filled] = w
                    filled += 1
            done += 1
    return queue[len(frontier) : filled].copy()


def spread_marks(
    adjacency: Adjacency, marks: Sequence[Mark], masks: Masks | None, steps: int | None, at: Index
) -> list[Bools]:
    """For each mark, which of the elements ``at`` it reaches; up to 64 marks in one paint, a bit for each."""
    found: list[Bools] = []
    csr, size = _csr(adjacency), len(adjacency.starts) - 1
    stops = _stops(masks)
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
    """For each element the greatest rank that reaches it: painted in order of rank, so that each keeps its first; with
    ``steps`` in rounds, as what comes first may have come too far to go on."""
    numbers, csr = np.flatnonzero(seeds), _csr(adjacency)
    if steps is not None:
        return np.asarray(_greatest_within(*csr, _blocked(blocked), numbers, ranks, certain, steps))
    order = numbers[np.argsort(-ranks[numbers], kind="stable")]
    return np.asarray(_greatest(*csr, _blocked(blocked), order, ranks, certain))


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


@_compiled(_written(numba.int64)(*_CSR, _BOOLS, _INT64, _INT64, numba.boolean, numba.int64))
def _greatest_within(starts, neighbours, possible, blocked, seeds, ranks, certain, steps):  # type: ignore[no-untyped-def]
    size = len(starts) - 1
    best, coming = np.full(size, -1, np.int64), np.zeros(size, np.bool_)
    frontier, following = np.empty(size, np.int32), np.empty(size, np.int32)
    carried = np.empty(size, np.int64)
    count = len(seeds)
    for i in range(count):
        frontier[i], carried[i] = seeds[i], ranks[seeds[i]]
    while count and steps != 0:
        steps -= 1
        further = 0
        for i in range(count):
            v = frontier[i]
            for e in range(starts[v], starts[v + 1]):
                w = neighbours[e]
                if best[w] >= carried[i] or (certain and possible[e]):
                    continue
                best[w] = carried[i]
                if not coming[w] and not (len(blocked) and blocked[w]):
                    coming[w] = True
                    following[further] = w
                    further += 1
        frontier, following = following, frontier
        count = further
        for i in range(count):
            coming[frontier[i]], carried[i] = False, best[frontier[i]]
    return best


def spread_labels(
    adjacency: Adjacency,
    seeds: Index,
    labels: Index,
    blocked: Bools | None,
    cap: int,
    *,
    certain: bool = False,
    had: NDArray[np.int32] | None = None,
) -> Index:
    """For each element how many labels reach it, counted no further than ``cap``: seed by seed, stopped by what has
    enough (and so has all that lies behind it)."""
    known = np.empty((0, cap), np.int32) if had is None else had
    counts = _labels(*_csr(adjacency), _blocked(blocked), seeds, labels, cap, certain, known)
    return np.asarray(counts, np.int64)


_TABLE = numba.types.Array(numba.int32, 2, "C")


@_compiled(_written(numba.int32)(*_CSR, _BOOLS, _INT64, _INT64, numba.int64, numba.boolean, _TABLE))
def _labels(starts, neighbours, possible, blocked, seeds, labels, cap, certain, had):  # type: ignore[no-untyped-def]
    size = len(starts) - 1
    counts, last, stack = np.zeros(size, np.int32), np.full(size, -1, np.int32), np.empty(size + 1, np.int32)
    for v in range(len(had)):
        while counts[v] < cap and had[v, counts[v]] >= 0:
            counts[v] += 1
    for i in range(len(seeds)):
        label = labels[i]
        stack[0], top = seeds[i], 1
        while top:
            top -= 1
            v = stack[top]
            for e in range(starts[v], starts[v + 1]):
                w = neighbours[e]
                if last[w] == label or counts[w] >= cap or (certain and possible[e]):
                    continue
                if len(had):
                    slot = 0
                    while slot < counts[w] and had[w, slot] != label:
                        slot += 1
                    if slot < counts[w]:
                        continue
                    had[w, slot] = label
                last[w] = label
                counts[w] += 1
                if not (len(blocked) and blocked[w]):
                    stack[top] = w
                    top += 1
    return counts


# ---- walks ---------------------------------------------------------------------------------------------------------

_STOPS, _SCRATCH = _read(numba.uint8), _written(numba.int32)
_WALKING = (*_CSR, _STOPS, numba.int64)


@_compiled(numba.types.UniTuple(numba.int64, 2)(*_WALKING, _SCRATCH, _SCRATCH, numba.int32))
def _reach_surely(starts, neighbours, possible, stops, origin, queue, seen, stamp):  # type: ignore[no-untyped-def]
    """What is surely reached, up to where; and how many stand behind the room for it that are reached perhaps from
    there, once each, with the next stamp where they still are."""
    queue[0] = origin
    at, filled, later, postponed = 0, 1, len(seen) + 1, 0
    while at < filled:
        v = queue[at]
        at += 1
        if v == origin and at > 1:
            continue
        for e in range(starts[v], starts[v + 1]):
            w = neighbours[e]
            if seen[w] == stamp:
                continue
            stop = stops[w] if len(stops) and w != origin else 0
            if stop == 2:
                continue
            if not stop and not possible[e]:
                seen[w] = stamp
                queue[filled] = w
                filled += 1
            elif seen[w] != stamp + 1:
                seen[w] = stamp + 1
                queue[later + postponed] = w
                postponed += 1
    return filled, postponed


@_compiled(numba.types.UniTuple(numba.int64, 2)(*_WALKING, numba.int64, _SCRATCH, _SCRATCH, numba.int32))
def _reach_within(starts, neighbours, possible, stops, origin, steps, queue, seen, stamp):  # type: ignore[no-untyped-def]
    """As ``_reach``, in rounds: a possible way may be shorter than a sure one and lead further, so that each has its
    own walk."""
    filled, doubts, later = 1, 0, len(seen) + 1
    for certain in range(2):
        own = stamp + 2 - 2 * certain
        begin = later if certain else 0
        queue[begin] = origin
        at, end, left = begin, begin + 1, steps
        round_ends = end
        while at < end and left:
            v = queue[at]
            at += 1
            if v != origin or at == begin + 1:
                for e in range(starts[v], starts[v + 1]):
                    w = neighbours[e]
                    stop = stops[w] if len(stops) and w != origin else 0
                    if seen[w] == own or stop == 2 or (certain and (stop or possible[e])):
                        continue
                    doubts += stop + possible[e]
                    seen[w] = own
                    queue[end] = w
                    end += 1
            if at == round_ends:
                round_ends = end
                left -= 1
        if not certain:
            filled = end
            if not doubts:
                return filled, filled
    surely = 1
    for i in range(1, filled):  # what is surely reached to the front
        w = queue[i]
        if seen[w] == stamp:
            queue[i], queue[surely] = queue[surely], w
            surely += 1
    return surely, filled


@_compiled(numba.types.UniTuple(numba.int64, 2)(*_WALKING, numba.int64, _SCRATCH, _SCRATCH, numba.int32))
def _reach(starts, neighbours, possible, stops, origin, steps, queue, seen, stamp):  # type: ignore[no-untyped-def]
    """What an origin reaches, in ``queue`` from 1 on: up to where surely, and up to where at all. Takes 3 stamps."""
    if steps >= 0:
        return _reach_within(starts, neighbours, possible, stops, origin, steps, queue, seen, stamp)
    surely, postponed = _reach_surely(starts, neighbours, possible, stops, origin, queue, seen, stamp)
    later, filled = len(seen) + 1, surely
    for i in range(later, later + postponed):
        w = queue[i]
        if seen[w] == stamp + 1:
            seen[w] = stamp + 2
            queue[filled] = w
            filled += 1
    at = surely
    while at < filled:  # on from what is reached perhaps, over all edges
        v = queue[at]
        at += 1
        if v == origin:
            continue
        for e in range(starts[v], starts[v + 1]):
            w = neighbours[e]
            if seen[w] == stamp or seen[w] == stamp + 2 or (len(stops) and stops[w] == 2 and w != origin):
                continue
            seen[w] = stamp + 2
            queue[filled] = w
            filled += 1
    return surely, filled


def walk(
    adjacency: Adjacency, origins: Index, wanted: Bools, masks: Masks | None, steps: int | None, pairs: int
) -> Iterator[Reached]:
    """Which ``wanted`` elements each origin reaches: a walk for each origin over marks that all walks share."""
    if masks is not None and masks.failed.any():
        yield from walks.walk(adjacency, origins, wanted, masks, steps, pairs)
        return
    graph, scratch = (*_csr(adjacency), _stops(masks)), _scratch(adjacency)
    some, begin = np.asarray(origins, np.int64), 0
    far, room = -1 if steps is None else steps, max(2 * pairs, len(wanted))
    while begin < len(some):
        end, ends, found = _walk(*graph, some[begin : begin + ORIGINS], wanted, far, room, *scratch)
        places = np.repeat(np.arange(end), np.diff(ends))
        yield Reached(begin, begin + end, places, found >> 1, found & 1 == 0, np.zeros(len(found), np.bool_))
        begin += end


_WALKED = numba.types.Tuple((numba.int64, _written(numba.int64), _written(numba.int64)))


@_compiled(_WALKED(*_CSR, _STOPS, _INT64, _BOOLS, numba.int64, numba.int64, _SCRATCH, _SCRATCH))
def _walk(  # type: ignore[no-untyped-def]
    starts, neighbours, possible, stops, origins, wanted, steps, room, queue, seen
):
    """The first walks, as many as fit into ``room`` pairs: how many, and their elements in rows, doubled, with one more
    for what is reached only perhaps."""
    size = len(starts) - 1
    found = np.empty(room, np.int64)
    ends = np.zeros(len(origins) + 1, np.int64)
    filled, at = 0, 0
    seen[:] = 0
    while at < len(origins) and (at == 0 or filled + size <= room):
        first, stamp = filled, np.int32(3 * at + 1)
        surely, count = _reach(starts, neighbours, possible, stops, origins[at], steps, queue, seen, stamp)
        for i in range(1, count):
            if wanted[queue[i]]:
                found[filled] = 2 * queue[i] + (i >= surely)
                filled += 1
        found[first:filled].sort()
        at += 1
        ends[at] = filled
    return at, ends[: at + 1].copy(), found[:filled].copy()


def sums(
    adjacency: Adjacency,
    origins: Index,
    weights: Weights,
    masks: Masks | None,
    steps: int | None,
    pairs: int,  # noqa: ARG001
) -> NDArray[np.int64]:
    """For each origin the sums of the weights of what it reaches: a walk for each over marks that all walks share, and
    without any ``pairs``."""
    graph, scratch = (*_csr(adjacency), _stops(masks)), _scratch(adjacency)
    some, found = np.asarray(origins, np.int64), np.zeros((len(origins), weights.table.shape[1]), np.int64)
    table, far = np.ascontiguousarray(weights.table), -1 if steps is None else steps
    for begin in range(0, len(some), ORIGINS):
        part = slice(begin, begin + ORIGINS)
        _sums(*graph, some[part], weights.places, table, weights.possible, far, *scratch, found[part])
    return found


@_compiled(
    numba.void(
        *_CSR, _STOPS, _INT64, _INT32, numba.types.Array(numba.int64, 2, "C", readonly=True), numba.int64, numba.int64,
        _SCRATCH, _SCRATCH, numba.types.Array(numba.int64, 2, "C"),
    )
)  # fmt: skip
def _sums(  # type: ignore[no-untyped-def]
    starts, neighbours, possible, stops, origins, places, table, certain, steps, queue, seen, found
):
    """Adds up ``table`` into ``found``, the columns from ``certain`` on only over what is surely reached."""
    seen[:] = 0
    for at in range(len(origins)):
        stamp = np.int32(3 * at + 1)
        surely, count = _reach(starts, neighbours, possible, stops, origins[at], steps, queue, seen, stamp)
        for i in range(1, count):
            row = places[queue[i]]
            if row >= 0:
                for column in range(table.shape[1] if i < surely else certain):
                    found[at, column] += table[row, column]


# ---- arrays --------------------------------------------------------------------------------------------------------


def _csr(adjacency: Adjacency) -> tuple[NDArray[np.int32], NDArray[np.int32], Bools]:
    return (
        np.ascontiguousarray(adjacency.starts, np.int32),
        np.ascontiguousarray(adjacency.neighbours, np.int32),
        np.ascontiguousarray(adjacency.possible, np.bool_),
    )


def _stops(masks: Masks | None) -> NDArray[np.uint8]:
    """2 for what is surely avoided, 1 for what is perhaps; an empty array where nothing is."""
    if masks is None:
        return np.zeros(0, np.uint8)
    stops = masks.perhaps * np.uint8(1)
    stops[masks.surely] = 2
    return np.asarray(stops)


def _blocked(blocked: Bools | None) -> Bools:
    """An empty array where nothing is blocked."""
    return np.zeros(0, np.bool_) if blocked is None else blocked


def _scratch(adjacency: Adjacency) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """A queue with room for all elements twice, each time behind an origin; and a stamp for each element."""
    size = len(adjacency.starts) - 1
    return np.empty(2 * size + 2, np.int32), np.empty(size, np.int32)
