"""Random conditions: comparisons, states, periods, quantifiers, connectives, written so that it is seen what binds."""

from __future__ import annotations

from collections.abc import Callable

import generated_navigation as navigations
import generated_values as values
from generated_scope import Scope, World, attributes, innermost, item, nameable
from generated_vocabulary import (
    BOOLEAN,
    DATE,
    DURATION,
    GRADE,
    MOMENT,
    NUMBER,
    NUMBERS,
    PERCENTAGE,
    ROUTE,
    TEXT,
    TEXTS,
)
from lexline_lineage.values import ValueType

ORDER = ("=", "<=", ">=", "<", ">", "!=")
FAMILIES = (("days",), ("months",), ("days", "hours"))
COMPARED = (
    (4, NUMBER),
    (3, PERCENTAGE),
    (4, DATE),
    (2, MOMENT),
    (2, DURATION),
    (2, TEXT),
    (1, BOOLEAN),
    (1, TEXTS),
    (1, NUMBERS),
)


def condition(world: World, scope: Scope, depth: int, indent: int = 0) -> str:
    """Any condition. With an ``indent`` it may be a list of bullets at that column: what follows is on another line."""
    if depth > 0:
        if indent and world.choices.chance(20):
            return _bullets(world, scope, depth - 1, indent)
        if world.choices.chance(25):
            return _logic(world, scope, depth - 1, indent)
    return unit(world, scope, depth, indent)


def unit(world: World, scope: Scope, depth: int, indent: int = 0) -> str:
    """One condition: what may stand after ``has``."""
    if depth > 0:
        if indent and world.choices.chance(10):
            return _bullets(world, scope, depth - 1, indent)
        if world.choices.chance(40):
            return _quantified(world, scope, depth - 1, indent)
        if world.choices.chance(10):
            return f"not {unit(world, scope, depth - 1, indent)}"
    return plain(world, scope, depth)


def narrow(world: World, scope: Scope, depth: int) -> str:
    """What may stand in a navigation's ``where``."""
    if world.choices.chance(15):
        return f"not {narrow(world, scope, depth)}"
    return plain(world, scope, depth)


def plain(world: World, scope: Scope, depth: int) -> str:
    """A condition whose end is in sight."""
    if depth > 0 and world.choices.chance(15):
        return f"({condition(world, scope, depth - 1)})"
    if item(scope) is not None and world.choices.chance(75):
        return _of_item(world, scope, depth)
    options: list[tuple[int, Callable[[], str]]] = [
        (30, lambda: _comparison(world, scope, depth)),
        (5, lambda: _member_of(world, scope, depth)),
        (4, lambda: _between(world, scope, depth)),
        (8, lambda: _period(world, scope, depth)),
        (1, lambda: world.choices.pick(("true", "false"))),
    ]
    if depth > 0:
        options.append((14, lambda: _of_set(world, scope, depth - 1)))
    options += _about_attributes(world, scope, depth)
    options += _about_elements(world, scope)
    return world.choices.weighted(options)()


# ---- what asks for one element ---------------------------------------------------------------------------------------


def _about_attributes(world: World, scope: Scope, depth: int) -> list[tuple[int, Callable[[], str]]]:
    choices = world.choices
    options: list[tuple[int, Callable[[], str]]] = []
    booleans = list(attributes(world, scope, BOOLEAN))
    if booleans:
        options.append((14, lambda: choices.weighted(booleans)))
        options.append(
            (
                3,
                lambda: (
                    f"{choices.weighted(booleans)} is {choices.pick(('', 'not '))}{choices.pick(('true', 'false'))}"
                ),
            )
        )
        options.append((2, lambda: values.atom(world, scope, depth, BOOLEAN)))
    known = [
        found for type_ in (NUMBER, DATE, TEXT, DURATION, TEXTS, GRADE) for found in attributes(world, scope, type_)
    ]
    if known:
        state = ("known", "missing", "not known", "not missing")
        options.append((10, lambda: f"{choices.weighted(known)} is {choices.pick(state)}"))
    for type_ in (GRADE, ROUTE):
        symbols = list(attributes(world, scope, type_))
        if symbols:
            options.append((6, _symbol(world, scope, depth, type_, symbols)))
    for type_ in (TEXTS, NUMBERS):
        lists = list(attributes(world, scope, type_))
        if lists and type_.item is not None:
            options.append((4, _includes(world, scope, depth, type_, lists)))
    return options


