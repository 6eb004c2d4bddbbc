"""Clauses of words: which are given, which twice, and what they say."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal
from zoneinfo import ZoneInfo

from lexline.diagnostics import Label, Span
from lexline.lang import syntax, typed
from lexline.lang.findings import Findings, did_you_mean, in_words
from lexline.lang.syntax import Clause, RuleClause

__all__ = [
    "check_period",
    "citations",
    "clause_name",
    "clause_text",
    "only_once",
    "policy_info",
    "response",
    "severity",
    "text_of",
]

RESPONSES: tuple[typed.Response, ...] = ("block", "warn", "record")
SEVERITIES: tuple[Literal["low", "medium", "high", "critical"], ...] = ("low", "medium", "high", "critical")
_REPEATABLE = ("require", "except where", "in force from", "reassess when", "tags")
_POLICY_TEXTS = ("version", "authority", "jurisdiction", "timezone", "unknown counts as", "owner")


def text_of(word: syntax.Word | syntax.TextLiteral | None) -> str:
    """What a word or a text says; empty for none."""
    if word is None:
        return ""
    return word.text if isinstance(word, syntax.TextLiteral) else ".".join(word.parts)


def clause_name(clause: RuleClause) -> str:
    """The words that a clause begins with."""
    match clause:
        case syntax.ForClause():
            return "for"
        case syntax.ExceptClause():
            return "except where"
        case syntax.RequireClause():
            return "require"
        case syntax.ForceClause():
            return "in force from"
        case syntax.ReassessClause():
            return "reassess when"
        case _:
            return clause.name


def only_once(findings: Findings, clauses: Sequence[RuleClause]) -> None:
    """Reports each clause that is given again and may not be."""
    first: dict[str, RuleClause] = {}
    for clause in clauses:
        name = clause_name(clause)
        if name not in first:
            first[name] = clause
        elif name not in _REPEATABLE:
            findings.error(
                "LX251",
                clause.span,
                f"the clause `{name}` is given twice",
                "keep one of them",
                [Label(first[name].span, "given here first")],
            )


def clause_text(clauses: Sequence[RuleClause], name: str) -> str:
    """What the clause of this name says; empty where it is not given."""
    found = _named(clauses, name)
    return ", ".join(text_of(value) for value in found.values) if found else ""


def citations(clauses: Sequence[RuleClause]) -> tuple[typed.Citation, ...]:
    """The provisions that a declaration cites."""
    found = _named(clauses, "cites")
    return tuple(typed.Citation(value.span, text_of(value)) for value in found.values) if found else ()


def response(findings: Findings, clauses: Sequence[RuleClause], name: str) -> typed.Response | None:
    """block, warn or record; None where the clause is not given (or is wrong)."""
    text = _one_of(findings, clauses, name, RESPONSES)
    return next((known for known in RESPONSES if known == text), None)


def severity(findings: Findings, clauses: Sequence[RuleClause]) -> Literal["low", "medium", "high", "critical"]:
    """The severity of a rule, medium where it says none."""
    text = _one_of(findings, clauses, "severity", SEVERITIES)
    return next((known for known in SEVERITIES if known == text), "medium")


def check_period(findings: Findings, span: Span, dated: syntax.ForceClause | syntax.ParameterValue) -> None:
    """Reports a period that ends before it begins."""
    if dated.since is not None and dated.until is not None and dated.until < dated.since:
        findings.error(
            "LX257", span, f"this ends on {dated.until}, before it begins on {dated.since}", "swap the two dates"
        )


def policy_info(
    findings: Findings, identifier: str, files: Sequence[syntax.PolicyFile]
) -> tuple[typed.PolicyInfo, typed.Response | None]:
    """The head of a policy, and its ``unknown counts as``; the heads of the files that form it may not differ."""
    heads = [file.policy for file in files if file.policy is not None]
    for head in heads:
        only_once(findings, head.clauses)
    clauses: dict[str, Clause] = {}
    for clause in (clause for head in heads for clause in head.clauses):
        kept = clauses.setdefault(clause.name, clause)
        if clause_text([kept], clause.name) != clause_text([clause], clause.name) and not _one_head(
            heads, kept, clause
        ):
            findings.error(
                "LX251",
                clause.span,
                f"another file of the policy `{identifier}` says another `{clause.name}`",
                "keep one of them",
                [Label(kept.span, "said here")],
            )
    given = tuple(clauses.values())
    texts = {name: clause_text(given, name) for name in _POLICY_TEXTS}
    title = next((head.title.text for head in heads if head.title is not None), "")
    info = typed.PolicyInfo(
        heads[0].span if heads else files[0].span,
        identifier,
        title,
        texts["version"],
        texts["authority"],
        texts["jurisdiction"],
        _timezone(findings, clauses.get("timezone")),
    )
    return info, response(findings, given, "unknown counts as")


def _one_head(heads: Sequence[syntax.Policy], one: Clause, other: Clause) -> bool:
    return any(one in head.clauses and other in head.clauses for head in heads)


def _named(clauses: Sequence[RuleClause], name: str) -> Clause | None:
    return next((clause for clause in clauses if isinstance(clause, Clause) and clause.name == name), None)


def _one_of(findings: Findings, clauses: Sequence[RuleClause], name: str, known: Sequence[str]) -> str:
    clause = _named(clauses, name)
    if clause is None:
        return ""
    text = clause_text(clauses, name)
    if text not in known:
        help_text = did_you_mean(text, known) or f"write {in_words(known)}"
        findings.error("LX253", clause.span, f"`{name}` is {in_words(known)}, not `{text}`", help_text)
    return text


def _timezone(findings: Findings, clause: Clause | None) -> str:
    if clause is None:
        return "UTC"
    name = "/".join(text_of(value) for value in clause.values)
    try:
        ZoneInfo(name)
    except (ValueError, OSError, LookupError):
        findings.error(
            "LX254",
            clause.span,
            f"`{name}` is not a time zone",
            "write a place of the time zone database: `Europe/London`",
        )
        return "UTC"
    return name
