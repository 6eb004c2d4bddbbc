"""Clauses of words: which are given, which twice, and what they say."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal
from zoneinfo import ZoneInfo

from lexline.diagnostics import Label, Span
from lexline.lang import syntax, typed
from lexline.lang.findings import Findings
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
                "write both ids behind one `cites`, with a comma" if name == "cites" else "keep one of them",
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


def response(clauses: Sequence[RuleClause], name: str) -> typed.Response | None:
    """block, warn or record; None where the clause is not given (or holds another word: the parser reports that)."""
    return next((known for known in RESPONSES if known == clause_text(clauses, name)), None)


def severity(clauses: Sequence[RuleClause]) -> Literal["low", "medium", "high", "critical"]:
    """The severity of a rule, medium where it says none."""
    return next((known for known in SEVERITIES if known == clause_text(clauses, "severity")), "medium")


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
        _timezone(given),
    )
    return info, response(given, "unknown counts as")


def _one_head(heads: Sequence[syntax.Policy], one: Clause, other: Clause) -> bool:
    return any(one in head.clauses and other in head.clauses for head in heads)


def _named(clauses: Sequence[RuleClause], name: str) -> Clause | None:
    return next((clause for clause in clauses if isinstance(clause, Clause) and clause.name == name), None)


def _timezone(clauses: Sequence[Clause]) -> str:
    """The time zone, UTC where none is given (or it is none: the parser reports that)."""
    name = clause_text(clauses, "timezone")
    try:
        return ZoneInfo(name).key if name else "UTC"
    except (ValueError, OSError, LookupError):
        return "UTC"
