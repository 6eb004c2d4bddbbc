"""Written values: what each literal is, and the lists of them."""

from __future__ import annotations

import math
from datetime import UTC

from lexline.lang import syntax, typed
from lexline.lang.operands import percentage_help
from lexline.lang.resolve import symbol
from lexline.lang.scope import Checker, Scope
from lexline.lang.types import BOOLEAN, DATE, DURATION, MOMENT, NUMBER, PERCENTAGE, TEXT, same_type, with_article
from lexline_lineage.values import Sort, Value, ValueType

__all__ = ["check_list", "check_literal", "literals_of"]


def literals_of(
    c: Checker, options: syntax.SetLiteral, item: ValueType | None
) -> tuple[typed.LiteralValue, ...] | None:
    """The values of a written ``{…}``, all of one type: that of ``item``, or of the first where that is None."""
    if not options.items:
        c.findings.error("LX232", options.span, "the list of values is empty", "write at least one value: `{uk}`")
        return None
    found: list[typed.LiteralValue] = []
    failed = False
    for written in options.items:
        value = _list_item(c, written, item)
        failed = failed or value is None
        if value is None:
            continue
        wanted = item or (found[0].type if found else value.type)
        if not same_type(wanted, value.type):
            _wrong_item(c, value, wanted, mixed=item is None)
            failed = True
            continue
        found.append(value)
    return None if failed else tuple(found)


def check_list(c: Checker, written: syntax.SetLiteral, expected: ValueType | None) -> typed.LiteralValue | None:
    if expected is None or expected.sort is not Sort.LIST:
        c.findings.error(
            "LX233", written.span, "a list of values stands after `in` or `includes every of`", "write `X in {…}`"
        )
        return None
    items = literals_of(c, written, expected.item)
    if items is None:
        return None
    values: tuple[Value, ...] = tuple(item.value for item in items)
    return typed.LiteralValue(written.span, expected, values)


def check_literal(
    c: Checker,
    literal: syntax.NumberLiteral
    | syntax.TextLiteral
    | syntax.DateLiteral
    | syntax.MomentLiteral
    | syntax.DurationLiteral
    | syntax.BooleanLiteral,
    expected: ValueType | None,
) -> typed.LiteralValue | None:
    match literal:
        case syntax.NumberLiteral():
            return _number(c, literal)
        case syntax.TextLiteral(text=text):
            if expected is not None and expected.sort is Sort.ENUMERATION:
                return symbol(c, literal.span, text, expected)
            return typed.LiteralValue(literal.span, TEXT, text)
        case syntax.DateLiteral():
            return typed.LiteralValue(literal.span, DATE, literal.date)
        case syntax.MomentLiteral():
            return _moment(c, literal)
        case syntax.DurationLiteral():
            return typed.LiteralValue(literal.span, DURATION, literal.duration)
        case syntax.BooleanLiteral():
            return typed.LiteralValue(literal.span, BOOLEAN, literal.value)


def _list_item(c: Checker, written: syntax.Expression, item: ValueType | None) -> typed.LiteralValue | None:
    if isinstance(written, syntax.Word):
        name = ".".join(written.parts)
        if item is not None and item.sort is Sort.ENUMERATION:
            return symbol(c, written.span, name, item)
        c.findings.error(
            "LX232",
            written.span,
            f"`{name}` is not a value that a list can hold",
            f'write a text in quotes: `"{name}"`',
        )
        return None
    value = c.value(written, Scope(), item)
    if value is None or isinstance(value, typed.LiteralValue):
        return value
    c.findings.error("LX232", written.span, "a list holds written values only", "write numbers, dates or quoted texts")
    return None


def _wrong_item(c: Checker, value: typed.LiteralValue, wanted: ValueType, *, mixed: bool) -> None:
    if mixed:
        message = f"this list mixes {with_article(wanted)} and {with_article(value.type)}"
        c.findings.error("LX232", value.span, message, "the values of a list have one type")
        return
    neighbour = typed.LiteralValue(value.span, wanted, 0.0)
    help_text = (
        percentage_help(value, neighbour) if {wanted.sort, value.type.sort} == {Sort.NUMBER, Sort.PERCENTAGE} else ""
    )
    c.findings.error(
        "LX232",
        value.span,
        f"`{value.span.text}` is {with_article(value.type)}, and {with_article(wanted)} is needed",
        help_text,
    )


def _moment(c: Checker, literal: syntax.MomentLiteral) -> typed.LiteralValue | None:
    try:
        return typed.LiteralValue(literal.span, MOMENT, literal.moment.astimezone(UTC))
    except OverflowError:
        c.findings.error(
            "LX237", literal.span, "this moment lies outside of the years 1 to 9999", "write a moment within them"
        )
        return None


def _number(c: Checker, literal: syntax.NumberLiteral) -> typed.LiteralValue | None:
    if not math.isfinite(float(literal.number)):
        return None  # reported by the parser
    number = float(literal.number.scaleb(-2) if literal.percent else literal.number)
    if literal.percent and abs(number) > 1:
        c.findings.error(
            "LX237", literal.span, "a percentage lies between 0% and 100%", "write a number for a ratio: `1.5`"
        )
        return None
    return typed.LiteralValue(literal.span, PERCENTAGE if literal.percent else NUMBER, number)
