"""Builds the graph of a date from columns of facts of several sources, without an object for each fact.

In: ``FactColumns``. Out: what ``builder.build`` gives for the same facts. Guaranteed: values that one source gives for
an element, of their type, go by columns; whatever else is said (by several sources, of another type, of no known
attribute) is decided by ``Statements`` as facts are; where facts are refused, None, and ``build`` says why.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lexline_lineage.assembly import Cells, assemble
from lexline_lineage.builder import BuiltGraph, DataFinding, DataReport, edges_by_relation
from lexline_lineage.fact_columns import ATTRIBUTE, EDGE, ELEMENT, FactColumns
from lexline_lineage.facts import AttributeFact, Source
from lexline_lineage.placement import UNDECLARED, Ends, Placement, Refusals, is_id, place
from lexline_lineage.problems import LineageError
from lexline_lineage.source_list import Sources
from lexline_lineage.statements import Precedence, Statements
from lexline_lineage.strings import Strings
from lexline_lineage.values import Value, parse_value
from lexline_lineage.vocabulary import Vocabulary

__all__ = ["build_from_facts"]

_DAY = timedelta(days=1)


def build_from_facts(
    vocabulary: Vocabulary, facts: FactColumns, on: date, precedence: Precedence | None = None
) -> BuiltGraph | None:
    """The graph of the facts that are valid on the day ``on``, as ``build`` makes it; None where they are refused."""
    held, first, last = _valid(facts, on)
    elements = facts.take(facts.form == ELEMENT)
    edges = facts.take(held & (facts.form == EDGE))
    attributes = facts.take(held & (facts.form == ATTRIBUTE))
    ids, numbers = _ids(facts.texts, (elements.subject, edges.subject, edges.thing))
    kinds = _kinds(vocabulary, elements, ids, numbers)
    if kinds is None:
        return None
    refusals = Refusals()
    relations, codes = np.unique(edges.name, return_inverse=True)
    ends = Ends(
        ids,
        numbers[edges.subject],
        codes.astype(np.int32),
        numbers[edges.thing],
        tuple(facts.texts[text] for text in relations.tolist()),
        lambda index: edges.source(int(edges.said[index])),
    )
    try:
        placement = place(vocabulary, kinds, ends, refusals)
        refusals.raise_if_any()
        work = _Attributes(vocabulary, attributes, numbers, placement)
        cells, findings = work.decided(refusals, precedence)
        refusals.raise_if_any()
    except LineageError:
        return None
    joined = edges_by_relation(ends, edges.flag.astype(np.bool_), edges.said)
    sources = _sources(facts)
    graph = assemble(vocabulary, ids, placement.kind_codes, cells, joined, placement.stubs, sources)
    return BuiltGraph(graph, DataReport(findings, tuple(ids.take(sorted(placement.stubs)))), None, first, last)


def _valid(facts: FactColumns, on: date) -> tuple[NDArray[np.bool_], date, date]:
    """Which facts hold on a day, and the first and the last day around it on which the same ones do."""
    day = on.toordinal()
    before = (facts.since > 0) & (day < facts.since)
    after = ~before & (facts.until > 0) & (facts.until < day)
    held = ~(before | after)
    first = max(
        int(facts.since[held].max(initial=0)),
        int(facts.until[after].max(initial=-1)) + 1,
    )
    ends = facts.until[held & (facts.until > 0)]
    last = min(
        int(ends.min(initial=date.max.toordinal())),
        int(facts.since[before].min(initial=date.max.toordinal() + 1)) - 1,
    )
    return held, date.fromordinal(max(first, 1)), date.fromordinal(last)


def _ids(texts: Any, named: tuple[NDArray[np.int32], ...]) -> tuple[Strings, NDArray[np.int32]]:
    """The texts that name elements, sorted, and for each text its number among them; -1 for the others."""
    used = np.zeros(len(texts), np.bool_)
    for column in named:
        used[column] = True
    order = sorted(np.flatnonzero(used).tolist(), key=texts.__getitem__)
    numbers = np.full(len(texts), -1, np.int32)
    numbers[order] = np.arange(len(order), dtype=np.int32)
    return Strings.of(texts[text] for text in order), numbers


def _kinds(
    vocabulary: Vocabulary, elements: FactColumns, ids: Strings, numbers: NDArray[np.int32]
) -> NDArray[np.int16] | None:
    """The kind codes by element; None where one is unknown, two contradict each other, or an id names nothing."""
    codes = {name: code for code, name in enumerate(vocabulary.kinds)}
    by_text = np.full(len(elements.texts), -1, np.int16)
    for text in np.unique(elements.name).tolist():
        code = codes.get(elements.texts[text])
        if code is None:
            return None
        by_text[text] = code
    said = by_text[elements.name]
    at = numbers[elements.subject]
    kinds = np.full(len(ids), UNDECLARED, np.int16)
    kinds[at] = said
    are_ids = ids.are_clean().all() and all(map(is_id, ids if not ids.are_ascii() else ()))
    return kinds if are_ids and bool((kinds[at] == said).all()) else None


def _sources(facts: FactColumns) -> Sources:
    """The sources of all facts, numbered as in ``said``."""
    systems, codes = np.unique(facts.systems, return_inverse=True)
    names = Strings.of(facts.texts[text] for text in systems.tolist())
    return Sources(names, codes.astype(np.int32), Strings.of(facts.texts[text] for text in facts.places.tolist()))


class _Attributes:
    """The attributes of one build: by columns what can go by columns, the rest as facts."""

    def __init__(
        self, vocabulary: Vocabulary, said: FactColumns, numbers: NDArray[np.int32], placement: Placement
    ) -> None:
        self._vocabulary = vocabulary
        self._placement = placement
        self._said = said
        self._numbers = numbers[said.subject]
        self._kinds = np.append(placement.kind_codes, np.int16(-1))[self._numbers]
        if placement.stubs:
            self._kinds[np.isin(self._numbers, list(placement.stubs))] = -1
        self._others = np.zeros(len(said), np.bool_)
        """what is to be decided fact by fact"""

    def decided(
        self, refusals: Refusals, precedence: Precedence | None
    ) -> tuple[dict[tuple[str, str], Cells], tuple[DataFinding, ...]]:
        """The values that count, and what was left out."""
        self._others |= self._kinds < 0
        self._others |= self._said_again()
        found = dict(self._by_columns())
        sources: dict[Source, int] = {}
        groups: dict[tuple[str, str], list[AttributeFact]] = {}
        numbers: dict[str, int] = {}
        others = self._said.take(self._others)
        known = zip(others.said.tolist(), self._numbers[self._others].tolist(), others, strict=True)
        for said, number, fact in known:
            if isinstance(fact, AttributeFact):
                sources.setdefault(fact.source, said)
                groups.setdefault((fact.element, fact.attribute), []).append(fact)
                if number >= 0:
                    numbers[fact.element] = number
        statements = Statements(self._vocabulary, numbers, self._placement, refusals, precedence)
        several = (group if len(group) > 1 else group[0] for group in groups.values())
        for key, cells in statements.cells(several, sources).items():
            found[key] = _both(found[key], cells) if key in found else cells
        return found, statements.findings()

    def _said_again(self) -> NDArray[np.bool_]:
        """Marks facts of one element and attribute that are several."""
        keys = self._said.subject.astype(np.int64) * len(self._said.texts) + self._said.name
        ordered = np.sort(keys)
        again = np.unique(ordered[1:][ordered[1:] == ordered[:-1]])
        return np.isin(keys, again) if len(again) else np.zeros(len(keys), np.bool_)

    def _by_columns(self) -> Iterator[tuple[tuple[str, str], Cells]]:
        """The values of one fact each, by kind and attribute. What has no such attribute, or is not of its type, is
        marked to be decided fact by fact."""
        kinds = tuple(self._vocabulary.kinds.values())
        keys = self._said.name.astype(np.int64) * len(kinds) + self._kinds
        plain = np.flatnonzero(~self._others)
        plain = plain[np.argsort(keys[plain], kind="stable")]
        for at in np.split(plain, np.flatnonzero(np.diff(keys[plain])) + 1) if len(plain) else ():
            kind = kinds[self._kinds[at[0]]]
            attribute = kind.attributes.get(self._said.texts[int(self._said.name[at[0]])])
            if attribute is None:
                self._others[at] = True
                continue
            used, codes = np.unique(self._said.thing[at], return_inverse=True)
            raw = [self._said.values[value] for value in used.tolist()]
            parsed = [parse_value(value, attribute.type) for value in raw]
            good = np.fromiter((value is not None for value in parsed), np.bool_, len(parsed))
            kept = good[codes]
            self._others[at[~kept]] = True
            values: list[Value] = [value for value in parsed if value is not None]
            renumbered = (np.cumsum(good) - 1).astype(np.int32)[codes[kept]]
            yield (
                (kind.name, attribute.name),
                Cells(self._numbers[at[kept]], renumbered, values, self._said.said[at[kept]]),
            )


def _both(one: Cells, other: Cells) -> Cells:
    """The cells of one column, decided in two ways."""
    return Cells(
        np.concatenate([one.numbers, other.numbers]),
        np.concatenate([one.codes, other.codes + np.int32(len(one.values))]),
        [*one.values, *other.values],
        np.concatenate([one.said, other.said]),
    )
