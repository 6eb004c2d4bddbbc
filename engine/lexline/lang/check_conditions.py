"""Types conditions: comparisons, states, lists, periods, and how they are joined."""

from __future__ import annotations

from typing import Literal

from lexline.diagnostics import Span
from lexline.lang import syntax, typed
from lexline.lang.check_arithmetic import forbid_hours_of_dates
from lexline.lang.check_quantified import check_extreme, check_quantified
from lexline.lang.check_sets import check_in, check_includes
from lexline.lang.findings import a
from lexline.lang.operands import check_pair, openness, require_same_type, shown
from lexline.lang.resolve import element_named, is_self_typed, rule_named, term_named
from lexline.lang.scope import Checker, Element, Scope
from lexline.lang.suggest import nearest
from lexline.lang.types import BOOLEAN, DATE, DURATION, MOMENT, ORDERED, measures_of, type_of, with_article
from lexline_lineage.values import Sort

__all__ = ["check_condition"]

_STATES = ("known", "missing")


def check_condition(c: Checker, expression: syntax.Expression, scope: Scope) -> typed.Expression | None:
    """An expression in the place of a condition."""
    match expression:
        case syntax.Paren():
            return c.condition(expression.inner, scope)
        case syntax.Comparison():
            return _comparison(c, expression, scope)
        case syntax.Is():
            return _is(c, expression, scope)
        case syntax.In():
            return check_in(c, expression, scope)
        case syntax.Includes():
            return check_includes(c, expression, scope)
        case syntax.Between():
            return _between(c, expression, scope)
        case syntax.Within():
            return _within(c, expression, scope)
        case syntax.Passes():
            return _passes(c, expression, scope)
        case syntax.Not():
            condition = c.condition(expression.condition, scope)
            return typed.Inverse(expression.span, condition) if condition else None
        case syntax.Logic():
            operands = _all(c, expression.operands, scope)
            return typed.Connective(expression.span, expression.operator, operands) if operands else None
        case syntax.Bullets():
            return _bullets(c, expression, scope)
        case syntax.Quantified():
            return check_quantified(c, expression, scope)
        case syntax.Extreme():
            return check_extreme(c, expression, scope)
        case _:
            return _boolean(c, expression, scope)


def _all(c: Checker, conditions: tuple[syntax.Expression, ...], scope: Scope) -> tuple[typed.Expression, ...] | None:
    found = [c.condition(condition, scope) for condition in conditions]
    complete = tuple(condition for condition in found if condition is not None)
    return complete if len(complete) == len(found) else None


def _bullets(c: Checker, expression: syntax.Bullets, scope: Scope) -> typed.Expression | None:
    operands = _all(c, expression.items, scope)
    if operands is None:
        return None
    operator: Literal["and", "or"] = "and" if expression.style == "all" else "or"
    joined = typed.Connective(expression.span, operator, operands, "bullets")
    return typed.Inverse(expression.span, joined) if expression.style == "none" else joined


def _boolean(c: Checker, expression: syntax.Expression, scope: Scope) -> typed.Expression | None:
    value = c.value(expression, scope, BOOLEAN)
    if value is None or type_of(value).sort is Sort.BOOLEAN:
        return value
    c.findings.error(
        "LX226",
        expression.span,
        f"`{shown(expression.span)}` is {with_article(type_of(value))}, not a condition",
        f"compare it, or ask `{shown(expression.span)} is known`"
        if isinstance(value, typed.AttributeValue)
        else "compare it with something",
    )
    return None


def _comparison(c: Checker, expression: syntax.Comparison, scope: Scope) -> typed.Expression | None:
    pair = check_pair(c, expression.left, expression.right, scope)
    return _compare(c, expression.span, expression.operator, *pair) if pair else None


def _compare(
    c: Checker, span: Span, operator: str, left: typed.Expression, right: typed.Expression
) -> typed.Compare | None:
    if not require_same_type(c, span, left, right):
        return None
    type_ = type_of(left)
    if type_.sort is Sort.DOCUMENT:
        c.findings.error(
            "LX223", span, "documents can't be compared", 'walk into them: `some value at "$.…" of … has value = …`'
        )
        return None
    if operator not in ("=", "!=") and not _require_order(c, span, left):
        return None
    if not _require_same_measure(c, span, left, right):
        return None
    return typed.Compare(span, operator, left, right)  # type: ignore[arg-type]


