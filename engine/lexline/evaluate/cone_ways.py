"""Where navigations lead from a few elements: each origin by its cone, and by its own rows of relations."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import assert_never

import numpy as np
from numpy.typing import NDArray

from lexline.evaluate.column_types import Bools, Index, Truths
from lexline.evaluate.cone_kernels import Cone, ConeKernels, Walked, walk_cone
from lexline.evaluate.navigation_columns import Groups, open_related, unrecorded
from lexline.evaluate.walks import Masks
from lexline.evaluate.ways import items_domain, kind_of
from lexline.lang.jsonpath import find
from lexline.plan.nodes import Document, Domain, Items, Lineage, Navigate, Portfolio, Related
from lexline_lineage.graph import Graph

__all__ = ["ConeWays"]

_Group = tuple[Index, Bools | None, Bools | None]
"""Members, which of them are certain (None: all), which are undecided because a check failed (None: none)."""
Holds = Callable[[int, str, Index], Truths]
"""Whether a node of a plan holds for some elements of a kind, by their positions."""


class ConeWays:
    """Keeps cones and items until ``forget``; ``holds`` decides what is to be avoided."""

    def __init__(self, graph: Graph, holds: Holds, kernels: ConeKernels) -> None:
        self._kernels = kernels
        self._graph = graph
        self._holds = holds
        self._places: NDArray[np.int32] = np.zeros(len(graph.kind_codes), np.int32)
        self._codes = {name: code for code, name in enumerate(graph.kind_names)}
        self._expecting = {
            upstream: np.array([_expects(graph, name, inputs=upstream) for name in graph.kind_names], np.bool_)
            for upstream in (True, False)
        }
        self._cones: dict[tuple[str, int | None, int], Cone] = {}
        self._walked: dict[tuple[Lineage, int], Walked] = {}
        self._kinds: dict[tuple[str, int | None, int, str], tuple[Index, Index]] = {}
        self._groups: dict[tuple[Lineage, str, int], _Group] = {}
        self._opening: dict[tuple[str, int | None, int], Bools] = {}
        self._items: dict[Items, list[object]] = {}
        self._found: dict[tuple[Items, int], range] = {}

    def forget(self) -> None:
        """Drops what was found for the elements asked about so far."""
        self._cones.clear()
        self._walked.clear()
        self._kinds.clear()
        self._groups.clear()
        self._opening.clear()
        self._items.clear()
        self._found.clear()

    def items(self, domain: Items) -> list[object]:
        """The items met so far."""
        return self._items.setdefault(domain, [])

    def groups(self, navigation: Navigate, domain: Domain, origins: Index) -> Iterator[Groups]:
        """See ``Ways``."""
        scope, member = navigation.scope, navigation.member
        found: list[_Group]
        match scope:
            case Document():
                items = items_domain(member)
                ranges = [self._places_of(items, position) for position in origins.tolist()]
                found = [(np.arange(places.start, places.stop), None, None) for places in ranges]
            case Portfolio():
                raise TypeError("a portfolio has no origin")
            case Lineage():
                kind = kind_of(member)
                found = [self._reached(scope, kind, number) for number in self._numbers(domain, origins)]
            case Related():
                kind = kind_of(member)
                found = [self._related(scope, kind, number) for number in self._numbers(domain, origins)]
            case _:
                assert_never(scope)
        return iter([_joined(found)] if found else [])

    def is_open(self, navigation: Navigate, domain: Domain, origins: Index) -> Bools:
        """See ``Ways``."""
        scope = navigation.scope
        match scope:
            case Document():
                held = items_domain(navigation.member)
                return np.array([not self._places_of(held, position) for position in origins.tolist()], np.bool_)
            case Portfolio():
                raise TypeError("a portfolio has no origin")
            case Lineage():
                return np.array([self._is_open(scope, number) for number in self._numbers(domain, origins)], np.bool_)
            case Related():
                numbers = np.array(self._numbers(domain, origins), np.int64)
                return open_related(self._graph, scope, kind_of(domain), numbers)
            case _:
                assert_never(scope)

    def _numbers(self, domain: Domain, origins: Index) -> list[int]:
        numbers: list[int] = self._graph.members[kind_of(domain)][origins].tolist()
        return numbers

    # ---- lineage ---------------------------------------------------------------------------------------------------

    def _cone(self, direction: str, steps: int | None, number: int) -> Cone:
        key = (direction, steps, number)
        if key not in self._cones:
            adjacency = self._graph.upstream if direction == "upstream" else self._graph.downstream
            self._cones[key] = Cone(*self._kernels.gather(adjacency, number, steps, self._places))
        return self._cones[key]

    def _walk(self, scope: Lineage, number: int) -> Walked:
        if (scope, number) not in self._walked:
            cone = self._cone(scope.direction, scope.steps, number)
            self._walked[scope, number] = walk_cone(cone, self._masks(scope, number), scope.steps, self._kernels)
        return self._walked[scope, number]

    def _masks(self, scope: Lineage, number: int) -> Masks | None:
        if not scope.avoiding:
            return None
        size = len(self._cone(scope.direction, scope.steps, number).elements)
        surely, undecided, failed = (np.zeros(size, np.bool_) for _ in range(3))
        for avoided in scope.avoiding:
            places, positions = self._of_kind(scope, avoided.kind, number)
            condition = self._holds(avoided.condition, avoided.kind, positions)
            surely[places] |= condition.yes
            undecided[places] |= ~condition.known
            failed[places] |= condition.failed
        return Masks(surely, undecided & ~surely, failed & ~surely)

    def _reached(self, scope: Lineage, kind: str, number: int) -> _Group:
        key = (scope, kind, number)
        if key not in self._groups:
            walked = self._walk(scope, number)
            places, positions = self._of_kind(scope, kind, number)
            reached = walked.reached[places]
            if not reached.all():
                places, positions = places[reached], positions[reached]
            self._groups[key] = positions, walked.certain[places], walked.failed[places]
        return self._groups[key]

    def _of_kind(self, scope: Lineage, kind: str, number: int) -> tuple[Index, Index]:
        """The elements of a kind in a cone: their places there, and their positions in the kind."""
        key = (scope.direction, scope.steps, number, kind)
        if key not in self._kinds:
            elements = self._cone(scope.direction, scope.steps, number).elements
            places = np.flatnonzero(self._graph.kind_codes[elements] == self._codes.get(kind, -2))
            self._kinds[key] = places, self._graph.rows[elements[places]].astype(np.int64)
        return self._kinds[key]

    def _is_open(self, scope: Lineage, number: int) -> bool:
        cone, opens = self._cone(scope.direction, scope.steps, number), self._opens(scope, number)
        if opens[0] or not opens.any():
            return bool(opens[0])
        if scope.steps is None:
            return bool((self._walk(scope, number).reached & opens).any())
        short = walk_cone(cone, self._masks(scope, number), scope.steps - 1, self._kernels)
        return bool((short.reached & opens).any())

    def _opens(self, scope: Lineage, number: int) -> Bools:
        """The elements of a cone from which further lineage is expected, with none recorded."""
        key = (scope.direction, scope.steps, number)
        if key not in self._opening:
            graph, elements, upstream = self._graph, self._cone(*key).elements, scope.direction == "upstream"
            adjacency = graph.upstream if upstream else graph.downstream
            codes = graph.kind_codes[elements]
            opens: Bools = self._expecting[upstream][codes]
            opens &= adjacency.starts[elements] == adjacency.starts[elements + 1]
            for code in set(codes[opens].tolist()) if upstream else ():
                places = np.flatnonzero(opens & (codes == code))
                kind = graph.kind_names[code]
                opens[places] = unrecorded(graph, kind, elements[places], adjacency, complete=True)
            self._opening[key] = opens
        return self._opening[key]

    # ---- relations and documents -----------------------------------------------------------------------------------

    def _related(self, scope: Related, kind: str, number: int) -> _Group:
        graph, code = self._graph, self._codes.get(kind, -2)
        surely: dict[int, bool] = {}
        for relation, along in scope.relations:
            adjacency = (graph.along if along else graph.against)[relation]
            for neighbour, possible in adjacency.row(number):
                surely[neighbour] = surely.get(neighbour, False) or not possible
        members = [neighbour for neighbour in surely if graph.kind_codes[neighbour] == code]
        certain = np.array([surely[neighbour] for neighbour in members], np.bool_)
        return graph.rows[members].astype(np.int64), certain, None

    def _places_of(self, domain: Items, position: int) -> range:
        """Where the items of an element's document stand among those met."""
        if (domain, position) not in self._found:
            items = self.items(domain)
            begin = len(items)
            document = self._graph.columns[domain.kind, domain.attribute].values[position]
            if document is not None:
                items.extend(find(domain.path, document))
            self._found[domain, position] = range(begin, len(items))
        return self._found[domain, position]


def _expects(graph: Graph, kind: str, *, inputs: bool) -> bool:
    declared = graph.vocabulary.kinds[kind]
    return declared.expects_inputs if inputs else declared.expects_outputs


def _joined(found: list[_Group]) -> Groups:
    """The groups of some origins as one."""
    if len(found) == 1:
        members, certain, failed = found[0]
        size = len(members)
        sure = np.ones(size, np.bool_) if certain is None else certain
        broken = np.zeros(size, np.bool_) if failed is None else failed
        return Groups(0, 1, np.array([0, size]), members, sure, broken)
    parts = [_joined([part]) for part in found]
    starts = np.zeros(len(found) + 1, np.int64)
    np.cumsum([len(part.members) for part in parts], out=starts[1:])
    return Groups(
        0,
        len(found),
        starts,
        np.concatenate([part.members for part in parts]),
        np.concatenate([part.certain for part in parts]),
        np.concatenate([part.failed for part in parts]),
    )
