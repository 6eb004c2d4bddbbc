"""Explains conditions and values: what each part came to, what it read, and which missing facts reach the verdict."""

from __future__ import annotations

import math

from lexline.evaluate.explain_sets import Details, Frame, SetExplainer, is_settled
from lexline.evaluate.explanation import Node, Weight
from lexline.evaluate.interpret_expressions import Evaluator, element
from lexline.evaluate.interpret_navigation import Item
from lexline.evaluate.interpret_sets import have_order
from lexline.evaluate.interpret_values import Held, Missing, Range, as_plain
from lexline.evaluate.verdict import MissingFact, ReadFact, Truth, Verdict, decide_verdict
from lexline.lang import typed
from lexline.lang.types import is_value, type_of
from lexline_lineage.facts import Source
from lexline_lineage.values import Duration, Sort, ValueType, format_value

__all__ = ["Explainer", "in_words"]


class Explainer:
    """Explains the parts of a rule; ``in_full``: with what only supports the verdict, and every edge read; ``listed``:
    how many of the members that show a part are named where fewer would do (None: all)."""

    def __init__(self, evaluator: Evaluator, *, in_full: bool, listed: int | None) -> None:
        self._evaluator = evaluator
        self._in_full = in_full
        self._sets = SetExplainer(evaluator, self.part, in_full=in_full, listed=listed)

    # ---- rules -----------------------------------------------------------------------------------------------------

    def clauses(self, key: typed.Key, frame: Frame, weight: Weight, seek: bool) -> tuple[Node, ...]:
        """A node for the ``for``, each exception and each requirement of a rule; the frame binds slot 0."""
        rule = self._evaluator.program.rules[key]
        judged = self._evaluator.judge(key, element(frame.env[0]))
        verdict, underlying = decide_verdict(judged.applies, judged.excepted, judged.required)
        nodes = []
        if rule.condition is not None:
            heavy = Weight.SUPPORTS if verdict is Verdict.EXEMPT else Weight.BEARS
            nodes.append(self.part(rule.condition, frame, "for", _lighter(heavy, weight), seek))
        if verdict is Verdict.NOT_APPLICABLE and not self._in_full:
            return tuple(nodes)  # nothing else bears on it
        for exception in rule.exceptions:
            truth = self._evaluator.truth(exception.condition, frame.env)
            heavy = _lighter(_exception_weight(verdict, truth), weight)
            nodes.append(self.part(exception.condition, frame, "except", heavy, seek, name=exception.by))
        for requirement in rule.requirements:
            truth = self._evaluator.truth(requirement, frame.env)
            heavy = _requirement_weight(underlying, judged.required, truth)
            if verdict is Verdict.EXEMPT:
                heavy = _lighter(heavy, Weight.SUPPORTS)
            nodes.append(self.part(requirement, frame, "require", _lighter(heavy, weight), seek))
        return tuple(nodes)

    # ---- parts -----------------------------------------------------------------------------------------------------

    def part(
        self, node: typed.Expression, frame: Frame, role: str, weight: Weight, seek: bool, *, name: str = ""
    ) -> Node:
        """One part and its own parts. ``seek``: what it misses reaches the verdict, where it is undecided and bears."""
        if weight is not Weight.BEARS and not self._in_full:
            return Node(role, node.span, Weight.ASIDE, name=name)  # no reason shows it: what it comes to isn't asked
        truth, value = None, ""
        if is_value(node):
            result = self._evaluator.value(node, frame.env)
            value = in_words(result, type_of(node))
            seek = seek and not is_settled(result)
        if not is_value(node) or (type_of(node).sort is Sort.BOOLEAN and role != "value"):
            truth = self._evaluator.truth(node, frame.env)
            seek = seek and not is_settled(truth)
        seek = seek and weight is Weight.BEARS
        details = self._details(node, frame, weight, seek)
        missing = details.missing or (self._no_value(node, frame) if seek else ())
        return Node(
            role=role,
            span=node.span,
            weight=weight,
            truth=truth,
            value=value,
            name=name or details.name,
            note=details.note,
            facts=details.facts,
            edges=details.edges,
            missing=missing,
            absent=details.absent,
            further=details.further,
            children=details.children,
        )

    def _no_value(self, node: typed.Expression, frame: Frame) -> tuple[MissingFact, ...]:
        """What has no value though all that it reads is there."""
        parts = [self._evaluator.value(part, frame.env) for part in _operands(node)]
        if isinstance(node, typed.ArithmeticValue | typed.DateOfValue) and all(map(is_settled, parts)):
            why = "it has no value: a division by zero, or a result out of bounds"
        elif isinstance(node, typed.WithinPeriod) and all(map(is_settled, parts[node.mode == "done" :])):
            why = "the period has no end: a date beyond the year 9999, or hours counted from a date"
        elif isinstance(node, typed.Compare) and all(isinstance(part, Duration) for part in parts):
            why = "calendar months can't be compared with an elapsed time"
        elif isinstance(node, typed.AggregateValue) and node.if_none is None and self._is_over_nothing(node, frame):
            why = "there is nothing to take it of"
        elif isinstance(node, typed.AggregateValue | typed.ExtremeCondition) and self._has_no_order(node, frame):
            why = "calendar months and an elapsed time have no order"
        else:
            return ()
        subject = frame.env.get(0)
        if not isinstance(subject, int):
            return ()
        graph, text = self._evaluator.graph, node.span.line_of_words
        return (MissingFact(graph.ids[subject], graph.kind(subject), text, why),)

    def _is_over_nothing(self, node: typed.AggregateValue, frame: Frame) -> bool:
        members = self._evaluator.members(node.navigation, frame.env)
        return not members.is_open and all(membership is Truth.FALSE for membership in members.memberships)

    def _has_no_order(self, node: typed.AggregateValue | typed.ExtremeCondition, frame: Frame) -> bool:
        key = node.key if isinstance(node, typed.ExtremeCondition) else node.attribute
        bound = self._evaluator.members(node.navigation, frame.env).bound if key is not None else {}
        slot = node.navigation.slot
        inside = [{**frame.env, slot: one} for one, membership in bound.items() if membership is not Truth.FALSE]
        return key is not None and not have_order([self._evaluator.value(key, env) for env in inside])

    def _details(self, node: typed.Expression, frame: Frame, weight: Weight, seek: bool) -> Details:
        aside = weight is Weight.ASIDE
        match node:
            case typed.AttributeValue():
                return self._attribute(node, frame, seek)
            case typed.ItemValue():
                return self._item(node, frame, seek)
            case typed.ParameterValue():
                return self._parameter(node, seek)
            case typed.CheckValue():
                return self._check(node, frame, weight, seek)
            case typed.Connective():
                return self._connective(node, frame, weight, seek)
            case typed.Inverse():
                return Details(children=(self.part(node.condition, frame, "part", weight, seek),))
            case typed.ConditionalValue():
                return self._conditional(node, frame, weight, seek)
            case typed.OtherwiseValue():
                return self._otherwise(node, frame, weight, seek)
            case typed.TermHolds():
                return Details(name=node.term[2]) if aside else self._term(node, frame, weight, seek)
            case typed.PassesRule():
                inner = Frame({0: frame.env[node.slot]}, {0: frame.paths[node.slot]})
                children = () if aside else self.clauses(node.rule, inner, weight, seek)
                return Details(name=node.rule[1], children=children)
            case typed.QuantifiedCondition():
                return Details() if aside else self._sets.quantified(node, frame, weight, seek)
            case typed.ExtremeCondition():
                return Details() if aside else self._sets.extreme(node, frame, weight, seek)
            case typed.AggregateValue():
                return Details() if aside else self._sets.aggregate(node, frame, weight, seek)
            case typed.WithinPeriod():
                return self._within(node, frame, weight, seek)
            case _:
                parts = [part for part in _operands(node) if not isinstance(part, typed.LiteralValue)]
                return Details(children=tuple(self.part(part, frame, "value", weight, seek) for part in parts))

    def _connective(self, node: typed.Connective, frame: Frame, weight: Weight, seek: bool) -> Details:
        """The operands that make the whole what it is bear on it, whatever the others come to."""
        whole = self._evaluator.truth(node, frame.env)
        children = []
        for operand in node.operands:
            truth = self._evaluator.truth(operand, frame.env)
            if truth is whole or not (is_settled(truth) or is_settled(whole)):
                heavy = weight
            else:
                heavy = Weight.ASIDE if is_settled(whole) else _lighter(Weight.SUPPORTS, weight)
            children.append(self.part(operand, frame, "part", heavy, seek))
        return Details(children=tuple(children))

    def _conditional(self, node: typed.ConditionalValue, frame: Frame, weight: Weight, seek: bool) -> Details:
        truth = self._evaluator.truth(node.condition, frame.env)
        children = [self.part(node.condition, frame, "part", weight, seek)]
        if is_settled(truth):
            chosen = node.value if truth is Truth.TRUE else node.otherwise
            children.append(self.part(chosen, frame, "value", weight, seek))
        return Details(children=tuple(children))

    def _otherwise(self, node: typed.OtherwiseValue, frame: Frame, weight: Weight, seek: bool) -> Details:
        children = [self.part(node.value, frame, "value", weight, seek)]
        if isinstance(self._evaluator.value(node.value, frame.env), Missing):
            children.append(self.part(node.fallback, frame, "value", weight, seek))
        return Details(children=tuple(children))

    def _within(self, node: typed.WithinPeriod, frame: Frame, weight: Weight, seek: bool) -> Details:
        # Whether it is done is read from the value, be it there or not: no more is missing than the period's ends.
        value_seek = seek and node.mode != "done"
        return Details(
            children=tuple(
                self.part(part, frame, "value", weight, value_seek if part is node.value else seek)
                for part in _operands(node)
                if not isinstance(part, typed.LiteralValue)
            )
        )

    def _term(self, node: typed.TermHolds, frame: Frame, weight: Weight, seek: bool) -> Details:
        term = self._evaluator.program.terms[node.term]
        inner = Frame({0: frame.env[node.slot]}, {0: frame.paths[node.slot]})
        return Details(name=node.term[2], children=(self.part(term.condition, inner, "part", weight, seek),))

    # ---- what is read ----------------------------------------------------------------------------------------------

    def _attribute(self, node: typed.AttributeValue, frame: Frame, seek: bool) -> Details:
        graph, number = self._evaluator.graph, element(frame.env[node.slot])
        value, source = graph.value(number, node.attribute), graph.source(number, node.attribute)
        fact = ReadFact(self._evaluator.name(number), node.kind, node.attribute, value, source, node.type)
        why = "only an edge names this element" if number in graph.stubs else "no value is recorded"
        gap = MissingFact(fact.element, fact.kind, fact.attribute, why)
        return Details(facts=(fact,), missing=(gap,) if seek and value is None else ())

    def _item(self, node: typed.ItemValue, frame: Frame, seek: bool) -> Details:
        item = frame.env[node.slot]
        if not isinstance(item, Item):
            return Details()
        graph = self._evaluator.graph
        holder, kind, where = graph.ids[item.element], graph.kind(item.element), f"{item.attribute} at {item.place}"
        value = as_plain(self._evaluator.value(node, frame.env))
        fact = ReadFact(holder, kind, where, value, graph.source(item.element, item.attribute), node.type)
        gap = MissingFact(holder, kind, where, f"what stands there is no {node.type.sort.value}")
        return Details(facts=(fact,), missing=(gap,) if seek else ())

    def _parameter(self, node: typed.ParameterValue, seek: bool) -> Details:
        policy, name = node.parameter
        span = self._evaluator.program.parameters[node.parameter].span
        value = self._evaluator.parameter(node.parameter)
        place = Source(span.source.name, f"line {span.line}")
        fact = ReadFact(policy, "parameter", name, value, place, node.type)
        gap = MissingFact(policy, "parameter", name, "no value is in force on the date")
        return Details(facts=(fact,), missing=(gap,) if seek and value is None else ())

    def _check(self, node: typed.CheckValue, frame: Frame, weight: Weight, seek: bool) -> Details:
        outcome = self._evaluator.outcome(node, frame.env)
        graph, number = self._evaluator.graph, element(frame.env[node.slot])
        missing: list[MissingFact] = list(outcome.missing)
        if outcome.failed or not missing:
            why = outcome.failed or "the check gives no value"
            missing.append(MissingFact(graph.ids[number], node.kind, f"check {node.check}", why))
        arguments = tuple(
            self.part(argument, frame, "value", weight, seek)
            for _, argument in node.arguments
            if not isinstance(argument, typed.LiteralValue)
        )
        return Details(
            missing=tuple(missing) if seek else (), children=arguments, note=outcome.evidence, name=node.check
        )


