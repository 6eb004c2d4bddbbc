"""Facts: what one source says about one element or edge, and since when it holds.

This is the form that importers write and the builder reads. A portfolio file is its short form.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

__all__ = ["AttributeFact", "EdgeFact", "ElementFact", "Fact", "Source"]

_LINE = re.compile(r"line ([0-9]{1,9})(?:, column ([0-9]{1,9}))?")
_FILE_LINE = re.compile(r"(.+?):([0-9]{1,9})(?::([0-9]{1,9}))?", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Source:
    """Who said it: ``system`` (``mlflow``, or a portfolio file's name) and ``place`` (file, line or
    record)."""

    system: str
    place: str = ""

    def __str__(self) -> str:
        return f"{self.system} ({self.place})" if self.place else self.system

    def location(self) -> tuple[str, int, int]:
        """File, line and column, as far as they can be read off: a place is ``line 3``, ``line 3, column 5``,
        ``file:3`` or ``file:3:5``; 0 where it says none."""
        match = _LINE.fullmatch(self.place)
        if match is not None:
            return self.system, int(match.group(1)), int(match.group(2) or 0)
        match = _FILE_LINE.fullmatch(self.place)
        if match is not None:
            return match.group(1), int(match.group(2)), int(match.group(3) or 0)
        return str(self), 0, 0


@dataclass(frozen=True, slots=True)
class ElementFact:
    """``source`` says that there is an element ``element`` of ``kind``."""

    element: str
    kind: str
    source: Source


@dataclass(frozen=True, slots=True)
class AttributeFact:
    """``source`` says that ``attribute`` of ``element`` is ``value`` (raw: str, number, bool, list, dict).

    It holds from ``since`` to ``until``, both days included; ``None`` means without an end.
    """

    element: str
    attribute: str
    value: object
    source: Source
    since: date | None = None
    until: date | None = None


@dataclass(frozen=True, slots=True)
class EdgeFact:
    """``source`` says that ``relation`` joins ``origin`` to ``target``, as the vocabulary writes the
    relation.

    ``possible`` marks an edge that may not be there (an inferred join, table lineage without columns).
    """

    origin: str
    relation: str
    target: str
    source: Source
    possible: bool = False
    since: date | None = None
    until: date | None = None


Fact = ElementFact | AttributeFact | EdgeFact
