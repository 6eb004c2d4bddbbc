"""Types what is said of sets: quantified phrases, ``the latest …``, and aggregates."""

from __future__ import annotations

from typing import Literal

from lexline.lang import syntax, typed
from lexline.lang.operands import require_same_type
from lexline.lang.resolve import attribute_of
from lexline.lang.scope import Checker, Element, Scope
from lexline.lang.types import NUMBER, PERCENTAGE, type_of, with_article
from lexline_lineage.values import Sort, ValueType

__all__ = ["check_aggregate", "check_extreme", "check_quantified"]

Fold = Literal["count", "latest", "earliest", "highest", "lowest", "total", "average", "share"]

_TIMES = (Sort.DATE, Sort.MOMENT)
_FIGURES = (Sort.NUMBER, Sort.PERCENTAGE)
_FOLDS: dict[str, tuple[tuple[Sort, ...], str]] = {
    "latest": (_TIMES, "a date or a moment"),
    "earliest": (_TIMES, "a date or a moment"),
    "highest": ((*_FIGURES, Sort.DURATION), "a number, a percentage or a duration"),
    "lowest": ((*_FIGURES, Sort.DURATION), "a number, a percentage or a duration"),
    "total": (_FIGURES, "a number or a percentage"),
    "average": (_FIGURES, "a number or a percentage"),
}
_INSTEAD = {"latest": "highest", "earliest": "lowest", "highest": "latest", "lowest": "earliest"}


def check_quantified(c: Checker, expression: syntax.Quantified, scope: Scope) -> typed.Expression | None:
    """``some … has …`` and its like."""
    navigation, inside = c.navigation(expression.navigation, scope)
    body = c.condition(expression.body, inside) if expression.body is not None and inside is not None else None
    if expression.count < 0:
        c.findings.error(
            "LX248", expression.span, "a set can't have a negative number of members", "write a number from 0"
        )
        return None
    if expression.quantifier == "every" and expression.body is None:
        c.findings.error(
            "LX248", expression.span, "`every` says nothing without its `has`", "write `every … has …`, or `some …`"
        )
        return None
    if navigation is None or (body is None and expression.body is not None):
        return None
    return typed.QuantifiedCondition(expression.span, expression.quantifier, navigation, body, expression.count)


def check_extreme(c: Checker, expression: syntax.Extreme, scope: Scope) -> typed.Expression | None:
    """``the latest KIND by ATTRIBUTE [where …] has …``."""
    navigation, inside = c.navigation(expression.navigation, scope)
    if inside is None:
        return None
    body = c.condition(expression.body, inside)
    element = inside.elements[-1]
    if element.kind is None:
        c.findings.error(
            "LX243",
            expression.span,
            f"the values of a document have no attribute that `the {expression.which}` could go by",
            f"write `{expression.which} value of value at …`",
        )
        return None
    key = _attribute(c, expression.by, element)
    if key is None or not _fold_fits(c, expression.which, key):
        return None
    if navigation is None or body is None:
        return None
    return typed.ExtremeCondition(expression.span, expression.which, navigation, key, body)


def check_aggregate(
    c: Checker, aggregate: syntax.Aggregate, scope: Scope, expected: ValueType | None
) -> typed.Expression | None:
    """``count of …``, ``latest ATTRIBUTE of … [if none V]``, ``share of … has (…)``."""
    navigation, inside = c.navigation(aggregate.navigation, scope)
    if inside is None:
        return None
    attribute: typed.Expression | None = None
    body: typed.Expression | None = None
    if aggregate.body is not None:
        body = c.condition(aggregate.body, inside)
        if body is None:
            return None
    if aggregate.attribute is not None:
        attribute = _folded(c, aggregate, aggregate.attribute, inside, expected)
        if attribute is None or not _fold_fits(c, aggregate.function, attribute):
            return None
    type_ = _result(aggregate.function, attribute)
    if_none: typed.Expression | None = None
    if aggregate.if_none is not None:
        if_none = c.value(aggregate.if_none, scope, type_)
        if if_none is None:
            return None
    if navigation is None:
        return None
    found = typed.AggregateValue(aggregate.span, type_, aggregate.function, navigation, attribute, body, if_none)
    if if_none is not None and not require_same_type(c, aggregate.span, found, if_none, "be replaced by"):
        return None
    return found


def _folded(
    c: Checker, aggregate: syntax.Aggregate, word: syntax.Word, inside: Scope, expected: ValueType | None
) -> typed.Expression | None:
    element = inside.elements[-1]
    if element.kind is not None:
        return _attribute(c, word, element)
    if word.parts != (element.name,):
        c.findings.error(
            "LX202",
            word.span,
            f"the values of a document have no attribute `{'.'.join(word.parts)}`",
            f"write `{aggregate.function} {element.name} of value at …`",
        )
        return None
    if expected is None and aggregate.if_none is not None:
        fallback = c.value(aggregate.if_none, inside)
        expected = type_of(fallback) if fallback is not None else None
    if expected is None and aggregate.function == "total":
        expected = NUMBER
    return c.value(word, inside, expected)


def _attribute(c: Checker, word: syntax.Word, element: Element) -> typed.AttributeValue | None:
    parts = word.parts
    if len(parts) == 2 and parts[0] == element.name:
        parts = parts[1:]
    return attribute_of(c, element, ".".join(parts), word.span)


def _fold_fits(c: Checker, function: str, attribute: typed.Expression) -> bool:
    sorts, needed = _FOLDS[function]
    type_ = type_of(attribute)
    if type_.sort in sorts:
        return True
    instead = _INSTEAD.get(function, "")
    fits = bool(instead) and type_.sort in _FOLDS[instead][0]
    c.findings.error(
        "LX231",
        attribute.span,
        f"`{function}` needs {needed}, and `{attribute.span.text}` is {with_article(type_)}",
        f"write `{instead}`" if fits else "",
    )
    return False


def _result(function: Fold, attribute: typed.Expression | None) -> ValueType:
    if function == "share":
        return PERCENTAGE
    if function in ("count", "total") or attribute is None:
        return NUMBER
    return type_of(attribute)
