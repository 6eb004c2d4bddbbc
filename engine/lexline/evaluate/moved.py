"""Which elements a rule may decide otherwise after a change of facts: the changed facts, painted back along every
navigation that leads to them.

Guaranteed: a verdict or phase of an element that is not marked is the same before and after. For that it is enough to
go back through the later graph: from an element that reaches nothing changed there, the walk is the same in both.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from lexline.evaluate.column_types import Bools, Index
from lexline.evaluate.walk_kernels import walk_kernels
from lexline.lang.signatures import CheckSignature
from lexline.plan import nodes as plan
from lexline.plan.footprint import conditions_of
from lexline.plan.nodes import Items, Lineage, Navigate, Node, Plan, Related, RulePlan, nodes_read
from lexline_lineage.difference import Difference
from lexline_lineage.graph import Adjacency, Graph
from lexline_lineage.vocabulary import Flow

__all__ = ["Moved", "Moves", "moves"]

COMPLETE = "lineage_complete"
"""The attribute that says whether an element without recorded inputs is open."""


@dataclass(frozen=True, slots=True, eq=False)
class Moved:
    """The rows of a node that may have moved: all (``everything``), or those with a marked element in some slot. Marks
    are by number of the later graph; None: no element is marked."""

    everything: bool = False
    slots: tuple[Bools | None, ...] = ()

    @property
    def nothing(self) -> bool:
        """Whether no row may have moved."""
        return not self.everything and all(marks is None for marks in self.slots)


@dataclass(frozen=True, eq=False)
class Moves:
    """What may have moved: of the nodes of a plan, of its rules, and of the ways along which they navigate."""

    nodes: Sequence[Moved]
    others: Bools | None
    """elements that were not there before, or were of another kind"""
    grounds: Mapping[str, Bools | None]
    """by direction, the elements from which the lineage leads elsewhere, or is open in another way"""
    _numbers: dict[int, tuple[Bools, Index]] = field(default_factory=dict)

    def marked(self, marks: Bools | None) -> Index:
        """The numbers of the elements that some marks of these moves mark."""
        if marks is None:
            return np.zeros(0, np.int64)
        if id(marks) not in self._numbers:  # the marks are kept, so that no others get their place
            self._numbers[id(marks)] = marks, np.flatnonzero(marks)
        return self._numbers[id(marks)][1]

    def of_rule(self, rule: RulePlan) -> Moved:
        """The elements for which the verdict or the phase of a rule may differ, in one slot."""
        parts = [self.nodes[number] for number in conditions_of(rule)]
        marks = _union([self.others, *(marks for part in parts for marks in part.slots)])
        return Moved(any(part.everything for part in parts), (marks,))

    def is_still(self, scope: Lineage) -> bool:
        """Whether a scope leads where it led, past the same, and is open where it was."""
        avoided = all(self.nodes[node.condition].nothing for node in scope.avoiding)
        return avoided and self.grounds[scope.direction] is None


def moves(plan: Plan, changed: Difference, graph: Graph, checks: Mapping[str, CheckSignature]) -> Moves:
    """What may differ in ``graph``, the later one. A check that is not in ``checks`` may read anything."""
    tracing = _Tracing(plan, changed, graph, checks)
    grounds = {direction: tracing.ground(direction) for direction in ("upstream", "downstream")}
    return Moves(tracing.nodes, tracing.others, grounds)


class _Tracing:
    """The marks of all nodes, in the order of the plan: each after those that it reads."""

    def __init__(self, rules: Plan, changed: Difference, graph: Graph, checks: Mapping[str, CheckSignature]) -> None:
        self._changed = changed
        self._graph = graph
        self._checks = checks
        self._kernels = walk_kernels(len(graph.upstream.neighbours))
        self._grounds: dict[str, Bools | None] = {}
        self._painted: dict[tuple[str, int | None, bytes], Bools] = {}
        self.others = self._marks(changed.kinds)
        most = max((len(node.domains) for node in rules.nodes), default=0)
        still = [Moved(slots=(None,) * slots) for slots in range(most + 1)]
        ways = (self.others, self.ground("upstream"), self.ground("downstream"))
        self._is_quiet = not changed.edges and all(marks is None for marks in ways)
        self.nodes: list[Moved] = []
        moved: set[int] = set()
        for number, node in enumerate(rules.nodes):
            found = still[len(node.domains)]
            if not moved.isdisjoint(rules.reads[number]) or not self._is_still(node):
                of_node = self._of(node)
                if not of_node.nothing:
                    moved.add(number)
                    found = of_node
            self.nodes.append(found)

    def _is_still(self, node: Node) -> bool:
        """Whether a node that reads nothing that may have moved has not moved itself."""
        if not self._changed:
            return True
        match node.operation:
            case plan.Attribute(attribute):
                return self.others is None and (node.domains[0], attribute) not in self._changed.cells
            case plan.Check():
                return False
            case plan.Quantify() | plan.Extreme() | plan.Aggregate() | plan.CompareSome():
                return self._is_quiet and not isinstance(node.operation.navigation.scope, plan.Document)
            case _:
                return True

    def _of(self, node: Node) -> Moved:
        read = self._read(node)
        match node.operation:
            case plan.Attribute(attribute):
                kind = str(node.domains[0])
                cells = self._marks(self._changed.cells.get((kind, attribute)))
                return Moved(slots=(_union([cells, self.others]),))
            case plan.Check(check):
                return replace(read, everything=read.everything or self._is_read(self._checks.get(check)))
            case plan.Quantify() | plan.Extreme() | plan.Aggregate() | plan.CompareSome():
                return self._navigating(node.operation.navigation, read)
            case _:
                return read

    def _read(self, node: Node) -> Moved:
        """What the node gets from those that it reads, over its own slots and that of a member."""
        slots: list[Bools | None] = [None] * (len(node.domains) + 1)
        for part in node.inputs:
            for slot, marks in zip(part.slots, self.nodes[part.node].slots, strict=True):
                slots[slot] = _union([slots[slot], marks])
        everything = any(self.nodes[number].everything for number in nodes_read(node))
        kept = slots if isinstance(node.operation, plan.Navigating) else slots[:-1]
        return Moved(everything, tuple(kept))

    def _is_read(self, signature: CheckSignature | None) -> bool:
        """Whether something that a check may read has changed."""
        if signature is None:
            return True
        reads = signature.reads
        cells = ((kind, attribute) for kind, attributes in reads.attributes.items() for attribute in attributes)
        return (
            any(cell in self._changed.cells for cell in cells)
            or any(relation in self._changed.edges for relation in reads.relations)
            or not self._changed.touched.isdisjoint((*signature.kinds, *reads.attributes))
        )

    # ---- navigation ------------------------------------------------------------------------------------------------

    def _navigating(self, navigation: Navigate, read: Moved) -> Moved:
        own, members = list(read.slots[:-1]), _union([read.slots[-1], self.others])
        everything = read.everything
        if navigation.origin is None:
            everything |= read.slots[-1] is not None or navigation.member in self._changed.touched
            return Moved(everything, tuple(own))
        match navigation.scope:
            case Lineage() as scope:
                reached = self._along_lineage(scope, members)
            case Related() as scope:
                reached = self._along_relations(scope, members)
            case _:
                items = navigation.member
                held = (items.kind, items.attribute) if isinstance(items, Items) else ("", "")
                reached = self._marks(self._changed.cells.get(held))
        own[navigation.origin] = _union([own[navigation.origin], reached, self.others])
        return Moved(everything, tuple(own))

    def _along_lineage(self, scope: Lineage, members: Bools | None) -> Bools | None:
        """The origins from which something that changed is reached, and those at which the way itself changed."""
        ground = self.ground(scope.direction)
        avoided = [marks for node in scope.avoiding for marks in self.nodes[node.condition].slots]
        seeds = _union([members, ground, *avoided])
        if seeds is None:
            return None
        back = self._graph.downstream if scope.direction == "upstream" else self._graph.upstream
        return _union([ground, self._painted_back(scope.direction, back, seeds, scope.steps)])

    def _along_relations(self, scope: Related, members: Bools | None) -> Bools | None:
        found: list[Bools | None] = []
        for name, along in scope.relations:
            relation = self._graph.vocabulary.relations[name]
            if (edges := self._changed.edges.get(name)) is not None:
                found.append(self._marks(edges.origins if along else edges.targets))
            if relation.flow is not Flow.NONE:  # open where no data at all is recorded to go that way
                found.append(self.ground("upstream" if along is (relation.flow is Flow.BACKWARD) else "downstream"))
            if members is not None:
                back = self._graph.against[name] if along else self._graph.along[name]
                found.append(self._painted_back(f"{name} {along}", back, members, 1))
        return _union(found)

    def ground(self, direction: str) -> Bools | None:
        """The elements from which other steps lead in a direction than before, or that are open in another way."""
        if direction not in self._grounds:
            upstream = direction == "upstream"
            found = [self.others]
            for name, edges in self._changed.edges.items():
                flow = self._graph.vocabulary.relations[name].flow
                if flow is not Flow.NONE:
                    found.append(self._marks(edges.targets if upstream is (flow is Flow.FORWARD) else edges.origins))
            if upstream:
                cells = self._changed.cells.items()
                found += [self._marks(elements) for (_, attribute), elements in cells if attribute == COMPLETE]
            self._grounds[direction] = _union(found)
        return self._grounds[direction]

    def _painted_back(self, way: str, back: Adjacency, seeds: Bools, steps: int | None) -> Bools:
        numbers = np.flatnonzero(seeds)
        key = (way, steps, numbers.tobytes())
        if key not in self._painted:
            self._painted[key] = self._kernels.reached_from(back, numbers, steps)
        return self._painted[key]

    def _marks(self, elements: Index | None) -> Bools | None:
        """Marks for some elements, by joint number; those that are gone are left out."""
        if elements is None or not len(elements):
            return None
        found = np.zeros(len(self._graph.ids), np.bool_)
        found[elements[elements < len(found)]] = True
        return found


def _union(parts: Iterable[Bools | None]) -> Bools | None:
    given = [part for part in parts if part is not None]
    if len(given) < 2:
        return given[0] if given else None
    return np.asarray(np.logical_or.reduce(given))
