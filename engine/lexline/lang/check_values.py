"""Types values: literals, attributes, arithmetic, choices, and what may stand beside what."""

from __future__ import annotations

from lexline.lang import syntax, typed
from lexline.lang.check_arithmetic import check_arithmetic
from lexline.lang.check_calls import check_call
from lexline.lang.check_literals import check_list, check_literal
from lexline.lang.operands import check_pair, require_same_type
from lexline.lang.resolve import word_value
from lexline.lang.scope import Checker, Scope
from lexline.lang.types import DATE, MOMENT, type_of, with_article
from lexline_lineage.values import Sort, ValueType

__all__ = ["check_value"]


def check_value(
    c: Checker, expression: syntax.Expression, scope: Scope, expected: ValueType | None
) -> typed.Expression | None:
    """An expression in the place of a value."""
    match expression:
        case syntax.Paren():
            return c.value(expression.inner, scope, expected)
        case syntax.Word():
            return word_value(c, expression, scope, expected)
        case syntax.Today():
            return typed.TodayValue(expression.span, MOMENT if expression.moment else DATE, c.timezone)
        case syntax.LastDay():
            return typed.LastDayValue(expression.span, DATE, expression.day, expression.month, c.timezone)
        case syntax.DateOf():
            return _date_of(c, expression, scope)
        case syntax.Arithmetic():
            return check_arithmetic(c, expression, scope, expected)
        case syntax.When():
            return _when(c, expression, scope, expected)
        case syntax.Otherwise():
            return _otherwise(c, expression, scope, expected)
        case syntax.CheckCall():
            return check_call(c, expression, scope)
        case syntax.Aggregate():
            return c.aggregate(expression, scope, expected)
        case syntax.SetLiteral():
            return check_list(c, expression, expected)
        case (
            syntax.NumberLiteral()
            | syntax.TextLiteral()
            | syntax.DateLiteral()
            | syntax.MomentLiteral()
            | syntax.DurationLiteral()
            | syntax.BooleanLiteral()
        ):
            return check_literal(c, expression, expected)
        case _:
            c.findings.error(
                "LX227",
                expression.span,
                "this is a condition, and a value is needed here",
                "join conditions with `and` / `or`; a value by a condition is `(A when CONDITION else B)`",
            )
            return None


def _date_of(c: Checker, expression: syntax.DateOf, scope: Scope) -> typed.Expression | None:
    value = c.value(expression.value, scope, MOMENT)
    if value is None:
        return None
    if type_of(value).sort is not Sort.MOMENT:
        help_text = "leave `date of` out" if type_of(value).sort is Sort.DATE else ""
        c.findings.error(
            "LX222", expression.span, f"`date of` needs a moment, not {with_article(type_of(value))}", help_text
        )
        return None
    return typed.DateOfValue(expression.span, DATE, value, c.timezone)


def _when(c: Checker, expression: syntax.When, scope: Scope, expected: ValueType | None) -> typed.Expression | None:
    condition = c.condition(expression.condition, scope)
    pair = check_pair(c, expression.value, expression.otherwise, scope, expected)
    if pair is None:
        return None
    value, otherwise = pair
    if not require_same_type(c, expression.span, value, otherwise, "stand in for") or condition is None:
        return None
    return typed.ConditionalValue(expression.span, type_of(value), value, condition, otherwise)


def _otherwise(
    c: Checker, expression: syntax.Otherwise, scope: Scope, expected: ValueType | None
) -> typed.Expression | None:
    inner = expression.value
    while isinstance(inner, syntax.Paren):
        inner = inner.inner
    if isinstance(inner, syntax.Aggregate):
        return None  # reported by the parser, which knows that `if none` is meant
    pair = check_pair(c, expression.value, expression.fallback, scope, expected)
    if pair is None:
        return None
    value, fallback = pair
    if not isinstance(value, typed.AttributeValue | typed.ItemValue):
        c.findings.error(
            "LX230",
            expression.value.span,
            "`otherwise` replaces a missing attribute, and nothing else",
            "name an attribute before it",
        )
        return None
    if not require_same_type(c, expression.span, value, fallback, "be replaced by"):
        return None
    return typed.OtherwiseValue(expression.span, value.type, value, fallback)
