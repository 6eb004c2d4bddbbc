"""The rules as they were: which clause of a rule is another one than when somebody looked, and since when."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cached_property, lru_cache

from lexline.impact_causes import Cause, clause_causes
from lexline.lang.digest import rule_digest
from lexline.lang.typed import Key, Program

__all__ = ["Meanings", "RuleMoved", "Version", "Versions"]

KEPT = 16
"""How many earlier versions of the policies are kept in memory."""
Meanings = Sequence[tuple[datetime, Mapping[Key, str]]]
"""What rules meant at moments at which a basis was recorded, in the order of time."""


@dataclass(frozen=True, slots=True)
class Version:
    """A version of the policies: its name, and the moment (UTC) since which it is there."""

    name: str
    moment: datetime


@dataclass(frozen=True, slots=True)
class RuleMoved:
    """What moved in a rule: the clauses, as far as its earlier text is known; the first day on which it is known to
    mean what it means now, and what is known of that day, in words."""

    causes: tuple[Cause, ...]
    since: date | None
    says: str


class Versions:
    """``versions`` gives them in the order of time; ``program`` compiles one, None where it is no project or has
    mistakes. Of a meaning that none of them has, what bases were recorded with (``meanings``) says since when it is
    known."""

    def __init__(
        self,
        versions: Callable[[], Sequence[Version]] = tuple,
        program: Callable[[Version], Program | None] = lambda _: None,
        meanings: Meanings = (),
    ) -> None:
        self._list = versions
        self._program = lru_cache(KEPT)(program)
        self._meanings = meanings
        self._known: dict[tuple[Key, str, int], RuleMoved] = {}

    @cached_property
    def _versions(self) -> Sequence[Version]:
        return self._list()

    def moved(self, key: Key, was: str, now: Program, since: datetime | None) -> RuleMoved:
        """What moved in a rule that meant ``was``, by its digest, at a moment; empty: that did not ask then."""
        place = bisect_right([version.moment for version in self._versions], since) - 1 if since is not None else -1
        if (key, was, place) not in self._known:
            self._known[key, was, place] = self._moved(key, was, now, place)
        return self._known[key, was, place]

    def _moved(self, key: Key, was: str, now: Program, place: int) -> RuleMoved:
        means = rule_digest(now, key)
        first = self._first(key, means, max(place, 0))
        for at in dict.fromkeys((len(self._versions) - 1 if first is None else first - 1, place)):
            program = self._program(self._versions[at]) if at >= 0 else None
            if program is not None and (not was or _means(program, key) == was):
                causes = tuple(clause_causes(program, now, key))
                if first is None:
                    return RuleMoved(causes, None, f"not in git yet: {self._named(at)} has the earlier text")
                day = self._versions[first].moment.astimezone(UTC).date()
                return RuleMoved(causes, day, f"by the commit {self._named(first)}")
        if was and place >= 0 and self._is(place, key, means):
            return self._by_records(key, was, means, "git had this text already: a check or a pack has another version")
        unknown = "no version in git has the earlier text" if was else "no version in git tells since when"
        return self._by_records(key, was, means, unknown)

    def _first(self, key: Key, means: str, low: int) -> int | None:
        """The first version, of those from ``low`` on, that means what the rule means now; by halving."""
        high = len(self._versions) - 1
        if high < 0 or not self._is(high, key, means):
            return None
        while low < high:
            middle = (low + high) // 2
            low, high = (low, middle) if self._is(middle, key, means) else (middle + 1, high)
        return low

    def _is(self, at: int, key: Key, means: str) -> bool:
        program = self._program(self._versions[at])
        return program is not None and _means(program, key) == means

    def _named(self, at: int) -> str:
        version = self._versions[at]
        return f"{version.name} of {version.moment.astimezone(UTC).date()}"

    def _by_records(self, key: Key, was: str, means: str, says: str) -> RuleMoved:
        """``says``, and what the bases of other assessments say of the day."""
        days = {
            digest: [moment.date() for moment, said in self._meanings if said.get(key) == digest]
            for digest in (was, means)
        }
        after = max(days[was], default=None)
        by = min((day for day in days[means] if after is None or day >= after), default=None)
        if after is not None:
            says += f"; the change came after {after}" + (f", by {by} at the latest" if by is not None else "")
        return RuleMoved((), by, says)


def _means(program: Program, key: Key) -> str:
    return rule_digest(program, key) if key in program.rules else ""
