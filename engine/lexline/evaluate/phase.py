"""What law holds on a date: the phase of a rule, and the value of a parameter.

Law has two clocks. ``today`` is the date on which it is asked; ``known_on`` leaves out what was published later.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from lexline.evaluate.verdict import Clock, Phase, Truth
from lexline.lang.typed import DatedValue, Expression, ForceLine, Parameter

__all__ = ["decide_phase", "value_in_force"]


def decide_phase(
    lines: tuple[ForceLine, ...], clock: Clock, timezone: str, holds: Callable[[Expression], Truth]
) -> Phase:
    """The phase of a rule of a policy in ``timezone`` whose force lines are ``lines``; ``holds`` decides the ``where``
    of one for the subject."""
    if not lines:
        return Phase.IN_FORCE
    known = [line for line in lines if _is_known(line.published, clock)]
    if not known:
        return Phase.NOT_IN_FORCE
    latest = max(_from_beginning(line.published) for line in known)
    candidates = sorted(
        (line for line in known if _from_beginning(line.published) == latest),
        key=lambda line: (line.since, -_to_end(line.until).toordinal()),
    )
    outcomes = _possible_outcomes(candidates, clock.today_in(timezone), holds)
    if not outcomes:
        return Phase.NOT_IN_FORCE
    if len(outcomes) == 1:
        return outcomes.pop()
    if Phase.IN_FORCE in outcomes:
        return Phase.UNKNOWN
    return Phase.UPCOMING if Phase.UPCOMING in outcomes else Phase.EXPIRED


def value_in_force(parameter: Parameter, clock: Clock, timezone: str) -> DatedValue | None:
    """The value of a parameter of a policy in ``timezone`` that holds: the latest ``since``, then the latest
    publication, then the later text."""
    found: DatedValue | None = None
    today = clock.today_in(timezone)
    for dated in parameter.values:
        if not _is_known(dated.published, clock):
            continue
        if not _from_beginning(dated.since) <= today <= _to_end(dated.until):
            continue
        if found is None or _precedence(dated) >= _precedence(found):
            found = dated
    return found


def _possible_outcomes(lines: list[ForceLine], today: date, holds: Callable[[Expression], Truth]) -> set[Phase]:
    """The outcomes of the lines that could be the first whose ``where`` holds. Undecided lines with none that surely
    holds after them may all fail to hold; that is then one more outcome, which matters beside a line in force."""
    outcomes: set[Phase] = set()
    for line in lines:
        truth = Truth.TRUE if line.condition is None else holds(line.condition)
        if truth is Truth.FALSE:
            continue
        outcomes.add(_outcome(line, today))
        if truth is Truth.TRUE:
            return outcomes
    return outcomes | {Phase.NOT_IN_FORCE} if Phase.IN_FORCE in outcomes else outcomes


def _outcome(line: ForceLine, today: date) -> Phase:
    if today < line.since:
        return Phase.UPCOMING
    return Phase.EXPIRED if today > _to_end(line.until) else Phase.IN_FORCE


def _precedence(dated: DatedValue) -> tuple[date, date]:
    return _from_beginning(dated.since), _from_beginning(dated.published)


def _is_known(published: date | None, clock: Clock) -> bool:
    return published is None or clock.known_on is None or published <= clock.known_on


def _from_beginning(since: date | None) -> date:
    return since or date.min


def _to_end(until: date | None) -> date:
    return until or date.max
