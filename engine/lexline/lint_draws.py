"""Values for sketches: near to what rules compare with, on either side, or as examples give them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from typing import Any

from lexline.evaluate.dates import add_duration
from lexline.lang import typed
from lexline.lang.typed import Program
from lexline_lineage.values import Duration, Sort, Value, ValueType, parse_value
from lexline_lineage.vocabulary import Vocabulary

__all__ = ["Draws", "as_sort", "calculated", "day", "nodes_within"]


def nodes_within(node: Any) -> Iterator[Any]:
    """All parts of a typed tree, the whole first."""
    yield node
    for part in fields(node):
        if part.name in ("span", "type"):
            continue
        held = getattr(node, part.name)
        for item in held if isinstance(held, tuple) else (held,):
            if is_dataclass(item):
                yield from nodes_within(item)


class Draws:
    """Draws values for the day ``on``."""

    def __init__(self, program: Program, vocabulary: Vocabulary, random: Random) -> None:
        self.on = date.min
        self._random = random
        self._vocabulary = vocabulary
        self._pool = _values_compared_with(program)
        self._seen = _values_of_examples(program, vocabulary)

    def other_than(self, listed: list[Value], type_: ValueType) -> Value | None:
        if type_.sort is Sort.ENUMERATION:
            others = [symbol for symbol in type_.symbols if symbol not in listed]
            return self._random.choice(others) if others else None
        return self.placed(listed[0], "!=", type_) if listed else self.of_type(type_)

    def placed(self, value: Value, operator: str, type_: ValueType) -> Value | None:
        """A value that stands to another as an operator says, close by or farther away."""
        if operator == "=" or (operator in ("<=", ">=") and self._random.random() < 0.4):
            return as_sort(value, type_)
        sign = self._random.choice((-1, 1)) if operator == "!=" else -1 if operator in ("<", "<=") else 1
        match value:
            case bool():
                return not value
            case float() | int():
                step = 0.01 if type_.sort is Sort.PERCENTAGE else 1.0
                found = value + sign * step * self._random.choice((1, 1, 5, 30))
                return min(max(found, 0.0), 1.0) if type_.sort is Sort.PERCENTAGE else found
            case date():
                try:
                    return as_sort(value + sign * timedelta(days=self._random.choice((1, 1, 30, 800))), type_)
                except OverflowError:
                    return None
            case Duration(months=months, microseconds=micros, whole_days=whole):
                step = self._random.choice((1, 2))
                by = 86_400_000_000 if whole else 3_600_000_000
                more = (
                    Duration(max(months + sign * step, 1)) if months else Duration(0, max(micros + sign * step * by, 0))
                )
                return more if months else Duration(0, more.microseconds, whole)
            case _:
                return self._other_of(value, type_)

    def _other_of(self, value: Value, type_: ValueType) -> Value | None:
        others = [v for v in (self.of_type(type_) for _ in range(4)) if v is not None and v != value]
        return others[0] if others else f"{value}-other" if type_.sort is Sort.TEXT else None

    def any(self, kind: str, attribute: str) -> Value | None:
        """Some value of an attribute: one that examples give, or one near to what rules compare with."""
        seen = self._seen.get((kind, attribute))
        if seen and self._random.random() < 0.4:
            return self._random.choice(seen)
        known = self._vocabulary.kinds[kind].attributes.get(attribute)
        return self.of_type(known.type) if known is not None else None

    def of_type(self, type_: ValueType) -> Value | None:
        choice = self._random.choice
        match type_.sort:
            case Sort.BOOLEAN:
                return choice((True, False))
            case Sort.ENUMERATION:
                return choice(type_.symbols)
            case Sort.LIST:
                items = [self.of_type(type_.item) for _ in range(choice((0, 1, 2)))] if type_.item else []
                return tuple(item for item in items if item is not None)
            case Sort.DATE | Sort.MOMENT:
                day = choice([*self._pool.get(Sort.DATE, ()), self.on])
                return self.placed(day, choice(("=", "<", ">")), type_)
            case Sort.DOCUMENT:
                return None
            case sort:
                usual = {Sort.TEXT: "other", Sort.NUMBER: 1.0, Sort.PERCENTAGE: 0.5, Sort.DURATION: Duration(1)}
                near = choice([*self._pool.get(sort, ()), usual[sort]])
                return near if sort is Sort.TEXT else self.placed(near, choice(("=", "<", ">")), type_)


def _values_compared_with(program: Program) -> dict[Sort, list[Value]]:
    """The values that a program writes, by sort; those of lists by that of their items."""
    found: dict[Sort, dict[str, Value]] = {}
    trees = [*program.terms.values(), *program.rules.values()]
    written = [(n.type, n.value) for tree in trees for n in nodes_within(tree) if isinstance(n, typed.LiteralValue)]
    written += [(p.type, dated.value) for p in program.parameters.values() for dated in p.values]
    for type_, value in written:
        item = type_.item if type_.sort is Sort.LIST and type_.item is not None else type_
        for one in value if isinstance(value, tuple) else (value,):
            found.setdefault(item.sort, {})[repr(one)] = one
    return {sort: [values[name] for name in sorted(values)] for sort, values in found.items()}


def _values_of_examples(program: Program, vocabulary: Vocabulary) -> dict[tuple[str, str], list[Value]]:
    found: dict[tuple[str, str], dict[str, Value]] = {}
    for example in program.examples:
        for element in example.elements:
            for name, raw in element.attributes:
                known = vocabulary.kinds[element.kind].attributes.get(name)
                value = parse_value(raw, known.type) if known is not None else None
                if value is not None:
                    found.setdefault((element.kind, name), {})[repr(value)] = value
    return {cell: list(values.values()) for cell, values in found.items()}


def calculated(operator: str, left: Value | None, right: Value | None, zone: str) -> Value | None:
    match operator, left, right:
        case ("+" | "-") as sign, date(), Duration():
            return add_duration(left, right, zone, 1 if sign == "+" else -1)
        case "+", Duration(), date():
            return add_duration(right, left, zone)
        case _, float() | int(), float() | int():
            return {"+": left + right, "-": left - right, "*": left * right}.get(
                operator, left / right if right else None
            )
        case _:
            return None


def day(value: date) -> date:
    return value.date() if isinstance(value, datetime) else value


def as_sort(value: Value, type_: ValueType) -> Value:
    """A day as a moment of it, or a moment as its day, where a type asks for that."""
    if type_.sort is Sort.MOMENT and isinstance(value, date) and not isinstance(value, datetime):
        return datetime.combine(value, time(12), UTC)
    return day(value) if type_.sort is Sort.DATE and isinstance(value, date) else value
