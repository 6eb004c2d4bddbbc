"""A check as a plug-in gives it, and the plain data that its function gets: what the check declared, nothing else."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property

from lexline.evaluate.calls import CheckOutcome
from lexline.lang.signatures import CheckSignature
from lexline_lineage.values import Value

__all__ = ["Check", "CheckFunction", "CheckView", "Edge", "UndeclaredReadError", "declared_kinds"]

Edge = tuple[str, str, bool]
"""origin, target (element ids, as the vocabulary writes the relation), and whether the edge is only possible."""


class UndeclaredReadError(Exception):
    """A check read what its signature doesn't declare: its author's mistake, which fails every outcome of the call."""


@dataclass(frozen=True)
class CheckView:
    """What a check sees of a graph: elements of the kinds that it declared, with the attributes that it declared,
    and the edges between them of the relations that it declared; and the date, where it declared that. Everything else
    raises ``UndeclaredReadError``.

    ``members`` are element ids by kind; ``columns`` values by kind and attribute, in the order of ``members``.
    ``dates`` are today and now, None where the date is not declared.
    """

    dates: tuple[date, datetime] | None
    members: Mapping[str, Sequence[str]]
    columns: Mapping[tuple[str, str], Sequence[Value | None]]
    edges: Mapping[str, Sequence[Edge]]

    @property
    def today(self) -> date:
        """The date of the evaluation."""
        return self._dates[0]

    @property
    def now(self) -> datetime:
        """Its moment, in UTC."""
        return self._dates[1]

    def elements(self, kind: str) -> Sequence[str]:
        """The ids of all elements of a declared kind, in their order."""
        if kind not in self.members:
            raise UndeclaredReadError(f"it reads elements of kind {kind}, which it does not declare")
        return self.members[kind]

    def kind(self, element: str) -> str:
        """The kind of an element of a declared kind."""
        return self._place(element)[0]

    def value(self, element: str, attribute: str) -> Value | None:
        """The value of a declared attribute; ``None`` where it is missing."""
        kind, row = self._place(element)
        column = self.columns.get((kind, attribute))
        if column is None:
            raise UndeclaredReadError(f"it reads {kind}.{attribute}, which it does not declare")
        return column[row]

    def targets(self, relation: str, origin: str) -> Sequence[tuple[str, bool]]:
        """Where edges of a declared relation lead from ``origin``: ids in order, each with True for a possible edge."""
        return self._edges_of(relation)[0].get(origin, ())

    def origins(self, relation: str, target: str) -> Sequence[tuple[str, bool]]:
        """Whence edges of a declared relation lead to ``target``: ids in order, each with True for a possible edge."""
        return self._edges_of(relation)[1].get(target, ())

    @property
    def _dates(self) -> tuple[date, datetime]:
        if self.dates is None:
            raise UndeclaredReadError("it reads the date, which it does not declare")
        return self.dates

    def _place(self, element: str) -> tuple[str, int]:
        place = self._places.get(element)
        if place is None:
            raise UndeclaredReadError(f"it reads the element {element}, whose kind it does not declare")
        return place

    def _edges_of(self, relation: str) -> tuple[_Neighbours, _Neighbours]:
        if relation not in self.edges:
            raise UndeclaredReadError(f"it reads the relation {relation}, which it does not declare")
        return self._neighbours[relation]

    @cached_property
    def _places(self) -> dict[str, tuple[str, int]]:
        return {element: (kind, row) for kind, ids in self.members.items() for row, element in enumerate(ids)}

    @cached_property
    def _neighbours(self) -> dict[str, tuple[_Neighbours, _Neighbours]]:
        return {relation: _both_ways(edges) for relation, edges in self.edges.items()}


_Neighbours = dict[str, list[tuple[str, bool]]]


def _both_ways(edges: Sequence[Edge]) -> tuple[_Neighbours, _Neighbours]:
    along: _Neighbours = defaultdict(list)
    against: _Neighbours = defaultdict(list)
    for origin, target, possible in edges:
        along[origin].append((target, possible))
        against[target].append((origin, possible))
    return dict(along), dict(against)


CheckFunction = Callable[[CheckView, Sequence[str], Mapping[str, Value]], Sequence[CheckOutcome]]
"""The view, the ids of the elements asked about, and a value for each parameter; back comes an outcome for each
element, in that order."""


@dataclass(frozen=True, slots=True)
class Check:
    """A check, as the hook ``lexline_checks`` gives it.

    ``function`` is asked about all elements of a kind at once; its docstring becomes the check's page where the
    signature has no ``meaning``. ``seconds`` is how long one call of a third-party check may take before it is killed.
    """

    signature: CheckSignature
    function: CheckFunction
    seconds: float = 10.0


def declared_kinds(signature: CheckSignature) -> tuple[str, ...]:
    """The kinds whose elements a check sees: those it is asked about and those it reads, each once."""
    return tuple(dict.fromkeys((*signature.kinds, *signature.reads.attributes)))
