"""Sketches: small portfolios around one subject, made so that conditions come out one way or the other.

A sketch is aimed, not proved: it reads a condition from its outermost word inwards and supposes the facts that would
make it true or false. Whether they do is for the evaluator to say.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cache
from random import Random
from typing import Literal

from lexline.evaluate.dates import add_duration, date_of, last_day
from lexline.lang import typed
from lexline.lang.typed import Expression, Program, Rule
from lexline.lang.types import type_of
from lexline.lint_draws import Draws, as_sort, calculated, day
from lexline_lineage.facts import AttributeFact, EdgeFact, ElementFact, Fact, Source
from lexline_lineage.values import Duration, Value
from lexline_lineage.vocabulary import LINEAGE_COMPLETE, Flow, Vocabulary

__all__ = ["Goal", "Sketch", "Sketcher"]

Goal = Literal["applies", "passes", "fails", "is no failure"]
"""What a rule is to say of a subject."""
Slots = Mapping[int, int]
"""For each slot of a condition the element that stands in it."""

DEEPEST = 12
"""How deep terms and sets are followed."""
FARTHEST = 3
"""How many relations lead from an element to what is made upstream or downstream of it."""
MOST_MEMBERS = 6
"""How many members of a set are made at once."""
_NEGATED = {"=": "!=", "!=": "=", "<": ">=", "<=": ">", ">": "<=", ">=": "<"}
_TURNED = {"=": "=", "!=": "!=", "<": ">", "<=": ">=", ">": "<", ">=": "<="}
_HERE = Source("lint", "")


@dataclass(slots=True)
class Sketch:
    """A portfolio for the day ``on``; element 0 is the subject. A value None is left out on purpose."""

    on: date
    kinds: list[str] = field(default_factory=list)
    values: list[dict[str, Value | None]] = field(default_factory=list)
    edges: list[tuple[int, str, int]] = field(default_factory=list)

    def add(self, kind: str) -> int:
        """A new element."""
        self.kinds.append(kind)
        self.values.append({})
        return len(self.kinds) - 1

    def join(self, origin: int, relation: str, target: int) -> None:
        """An edge, once."""
        if (origin, relation, target) not in self.edges:
            self.edges.append((origin, relation, target))

    def facts(self, name: str = "e") -> Iterator[Fact]:
        """Its facts; element 3 is called ``name-3``."""
        for number, (kind, values) in enumerate(zip(self.kinds, self.values, strict=True)):
            yield ElementFact(f"{name}-{number}", kind, _HERE)
            for attribute, value in values.items():
                if value is not None:
                    yield AttributeFact(f"{name}-{number}", attribute, value, _HERE)
        for origin, relation, target in self.edges:
            yield EdgeFact(f"{name}-{origin}", relation, f"{name}-{target}", _HERE)


class Sketcher:
    """Makes sketches for the rules of a program; the same ones for the same seed."""

    def __init__(self, program: Program, vocabulary: Vocabulary, read: frozenset[tuple[str, str]], seed: int) -> None:
        self._program = program
        self._vocabulary = vocabulary
        self._random = Random(seed)  # noqa: S311  # no secret: the same findings each time
        self._read: dict[str, list[str]] = {}
        for kind, attribute in sorted(read):
            self._read.setdefault(kind, []).append(attribute)
        self._draws = Draws(program, vocabulary, self._random)
        self._sketch = Sketch(date.min)
        self._chains = cache(lambda origin, target: tuple(_chains(vocabulary, origin, target)))

    def sketch(self, kind: str, on: date, goals: list[tuple[Rule, Goal]]) -> Sketch:
        """A portfolio around an element of ``kind`` of which rules are to say something, the last first."""
        self._sketch, self._draws.on = Sketch(on), on
        self._sketch.add(kind)
        for rule, goal in goals:
            self._aim_at(rule, goal)
        for number, of_kind in enumerate(self._sketch.kinds):
            for attribute in self._read.get(of_kind, ()):
                if attribute not in self._sketch.values[number] and self._random.random() < 0.6:
                    self._sketch.values[number][attribute] = self._draws.any(of_kind, attribute)
        return self._sketch

    def _aim_at(self, rule: Rule, goal: Goal) -> None:
        subject = {0: 0}
        way = self._random.choice(("for", "except", "require", "require")) if goal == "is no failure" else ""
        if rule.condition is not None:
            self._aim(rule.condition, way != "for", subject)
        for exception in rule.exceptions:
            self._aim(exception.condition, way == "except", subject)
        if goal == "passes" or way == "require":
            for requirement in rule.requirements:
                self._aim(requirement, True, subject)
        elif goal == "fails":
            self._aim(self._random.choice(rule.requirements), False, subject)
        conditions = [line.condition for line in rule.force if line.condition is not None]
        if conditions:
            self._aim(self._random.choice(conditions), True, subject)

    # ---- conditions ------------------------------------------------------------------------------------------------

    def _aim(self, condition: Expression, wanted: bool, slots: Slots, depth: int = 0) -> None:
        """Suppose facts by which the condition is ``wanted``."""
        if depth > DEEPEST:
            return
        deeper = depth + 1
        match condition:
            case typed.Inverse(condition=inner):
                self._aim(inner, not wanted, slots, deeper)
            case typed.Connective(operator=operator, operands=operands):
                parts = operands if (operator == "and") == wanted else (self._random.choice(operands),)
                for part in parts:
                    self._aim(part, wanted, slots, deeper)
            case typed.TermHolds(term=term, slot=slot):
                self._aim(self._program.terms[term].condition, wanted, {0: slots[slot]}, deeper)
            case typed.PassesRule(rule=key, slot=slot):
                self._aim_rule(self._program.rules[key], wanted, {0: slots[slot]}, deeper)
            case typed.AttributeValue():
                self._give(condition, wanted, slots, depth)
            case typed.Compare(operator=operator, left=left, right=right):
                self._compare(operator if wanted else _NEGATED[operator], left, right, slots, depth)
            case typed.BetweenValues(value=value, low=low, high=high):
                least, most = (">=", "<=") if wanted else self._random.choice((("<", "<="), (">=", ">")))
                self._compare(most, value, high, slots, depth)
                if wanted or least == "<":
                    self._compare(least, value, low, slots, depth)
            case typed.Known(value=value, missing=missing):
                self._know(value, wanted != missing, slots)
            case _:
                self._aim_at_sets(condition, wanted, slots, depth)

    def _aim_at_sets(self, condition: Expression, wanted: bool, slots: Slots, depth: int) -> None:
        match condition:
            case typed.Membership(value=value, options=options, negated=negated):
                listed = self._listed(options, slots)
                found = self._random.choice(listed) if listed else None
                if wanted == negated:
                    found = self._draws.other_than(listed, type_of(value))
                self._give(value, found, slots, depth)
            case typed.IncludesValue(value=value, options=options, every=every):
                listed = self._listed(options, slots)
                held = listed if every else [self._random.choice(listed)] if listed else []
                if not wanted:
                    other = self._draws.other_than(listed, type_of(value).item or type_of(value))
                    held = [] if other is None else [other]
                self._give(value, tuple(held), slots, depth)
            case typed.WithinPeriod():
                self._within(condition, wanted, slots, depth)
            case typed.QuantifiedCondition():
                self._quantify(condition, wanted, slots, depth)
            case typed.ExtremeCondition(navigation=navigation, key=key, body=body):
                member = self._member(navigation, slots, depth)
                if member is not None:
                    inner = {**slots, navigation.slot: member}
                    self._know(key, True, inner)
                    self._aim(body, wanted, inner, depth + 1)
            case _:
                return

    def _aim_rule(self, rule: Rule, wanted: bool, slots: Slots, depth: int) -> None:
        if rule.condition is not None:
            self._aim(rule.condition, not wanted or self._random.random() < 0.7, slots, depth)
        for requirement in rule.requirements if wanted else (self._random.choice(rule.requirements),):
            self._aim(requirement, wanted, slots, depth)

    def _know(self, value: typed.AttributeValue, known: bool, slots: Slots) -> None:
        values = self._sketch.values[slots[value.slot]]
        if not known:
            values[value.attribute] = None
        elif values.get(value.attribute) is None:
            values[value.attribute] = self._draws.any(value.kind, value.attribute)

    def _compare(self, operator: str, left: Expression, right: Expression, slots: Slots, depth: int) -> None:
        sides = [(left, right, operator), (right, left, _TURNED[operator])]
        if self._random.random() < 0.3:
            sides.reverse()
        for given, other, sign in sides:
            known = self._value(other, slots)
            if known is not None and self._give(given, self._draws.placed(known, sign, type_of(given)), slots, depth):
                return

    def _within(self, condition: typed.WithinPeriod, wanted: bool, slots: Slots, depth: int) -> None:
        length = self._value(condition.duration, slots)
        if not isinstance(length, Duration):
            return
        begin = self._sketch.on if condition.anchor is None else self._value(condition.anchor, slots)
        if begin is None and condition.anchor is not None:
            return
        anchor = begin if isinstance(begin, date) else self._sketch.on
        back = condition.mode in ("last", "before")
        edge = add_duration(day(anchor), length, condition.timezone, -1 if back else 1)
        span = abs((edge - day(anchor)).days) if edge is not None else 0
        away = self._random.choice((0, span, self._random.randint(0, span)) if wanted else (span + 1, span + 400, -1))
        away = -away if back else away
        try:
            found: date = day(anchor) + timedelta(days=away)
        except OverflowError:
            return
        self._give(condition.value, as_sort(found, type_of(condition.value)), slots, depth)

    # ---- sets ------------------------------------------------------------------------------------------------------

    def _quantify(self, condition: typed.QuantifiedCondition, wanted: bool, slots: Slots, depth: int) -> None:
        count, body = condition.count, condition.body
        match condition.quantifier:
            case "some" | "no":
                many = 1 if (condition.quantifier == "some") == wanted else None
            case "every":
                many = None if wanted else 1
            case "at least":
                many = count if wanted else None
            case "at most":
                many = None if wanted else count + 1
            case _:
                many = count if wanted else count + 1
        shown = wanted if condition.quantifier == "every" else many is not None
        if many is not None:
            for _ in range(min(many, MOST_MEMBERS)):
                self._member(condition.navigation, slots, depth, body, shown)
            return
        self._none_but(condition.navigation, slots, depth, body, shown)

    def _none_but(
        self, navigation: typed.Navigation, slots: Slots, depth: int, body: Expression | None, shown: bool
    ) -> None:
        """Nobody in a set has a body, or (``shown``) everybody; and something says that this is all."""
        origin = slots.get(navigation.origin, 0) if navigation.origin is not None else 0
        for number, kind in enumerate(list(self._sketch.kinds)):
            if kind == navigation.kind and number != origin and self._random.random() < 0.8:
                inner = {**slots, navigation.slot: number}
                if body is not None:
                    self._aim(body, shown, inner, depth + 1)
                elif navigation.condition is not None:
                    self._aim(navigation.condition, False, inner, depth + 1)
        if LINEAGE_COMPLETE in self._vocabulary.kinds[self._sketch.kinds[origin]].attributes:
            self._sketch.values[origin][LINEAGE_COMPLETE] = True
        if self._random.random() < 0.7 and (body is not None or navigation.condition is not None):
            beside = body is None or (navigation.condition is not None and self._random.random() < 0.5)
            self._member(navigation, slots, depth, body, shown, beside=beside)

    def _member(
        self,
        navigation: typed.Navigation,
        slots: Slots,
        depth: int,
        body: Expression | None = None,
        shown: bool = True,
        *,
        beside: bool = False,
    ) -> int | None:
        """A member of a set with a body, or without; or (``beside``) what would be one but for the set's condition."""
        if navigation.kind is None or depth > DEEPEST:
            return None
        sketch, origin = self._sketch, slots.get(navigation.origin, 0) if navigation.origin is not None else None
        there = [n for n, kind in enumerate(sketch.kinds) if kind == navigation.kind and n != origin]
        member = self._random.choice(there) if there and self._random.random() < 0.3 else sketch.add(navigation.kind)
        if origin is not None and not self._link(origin, member, navigation.scope):
            return None
        inner = {**slots, navigation.slot: member}
        if navigation.condition is not None:
            self._aim(navigation.condition, not beside, inner, depth + 1)
        if body is not None and not beside:
            self._aim(body, shown, inner, depth + 1)
        return member

    def _link(self, origin: int, member: int, scope: object) -> bool:
        sketch = self._sketch
        match scope:
            case typed.Related(relations=relations):
                fitting = [
                    (name, along)
                    for name, along in relations
                    if sketch.kinds[origin if along else member] in self._vocabulary.relations[name].origins
                    and sketch.kinds[member if along else origin] in self._vocabulary.relations[name].targets
                ]
                if not fitting:
                    return False
                name, along = self._random.choice(fitting)
                sketch.join(*((origin, name, member) if along else (member, name, origin)))
            case typed.Lineage(direction=direction, steps=steps):
                begin, end = (member, origin) if direction == "upstream" else (origin, member)
                chains = [c for c in self._chains(sketch.kinds[begin], sketch.kinds[end]) if len(c) <= (steps or 99)]
                if not chains:
                    return False
                shortest = [chain for chain in chains if len(chain) == len(chains[0])]
                self._lay(begin, end, self._random.choice(shortest if self._random.random() < 0.6 else chains))
            case _:
                pass
        return True

    def _lay(self, begin: int, end: int, chain: tuple[tuple[str, bool, str], ...]) -> None:
        at = begin
        for place, (relation, along, kind) in enumerate(chain):
            to = end if place == len(chain) - 1 else self._sketch.add(kind)
            self._sketch.join(*((at, relation, to) if along else (to, relation, at)))
            at = to

    # ---- values ----------------------------------------------------------------------------------------------------

    def _give(self, place: Expression, value: Value | None, slots: Slots, depth: int) -> bool:
        """Suppose that an expression has a value; False where no fact could give it one."""
        if value is None or depth > DEEPEST:
            return False
        match place:
            case typed.AttributeValue(slot=slot, attribute=attribute):
                values = self._sketch.values[slots[slot]]
                if values.get(attribute) is None or self._random.random() < 0.6:
                    values[attribute] = value
                return True
            case typed.OtherwiseValue(value=inner) | typed.ConditionalValue(value=inner):
                if isinstance(place, typed.ConditionalValue):
                    first = self._random.random() < 0.5
                    self._aim(place.condition, first, slots, depth + 1)
                    inner = place.value if first else place.otherwise
                return self._give(inner, value, slots, depth + 1)
            case typed.DateOfValue(value=inner):
                return self._give(inner, as_sort(value, type_of(inner)), slots, depth + 1)
            case typed.ArithmeticValue():
                return self._solve(place, value, slots, depth)
            case typed.AggregateValue():
                return self._aggregate(place, value, slots, depth)
            case _:
                return False

    def _solve(self, sum_: typed.ArithmeticValue, value: Value, slots: Slots, depth: int) -> bool:
        right, left = self._value(sum_.right, slots), self._value(sum_.left, slots)
        zone = sum_.timezone
        match sum_.operator, value, right, left:
            case ("+" | "-") as sign, date(), Duration(), _:
                back = add_duration(value, right, zone, -1 if sign == "+" else 1)
                return self._give(sum_.left, back, slots, depth + 1)
            case "-", Duration(), date(), _:
                return self._give(sum_.left, add_duration(right, value, zone), slots, depth + 1)
            case operator, float() | int(), float() | int(), _:
                inverse = {"+": value - right, "-": value + right, "*": right and value / right, "/": value * right}
                if self._give(sum_.left, float(inverse[operator]), slots, depth + 1):
                    return True
                return operator == "+" and self._give(sum_.right, float(value - left), slots, depth + 1)  # type: ignore[operator]
            case _:
                return False

    def _aggregate(self, place: typed.AggregateValue, value: Value, slots: Slots, depth: int) -> bool:
        if place.function in ("count", "share"):
            if not isinstance(value, float | int):
                return False
            total = 4 if place.function == "share" else min(max(round(value), 0), MOST_MEMBERS)
            for number in range(total):
                shown = place.function == "count" or number < round(value * total)
                self._member(place.navigation, slots, depth + 1, place.body, shown)
            return True
        member = self._member(place.navigation, slots, depth + 1)
        if member is None or place.attribute is None:
            return False
        return self._give(place.attribute, value, {**slots, place.navigation.slot: member}, depth + 1)

    def _value(self, expression: Expression, slots: Slots) -> Value | None:
        """What an expression comes to in the sketch, an attribute that it lacks being made up; None where unknown."""
        match expression:
            case typed.LiteralValue(value=value):
                return value
            case typed.ParameterValue(parameter=key):
                values = self._program.parameters[key].values
                on = [v for v in values if (v.since or date.min) <= self._sketch.on <= (v.until or date.max)]
                return on[-1].value if on else None
            case typed.TodayValue(type=type_):
                return as_sort(self._sketch.on, type_)
            case typed.LastDayValue(day=of_month, month=month):
                return last_day(of_month, month, self._sketch.on)
            case typed.AttributeValue(slot=slot, attribute=attribute):
                self._know(expression, True, slots)
                return self._sketch.values[slots[slot]].get(attribute)
            case typed.OtherwiseValue(value=inner) | typed.ConditionalValue(value=inner):
                return self._value(inner, slots)
            case typed.AggregateValue(attribute=typed.AttributeValue() as attribute, navigation=navigation):
                if expression.if_none is not None and self._random.random() < 0.5:
                    return self._value(expression.if_none, slots)
                member = self._member(navigation, slots, DEEPEST)
                return self._value(attribute, {**slots, navigation.slot: member}) if member is not None else None
            case typed.DateOfValue(value=inner, timezone=zone):
                moment = self._value(inner, slots)
                return date_of(moment, zone) if isinstance(moment, datetime) else None
            case typed.ArithmeticValue(left=left, right=right, operator=operator, timezone=zone):
                return calculated(operator, self._value(left, slots), self._value(right, slots), zone)
            case _:
                return None

    def _listed(self, options: tuple[Expression, ...] | typed.ParameterValue, slots: Slots) -> list[Value]:
        if isinstance(options, tuple):
            return [value for option in options if (value := self._value(option, slots)) is not None]
        value = self._value(options, slots)
        return list(value) if isinstance(value, tuple) else []


def _chains(vocabulary: Vocabulary, begin: str, end: str) -> Iterator[tuple[tuple[str, bool, str], ...]]:
    """The ways on which data flows from one kind to another, the shortest first: a relation, whether it is gone along,
    and the kind that it leads to, in turn."""
    ways: list[tuple[tuple[str, bool, str], ...]] = [()]
    for _ in range(FARTHEST):
        further = []
        for way in ways:
            kind = way[-1][2] if way else begin
            for relation in vocabulary.relations.values():
                if relation.flow is Flow.NONE:
                    continue
                along = relation.flow is Flow.FORWARD
                from_, to = (relation.origins, relation.targets) if along else (relation.targets, relation.origins)
                further += [(*way, (relation.name, along, other)) for other in to if kind in from_]
        yield from (way for way in further if way[-1][2] == end)
        ways = further
