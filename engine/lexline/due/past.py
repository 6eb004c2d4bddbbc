"""The facts as they were: the states of a store, each read when it is first asked for."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache

from lexline_lineage.graph import Graph

__all__ = ["KEPT", "Past", "State"]

KEPT = 8
"""How many graphs are kept in memory."""


@dataclass(frozen=True, slots=True)
class State:
    """A state of the facts: its number and the moment (UTC) at which it was recorded."""

    number: int
    moment: datetime


class Past:
    """``states`` in the order in which they were recorded; ``graph`` reads one of them for a day."""

    def __init__(self, states: Sequence[State], graph: Callable[[int, date], Graph]) -> None:
        self.states = tuple(states)
        self.graph = lru_cache(KEPT)(graph)

    def at(self, moment: datetime) -> tuple[State, date] | None:
        """What was known at a moment, and the day for which to read it; the first state where the moment lies before
        it (whatever differs since differs since that moment, too). None where nothing was ever recorded."""
        earlier = [state for state in self.states if state.moment <= moment]
        if earlier:
            return earlier[-1], moment.date()
        return (self.states[0], self.states[0].moment.date()) if self.states else None

    def reaches(self, moment: datetime) -> bool:
        """Whether what was known at a moment is recorded."""
        return bool(self.states) and self.states[0].moment <= moment

    def first(self, after: State, differs: Callable[[State], bool]) -> State | None:
        """The first state after another one in which something differs that differs now, found by halving; None where
        only the day makes the difference."""
        later = [state for state in self.states if state.number > after.number]
        if not later or not differs(later[-1]):
            return None
        low, high = 0, len(later) - 1
        while low < high:
            middle = (low + high) // 2
            low, high = (low, middle) if differs(later[middle]) else (middle + 1, high)
        return later[low]
