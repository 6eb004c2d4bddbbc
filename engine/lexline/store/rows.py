"""Facts as rows of the table ``statement``; ``columns`` reads them again.

A ``Line`` is a row with its texts written out. What is kept of a fact is what reading gives back, to the letter.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from typing import NamedTuple

from lexline_lineage.facts import AliasFact, AttributeFact, EdgeFact, ElementFact, Fact, Strength
from lexline_lineage.raw_values import plain_raw

__all__ = ["ALIAS", "ATTRIBUTE", "EDGE", "ELEMENT", "PERSON", "Line", "line_of"]

ELEMENT, ATTRIBUTE, EDGE, ALIAS, PERSON = range(5)
_STRENGTHS = tuple(Strength)


class Line(NamedTuple):
    """A row of ``statement`` without its key, its revision and its source."""

    form: int
    subject: str
    name: str
    object: str
    since: int | None
    until: int | None
    flag: int
    place: str


def line_of(fact: Fact, key_of: Callable[[str, str], str | None]) -> Line:
    """A fact as a row. ``key_of`` gives the key that stands for the person whom an attribute's text names, None for an
    attribute that names nobody."""
    place = fact.source.place
    match fact:
        case ElementFact():
            return Line(ELEMENT, fact.element, fact.kind, "", None, None, 0, place)
        case AliasFact():
            return Line(ALIAS, fact.element, fact.alias, "", None, None, _STRENGTHS.index(fact.strength), place)
        case EdgeFact():
            since, until = _ordinal(fact.since), _ordinal(fact.until)
            return Line(EDGE, fact.origin, fact.relation, fact.target, since, until, int(fact.possible), place)
        case AttributeFact():
            since, until = _ordinal(fact.since), _ordinal(fact.until)
            key = key_of(fact.attribute, fact.value) if isinstance(fact.value, str) else None
            if key is not None:
                return Line(PERSON, fact.element, fact.attribute, key, since, until, 0, place)
            value = json.dumps(plain_raw(fact.value), ensure_ascii=False, separators=(",", ":"))
            return Line(ATTRIBUTE, fact.element, fact.attribute, value, since, until, 0, place)


def _ordinal(day: date | None) -> int | None:
    return None if day is None else day.toordinal()
