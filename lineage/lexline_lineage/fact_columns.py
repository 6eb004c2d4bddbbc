"""Facts by columns: many facts of many sources without an object for each.

A store reads them so, and ``column_build`` makes a graph of them. What is small or intricate goes through ``facts`` and
``plus``, which take facts out and put facts in.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lexline_lineage.facts import AliasFact, AttributeFact, EdgeFact, ElementFact, Fact, Source, Strength

__all__ = ["ALIAS", "ATTRIBUTE", "EDGE", "ELEMENT", "FactColumns", "Row"]

ELEMENT, ATTRIBUTE, EDGE, ALIAS = range(4)
_STRENGTHS = tuple(Strength)

Row = tuple[int, int, int, int, int, int, int, int]
"""A fact by the columns of ``FactColumns``, in their order."""


@dataclass(frozen=True, slots=True, eq=False)
class FactColumns(Collection[Fact]):
    """Facts, one a row. ``form`` says what a row is:

    - ``ELEMENT``: ``subject`` is of the kind ``name``
    - ``ATTRIBUTE``: ``name`` of ``subject`` is ``thing``, an index into ``values`` (raw)
    - ``EDGE``: ``name`` leads from ``subject`` to ``thing``; ``flag`` 1 is only possible
    - ``ALIAS``: ``subject`` goes by ``name`` too; ``flag`` counts the strengths

    Subjects, names and the ends of edges are indices into ``texts``, in which a text stands once. ``said`` is an index
    into ``systems`` and ``places``, whose numbers are texts, too. ``since`` and ``until`` are proleptic ordinals, 0
    where there is no such day.
    """

    texts: Sequence[str]
    values: Sequence[object]
    systems: NDArray[np.int32]
    places: NDArray[np.int32]
    form: NDArray[np.int8]
    subject: NDArray[np.int32]
    name: NDArray[np.int32]
    thing: NDArray[np.int32]
    flag: NDArray[np.int8]
    said: NDArray[np.int32]
    since: NDArray[np.int32]
    until: NDArray[np.int32]

    @classmethod
    def of(cls, facts: Iterable[Fact]) -> FactColumns:
        """Facts as columns, in their order."""
        none, flags = np.zeros(0, np.int32), np.zeros(0, np.int8)
        return cls((), (), none, none, flags, none, none, none, flags, none, none, none).plus(facts)

    def __len__(self) -> int:
        """How many facts there are."""
        return len(self.form)

    def __contains__(self, fact: object) -> bool:
        """Whether it is one of them."""
        return any(fact == other for other in self)

    def __iter__(self) -> Iterator[Fact]:
        """The facts, made one by one."""
        return self.facts()

    def rows(self) -> tuple[NDArray[Any], ...]:
        """The columns that have a cell for each fact."""
        return self.form, self.subject, self.name, self.thing, self.flag, self.said, self.since, self.until

    def take(self, at: NDArray[Any]) -> FactColumns:
        """Some of the facts, by a mask or by their numbers."""
        form, subject, name, thing, flag, said, since, until = (column[at] for column in self.rows())
        return replace(
            self, form=form, subject=subject, name=name, thing=thing, flag=flag, said=said, since=since, until=until
        )

    def facts(self) -> Iterator[Fact]:
        """The facts in their order. Those of one source and place share their ``Source``."""
        texts, values = self.texts, self.values
        sources: dict[int, Source] = {}
        rows = zip(*(column.tolist() for column in self.rows()), strict=True)
        for form, subject, name, thing, flag, said, since, until in rows:
            source = sources.get(said)
            if source is None:
                source = sources[said] = self.source(said)
            if form == ELEMENT:
                yield ElementFact(texts[subject], texts[name], source)
            elif form == ALIAS:
                yield AliasFact(texts[subject], texts[name], _STRENGTHS[flag], source)
            elif form == EDGE:
                ends = texts[subject], texts[name], texts[thing]
                yield EdgeFact(*ends, source, bool(flag), _day(since), _day(until))
            else:
                yield AttributeFact(texts[subject], texts[name], values[thing], source, _day(since), _day(until))

    def kinds(self) -> dict[str, str]:
        """The kind of each element that is declared, by its id."""
        declared = self.form == ELEMENT
        pairs = zip(self.subject[declared].tolist(), self.name[declared].tolist(), strict=True)
        return {self.texts[subject]: self.texts[kind] for subject, kind in pairs}

    def source(self, said: int) -> Source:
        """Who said something, by the number of ``said``."""
        return Source(self.texts[int(self.systems[said])], self.texts[int(self.places[said])])

    def plus(self, facts: Iterable[Fact]) -> FactColumns:
        """These facts, and further ones after them."""
        given = list(facts)
        if not given:
            return self
        added = _Added(self)
        rows = np.array([added.row(fact) for fact in given], np.int32).T
        joined = [np.concatenate([old, new.astype(old.dtype)]) for old, new in zip(self.rows(), rows, strict=True)]
        systems, places = (np.array(numbers, np.int32) for numbers in added.sources())
        return FactColumns(
            added.texts,
            added.values,
            np.concatenate([self.systems, systems]),
            np.concatenate([self.places, places]),
            *joined,
        )


class _Added:
    """Numbers for what further facts say."""

    def __init__(self, columns: FactColumns) -> None:
        self.texts = list(columns.texts)
        self.values = list(columns.values)
        self._numbers = {text: number for number, text in enumerate(self.texts)}
        self._known = len(columns.systems)
        self._sources: dict[Source, int] = {}
        self._of_value: dict[str, int] = {}

    def sources(self) -> tuple[list[int], list[int]]:
        """The systems and places of the sources that are new."""
        return [self._text(s.system) for s in self._sources], [self._text(s.place) for s in self._sources]

    def row(self, fact: Fact) -> Row:
        """A fact as a row."""
        said = self._sources.setdefault(fact.source, self._known + len(self._sources))
        if isinstance(fact, ElementFact):
            return ELEMENT, self._text(fact.element), self._text(fact.kind), 0, 0, said, 0, 0
        if isinstance(fact, AliasFact):
            strength = _STRENGTHS.index(fact.strength)
            return ALIAS, self._text(fact.element), self._text(fact.alias), 0, strength, said, 0, 0
        since, until = _ordinal(fact.since), _ordinal(fact.until)
        if isinstance(fact, EdgeFact):
            origin, relation, target = self._text(fact.origin), self._text(fact.relation), self._text(fact.target)
            return EDGE, origin, relation, target, int(fact.possible), said, since, until
        value = self._value(fact.value)
        return ATTRIBUTE, self._text(fact.element), self._text(fact.attribute), value, 0, said, since, until

    def _text(self, text: str) -> int:
        number = self._numbers.setdefault(text, len(self.texts))
        if number == len(self.texts):
            self.texts.append(text)
        return number

    def _value(self, value: object) -> int:
        if type(value) is not str:  # equal is not alike: 1, 1.0 and true
            self.values.append(value)
            return len(self.values) - 1
        number = self._of_value.setdefault(value, len(self.values))
        if number == len(self.values):
            self.values.append(value)
        return number


def _ordinal(day: date | None) -> int:
    return 0 if day is None else day.toordinal()


def _day(ordinal: int) -> date | None:
    return date.fromordinal(ordinal) if ordinal else None
