"""A state of the facts beside that of now: which elements something that changed can concern at all.

It is asked before anything is read from an element, so that ten thousand assessments cost one look at what changed.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property

import numpy as np

from lexline.basis import Bases
from lexline.due.changes import Blocks
from lexline.evaluate.column_types import Bools
from lexline.evaluate.moved import Moved, Moves, moves
from lexline.evaluate.walks import spread
from lexline.lang.signatures import CheckSignature
from lexline.lang.typed import Key, Reassessment
from lexline.plan.nodes import Plan
from lexline.plan.places import Reading
from lexline_lineage.difference import Difference, difference
from lexline_lineage.renumbering import renumbered
from lexline_lineage.vocabulary import Flow

__all__ = ["Comparison"]


class Comparison:
    """``bases`` are those of the earlier state, of which the elements are numbered as now. ``checks`` say what checks
    read."""

    def __init__(self, bases: Bases, now: Bases, plan: Plan, checks: Mapping[str, CheckSignature]) -> None:
        self.bases = bases.over(renumbered(bases.graph, now.graph))
        self.now = now
        self._now = now.graph
        self._plan = plan
        self._checks = checks
        self._rules: dict[Key, Moved] = {}
        self._named: dict[Reassessment, Bools] = {}

    def concerns(self, rule: Key, number: int) -> bool:
        """Whether something that a rule can read from an element of its kind has changed, or may have."""
        if not self._changed:
            return False
        if rule not in self._rules:
            self._rules[rule] = self._moves.of_rule(self._plan.rules[rule])
        moved = self._rules[rule]
        return moved.everything or any(marks is not None and bool(marks[number]) for marks in moved.slots)

    def names(self, clause: Reassessment, number: int) -> bool:
        """Whether something that a clause names for an element has changed, or may have."""
        if not self._changed:
            return False
        if clause not in self._named:
            self._named[clause] = self._reached(clause)
        return bool(self._named[clause][number])

    def sides(self, number: int, reading: Reading, *, whole: bool) -> tuple[Blocks, Blocks]:
        """What is read from an element, then and now: of all elements, or of those at which something changed."""
        there = self.bases.graph.number(self._now.ids[number])
        only = None if whole else self._touched
        before: Blocks = {} if there is None else self.bases.read_from(there, reading, only)
        return before, self.now.read_from(number, reading, only)

    @property
    def leads_elsewhere(self) -> bool:
        """Whether elements or edges of the lineage came or went."""
        relations = self._now.vocabulary.relations
        return bool(len(self._changed.kinds)) or any(
            relations[name].flow is not Flow.NONE for name in self._changed.edges
        )

    @cached_property
    def _touched(self) -> Bools:
        """The elements at which something changed."""
        changed = self._changed
        parts = [changed.kinds, *changed.cells.values()]
        parts += [ends for edges in changed.edges.values() for ends in (edges.origins, edges.targets)]
        touched = np.zeros(len(changed.later.ids), np.bool_)
        for numbers in parts:
            touched[numbers] = True
        return touched

    @cached_property
    def _changed(self) -> Difference:
        return difference(self._now, self.bases.graph)  # which is the earlier of the two makes no difference to it

    @cached_property
    def _moves(self) -> Moves:
        return moves(self._plan, self._changed, self._now, self._checks)

    def _reached(self, clause: Reassessment) -> Bools:
        """The elements from which a clause leads to what changed: attributes that it names, elements, the way."""
        changed = self._changed
        seeds = np.zeros(len(self._now.ids), np.bool_)
        parts = [changed.kinds, *(changed.cells.get((clause.kind, name)) for name in clause.attributes)]
        if clause.direction is not None:
            for relation, edges in changed.edges.items():
                if self._now.vocabulary.relations[relation].flow is not Flow.NONE:
                    parts += [edges.origins, edges.targets]
        for numbers in parts:
            if numbers is not None:
                seeds[numbers[numbers < len(seeds)]] = True
        if clause.direction is None:
            return seeds
        back = self._now.downstream if clause.direction == "upstream" else self._now.upstream
        return np.asarray(seeds | spread(back, seeds, None, None))
