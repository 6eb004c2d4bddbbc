"""What a set of members comes to: how many have something, the latest of them, their total.

A member comes as the truth of its membership and of what is asked of it, or with its value.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from lexline.evaluate.interpret_values import (
    Held,
    Missing,
    Range,
    compare,
    conjunction,
    inverse,
    is_failed,
    number_range,
    undecided,
)
from lexline.evaluate.verdict import Truth
from lexline_lineage.values import Duration

__all__ = [
    "Keyed",
    "around_best",
    "combine",
    "count_members",
    "decide_extreme",
    "decide_quantity",
    "have_order",
    "share_of",
    "without_members",
]

_LEAST_ABOVE_ZERO = math.ulp(0.0)
_GREATEST_BELOW_ONE = math.nextafter(1.0, 0.0)


@dataclass(frozen=True, slots=True)
class Keyed:
    """A member of an extreme: its membership, its body, the key that orders it."""

    membership: Truth
    body: Truth
    key: Held


def decide_quantity(quantifier: str, number: int, pairs: Sequence[tuple[Truth, Truth]], is_open: bool) -> Truth:
    """Whether as many members as the quantifier asks for have the body; ``pairs`` are membership and body."""
    every = quantifier == "every"
    joint = [conjunction((membership, inverse(body) if every else body)) for membership, body in pairs]
    low = joint.count(Truth.TRUE)
    high = math.inf if is_open else len(joint) - joint.count(Truth.FALSE)
    least, most = {
        "some": (1, math.inf),
        "no": (0, 0),
        "every": (0, 0),  # no member without the body
        "at least": (number, math.inf),
        "at most": (0, number),
        "exactly": (number, number),
    }[quantifier]
    if least <= low and high <= most:
        return Truth.TRUE
    if high < least or low > most:
        return Truth.FALSE
    return undecided(Truth.FAILED in joint)


def count_members(memberships: Sequence[Truth], is_open: bool) -> Range:
    """How many members there are: from the sure to the possible."""
    high = math.inf if is_open else float(len(memberships) - memberships.count(Truth.FALSE))
    return number_range(float(memberships.count(Truth.TRUE)), high, Truth.FAILED in memberships)


def share_of(pairs: Sequence[tuple[Truth, Truth]], is_open: bool) -> Held:
    """The least and the greatest share of members with the body, over all that may complete what is not known."""
    pairs = [pair for pair in pairs if pair[0] is not Truth.FALSE]
    failed = any(Truth.FAILED in pair for pair in pairs)
    sure = [body for membership, body in pairs if membership is Truth.TRUE]
    possible = [body for membership, body in pairs if membership is not Truth.TRUE]
    if not sure:
        return Missing(failed)
    with_body, without = sure.count(Truth.TRUE), sure.count(Truth.FALSE)
    # A member that is only possible lowers the share where it may lack the body, and raises it where it may have it.
    low = with_body / (len(sure) + len(possible) - possible.count(Truth.TRUE))
    may_have = len(possible) - possible.count(Truth.FALSE)
    high = (len(sure) - without + may_have) / (len(sure) + may_have)
    if is_open:
        low = _LEAST_ABOVE_ZERO if with_body else 0.0
        high = _GREATEST_BELOW_ONE if without else 1.0
    return number_range(low, high, failed)


def combine(function: str, members: Sequence[tuple[Truth, Held]], is_open: bool) -> Held:
    """The latest, total, average, … of a set that isn't decidedly empty; ``members`` are membership and value."""
    members = [member for member in members if member[0] is not Truth.FALSE]
    failed = any(m is Truth.FAILED or (m is Truth.TRUE and is_failed(value)) for m, value in members)
    values = [value for _, value in members]
    if is_open or any(m is not Truth.TRUE or isinstance(value, Missing) for m, value in members):
        return Missing(failed)
    if function in _EXTREMES:
        return _extreme(values, function) if have_order(values) else Missing()
    return _sum(values, average=function == "average")


def without_members(function: str) -> Held:
    """What an aggregate without ``if none`` comes to over nothing."""
    return Range(0.0, 0.0) if function in ("count", "total") else Missing()


def decide_extreme(which: str, members: Sequence[Keyed], is_open: bool) -> Truth:
    """Whether all that tie for the extreme have the body, where there is a member; over all that may complete what is
    not known."""
    members = [member for member in members if member.membership is not Truth.FALSE]
    sure = [member for member in members if member.membership is Truth.TRUE]
    beyond, level = around_best(which, members)
    failed = any(Truth.FAILED in (member.membership, member.body) for member in (*beyond, *level))
    if is_open:
        return undecided(failed)
    if not members:
        return Truth.FALSE
    if sure and all(member.body is Truth.TRUE for member in (*beyond, *level)):
        return Truth.TRUE
    unordered = all(isinstance(m.key, Missing) for m in sure) or not have_order([m.key for m in members])
    breached = unordered or any(m.membership is Truth.TRUE and m.body is Truth.FALSE for m in level)
    if breached and all(member.body is Truth.FALSE for member in beyond):
        return Truth.FALSE
    return undecided(failed)


def around_best(which: str, members: Sequence[Keyed]) -> tuple[list[Keyed], list[Keyed]]:
    """The members whose key may lie beyond the best key that is sure, and those whose key is level with it. Where keys
    have no order, it is as if none were known."""
    members = [member for member in members if member.membership is not Truth.FALSE]
    keys = [m.key for m in members if m.membership is Truth.TRUE and not isinstance(m.key, Missing)]
    if not keys or not have_order([m.key for m in members]):
        return members, []
    best = _extreme(keys, which)
    beyond, level = [], []
    for member in members:
        if isinstance(member.key, Missing) or _outdoes(which, member.key, best):
            beyond.append(member)
        elif compare("=", member.key, best) is Truth.TRUE:
            level.append(member)
    return beyond, level


def have_order(values: Sequence[Held]) -> bool:
    """Whether values can be put in order: calendar and elapsed durations can't."""
    return len({value.is_calendar for value in values if isinstance(value, Duration)}) < 2


def _extreme(values: Sequence[Held], which: str) -> Held:
    best = values[0]
    for value in values[1:]:
        if _outdoes(which, value, best):
            best = value
    return best


def _outdoes(which: str, value: Held, best: Held) -> bool:
    return compare(_EXTREMES[which], value, best) is Truth.TRUE


_EXTREMES: Mapping[str, str] = {"latest": ">", "highest": ">", "earliest": "<", "lowest": "<"}


def _sum(values: Sequence[Held], *, average: bool) -> Held:
    numbers = [value.low for value in values if isinstance(value, Range)]
    try:
        total = _exact_sum(numbers)
    except OverflowError:
        return Missing()
    result = total / len(numbers) if average else total
    return Range(result, result) if math.isfinite(result) else Missing()


def _exact_sum(numbers: Sequence[float]) -> float:
    """The sum, rounded once, so that the order of members doesn't matter."""
    try:
        return math.fsum(numbers)
    except OverflowError:  # on the way, which depends on the order; the sum itself may be finite
        return float(sum(map(Fraction, numbers)))
