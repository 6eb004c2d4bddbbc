"""Finds where the texts of one list stand in another that is much the same, as the ids of two states of a portfolio.

Equal runs are found by comparing whole blocks of bytes; what lies between two runs is looked at text by text.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from lexline_lineage.strings import Strings

__all__ = ["continues", "first_of", "places"]

Index = NDArray[np.int64]

_FEW = 64
"""How many texts are compared at first."""
_NEAR = 8
"""How many texts behind a difference are looked at first."""
_WIDER = 4
"""How much more is looked at each time when that was not enough."""


def continues(first: Strings, longer: Strings) -> bool:
    """Whether ``longer`` begins with the texts of ``first``."""
    if first.data is longer.data and first.starts is longer.starts:
        return longer.more[: len(first.more)] == first.more
    one, other = first.packed(), longer.packed()
    count = len(one.starts)
    return (
        count <= len(other.starts)
        and np.array_equal(one.starts, other.starts[:count])
        and np.array_equal(one.data[: one.starts[-1]], other.data[: one.starts[-1]])
    )


def places(texts: Strings, among: Strings) -> Index:
    """For each text the place where it stands among others; -1 where it does not. Each list holds a text once."""
    one, other = texts.packed(), among.packed()
    found = np.full(len(one), -1, np.int64)
    here, there, patience = 0, 0, len(one)
    while patience > 0 and here < len(one) and there < len(other):
        size = _run(one, other, here, there)
        found[here : here + size] = np.arange(there, there + size)
        here, there = here + size, there + size
        gone, come = _gap(one, other, here, there)
        here, there, patience = here + gone, there + come, patience - gone - come - _NEAR
    taken = np.zeros(len(other), np.bool_)
    taken[found[found >= 0]] = True
    left, right = np.flatnonzero(found < 0).tolist(), np.flatnonzero(~taken).tolist()
    by_text = dict(zip(other.take(right), right, strict=True))
    found[left] = [by_text.get(text, -1) for text in one.take(left)]
    return found


def _run(one: Strings, other: Strings, here: int, there: int) -> int:
    """How many texts from two places on are the same."""
    size, most = 0, _FEW
    while (more := _alike(one, other, (here + size, there + size), most)) == most:
        size, most = size + more, most * _WIDER
    return size + more


def _alike(one: Strings, other: Strings, at: tuple[int, int], most: int) -> int:
    """How many texts from two places on are the same, up to ``most``."""
    both = [(texts, texts.starts[place : place + most + 1]) for texts, place in zip((one, other), at, strict=True)]
    count = min(len(starts) for _, starts in both)
    ends = [starts[1:count] - starts[0] for _, starts in both]
    size = first_of(ends[0] != ends[1])
    length = int(ends[0][size - 1]) if size else 0
    data = [texts.data[int(starts[0]) :][:length] for texts, starts in both]
    unlike = first_of(data[0] != data[1])
    return size if unlike == length else int(np.searchsorted(ends[0][:size], unlike, side="right"))


def _gap(one: Strings, other: Strings, here: int, there: int) -> tuple[int, int]:
    """How many texts of either list come before the next one that is near in both; all that follow, where none is."""
    size = _NEAR
    while True:
        ahead = {text: place for place, text in enumerate(other[there : there + size])}
        found = [(place, ahead[text]) for place, text in enumerate(one[here : here + size]) if text in ahead]
        if found:
            return min(found, key=sum)
        if here + size >= len(one) and there + size >= len(other):
            return len(one) - here, len(other) - there
        size *= _WIDER


def first_of(marked: NDArray[Any]) -> int:
    """The place of the first one that is marked; the length where there is none."""
    place = int(marked.argmax()) if len(marked) else 0
    return place if len(marked) and marked[place] else len(marked)
