"""Who has to look again, and by when."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

from lexline.decision import Evaluation
from lexline.evaluate.dates import add_duration
from lexline.evaluate.interpret import Interpreter
from lexline.lang.typed import Expression, Key
from lexline_lineage.values import Duration

__all__ = ["Owners"]


class Owners:
    """Answers from what rules and elements say."""

    def __init__(self, evaluation: Evaluation) -> None:
        self._evaluation = evaluation
        self._interpreter = Interpreter(evaluation.program, evaluation.graph, evaluation.clock, evaluation.checks)

    def owner(self, element: int | None, rules: Iterable[Key], person: str = "") -> str:
        """Whoever owns the element, else a rule that asks, else who did it the last time."""
        own = None if element is None else self._evaluation.graph.value(element, "owner")
        named = (self._evaluation.program.rules[key].owner for key in rules if key in self._evaluation.program.rules)
        return str(own or next((owner for owner in named if owner), "") or person)

    def due(self, since: date | None, element: int | None, rules: Iterable[Key]) -> date | None:
        """``since`` and the shortest deadline of the rules that ask, as far as they are about the element."""
        if since is None:
            return None
        program, graph = self._evaluation.program, self._evaluation.graph
        days = []
        for key in rules:
            rule = program.rules.get(key)
            if rule is not None and rule.deadline is not None and element is not None:
                within = self.duration(rule.deadline, element) if graph.kind(element) == rule.kind else None
                day = None if within is None else add(since, within)
                days += [day] if day is not None else []
        return min(days, default=since)

    def duration(self, tree: Expression, element: int) -> Duration | None:
        """What a duration of a rule comes to for an element."""
        value = self._interpreter.value(tree, element)
        return value if isinstance(value, Duration) else None

    def holds(self, tree: Expression, element: int) -> bool:
        """Whether a condition holds for an element, or may hold."""
        return self._interpreter.value(tree, element) is not False


def add(day: date, duration: Duration) -> date | None:
    """A day and a duration; hours count as whole days."""
    if not duration.is_calendar and not duration.whole_days:
        try:
            return day + timedelta(days=-(-duration.microseconds // 86_400_000_000))
        except OverflowError:
            return None
    return add_duration(day, duration, "UTC")