def _require_order(c: Checker, span: Span, value: typed.Expression) -> bool:
    type_ = type_of(value)
    if type_.sort in ORDERED:
        return True
    noun = "symbols have" if type_.sort is Sort.ENUMERATION else f"{with_article(type_)} has"
    c.findings.error(
        "LX223",
        span,
        f"{noun} no order, so that `{shown(value.span)}` can't be more or less",
        "write `=`, `!=` or `in {…}`",
    )
    return False


def _require_same_measure(c: Checker, span: Span, left: typed.Expression, right: typed.Expression) -> bool:
    """Whether two durations compare: calendar months have no fixed length, and dates have no hours."""
    if type_of(left).sort is not Sort.DURATION:
        return True
    one, other = (measures_of(side, c.declarations.parameters) for side in (left, right))
    if one and other and (one | other) != {"months"} and "months" in one | other:
        c.findings.error(
            "LX224",
            span,
            "a calendar month has no fixed length, so that elapsed time can't be compared with it",
            "write days, or compare dates: `resolved_on <= opened_on + 1 month`",
        )
        return False
    if ("dates" in one and "hours" in other) or ("dates" in other and "hours" in one):
        c.findings.error(
            "LX225",
            span,
            "the time between two dates can't be measured in hours",
            "write days, or compare attributes that are moments (each moment has its hour)",
        )
        return False
    return True


def _between(c: Checker, expression: syntax.Between, scope: Scope) -> typed.Expression | None:
    low, high = expression.low, expression.high
    first, second = (high, low) if openness(c, low, scope) > openness(c, high, scope) else (low, high)
    pair = check_pair(c, expression.value, first, scope)
    if pair is None:
        if not openness(c, second, scope):
            c.value(second, scope)
        return None
    value, one = pair
    other = c.value(second, scope, type_of(value))
    if other is None or not require_same_type(c, expression.span, value, one):
        return None
    if not require_same_type(c, expression.span, value, other) or not _require_order(c, expression.span, value):
        return None
    if not all(_require_same_measure(c, expression.span, value, end) for end in (one, other)):
        return None
    ends = (one, other) if first is low else (other, one)
    return typed.BetweenValues(expression.span, value, *ends)


def _is(c: Checker, expression: syntax.Is, scope: Scope) -> typed.Expression | None:
    state = expression.what.parts[0] if isinstance(expression.what, syntax.Word) else ""
    if len(expression.what.parts if isinstance(expression.what, syntax.Word) else ()) != 1 or state not in _STATES:
        state = ""
    if isinstance(expression.value, syntax.Word) and _names_element(c, expression.value, scope):
        element = element_named(c, expression.value, scope)
        return _element_is(c, expression, element, state) if element else None
    if isinstance(expression.what, syntax.Word) and _is_no_state(c, expression.value, expression.what, scope):
        return None
    if state:
        return _known(c, expression, scope, missing=(state == "missing") != expression.negated)
    pair = check_pair(c, expression.value, expression.what, scope)
    return _compare(c, expression.span, "!=" if expression.negated else "=", *pair) if pair else None


_SAID = dict.fromkeys(("absent", "blank", "empty", "unknown", "unset"), "missing")
_SAID |= dict.fromkeys(("defined", "filled", "given", "present", "recorded", "set"), "known")
_SAID |= {"yes": "true", "on": "true", "no": "false", "off": "false"}


def _is_no_state(c: Checker, written: syntax.Expression, word: syntax.Word, scope: Scope) -> bool:
    """Reports ``is know`` and ``is empty``: a word behind ``is`` that names nothing, where a state is meant."""
    name = word.parts[0]
    meant = _SAID.get(name) or nearest(name, (*_STATES, "true", "false"))
    if meant is None or len(word.parts) > 1 or name in (*_STATES, "true", "false") or is_self_typed(c, word, scope):
        return False
    value = c.value(written, scope)
    symbols = type_of(value).symbols if value is not None else ()
    if value is None or name in symbols or nearest(name, symbols):
        return value is None
    c.findings.error("LX200", word.span, f"`{name}` is no state of `{shown(written.span)}`", f"write `is {meant}`")
    return True


