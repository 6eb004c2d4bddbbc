"""Random values of every type: literals, attributes, arithmetic, choices, figures over sets."""

from __future__ import annotations

from collections.abc import Callable

import generated_conditions
from choices import Choices
from generated_navigation import members
from generated_scope import Scope, World, attributes, innermost, item
from generated_vocabulary import BOOLEAN, DATE, DURATION, MOMENT, NUMBER, PERCENTAGE, TEXT
from lexline_lineage.values import Sort, ValueType

MONTHS = ("January", "February", "March", "October", "November", "December")
DAYS = ("2026-11-22", "2026-01-31", "2024-02-29", "2026-02-28", "2025-12-31", "2026-10-25", "0001-01-01", "9999-12-31")
MOMENTS = ("2026-11-22T12:00Z", "2026-03-29T01:30Z", "2026-10-25T00:30Z", "2026-01-30T23:30+01:00", "2024-02-29T00:00Z")
LENGTHS = {
    "days": ("30 days", "1 day", "0 days", "3 days", "2 weeks", "365 days"),
    "hours": ("72 hours", "90 minutes", "1 hour", "30 seconds"),
    "months": ("1 month", "12 months", "1 year", "3 months", "1000 years"),
}
ANY = ("days", "hours", "months")


def literal(choices: Choices, type_: ValueType, measures: tuple[str, ...] = ANY) -> str:
    """A written value."""
    match type_.sort:
        case Sort.NUMBER:
            return choices.pick(("1", "2", "0", "3", "0.5", "-1", "100", "1e308"))
        case Sort.PERCENTAGE:
            return choices.pick(("50%", "5%", "0%", "100%", "10%", "8.7%", "-5%"))
        case Sort.DATE:
            return choices.pick(DAYS)
        case Sort.MOMENT:
            return choices.pick(MOMENTS)
        case Sort.DURATION:
            return choices.pick(LENGTHS[choices.pick(measures)])
        case Sort.BOOLEAN:
            return choices.pick(("true", "false"))
        case Sort.ENUMERATION:
            symbol = choices.pick(type_.symbols)
            return f'"{symbol}"' if choices.chance(15) else symbol
        case _:
            return choices.pick(('"a"', '"b"', '"A"', '"é"', '""'))


def value(world: World, scope: Scope, depth: int, type_: ValueType, measures: tuple[str, ...] = ANY) -> str:
    """A value where a sum may stand: beside a comparison."""
    if depth > 0 and world.choices.chance(35):
        written = _compound(world, scope, depth - 1, type_, measures)
        if written:
            return written
    return atom(world, scope, depth, type_, measures)


def atom(world: World, scope: Scope, depth: int, type_: ValueType, measures: tuple[str, ...] = ANY) -> str:
    """A value where only one may stand."""
    choices = world.choices
    options: list[tuple[int, Callable[[], str]]] = [(8, lambda: literal(choices, type_, measures))]
    options += [(weight, _always(name)) for weight, name in attributes(world, scope, type_)]
    options += [(4, _always(name)) for name in _parameters(world, type_, measures)]
    options += _simple(world, scope, type_)
    if depth > 0:
        options += _nested(world, scope, depth - 1, type_, measures)
    return choices.weighted(options)()


def attribute(world: World, scope: Scope, type_: ValueType) -> str | None:
    """An attribute of a type, or the document item that stands innermost; None where there is none."""
    found = list(attributes(world, scope, type_))
    inner = item(scope)
    if inner is not None and type_.sort not in (Sort.LIST, Sort.ENUMERATION):
        found.append((10, inner.name))
    return world.choices.weighted(found) if found else None


def figure(world: World, scope: Scope, depth: int, type_: ValueType) -> str:
    """A number, a percentage or a date over a set of elements."""
    if type_ == DATE or world.choices.chance(35):
        return _fold(world, scope, depth, type_, ("days",))
    return (_share if type_ == PERCENTAGE else _count)(world, scope, depth)


def _always(text: str) -> Callable[[], str]:
    return lambda: text


def _parameters(world: World, type_: ValueType, measures: tuple[str, ...]) -> list[str]:
    return [p.name for p in world.parameters if p.type == type_ and (not p.measure or p.measure in measures)]


def _simple(world: World, scope: Scope, type_: ValueType) -> list[tuple[int, Callable[[], str]]]:
    """What is special to a type and holds no other expression."""
    choices = world.choices
    options: list[tuple[int, Callable[[], str]]] = []
    if type_ == DATE:
        options.append((8, lambda: "today"))
        options.append((4, lambda: f"the last {choices.pick((1, 22, 28, 29))} {choices.pick(MONTHS)}"))
    if type_ == MOMENT:
        options.append((8, lambda: "now"))
    if world.with_checks and innermost(scope) is not None:
        if type_ == NUMBER:
            options.append((7, lambda: _check(world)))
        if type_ == DURATION:
            options.append((7, lambda: "check probe.age()"))
        if type_ in (BOOLEAN, DATE):
            options.append((7, lambda: f"check probe.{'research' if type_ == BOOLEAN else 'trained'}()"))
    return options


