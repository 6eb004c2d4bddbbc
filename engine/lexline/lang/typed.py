"""The typed tree: what a policy means, every name resolved and every expression typed.

Later stages may assume: attributes exist on the kinds named; both sides of a comparison have types that compare; an
element is a *slot* (an integer), bound by the rule's subject (slot 0), by a navigation, an extreme, or an ``avoiding``;
every slot is bound once in a rule. Conditions are expressions of boolean type. Nothing here holds a name that still has
to be looked up, but ids of terms, rules and parameters, which are keys into ``Program``.

Text is compared as text and symbols as symbols; a literal that stands beside an enumeration has that enumeration's type.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal

from lexline.diagnostics import Span
from lexline_lineage.values import Value, ValueType

Key = tuple[str, str]
"""(policy id, name): names a rule, a parameter or a measure. Terms add the kind: see ``TermKey``."""
TermKey = tuple[str, str, str]
"""(policy id, kind, name)."""

# ---- values --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class LiteralValue:
    """A written value, already in its memory form (see ``lexline_lineage.values``)."""

    span: Span
    type: ValueType
    value: Value


@dataclass(frozen=True, slots=True)
class ParameterValue:
    """The value of a parameter on the date of evaluation; missing where none is in force."""

    span: Span
    type: ValueType
    parameter: Key


@dataclass(frozen=True, slots=True)
class AttributeValue:
    """An attribute of the element in ``slot``, whose kind is ``kind``."""

    span: Span
    type: ValueType
    slot: int
    kind: str
    attribute: str


@dataclass(frozen=True, slots=True)
class ItemValue:
    """The value that a document navigation walks to. ``type`` is what its use asks for: a raw item that isn't of this
    type (``lexline_lineage.values.parse_value``) is missing."""

    span: Span
    type: ValueType
    slot: int


@dataclass(frozen=True, slots=True)
class TodayValue:
    """``today`` (a date), or ``now`` when its type is moment."""

    span: Span
    type: ValueType


@dataclass(frozen=True, slots=True)
class LastDayValue:
    """The latest ``day`` of ``month`` up to today; always known. 29 February: in the latest leap year."""

    span: Span
    type: ValueType
    day: int
    month: int


@dataclass(frozen=True, slots=True)
class DateOfValue:
    """The date of a moment in the policy's time zone (IANA name)."""

    span: Span
    type: ValueType
    value: Expression
    timezone: str


@dataclass(frozen=True, slots=True)
class ArithmeticValue:
    """``left operator right``. Numbers are ranges (see ``AggregateValue``) and combine as intervals; a division whose
    divisor's range holds zero is missing, and so is a result that isn't finite or a date outside the years 1 to 9999.

    date or moment ± duration (calendar months clamp at the month's end; of a moment in ``timezone``); date - date and
    moment - moment give an elapsed duration.
    """

    span: Span
    type: ValueType
    operator: Literal["+", "-", "*", "/"]
    left: Expression
    right: Expression
    timezone: str = "UTC"


@dataclass(frozen=True, slots=True)
class ConditionalValue:
    """``(value when condition else otherwise)``; missing where the condition is unknown, even if both values agree."""

    span: Span
    type: ValueType
    value: Expression
    condition: Expression
    otherwise: Expression


@dataclass(frozen=True, slots=True)
class OtherwiseValue:
    """``(value otherwise fallback)``: the fallback where the *attribute* (or item) ``value`` is missing."""

    span: Span
    type: ValueType
    value: Expression
    fallback: Expression


@dataclass(frozen=True, slots=True)
class CheckValue:
    """The result of a check plug-in for the element in ``slot``. ``arguments`` are sorted by name; each is a
    ``LiteralValue`` or a ``ParameterValue``."""

    span: Span
    type: ValueType
    check: str
    slot: int
    kind: str
    arguments: tuple[tuple[str, Expression], ...]


@dataclass(frozen=True, slots=True)
class AggregateValue:
    """A value over the members of a navigation.

    ``count`` and ``share`` are ranges from what is sure to what is possible. The others are missing when a member's
    value, or whether it is a member, is unknown, or the lineage is open. Over a set that is decidedly empty: count and
    total are 0, the others missing, unless ``if_none`` (evaluated outside of the set) is given.
    ``attribute`` is an ``AttributeValue`` or ``ItemValue`` of ``navigation.slot``; ``body`` is that of a share.
    """

    span: Span
    type: ValueType
    function: Literal["count", "latest", "earliest", "highest", "lowest", "total", "average", "share"]
    navigation: Navigation
    attribute: Expression | None = None
    body: Expression | None = None
    if_none: Expression | None = None


# ---- conditions (their type is boolean) ----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Compare:
    """Unknown where a side is missing or the ranges of the sides overlap undecidedly. Moments compare as instants,
    durations with their own sort only (calendar against elapsed: unknown), ``=`` and ``!=`` on text, symbols, booleans,
    lists (as sequences)."""

    span: Span
    operator: Literal["=", "!=", "<", "<=", ">", ">="]
    left: Expression
    right: Expression


@dataclass(frozen=True, slots=True)
class Membership:
    """The value equals one of ``options`` (literals), or one of the list that the parameter holds."""

    span: Span
    value: Expression
    options: tuple[Expression, ...] | ParameterValue
    negated: bool = False