def _about_elements(world: World, scope: Scope) -> list[tuple[int, Callable[[], str]]]:
    choices = world.choices
    termed = [(element.name, term) for element in nameable(scope) for term in world.terms.get(element.kind or "", [])]
    ruled = [(element.name, rule) for element in nameable(scope) for rule in world.rules.get(element.kind or "", [])]
    options: list[tuple[int, Callable[[], str]]] = []
    if termed:
        options.append((6, lambda: f"{{}} is {choices.pick(('', 'not '))}{{}}".format(*choices.pick(termed))))
    if ruled:
        options.append((6, lambda: "{} passes {}".format(*choices.pick(ruled))))
    return options


def _symbol(
    world: World, scope: Scope, depth: int, type_: ValueType, symbols: list[tuple[int, str]]
) -> Callable[[], str]:
    choices = world.choices

    def write() -> str:
        name = choices.weighted(symbols)
        match choices.below(4):
            case 0:
                return f"{name} {choices.pick(('=', '!='))} {values.atom(world, scope, depth, type_)}"
            case 1:
                return f"{name} is {choices.pick(('', 'not '))}{choices.pick(type_.symbols)}"
            case 2:
                return f"{name} {choices.pick(('in', 'not in'))} {_options(world, type_)}"
            case _:
                return f"{values.literal(choices, type_)} {choices.pick(('=', '!='))} {name}"

    return write


def _includes(
    world: World, scope: Scope, depth: int, type_: ValueType, lists: list[tuple[int, str]]
) -> Callable[[], str]:
    choices = world.choices
    wanted = type_.item or TEXT

    def write() -> str:
        name = choices.weighted(lists)
        if choices.chance(50):
            return f"{name} includes {values.atom(world, scope, depth, wanted)}"
        return f"{name} includes every of {_options(world, wanted)}"

    return write


def _options(world: World, type_: ValueType) -> str:
    """A written list, or a parameter that holds one."""
    held = [p.name for p in world.parameters if p.type.item is not None and p.type.item == type_]
    if type_ in (GRADE, ROUTE):
        held += [p.name for p in world.parameters if p.measure == "grades" and type_ == GRADE]
    if held and world.choices.chance(50):
        return world.choices.pick(held)
    return values.set_of(world.choices, type_)


# ---- comparisons -----------------------------------------------------------------------------------------------------


def _comparison(world: World, scope: Scope, depth: int) -> str:
    choices = world.choices
    type_ = choices.weighted(COMPARED)
    if type_ in (TEXTS, NUMBERS):
        lists = list(attributes(world, scope, type_))
        if lists:
            return f"{choices.weighted(lists)} {choices.pick(('=', '!='))} {choices.weighted(lists)}"
        type_ = NUMBER
    family = choices.pick(FAMILIES)
    operator = choices.pick(ORDER if type_ not in (TEXT, BOOLEAN) else ("=", "!="))
    left, right = (values.value(world, scope, depth, type_, family) for _ in range(2))
    # What is asked of is an attribute more often than chance would have it.
    if choices.chance(65):
        left = values.attribute(world, scope, type_) or left
    return f"{left} {operator} {right}"


def _of_set(world: World, scope: Scope, depth: int) -> str:
    """A count or a share beside what tells its bounds apart, another figure beside what it is a figure of."""
    choices = world.choices
    type_ = choices.pick((NUMBER, PERCENTAGE, DATE))
    written = values.figure(world, scope, depth, type_)
    bounds = {
        NUMBER: ("1", "0", "2", "3", "4"),
        PERCENTAGE: ("50%", "100%", "0%", "33.4%", "60%", "25%", "70%"),
        DATE: ("today", "trained_on" if innermost(scope) else "today"),
    }
    beside = choices.pick(bounds[type_]) if choices.chance(70) else values.value(world, scope, depth, type_)
    return f"{written} {choices.pick(ORDER)} {beside}"


def _member_of(world: World, scope: Scope, depth: int) -> str:
    type_ = world.choices.pick(values.TYPES_IN_SETS)
    left = values.value(world, scope, depth, type_)
    return f"{left} {world.choices.pick(('in', 'not in'))} {_options(world, type_)}"


def _between(world: World, scope: Scope, depth: int) -> str:
    type_ = world.choices.pick((NUMBER, DATE, PERCENTAGE, MOMENT))
    one, low, high = (values.value(world, scope, depth, type_) for _ in range(3))
    return f"{one} between {low} and {high}"