def _names_element(c: Checker, word: syntax.Word, scope: Scope) -> bool:
    if len(word.parts) != 1 or not scope.named(word.parts[0]):
        return False
    innermost = scope.innermost
    kind = c.vocabulary.kinds.get(innermost.kind or "") if innermost else None
    if (kind and word.parts[0] in kind.attributes) or c.declarations.parameter_candidates(c.policy, word):
        name = word.parts[0]
        c.findings.error(
            "LX205",
            word.span,
            f"`{name}` could mean the element or a value",
            f"give the element another name with `as`: `{name} as other`",
        )
    return True


def _element_is(c: Checker, expression: syntax.Is, element: Element, state: str) -> typed.Expression | None:
    if state:
        c.findings.error(
            "LX229",
            expression.span,
            f"`is {state}` asks about attributes only, and `{element.name}` is an element",
            f"name one: `{element.name}.… is {state}`",
        )
        return None
    if not isinstance(expression.what, syntax.Word) or element.kind is None:
        c.findings.error(
            "LX207",
            expression.span,
            f"`{element.name}` is an element, not a value",
            f"write one of its attributes: `{element.name}.…`",
        )
        return None
    key = term_named(c, expression.what, element.kind)
    if key is None:
        return None
    holds = typed.TermHolds(expression.span, key, element.slot)
    return typed.Inverse(expression.span, holds) if expression.negated else holds


def _known(c: Checker, expression: syntax.Is, scope: Scope, *, missing: bool) -> typed.Expression | None:
    written = expression.value
    is_item = isinstance(written, syntax.Word) and scope.item(written.parts[0]) is not None and len(written.parts) == 1
    value = None if is_item else c.value(written, scope)
    if value is None and not is_item:
        return None
    if isinstance(value, typed.AttributeValue):
        return typed.Known(expression.span, value, missing)
    c.findings.error(
        "LX229",
        written.span,
        f"`is known` and `is missing` ask about attributes only, and `{shown(written.span)}` is none",
        "count what there is: `some … has …`" if is_item else "name the attribute itself",
    )
    return None


def _within(c: Checker, expression: syntax.Within, scope: Scope) -> typed.Expression | None:
    duration = c.value(expression.duration, scope, DURATION)
    if duration is not None and type_of(duration).sort is not Sort.DURATION:
        c.findings.error(
            "LX235",
            expression.duration.span,
            f"`{shown(expression.duration.span)}` is {with_article(type_of(duration))}, and a duration is needed",
            "say the unit: `30 days`, `12 months`",
        )
        duration = None
    hours = duration is not None and "hours" in measures_of(duration, c.declarations.parameters)
    expected = MOMENT if hours else DATE
    if expression.anchor is None:
        value, anchor = c.value(expression.value, scope, expected), None
    else:
        pair = check_pair(c, expression.value, expression.anchor, scope, expected)
        value, anchor = pair or (None, None)
    if value is None or duration is None or not _require_time(c, value):
        return None
    if anchor is not None and not require_same_type(c, expression.span, value, anchor):
        return None
    if not forbid_hours_of_dates(c, value, duration):
        return None
    recorded = value.value if isinstance(value, typed.DateOfValue) else value
    if expression.mode == "done" and not isinstance(recorded, typed.AttributeValue | typed.ItemValue):
        c.findings.error(
            "LX229",
            expression.value.span,
            f"`is done within` asks whether an attribute is recorded, and `{shown(expression.value.span)}` is none",
            "name the attribute that records when it was done",
        )
        return None
    return typed.WithinPeriod(expression.span, value, duration, expression.mode, anchor, c.timezone)


def _require_time(c: Checker, value: typed.Expression) -> bool:
    if type_of(value).sort in (Sort.DATE, Sort.MOMENT):
        return True
    c.findings.error(
        "LX235",
        value.span,
        f"`{shown(value.span)}` is {with_article(type_of(value))}, and a date or a moment is needed",
        "a period runs from a date: `approved_on is within the last 12 months`",
    )
    return False


def _passes(c: Checker, expression: syntax.Passes, scope: Scope) -> typed.Expression | None:
    element = element_named(c, expression.element, scope)
    found = rule_named(c, expression.rule)
    if element is None or found is None:
        return None
    key, kind = found
    if kind is None:
        return None
    if kind != element.kind:
        c.findings.error(
            "LX258",
            expression.span,
            f"the rule `{key[1]}` is for `{kind}`, and `{element.name}` is {a(element.kind or '')}",
            f"name {a(kind)}: `some {kind} as other has (other passes {key[1]})`",
        )
        return None
    c.uses.append(key)
    return typed.PassesRule(expression.span, key, element.slot)
