"""Which elements a rule may decide otherwise after a change of facts: the changed facts, painted back along every
navigation that leads to them.

Guaranteed: a verdict or phase of an element that is not marked is the same before and after. For that it is enough to
go back through the later graph: from an element that reaches nothing changed there, the walk is the same in both.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

import numpy as np

from lexline.evaluate.column_types import Bools, Index
from lexline.evaluate.walks import edges_from
from lexline.lang.signatures import CheckSignature
from lexline.lang.typed import Key
from lexline.plan import nodes as plan
from lexline.plan.footprint import conditions_of
from lexline.plan.nodes import Items, Lineage, Navigate, Node, Plan, Related, nodes_read
from lexline_lineage.difference import Difference
from lexline_lineage.graph import Adjacency, Graph
from lexline_lineage.vocabulary import Flow

__all__ = ["Moved", "moved"]

COMPLETE = "lineage_complete"
"""The attribute that says whether an element without recorded inputs is open."""


@dataclass(frozen=True, slots=True, eq=False)
class Moved:
    """The rows of a node that may have moved: all (``everything``), or those with a marked element in some slot. Marks
    are by number of the later graph; None: no element is marked."""

    everything: bool = False
    slots: tuple[Bools | None, ...] = ()


def moved(
    rules: Plan, changed: Difference, graph: Graph, checks: Mapping[str, CheckSignature]
) -> dict[Key, Bools | None]:
    """For each rule the elements of ``graph``, the later one, for which its verdict or phase may differ: all of its
    kind (None), or the marked ones. A check that is not in ``checks`` may read anything."""
    tracing = _Tracing(rules, changed, graph, checks)
    found: dict[Key, Bools | None] = {}
    for key, rule in rules.rules.items():
        parts = [tracing.nodes[number] for number in conditions_of(rule)]
        marks = _union([tracing.others, *(marks for part in parts for marks in part.slots)])
        nothing = np.zeros(len(graph.ids), np.bool_)
        found[key] = None if any(part.everything for part in parts) else nothing if marks is None else marks
    return found


class _Tracing:
    """The marks of all nodes, in the order of the plan: each after those that it reads."""

    def __init__(self, rules: Plan, changed: Difference, graph: Graph, checks: Mapping[str, CheckSignature]) -> None:
        self._changed = changed
        self._graph = graph
        self._checks = checks
        self._grounds: dict[str, Bools | None] = {}
        self._painted: dict[tuple[str, int | None, bytes], Bools] = {}
        self.others = self._marks(changed.kinds)
        """elements that were not there before, or were of another kind"""
        self.nodes: list[Moved] = []
        for node in rules.nodes:
            self.nodes.append(self._of(node) if changed else Moved(slots=(None,) * len(node.domains)))

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
        ground = self._ground(scope.direction)
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
                found.append(self._ground("upstream" if along is (relation.flow is Flow.BACKWARD) else "downstream"))
            if members is not None:
                back = self._graph.against[name] if along else self._graph.along[name]
                found.append(self._painted_back(f"{name} {along}", back, members, 1))
        return _union(found)

    def _ground(self, direction: str) -> Bools | None:
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
        key = (way, steps, np.flatnonzero(seeds).tobytes())
        if key not in self._painted:
            self._painted[key] = _reached(back, np.flatnonzero(seeds), steps)
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


def _reached(adjacency: Adjacency, frontier: Index, steps: int | None) -> Bools:
    """The elements reached in one step or more, in a time that goes with how many they are."""
    reached = np.zeros(len(adjacency.starts) - 1, np.bool_)
    left = steps
    while len(frontier) and left != 0:
        edges, _ = edges_from(adjacency, frontier)
        targets = adjacency.neighbours[edges]
        targets = targets[~reached[targets]]
        reached[targets] = True
        if len(targets) * 64 < len(reached):
            frontier = np.unique(targets).astype(np.int64)
        else:
            fresh = np.zeros(len(reached), np.bool_)
            fresh[targets] = True
            frontier = np.flatnonzero(fresh)
        left = None if left is None else left - 1
    return reached
