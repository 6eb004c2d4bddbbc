"""The facts as they were: the states of a store, each read when it is first asked for."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache

from lexline_lineage.graph import Graph

__all__ = ["KEPT", "Past", "State"]

KEPT = 8
"""How many graphs are kept in memory."""
FIRST = date(1, 1, 1)


@dataclass(frozen=True, slots=True)
class State:
    """A state of the facts: its number and the moment (UTC) at which it was recorded."""

    number: int
    moment: datetime


class Past:
    """``states`` in the order in which they were recorded; ``graph`` reads one of them for a day. ``days`` are those on
    which a fact begins to be valid, or is valid no longer: between two of them a state reads the same."""

    def __init__(self, states: Sequence[State], graph: Callable[[int, date], Graph], days: Iterable[date] = ()) -> None:
        self.states = tuple(states)
        self._days = sorted(set(days))
        self.graph = lru_cache(KEPT)(graph)

    def at(self, moment: datetime) -> tuple[State, date] | None:
        """What was known at a moment, and the day for which to read it; the first state where the moment lies before
        it (whatever differs since differs since that moment, too). None where nothing was ever recorded."""
        earlier = [state for state in self.states if state.moment <= moment]
        if earlier:
            return earlier[-1], self.day(moment.date())
        return (self.states[0], self.day(self.states[0].moment.date())) if self.states else None

    def day(self, day: date) -> date:
        """The first day on which every state reads as it does on this one."""
        place = bisect_right(self._days, day)
        return self._days[place - 1] if place else FIRST

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
