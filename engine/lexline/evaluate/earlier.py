"""What was decided before a change of facts and still holds after it: a later evaluator takes it over.

In: an evaluator of the same plan over an earlier graph, and what may have moved. Out: for each column the rows to be
decided anew, and the column as it was; for each paint where it got. Elements have the same numbers in both graphs.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from lexline.evaluate.column_types import Cells, Index, Renewed, unlike
from lexline.evaluate.moved import Marks, Moved, Moves
from lexline.plan.nodes import Domain, Items, Lineage, Node, Related
from lexline_lineage.difference import Difference
from lexline_lineage.graph import Graph
from lexline_lineage.values import Sort

if TYPE_CHECKING:
    from lexline.evaluate.columns import ColumnEvaluator

__all__ = ["Earlier"]

_OF_TEXTS = (Sort.TEXT, Sort.ENUMERATION, Sort.LIST, Sort.DOCUMENT)
"""The types whose cells are numbers of a table of texts."""
_NONE: Index = np.zeros(0, np.int64)


@dataclass(frozen=True, slots=True, eq=False)
class Earlier:
    """``columns`` has to be of the same plan, clock and checks."""

    columns: ColumnEvaluator
    graph: Graph
    """the later one"""
    moves: Moves
    facts: Difference
    _places: dict[str, Index] = field(default_factory=dict)
    _rows: dict[tuple[int, str], Index] = field(default_factory=dict)

    @property
    def shares_texts(self) -> bool:
        """Whether texts have the same numbers."""
        before, after = self.columns.graph.texts, self.graph.texts
        return before is after or (before.data is after.data and before.more == after.more)

    def rows_of(self, marks: Marks | None, kind: str) -> Index:
        """The rows of a kind whose elements are marked: the same array whenever it is asked."""
        if marks is None or kind not in self.graph.kind_names:
            return _NONE
        place = id(marks), kind  # the marks live as long as the moves
        if place not in self._rows:
            of_kind = self.graph.kind_codes[marks.numbers] == self.graph.kind_names.index(kind)
            self._rows[place] = self.graph.rows[marks.numbers[of_kind]].astype(np.int64)
        return self._rows[place]

    def column(self, number: int) -> tuple[Cells, Index] | None:
        """A column of no slot or one as it was, and the rows of it to be decided anew; None where all are."""
        node, moved = self.columns.plan.nodes[number], self.moves.nodes.get(number)
        domain = node.domains[0] if node.domains else None
        if (moved is not None and moved.everything) or not self._is_kept(node, domain):
            return None
        kept, marks = self.columns.column(number), None if moved is None or domain is None else moved.slots[0]
        if domain is None or isinstance(domain, Items):
            return (kept, _NONE) if marks is None else None
        if domain in self.facts.touched:
            if not self.columns.extent(domain):
                return None
            kept = kept.take(self._were(domain))
        return kept, self.rows_of(marks, domain)

    def look(self, number: int, may: Moved, decided: Renewed | None) -> Moved:
        """Of the rows of a node that may have moved those that have: its column, as it was ``decided`` anew, is what it
        was at the others."""
        node = self.columns.plan.nodes[number]
        domain = node.domains[0] if len(node.domains) == 1 else None
        marks = may.slots[0] if may.slots else None
        if decided is None or marks is None or not isinstance(domain, str) or self.moves.others is not None:
            return may
        if not len(decided.rows):
            return Moved()
        moved = np.flatnonzero(unlike(decided.kept.take(decided.rows), decided.part))
        if len(moved) == len(marks.numbers):
            return may
        numbers = self.graph.members[domain][decided.rows[moved]].astype(np.int64)
        return Moved(slots=(Marks(numbers, marks.size) if len(numbers) else None,))

    def _is_kept(self, node: Node, domain: Domain | None) -> bool:
        if node.type.sort in _OF_TEXTS and not self.shares_texts:
            return False
        return not isinstance(domain, Items) or self.keeps_items(domain)

    def keeps_items(self, domain: Items) -> bool:
        """Whether the items of a document path stand where they stood."""
        key = domain.kind, domain.attribute
        return domain.kind not in self.facts.touched and self.columns.graph.columns[key] is self.graph.columns[key]

    def keeps_way(self, scope: Lineage | Related) -> bool:
        """Whether a scope leads where it led, and is open where it was."""
        if self.moves.others is not None:
            return False
        if isinstance(scope, Lineage):
            return self.moves.is_still(scope)
        flows = self.moves.ground("upstream") is None and self.moves.ground("downstream") is None
        return flows and all(name not in self.facts.edges for name, _ in scope.relations)

    def _were(self, kind: str) -> Index:
        """For each element of a kind its row before; 0 where it had none: those are decided anew."""
        if kind not in self._places:
            before, members = self.columns.graph, self.graph.members[kind].astype(np.int64)
            there = members < len(before.kind_codes)
            code = before.kind_names.index(kind)
            there[there] = before.kind_codes[members[there]] == code
            places = np.zeros(len(members), np.int64)
            places[there] = before.rows[members[there]]
            self._places[kind] = places
        return self._places[kind]
