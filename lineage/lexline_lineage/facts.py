"""Facts: what one source says about one element or edge, and since when it holds; or by which name it goes.

This is the form that importers write and the builder reads. A portfolio file is its short form.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

__all__ = ["AliasFact", "AttributeFact", "EdgeFact", "ElementFact", "Fact", "Source", "Strength"]

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


class Strength(StrEnum):
    """How far a name can be trusted to mean one element and no other."""

    EXACT = "exact"
    """The system keeps it for this element alone: elements that share it are one."""
    DERIVED = "derived"
    """It was made from other names or from the content: elements that share it may be one."""
    HINT = "hint"
    """It only resembles: elements that share it are shown to a person, and never joined."""


@dataclass(frozen=True, slots=True)
class AliasFact:
    """``source`` says that ``element`` goes by the name ``alias`` too.

    A name is an id, of the form that the system it belongs to would give (``dataset:s3://lake/t.parquet``); elements of
    one kind that share one are joined as ``strength`` says (``docs/identity.md``).
    """

    element: str
    alias: str
    strength: Strength
    source: Source


Fact = ElementFact | AttributeFact | EdgeFact | AliasFact
