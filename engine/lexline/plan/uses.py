"""What is read for a question (a rule, a measure), and what nobody will read any more."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from lexline.lang.typed import Key
from lexline.plan.nodes import nodes_read
from lexline.plan.plans import Plan

__all__ = ["Question", "Questions", "Uses", "all_read", "columns_read", "questions"]

Question = tuple[int, ...]
"""The nodes that are asked for."""


@dataclass(frozen=True, slots=True)
class Questions:
    """What is asked for each rule and measure of a plan."""

    rules: Mapping[Key, Question]
    measures: Mapping[Key, Question]


def questions(plan: Plan) -> Questions:
    """What is asked for each rule and measure of a plan."""
    return Questions(plan.conditions, {key: (measure.value.node,) for key, measure in plan.measures.items()})


def columns_read(plan: Plan) -> list[frozenset[int]]:
    """For each node the columns (nodes of at most one slot) that are read to decide it, for pairs within it, too."""
    found: list[frozenset[int]] = []
    for node in plan.nodes:  # a node stands after all that it reads
        read: set[int] = set()
        for number in nodes_read(node):
            read |= {number} if len(plan.nodes[number].domains) < 2 else found[number]
        found.append(frozenset(read))
    return found


def all_read(reads: Sequence[Iterable[int]], nodes: Iterable[int]) -> set[int]:
    """Some nodes and all that is read for them, step by step."""
    met: set[int] = set()
    left = list(nodes)
    while left:
        number = left.pop()
        if number not in met:
            met.add(number)
            left += reads[number]
    return met


class Uses:
    """Counts who will still read a column, where it is known what is asked: some questions, each once, in order."""

    def __init__(self, plan: Plan, asked: Sequence[Question]) -> None:
        self._reads = columns_read(plan)
        self.needed = all_read(self._reads, [node for nodes in asked for node in nodes])
        self._left = Counter(part for node in self.needed for part in self._reads[node])
        self._left.update(node for nodes in asked for node in nodes)
        self._decided: set[int] = set()
        self._open = len(asked)

    def decided(self, node: int) -> list[int]:
        """Notes that a column is decided; gives those that nobody will read any more."""
        if node in self._decided:
            return []
        self._decided.add(node)
        return self._read(self._reads[node])

    def answered(self, nodes: Question) -> None:
        """Notes that a question is answered."""
        self._open -= 1
        self._read(nodes)

    def is_wanted(self, node: int) -> bool:
        """Whether somebody will read it."""
        return self._left[node] > 0

    @property
    def is_through(self) -> bool:
        """Whether all questions are answered."""
        return self._open <= 0

    def _read(self, nodes: Iterable[int]) -> list[int]:
        self._left.subtract(nodes)
        return [node for node in nodes if self._left[node] <= 0]
