"""The result of a check: every verdict, and what a reader needs to judge it. One ``Report`` in, any format out.

``ReportDocument`` is the published JSON form (``docs/report.schema.json``); its ``schema`` field names its version.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from pydantic import BaseModel, ConfigDict, Field

from lexline.evaluate.verdict import Clock, Decision, Phase, Reason, Verdict
from lexline.lang.typed import Key, Rule
from lexline_lineage.identity import Joins, Link
from lexline_lineage.values import Duration, Sort, Value, ValueType, format_value

if TYPE_CHECKING:
    from lexline.evaluate.decisions import Decisions, Group

__all__ = [
    "ATTENTION",
    "SCHEMA",
    "MeasureFigure",
    "PolicyLine",
    "PortfolioLine",
    "Provision",
    "Report",
    "ReportDocument",
    "gravest_first",
    "outcome",
]

SCHEMA: Literal["lexline-report/1"] = "lexline-report/1"

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


@dataclass(frozen=True, slots=True)
class PolicyLine:
    """A policy that was evaluated, with the digest of its meaning."""

    id: str
    version: str
    digest: str


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
_SEVERITIES = ("critical", "high", "medium", "low")


def gravest_first(rules: Mapping[Key, Rule], decisions: Decisions) -> Decisions:
    """Of the decisions those that call for attention. What a reader should see first comes first: by verdict, then what
    a gate does with it, then the severity, then the order of the rules."""
    places = {key: place for place, key in enumerate(rules)}
    alike: dict[tuple[int, int, int, int], list[Group]] = {}
    for key, verdict, phase in decisions.tally():
        if verdict in ATTENTION:
            does = _ACTIONS.index(_does(rules[key], verdict, phase))
            rank = (ATTENTION.index(verdict), does, _SEVERITIES.index(rules[key].severity), places[key])
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


# ---- the published form --------------------------------------------------------------------------------------------


class Closed(BaseModel):
    """A part of the document: no further fields, not changed once made."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class FactEntry(Closed):
    """A fact that was read; ``value`` null when missing."""

    element: str
    kind: str
    attribute: str
    value: bool | float | str | list[object] | dict[str, object] | None
    source: str | None


class MissingEntry(Closed):
    """A fact that is missing and bears on the verdict."""

    element: str
    kind: str
    attribute: str
    why: str


class WitnessEntry(Closed):
    """An element that shows the verdict, and a shortest path to it from the subject."""

    element: str
    path: list[str]
    certain: bool = True


class ReasonEntry(Closed):
    """One clause that bears on the verdict; ``further``: how many elements show it beside the witnesses listed."""

    role: str
    clause: str
    file: str
    line: int
    truth: str
    facts: list[FactEntry]
    by: str = ""
    evidence: list[str] = []
    further: int = 0


class JoinEntry(Closed):
    """Two ids of one element, the name that both go by, and who says so; not ``certain`` where a person has to confirm
    it."""

    one: str
    other: str
    name: str
    said_by: list[str]
    certain: bool


class VerdictEntry(Closed):
    """One verdict."""

    policy: str
    rule: str
    title: str
    element: str
    kind: str
    verdict: str
    underlying: str
    phase: str
    severity: str
    enforcement: str
    outcome: str
    missing: list[MissingEntry]
    reasons: list[ReasonEntry]
    witnesses: list[WitnessEntry]
    citations: list[str]
    message: str
    remedy: str
    waiver: str | None = None
    joins: list[JoinEntry] = []
    unverified: list[str] = []

    @classmethod
    def of(cls, report: Report, decision: Decision) -> VerdictEntry:
        """The entry of one of the report's decisions."""
        rule = report.rules[decision.rule]
        missing = dict.fromkeys(fact for reason in decision.reasons for fact in reason.missing)
        witnesses = dict.fromkeys(witness for reason in decision.reasons for witness in reason.witnesses)
        return cls(
            policy=decision.rule[0],
            rule=decision.rule[1],
            title=rule.title,
            element=decision.element,
            kind=decision.kind,
            verdict=decision.verdict.value,
            underlying=decision.underlying.value,
            phase=decision.phase.value,
            severity=rule.severity,
            enforcement=rule.enforcement,
            outcome=report.outcome(decision),
            missing=[MissingEntry(element=f.element, kind=f.kind, attribute=f.attribute, why=f.why) for f in missing],
            reasons=[_reason_entry(reason) for reason in decision.reasons],
            witnesses=[WitnessEntry(element=w.element, path=list(w.path), certain=w.certain) for w in witnesses],
            citations=[citation.provision for citation in rule.citations],
            message=decision.message,
            remedy=decision.remedy,
            waiver=decision.waiver or None,
            joins=_join_entries(report, decision),
            unverified=list(report.unverified(rule)),
        )


