"""The result of a check: every verdict, and what a reader needs to judge it. One ``Report`` in, any format out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Literal

from lexline.evaluate.verdict import Clock, Decision, Phase, Verdict
from lexline.lang.digest import policy_digest
from lexline.lang.typed import Key, Program, Rule
from lexline_lineage.identity import Joins, Link
from lexline_lineage.values import Duration, Sort, Value, ValueType, format_value

if TYPE_CHECKING:
    from lexline.evaluate.decisions import Decisions, Group

__all__ = [
    "ATTENTION",
    "MeasureFigure",
    "PolicyLine",
    "PortfolioLine",
    "Provision",
    "Report",
    "gravest_first",
    "outcome",
]

ACTING = (Phase.IN_FORCE, Phase.UNKNOWN)
"""Phases in which gates act."""


@dataclass(frozen=True, slots=True)
class Provision:
    """A provision of a register: ``instrument`` and ``provision`` are what to cite (``UK GDPR``, ``Art 35(1)``);
    ``verified`` where its text was seen, or several readings of it agree."""

    id: str
    instrument: str
    provision: str
    title: str
    verified: bool


@dataclass(frozen=True)
class PolicyLine:
    """A policy of ``program`` that was evaluated."""

    id: str
    version: str
    program: Program = field(repr=False)

    @cached_property
    def digest(self) -> str:
        """The digest of its meaning; worked out where somebody asks for it."""
        return policy_digest(self.program, self.id)


@dataclass(frozen=True, slots=True)
class PortfolioLine:
    """The graph that was evaluated: a digest of its content, how many elements and edges it has."""

    digest: str
    elements: int
    edges: int


@dataclass(frozen=True, slots=True)
class MeasureFigure:
    """A measure's value as a range (``low`` = ``high`` when it is known; None when unknown) and its target."""

    key: Key
    title: str
    low: float | None
    high: float | None
    percentage: bool
    target: float | None


def outcome(rule: Rule, decision: Decision) -> Literal["allow", "block", "warn", "record"]:
    """What a gate does with a decision: nothing, or what the rule's enforcement (of a breach) or its ``if unknown``
    (of an unknown or an error) says; nothing outside the phases in which gates act."""
    return _does(rule, decision.verdict, decision.phase)


def _does(rule: Rule, verdict: Verdict, phase: Phase) -> Literal["allow", "block", "warn", "record"]:
    if phase not in ACTING:
        return "allow"
    if verdict is Verdict.FAIL:
        return rule.enforcement
    if verdict in (Verdict.UNKNOWN, Verdict.ERROR):
        return rule.if_unknown
    return "allow"


ATTENTION = (Verdict.FAIL, Verdict.ERROR, Verdict.UNKNOWN, Verdict.WAIVED, Verdict.EXEMPT)
"""Verdicts that somebody has to look at, the gravest first."""

_ACTIONS = ("block", "warn", "record", "allow")
SEVERITIES = ("critical", "high", "medium", "low")


def gravest_first(rules: Mapping[Key, Rule], decisions: Decisions) -> Decisions:
    """Of the decisions those that call for attention. What a reader should see first comes first: by verdict, then what
    a gate does with it, then the severity, then the order of the rules."""
    places = {key: place for place, key in enumerate(rules)}
    alike: dict[tuple[int, int, int, int], list[Group]] = {}
    for key, verdict, phase in decisions.tally():
        if verdict in ATTENTION:
            does = _ACTIONS.index(_does(rules[key], verdict, phase))
            rank = (ATTENTION.index(verdict), does, SEVERITIES.index(rules[key].severity), places[key])
            alike.setdefault(rank, []).append((key, verdict, phase))
    return decisions.chosen(alike[rank] for rank in sorted(alike))


@dataclass(frozen=True, slots=True)
class Report:
    """All decisions of a run in order of rule, then element.

    ``unread`` lists facts that were left out (wrong type, unknown attribute, contradiction), one sentence each.
    """

    clock: Clock
    policies: tuple[PolicyLine, ...]
    portfolio: PortfolioLine
    rules: Mapping[Key, Rule]
    decisions: Decisions
    no_subject: tuple[Key, ...]
    measures: tuple[MeasureFigure, ...] = ()
    unread: tuple[str, ...] = ()
    joined: Joins | None = None
    register: Mapping[str, Provision] = field(default_factory=dict)

    def to_look_at(self) -> Decisions:
        """The decisions that somebody has to look at, the gravest first, those of one rule together."""
        return gravest_first(self.rules, self.decisions)

    def unverified(self, rule: Rule) -> tuple[str, ...]:
        """The provisions that a rule cites and whose text nobody has verified: it can advise, not settle."""
        cited = (self.register.get(citation.provision) for citation in rule.citations)
        return tuple(provision.id for provision in cited if provision is not None and not provision.verified)

    def joins(self, decision: Decision) -> tuple[tuple[Link, ...], tuple[Link, ...]]:
        """The joins of names that a decision rests on: those that were made, and those that wait for a person."""
        if self.joined is None or not decision.reasons:
            return (), ()
        cited = {decision.element}
        for reason in decision.reasons:
            cited.update(fact.element for fact in reason.facts)
            cited.update(step for witness in reason.witnesses for step in (witness.element, *witness.path))
        return self.joined.about(cited)

    def summary(self) -> dict[str, int]:
        """How many decisions have each verdict, in the order of ``Verdict``."""
        counts: Counter[Verdict] = Counter()
        for (_, verdict, _), count in self.decisions.tally().items():
            counts[verdict] += count
        return {verdict.value: counts[verdict] for verdict in Verdict if counts[verdict]}

    def outcome(self, decision: Decision) -> Literal["allow", "block", "warn", "record"]:
        """What a gate does with one of the decisions."""
        return outcome(self.rules[decision.rule], decision)

    @property
    def exit_status(self) -> int:
        """0 all well; 1 something blocks; 2 nothing was evaluated; 3 a check failed where it mattered."""
        groups = self.decisions.tally()
        if not groups:
            return 2
        if any(verdict is Verdict.ERROR and phase in ACTING for _, verdict, phase in groups):
            return 3
        return int(any(_does(self.rules[key], verdict, phase) == "block" for key, verdict, phase in groups))


def plain_value(value: Value | None) -> bool | float | str | list[object] | dict[str, object] | None:
    """A value as JSON: dates, moments and durations as text."""
    if value is None or isinstance(value, (bool, float, str, dict)):
        return value
    if isinstance(value, (tuple, list)):
        return [item if isinstance(item, (bool, float, str)) else str(item) for item in value]
    if isinstance(value, Duration):
        return format_value(value, ValueType(Sort.DURATION))
    return value.isoformat()
