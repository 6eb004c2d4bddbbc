"""The typed tree of expressions: values, conditions and navigations with every name resolved.

See ``typed``, which everything imports and which says what may be assumed.
"""

from __future__ import annotations

from dataclasses import dataclass
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
    """``today`` (a date), or ``now`` when its type is moment, in the policy's time zone (IANA name)."""

    span: Span
    type: ValueType
    timezone: str


@dataclass(frozen=True, slots=True)
class LastDayValue:
    """The latest ``day`` of ``month`` up to today; always known. 29 February: in the latest leap year."""

    span: Span
    type: ValueType
    day: int
    month: int
    timezone: str


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
    version: str = "1"
    """of the check: another one may answer otherwise, so that a rule that calls it means something else"""


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
    """The list includes the value; with ``every``, each of ``options``. Unknown where list or value is missing."""

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
    """Kleene's and / or over the operands. ``style``: how it was written (``none`` is an ``Inverse`` of an ``or``)."""

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

    ``origin`` is the slot that it starts from (None: the portfolio from nowhere). A member is what ``scope`` reaches
    and for which ``condition`` (adjective terms, then ``where``) holds; it may read outer slots.
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
