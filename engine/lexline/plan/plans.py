"""A plan: the nodes of all rules and measures in one table, and what is asked of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property

from lexline.lang.typed import Key
from lexline.plan.nodes import (
    Attribute,
    Check,
    Domain,
    Input,
    Item,
    Items,
    Navigating,
    Node,
    Operation,
    navigation_of,
    nodes_read,
)
from lexline_lineage.values import ValueType

__all__ = ["ForcePlan", "MeasurePlan", "NodeTable", "Plan", "RulePlan"]


@dataclass(frozen=True, slots=True)
class ForcePlan:
    """A force line; ``condition`` is over the subject."""

    since: date
    until: date | None
    published: date | None
    condition: Input


@dataclass(frozen=True, slots=True)
class RulePlan:
    """A rule: the inputs are conditions over slot 0, its subject."""

    key: Key
    kind: str
    timezone: str
    applies: Input
    excepted: Input
    required: Input
    force: tuple[ForcePlan, ...]


@dataclass(frozen=True, slots=True)
class MeasurePlan:
    """A figure of the portfolio."""

    key: Key
    value: Input


@dataclass(frozen=True)
class Plan:
    """All nodes, each after those that it reads, and what is asked of them."""

    nodes: tuple[Node, ...]
    rules: Mapping[Key, RulePlan]
    measures: Mapping[Key, MeasurePlan]

    @cached_property
    def reads(self) -> tuple[frozenset[int], ...]:
        """For each node those that it reads."""
        return tuple(frozenset(nodes_read(node)) for node in self.nodes)

    @cached_property
    def readers(self) -> tuple[tuple[int, ...], ...]:
        """For each node those that read it."""
        found: list[list[int]] = [[] for _ in self.nodes]
        for number, reads in enumerate(self.reads):
            for read in reads:
                found[read].append(number)
        return tuple(map(tuple, found))

    @cached_property
    def conditions(self) -> Mapping[Key, tuple[int, ...]]:
        """For each rule the nodes from which its verdict and phase are decided, each once."""
        found = {}
        for key, rule in self.rules.items():
            parts = (rule.applies, rule.excepted, rule.required, *(line.condition for line in rule.force))
            found[key] = tuple(dict.fromkeys(part.node for part in parts))
        return found

    @cached_property
    def looking_at(self) -> Mapping[tuple[str, str], tuple[int, ...]]:
        """By kind and attribute, the nodes that read it themselves: as a value, or as a document with items."""
        found: dict[tuple[str, str], tuple[int, ...]] = {}
        for number, node in enumerate(self.nodes):
            navigation, domain = navigation_of(node.operation), node.domains[0] if node.domains else None
            member = None if navigation is None else navigation.member
            if isinstance(member, Items):
                cell = (member.kind, member.attribute)
            elif isinstance(node.operation, Attribute) and isinstance(domain, str):
                cell = (domain, node.operation.attribute)
            else:
                continue
            found[cell] = (*found.get(cell, ()), number)
        return found

    @cached_property
    def depths(self) -> tuple[int, ...]:
        """For each node how many that are painted or summed rest on one another, it and all that it reads."""
        depths: list[int] = []
        for node, reads in zip(self.nodes, self.reads, strict=True):
            depth = max((depths[read] for read in reads), default=0)
            depths.append(depth + (isinstance(node.operation, Navigating) and node.operation.method != "pairs"))
        return tuple(depths)

    @cached_property
    def calling(self) -> tuple[int, ...]:
        """The nodes that call a check."""
        return tuple(number for number, node in enumerate(self.nodes) if isinstance(node.operation, Check))


class NodeTable:
    """Collects nodes, equal ones once."""

    def __init__(self) -> None:
        self.nodes: list[Node] = []
        self._numbers: dict[tuple[object, ...], int] = {}

    def add(self, node: Node) -> int:
        """The number of the node, new or known."""
        means = (node.operation, node.type, node.domains, node.inputs)
        number = self._numbers.get(means)
        if number is None:
            number = self._numbers[means] = len(self.nodes)
            self.nodes.append(node)
        return number

    def place(
        self,
        operation: Operation,
        type: ValueType,  # noqa: A002  # the word of the domain
        domains: Sequence[Domain],
        inputs: Iterable[Input] = (),
    ) -> Input:
        """Adds a node that is written over the slots ``domains`` and gives back how to read it from there.

        The node keeps only the slots that it reads. In the inputs of a navigation the slot ``len(domains)`` is the
        member, which the node binds itself.
        """
        reads = tuple(inputs)
        used = {slot for read in reads for slot in read.slots if slot < len(domains)}
        if isinstance(operation, Navigating) and operation.navigation.origin is not None:
            used.add(operation.navigation.origin)
        if isinstance(operation, Attribute | Item | Check):
            used.update(range(len(domains)))
        kept = tuple(sorted(used))
        places = {slot: place for place, slot in enumerate((*kept, len(domains)))}
        reads = tuple(Input(read.node, tuple(places[slot] for slot in read.slots)) for read in reads)
        if isinstance(operation, Navigating) and operation.navigation.origin is not None:
            navigation = replace(operation.navigation, origin=places[operation.navigation.origin])
            operation = replace(operation, navigation=navigation)
        return Input(self.add(Node(operation, type, tuple(domains[slot] for slot in kept), reads)), kept)