@dataclass(frozen=True, slots=True)
class IncludesValue:
    """The list includes the value; with ``every``, each of ``options``. Unknown where the list or a value is missing."""

    span: Span
    value: Expression
    options: tuple[Expression, ...] | ParameterValue
    every: bool = False


@dataclass(frozen=True, slots=True)
class BetweenValues:
    """``low <= value and value <= high`` (Kleene)."""

    span: Span
    value: Expression
    low: Expression
    high: Expression


@dataclass(frozen=True, slots=True)
class Known:
    """Whether the attribute has a value; always decided. ``missing`` turns it round."""

    span: Span
    value: AttributeValue
    missing: bool = False


@dataclass(frozen=True, slots=True)
class WithinPeriod:
    """A period runs forward from its event.

    last: ``value <= today <= value + duration`` (``now`` for a moment);
    after: ``anchor <= value <= anchor + duration``; before: ``value <= anchor <= value + duration``;
    done: where the value is recorded, ``value <= anchor + duration``; where it is not, ``today <= anchor + duration``;
    unknown where the anchor is missing. Comparisons join by Kleene's and.
    """

    span: Span
    value: Expression
    duration: Expression
    mode: Literal["last", "after", "before", "done"]
    anchor: Expression | None
    timezone: str = "UTC"


@dataclass(frozen=True, slots=True)
class Inverse:
    """``not``."""

    span: Span
    condition: Expression


@dataclass(frozen=True, slots=True)
class Connective:
    """Kleene's and / or over the operands. ``style`` is how it was written (``none`` is an ``Inverse`` of an ``or``)."""

    span: Span
    operator: Literal["and", "or"]
    operands: tuple[Expression, ...]
    style: Literal["words", "bullets"] = "words"


@dataclass(frozen=True, slots=True)
class TermHolds:
    """The term holds for the element in ``slot``. The term's own tree has that element in its slot 0."""

    span: Span
    term: TermKey
    slot: int


@dataclass(frozen=True, slots=True)
class PassesRule:
    """The rule's verdict for the element in ``slot`` (before waivers, whatever its phase): true for pass, exempt and
    not-applicable, false for fail, unknown for unknown and error."""

    span: Span
    rule: Key
    slot: int


@dataclass(frozen=True, slots=True)
class QuantifiedCondition:
    """How many members of the navigation have ``body`` (None: true).

    A member counts surely where membership and body are true, possibly where neither is false. An open navigation may
    hold any number of further members of which nothing is known.
    """

    span: Span
    quantifier: Literal["some", "every", "no", "at least", "at most", "exactly"]
    navigation: Navigation
    body: Expression | None
    count: int = 0


@dataclass(frozen=True, slots=True)
class ExtremeCondition:
    """``the latest KIND by KEY has BODY``: false without a member; all that tie for the extreme must have the body.
    ``latest`` and ``highest`` take the greatest key. Unknown where the completions of what is missing differ."""

    span: Span
    which: Literal["latest", "earliest", "highest", "lowest"]
    navigation: Navigation
    key: AttributeValue
    body: Expression


# ---- navigation ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class AvoidedNode:
    """Nodes of ``kind`` for which ``condition`` (over ``slot`` alone; None: all of the kind) holds."""

    span: Span
    kind: str
    slot: int
    condition: Expression | None


@dataclass(frozen=True, slots=True)
class Lineage:
    """All that data flows from (upstream) / to (downstream), within ``steps`` (None: any distance)."""

    direction: Literal["upstream", "downstream"]
    steps: int | None
    avoiding: tuple[AvoidedNode, ...]


@dataclass(frozen=True, slots=True)
class Related:
    """The elements one relation away: by any of ``relations``, each with True along it as written."""

    relations: tuple[tuple[str, bool], ...]


@dataclass(frozen=True, slots=True)
class Portfolio:
    """All elements of the kind, related or not; never open."""


@dataclass(frozen=True, slots=True)
class DocumentPath:
    """The values at a JSONPath of a document attribute. Nothing found, or no document: open."""

    path: str
    document: Expression
    """an ``AttributeValue`` of document type, of the element in ``Navigation.origin``"""


@dataclass(frozen=True, slots=True)
class Navigation:
    """A set of elements of ``kind`` (None over a document), bound in turn to ``slot``.

    ``origin`` is the slot that it starts from (None: the portfolio from nowhere). A member is what ``scope`` reaches and
    for which ``condition`` (adjective terms, then ``where``) holds; it may read outer slots.
    """

    span: Span
    scope: Lineage | Related | Portfolio | DocumentPath
    origin: int | None
    kind: str | None
    slot: int
    condition: Expression | None


Expression = (
    LiteralValue
    | ParameterValue
    | AttributeValue
    | ItemValue
    | TodayValue
    | LastDayValue
    | DateOfValue
    | ArithmeticValue
    | ConditionalValue
    | OtherwiseValue
    | CheckValue
    | AggregateValue
    | Compare
    | Membership
    | IncludesValue
    | BetweenValues
    | Known
    | WithinPeriod
    | Inverse
    | Connective
    | TermHolds
    | PassesRule
    | QuantifiedCondition
    | ExtremeCondition
)

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


@dataclass(frozen=True, slots=True)
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
