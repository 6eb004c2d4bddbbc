"""Columns: what an expression comes to over many rows at once.

A column is ``Truths`` (conditions and booleans), ``Numbers`` (ranges) or ``Values`` (everything else). Each knows for
every row whether the value is missing, and whether that is because a check failed. Texts and symbols are numbers of a
``Texts`` table, so that they compare as integers.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lexline_lineage.strings import Texts
from lexline_lineage.values import Duration, Sort, Value, ValueType

__all__ = [
    "DURATIONS",
    "Bools",
    "Cells",
    "Index",
    "Numbers",
    "Renewed",
    "Texts",
    "Truths",
    "Values",
    "blank",
    "choose",
    "copied",
    "decode",
    "encode",
    "joined",
    "repeat",
    "truth_of",
    "truths",
    "unlike",
    "width",
    "write",
]

Bools = NDArray[np.bool_]
Index = NDArray[np.int64]

DURATIONS = np.dtype([("months", np.int64), ("microseconds", np.int64), ("whole_days", np.bool_)])
"""The cells of a column of durations; as ``lexline_lineage.values.Duration``."""
EPOCH = date(1970, 1, 1).toordinal()
_INSTANT = datetime.fromisoformat("1970-01-01T00:00:00+00:00")
_MICROSECOND = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True, eq=False)
class Truths:
    """Three-valued truth: ``yes``, ``no``, neither. ``failed``, only where neither: because a check failed."""

    yes: Bools
    no: Bools
    failed: Bools

    def take(self, rows: Index) -> Truths:
        """The truth at each of ``rows``."""
        return Truths(self.yes[rows], self.no[rows], self.failed[rows])

    @property
    def known(self) -> Bools:
        """Where it is decided."""
        return self.yes | self.no


@dataclass(frozen=True, slots=True, eq=False)
class Numbers:
    """Ranges of numbers, both ends included; a plain number has ``low`` equal to ``high``. Where not ``known`` the
    ends hold zero. ``failed``: a check that failed is why the value is missing, or why it is a range."""

    low: NDArray[np.float64]
    high: NDArray[np.float64]
    known: Bools
    failed: Bools

    def take(self, rows: Index) -> Numbers:
        """The number at each of ``rows``."""
        return Numbers(self.low[rows], self.high[rows], self.known[rows], self.failed[rows])


@dataclass(frozen=True, slots=True, eq=False)
class Values:
    """Dates (``int64`` days since 1970), moments (``int64`` microseconds since 1970, UTC), texts and symbols (``int64``
    numbers of a ``Texts``), durations (``DURATIONS``), lists (``object``: tuples of such cells)."""

    values: NDArray[Any]
    known: Bools
    failed: Bools

    def take(self, rows: Index) -> Values:
        """The value at each of ``rows``."""
        return Values(self.values[rows], self.known[rows], self.failed[rows])


Cells = Truths | Numbers | Values


def truths(yes: Bools, no: Bools, failed: Bools) -> Truths:
    """A truth column; ``failed`` is kept only where neither ``yes`` nor ``no`` holds."""
    return Truths(yes, no, failed & ~yes & ~no)


def blank(type: ValueType, size: int) -> Cells:  # noqa: A002  # the word of the domain
    """A column of ``size`` missing values, to be written into."""
    known, failed = np.zeros(size, np.bool_), np.zeros(size, np.bool_)
    if type.sort is Sort.BOOLEAN:
        return Truths(known, np.zeros(size, np.bool_), failed)
    if type.sort in (Sort.NUMBER, Sort.PERCENTAGE):
        return Numbers(np.zeros(size), np.zeros(size), known, failed)
    return Values(np.zeros(size, _cell_type(type)), known, failed)


def width(type: ValueType) -> int:  # noqa: A002
    """How many bytes a row of a column takes; a list or document is a Python object of no known size, taken as 200."""
    if type.sort is Sort.BOOLEAN:
        return 3
    if type.sort in (Sort.NUMBER, Sort.PERCENTAGE):
        return 18
    cell = _cell_type(type)
    return 2 + (200 if cell.hasobject else cell.itemsize)


def encode(
    values: Sequence[Value | None],
    type: ValueType,  # noqa: A002  # the word of the domain
    texts: Texts,
    failed: Sequence[bool] | None = None,
) -> Cells:
    """A column of plain Python values of ``type``, ``None`` for missing."""
    size = len(values)
    known = np.fromiter((value is not None for value in values), np.bool_, size)
    broken = np.zeros(size, np.bool_) if failed is None else np.fromiter(failed, np.bool_, size) & ~known
    if type.sort is Sort.BOOLEAN:
        yes = np.fromiter((value is True for value in values), np.bool_, size)
        return Truths(yes, known & ~yes, broken)
    if type.sort in (Sort.NUMBER, Sort.PERCENTAGE):
        numbers = np.fromiter((0.0 if value is None else value for value in values), np.float64, size)
        return Numbers(numbers, numbers, known, broken)
    cell = _encoder(type, texts)
    cells = np.zeros(size, _cell_type(type))
    for row, value in enumerate(values):
        if value is not None:
            cells[row] = cell(value)
    return Values(cells, known, broken)


def decode(cells: Cells, row: int, type: ValueType, texts: Texts) -> Value | None:  # noqa: A002
    """One value as a plain Python object; the lower end of a range."""
    if not cells.known[row]:
        return None
    match cells:
        case Truths():
            return bool(cells.yes[row])
        case Numbers():
            return float(cells.low[row])
        case Values():
            return _plain(cells.values[row], type, texts)


def repeat(cells: Cells, size: int) -> Cells:
    """A column of one row as one of ``size`` equal rows; read-only, and as small as the one."""
    if size == 1:
        return cells

    def repeated(cell: NDArray[Any]) -> NDArray[Any]:
        return np.broadcast_to(cell[:1], size)

    match cells:
        case Truths():
            return Truths(*map(repeated, (cells.yes, cells.no, cells.failed)))
        case Numbers():
            return Numbers(*map(repeated, (cells.low, cells.high, cells.known, cells.failed)))
        case Values():
            return Values(*map(repeated, (cells.values, cells.known, cells.failed)))


def choose(where: Bools, one: Cells, other: Cells) -> Cells:
    """``one`` where it says so, else ``other``; both of one type."""
    match one, other:
        case Truths(), Truths():
            return Truths(
                np.where(where, one.yes, other.yes),
                np.where(where, one.no, other.no),
                np.where(where, one.failed, other.failed),
            )
        case Numbers(), Numbers():
            return Numbers(
                np.where(where, one.low, other.low),
                np.where(where, one.high, other.high),
                np.where(where, one.known, other.known),
                np.where(where, one.failed, other.failed),
            )
        case Values(), Values():
            return Values(
                np.where(where, one.values, other.values),
                np.where(where, one.known, other.known),
                np.where(where, one.failed, other.failed),
            )
        case _:
            raise TypeError("the two values are of different types")


def joined(one: Numbers | Values, other: Numbers | Values) -> Numbers | Values:
    """The rows of one column, then those of another of the same type."""

    def both(part: NDArray[Any], further: NDArray[Any]) -> NDArray[Any]:
        return np.concatenate([part, further])

    known, failed = both(one.known, other.known), both(one.failed, other.failed)
    match one, other:
        case Numbers(), Numbers():
            return Numbers(both(one.low, other.low), both(one.high, other.high), known, failed)
        case Values(), Values():
            return Values(both(one.values, other.values), known, failed)
        case _:
            raise TypeError("the two columns are of different types")


def unlike(one: Cells, other: Cells) -> Bools:
    """The rows in which two columns of the same type differ."""
    found: Bools = (one.known != other.known) | (one.failed != other.failed)
    match one, other:
        case Truths(), Truths():
            found |= one.yes != other.yes
        case Numbers(), Numbers():
            found |= (one.low != other.low) | (one.high != other.high)
        case Values(), Values():
            found |= one.known & np.asarray(one.values != other.values, np.bool_)
        case _:
            raise TypeError("the two columns are of different types")
    return found


def truth_of(cells: Cells) -> Truths:
    """The column of a condition."""
    if not isinstance(cells, Truths):
        raise TypeError("a condition is true or false")
    return cells


def copied(cells: Cells) -> Cells:
    """The same column, to be written into."""
    match cells:
        case Truths(yes, no, failed):
            return Truths(yes.copy(), no.copy(), failed.copy())
        case Numbers(low, high, known, failed):
            return Numbers(low.copy(), high.copy(), known.copy(), failed.copy())
        case Values(values, known, failed):
            return Values(values.copy(), known.copy(), failed.copy())


def write(whole: Cells, rows: Index, part: Cells) -> None:
    """Writes a part of a column that is being filled."""
    match whole, part:
        case Truths(), Truths():
            whole.yes[rows], whole.no[rows], whole.failed[rows] = part.yes, part.no, part.failed
        case Numbers(), Numbers():
            whole.low[rows], whole.high[rows] = part.low, part.high
            whole.known[rows], whole.failed[rows] = part.known, part.failed
        case _:
            if isinstance(whole, Truths | Numbers) or isinstance(part, Truths | Numbers):
                raise TypeError("the part is of another type")
            whole.values[rows], whole.known[rows], whole.failed[rows] = part.values, part.known, part.failed


@dataclass(frozen=True, slots=True, eq=False)
class Renewed:
    """A column that is as it was (``kept``), but for some ``rows``, ascending, at which it is as in ``part``."""

    kept: Cells
    rows: Index
    part: Cells

    def column(self) -> Cells:
        """All of it."""
        if not len(self.rows):
            return self.kept
        found = copied(self.kept)
        write(found, self.rows, self.part)
        return found

    def take(self, rows: Index) -> Cells:
        """What it is at each of ``rows``."""
        if rows is self.rows and len(rows):
            return self.part
        found = self.kept.take(rows)
        if len(self.rows):
            places = np.minimum(np.searchsorted(self.rows, rows), len(self.rows) - 1)
            anew = np.flatnonzero(self.rows[places] == rows)
            write(found, anew, self.part.take(places[anew]))
        return found


def _cell_type(type: ValueType) -> np.dtype[Any]:  # noqa: A002
    if type.sort is Sort.DURATION:
        return DURATIONS
    return np.dtype(object) if type.sort in (Sort.LIST, Sort.DOCUMENT) else np.dtype(np.int64)


def _encoder(type: ValueType, texts: Texts) -> Callable[[Any], Any]:  # noqa: A002
    """What makes a cell of a plain value; the cells of one list are plain Python objects, so that they compare."""
    match type.sort:
        case Sort.TEXT | Sort.ENUMERATION:
            return texts.number
        case Sort.DATE:
            return lambda day: day.toordinal() - EPOCH
        case Sort.MOMENT:
            return lambda moment: (moment - _INSTANT) // _MICROSECOND
        case Sort.DURATION:
            return _duration_cell
        case Sort.LIST if type.item is not None:
            # Durations of equal length are equal items, however they were written.
            item = _length if type.item.sort is Sort.DURATION else _encoder(type.item, texts)
            return lambda parts: tuple(item(part) for part in parts)
        case Sort.NUMBER | Sort.PERCENTAGE:
            return float
        case _:
            return lambda value: value


def _duration_cell(duration: Duration) -> tuple[int, int, bool]:
    return duration.months, duration.microseconds, duration.whole_days


def _length(duration: Duration) -> tuple[int, int]:
    return duration.months, duration.microseconds


def _plain(cell: Any, type: ValueType, texts: Texts) -> Value:  # noqa: A002
    match type.sort:
        case Sort.TEXT | Sort.ENUMERATION:
            return texts.text(int(cell))
        case Sort.DATE:
            return date.fromordinal(int(cell) + EPOCH)
        case Sort.MOMENT:
            return _INSTANT + int(cell) * _MICROSECOND
        case Sort.DURATION:
            whole_days = bool(cell[2]) if len(cell) == 3 else int(cell[1]) % 86_400_000_000 == 0
            return Duration(int(cell[0]), int(cell[1]), whole_days)
        case Sort.LIST if type.item is not None:
            item = type.item
            return tuple(_plain(part, item, texts) for part in cell)
        case Sort.BOOLEAN:
            return bool(cell)
        case _:
            found: Value = cell
            return found
