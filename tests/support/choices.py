"""Where a generator's choices come from: chance, or a recorded run.

A generator that is written against ``Choices`` runs quickly by a seed, and is replayed and made smaller when something
was found. Choosing 0 means the simplest everywhere.
"""

from __future__ import annotations

import random
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from typing import TypeVar

T = TypeVar("T")


class Choices(ABC):
    """A source of choices."""

    @abstractmethod
    def below(self, bound: int) -> int:
        """A number from 0 to ``bound`` - 1."""

    def integer(self, low: int, high: int) -> int:
        """A number from ``low`` to ``high``, both included."""
        return low + self.below(high - low + 1)

    def pick(self, options: Sequence[T]) -> T:
        """One of some options, the simplest of which stands first."""
        return options[self.below(len(options))]

    def chance(self, percent: int) -> bool:
        """True in so many of a hundred cases."""
        return self.below(100) >= 100 - percent

    def weighted(self, options: Sequence[tuple[int, T]]) -> T:
        """One of some options, by weight."""
        at = self.below(sum(weight for weight, _ in options))
        for weight, option in options:
            at -= weight
            if at < 0:
                return option
        raise AssertionError("weights are positive")

    def shuffled(self, items: Sequence[T]) -> list[T]:
        """The items in any order."""
        left, found = list(items), []
        while left:
            found.append(left.pop(self.below(len(left))))
        return found


class ByChance(Choices):
    """By a seed; ``taken`` records the choices."""

    def __init__(self, seed: object) -> None:
        self._random = random.Random(str(seed))  # noqa: S311  # repeatable, no secret
        self.taken: list[int] = []

    def below(self, bound: int) -> int:
        """See ``Choices``."""
        chosen = int(self._random.random() * bound)
        self.taken.append(chosen)
        return chosen


class Recorded(Choices):
    """A run again; what was not recorded is 0."""

    def __init__(self, choices: Sequence[int]) -> None:
        self._choices = choices
        self.taken: list[int] = []

    def below(self, bound: int) -> int:
        """See ``Choices``."""
        at = len(self.taken)
        chosen = min(self._choices[at], bound - 1) if at < len(self._choices) else 0
        self.taken.append(chosen)
        return chosen


def smaller(
    choices: Sequence[int], fails: Callable[[Sequence[int]], Sequence[int] | None], rounds: int = 8
) -> list[int]:
    """A smaller record of a run that still fails.

    ``fails`` gives the choices that a run took, or None where it does not fail. Parts are taken out, numbers lowered.
    """
    best = list(choices)
    for _ in range(rounds):
        before = list(best)
        size = max(len(best) // 2, 1)
        while size:
            at = 0
            while at < len(best):
                taken = fails(best[:at] + best[at + size :])
                if taken is not None and len(taken) < len(best):
                    best = list(taken)
                else:
                    at += size
            size //= 2
        for at in range(len(best)):
            for lower in (0, best[at] // 2, best[at] - 1) if at < len(best) else ():
                if at >= len(best) or not 0 <= lower < best[at]:
                    continue
                taken = fails([*best[:at], lower, *best[at + 1 :]])
                if taken is not None and len(taken) <= len(best):
                    best = list(taken)
        if best == before:
            break
    return best