class PolicyEntry(Closed):
    """A policy that was evaluated."""

    id: str
    version: str
    digest: str


class PortfolioEntry(Closed):
    """The graph that was evaluated."""

    digest: str
    elements: int
    edges: int


class SubjectEntry(Closed):
    """A rule for whose kind the portfolio has no element."""

    policy: str
    rule: str


class MeasureEntry(Closed):
    """A measure: a range, or nulls when unknown."""

    policy: str
    measure: str
    title: str
    low: float | None
    high: float | None
    target: float | None


class ReportDocument(Closed):
    """The JSON form of a report, version ``lexline-report/1``."""

    schema_: Literal["lexline-report/1"] = Field(SCHEMA, alias="schema")
    on: str
    known_on: str | None
    policies: list[PolicyEntry]
    portfolio: PortfolioEntry
    summary: dict[str, int]
    verdicts: list[VerdictEntry]
    no_subject: list[SubjectEntry]
    measures: list[MeasureEntry]
    unread: list[str]

    @classmethod
    def of(cls, report: Report) -> ReportDocument:
        """The document of a report."""
        return cls(
            schema=SCHEMA,
            on=report.clock.today.isoformat(),
            known_on=report.clock.known_on.isoformat() if report.clock.known_on else None,
            policies=[PolicyEntry(id=p.id, version=p.version, digest=p.digest) for p in report.policies],
            portfolio=PortfolioEntry(
                digest=report.portfolio.digest,
                elements=report.portfolio.elements,
                edges=report.portfolio.edges,
            ),
            summary=report.summary(),
            verdicts=[VerdictEntry.of(report, decision) for decision in report.decisions],
            no_subject=[SubjectEntry(policy=policy, rule=rule) for policy, rule in report.no_subject],
            measures=[
                MeasureEntry(policy=m.key[0], measure=m.key[1], title=m.title, low=m.low, high=m.high, target=m.target)
                for m in report.measures
            ],
            unread=list(report.unread),
        )


def plain_value(value: Value | None) -> bool | float | str | list[object] | dict[str, object] | None:
    """A value as JSON: dates, moments and durations as text."""
    if value is None or isinstance(value, (bool, float, str, dict)):
        return value
    if isinstance(value, (tuple, list)):
        return [item if isinstance(item, (bool, float, str)) else str(item) for item in value]
    if isinstance(value, Duration):
        return format_value(value, ValueType(Sort.DURATION))
    return value.isoformat()


def _join_entries(report: Report, decision: Decision) -> list[JoinEntry]:
    made, possible = report.joins(decision)
    return [
        JoinEntry(one=link.one, other=link.other, name=link.name, said_by=list(link.said_by), certain=certain)
        for links, certain in ((made, True), (possible, False))
        for link in links
    ]


def _reason_entry(reason: Reason) -> ReasonEntry:
    return ReasonEntry(
        role=reason.role,
        clause=reason.clause,
        file=reason.file,
        line=reason.line,
        truth=reason.truth.value,
        facts=[
            FactEntry(
                element=fact.element,
                kind=fact.kind,
                attribute=fact.attribute,
                value=plain_value(fact.value),
                source=str(fact.source) if fact.source else None,
            )
            for fact in reason.facts
        ],
        by=reason.by,
        evidence=list(reason.evidence),
        further=reason.further,
    )
