"""The syntax tree of expressions: values, conditions and navigations as the author wrote them.

See ``syntax``, which everything imports.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Literal

from lexline.diagnostics import Span
from lexline_lineage.values import Duration

# ---- expressions: values and conditions alike ----------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Word:
    """A name as a value or an element: ``tier``, ``model.owner`` (two parts), ``pack.term``."""

    span: Span
    parts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class NumberLiteral:
    """``3``, ``-0.5``, ``1e25``; ``percent`` for ``5%`` (then ``number`` is 5)."""

    span: Span
    number: Decimal
    percent: bool = False


@dataclass(frozen=True, slots=True)
class TextLiteral:
    """``"a text"``; ``text`` without quotes, escapes resolved."""

    span: Span
    text: str


@dataclass(frozen=True, slots=True)
class DateLiteral:
    """``2026-11-22``."""

    span: Span
    date: date


@dataclass(frozen=True, slots=True)
class MomentLiteral:
    """``2026-11-22T10:00Z``; aware, as written."""

    span: Span
    moment: datetime


@dataclass(frozen=True, slots=True)
class DurationLiteral:
    """``12 months``, ``30 days``, ``72 hours``; ``count`` and ``unit`` (singular) as written, their meaning."""

    span: Span
    count: int
    unit: str
    duration: Duration


@dataclass(frozen=True, slots=True)
class BooleanLiteral:
    """``true`` or ``false``."""

    span: Span
    value: bool


@dataclass(frozen=True, slots=True)
class Today:
    """``today``, or ``now`` (its moment)."""

    span: Span
    moment: bool = False


@dataclass(frozen=True, slots=True)
class LastDay:
    """``the last 30 June``: the latest such day up to today."""

    span: Span
    day: int
    month: int


@dataclass(frozen=True, slots=True)
class DateOf:
    """``date of M``: the date of a moment in the policy's time zone."""

    span: Span
    value: Expression


@dataclass(frozen=True, slots=True)
class Paren:
    """An expression in parentheses."""

    span: Span
    inner: Expression


@dataclass(frozen=True, slots=True)
class Arithmetic:
    """``a + b``, ``a - b``, ``a * b``, ``a / b``."""

    span: Span
    operator: Literal["+", "-", "*", "/"]
    left: Expression
    right: Expression


@dataclass(frozen=True, slots=True)
class When:
    """``(A when CONDITION else B)``."""

    span: Span
    value: Expression
    condition: Expression
    otherwise: Expression


@dataclass(frozen=True, slots=True)
class Otherwise:
    """``(a otherwise b)``."""

    span: Span
    value: Expression
    fallback: Expression


@dataclass(frozen=True, slots=True)
class Argument:
    """``by: "postcode_area"`` in a check call."""

    span: Span
    name: str
    value: Expression


@dataclass(frozen=True, slots=True)
class CheckCall:
    """``check fairness.selection-rate-gap(by: "postcode_area")``."""

    span: Span
    name: str
    name_span: Span
    arguments: tuple[Argument, ...]


@dataclass(frozen=True, slots=True)
class SetLiteral:
    """``{credit, employment}``: words and literals."""

    span: Span
    items: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class Comparison:
    """``left OP right``."""

    span: Span
    operator: Literal["=", "!=", "<", "<=", ">", ">="]
    left: Expression
    right: Expression


@dataclass(frozen=True, slots=True)
class Is:
    """``X is Y`` / ``X is not Y``: ``what`` is a word, a literal, or the words ``known``, ``missing``."""

    span: Span
    value: Expression
    what: Expression
    negated: bool = False


@dataclass(frozen=True, slots=True)
class In:
    """``X in {…}`` / ``X not in {…}``; ``options`` is a ``SetLiteral`` or a ``Word`` (a parameter that is a list)."""

    span: Span
    value: Expression
    options: Expression
    negated: bool = False


@dataclass(frozen=True, slots=True)
class Between:
    """``X between A and B``, ends included."""

    span: Span
    value: Expression
    low: Expression
    high: Expression


