"""Which closed nodes can be decided together: in the same way over the same ground, and none resting on another."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

from lexline.plan.nodes import Navigating, Node, Plan, nodes_read

__all__ = ["TOGETHER", "batches"]

TOGETHER = 21
"""How many nodes at most: each paints up to three marks, and a paint carries 64; each sums up to some ten weights."""


def batches(plan: Plan) -> Mapping[Node, tuple[Node, ...]]:
    """For each node that is painted or summed those that are with it, itself among them."""
    depths: list[int] = []
    alike: dict[tuple[object, ...], list[Node]] = defaultdict(list)
    for node in plan.nodes:  # a node stands after all that it reads
        depth = max((depths[number] for number in nodes_read(node)), default=0)
        if isinstance(node.operation, Navigating) and node.operation.method != "pairs":
            depth += 1
            navigation = node.operation.navigation
            alike[node.operation.method, navigation.scope, node.domains[0], navigation.member, depth].append(node)
        depths.append(depth)
    found: dict[Node, tuple[Node, ...]] = {}
    for nodes in alike.values():
        for begin in range(0, len(nodes), TOGETHER):
            part = tuple(nodes[begin : begin + TOGETHER])
            found.update(dict.fromkeys(part, part))
    return found
