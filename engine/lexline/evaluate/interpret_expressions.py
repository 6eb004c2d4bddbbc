"""The meaning of each node of the typed tree, for bound elements: the language's definition, written down plainly.

``Evaluator`` decides one expression at a time and walks the graph from the elements that are bound. What it finds is
kept until ``forget``.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache, partial

from lexline.evaluate.calls import CheckOutcome, CheckResults
from lexline.evaluate.dates import date_of, last_day
from lexline.evaluate.interpret_navigation import Item, Reached, related, row_of, walk
from lexline.evaluate.interpret_sets import (
    Keyed,
    combine,
    count_members,
    decide_extreme,
    decide_quantity,
    share_of,
    without_members,
)
from lexline.evaluate.interpret_slots import free_slots
from lexline.evaluate.interpret_values import (
    Held,
    Missing,
    as_plain,
    calculate,
    compare,
    conjunction,
    disjunction,
    held,
    inverse,
    is_failed,
    undecided,
)
from lexline.evaluate.phase import value_in_force
from lexline.evaluate.verdict import Clock, Truth, Verdict, decide_verdict
from lexline.lang import typed
from lexline.lang.jsonpath import find
from lexline.lang.types import type_of
from lexline_lineage.graph import Graph
from lexline_lineage.values import Sort, Value, ValueType, parse_value

__all__ = ["Bound", "Env", "Evaluator", "Judged", "Members", "element"]

Bound = int | Item
"""What a slot is bound to: the number of an element, or a value in a document."""
Env = Mapping[int, Bound]
_SetKey = tuple[int, tuple[Bound, ...]]


@dataclass(frozen=True, slots=True)
class Members:
    """What a navigation leads to: each with the truth of its membership (reached, and the condition holds)."""

    bound: Mapping[Bound, Truth]
    is_open: bool

    @property
    def memberships(self) -> list[Truth]:
        """The truths alone."""
        return list(self.bound.values())


@dataclass(frozen=True, slots=True)
class Judged:
    """The three parts of a verdict for one element; where the rule doesn't apply, the others aren't looked at."""

    applies: Truth
    excepted: Truth
    required: Truth


class Evaluator:
    """Decides the expressions of a program over a graph on a date."""

    def __init__(self, program: typed.Program, graph: Graph, clock: Clock, checks: CheckResults) -> None:
        self.program = program
        self.graph = graph
        self.clock = clock
        self.checks = checks
        self._judged: dict[tuple[typed.Key, int], Judged] = {}
        self._terms: dict[tuple[typed.TermKey, int], Truth] = {}
        self._slots: dict[int, tuple[int, ...]] = {}
        self._sets: dict[_SetKey, Truth | Held] = {}
        self._members: dict[_SetKey, Members] = {}
        self._reached: dict[Hashable, Reached] = {}
        self._rows = {"upstream": cache(row_of(graph.upstream)), "downstream": cache(row_of(graph.downstream))}
        self._by_kind: dict[int, dict[str, dict[Bound, Truth]]] = {}
        self._items: dict[tuple[str, int, str], tuple[Item, ...]] = {}
        self._names: dict[int, str] = {}
        self.walked = 0
        """how many elements were met by walking the lineage since the last ``forget``"""
        self.met = 0
        """how many members of sets, and elements that rules are about, were met since then"""

    def forget(self) -> None:
        """Forgets what was found: it grows with each element asked about."""
        self._judged.clear()
        self._terms.clear()
        self._sets.clear()
        self._members.clear()
        self._reached.clear()
        self._by_kind.clear()
        self._items.clear()
        self._names.clear()
        for row in self._rows.values():
            row.cache_clear()
        self.walked = self.met = 0

    def name(self, number: int) -> str:
        """The id of an element: those on paths are asked for again and again."""
        name = self._names.get(number)
        if name is None:
            name = self._names[number] = self.graph.ids[number]
        return name

    # ---- rules -----------------------------------------------------------------------------------------------------

    def judge(self, key: typed.Key, number: int) -> Judged:
        """What the ``for``, the exceptions and the requirements of a rule come to for an element."""
        found = self._judged.get((key, number))
        if found is None:
            rule, env = self.program.rules[key], {0: number}
            applies = Truth.TRUE if rule.condition is None else self.truth(rule.condition, env)
            excepted = required = Truth.UNKNOWN
            if applies is not Truth.FALSE:
                excepted = disjunction(self.truth(exception.condition, env) for exception in rule.exceptions)
                required = conjunction(self.truth(requirement, env) for requirement in rule.requirements)
            found = self._judged[key, number] = Judged(applies, excepted, required)
            self.met += 1
        return found

    def _passes(self, key: typed.Key, number: int) -> Truth:
        judged = self.judge(key, number)
        verdict, _ = decide_verdict(judged.applies, judged.excepted, judged.required)
        if verdict in (Verdict.UNKNOWN, Verdict.ERROR):
            return undecided(verdict is Verdict.ERROR)
        return Truth.FALSE if verdict is Verdict.FAIL else Truth.TRUE

    # ---- conditions ------------------------------------------------------------------------------------------------

    def truth(self, node: typed.Expression, env: Env) -> Truth:
        """Whether a condition, or a boolean value, holds."""
        # What is asked of each member of a set comes first: a long walk asks it of thousands.
        match node:
            case typed.TermHolds():
                return self._term_holds(node.term, element(env[node.slot]))
            case typed.AttributeValue():
                return _as_truth(self.value(node, env))
            case typed.Known():
                return Truth.TRUE if self._is_known(node.value, env) != node.missing else Truth.FALSE
            case typed.Compare():
                return compare(node.operator, self.value(node.left, env), self.value(node.right, env))
            case typed.Connective():
                join = conjunction if node.operator == "and" else disjunction
                return join(self.truth(operand, env) for operand in node.operands)
            case typed.Inverse():
                return inverse(self.truth(node.condition, env))
            case typed.Membership():
                return self._is_in(node, env)
            case typed.IncludesValue():
                return self._includes(node, env)
            case typed.BetweenValues():
                low, value, high = (self.value(part, env) for part in (node.low, node.value, node.high))
                return conjunction((compare("<=", low, value), compare("<=", value, high)))
            case typed.WithinPeriod():
                return self._within(node, env)
            case typed.PassesRule():
                return self._passes(node.rule, element(env[node.slot]))
            case typed.QuantifiedCondition():
                return _as_truth(self._once(node, env, lambda: self._quantified(node, env)))
            case typed.ExtremeCondition():
                return _as_truth(self._once(node, env, lambda: self._extreme(node, env)))
            case _:
                return _as_truth(self.value(node, env))

    def _once(self, node: typed.Expression, env: Env, decide: Callable[[], Truth | Held]) -> Truth | Held:
        """What an expression over a set comes to, found once for the bound elements that it reads."""
        key = self._read_by(node, env)
        found = self._sets.get(key)
        if found is None:
            found = self._sets[key] = decide()
        return found

    def _read_by(self, node: typed.Expression | typed.Navigation, env: Env) -> _SetKey:
        """A part of a rule with the bound elements that it reads."""
        slots = self._slots.get(id(node))
        if slots is None:
            slots = self._slots[id(node)] = free_slots(node)
        return id(node), tuple(env[slot] for slot in slots)

    def _term_holds(self, key: typed.TermKey, number: int) -> Truth:
        found = self._terms.get((key, number))
        if found is None:
            found = self._terms[key, number] = self.truth(self.program.terms[key].condition, {0: number})
        return found

    def _is_known(self, node: typed.Expression, env: Env) -> bool:
        if isinstance(node, typed.AttributeValue):
            return self.graph.knows(element(env[node.slot]), node.attribute)
        return not isinstance(self.value(node, env), Missing)

    def options(self, node: typed.Membership | typed.IncludesValue, env: Env) -> list[Held] | Missing:
        """The values that a value is looked for among."""
        if isinstance(node.options, tuple):
            return [self.value(option, env) for option in node.options]
        listed = self.value(node.options, env)
        return [held(part) for part in listed] if isinstance(listed, tuple) else Missing()

    def _is_in(self, node: typed.Membership, env: Env) -> Truth:
        value, options = self.value(node.value, env), self.options(node, env)
        if isinstance(value, Missing) or isinstance(options, Missing):
            found = undecided(is_failed(value))
        else:
            found = disjunction(compare("=", value, option) for option in options)
        return inverse(found) if node.negated else found

    def _includes(self, node: typed.IncludesValue, env: Env) -> Truth:
        listed, options = self.value(node.value, env), self.options(node, env)
        asked = [options] if isinstance(options, Missing) else options
        if (
            not isinstance(listed, tuple)
            or isinstance(options, Missing)
            or any(isinstance(o, Missing) for o in options)
        ):
            return undecided(any(map(is_failed, (listed, *asked))))
        parts = [held(part) for part in listed]
        return conjunction(disjunction(compare("=", part, option) for part in parts) for option in options)

    def _within(self, node: typed.WithinPeriod, env: Env) -> Truth:
        value, duration = self.value(node.value, env), self.value(node.duration, env)
        now = self._now(type_of(node.value), node.timezone)
        if node.mode == "last" or node.anchor is None:
            return conjunction(
                (compare("<=", value, now), compare("<=", now, calculate("+", value, duration, node.timezone)))
            )
        anchor = self.value(node.anchor, env)
        if node.mode == "before":
            end = calculate("+", value, duration, node.timezone)
            return conjunction((compare("<=", value, anchor), compare("<=", anchor, end)))
        end = calculate("+", anchor, duration, node.timezone)
        if node.mode == "after":
            return conjunction((compare("<=", anchor, value), compare("<=", value, end)))
        not_done = isinstance(value, Missing) and not value.failed
        return compare("<=", now if not_done else value, end)

    def _now(self, type: ValueType, timezone: str) -> Held:  # noqa: A002  # the word of the domain
        return self.clock.now_in(timezone) if type.sort is Sort.MOMENT else self.clock.today_in(timezone)

    # ---- sets ------------------------------------------------------------------------------------------------------

    def _quantified(self, node: typed.QuantifiedCondition, env: Env) -> Truth:
        members = self.members(node.navigation, env)
        return decide_quantity(node.quantifier, node.count, self._pairs(node, members, env), members.is_open)

    def _pairs(
        self, node: typed.QuantifiedCondition | typed.AggregateValue, members: Members, env: Env
    ) -> list[tuple[Truth, Truth]]:
        slot = node.navigation.slot
        return [
            (membership, Truth.TRUE if node.body is None else self.truth(node.body, {**env, slot: bound}))
            for bound, membership in members.bound.items()
            if membership is not Truth.FALSE
        ]

    def _extreme(self, node: typed.ExtremeCondition, env: Env) -> Truth:
        members = self.members(node.navigation, env)
        keyed = []
        for bound, membership in members.bound.items():
            if membership is not Truth.FALSE:
                inner = {**env, node.navigation.slot: bound}
                keyed.append(Keyed(membership, self.truth(node.body, inner), self.value(node.key, inner)))
        return decide_extreme(node.which, keyed, members.is_open)

    def _aggregate(self, node: typed.AggregateValue, env: Env) -> Held:
        members = self.members(node.navigation, env)
        memberships = members.memberships
        if not members.is_open and all(membership is Truth.FALSE for membership in memberships):
            return without_members(node.function) if node.if_none is None else self.value(node.if_none, env)
        if node.function == "count":
            return count_members(memberships, members.is_open)
        if node.function == "share" or node.attribute is None:
            return share_of(self._pairs(node, members, env), members.is_open)
        slot, attribute = node.navigation.slot, node.attribute
        values = [
            (membership, self.value(attribute, {**env, slot: bound}))
            for bound, membership in members.bound.items()
            if membership is not Truth.FALSE
        ]
        return combine(node.function, values, members.is_open)

    def members(self, navigation: typed.Navigation, env: Env) -> Members:
        """What a navigation leads to from the elements bound."""
        key = self._read_by(navigation, env)
        if key not in self._members:
            reached, is_open = self._scope(navigation, env)
            condition, slot = navigation.condition, navigation.slot
            if condition is not None:
                having = {bound: self.truth(condition, {**env, slot: bound}) for bound in reached}
                reached = {
                    bound: having[bound] if membership is Truth.TRUE else conjunction((membership, having[bound]))
                    for bound, membership in reached.items()
                }
            self._members[key] = Members(reached, is_open)
            self.met += len(reached)
        return self._members[key]

    def _scope(self, navigation: typed.Navigation, env: Env) -> tuple[Mapping[Bound, Truth], bool]:
        scope = navigation.scope
        if isinstance(scope, typed.DocumentPath):
            items = self.items(scope, env)
            return dict.fromkeys(items, Truth.TRUE), not items
        if isinstance(scope, typed.Portfolio):
            numbers = self.graph.members.get(navigation.kind or "", ())
            return dict.fromkeys(map(int, numbers), Truth.TRUE), False
        reached = self.reached(navigation, env)
        of_kind = self._by_kind.get(id(reached))
        if of_kind is None:
            of_kind = self._by_kind[id(reached)] = {}
            kinds = self.graph.kinds(list(reached.members))
            for kind, (number, membership) in zip(kinds, reached.members.items(), strict=True):
                of_kind.setdefault(kind, {})[number] = membership
        return of_kind.get(navigation.kind or "", {}), bool(reached.open_at)

    def items(self, scope: typed.DocumentPath, env: Env) -> tuple[Item, ...]:
        """The values at a path of a document; none where the document is missing."""
        document = self.value(scope.document, env)
        if not isinstance(document, dict | list) or not isinstance(scope.document, typed.AttributeValue):
            return ()
        holder = element(env[scope.document.slot])
        key = (scope.path, holder, scope.document.attribute)
        found = self._items.get(key)
        if found is None:
            found = tuple(
                Item(raw, f"{scope.path} ({place})", holder, scope.document.attribute)
                for place, raw in enumerate(find(scope.path, document), start=1)
            )
            self._items[key] = found
        return found

    def reached(self, navigation: typed.Navigation, env: Env) -> Reached:
        """What the scope of a navigation over lineage or relations reaches."""
        scope = navigation.scope
        if navigation.origin is None or not isinstance(scope, typed.Lineage | typed.Related):
            raise TypeError(f"{navigation.span!r} walks no edges")
        start = element(env[navigation.origin])
        key: Hashable
        if isinstance(scope, typed.Related):
            key = (scope.relations, start)
        else:
            key = (scope.direction, scope.steps, tuple(map(id, scope.avoiding)), start)
        if key not in self._reached:
            self._reached[key] = self._walk(scope, start)
            self.walked += len(self._reached[key].possible.distance)
        return self._reached[key]

    def _walk(self, scope: typed.Lineage | typed.Related, start: int) -> Reached:
        if isinstance(scope, typed.Related):
            return related(self.graph, start, scope.relations)
        avoided = partial(self.avoided, scope) if scope.avoiding else None
        return walk(self.graph, self._rows[scope.direction], start, scope.direction, scope.steps, avoided)

    def avoided(self, scope: typed.Lineage, number: int) -> Truth:
        """Whether an element is one that ``avoiding`` names."""
        kind = self.graph.kind(number)
        return disjunction(
            Truth.TRUE if node.condition is None else self.truth(node.condition, {node.slot: number})
            for node in scope.avoiding
            if node.kind == kind
        )

    # ---- values ----------------------------------------------------------------------------------------------------

    def value(self, node: typed.Expression, env: Env) -> Held:
        """The value of an expression; of a condition, its truth."""
        match node:
            case typed.LiteralValue():
                return held(node.value)
            case typed.AttributeValue():
                return held(self.graph.value(element(env[node.slot]), node.attribute))
            case typed.ParameterValue():
                return held(self.parameter(node.parameter))
            case typed.ItemValue():
                item = env[node.slot]
                return held(parse_value(item.raw, node.type)) if isinstance(item, Item) else Missing()
            case typed.TodayValue():
                return self._now(node.type, node.timezone)
            case typed.LastDayValue():
                return held(last_day(node.day, node.month, self.clock.today_in(node.timezone)))
            case typed.DateOfValue():
                moment = self.value(node.value, env)
                return held(date_of(moment, node.timezone)) if isinstance(moment, datetime) else moment
            case typed.ArithmeticValue():
                left, right = self.value(node.left, env), self.value(node.right, env)
                return calculate(node.operator, left, right, node.timezone)
            case typed.ConditionalValue():
                truth = self.truth(node.condition, env)
                if truth in (Truth.TRUE, Truth.FALSE):
                    return self.value(node.value if truth is Truth.TRUE else node.otherwise, env)
                return Missing(truth is Truth.FAILED)
            case typed.OtherwiseValue():
                value = self.value(node.value, env)
                return self.value(node.fallback, env) if isinstance(value, Missing) else value
            case typed.CheckValue():
                outcome = self.outcome(node, env)
                return Missing(bool(outcome.failed)) if outcome.value is None else held(outcome.value)
            case typed.AggregateValue():
                return _as_value(self._once(node, env, lambda: self._aggregate(node, env)))
            case _:
                return _as_value(self.truth(node, env))

    def parameter(self, key: typed.Key) -> Value | None:
        """The value of a parameter that is in force."""
        dated = value_in_force(self.program.parameters[key], self.clock, self.program.timezone(key[0]))
        return None if dated is None else dated.value

    def outcome(self, node: typed.CheckValue, env: Env) -> CheckOutcome:
        """What a check says of an element."""
        number = element(env[node.slot])
        arguments = tuple((name, as_plain(self.value(argument, env))) for name, argument in node.arguments)
        return self.checks.outcomes(node.check, node.kind, arguments)[int(self.graph.rows[number])]


def element(bound: Bound) -> int:
    """The number of the element that a slot is bound to."""
    if isinstance(bound, Item):
        raise TypeError(f"a value at {bound.place} is no element")
    return bound


def _as_truth(value: Truth | Held) -> Truth:
    if isinstance(value, Truth):
        return value
    if isinstance(value, bool):
        return Truth.TRUE if value else Truth.FALSE
    return undecided(is_failed(value))


def _as_value(truth: Truth | Held) -> Held:
    if not isinstance(truth, Truth):
        return truth
    if truth in (Truth.TRUE, Truth.FALSE):
        return truth is Truth.TRUE
    return Missing(truth is Truth.FAILED)
