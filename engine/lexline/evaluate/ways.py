"""Where navigations lead, over a whole graph."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, assert_never

import numpy as np

from lexline.evaluate.bounds import PAIRS
from lexline.evaluate.column_types import Bools, Index, Truths, truth_of
from lexline.evaluate.frames import Reader
from lexline.evaluate.navigation_columns import (
    Groups,
    ItemTable,
    items_of,
    lineage_groups,
    masks_of,
    members_of,
    open_lineage,
    open_related,
    related_groups,
)
from lexline.evaluate.walk_kernels import WalkKernels
from lexline.evaluate.walks import Masks
from lexline.plan.nodes import Document, Domain, Items, Lineage, Navigate, Portfolio, Related

if TYPE_CHECKING:
    from lexline.evaluate.earlier import Earlier

__all__ = ["WholeWays", "items_domain", "kind_of"]


class WholeWays:
    """Keeps what a scope avoids and where it is open for all elements, once for each scope."""

    def __init__(
        self, reader: Reader, kernels: WalkKernels, earlier: Earlier | None = None, pairs: int = PAIRS
    ) -> None:
        self._reader = reader
        self.pairs = pairs
        self._earlier = earlier
        self.kernels = kernels
        self._masks: dict[Lineage, Masks | None] = {}
        self._open: dict[tuple[Lineage | Related, str], Bools] = {}
        self._items: dict[Items, ItemTable] = {}

    def groups(self, navigation: Navigate, domain: Domain, origins: Index) -> Iterator[Groups]:
        """See ``Ways``."""
        graph, scope = self._reader.graph, navigation.scope
        match scope:
            case Document():
                return iter([self.items(items_domain(navigation.member)).groups(origins)])
            case Portfolio():
                raise TypeError("a portfolio has no origin")
            case Lineage() | Related():
                numbers, kind = members_of(graph, kind_of(domain))[origins], kind_of(navigation.member)
            case _:
                assert_never(scope)
        if isinstance(scope, Related):
            return related_groups(graph, scope, kind, numbers, self.pairs)
        return lineage_groups(graph, scope, kind, numbers, self.masks(scope), self.kernels, self.pairs)

    def is_open(self, navigation: Navigate, domain: Domain, origins: Index) -> Bools:
        """See ``Ways``."""
        scope = navigation.scope
        if isinstance(scope, Document):
            return self.items(items_domain(navigation.member)).is_empty(origins)
        if isinstance(scope, Portfolio):
            raise TypeError("a portfolio has no origin")
        return self.opens(scope, kind_of(domain))[origins]

    def opens(self, scope: Lineage | Related, kind: str) -> Bools:
        """For all elements of a kind whether a scope is open from there."""
        if (scope, kind) not in self._open:
            graph = self._reader.graph
            if self._earlier is not None and self._earlier.keeps_way(scope):
                self._open[scope, kind] = self._earlier.columns.ways.opens(scope, kind)
            elif isinstance(scope, Lineage):
                self._open[scope, kind] = open_lineage(graph, scope, kind, self.masks(scope), self.kernels)
            else:
                self._open[scope, kind] = open_related(graph, scope, kind, members_of(graph, kind))
        return self._open[scope, kind]

    def items(self, domain: Items) -> ItemTable:
        """The items of a document path."""
        if domain not in self._items:
            if self._earlier is not None and self._earlier.keeps_items(domain):
                return self._earlier.columns.ways.items(domain)
            column = self._reader.graph.columns[domain.kind, domain.attribute]
            self._items[domain] = items_of(domain.path, column.values.tolist())
        return self._items[domain]

    def masks(self, scope: Lineage) -> Masks | None:
        """The elements that a scope avoids."""
        if scope not in self._masks:
            if self._earlier is not None and self._earlier.keeps_way(scope):
                self._masks[scope] = self._earlier.columns.ways.masks(scope)
            else:
                self._masks[scope] = masks_of(scope, self._holds, self._reader.graph)
        return self._masks[scope]

    def forget(self) -> None:
        """Keeps nothing of what was worked out; it is worked out again where it is asked for."""
        self._masks.clear()
        self._open.clear()
        self._items.clear()

    def _holds(self, node: int, kind: str) -> Truths:
        condition = truth_of(self._reader.column(node))
        if self._reader.plan.nodes[node].domains:
            return condition
        return condition.take(np.zeros(self._reader.extent(kind), np.int64))


def kind_of(domain: Domain) -> str:
    """The kind that a slot runs over, where it runs over elements."""
    if isinstance(domain, Items):
        raise TypeError("the items of a document have no relations")
    return domain


def items_domain(domain: Domain) -> Items:
    """The items that a slot runs over, where it runs over those of a document."""
    if not isinstance(domain, Items):
        raise TypeError("a document holds items")
    return domain
