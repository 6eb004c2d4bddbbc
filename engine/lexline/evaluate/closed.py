"""What a closed node asks of its members: condition, body and value look at nothing else, so that they are worked out
once for all elements of the member's kind. ``paint`` and ``summing`` bring the answers to the origins."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING

from lexline.evaluate.column_types import Cells, Index, Numbers, Truths, Values, repeat, truth_of
from lexline.evaluate.frames import Frame, Reader
from lexline.evaluate.grounds import Ground, LineageGround, RelationGround
from lexline.evaluate.truth_columns import conjunction
from lexline.evaluate.walks import Masks
from lexline.evaluate.ways import WholeWays, kind_of
from lexline.plan.batches import TOGETHER, batches
from lexline.plan.nodes import Constant, Extreme, Input, Lineage, Navigate, Node, Quantify, Related, navigation_of

if TYPE_CHECKING:
    from lexline.evaluate.earlier import Earlier

__all__ = ["Closed"]


class Closed:
    """Reads the members' side of the closed nodes of a plan, and keeps the grounds over which they are decided."""

    def __init__(
        self, reader: Reader, ways: WholeWays, earlier: Earlier | None = None, together: int = TOGETHER
    ) -> None:
        self._reader = reader
        self._together = together
        self._ways = ways
        self._earlier = earlier
        self._grounds: dict[tuple[object, tuple[str, str]], Ground] = {}
        self._of_node: dict[Node, Ground] = {}
        self.batches: Mapping[Node, tuple[Node, ...]] = (
            batches(reader.plan, together) if earlier is None else earlier.columns.closed.batches
        )
        """For each closed node those that are decided with it."""

    def expect(self, nodes: Collection[int]) -> None:
        """Only these nodes will be asked for: others are not decided along with them. Keeps nothing of before."""
        self.batches = batches(self._reader.plan, self._together, nodes)
        self._grounds.clear()
        self._of_node.clear()

    def ground(self, node: Node) -> Ground:
        """The way from the members to the origins."""
        if node not in self._of_node:
            self._of_node[node] = self._ground(node)
        return self._of_node[node]

    def _ground(self, node: Node) -> Ground:
        navigation, graph = _navigation(node), self._reader.graph
        scope, kinds = navigation.scope, (kind_of(node.domains[0]), kind_of(navigation.member))
        found = self._grounds.get((scope, kinds))
        if found is None:
            earlier = self._earlier
            if earlier is not None and isinstance(scope, Lineage | Related) and earlier.keeps_way(scope):
                return earlier.columns.closed.ground(node)
            match scope:
                case Lineage():
                    masks, kernels = self._ways.masks(scope), self._ways.kernels
                    found = LineageGround(graph, scope, kinds, masks, kernels, self._ways.pairs)
                case Related():
                    found = RelationGround(graph, scope, kinds)
                case _:
                    raise TypeError("only what runs over lineage or one relation is closed")
            self._grounds[scope, kinds] = found
        return found

    def masks(self, node: Node) -> Masks | None:
        """What is avoided on the way."""
        scope = _navigation(node).scope
        return self._ways.masks(scope) if isinstance(scope, Lineage) else None

    def member(self, node: Node, rows: Index | None = None) -> Truths:
        """Which members (of those at ``rows``) count: of a quantifier those with condition and body."""
        parts = node.inputs if isinstance(node.operation, Quantify) else node.inputs[:1]
        asked = [part for part in parts if not self._is_always(part)] or parts[:1]
        return conjunction([truth_of(self._cells(node, part, rows)) for part in asked])

    def body(self, node: Node) -> Truths:
        """Which members have the body of a share or of an extreme."""
        return truth_of(self._cells(node, node.inputs[2 if isinstance(node.operation, Extreme) else 1]))

    def value(self, node: Node, rows: Index | None = None) -> Numbers | Values:
        """The value of each member (at ``rows``): what is summed up, compared, or puts them in order."""
        value = self._cells(node, node.inputs[1], rows)
        if isinstance(value, Truths):
            raise TypeError("truth has no order")
        return value

    def _is_always(self, part: Input) -> bool:
        """Whether it is the condition of a set without any."""
        operation = self._reader.plan.nodes[part.node].operation
        return isinstance(operation, Constant) and operation.value is True

    def _cells(self, node: Node, part: Input, rows: Index | None = None) -> Cells:
        """A closed input for all members, or for some."""
        if rows is not None:  # of the member alone, whatever slot it stands in
            return self._reader.read(Input(part.node, (0,) * len(part.slots)), Frame(len(rows), (rows,)))
        column = self._reader.column(part.node)
        return column if part.slots else repeat(column, self._reader.extent(_navigation(node).member))


def _navigation(node: Node) -> Navigate:
    navigation = navigation_of(node.operation)
    if navigation is None:
        raise TypeError("the node does not navigate")
    return navigation
