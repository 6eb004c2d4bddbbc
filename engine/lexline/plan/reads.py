"""Which attributes the rules of a plan read, directly or through whatever they rest on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from lexline.lang.signatures import CheckSignature
from lexline.lang.typed import Key
from lexline.plan import nodes as plan
from lexline.plan.nodes import Items, Node, Plan, navigation_of, nodes_read

__all__ = ["attributes_read"]

Cell = tuple[str, str]
"""A kind and one of its attributes."""


def attributes_read(rules: Plan, checks: Mapping[str, CheckSignature]) -> dict[Cell, tuple[Key, ...]]:
    """For each kind and attribute the rules that read it, in the order of the plan. A check reads what its signature
    in ``checks`` declares."""
    below: list[frozenset[Cell]] = []
    for node in rules.nodes:  # a node stands after all that it reads
        inputs = [below[number] for number in nodes_read(node)]
        below.append(frozenset(_own(node, checks)).union(*inputs))
    found: dict[Cell, list[Key]] = {}
    for key, rule in rules.rules.items():
        parts = (rule.applies, rule.excepted, rule.required, *(line.condition for line in rule.force))
        for cell in sorted(frozenset[Cell]().union(*(below[part.node] for part in parts))):
            found.setdefault(cell, []).append(key)
    return {cell: tuple(keys) for cell, keys in found.items()}


def _own(node: Node, checks: Mapping[str, CheckSignature]) -> Iterator[Cell]:
    """What a node reads itself."""
    match node.operation:
        case plan.Attribute(attribute):
            yield from ((domain, attribute) for domain in node.domains if isinstance(domain, str))
        case plan.Check(check) if check in checks:
            for kind, attributes in checks[check].reads.attributes.items():
                yield from ((kind, attribute) for attribute in attributes)
        case operation:
            navigation = navigation_of(operation)
            if navigation is not None and isinstance(navigation.member, Items):
                yield navigation.member.kind, navigation.member.attribute
