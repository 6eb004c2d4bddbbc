"""Two values beside each other: which of them says what the other is, and whether they can stand together."""

from __future__ import annotations

from decimal import Decimal

from lexline.diagnostics import Span
from lexline.lang import syntax, typed
from lexline.lang.resolve import is_self_typed
from lexline.lang.scope import Checker, Scope
from lexline.lang.types import same_type, type_of, with_article, written_as
from lexline_lineage.values import Sort, ValueType

__all__ = ["check_pair", "openness", "percentage_help", "require_same_type", "shown"]


def check_pair(
    c: Checker, left: syntax.Expression, right: syntax.Expression, scope: Scope, expected: ValueType | None = None
) -> tuple[typed.Expression, typed.Expression] | None:
    """Two values that stand beside each other: each may say what the other is (a symbol, an item of a document)."""
    swapped = openness(c, left, scope) > openness(c, right, scope)
    first, second = (right, left) if swapped else (left, right)
    one = c.value(first, scope, expected)
    if one is None:
        if openness(c, second, scope) < 2:
            c.value(second, scope, expected)
        return None
    other = c.value(second, scope, type_of(one))
    if other is None:
        return None
    if type_of(other).sort is Sort.ENUMERATION and isinstance(first, syntax.Word):
        # Read again beside the enumeration: the word may be one of its symbols too, or a parameter of its symbols.
        one = c.value(first, scope, type_of(other))
        if one is None:
            return None
    return (other, one) if swapped else (one, other)


def require_same_type(
    c: Checker, span: Span, left: typed.Expression, right: typed.Expression, verb: str = "be compared with"
) -> bool:
    """Whether two values can stand beside each other; reported with what to write instead."""
    one, other = type_of(left), type_of(right)
    if same_type(one, other):
        return True
    sorts = {one.sort, other.sort}
    code, help_text = "LX220", ""
    if sorts == {Sort.NUMBER, Sort.PERCENTAGE}:
        code, help_text = "LX221", percentage_help(left, right)
    elif sorts == {Sort.DATE, Sort.MOMENT}:
        moment = left if one.sort is Sort.MOMENT else right
        code, help_text = "LX222", f"write `date of {shown(moment.span)}`"
    elif Sort.TEXT in sorts and sorts & {Sort.DATE, Sort.MOMENT, Sort.NUMBER, Sort.BOOLEAN, Sort.DURATION}:
        text = left if one.sort is Sort.TEXT else right
        if isinstance(text, typed.LiteralValue):
            help_text = f"write {with_article(other if text is left else one)} without quotes"
    elif isinstance(left, typed.LiteralValue) != isinstance(right, typed.LiteralValue):
        help_text = written_as(other if isinstance(left, typed.LiteralValue) else one)
    elif Sort.LIST in sorts:
        help_text = "ask a list with `includes`, and a list of allowed values with `in`"
    c.findings.error(
        code,
        span,
        f"{_subject(left, one)} can't {verb} {_subject(right, other)}",
        help_text,
    )
    return False


def openness(c: Checker, expression: syntax.Expression, scope: Scope, levels: int = 20) -> int:
    """How much the type of an expression depends on what stands beside it: 0 not, 1 a quoted text, 2 a symbol (or a
    name that nobody knows), 3 the value of a document.

    Looked for in so many ``levels``: what stands deeper is taken to have a type.
    """
    if not levels:
        return 0
    match expression:
        case syntax.Paren(inner=inner):
            return openness(c, inner, scope, levels - 1)
        case syntax.TextLiteral():
            return 1
        case syntax.Word():
            if is_self_typed(c, expression, scope):
                return 0
            return 3 if scope.item(expression.parts[0]) is not None else 2
        case (
            syntax.When(value=one, otherwise=other)
            | syntax.Otherwise(value=one, fallback=other)
            | syntax.Arithmetic(left=one, right=other)
        ):
            return min(openness(c, part, scope, levels - 1) for part in (one, other))
        case syntax.Aggregate(function=function, navigation=navigation):
            return 3 if navigation.path is not None and function not in ("count", "share", "total") else 0
        case _:
            return 0


def percentage_help(left: typed.Expression, right: typed.Expression) -> str:
    for literal, other in ((left, right), (right, left)):
        if isinstance(literal, typed.LiteralValue) and isinstance(literal.value, float):
            number = Decimal(repr(literal.value))
            if type_of(other).sort is Sort.PERCENTAGE:
                if not 0 <= number <= 100:
                    return "a percentage lies between 0% and 100%"
                shown = number * 100 if number <= 1 else number
                return f"write `{shown.normalize():f}%`"
            return f"write `{number.normalize():f}`"
    return "both have to be numbers, or both percentages; `80%` is a percentage, `0.8` a number"


def shown(span: Span) -> str:
    text = span.line_of_words
    return text if len(text) <= 60 else text[:57] + "…"


def _subject(expression: typed.Expression, type: ValueType) -> str:  # noqa: A002
    return f"`{shown(expression.span)}` ({type})"
