"""What is said of sets, from the pairs of each row and its members: quantifiers, aggregates, extremes.

In every function ``places`` says for each pair which row it belongs to, ascending; ``size`` is the number of rows.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lexline.evaluate.column_types import Bools, Cells, Index, Numbers, Truths, Values, truths
from lexline.evaluate.exact_sums import Digits, digits_of

__all__ = [
    "Halves",
    "Sizes",
    "extreme",
    "fold",
    "halves_of",
    "highest",
    "of_each",
    "quantified",
    "ranks_of",
    "share",
    "size_of",
    "sizes_of",
    "summed",
    "sums_between",
]


@dataclass(frozen=True, slots=True, eq=False)
class Sizes:
    """How many members count for each row: ``surely``, and ``possibly`` (at least as many); ``failed``: for one of
    them that is undecided because of a check."""

    surely: Index
    possibly: Index
    failed: Bools


def of_each(places: Index, marked: Bools, size: int) -> Index:
    """How many pairs of each row are marked."""
    if size == 1:
        return np.array([np.count_nonzero(marked)])
    return np.bincount(places[marked], minlength=size)


def sizes_of(places: Index, counts: Truths, size: int) -> Sizes:
    """How many members of each row count."""
    failed = of_each(places, counts.failed, size) > 0
    return Sizes(of_each(places, counts.yes, size), of_each(places, ~counts.no, size), failed)


def sums_between(ends: Index, values: NDArray[np.int64] | Bools) -> Index:
    """The sums of the values from each of ``ends`` to the next."""
    upto = np.zeros(len(values) + 1, np.int64)
    np.cumsum(values, out=upto[1:])
    return np.asarray(upto[ends[1:]] - upto[ends[:-1]])


def quantified(quantifier: str, count: int, sizes: Sizes, is_open: Bools) -> Truths:
    """A quantifier over the members that count; for ``every`` those that break it."""
    surely, possibly = sizes.surely, sizes.possibly
    match quantifier:
        case "some":
            least, most = 1, None
        case "no" | "every":
            least, most = 0, 0
        case "at least":
            least, most = count, None
        case "at most":
            least, most = 0, count
        case _:
            least, most = count, count
    yes = surely >= least
    no = (possibly < least) & ~is_open
    if most is not None:
        yes &= (possibly <= most) & ~is_open
        no |= surely > most
    return truths(yes, no, sizes.failed)


def size_of(sizes: Sizes, is_open: Bools) -> Numbers:
    """``count``: from what is sure to what is possible."""
    low = sizes.surely.astype(np.float64)
    high = np.where(is_open, np.inf, sizes.possibly)
    return Numbers(low, high, np.ones(len(low), np.bool_), sizes.failed)


@dataclass(frozen=True, slots=True, eq=False)
class Halves:
    """How many members of each row have something: ``sure`` members, of which so many surely ``having`` and
    ``lacking`` it; those that are members only perhaps and ``may_have`` and ``may_lack`` it. ``failed``: because of a
    check one of them is undecided."""

    sure: Index
    having: Index
    lacking: Index
    may_have: Index
    may_lack: Index
    failed: Bools


def halves_of(places: Index, member: Truths, body: Truths, size: int) -> Halves:
    """How many members of each row have the body."""

    def count(marked: Bools) -> Index:
        return of_each(places, marked, size)

    maybe = ~member.known
    return Halves(
        count(member.yes),
        count(member.yes & body.yes),
        count(member.yes & body.no),
        count(maybe & ~body.no),
        count(maybe & ~body.yes),
        count(member.failed | (~member.no & body.failed)) > 0,
    )


def share(halves: Halves, is_open: Bools) -> Numbers:
    """``share``: the least and the greatest quotient over all completions; missing where nothing is surely a member."""
    known = halves.sure > 0
    low = halves.having / np.maximum(halves.sure + halves.may_lack, 1)
    most = halves.sure - halves.lacking + halves.may_have
    high = most / np.maximum(halves.sure + halves.may_have, 1)
    tiny, nearly = math.ulp(0.0), math.nextafter(1.0, 0.0)
    low = np.where(is_open, np.where(halves.having > 0, tiny, 0.0), low)
    high = np.where(is_open, np.where(halves.lacking > 0, nearly, 1.0), high)
    single = known & (low == high)
    return Numbers(np.where(known, low, 0.0), np.where(known, high, 0.0), known, halves.failed & ~single)


def summed(
    digits: Digits, sums: tuple[Index, ...], counts: Index, clear: Bools, failed: Bools, *, average: bool
) -> Numbers:
    """``total`` or ``average`` of so many members, from the summed digits of their numbers; where it is ``clear``."""
    with np.errstate(over="ignore"):
        found = digits.rounded(sums)
    if average:
        found = found / np.maximum(counts, 1)
    known = clear & (counts > 0) & np.isfinite(found)
    found = np.where(known, found, 0.0)
    return Numbers(found, found, known, failed & ~known)


def highest(places: Index, cells: Cells, counts: Bools, size: int, *, greatest: bool) -> tuple[Index, Bools]:
    """For each row the pair with the greatest (else least) value among those that count, and where there is one.

    No row has one in which calendar and elapsed durations meet: they have no order.
    """
    kept = np.flatnonzero(counts & cells.known)
    key, mixed = _order(cells, places, kept, size)
    order = np.lexsort((key, places[kept]))
    ranked, rows = kept[order], places[kept][order]
    ends = np.flatnonzero(np.diff(rows, append=-1) if greatest else np.diff(rows, prepend=-1))
    found, pairs = np.zeros(size, np.bool_), np.zeros(size, np.int64)
    found[rows[ends]] = True
    pairs[rows[ends]] = ranked[ends]
    return pairs, found & ~mixed


def fold(function: str, places: Index, member: Truths, cells: Cells, is_open: Bools) -> Cells:
    """``latest`` and ``earliest``, ``highest`` and ``lowest``, ``total``, ``average``: missing over an empty set,
    and where a member, its value or the lineage is unknown."""
    size = len(is_open)
    blurred = of_each(places, ~member.known | (member.yes & ~cells.known), size) > 0
    failed = of_each(places, member.failed | (~member.no & cells.failed), size) > 0
    clear = ~blurred & ~is_open
    if function in ("total", "average"):
        if not isinstance(cells, Numbers):
            raise TypeError("only numbers have a total")
        counted = np.flatnonzero(member.yes & clear[places])
        digits, ends = digits_of(cells.low[counted]), np.searchsorted(places[counted], np.arange(size + 1))
        sums = tuple(sums_between(ends, column) for column in digits.columns)
        return summed(digits, sums, np.diff(ends), clear, failed, average=function == "average")
    greatest = function in ("latest", "highest")
    pairs, found = highest(places, cells, member.yes, size, greatest=greatest)
    known = found & clear
    if not len(places):
        return _masked(cells.take(pairs[:0]), known, failed, size)
    return _masked(cells.take(pairs), known, failed, size)


def extreme(places: Index, member: Truths, key: Cells, body: Truths, is_open: Bools, *, greatest: bool) -> Truths:
    """Whether the members with the greatest (else least) key have the body, whatever what is missing may be."""
    size = len(is_open)
    possible = ~member.no
    pairs, found = highest(places, key, member.yes, size, greatest=greatest)
    keyed = key.known & ~_order(key, places, np.flatnonzero(possible & key.known), size)[1][places]
    best = pairs[places]
    ranks = ranks_of(key)
    ahead = ranks > ranks[best] if greatest else ranks < ranks[best]
    level = (ranks == ranks[best]) & keyed & found[places]
    beyond = possible & (~keyed | ~found[places] | ahead)
    deciding = beyond | (possible & level)

    def none(marked: Bools) -> Bools:
        return np.asarray(of_each(places, marked, size) == 0)

    any_sure = ~none(member.yes)
    any_keyed = ~none(member.yes & keyed)
    yes = any_sure & none(deciding & ~body.yes)
    no = none(beyond & ~body.no) & (~any_keyed | ~none(member.yes & level & body.no))
    empty = none(possible)
    failed = ~none(deciding & (member.failed | body.failed))
    return truths(yes & ~is_open & ~empty, (no | empty) & ~is_open, failed)


# ---- parts ---------------------------------------------------------------------------------------------------------


def _order(cells: Cells, places: Index, kept: Index, size: int) -> tuple[NDArray[np.float64], Bools]:
    """A sort key for the pairs ``kept``, and the rows in which they have no order."""
    mixed = np.zeros(size, np.bool_)
    if isinstance(cells, Values) and cells.values.dtype.names is not None:
        calendar = cells.values["months"][kept] != 0
        rows = places[kept]
        mixed = (of_each(rows, calendar, size) > 0) & (of_each(rows, ~calendar, size) > 0)
    return ranks_of(cells)[kept], mixed


def ranks_of(cells: Cells) -> NDArray[np.float64]:
    """Values as something that has an order."""
    match cells:
        case Numbers():
            return cells.low
        case Values() if cells.values.dtype.names is not None:
            months, elapsed = cells.values["months"], cells.values["microseconds"]
            return np.asarray(np.where(months != 0, months, elapsed))
        case Values():
            return cells.values
        case Truths():
            raise TypeError("truth has no order")


def _masked(cells: Cells, known: Bools, failed: Bools, size: int) -> Cells:
    failed = failed & ~known
    match cells:
        case Numbers():
            low = np.zeros(size)
            low[known] = cells.low[known] if len(cells.low) else 0.0
            return Numbers(low, low, known, failed)
        case Values():
            values = np.zeros(size, cells.values.dtype)
            if len(cells.values):
                values[known] = cells.values[known]
            return Values(values, known, failed)
        case Truths():
            raise TypeError("truth has no order")
