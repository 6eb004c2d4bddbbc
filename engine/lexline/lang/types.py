"""The types of the language: which compare, which have an order, and how a duration measures."""

from __future__ import annotations

from collections.abc import Mapping

from lexline.lang import typed
from lexline_lineage.values import Duration, Sort, ValueType

__all__ = [
    "BOOLEAN",
    "DATE",
    "DURATION",
    "MOMENT",
    "NUMBER",
    "ORDERED",
    "PERCENTAGE",
    "TEXT",
    "is_value",
    "measures_of",
    "same_type",
    "type_of",
    "with_article",
    "written_as",
]

BOOLEAN = ValueType(Sort.BOOLEAN)
TEXT = ValueType(Sort.TEXT)
NUMBER = ValueType(Sort.NUMBER)
PERCENTAGE = ValueType(Sort.PERCENTAGE)
DATE = ValueType(Sort.DATE)
MOMENT = ValueType(Sort.MOMENT)
DURATION = ValueType(Sort.DURATION)

ORDERED = frozenset({Sort.NUMBER, Sort.PERCENTAGE, Sort.DATE, Sort.MOMENT, Sort.DURATION})
"""The sorts that ``<`` and its like compare."""

_VALUES = (
    typed.LiteralValue,
    typed.ParameterValue,
    typed.AttributeValue,
    typed.ItemValue,
    typed.TodayValue,
    typed.LastDayValue,
    typed.DateOfValue,
    typed.ArithmeticValue,
    typed.ConditionalValue,
    typed.OtherwiseValue,
    typed.CheckValue,
    typed.AggregateValue,
)


def is_value(expression: typed.Expression) -> bool:
    """True for what has a value, false for a condition."""
    return isinstance(expression, _VALUES)


def type_of(expression: typed.Expression) -> ValueType:
    """The type of a typed expression; a condition is boolean."""
    return expression.type if isinstance(expression, _VALUES) else BOOLEAN


def same_type(one: ValueType, other: ValueType) -> bool:
    """True where values of the two types can be equal."""
    if one.sort is not other.sort:
        return False
    if one.sort is Sort.ENUMERATION:
        return set(one.symbols) == set(other.symbols)
    if one.sort is Sort.LIST and one.item is not None and other.item is not None:
        return same_type(one.item, other.item)
    return True


def with_article(type: ValueType) -> str:  # noqa: A002  # the word of the domain
    """``a date``, ``an enumeration``: the type in a message."""
    if type.sort is Sort.ENUMERATION:
        return str(type)
    if type.sort is Sort.TEXT:
        return "text"
    return f"a {type}"


_WRITTEN = {
    Sort.BOOLEAN: "write `true` or `false`",
    Sort.NUMBER: "write a number, like `5`",
    Sort.PERCENTAGE: "write a percentage, like `5%`",
    Sort.DATE: "write a date, like `2026-11-22`",
    Sort.MOMENT: "write a moment, like `2026-11-22T10:00Z`",
    Sort.DURATION: "write a duration, like `12 months`",
    Sort.TEXT: "write a text in quotes",
}


def written_as(type: ValueType) -> str:  # noqa: A002  # the word of the domain
    """How a value of the type is written, as help."""
    return _WRITTEN.get(type.sort) or f"{with_article(type)} is needed here"


def measures_of(expression: typed.Expression, parameters: Mapping[typed.Key, typed.Parameter | None]) -> frozenset[str]:
    """How a duration may be measured, as far as the policy's text tells.

    ``months`` are calendar months; ``days`` and ``hours`` an elapsed time that was written in them; ``dates`` and
    ``moments`` the time between two of them. Empty where only the facts can tell.
    """
    match expression:
        case typed.LiteralValue(value=Duration() as duration):
            return _measure(duration)
        case typed.ParameterValue(parameter=key):
            parameter = parameters.get(key)
            values = parameter.values if parameter else ()
            return frozenset[str]().union(
                *(_measure(dated.value) for dated in values if isinstance(dated.value, Duration))
            )
        case typed.ArithmeticValue(operator="-", left=left) if type_of(left).sort in (Sort.DATE, Sort.MOMENT):
            return frozenset({"dates" if type_of(left).sort is Sort.DATE else "moments"})
        case typed.ConditionalValue(value=value, otherwise=other) | typed.OtherwiseValue(value=value, fallback=other):
            return measures_of(value, parameters) | measures_of(other, parameters)
        case _:
            return frozenset()


def _measure(duration: Duration) -> frozenset[str]:
    if duration.is_calendar:
        return frozenset({"months"})
    if duration.microseconds == 0:
        return frozenset()
    return frozenset({"days" if duration.whole_days else "hours"})
