"""The plan of a program: the trees of all rules and measures as one table of nodes.

Terms are read where they stand, ``between`` and periods become comparisons, and the rule behind ``passes`` becomes the
conditions that its verdict is decided from.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, assert_never

from lexline.lang import typed
from lexline.plan import nodes as plan
from lexline.plan.nodes import BOOLEAN, Domain, Input, Operation
from lexline.plan.plans import ForcePlan, MeasurePlan, NodeTable, Plan, RulePlan
from lexline_lineage.values import Sort, ValueType

__all__ = ["build_plan"]


def build_plan(program: typed.Program, kind: str | None = None) -> Plan:
    """The plan of all rules and measures of ``program`` (or of the rules about one ``kind``), not yet rewritten."""
    builder = _Builder(program)
    rules = {key: builder.rule(key) for key, rule in program.rules.items() if kind in (None, rule.kind)}
    nowhere = _Scope((), {})
    measures = {
        key: MeasurePlan(key, builder.read(measure.value, nowhere))
        for key, measure in (program.measures.items() if kind is None else ())
    }
    return Plan(tuple(builder.table.nodes), rules, measures)


@dataclass(frozen=True, slots=True)
class _Scope:
    """The slots in scope: what each runs over, and where a slot of the typed tree stands among them."""

    domains: tuple[Domain, ...]
    places: dict[int, int]

    def with_member(self, slot: int, domain: Domain) -> _Scope:
        return _Scope((*self.domains, domain), {**self.places, slot: len(self.domains)})

    def apply(self, read: Input, slot: int) -> Input:
        """A node over one slot, read for the element in a slot of the tree."""
        return Input(read.node, tuple(self.places[slot] for _ in read.slots))


class _Builder:
    def __init__(self, program: typed.Program) -> None:
        self.program = program
        self.table = NodeTable()
        self._terms: dict[typed.TermKey, Input] = {}
        self._rules: dict[typed.Key, RulePlan] = {}

    # ---- declarations ----------------------------------------------------------------------------------------------

    def rule(self, key: typed.Key) -> RulePlan:
        if key not in self._rules:
            rule = self.program.rules[key]
            scope = _Scope((rule.kind,), {0: 0})
            self._rules[key] = RulePlan(
                key,
                rule.kind,
                self.program.timezone(key[0]),
                self._condition(rule.condition, scope),
                self._joined("or", [self.read(clause.condition, scope) for clause in rule.exceptions], scope),
                self._joined("and", [self.read(part, scope) for part in rule.requirements], scope),
                tuple(
                    ForcePlan(line.since, line.until, line.published, self._condition(line.condition, scope))
                    for line in rule.force
                ),
            )
        return self._rules[key]

    def _term(self, key: typed.TermKey) -> Input:
        if key not in self._terms:
            term = self.program.terms[key]
            self._terms[key] = self.read(term.condition, _Scope((term.kind,), {0: 0}))
        return self._terms[key]

    # ---- expressions -----------------------------------------------------------------------------------------------

    def read(self, tree: typed.Expression, scope: _Scope) -> Input:
        """The node of an expression, as it is read from ``scope``."""
        match tree:
            case typed.QuantifiedCondition() | typed.ExtremeCondition() | typed.AggregateValue():
                return self._navigating(tree, scope)
            case typed.TermHolds():
                return scope.apply(self._term(tree.term), tree.slot)
            case typed.PassesRule():
                return self._passes(tree, scope)
            case (
                typed.Compare()
                | typed.Membership()
                | typed.IncludesValue()
                | typed.BetweenValues()
                | typed.Known()
                | typed.WithinPeriod()
                | typed.Inverse()
                | typed.Connective()
            ):
                return self._conditional(tree, scope)
            case _:
                return self._value(tree, scope)

    def _value(
        self,
        tree: typed.LiteralValue
        | typed.ParameterValue
        | typed.AttributeValue
        | typed.ItemValue
        | typed.TodayValue
        | typed.LastDayValue
        | typed.DateOfValue
        | typed.ArithmeticValue
        | typed.ConditionalValue
        | typed.OtherwiseValue
        | typed.CheckValue,
        scope: _Scope,
    ) -> Input:
        match tree:
            case typed.LiteralValue():
                return self._place(plan.Constant(tree.value), tree.type)
            case typed.ParameterValue():
                return self._parameter(tree)
            case typed.AttributeValue():
                attribute = self.table.place(plan.Attribute(tree.attribute), tree.type, (tree.kind,))
                return scope.apply(attribute, tree.slot)
            case typed.ItemValue():
                domain = scope.domains[scope.places[tree.slot]]
                return scope.apply(self.table.place(plan.Item(), tree.type, (domain,)), tree.slot)
            case typed.TodayValue():
                return self._place(plan.Today(tree.timezone), tree.type)
            case typed.LastDayValue():
                return self._place(plan.LastDay(tree.day, tree.month, tree.timezone), tree.type)
            case typed.DateOfValue():
                return self._place(plan.DateOf(tree.timezone), tree.type, scope, tree.value)
            case typed.ArithmeticValue():
                operation = plan.Arithmetic(tree.operator, tree.timezone)
                return self._place(operation, tree.type, scope, tree.left, tree.right)
            case typed.ConditionalValue():
                parts = (tree.condition, tree.value, tree.otherwise)
                return self._place(plan.Choose(), tree.type, scope, *parts)
            case typed.OtherwiseValue():
                return self._place(plan.Otherwise(), tree.type, scope, tree.value, tree.fallback)
            case typed.CheckValue():
                return self._check(tree, scope)
            case _:
                assert_never(tree)

    def _parameter(self, tree: typed.ParameterValue) -> Input:
        values = self.program.parameters[tree.parameter].values
        dated = tuple((value.value, value.since, value.until, value.published) for value in values)
        timezone = self.program.timezone(tree.parameter[0])
        return self._place(plan.Parameter(tree.parameter, timezone, dated), tree.type)

    def _check(self, tree: typed.CheckValue, scope: _Scope) -> Input:
        names = tuple(name for name, _ in tree.arguments)
        alone = _Scope((tree.kind,), {tree.slot: 0})
        reads = [self.read(value, alone) for _, value in tree.arguments]
        return scope.apply(self.table.place(plan.Check(tree.check, names), tree.type, alone.domains, reads), tree.slot)

    def _conditional(
        self,
        tree: typed.Compare
        | typed.Membership
        | typed.IncludesValue
        | typed.BetweenValues
        | typed.Known
        | typed.WithinPeriod
        | typed.Inverse
        | typed.Connective,
        scope: _Scope,
    ) -> Input:
        match tree:
            case typed.Compare():
                return self._place(plan.Compare(tree.operator), BOOLEAN, scope, tree.left, tree.right)
            case typed.Membership():
                return self._membership(tree, scope)
            case typed.IncludesValue():
                return self._includes(tree, scope)
            case typed.BetweenValues():
                value = self.read(tree.value, scope)
                low, high = self.read(tree.low, scope), self.read(tree.high, scope)
                return self._ordered([low, value], [value, high], scope=scope)
            case typed.Known():
                known = self._place(plan.IsKnown(), BOOLEAN, scope, tree.value)
                return self._inverse(known, scope) if tree.missing else known
            case typed.WithinPeriod():
                return self._period(tree, scope)
            case typed.Inverse():
                return self._inverse(self.read(tree.condition, scope), scope)
            case typed.Connective():
                operands = [self.read(operand, scope) for operand in tree.operands]
                return self._joined(tree.operator, operands, scope)
            case _:
                assert_never(tree)

    def _membership(self, tree: typed.Membership, scope: _Scope) -> Input:
        operation: Operation
        if isinstance(tree.options, tuple):
            operation, options = plan.OneOf(), tree.options
        else:
            operation, options = plan.InList(), (tree.options,)
        found = self._place(operation, BOOLEAN, scope, tree.value, *options)
        return self._inverse(found, scope) if tree.negated else found

    def _includes(self, tree: typed.IncludesValue, scope: _Scope) -> Input:
        whole = self.read(tree.value, scope)
        options = tree.options if isinstance(tree.options, tuple) else (tree.options,)
        found = []
        for option in options:
            part = self.read(option, scope)
            is_list = self.table.nodes[part.node].type.sort is Sort.LIST
            operation = plan.Includes() if is_list else plan.InList()
            reads = [whole, part] if is_list else [part, whole]
            found.append(self.table.place(operation, BOOLEAN, scope.domains, reads))
        return self._joined("and", found, scope)

    def _period(self, tree: typed.WithinPeriod, scope: _Scope) -> Input:
        value, duration = self.read(tree.value, scope), self.read(tree.duration, scope)
        type_of_value = self.table.nodes[value.node].type
        today = self._place(plan.Today(tree.timezone), type_of_value)
        anchor = today if tree.anchor is None else self.read(tree.anchor, scope)

        def end(begin: Input) -> Input:
            type_of_begin = self.table.nodes[begin.node].type
            operation = plan.Arithmetic("+", tree.timezone)
            return self.table.place(operation, type_of_begin, scope.domains, [begin, duration])

        match tree.mode:
            case "last" | "before":
                return self._ordered([value, anchor], [anchor, end(value)], scope=scope)
            case "after":
                return self._ordered([anchor, value], [value, end(anchor)], scope=scope)
            case "done":
                reads = [value, today]
                done = self.table.place(plan.Otherwise(), type_of_value, scope.domains, reads)
                return self._ordered([done, end(anchor)], scope=scope)
            case _:
                assert_never(tree.mode)

    def _passes(self, tree: typed.PassesRule, scope: _Scope) -> Input:
        rule = self.rule(tree.rule)
        reads = [rule.applies, rule.excepted, rule.required]
        return scope.apply(self.table.place(plan.Passes(), BOOLEAN, (rule.kind,), reads), tree.slot)

    # ---- navigation ------------------------------------------------------------------------------------------------

    def _navigating(
        self, tree: typed.QuantifiedCondition | typed.ExtremeCondition | typed.AggregateValue, scope: _Scope
    ) -> Input:
        navigate, inner = self._navigate(tree.navigation, scope)
        condition = self._condition(tree.navigation.condition, inner)
        operation: Operation
        match tree:
            case typed.QuantifiedCondition():
                operation = plan.Quantify(tree.quantifier, tree.count, navigate)
                reads, type_of_node = [condition, self._condition(tree.body, inner)], BOOLEAN
            case typed.ExtremeCondition():
                operation = plan.Extreme(tree.which in ("latest", "highest"), navigate)
                key, body = self.read(tree.key, inner), self.read(tree.body, inner)
                reads, type_of_node = [condition, key, body], BOOLEAN
            case typed.AggregateValue():
                operation = plan.Aggregate(tree.function, navigate, tree.if_none is not None)
                value = tree.attribute if tree.attribute is not None else tree.body
                reads, type_of_node = [condition, self._condition(value, inner)], tree.type
                if tree.if_none is not None:
                    reads.append(self.read(tree.if_none, scope))
            case _:
                assert_never(tree)
        return self.table.place(operation, type_of_node, scope.domains, reads)

    def _navigate(self, tree: typed.Navigation, scope: _Scope) -> tuple[plan.Navigate, _Scope]:
        """The navigation over ``scope``, and the scope in which its member is bound."""
        origin = None if tree.origin is None else scope.places[tree.origin]
        reached: plan.Lineage | plan.Related | plan.Portfolio | plan.Document
        member: Domain
        match tree.scope:
            case typed.Lineage(direction, steps, avoiding):
                avoided = tuple(
                    plan.Avoided(node.kind, self._condition(node.condition, _Scope((node.kind,), {node.slot: 0})).node)
                    for node in avoiding
                )
                reached, member = plan.Lineage(direction, steps, avoided), tree.kind or ""
            case typed.Related(relations):
                reached, member = plan.Related(relations), tree.kind or ""
            case typed.Portfolio():
                reached, member, origin = plan.Portfolio(), tree.kind or "", None
            case typed.DocumentPath(path, document):
                if not isinstance(document, typed.AttributeValue):
                    raise TypeError("a document path starts from an attribute")
                reached, member = plan.Document(), plan.Items(document.kind, document.attribute, path)
                origin = scope.places[document.slot]
            case _:
                assert_never(tree.scope)
        return plan.Navigate(reached, origin, member), scope.with_member(tree.slot, member)

    # ---- small parts -----------------------------------------------------------------------------------------------

    def _place(
        self,
        operation: Operation,
        type: ValueType,  # noqa: A002  # the word of the domain
        scope: _Scope | None = None,
        *parts: typed.Expression,
    ) -> Input:
        if scope is None:
            return self.table.place(operation, type, ())
        return self.table.place(operation, type, scope.domains, [self.read(part, scope) for part in parts])

    def _condition(self, tree: typed.Expression | None, scope: _Scope) -> Input:
        return self._place(plan.Constant(True), BOOLEAN) if tree is None else self.read(tree, scope)

    def _inverse(self, read: Input, scope: _Scope) -> Input:
        return self.table.place(plan.Connect("not"), BOOLEAN, scope.domains, [read])

    def _joined(self, operator: Literal["and", "or"], reads: list[Input], scope: _Scope) -> Input:
        if not reads:
            return self._place(plan.Constant(operator == "and"), BOOLEAN)
        if len(reads) == 1:
            return reads[0]
        return self.table.place(plan.Connect(operator), BOOLEAN, scope.domains, reads)

    def _ordered(self, *pairs: list[Input], scope: _Scope) -> Input:
        """Each left side is at most its right side."""
        parts = [self.table.place(plan.Compare("<="), BOOLEAN, scope.domains, pair) for pair in pairs]
        return self._joined("and", parts, scope)
