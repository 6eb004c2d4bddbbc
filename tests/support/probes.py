"""Checks of the test suite's own: they answer with an attribute of an element, and fail where that asks for it.

Told of a date, three of them look at it: one says until when its answer holds, one that it is older each day, and one
says neither.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from lexline.evaluate.calls import CheckOutcome
from lexline.evaluate.dates import elapsed
from lexline.evaluate.verdict import MissingFact
from lexline.lang.signatures import CheckParameter, CheckSignature, Reads
from lexline_lineage.graph import Graph
from lexline_lineage.values import Sort, Value, ValueType
from lexline_lineage.vocabulary import Vocabulary


def probe_signatures(vocabulary: Vocabulary) -> dict[str, CheckSignature]:
    """The checks of a vocabulary: they can be asked about all kinds that have what they read."""
    results = {
        "probe.tier": ValueType(Sort.NUMBER),
        "probe.research": ValueType(Sort.BOOLEAN),
        "probe.trained": ValueType(Sort.DATE),
        "probe.age": ValueType(Sort.DURATION),
    }
    more = {"probe.tier": (CheckParameter("more", ValueType(Sort.NUMBER), 0.0),)}
    kinds = tuple(name for name, kind in vocabulary.kinds.items() if kind.attributes.keys() >= _READ)
    reads = Reads({kind: tuple(sorted(_READ)) for kind in kinds})
    return {name: CheckSignature(name, kinds, more.get(name, ()), result, reads) for name, result in results.items()}


_ATTRIBUTES = {
    "probe.tier": "tier",
    "probe.research": "research_only",
    "probe.trained": "trained_on",
    "probe.age": "trained_on",
}
_READ = frozenset(_ATTRIBUTES.values())
_NO_DAY = date(2026, 11, 22)
UNLUCKY = 13.0
"""The tier for which ``probe.research`` and ``probe.trained`` fail; ``probe.tier`` fails below zero."""


class Probes:
    """Their outcomes over a graph."""

    def __init__(self, graph: Graph, today: date | None = None) -> None:
        self._graph = graph
        self._today = today

    def outcomes(
        self, check: str, kind: str, arguments: tuple[tuple[str, Value | None], ...]
    ) -> Sequence[CheckOutcome]:
        """See ``lexline.evaluate.calls.CheckResults``."""
        numbers: list[int] = self._graph.members[kind].tolist()
        if any(value is None for _, value in arguments):
            return [CheckOutcome(missing=(self._missing(number, "more"),)) for number in numbers]
        more = next((value for _, value in arguments if isinstance(value, float)), 0.0)
        return [self._outcome(check, number, more) for number in numbers]

    def over(self, graph: Graph) -> Probes:
        """See ``lexline.evaluate.calls.CheckResults``."""
        return Probes(graph, self._today)

    def _outcome(self, check: str, number: int, more: float) -> CheckOutcome:
        tier = self._graph.value(number, "tier")
        if isinstance(tier, float) and (tier < 0 if check == "probe.tier" else tier == UNLUCKY):
            return CheckOutcome(failed=f"{check} found no answer for {self._graph.ids[number]}")
        value = self._graph.value(number, _ATTRIBUTES[check])
        if value is None:
            return CheckOutcome(missing=(self._missing(number, _ATTRIBUTES[check]),))
        if check == "probe.age" and isinstance(value, date):
            return CheckOutcome(elapsed(self._today or _NO_DAY, value), until=date.max, ages=self._today is not None)
        if check == "probe.tier" or self._today is None:
            return CheckOutcome(value + more if isinstance(value, float) else value, until=date.max)
        return self._dated(value, self._graph.value(number, "trained_on"), self._today)

    def _dated(self, value: Value, trained: Value | None, today: date) -> CheckOutcome:
        """The other way round as long as the day of training is to come; or that day, but not later than today."""
        coming = isinstance(trained, date) and trained > today
        if isinstance(value, bool):
            until = trained - timedelta(days=1) if isinstance(trained, date) and coming else date.max
            return CheckOutcome(value is not coming, until=until)
        return CheckOutcome(today if coming else value, until=None if coming else date.max)

    def _missing(self, number: int, attribute: str) -> MissingFact:
        return MissingFact(self._graph.ids[number], self._graph.kind(number), attribute, "no value is recorded")
