"""What the rules of a plan can read, whatever the facts are: nothing else can move their verdicts.

Absences are read with what would be there: the cell that is missing, the edge that isn't recorded. Where edges are
followed, the ``lineage_complete`` of the elements that they leave is read with them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from typing import Literal, Self

from lexline.lang.signatures import CheckSignature
from lexline.lang.typed import Key
from lexline.plan import nodes as plan
from lexline.plan.nodes import Items, Node, navigation_of, nodes_read
from lexline.plan.plans import Plan

__all__ = ["Footprint", "attributes_read", "footprint", "footprint_lines", "footprints"]

Cell = tuple[str, str]
"""A kind and one of its attributes."""


@dataclass(frozen=True, slots=True)
class Footprint:
    """What can be read: attributes of kinds, relations (True: along them as written), the flow of data in a direction,
    all elements of a kind (in the portfolio, or by a check), values at a path of a document, outcomes of checks. What
    checks declare to read is among the rest."""

    cells: frozenset[Cell] = frozenset()
    relations: frozenset[tuple[str, bool]] = frozenset()
    lineage: frozenset[Literal["upstream", "downstream"]] = frozenset()
    kinds: frozenset[str] = frozenset()
    paths: frozenset[Items] = frozenset()
    checks: frozenset[str] = frozenset()

    def joined(self, *others: Self) -> Self:
        """This and all that others hold."""
        parts = {f.name: getattr(self, f.name).union(*(getattr(other, f.name) for other in others)) for f in _FIELDS}
        return type(self)(**parts)


_FIELDS = fields(Footprint)


def footprint(of: Plan, rule: Key, checks: Mapping[str, CheckSignature]) -> Footprint:
    """What a rule of a plan can read. A check reads what its signature in ``checks`` declares."""
    return footprints(of, checks)[rule]


def footprints(of: Plan, checks: Mapping[str, CheckSignature]) -> dict[Key, Footprint]:
    """What each rule of a plan can read, directly or through whatever it rests on."""
    below: list[Footprint] = []
    for node in of.nodes:  # a node stands after all that it reads
        below.append(_own(node, checks).joined(*(below[number] for number in nodes_read(node))))
    return {
        key: Footprint().joined(*(below[number] for number in conditions)) for key, conditions in of.conditions.items()
    }


def attributes_read(of: Plan, checks: Mapping[str, CheckSignature]) -> dict[Cell, tuple[Key, ...]]:
    """For each kind and attribute the rules that read it, in the order of the plan."""
    found: dict[Cell, list[Key]] = {}
    for key, read in footprints(of, checks).items():
        for cell in sorted(read.cells):
            found.setdefault(cell, []).append(key)
    return {cell: tuple(keys) for cell, keys in found.items()}


def _own(node: Node, checks: Mapping[str, CheckSignature]) -> Footprint:
    """What a node reads itself."""
    match node.operation:
        case plan.Attribute(attribute):
            return Footprint(frozenset((domain, attribute) for domain in node.domains if isinstance(domain, str)))
        case plan.Check(check):
            return _of_check(check, checks.get(check))
        case operation:
            navigation = navigation_of(operation)
            return Footprint() if navigation is None else _of_navigation(navigation)


def _of_check(check: str, signature: CheckSignature | None) -> Footprint:
    if signature is None:
        return Footprint(checks=frozenset({check}))
    reads = signature.reads
    return Footprint(
        cells=frozenset((kind, attribute) for kind, attributes in reads.attributes.items() for attribute in attributes),
        relations=frozenset((relation, along) for relation in reads.relations for along in (True, False)),
        kinds=frozenset((*signature.kinds, *reads.attributes)),
        checks=frozenset({check}),
    )


def _of_navigation(navigation: plan.Navigate) -> Footprint:
    match navigation.scope:
        case plan.Lineage(direction):
            return Footprint(lineage=frozenset({direction}))
        case plan.Related(relations):
            return Footprint(relations=frozenset(relations))
        case plan.Portfolio():
            return Footprint(kinds=frozenset({str(navigation.member)}))
        case _:
            items = navigation.member
            if not isinstance(items, Items):
                raise TypeError("a document holds items")
            return Footprint(cells=frozenset({(items.kind, items.attribute)}), paths=frozenset({items}))


def footprint_lines(read: Footprint) -> Iterator[str]:
    """A footprint for a reader, a line for each sort of thing."""
    along = {True: "along", False: "against"}
    words: dict[str, list[str]] = {
        "attributes": [".".join(cell) for cell in read.cells],
        "relations": [f"{name} {along[forward]}" for name, forward in read.relations],
        "lineage": list(read.lineage),
        "whole kinds": list(read.kinds),
        "documents": [f"{items.path} of {items.kind}.{items.attribute}" for items in read.paths],
        "checks": list(read.checks),
    }
    yield from (f"{title}: {', '.join(sorted(found))}" for title, found in words.items() if found)
