"""A state of the facts beside that of now: which elements something that changed can concern at all.

It is asked before anything is read from an element, so that ten thousand assessments cost one look at what changed.
"""

from __future__ import annotations

from functools import cached_property

import numpy as np

from lexline.basis import Bases
from lexline.due.changes import Blocks
from lexline.evaluate.column_types import Bools
from lexline.evaluate.moved import Moved, Moves
from lexline.evaluate.walks import spread
from lexline.lang.typed import Key, Reassessment
from lexline.plan.places import EVIDENCE, Reading
from lexline_lineage.difference import Difference, difference
from lexline_lineage.renumbering import renumbered
from lexline_lineage.vocabulary import Flow

__all__ = ["Comparison"]


class Comparison:
    """``bases`` are those of the earlier state, of which the elements are numbered as now."""

    def __init__(self, bases: Bases, now: Bases) -> None:
        self.bases = bases.over(renumbered(bases.graph, now.graph))
        self.now = now
        self._graph = now.graph
        self._rules: dict[Key, Moved] = {}
        self._named: dict[Reassessment, Bools] = {}

    def concerns(self, rule: Key, number: int) -> bool:
        """Whether something that a rule can read from an element of its kind has changed, or may have."""
        if not self.changed:
            return False
        if rule not in self._rules:
            self._rules[rule] = self._moves.of_rule(rule)
        moved = self._rules[rule]
        return moved.everything or any(marks is not None and bool(marks.everywhere[number]) for marks in moved.slots)

    def names(self, clause: Reassessment, number: int) -> bool:
        """Whether something that a clause names for an element has changed, or may have."""
        if not self.changed:
            return False
        if clause not in self._named:
            self._named[clause] = self._reached(clause)
        return bool(self._named[clause][number])

    def sides(self, number: int, reading: Reading, *, whole: bool = False) -> tuple[Blocks, Blocks]:
        """What is read from an element, then and now: of the elements at which something changed, or of all."""
        there = self.bases.graph.number(self._graph.ids[number])
        only = None if whole else self._touched
        now = self.now.looks(number, reading, only)
        if there is None:
            return {}, self.now.read(now)
        return self.bases.read(now if self._stands else self.bases.looks(there, reading, only)), self.now.read(now)

    @property
    def _stands(self) -> bool:
        """Whether whatever is not evidence is there as it was, and leads where it led."""
        relations = self._graph.vocabulary.relations
        return self.changed.touched <= EVIDENCE.keys() and all(
            EVIDENCE.keys() >= set(relations[name].origins) for name in self.changed.edges
        )

    @property
    def leads_elsewhere(self) -> bool:
        """Whether elements or edges of the lineage came or went."""
        relations = self._graph.vocabulary.relations
        return bool(len(self.changed.kinds)) or any(
            relations[name].flow is not Flow.NONE for name in self.changed.edges
        )

    @cached_property
    def _touched(self) -> Bools:
        """The elements at which something changed."""
        changed = self.changed
        parts = [changed.kinds, *changed.cells.values()]
        parts += [ends for edges in changed.edges.values() for ends in (edges.origins, edges.targets)]
        touched = np.zeros(len(changed.later.ids), np.bool_)
        for numbers in parts:
            touched[numbers] = True
        return touched

    @cached_property
    def changed(self) -> Difference:
        """How the facts of then and of now differ."""
        return difference(self._graph, self.bases.graph)  # which is the earlier of the two makes no difference to it

    @cached_property
    def _moves(self) -> Moves:
        return Moves(self.bases.plan, self.changed, self._graph, self.bases.checks).trace()

    def _reached(self, clause: Reassessment) -> Bools:
        """The elements from which a clause leads to what changed: attributes that it names, elements, the way."""
        changed = self.changed
        seeds = np.zeros(len(self._graph.ids), np.bool_)
        parts = [changed.kinds, *(changed.cells.get((clause.kind, name)) for name in clause.attributes)]
        if clause.direction is not None:
            for relation, edges in changed.edges.items():
                if self._graph.vocabulary.relations[relation].flow is not Flow.NONE:
                    parts += [edges.origins, edges.targets]
        for numbers in parts:
            if numbers is not None:
                seeds[numbers[numbers < len(seeds)]] = True
        if clause.direction is None:
            return seeds
        back = self._graph.downstream if clause.direction == "upstream" else self._graph.upstream
        return np.asarray(seeds | spread(back, seeds, None, None))
