"""Decides which of the statements about an attribute count, and what was left out.

In: attribute facts that are valid on the date, or whole columns. Out: ``Cells`` of parsed values for each kind and
attribute. Guaranteed: of several statements of one source the latest counts; where sources differ, the value is missing
and both are named.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lexline_lineage.assembly import Cells
from lexline_lineage.facts import AttributeFact, Source
from lexline_lineage.identity_facts import system_of
from lexline_lineage.placement import REFUSED, Placement, Refusals
from lexline_lineage.problems import nearest
from lexline_lineage.values import Sort, Value, ValueType, parse_value
from lexline_lineage.vocabulary import Attribute, Kind, Vocabulary

__all__ = ["Coded", "DataFinding", "DataReport", "Precedence", "Statements", "cells_of_columns"]

Precedence = Callable[[str, str], Sequence[str]]
"""For a kind and an attribute, the sources that count before others, in order."""


_EXAMPLES: Mapping[Sort, str] = MappingProxyType(
    {
        Sort.BOOLEAN: "true or false",
        Sort.DATE: "a date such as 2026-11-22",
        Sort.MOMENT: "a moment such as 2026-11-22T10:00:00Z",
        Sort.DURATION: "a duration such as 12 months",
        Sort.PERCENTAGE: "a percentage such as 5%",
        Sort.TEXT: 'a text such as "3" in quotes',
    }
)


@dataclass(frozen=True, slots=True)
class DataFinding:
    """A value that was left out: ``code`` is ``LX460`` (of another type), ``LX461`` (of an attribute that the kind
    does not have), ``LX462`` (two sources contradict each other) or ``LX464`` (they do, and one of them counts).

    ``element`` is the first of ``count`` elements that it is about; ``sources`` said the value.
    """

    code: str
    element: str
    kind: str
    attribute: str
    message: str
    sources: tuple[Source, ...] = ()
    count: int = 1


@dataclass(frozen=True, slots=True)
class DataReport:
    """What a reader should know of the data: values that were left out, by element and attribute, and the elements
    that only an edge names."""

    findings: tuple[DataFinding, ...] = ()
    stubs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Coded:
    """A column of raw values: ``values[codes[i]]`` is the ``i``-th, a code of -1 a missing one."""

    codes: NDArray[np.signedinteger[Any]]
    values: Sequence[object]


@dataclass(slots=True)
class _Gathered:
    """The values of one attribute of one kind, while they are read."""

    numbers: list[int]
    values: list[Value]
    said: list[int]


class Statements:
    """Reads the attribute facts of one build."""

    def __init__(
        self,
        vocabulary: Vocabulary,
        numbers: Mapping[str, int],
        placement: Placement,
        refusals: Refusals,
        precedence: Precedence | None = None,
    ) -> None:
        self._kinds = tuple(vocabulary.kinds.values())
        self._numbers = numbers
        self._placement = placement
        self._refusals = refusals
        self._precedence = precedence
        self._findings: list[DataFinding] = []
        self._unknown: dict[tuple[str, str, str], DataFinding] = {}
        self._gathered: dict[tuple[str, str], _Gathered] = {}

    def findings(self) -> tuple[DataFinding, ...]:
        """What was left out, by element and attribute."""
        found = [*self._findings, *self._unknown.values()]
        return tuple(sorted(found, key=lambda finding: (finding.element, finding.attribute, finding.code)))

    def cells(
        self, said: Iterable[AttributeFact | list[AttributeFact]], sources: dict[Source, int]
    ) -> dict[tuple[str, str], Cells]:
        """The values that count. ``said`` groups the facts of one element and attribute; new sources are numbered in
        ``sources``."""
        codes = self._placement.kind_codes.tolist()
        for facts in said:
            first = facts[0] if isinstance(facts, list) else facts
            number = self._numbers.get(first.element)
            if number is None or number in self._placement.stubs:
                message = f"`{first.attribute}` is said of `{first.element}`, which nothing declares"
                self._refusals.add("LX433", message, first.source, "declare it with its kind")
                continue
            if codes[number] == REFUSED:
                continue
            kind = self._kinds[codes[number]]
            attribute = kind.attributes.get(first.attribute)
            if attribute is None:
                for fact in facts if isinstance(facts, list) else (facts,):
                    self._note_unknown(fact, kind)
                continue
            counted = self._one_of(facts, kind, attribute) if isinstance(facts, list) else facts
            value = self._parse(counted, kind, attribute.type) if counted is not None else None
            if counted is not None and value is not None:
                gathered = self._gathered.setdefault((kind.name, attribute.name), _Gathered([], [], []))
                gathered.numbers.append(number)
                gathered.values.append(value)
                gathered.said.append(sources.setdefault(counted.source, len(sources)))
        return {key: _cells(gathered) for key, gathered in self._gathered.items()}

    def _note_unknown(self, fact: AttributeFact, kind: Kind) -> None:
        key = (kind.name, fact.attribute, fact.source.system)
        before = self._unknown.get(key)
        count = before.count + 1 if before is not None else 1
        element = before.element if before is not None else fact.element
        sources = before.sources if before is not None else (fact.source,)
        self._unknown[key] = _unknown(element, kind, fact.attribute, sources, count)

    def _parse(self, fact: AttributeFact, kind: Kind, type: ValueType) -> Value | None:  # noqa: A002
        if fact.value is None:
            return None
        value = parse_value(fact.value, type)
        if value is None:
            self._findings.append(_wrong_type(fact.element, kind, fact.attribute, type, fact.value, fact.source))
        return value

    def _one_of(self, facts: list[AttributeFact], kind: Kind, attribute: Attribute) -> AttributeFact | None:
        """The fact that counts of several about one element and attribute; ``None`` where they contradict."""
        latest: dict[str, AttributeFact] = {}
        for fact in facts:
            there = latest.setdefault(fact.source.system, fact)
            if _since(fact) > _since(there):
                latest[fact.source.system] = fact
        for fact in facts:
            counted = latest[fact.source.system]
            if _since(fact) == _since(counted) and not _agree(fact.value, counted.value, attribute.type):
                where = f" in {counted.source}" if counted.source != fact.source else ""
                message = (
                    f"`{fact.attribute}` of `{fact.element}` is {_shown(fact.value)}{' here' if where else ''} and "
                    f"{_shown(counted.value)}{where}, for the same time"
                )
                self._refusals.add("LX435", message, fact.source, "remove one, or say from when each holds")
        valued = [(fact, self._parse(fact, kind, attribute.type)) for fact in latest.values()]
        known = [(fact, value) for fact, value in valued if value is not None]
        if not known:
            return None
        if all(value == known[0][1] for _, value in known):
            return known[0][0]
        first = self._first(known, kind.name, attribute.name)
        told = " and ".join(f"{_shown(fact.value)} by {fact.source}" for fact, _ in known)
        message = f"`{attribute.name}` of `{facts[0].element}` is said to be {told}"
        message += f"; {first.source} counts" if first is not None else ""
        code = "LX462" if first is None else "LX464"
        by = tuple(fact.source for fact, _ in known)
        self._findings.append(DataFinding(code, facts[0].element, kind.name, attribute.name, message, by))
        return first

    def _first(self, known: Sequence[tuple[AttributeFact, Value]], kind: str, attribute: str) -> AttributeFact | None:
        """The fact of the source that counts first; ``None`` where none does, or where it contradicts itself."""
        for name in self._precedence(kind, attribute) if self._precedence is not None else ():
            said = [(fact, value) for fact, value in known if system_of(fact.source) == name]
            if said:
                return said[0][0] if all(value == said[0][1] for _, value in said) else None
        return None


def cells_of_columns(
    vocabulary: Vocabulary,
    numbers: NDArray[np.int32],
    kinds: NDArray[np.int16],
    ids: Sequence[str],
    attributes: Mapping[str, Coded],
    source: Source,
) -> tuple[dict[tuple[str, str], Cells], list[DataFinding]]:
    """The values of whole columns: the ``i``-th row is the element ``numbers[i]`` of the kind code ``kinds[i]``;
    ``ids`` gives the ids by number."""
    cells: dict[tuple[str, str], Cells] = {}
    findings: list[DataFinding] = []
    for name, column in attributes.items():
        present = column.codes >= 0
        for code in np.unique(kinds[present]).tolist():
            if code == REFUSED:
                continue
            kind = tuple(vocabulary.kinds.values())[code]
            at = np.flatnonzero(present & (kinds == code))
            attribute = kind.attributes.get(name)
            if attribute is None:
                findings.append(_unknown(ids[int(numbers[at[0]])], kind, name, (source,), len(at)))
                continue
            codes = column.codes[at]
            used = np.flatnonzero(np.bincount(codes, minlength=len(column.values)))
            place = np.zeros(len(column.values), np.int32)
            place[used] = np.arange(len(used), dtype=np.int32)
            inverse = place[codes]
            raw = [column.values[index] for index in used.tolist()]
            parsed = [parse_value(value, attribute.type) for value in raw]
            good = np.array([value is not None for value in parsed], np.bool_)
            for row in np.flatnonzero(~good[inverse]).tolist():
                value = raw[inverse[row]]
                if value is not None:
                    findings.append(_wrong_type(ids[int(numbers[at[row]])], kind, name, attribute.type, value, source))
            kept = good[inverse]
            renumbered = (np.cumsum(good) - 1).astype(np.int32)
            cells[kind.name, name] = Cells(
                numbers[at[kept]],
                renumbered[inverse[kept]],
                [value for value in parsed if value is not None],
                np.zeros(int(kept.sum()), np.int32),
            )
    return cells, sorted(findings, key=lambda finding: (finding.element, finding.attribute, finding.code))


def _cells(gathered: _Gathered) -> Cells:
    return Cells(
        np.array(gathered.numbers, np.int32),
        np.arange(len(gathered.values), dtype=np.int32),
        gathered.values,
        np.array(gathered.said, np.int32),
    )


def _since(fact: AttributeFact) -> date:
    return fact.since or date.min


def _agree(one: object, other: object, type: ValueType) -> bool:  # noqa: A002
    if one is None or other is None:
        return one is other
    first, second = parse_value(one, type), parse_value(other, type)
    return first == second if first is not None and second is not None else _shown(one) == _shown(other)


def _unknown(element: str, kind: Kind, attribute: str, sources: tuple[Source, ...], count: int) -> DataFinding:
    hint = nearest(attribute, kind.attributes)
    message = f"`{attribute[:80]}` of `{element}` is ignored, because a `{kind.name}` has no such attribute"
    message += f" ({hint})" if hint.startswith("did") else ""
    message += f"; {count} elements have it" if count > 1 else ""
    return DataFinding("LX461", element, kind.name, attribute, message, sources, count)


def _wrong_type(
    element: str,
    kind: Kind,
    attribute: str,
    type: ValueType,  # noqa: A002
    raw: object,
    source: Source,
) -> DataFinding:
    hint = nearest(raw, type.symbols) if isinstance(raw, str) and type.symbols else ""
    message = f"`{attribute}` of `{element}` is {_shown(raw)}, which is not {_wanted(type)}; it counts as missing"
    message += f" ({hint})" if hint.startswith("did") else ""
    return DataFinding("LX460", element, kind.name, attribute, message, (source,))


def _wanted(type: ValueType) -> str:  # noqa: A002
    """A type with an example of what a file may hold."""
    return _EXAMPLES.get(type.sort) or (str(type) if type.symbols else f"a {type}")


def _shown(raw: object) -> str:
    """A raw value in a message, cut short."""
    if isinstance(raw, str):
        short = raw if len(raw) <= 60 else f"{raw[:29]}…{raw[-30:]}"  # addresses often differ only in their ends
        text = ascii(raw) if not raw.isprintable() else f'"{short}"'
    else:
        try:
            text = json.dumps(raw, ensure_ascii=False, default=str)
        except (ValueError, RecursionError):
            text = f"a {type(raw).__name__} that cannot be written"
    return text if len(text) <= 70 else text[:67] + "…"
