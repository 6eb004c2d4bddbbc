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

    def firsts(self, asked: Sequence[tuple[State, Callable[[Graph], bool]]], day: date) -> list[State | None]:
        """For each state and what may differ after it the first one, read for a day, in which it does; None where only
        the day makes the difference. Found by halving, all at once, so that a state is read once in each round."""
        numbers = [state.number for state in self.states]
        last = len(numbers) - 1
        ranges = [(bisect_right(numbers, after.number), last) for after, _ in asked]
        open_ = [place for place, (low, high) in enumerate(ranges) if low < high]
        while open_:
            middles = sorted((sum(ranges[place]) // 2, place) for place in open_)
            for middle, place in middles:
                low, high = ranges[place]
                is_there = asked[place][1](self.graph(numbers[middle], day))
                ranges[place] = (low, middle) if is_there else (middle + 1, high)
            open_ = [place for place in open_ if ranges[place][0] < ranges[place][1]]
        return [
            self.states[low] if low < last or (low == last and differs(self.graph(numbers[last], day))) else None
            for (low, _), (_, differs) in zip(ranges, asked, strict=True)
        ]
