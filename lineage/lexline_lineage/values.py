"""The types of values that attributes hold and policies compare, and the values themselves.

A value in memory is a plain Python object: ``bool``, ``str``, ``float`` (numbers and percentages; a percentage is a
fraction, 0.05 for 5 %), ``datetime.date``, an aware ``datetime.datetime`` in UTC (a moment), ``Duration``, a symbol of an
enumeration as ``str``, a ``tuple`` (list), or nested ``dict``/``list`` (document). ``None`` stands for missing, always.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

__all__ = ["Duration", "Sort", "Value", "ValueType"]


class Sort(StrEnum):
    """What sort of value a type holds; the names are those that vocabulary files use."""

    BOOLEAN = "boolean"
    TEXT = "text"
    NUMBER = "number"
    PERCENTAGE = "percentage"
    DATE = "date"
    MOMENT = "moment"
    DURATION = "duration"
    ENUMERATION = "enumeration"
    LIST = "list"
    DOCUMENT = "document"


@dataclass(frozen=True, slots=True)
class ValueType:
    """The type of a value: its sort, the ``symbols`` of an enumeration, the ``item`` type of a list."""

    sort: Sort
    symbols: tuple[str, ...] = ()
    item: ValueType | None = None

    def __str__(self) -> str:
        """The type in a reader's words."""
        if self.sort is Sort.ENUMERATION:
            return "one of " + ", ".join(self.symbols)
        if self.sort is Sort.LIST and self.item is not None:
            return f"list of {self.item}"
        return self.sort.value


@dataclass(frozen=True, slots=True, order=False)
class Duration:
    """A length of time: calendar ``months`` *or* elapsed ``microseconds``, never both (months have no fixed length).

    ``whole_days`` says that an elapsed duration was written in days or weeks, so that it may measure dates.
    """

    months: int = 0
    microseconds: int = 0
    whole_days: bool = False

    @property
    def is_calendar(self) -> bool:
        """True for months and years."""
        return self.months != 0


Value = bool | str | float | date | datetime | Duration | tuple["Value", ...] | dict[str, object] | list[object]
