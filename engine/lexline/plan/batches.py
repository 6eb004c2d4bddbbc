"""Which closed nodes can be decided together: in the same way over the same ground, and none resting on another."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping

from lexline.plan.nodes import Navigating, Node, Quantify
from lexline.plan.plans import Plan

__all__ = ["TOGETHER", "batches", "cap_of"]

TOGETHER = 21
"""How many nodes at most: each paints up to three marks, and a paint carries 64; each sums up to some ten weights."""


def batches(
    plan: Plan, together: int = TOGETHER, among: Collection[int] | None = None
) -> Mapping[Node, tuple[Node, ...]]:
    """For each node that is painted or summed (of ``among``, where it is given) those that are with it, itself among
    them."""
    alike: dict[tuple[object, ...], list[Node]] = defaultdict(list)
    for number, node in enumerate(plan.nodes):
        if isinstance(node.operation, Navigating) and node.operation.method != "pairs":
            navigation, depth = node.operation.navigation, plan.depths[number]
            if among is None or number in among:
                alike[node.operation.method, navigation.scope, node.domains[0], navigation.member, depth].append(node)
    found: dict[Node, tuple[Node, ...]] = {}
    for nodes in alike.values():
        for begin in range(0, len(nodes), together):
            part = tuple(nodes[begin : begin + together])
            found.update(dict.fromkeys(part, part))
    return found


def cap_of(node: Node) -> int:
    """Up to how many members are counted."""
    match node.operation:
        case Quantify("at least", count):
            return max(count, 1)
        case Quantify("at most" | "exactly", count):
            return count + 1
        case _:
            return 1
