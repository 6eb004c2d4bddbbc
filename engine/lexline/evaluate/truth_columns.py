"""Kleene's logic on whole columns, and the verdicts and phases that come of it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from functools import cache

import numpy as np
from numpy.typing import NDArray

from lexline.evaluate.column_types import Bools, Truths, truths
from lexline.evaluate.decisions import PHASES, VERDICTS
from lexline.evaluate.verdict import Clock, Phase, Truth, Verdict, decide_verdict
from lexline.plan.plans import ForcePlan

__all__ = [
    "PHASES",
    "VERDICTS",
    "conjunction",
    "decide_phases",
    "decide_verdicts",
    "disjunction",
    "inverse",
    "lines_that_count",
    "passing",
]

Codes = NDArray[np.uint8]
_TRUTHS = (Truth.UNKNOWN, Truth.TRUE, Truth.FALSE, Truth.FAILED)


def inverse(operand: Truths) -> Truths:
    """``not``."""
    return Truths(operand.no, operand.yes, operand.failed)


def conjunction(operands: Sequence[Truths]) -> Truths:
    """``and``."""
    yes, no, failed = operands[0].yes, operands[0].no, operands[0].failed
    for operand in operands[1:]:
        yes, no, failed = yes & operand.yes, no | operand.no, failed | operand.failed
    return truths(yes, no, failed)


def disjunction(operands: Sequence[Truths]) -> Truths:
    """``or``."""
    return inverse(conjunction([inverse(operand) for operand in operands]))


def decide_verdicts(applies: Truths, excepted: Truths, required: Truths) -> tuple[Codes, Codes]:
    """The verdicts, and those that lie under them, as codes of ``VERDICTS``: ``decide_verdict`` for each row."""
    verdicts = _verdict_table()[_codes(applies), _codes(excepted), _codes(required)]
    return verdicts[:, 0], verdicts[:, 1]


@cache
def _verdict_table() -> Codes:
    table = np.empty((4, 4, 4, 2), np.uint8)
    for place in np.ndindex(4, 4, 4):
        decided = decide_verdict(*(_TRUTHS[code] for code in place))
        table[place] = [VERDICTS.index(verdict) for verdict in decided]
    return table


def passing(applies: Truths, excepted: Truths, required: Truths) -> Truths:
    """Whether the rule passes: true for pass, exempt and not-applicable, false for fail."""
    verdicts, _ = decide_verdicts(applies, excepted, required)
    good = [VERDICTS.index(verdict) for verdict in (Verdict.PASS, Verdict.EXEMPT, Verdict.NOT_APPLICABLE)]
    return Truths(
        np.isin(verdicts, good),
        verdicts == VERDICTS.index(Verdict.FAIL),
        verdicts == VERDICTS.index(Verdict.ERROR),
    )


def decide_phases(lines: Sequence[ForcePlan], holds: Sequence[Truths], clock: Clock, timezone: str, size: int) -> Codes:
    """The phases as codes of ``PHASES``; ``holds`` is for each line whether its condition holds."""
    if not lines:
        return np.full(size, PHASES.index(Phase.IN_FORCE), np.uint8)
    open_rows = np.ones(size, np.bool_)
    possible = {phase: np.zeros(size, np.bool_) for phase in Phase}
    settled = np.zeros(size, np.bool_)
    for place in lines_that_count(lines, clock):
        outcome = _outcome(lines[place], clock.today_in(timezone))
        possible[outcome] |= open_rows & ~holds[place].no
        settled |= open_rows & holds[place].yes
        open_rows = open_rows & ~holds[place].yes
    return _phases(possible, settled)


def lines_that_count(lines: Sequence[ForcePlan], clock: Clock) -> list[int]:
    """The places of the lines of the latest publication that is known, in the order in which they are asked."""
    known = [place for place, line in enumerate(lines) if _is_published(line, clock)]
    newest = max((lines[place].published or date.min for place in known), default=date.min)
    counted = [place for place in known if (lines[place].published or date.min) == newest]
    return sorted(counted, key=lambda place: (lines[place].since, -(lines[place].until or date.max).toordinal()))


def _phases(possible: dict[Phase, Bools], settled: Bools) -> Codes:
    """From the outcomes that each row may have, and whether some line surely holds for it."""
    upcoming, in_force, expired = (possible[phase] for phase in (Phase.UPCOMING, Phase.IN_FORCE, Phase.EXPIRED))
    sure = settled & in_force & ~upcoming & ~expired
    choices = [
        (sure, Phase.IN_FORCE),
        (in_force, Phase.UNKNOWN),
        (upcoming, Phase.UPCOMING),
        (expired, Phase.EXPIRED),
    ]
    codes = [np.uint8(PHASES.index(phase)) for _, phase in choices]
    none = np.uint8(PHASES.index(Phase.NOT_IN_FORCE))
    return np.select([rows for rows, _ in choices], codes, none).astype(np.uint8)


def _is_published(line: ForcePlan, clock: Clock) -> bool:
    return line.published is None or clock.known_on is None or line.published <= clock.known_on


def _outcome(line: ForcePlan, today: date) -> Phase:
    if today < line.since:
        return Phase.UPCOMING
    return Phase.EXPIRED if line.until is not None and today > line.until else Phase.IN_FORCE


def _codes(column: Truths) -> NDArray[np.int64]:
    return column.yes * np.int64(1) + column.no * np.int64(2) + column.failed * np.int64(3)
