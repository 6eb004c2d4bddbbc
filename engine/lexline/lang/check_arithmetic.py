"""Types arithmetic: numbers and percentages, dates and durations."""

from __future__ import annotations

from lexline.lang import syntax, typed
from lexline.lang.operands import openness, percentage_help, shown
from lexline.lang.scope import Checker, Scope
from lexline.lang.types import DATE, DURATION, NUMBER, measures_of, type_of, with_article
from lexline_lineage.values import Sort, ValueType

__all__ = ["check_arithmetic", "forbid_hours_of_dates"]

_TIMES = (Sort.DATE, Sort.MOMENT)
_FIGURES = (Sort.NUMBER, Sort.PERCENTAGE)
_WORDS = {"+": "added to", "-": "subtracted from", "*": "multiplied by", "/": "divided by"}


def check_arithmetic(
    c: Checker, expression: syntax.Arithmetic, scope: Scope, expected: ValueType | None
) -> typed.Expression | None:
    """``a + b`` and its like."""
    operands = _operands(c, expression, scope, expected)
    if operands is None:
        return None
    left, right = operands
    type_ = _result(expression.operator, type_of(left), type_of(right))
    if type_ is None:
        _refuse(c, expression, left, right)
        return None
    time, duration = (left, right) if type_of(left).sort in _TIMES else (right, left)
    if type_.sort is Sort.DATE and not forbid_hours_of_dates(c, time, duration):
        return None
    return typed.ArithmeticValue(expression.span, type_, expression.operator, left, right, c.timezone)


def forbid_hours_of_dates(c: Checker, time: typed.Expression, duration: typed.Expression) -> bool:
    """Whether a duration can move a date: hours can't; reported."""
    if type_of(time).sort is not Sort.DATE:
        return True
    if not measures_of(duration, c.declarations.parameters) & {"hours", "moments"}:
        return True
    c.findings.error(
        "LX225",
        duration.span,
        f"a date can't be moved by hours: `{shown(time.span)}` is a date",
        "use days, or an attribute that is a moment",
    )
    return False


def _operands(
    c: Checker, expression: syntax.Arithmetic, scope: Scope, expected: ValueType | None
) -> tuple[typed.Expression, typed.Expression] | None:
    """Both sides. The item of a document takes its type from the other side, or from what stands around."""
    swapped = openness(c, expression.left, scope) > openness(c, expression.right, scope)
    first, second = (expression.right, expression.left) if swapped else (expression.left, expression.right)
    one = c.value(first, scope, expected)
    if one is None:
        if not openness(c, second, scope):
            c.value(second, scope)
        return None
    other = c.value(second, scope, _beside(expression.operator, type_of(one), expected))
    if other is None:
        return None
    return (other, one) if swapped else (one, other)


def _beside(operator: str, one: ValueType, expected: ValueType | None) -> ValueType:
    if one.sort is Sort.DURATION:
        return expected if expected is not None and expected.sort in _TIMES else DATE
    if one.sort in _TIMES and operator == "+":
        return DURATION
    return one


def _result(operator: str, left: ValueType, right: ValueType) -> ValueType | None:
    if left.sort in _FIGURES and right.sort in _FIGURES:
        if operator in ("+", "-"):
            return left if left.sort is right.sort else None
        if operator == "/":
            return left if right.sort is Sort.NUMBER else NUMBER
        return left if left.sort is right.sort else NUMBER
    if left.sort in _TIMES:
        if right.sort is Sort.DURATION and operator in ("+", "-"):
            return left
        return DURATION if operator == "-" and left.sort is right.sort else None
    if operator == "+" and left.sort is Sort.DURATION and right.sort in _TIMES:
        return right
    return None


def _refuse(c: Checker, expression: syntax.Arithmetic, left: typed.Expression, right: typed.Expression) -> None:
    one, other = type_of(left), type_of(right)
    sorts = {one.sort, other.sort}
    help_text = ""
    if sorts == set(_FIGURES):
        help_text = percentage_help(left, right)
    elif sorts == set(_TIMES):
        moment = left if one.sort is Sort.MOMENT else right
        help_text = f"write `date of {shown(moment.span)}`"
    elif sorts & set(_TIMES) and sorts & set(_FIGURES):
        help_text = "say the unit: `30 days`, `12 months`"
    first, second = (right, left) if expression.operator == "-" else (left, right)
    c.findings.error(
        "LX228",
        expression.span,
        f"{with_article(type_of(first))} can't be {_WORDS[expression.operator]} {with_article(type_of(second))}",
        help_text or "arithmetic joins numbers, percentages, and dates or moments with durations",
    )
