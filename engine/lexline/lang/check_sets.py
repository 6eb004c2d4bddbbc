"""Types what asks for one of several values: ``in {…}`` and ``includes``."""

from __future__ import annotations

from lexline.lang import syntax, typed
from lexline.lang.check_literals import literals_of
from lexline.lang.operands import openness, require_same_type, shown
from lexline.lang.resolve import parameter_as
from lexline.lang.scope import Checker, Scope
from lexline.lang.types import type_of, with_article
from lexline_lineage.values import Sort, ValueType

__all__ = ["check_in", "check_includes"]


def check_in(c: Checker, expression: syntax.In, scope: Scope) -> typed.Expression | None:
    """``X in {…}`` and ``X in PARAMETER``."""
    if openness(c, expression.value, scope) == 3:
        options = _options(c, expression.options, scope, None)
        if options is None:
            return None
        item = options.type.item if isinstance(options, typed.ParameterValue) else options[0].type
        value = c.value(expression.value, scope, item)
    else:
        value = c.value(expression.value, scope)
        if value is None or not _require_one_value(c, value):
            return None
        options = _options(c, expression.options, scope, type_of(value))
    if value is None or options is None:
        return None
    if isinstance(options, typed.ParameterValue) and not _items_fit(c, options, value):
        return None
    return typed.Membership(expression.span, value, options, expression.negated)


def check_includes(c: Checker, expression: syntax.Includes, scope: Scope) -> typed.Expression | None:
    """``LIST includes V`` and ``LIST includes every of {…}``."""
    if openness(c, expression.value, scope) == 3:
        options = _wanted(c, expression, scope, None)
        if options is None:
            return None
        item = options.type.item if isinstance(options, typed.ParameterValue) else type_of(options[0])
        value = c.value(expression.value, scope, ValueType(Sort.LIST, item=item))
        if value is None:
            return None
    else:
        value = c.value(expression.value, scope)
        if value is None or not _require_list(c, value):
            return None
        options = _wanted(c, expression, scope, type_of(value).item)
        if options is None:
            return None
    if isinstance(options, typed.ParameterValue):
        if not require_same_type(c, expression.span, value, options, "include"):
            return None
    else:
        item = type_of(value).item
        for option in options:
            if item is None or not require_same_type(c, expression.span, _one_of(value, item), option, "include"):
                return None
    return typed.IncludesValue(expression.span, value, options, expression.every)


def _one_of(value: typed.Expression, item: ValueType) -> typed.Expression:
    """A stand-in for a value of the list, so that types can be compared."""
    return typed.ItemValue(value.span, item, 0)


def _wanted(
    c: Checker, expression: syntax.Includes, scope: Scope, item: ValueType | None
) -> tuple[typed.Expression, ...] | typed.ParameterValue | None:
    if expression.every:
        return _options(c, expression.what, scope, item)
    if isinstance(expression.what, syntax.SetLiteral):
        c.findings.error(
            "LX233",
            expression.what.span,
            "`includes` asks for one value",
            "write `includes every of {…}`, or `includes A or includes B`",
        )
        return None
    value = c.value(expression.what, scope, item)
    if value is None:
        return None
    if type_of(value).sort is Sort.LIST:
        c.findings.error(
            "LX233",
            expression.what.span,
            f"`includes` asks for one value, and `{shown(value.span)}` is a list",
            f"write `includes every of {shown(value.span)}`",
        )
        return None
    return (value,)


def _options(
    c: Checker, options: syntax.Expression, scope: Scope, item: ValueType | None
) -> tuple[typed.LiteralValue, ...] | typed.ParameterValue | None:
    """A written list, or a parameter that holds one."""
    if isinstance(options, syntax.Paren):
        return _options(c, options.inner, scope, item)
    if isinstance(options, syntax.SetLiteral):
        return literals_of(c, options, item)
    if isinstance(options, syntax.Word):
        keys = c.declarations.parameter_candidates(c.policy, options)
        if len(keys) == 1 and _holds_list(c, keys[0]):
            return parameter_as(c, options.span, keys[0], ValueType(Sort.LIST, item=item) if item else None)
    value = c.value(options, scope)
    if value is not None:
        is_list = type_of(value).sort is Sort.LIST
        c.findings.error(
            "LX233",
            options.span,
            f"`{shown(options.span)}` is not a written list or a parameter that holds one",
            f"write `{shown(options.span)} includes …`" if is_list else f"write `{{{shown(options.span)}}}` or `=`",
        )
    return None


def _holds_list(c: Checker, key: typed.Key) -> bool:
    parameter = c.declarations.parameters[key]
    return parameter is None or parameter.type.sort is Sort.LIST


def _require_one_value(c: Checker, value: typed.Expression) -> bool:
    if type_of(value).sort not in (Sort.LIST, Sort.DOCUMENT):
        return True
    c.findings.error(
        "LX233",
        value.span,
        f"`{shown(value.span)}` is {with_article(type_of(value))}, and `in` asks about one value",
        f"write `{shown(value.span)} includes …`" if type_of(value).sort is Sort.LIST else "",
    )
    return False


def _require_list(c: Checker, value: typed.Expression) -> bool:
    if type_of(value).sort is Sort.LIST:
        return True
    c.findings.error(
        "LX233",
        value.span,
        f"`{shown(value.span)}` is {with_article(type_of(value))}, and `includes` asks about a list",
        f"write `{shown(value.span)} = …` or `{shown(value.span)} in {{…}}`",
    )
    return False


def _items_fit(c: Checker, options: typed.ParameterValue, value: typed.Expression) -> bool:
    item = options.type.item
    return item is not None and require_same_type(c, value.span, value, typed.ItemValue(options.span, item, 0))
