"""The typed tree: what a policy means, every name resolved and every expression typed.

Later stages may assume: attributes exist on the kinds named; both sides of a comparison have types that compare; an
element is a *slot* (an integer), bound by the rule's subject (slot 0), by a navigation, an extreme, or an ``avoiding``;
every slot is bound once in a rule. Conditions are expressions of boolean type. Nothing here holds a name that still has
to be looked up, but ids of terms, rules and parameters, which are keys into ``Program``.

Text is compared as text and symbols as symbols; a literal beside an enumeration has that enumeration's type.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal

from lexline.diagnostics import Span
from lexline.lang.typed_expressions import (
    AggregateValue,
    ArithmeticValue,
    AttributeValue,
    AvoidedNode,
    BetweenValues,
    CheckValue,
    Compare,
    ConditionalValue,
    Connective,
    DateOfValue,
    DocumentPath,
    Expression,
    ExtremeCondition,
    IncludesValue,
    Inverse,
    ItemValue,
    Key,
    Known,
    LastDayValue,
    Lineage,
    LiteralValue,
    Membership,
    Navigation,
    OtherwiseValue,
    ParameterValue,
    PassesRule,
    Portfolio,
    QuantifiedCondition,
    Related,
    TermHolds,
    TermKey,
    TodayValue,
    WithinPeriod,
)
from lexline_lineage.values import Value, ValueType

__all__ = [
    "AggregateValue",
    "ArithmeticValue",
    "AttributeValue",
    "AvoidedNode",
    "BetweenValues",
    "CheckValue",
    "Citation",
    "Compare",
    "ConditionalValue",
    "Connective",
    "DateOfValue",
    "DatedValue",
    "DocumentPath",
    "Example",
    "ExampleEdge",
    "ExampleElement",
    "ExceptionClause",
    "ExpectedOutcome",
    "Expression",
    "ExtremeCondition",
    "ForceLine",
    "IncludesValue",
    "Inverse",
    "ItemValue",
    "Key",
    "Known",
    "LastDayValue",
    "Lineage",
    "LiteralValue",
    "Measure",
    "Membership",
    "Navigation",
    "OtherwiseValue",
    "Parameter",
    "ParameterValue",
    "PassesRule",
    "PolicyInfo",
    "Portfolio",
    "Program",
    "QuantifiedCondition",
    "Reassessment",
    "Related",
    "Response",
    "Rule",
    "Template",
    "Term",
    "TermHolds",
    "TermKey",
    "TodayValue",
    "WithinPeriod",
]

# ---- declarations --------------------------------------------------------------------------------------------------

Response = Literal["block", "warn", "record"]


@dataclass(frozen=True, slots=True)
class Citation:
    """A provision of the register that a rule or term expresses."""

    span: Span
    provision: str


@dataclass(frozen=True, slots=True)
class DatedValue:
    """One value of a parameter: in force from ``since`` to ``until`` (both included; None: without an end), law since
    ``published`` (None: from the beginning), by the instrument ``by``."""

    span: Span
    value: Value
    since: date | None = None
    until: date | None = None
    published: date | None = None
    by: str = ""


@dataclass(frozen=True, slots=True)
class Parameter:
    """A named value, dated. Settings of ``lexline.yaml`` replace all its values by one."""

    span: Span
    key: Key
    title: str
    type: ValueType
    values: tuple[DatedValue, ...]


@dataclass(frozen=True, slots=True)
class Term:
    """A word for a condition on the elements of one kind (slot 0)."""

    span: Span
    key: TermKey
    kind: str
    condition: Expression
    citations: tuple[Citation, ...] = ()


@dataclass(frozen=True, slots=True)
class ExceptionClause:
    """``except where``, and the source that grants it."""

    span: Span
    condition: Expression
    by: str = ""


@dataclass(frozen=True, slots=True)
class ForceLine:
    """When a rule applies: ``since`` to ``until``, both included, where ``condition`` holds for the subject."""

    span: Span
    since: date
    until: date | None
    condition: Expression | None
    published: date | None
    by: str = ""


@dataclass(frozen=True, slots=True)
class Template:
    """A message: texts and expressions over slot 0 in turn, ``{model.name}`` written in the text."""

    span: Span
    parts: tuple[str | Expression, ...]


@dataclass(frozen=True, slots=True)
class Reassessment:
    """``reassess when``: a change of ``attributes`` of ``kind`` in ``direction`` (None: of the element itself)."""

    span: Span
    direction: Literal["upstream", "downstream"] | None
    kind: str
    condition: Expression | None
    """adjective terms over slot 1"""
    attributes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule over the elements of ``kind`` (slot 0), with its policy's defaults already applied."""

    span: Span
    key: Key
    title: str
    kind: str
    subject_name: str
    """the alias, or the kind"""
    condition: Expression | None
    """the ``for``: adjective terms, then ``where``"""
    exceptions: tuple[ExceptionClause, ...]
    requirements: tuple[Expression, ...]
    force: tuple[ForceLine, ...]
    citations: tuple[Citation, ...]
    severity: Literal["low", "medium", "high", "critical"]
    enforcement: Response
    if_unknown: Response
    owner: str
    explain: Template | None
    remedy: Template | None
    deadline: Expression | None
    reassess_every: Expression | None
    reassess_when: tuple[Reassessment, ...]
    tags: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Measure:
    """A figure over the portfolio; ``value`` has no subject."""

    span: Span
    key: Key
    title: str
    value: Expression
    target: Expression | None


@dataclass(frozen=True, slots=True)
class ExampleElement:
    """An element that an example supposes: raw attribute values, as a portfolio file would hold them."""

    span: Span
    id: str
    kind: str
    attributes: tuple[tuple[str, object], ...]


@dataclass(frozen=True, slots=True)
class ExampleEdge:
    """An edge that an example supposes."""

    span: Span
    origin: str
    relation: str
    target: str
    possible: bool


@dataclass(frozen=True, slots=True)
class ExpectedOutcome:
    """What an example expects of a rule for an element: a verdict's word, or (``phase``) a phase's."""

    span: Span
    rule: Key
    element: str
    outcome: str
    phase: bool


@dataclass(frozen=True, slots=True)
class Example:
    """A test in the policy: a small portfolio, a date, expected outcomes."""

    span: Span
    policy: str
    title: str
    on: date | None
    known_on: date | None
    elements: tuple[ExampleElement, ...]
    edges: tuple[ExampleEdge, ...]
    expected: tuple[ExpectedOutcome, ...]


@dataclass(frozen=True, slots=True)
class PolicyInfo:
    """The head of a policy."""

    span: Span
    id: str
    title: str
    version: str
    authority: str
    jurisdiction: str
    timezone: str
    """IANA name; UTC where the policy says none"""


@dataclass(frozen=True, slots=True, weakref_slot=True)
class Program:
    """All policies of a run, resolved together. Rules and terms are in an order in which what they use comes first."""

    policies: tuple[PolicyInfo, ...]
    parameters: Mapping[Key, Parameter]
    terms: Mapping[TermKey, Term]
    rules: Mapping[Key, Rule]
    measures: Mapping[Key, Measure]
    examples: tuple[Example, ...]

    def timezone(self, policy: str) -> str:
        """The time zone of a policy."""
        return next((info.timezone for info in self.policies if info.id == policy), "UTC")
