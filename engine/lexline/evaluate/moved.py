"""Which elements a rule may decide otherwise after a change of facts: the changed facts, painted back along every
navigation that leads to them.

Guaranteed: a verdict or phase of an element that is not marked is the same before and after. For that it is enough to
go back through the later graph: from an element that reaches nothing changed there, the walk is the same in both.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from heapq import heapify, heappop, heappush
from typing import Self

import numpy as np

from lexline.evaluate.column_types import Bools, Index
from lexline.evaluate.walk_kernels import walk_kernels
from lexline.lang.signatures import CheckSignature
from lexline.lang.typed import Key
from lexline.plan import nodes as plan
from lexline.plan.nodes import Items, Lineage, Navigate, Navigating, Node, Related, nodes_read
from lexline.plan.plans import Plan
from lexline_lineage.difference import Difference
from lexline_lineage.graph import Adjacency, Graph
from lexline_lineage.vocabulary import LINEAGE_COMPLETE, Flow

__all__ = ["Marks", "Moved", "Moves"]

FEW = 32
"""Fewer than one in so many elements are put together by their numbers, more by a mark for each."""


class Marks:
    """Some elements of a graph of ``size``, by their ``numbers``, ascending."""

    def __init__(self, numbers: Index, size: int) -> None:
        self.numbers = numbers
        self.size = size

    @cached_property
    def everywhere(self) -> Bools:
        """For each element whether it is one of them."""
        found = np.zeros(self.size, np.bool_)
        found[self.numbers] = True
        return found


@dataclass(frozen=True, slots=True, eq=False)
class Moved:
    """The rows of a node that may have moved: all (``everything``), or those with a marked element in some slot. Marks
    are of the later graph; None: no element is marked."""

    everything: bool = False
    slots: tuple[Marks | None, ...] = ()
    members: Marks | None = None
    """of what a node that navigates reads of its members, those that may have moved"""

    @property
    def marked(self) -> Index:
        """The elements marked in the first slot, ascending."""
        marks = self.slots[0] if self.slots else None
        return np.zeros(0, np.int64) if marks is None else marks.numbers

    @property
    def nothing(self) -> bool:
        """Whether no row may have moved."""
        return not self.everything and all(marks is None for marks in self.slots)


_STILL = Moved()

_Turn = tuple[int, bool, int]
"""When a node is decided: its depth, whether alone, and its number."""
Look = Callable[[int, Moved], Moved]
"""Tells, of a node and its rows that may have moved, which have."""


class Moves:
    """What may have moved: of the nodes of a plan, of its rules, and of the ways along which they navigate. ``graph``
    is the later one. A check that is not in ``checks`` may read anything."""

    def __init__(self, rules: Plan, changed: Difference, graph: Graph, checks: Mapping[str, CheckSignature]) -> None:
        self._plan = rules
        self._changed = changed
        self._graph = graph
        self._checks = checks
        self._kernels = walk_kernels(len(graph.upstream.neighbours))
        self._grounds: dict[str, Marks | None] = {}
        self._painted: dict[tuple[str, int | None, bytes], Marks | None] = {}
        self._moved: dict[int, Moved] = {}
        self.others = self._marks(changed.kinds)
        """elements that were not there before, or were of another kind"""
        self.nodes: dict[int, Moved] = {}
        """the nodes that may have moved, with what they read as far as that has"""

    def of_rule(self, key: Key) -> Moved:
        """The elements for which the verdict or the phase of a rule may differ, in one slot."""
        parts = [self._moved[number] for number in self._plan.conditions[key] if number in self._moved]
        if not parts and self.others is None:
            return _STILL
        marks = _union([self.others, *(marks for part in parts for marks in part.slots)])
        return Moved(any(part.everything for part in parts), (marks,))

    def is_still(self, scope: Lineage) -> bool:
        """Whether a scope leads where it led, past the same, and is open where it was."""
        avoided = any(node.condition in self._moved for node in scope.avoiding)
        return not avoided and self.ground(scope.direction) is None

    def trace(self, look: Look | None = None) -> Self:
        """Goes from the nodes that read what has changed on to those that read them, as long as there is something that
        moves. ``look`` decides a node, so that those that come to what they came to before end it there."""
        rules, seen = self._plan, set(self._begun(self._plan))
        pending = [self._turn(number) for number in seen]
        heapify(pending)
        while pending:
            found = {number: may for number in _next(pending) if not (may := self._of(rules.nodes[number])).nothing}
            self.nodes.update(found)  # before any is decided: they are painted together
            for number, may in found.items():
                moved = may if look is None else look(number, may)
                if not moved.nothing:
                    self._moved[number] = moved
                    further = [reader for reader in rules.readers[number] if reader not in seen]
                    seen.update(further)
                    for reader in further:
                        heappush(pending, self._turn(reader))
        return self

    def _turn(self, number: int) -> _Turn:
        """When a node has its turn: after all that it reads, those that are painted together one after another."""
        operation = self._plan.nodes[number].operation
        is_alone = not isinstance(operation, Navigating) or operation.method == "pairs"
        return self._plan.depths[number], is_alone, number

    def _begun(self, rules: Plan) -> Iterable[int]:
        """The nodes that may have moved by themselves, whatever they read."""
        changed = self._changed
        if not changed:
            return ()
        if len(changed.kinds):
            return range(len(rules.nodes))
        found = {*rules.calling, *(number for cell in changed.cells for number in rules.looking_at.get(cell, ()))}
        is_still = not changed.edges and all(self.ground(direction) is None for direction in ("upstream", "downstream"))
        navigating = (number for number, node in enumerate(rules.nodes) if isinstance(node.operation, Navigating))
        return found if is_still else found.union(navigating)

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
        slots: list[Marks | None] = [None] * (len(node.domains) + 1)
        for part in node.inputs:
            if (moved := self._moved.get(part.node)) is not None:
                for slot, marks in zip(part.slots, moved.slots, strict=True):
                    slots[slot] = _union([slots[slot], marks])
        everything = any(self._moved.get(number, _STILL).everything for number in nodes_read(node))
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
            return Moved(everything, tuple(own), members)
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
        return Moved(everything, tuple(own), members)

    def _along_lineage(self, scope: Lineage, members: Marks | None) -> Marks | None:
        """The origins from which something that changed is reached, and those at which the way itself changed."""
        ground = self.ground(scope.direction)
        avoided = [marks for node in scope.avoiding for marks in self._moved.get(node.condition, _STILL).slots]
        seeds = _union([members, ground, *avoided])
        if seeds is None:
            return None
        back = self._graph.downstream if scope.direction == "upstream" else self._graph.upstream
        return _union([ground, self._painted_back(scope.direction, back, seeds, scope.steps)])

    def _along_relations(self, scope: Related, members: Marks | None) -> Marks | None:
        found: list[Marks | None] = []
        for name, along in scope.relations:
            relation = self._graph.vocabulary.relations[name]
            if (edges := self._changed.edges.get(name)) is not None:
                found.append(self._marks(np.unique(edges.origins if along else edges.targets)))
            if relation.flow is not Flow.NONE:  # open where no data at all is recorded to go that way
                found.append(self.ground("upstream" if along is (relation.flow is Flow.BACKWARD) else "downstream"))
            if members is not None:
                back = self._graph.against[name] if along else self._graph.along[name]
                found.append(self._painted_back(f"{name} {along}", back, members, 1))
        return _union(found)

    def ground(self, direction: str) -> Marks | None:
        """The elements from which other steps lead in a direction than before, or that are open in another way."""
        if direction not in self._grounds:
            upstream = direction == "upstream"
            found = [self.others]
            for name, edges in self._changed.edges.items():
                flow = self._graph.vocabulary.relations[name].flow
                if flow is not Flow.NONE:
                    ends = edges.targets if upstream is (flow is Flow.FORWARD) else edges.origins
                    found.append(self._marks(np.unique(ends)))
            if upstream:
                cells = self._changed.cells.items()
                found += [self._marks(elements) for (_, attribute), elements in cells if attribute == LINEAGE_COMPLETE]
            self._grounds[direction] = _union(found)
        return self._grounds[direction]

    def _painted_back(self, way: str, back: Adjacency, seeds: Marks, steps: int | None) -> Marks | None:
        key = (way, steps, seeds.numbers.tobytes())
        if key not in self._painted:
            self._painted[key] = self._marks(self._kernels.reached_from(back, seeds.numbers, steps))
        return self._painted[key]

    def _marks(self, elements: Index | None) -> Marks | None:
        """Marks for some elements, by joint number, ascending; those that are gone are left out."""
        size = len(self._graph.ids)
        there = None if elements is None else elements[: np.searchsorted(elements, size)]
        return None if there is None or not len(there) else Marks(there, size)


def _next(pending: list[_Turn]) -> list[int]:
    """Takes from a heap the node whose turn it is; one that is painted, with all that are painted with it."""
    depth, is_alone, number = heappop(pending)
    found = [number]
    while not is_alone and pending and pending[0][:2] == (depth, False):
        found.append(heappop(pending)[2])
    return found


def _union(parts: Iterable[Marks | None]) -> Marks | None:
    """The same marks where all parts are, so that what is known of them is known."""
    given = list({id(part): part for part in parts if part is not None}.values())
    if len(given) < 2:
        return given[0] if given else None
    size = given[0].size
    if sum(len(part.numbers) for part in given) < size // FEW:
        return Marks(np.unique(np.concatenate([part.numbers for part in given])), size)
    return Marks(np.flatnonzero(np.logical_or.reduce([part.everywhere for part in given])), size)
