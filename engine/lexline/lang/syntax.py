"""The syntax tree: what the author wrote, nothing resolved.

Frozen dataclasses, each with the span of its text. Names are still words: whether ``status`` is an attribute, a
parameter or a symbol is decided by ``resolve``. Parentheses and bullets are kept, since the formatter writes them
again and since the checks on what a reader can't see (``and`` beside ``or``, a dangling ``has``) need them.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

from lexline.diagnostics import Span
from lexline.lang.syntax_expressions import (
    Aggregate,
    Argument,
    Arithmetic,
    Avoiding,
    Between,
    BooleanLiteral,
    Bullets,
    CheckCall,
    Comparison,
    DateLiteral,
    DateOf,
    DurationLiteral,
    Expression,
    Extreme,
    In,
    Includes,
    Is,
    LastDay,
    Logic,
    MomentLiteral,
    Navigation,
    Not,
    NumberLiteral,
    Otherwise,
    Paren,
    Passes,
    Quantified,
    SetLiteral,
    TextLiteral,
    Today,
    When,
    Within,
    Word,
)

__all__ = [
    "Aggregate",
    "Argument",
    "Arithmetic",
    "Avoiding",
    "Between",
    "BooleanLiteral",
    "Bullets",
    "CheckCall",
    "Clause",
    "Comment",
    "Comparison",
    "DateLiteral",
    "DateOf",
    "Declaration",
    "DurationClause",
    "DurationLiteral",
    "Example",
    "ExceptClause",
    "Expected",
    "Expression",
    "Extreme",
    "ForClause",
    "ForceClause",
    "GivenEdge",
    "GivenElement",
    "In",
    "Includes",
    "Is",
    "LastDay",
    "Logic",
    "Measure",
    "MomentLiteral",
    "Navigation",
    "Not",
    "NumberLiteral",
    "Otherwise",
    "Parameter",
    "ParameterValue",
    "Paren",
    "Passes",
    "Policy",
    "PolicyFile",
    "Quantified",
    "ReassessClause",
    "RequireClause",
    "Rule",
    "RuleClause",
    "SetLiteral",
    "Term",
    "TextLiteral",
    "Today",
    "Use",
    "When",
    "Within",
    "Word",
]

# ---- clauses and declarations --------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Clause:
    """A clause of words or texts that needs no more structure: ``version 2026.11.0``, ``owner dpo``, ``tags a, b``.

    ``name`` is the clause's words joined by a space (``if unknown``, ``unknown counts as``); ``values`` what follows.
    Names used: policy: version, authority, jurisdiction, timezone, unknown counts as, owner; rule: cites, if unknown,
    severity, enforcement, owner, explain, remedy, tags; term: cites; measure: cites, owner.
    """

    span: Span
    name: str
    values: tuple[Word | TextLiteral, ...]


@dataclass(frozen=True, slots=True)
class ForClause:
    """``for [TERM …] KIND [as NAME] [where …]``."""

    span: Span
    terms: tuple[Word, ...]
    kind: Word
    alias: Word | None
    where: Expression | None


@dataclass(frozen=True, slots=True)
class ExceptClause:
    """``except where … [by ID]``."""

    span: Span
    where: Expression
    by: Word | TextLiteral | None


@dataclass(frozen=True, slots=True)
class RequireClause:
    """``require …``."""

    span: Span
    condition: Expression


@dataclass(frozen=True, slots=True)
class ForceClause:
    """``in force from D [until D] [where …] [published D] [by ID]``."""

    span: Span
    since: date
    until: date | None
    where: Expression | None
    published: date | None
    by: Word | TextLiteral | None


@dataclass(frozen=True, slots=True)
class DurationClause:
    """``deadline 30 days`` or ``reassess every 12 months`` (``name`` is ``deadline`` or ``reassess every``); the
    duration is a literal or the name of a parameter."""

    span: Span
    name: Literal["deadline", "reassess every"]
    duration: Expression


@dataclass(frozen=True, slots=True)
class ReassessClause:
    """``reassess when [upstream|downstream] KIND changes ATTRIBUTE, …``."""

    span: Span
    direction: Literal["upstream", "downstream"] | None
    terms: tuple[Word, ...]
    kind: Word
    attributes: tuple[Word, ...]


RuleClause = ForClause | ExceptClause | RequireClause | ForceClause | DurationClause | ReassessClause | Clause


@dataclass(frozen=True, slots=True)
class Policy:
    """``policy uk-gdpr "…"`` with its clauses."""

    span: Span
    id: Word
    title: TextLiteral | None
    clauses: tuple[Clause, ...]


@dataclass(frozen=True, slots=True)
class Use:
    """``use uk-gdpr``."""

    span: Span
    pack: Word


@dataclass(frozen=True, slots=True)
class ParameterValue:
    """``is V [from D] [until D] [published D] [by ID]``."""

    span: Span
    value: Expression
    since: date | None
    until: date | None
    published: date | None
    by: Word | TextLiteral | None


@dataclass(frozen=True, slots=True)
class Parameter:
    """``parameter dpia_validity "…" is 12 months …``."""

    span: Span
    name: Word
    title: TextLiteral | None
    values: tuple[ParameterValue, ...]


@dataclass(frozen=True, slots=True)
class Term:
    """``term personal for dataset means …``."""

    span: Span
    name: Word
    kind: Word
    alias: Word | None
    condition: Expression
    clauses: tuple[Clause, ...]


@dataclass(frozen=True, slots=True)
class Rule:
    """``rule ID "title" …`` with its clauses in the order written."""

    span: Span
    id: Word
    title: TextLiteral | None
    clauses: tuple[RuleClause, ...]


@dataclass(frozen=True, slots=True)
class Measure:
    """``measure NAME "title" is … [target V]``."""

    span: Span
    name: Word
    title: TextLiteral | None
    value: Expression
    target: Expression | None
    clauses: tuple[Clause, ...]


@dataclass(frozen=True, slots=True)
class GivenElement:
    """``dataset applicants { special_category: true }``; values are plain data (str, int, float, bool, date, datetime,
    Duration, list, dict, None), each with the span of its key for messages."""

    span: Span
    kind: Word
    id: Word | TextLiteral
    attributes: tuple[tuple[Word, object], ...]


@dataclass(frozen=True, slots=True)
class GivenEdge:
    """``applicants trains -> credit [possible]``."""

    span: Span
    origin: Word | TextLiteral
    relation: Word
    target: Word | TextLiteral
    possible: bool = False


@dataclass(frozen=True, slots=True)
class Expected:
    """``RULE gives fail for credit``: ``verdict`` is a verdict's word; ``RULE is upcoming for credit``: ``phase``."""

    span: Span
    rule: Word
    outcome: Word
    element: Word | TextLiteral
    phase: bool = False


@dataclass(frozen=True, slots=True)
class Example:
    """``example "…" on D [known on D] given … expect …``."""

    span: Span
    title: TextLiteral
    on: date | None
    known_on: date | None
    given: tuple[GivenElement | GivenEdge, ...]
    expected: tuple[Expected, ...]


Declaration = Use | Parameter | Term | Rule | Measure | Example


@dataclass(frozen=True, slots=True)
class Comment:
    """A comment with its ``#``; ``own_line`` when nothing else stands on its line."""

    span: Span
    text: str
    own_line: bool


@dataclass(frozen=True, slots=True)
class PolicyFile:
    """One policy file: at most one ``policy`` line, then declarations in any order; all comments, for the formatter.

    ``unread`` are the names of declarations that were left out because of a syntax error: that is reported already, so
    that what uses them is not to be reported too.
    """

    span: Span
    policy: Policy | None
    declarations: tuple[Declaration, ...]
    comments: tuple[Comment, ...]
    unread: tuple[Word, ...] = ()