@dataclass(frozen=True, slots=True)
class Includes:
    """``LIST includes V``; with ``every``: ``LIST includes every of {…}``."""

    span: Span
    value: Expression
    what: Expression
    every: bool = False


@dataclass(frozen=True, slots=True)
class Within:
    """``X is within the last D`` (``last``), ``X is within D after B`` / ``before B``,
    ``X is done within D after B`` (``done``). ``duration`` is an expression: a literal or a parameter."""

    span: Span
    value: Expression
    duration: Expression
    mode: Literal["last", "after", "before", "done"]
    anchor: Expression | None = None


@dataclass(frozen=True, slots=True)
class Passes:
    """``ELEMENT passes RULE``; ``rule`` may have two parts (``pack.RULE``)."""

    span: Span
    element: Word
    rule: Word


@dataclass(frozen=True, slots=True)
class Not:
    """``not CONDITION``."""

    span: Span
    condition: Expression


@dataclass(frozen=True, slots=True)
class Logic:
    """``a and b and c`` or ``a or b or c``: one operator on one level, at least two operands."""

    span: Span
    operator: Literal["and", "or"]
    operands: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class Bullets:
    """``all of`` / ``any of`` / ``none of`` with bullets."""

    span: Span
    style: Literal["all", "any", "none"]
    items: tuple[Expression, ...]


# ---- navigation ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Avoiding:
    """``avoiding (job where operation = anonymise)``."""

    span: Span
    terms: tuple[Word, ...]
    kind: Word
    where: Expression | None


@dataclass(frozen=True, slots=True)
class Navigation:
    """``[direct] [upstream|downstream] [TERM …] KIND [as NAME] [of ELEMENT] [in the portfolio] [within N steps]
    [avoiding (…)] [where …]``.

    ``name`` is the kind or relation word as written (singular or plural). A document navigation has ``path`` (the
    JSONPath text) and ``document`` (``model.card``) in place of the kind, and ``name`` is ``value``.
    """

    span: Span
    name: Word
    direct: bool = False
    direction: Literal["upstream", "downstream"] | None = None
    terms: tuple[Word, ...] = ()
    alias: Word | None = None
    of: Word | None = None
    in_portfolio: bool = False
    steps: int | None = None
    avoiding: tuple[Avoiding, ...] = ()
    where: Expression | None = None
    path: TextLiteral | None = None
    document: Word | None = None


@dataclass(frozen=True, slots=True)
class Quantified:
    """``some … [has …]``; ``count`` for ``at least N`` and its like."""

    span: Span
    quantifier: Literal["some", "every", "no", "at least", "at most", "exactly"]
    navigation: Navigation
    body: Expression | None = None
    count: int = 0


@dataclass(frozen=True, slots=True)
class Extreme:
    """``the latest KIND by ATTRIBUTE [where …] has …``."""

    span: Span
    which: Literal["latest", "earliest", "highest", "lowest"]
    navigation: Navigation
    by: Word
    body: Expression


@dataclass(frozen=True, slots=True)
class Aggregate:
    """``count of …``, ``latest updated_on of … [if none V]``, ``share of … has (…)``."""

    span: Span
    function: Literal["count", "latest", "earliest", "highest", "lowest", "total", "average", "share"]
    navigation: Navigation
    attribute: Word | None = None
    body: Expression | None = None
    if_none: Expression | None = None


Expression = (
    Word
    | NumberLiteral
    | TextLiteral
    | DateLiteral
    | MomentLiteral
    | DurationLiteral
    | BooleanLiteral
    | Today
    | LastDay
    | DateOf
    | Paren
    | Arithmetic
    | When
    | Otherwise
    | CheckCall
    | SetLiteral
    | Comparison
    | Is
    | In
    | Between
    | Includes
    | Within
    | Passes
    | Not
    | Logic
    | Bullets
    | Quantified
    | Extreme
    | Aggregate
)
