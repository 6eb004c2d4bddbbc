"""The published JSON form of a report (``docs/report.schema.json``); its ``schema`` field names its version."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from lexline.evaluate.verdict import Decision, Reason
from lexline.report import Report, plain_value

__all__ = ["SCHEMA", "Closed", "PortfolioEntry", "ReportDocument", "VerdictEntry"]

SCHEMA: Literal["lexline-report/1"] = "lexline-report/1"


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
