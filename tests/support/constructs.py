"""The constructs of the language that a program uses, by names that a table can show."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from itertools import product
from typing import Any

from lexline.lang import typed
from lexline.lang.types import type_of
from lexline_lineage.values import Sort
from lexline_lineage.vocabulary import Flow, Vocabulary

QUANTIFIERS = ("some", "every", "no", "at least", "at most", "exactly")
EXTREMES = ("latest", "earliest", "highest", "lowest")
FUNCTIONS = ("count", "share", *EXTREMES, "total", "average")
_SIMPLE = [sort.value for sort in Sort if sort not in (Sort.LIST, Sort.DOCUMENT)]
_ARITHMETIC = (
    *(f"number {operator} number" for operator in "+-*/"),
    *(f"percentage {operator} percentage" for operator in "+-"),
    "percentage / number",
    *(f"{time} {operator} duration" for time in ("date", "moment") for operator in "+-"),
    "date - date",
    "moment - moment",
)

ALL = (
    *(f"literal {sort}" for sort in _SIMPLE),
    *(f"parameter {sort}" for sort in _SIMPLE if sort not in ("boolean", "enumeration")),
    "parameter list",
    *(f"attribute {sort}" for sort in (*_SIMPLE, "list")),
    "attribute of an outer element",
    *(f"item {sort}" for sort in _SIMPLE if sort != "enumeration"),
    *("today", "now", "the last day", "date of", "when … else", "otherwise", "check"),
    *(f"arithmetic {one}" for one in _ARITHMETIC),
    *(f"aggregate {function}" for function in FUNCTIONS),
    *(f"aggregate {function} if none" for function in FUNCTIONS if function not in ("count", "share")),
    *(f"compare {operator} {sort}" for operator, sort in product(("=", "!="), (*_SIMPLE, "list"))),
    *(
        f"compare {operator} {sort}"
        for operator, sort in product(("<", "<=", ">", ">="), ("number", "percentage", "date", "moment", "duration"))
    ),
    *("in", "not in", "in a parameter", "includes", "includes every of", "includes every of a parameter"),
    *("between", "is known", "is missing"),
    *(f"within {mode} {time}" for mode, time in product(("last", "after", "before", "done"), ("date", "moment"))),
    *("not", "and", "or", "all of", "any of", "is a term", "passes"),
    *(f"quantified {quantifier}" for quantifier in QUANTIFIERS),
    *(f"quantified {quantifier} without has" for quantifier in QUANTIFIERS if quantifier != "every"),
    *(f"the {which}" for which in EXTREMES),
    *(f"{direction} {reach}" for direction in ("upstream", "downstream") for reach in ("", "direct", "within")),
    *("avoiding", "avoiding all of a kind", "avoiding twice"),
    *("related by flow", "related completely", "related in part", "in the portfolio", "values of a document"),
    *(
        "starts at an outer element",
        "where or adjective",
        "navigation in a navigation",
        "navigation in an avoided node",
    ),
    *("for … where", "except", "several requirements", "force line", "force line where", "force line published"),
    *("parameter dated", "parameter published", "measure"),
)
"""All that a long run has to have met."""


def constructs(program: typed.Program, vocabulary: Vocabulary) -> set[str]:
    """The constructs that a program uses."""
    found: set[str] = set()
    for parameter in program.parameters.values():
        if any(dated.since or dated.until for dated in parameter.values):
            found.add("parameter dated")
        if any(dated.published for dated in parameter.values):
            found.add("parameter published")
    for rule in program.rules.values():
        found |= set(_of_rule(rule))
    if program.measures:
        found.add("measure")
    for root in (*program.rules.values(), *program.terms.values(), *program.measures.values()):
        found |= set(_inside(root, 0, 0, vocabulary))
    return found


def _of_rule(rule: typed.Rule) -> Iterator[str]:
    if rule.condition is not None:
        yield "for … where"
    if rule.exceptions:
        yield "except"
    if len(rule.requirements) > 1:
        yield "several requirements"
    for line in rule.force:
        yield "force line"
        if line.condition is not None:
            yield "force line where"
        if line.published is not None:
            yield "force line published"


def _inside(node: Any, inner: int, depth: int, vocabulary: Vocabulary) -> Iterator[str]:
    """The constructs in a part whose innermost element is in slot ``inner``, in so many navigations."""
    yield from _name(node, inner)
    if isinstance(node, typed.Navigation):
        yield from _of_navigation(node, inner, depth, vocabulary)
        return
    children = [getattr(node, field.name) for field in fields(node) if field.name != "span"]
    body = next((child for child in children if isinstance(child, typed.Navigation)), None)
    for child in _parts(children):
        # ``if none`` stands outside of the set; that it counts as inside here changes one name only.
        within = body is not None and child is not body
        yield from _inside(child, body.slot if body and within else inner, depth + within, vocabulary)


def _parts(children: list[Any]) -> Iterator[Any]:
    for child in children:
        if isinstance(child, tuple):
            yield from _parts(list(child))
        elif is_dataclass(child) and type(child).__module__.startswith("lexline.lang.typed"):
            yield child


def _of_navigation(node: typed.Navigation, inner: int, depth: int, vocabulary: Vocabulary) -> Iterator[str]:
    if depth:
        yield "navigation in a navigation"
    if node.origin is not None and node.origin != inner:
        yield "starts at an outer element"
    if node.condition is not None:
        yield "where or adjective"
        yield from _inside(node.condition, node.slot, depth + 1, vocabulary)
    scope = node.scope
    match scope:
        case typed.Lineage(direction, steps, avoiding):
            yield f"{direction} {'' if steps is None else 'direct' if steps == 1 else 'within'}"
            if len(avoiding) > 1:
                yield "avoiding twice"
            for avoided in avoiding:
                yield "avoiding" if avoided.condition is not None else "avoiding all of a kind"
                if avoided.condition is not None:
                    inside = set(_inside(avoided.condition, avoided.slot, depth, vocabulary))
                    if any(name.startswith(("quantified", "aggregate", "the ")) for name in inside):
                        yield "navigation in an avoided node"
                    yield from inside
        case typed.Related(relations):
            for name, _ in relations:
                relation = vocabulary.relations[name]
                flows = relation.flow is not Flow.NONE
                yield f"related {'by flow' if flows else 'completely' if relation.complete else 'in part'}"
        case typed.Portfolio():
            yield "in the portfolio"
        case typed.DocumentPath():
            yield "values of a document"


def _name(node: Any, inner: int) -> Iterator[str]:
    match node:
        case typed.LiteralValue(type=t):
            yield f"literal {t.sort}"
        case typed.ParameterValue(type=t):
            yield f"parameter {t.sort}"
        case typed.AttributeValue(type=t, slot=slot):
            yield f"attribute {t.sort}"
            if slot != inner:
                yield "attribute of an outer element"
        case typed.ItemValue(type=t):
            yield f"item {t.sort}"
        case typed.TodayValue(type=t):
            yield "now" if t.sort is Sort.MOMENT else "today"
        case typed.ArithmeticValue(operator=operator, left=left, right=right):
            yield f"arithmetic {type_of(left).sort} {operator} {type_of(right).sort}"
        case typed.AggregateValue(function=function, if_none=none):
            yield f"aggregate {function}{' if none' if none is not None else ''}"
        case typed.Compare(operator=operator, left=left):
            yield f"compare {operator} {type_of(left).sort}"
        case typed.Membership(options=options, negated=negated):
            yield "not in" if negated else "in"
            if isinstance(options, typed.ParameterValue):
                yield "in a parameter"
        case typed.IncludesValue(options=options, every=every):
            listed = isinstance(options, typed.ParameterValue)
            yield f"includes{' every of' if every else ''}{' a parameter' if listed else ''}"
        case typed.WithinPeriod(value=value, mode=mode):
            yield f"within {mode} {type_of(value).sort}"
        case typed.Connective(operator=operator, style=style):
            yield operator if style == "words" else "all of" if operator == "and" else "any of"
        case typed.QuantifiedCondition(quantifier=quantifier, body=body):
            yield f"quantified {quantifier}{'' if body is not None else ' without has'}"
        case typed.ExtremeCondition(which=which):
            yield f"the {which}"
        case _:
            if name := _PLAIN.get(type(node)):
                yield "is missing" if isinstance(node, typed.Known) and node.missing else name


_PLAIN: dict[type, str] = {
    typed.LastDayValue: "the last day",
    typed.DateOfValue: "date of",
    typed.ConditionalValue: "when … else",
    typed.OtherwiseValue: "otherwise",
    typed.CheckValue: "check",
    typed.BetweenValues: "between",
    typed.Known: "is known",
    typed.Inverse: "not",
    typed.TermHolds: "is a term",
    typed.PassesRule: "passes",
}