def _period(world: World, scope: Scope, depth: int) -> str:
    choices = world.choices
    type_ = choices.pick((DATE, DATE, MOMENT))
    measures = ("days", "months") if type_ == DATE else values.ANY
    held = [p.name for p in world.parameters if p.type == DURATION and p.measure in measures]
    inner = innermost(scope)
    if inner is not None:
        kind = world.vocabulary.kinds[inner.kind or ""]
        held += [a.name for a in kind.attributes.values() if a.type == DURATION]
    length = choices.pick(held) if held and choices.chance(40) else values.literal(choices, DURATION, measures)
    recorded = values.attribute(world, scope, type_)
    mode = choices.below(4)
    if mode == 3 and recorded is not None:
        return f"{recorded} is done within {length} after {values.value(world, scope, depth, type_)}"
    when = recorded if recorded is not None and choices.chance(70) else values.value(world, scope, depth, type_)
    if mode == 0:
        return f"{when} is within the last {length}"
    return f"{when} is within {length} {choices.pick(('after', 'before'))} {values.value(world, scope, depth, type_)}"


def _of_item(world: World, scope: Scope, depth: int) -> str:
    """A condition on the item of a document, whose type is what it stands beside."""
    choices = world.choices
    inner = item(scope)
    name = inner.name if inner is not None else ""
    match choices.below(5):
        case 0:
            type_ = choices.pick((NUMBER, PERCENTAGE, DATE, MOMENT))
            return f"{name} {choices.pick(ORDER)} {values.atom(world, scope, depth, type_)}"
        case 1:
            type_ = choices.pick((TEXT, BOOLEAN, NUMBER))
            return f"{name} {choices.pick(('=', '!='))} {values.literal(choices, type_)}"
        case 2:
            return (
                f"{name} {choices.pick(('in', 'not in'))} {values.set_of(choices, choices.pick(values.TYPES_IN_SETS))}"
            )
        case 3:
            return f"{name} is within the last {values.literal(choices, DURATION, ('days', 'months'))}"
        case _:
            type_ = choices.pick((NUMBER, PERCENTAGE, DATE))
            return f"{name} between {values.literal(choices, type_)} and {values.literal(choices, type_)}"


# ---- what joins conditions -------------------------------------------------------------------------------------------


def _logic(world: World, scope: Scope, depth: int, indent: int) -> str:
    choices = world.choices
    operator = choices.pick((" and ", " or "))
    operands = [plain(world, scope, depth) for _ in range(choices.integer(1, 2))]
    return operator.join([*operands, unit(world, scope, depth, indent)])


def _bullets(world: World, scope: Scope, depth: int, indent: int) -> str:
    choices = world.choices
    head = choices.pick(("all of", "any of", "none of"))
    items = [condition(world, scope, depth, indent + 2) for _ in range(choices.integer(1, 3))]
    return head + "".join(f"\n{' ' * indent}- {written}" for written in items)


def _quantified(world: World, scope: Scope, depth: int, indent: int) -> str:
    choices = world.choices
    if choices.chance(20):
        written = _extreme(world, scope, depth, indent)
        if written:
            return written
    reached = navigations.navigation(world, scope, depth)
    inside = (*scope, reached.member)
    narrowing = navigations.where(world, inside, depth)
    quantifier = choices.pick(("some", "every", "no", "at least", "at most", "exactly"))
    count = f" {choices.integer(0, 3)}" if quantifier in ("at least", "at most", "exactly") else ""
    body = ""
    if quantifier == "every" or choices.chance(75):
        body = f" {choices.pick(('has', 'has', 'have'))} {unit(world, inside, depth, indent)}"
    return f"{quantifier}{count} {reached.text}{narrowing}{body}"


def _extreme(world: World, scope: Scope, depth: int, indent: int) -> str:
    choices = world.choices
    reached = navigations.elements(world, scope, depth)
    inside = (*scope, reached.member)
    found = world.vocabulary.kinds[reached.member.kind or ""].attributes.values()
    which = choices.pick(("latest", "earliest", "highest", "lowest"))
    types = (DATE, MOMENT) if which in ("latest", "earliest") else (NUMBER, PERCENTAGE, DURATION)
    keys = [a.name for a in found if a.type in types]
    if not keys:
        return ""
    narrowing = navigations.where(world, inside, depth)
    return f"the {which} {reached.text} by {choices.pick(keys)}{narrowing} has {unit(world, inside, depth, indent)}"