def _check(world: World) -> str:
    if not world.choices.chance(50):
        return "check probe.tier()"
    numbers = _parameters(world, NUMBER, ())
    return f"check probe.tier(more: {world.choices.pick(['1', *numbers])})"


def _nested(
    world: World, scope: Scope, depth: int, type_: ValueType, measures: tuple[str, ...]
) -> list[tuple[int, Callable[[], str]]]:
    options: list[tuple[int, Callable[[], str]]] = [
        (3, lambda: _conditional(world, scope, depth, type_, measures)),
        (4, lambda: _otherwise(world, scope, depth, type_, measures)),
    ]
    if type_ in (NUMBER, PERCENTAGE):
        options.append((12, lambda: figure(world, scope, depth, type_)))
    elif type_ in (DATE, MOMENT, DURATION):
        options.append((6, lambda: _fold(world, scope, depth, type_, measures)))
    if type_ == DATE:
        options.append((3, lambda: f"date of {atom(world, scope, depth, MOMENT)}"))
    if type_.sort in (Sort.NUMBER, Sort.DATE, Sort.MOMENT, Sort.DURATION, Sort.PERCENTAGE):
        options.append((2, lambda: f"({value(world, scope, depth, type_, measures)})"))
    return options


def _conditional(world: World, scope: Scope, depth: int, type_: ValueType, measures: tuple[str, ...]) -> str:
    condition = generated_conditions.condition(world, scope, depth)
    one, other = (atom(world, scope, depth, type_, measures) for _ in range(2))
    if type_.sort is Sort.ENUMERATION:  # a symbol needs an attribute beside it that says whose it is
        one = attribute(world, scope, type_) or one
    return f"({one} when {condition} else {other})"


def _otherwise(world: World, scope: Scope, depth: int, type_: ValueType, measures: tuple[str, ...]) -> str:
    first = attribute(world, scope, type_)
    if first is None:
        return literal(world.choices, type_, measures)
    return f"({first} otherwise {atom(world, scope, depth, type_, measures)})"


def _count(world: World, scope: Scope, depth: int) -> str:
    return f"count of {members(world, scope, depth)[0]}"


def _share(world: World, scope: Scope, depth: int) -> str:
    written, inside = members(world, scope, depth)
    return f"share of {written} has ({generated_conditions.condition(world, inside, depth)})"


def _fold(world: World, scope: Scope, depth: int, type_: ValueType, measures: tuple[str, ...]) -> str:
    written, inside = members(world, scope, depth)
    member = inside[-1]
    if type_ in (DATE, MOMENT):
        functions = ["latest", "earliest"]
    elif type_ == DURATION:
        functions = ["highest", "lowest"]
    else:
        functions = ["highest", "lowest", "average"] + ["total"] * (type_ == NUMBER)
    function = world.choices.pick(functions)
    if member.kind is None:
        name = member.name
    else:
        names = [a.name for a in world.vocabulary.kinds[member.kind].attributes.values() if a.type == type_]
        if not names:
            return _count(world, scope, depth) if type_ == NUMBER else literal(world.choices, type_, measures)
        name = world.choices.pick(names)
    fallback = ""
    if world.choices.chance(40):
        fallback = f" if none {atom(world, scope, depth, type_, measures)}"
    written = f"{function} {name} of {written}{fallback}"
    return f"({written})" if fallback or world.choices.chance(20) else written


def _compound(world: World, scope: Scope, depth: int, type_: ValueType, measures: tuple[str, ...]) -> str:
    """Arithmetic, or nothing where the type has none."""
    choices = world.choices
    match type_.sort:
        case Sort.NUMBER:
            written = atom(world, scope, depth, NUMBER)
            for _ in range(choices.integer(1, 2)):
                written += f" {choices.pick('+-*/')} {atom(world, scope, depth, NUMBER)}"
            return written
        case Sort.PERCENTAGE:
            other = NUMBER if (operator := choices.pick("+-/")) == "/" else PERCENTAGE
            return f"{atom(world, scope, depth, PERCENTAGE)} {operator} {atom(world, scope, depth, other)}"
        case Sort.DATE | Sort.MOMENT:
            lengths = ("days", "months") if type_ == DATE else ANY
            moved = atom(world, scope, depth, type_)
            return f"{moved} {choices.pick('+-')} {atom(world, scope, depth, DURATION, lengths)}"
        case Sort.DURATION if "days" in measures:
            times = MOMENT if "hours" in measures else DATE
            return f"{atom(world, scope, depth, times)} - {atom(world, scope, depth, times)}"
        case _:
            return ""


def set_of(choices: Choices, type_: ValueType) -> str:
    """A written list of values."""
    return "{" + ", ".join(literal(choices, type_) for _ in range(choices.integer(1, 3))) + "}"


TYPES_IN_SETS = (NUMBER, TEXT, DATE, PERCENTAGE)
