"""Which painted nodes can be painted together: over the same ground, and none resting on another."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

from lexline.plan.nodes import Domain, Node, Plan, navigation_of, nodes_read

__all__ = ["TOGETHER", "batches"]

TOGETHER = 21
"""How many nodes at most: each paints up to three marks, and a paint carries 64."""


def batches(plan: Plan) -> Mapping[Node, tuple[Node, ...]]:
    """For each painted node the nodes that are painted with it, itself among them."""
    depths: list[int] = []
    alike: dict[tuple[object, Domain, Domain, int], list[Node]] = defaultdict(list)
    for node in plan.nodes:  # a node stands after all that it reads
        depth = max((depths[number] for number in nodes_read(node)), default=0)
        navigation = navigation_of(node.operation)
        if navigation is not None and navigation.origin is not None and node.operation.method == "paint":  # type: ignore[union-attr]
            depth += 1
            alike[navigation.scope, node.domains[navigation.origin], navigation.member, depth].append(node)
        depths.append(depth)
    found: dict[Node, tuple[Node, ...]] = {}
    for nodes in alike.values():
        for begin in range(0, len(nodes), TOGETHER):
            part = tuple(nodes[begin : begin + TOGETHER])
            found.update(dict.fromkeys(part, part))
    return found