def in_words(value: Held, type: ValueType) -> str:  # noqa: A002  # the word of the domain
    """A value for a reader; a range as ``2 to 4`` or ``at least 2``."""
    if isinstance(value, Range) and value.low != value.high:
        low = format_value(value.low, type)
        return f"at least {low}" if value.high == math.inf else f"{low} to {format_value(value.high, type)}"
    return format_value(as_plain(value), type)


def _operands(node: typed.Expression) -> tuple[typed.Expression, ...]:
    """The values that a comparison or a calculation joins."""
    match node:
        case typed.Compare() | typed.ArithmeticValue():
            return (node.left, node.right)
        case typed.BetweenValues():
            return (node.value, node.low, node.high)
        case typed.Membership() | typed.IncludesValue():
            return (node.value, *(node.options if isinstance(node.options, tuple) else (node.options,)))
        case typed.Known() | typed.DateOfValue():
            return (node.value,)
        case typed.WithinPeriod():
            return (node.value, node.duration) if node.anchor is None else (node.value, node.duration, node.anchor)
        case _:
            return ()


def _exception_weight(verdict: Verdict, truth: Truth) -> Weight:
    if verdict is Verdict.NOT_APPLICABLE:
        return Weight.ASIDE
    if verdict is Verdict.EXEMPT:
        return Weight.BEARS if truth is Truth.TRUE else Weight.ASIDE
    # An exception that can't be shown: its missing facts would exempt, unless there is nothing to be exempt from.
    return Weight.SUPPORTS if truth is Truth.FALSE or verdict is Verdict.PASS else Weight.BEARS


def _requirement_weight(underlying: Verdict, required: Truth, truth: Truth) -> Weight:
    if underlying is Verdict.NOT_APPLICABLE:
        return Weight.ASIDE
    if required is Truth.FALSE:
        return Weight.BEARS if truth is Truth.FALSE else Weight.ASIDE
    if required is Truth.TRUE:
        return Weight.BEARS
    return Weight.SUPPORTS if truth is Truth.TRUE else Weight.BEARS


def _lighter(one: Weight, other: Weight) -> Weight:
    order = (Weight.ASIDE, Weight.SUPPORTS, Weight.BEARS)
    return min(one, other, key=order.index)
