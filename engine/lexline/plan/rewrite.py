"""Replaces nodes by cheaper ones of the same meaning: each rewrite is a function from plan to plan.

The order matters: folding leaves conditions of ``true`` that joining drops, joining makes counts closed, and what is
closed is painted or summed; a comparison of the member with the origin is looked for in what is left.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Literal

from lexline.plan.nodes import (
    BOOLEAN,
    Aggregate,
    Avoided,
    Choose,
    Compare,
    CompareSome,
    Connect,
    Constant,
    Extreme,
    Input,
    Lineage,
    Navigate,
    Navigating,
    Node,
    Operation,
    Parameter,
    Quantify,
    Related,
    navigation_of,
    nodes_read,
)
from lexline.plan.plans import ForcePlan, MeasurePlan, NodeTable, Plan, RulePlan
from lexline_lineage.values import Sort

__all__ = [
    "MOST_LABELS",
    "REWRITES",
    "bound_counts",
    "compare_in_order",
    "fold_constants",
    "join_conditions",
    "paint_closed",
    "rewrite",
    "sum_closed",
]

Order = Literal["<", "<=", ">", ">="]

MOST_LABELS = 16
"""Up to how many members per element a paint keeps apart; beyond that, a walk from each is cheaper."""


def rewrite(plan: Plan) -> Plan:
    """The plan after all rewrites, in their order."""
    for step in REWRITES:
        plan = step(plan)
    return plan


def fold_constants(plan: Plan) -> Plan:
    """Works out what no element and no date can change: constants under ``and``, ``or``, ``not`` and ``when``,
    parameters with one undated value.

    needs: nothing. keeps: every node's value for every row.
    """
    return _rebuilt(plan, _fold)


def join_conditions(plan: Plan) -> Plan:
    """Makes the condition and the body of a quantifier one condition, where both look only at the member; ``every``
    becomes a ``no`` of those that break it.

    needs: folded constants, so that a condition of ``true`` disappears. keeps: every node's value for every row.
    """
    return _rebuilt(plan, _join)


def bound_counts(plan: Plan) -> Plan:
    """Turns a count that is compared with a number into a quantifier, which needs to count no further than that number.

    needs: folded constants, so that parameters are numbers. keeps: every node's value for every row.
    """
    return _rebuilt(plan, _bound)


def paint_closed(plan: Plan) -> Plan:
    """Marks what can be painted: quantifiers with a small number at any distance (over one relation with any number),
    and what takes the greatest or least of values that have an order; where all but the origin's value of an empty set
    looks only at the member.

    needs: joined conditions and bounded counts, else fewer are found. keeps: every node's value for every row.
    """
    return _rebuilt(plan, _paint)


def sum_closed(plan: Plan) -> Plan:
    """Marks what is left that looks only at the member and can be summed up on a walk from each origin: counts, shares,
    totals, averages, and quantifiers with a large number or a number of steps.

    needs: painted nodes, which are cheaper. keeps: every node's value for every row.
    """
    return _rebuilt(plan, _sum)


def compare_in_order(plan: Plan) -> Plan:
    """Makes a paint of a quantifier that compares a value of the member with one of the origin, and else looks only at
    the member: whether the greatest (or least) of the members compares so is whether some member does.

    needs: joined conditions, which leaves only what mixes the two. keeps: every node's value for every row.
    """
    return _rebuilt(plan, _in_order)


REWRITES: tuple[Callable[[Plan], Plan], ...] = (
    fold_constants,
    bound_counts,
    join_conditions,
    compare_in_order,
    paint_closed,
    sum_closed,
)


# ---- single nodes --------------------------------------------------------------------------------------------------

_TRUE, _FALSE = Constant(True), Constant(False)


def _fold(node: Node, table: NodeTable) -> Input | None:
    match node.operation:
        case Parameter(_, _, ((value, None, None, None),)):
            return table.place(Constant(value), node.type, ())
        case Connect("not"):
            operand = table.nodes[node.inputs[0].node]
            if isinstance(operand.operation, Constant):
                return table.place(Constant(not operand.operation.value), BOOLEAN, ())
            if operand.operation == Connect("not"):
                return _through(operand.inputs[0], node.inputs[0])
            return None
        case Connect(operator):
            return _fold_connected(operator, node, table)
        case Choose():
            condition = table.nodes[node.inputs[0].node].operation
            if isinstance(condition, Constant):
                return node.inputs[1] if condition.value else node.inputs[2]
            return None
        case _:
            return None


def _fold_connected(operator: str, node: Node, table: NodeTable) -> Input | None:
    """``and`` and ``or`` without operands that say nothing, or decided by one that says all."""
    nothing, everything = (_TRUE, _FALSE) if operator == "and" else (_FALSE, _TRUE)
    operations = [table.nodes[part.node].operation for part in node.inputs]
    if everything in operations:
        return table.place(everything, BOOLEAN, ())
    pairs = zip(node.inputs, operations, strict=True)
    kept = tuple(dict.fromkeys(part for part, operation in pairs if operation != nothing))
    if not kept:
        return table.place(nothing, BOOLEAN, ())
    return kept[0] if len(kept) == 1 else table.place(node.operation, BOOLEAN, node.domains, kept)


def _join(node: Node, table: NodeTable) -> Input | None:
    operation = node.operation
    if not isinstance(operation, Quantify) or not _is_closed(node, node.inputs):
        return None
    condition, body = node.inputs
    domains = (*node.domains, operation.navigation.member)
    if operation.quantifier == "every":
        operation = replace(operation, quantifier="no")
        body = _made(table, Connect("not"), domains, body)
    joined = _made(table, Connect("and"), domains, condition, body)
    true = table.place(_TRUE, BOOLEAN, ())
    return table.place(operation, BOOLEAN, node.domains, [true, joined])


def _made(table: NodeTable, operation: Connect, domains: tuple[object, ...], *parts: Input) -> Input:
    """A condition, folded."""
    made = table.place(operation, BOOLEAN, domains, parts)  # type: ignore[arg-type]
    folded = _fold(table.nodes[made.node], table)
    return made if folded is None else _through(folded, made)


_MIRRORED = {"<": ">", "<=": ">=", ">": "<", ">=": "<=", "=": "=", "!=": "!="}


def _bound(node: Node, table: NodeTable) -> Input | None:
    if not isinstance(node.operation, Compare):
        return None
    operator: str = node.operation.operator
    counted, limit = node.inputs
    if isinstance(table.nodes[counted.node].operation, Constant):
        counted, limit, operator = limit, counted, _MIRRORED[operator]
    count, bound = table.nodes[counted.node], table.nodes[limit.node].operation
    if not isinstance(count.operation, Aggregate) or not isinstance(bound, Constant):
        return None
    found = _as_quantifier(operator, bound.value) if count.operation.function == "count" else None
    if found is None or count.operation.has_none:
        return None
    quantifier = Quantify(found[0], found[1], count.operation.navigation)
    made = table.place(quantifier, BOOLEAN, count.domains, count.inputs)
    if operator == "!=":
        made = _through(table.place(Connect("not"), BOOLEAN, count.domains, [made]), made)
    return _through(made, counted)


def _as_quantifier(operator: str, bound: object) -> tuple[Literal["at least", "at most", "exactly"], int] | None:
    """``count operator bound`` as a quantifier (``!=``: of which it is the opposite)."""
    if not isinstance(bound, float) or not bound.is_integer() or not 0 <= bound < 2**31:
        return None
    number = int(bound)
    match operator:
        case ">=":
            return "at least", number
        case ">":
            return "at least", number + 1
        case "<=":
            return "at most", number
        case "<":
            return ("at most", number - 1) if number > 0 else None
        case _:
            return "exactly", number


_OPPOSITE: dict[str, Order] = {"<": ">=", "<=": ">", ">": "<=", ">=": "<"}
_ORDERED = (Sort.NUMBER, Sort.PERCENTAGE, Sort.DATE, Sort.MOMENT)


def _in_order(node: Node, table: NodeTable) -> Input | None:
    operation = node.operation
    if not isinstance(operation, Quantify) or operation.quantifier not in ("some", "no", "every"):
        return None
    if len(node.domains) != 1 or not _is_ground(operation.navigation):
        return None
    domains = (*node.domains, operation.navigation.member)
    condition, body = node.inputs
    if operation.quantifier == "every":
        refuted = _refuted(body, table, domains)
        if refuted is None:
            return None
        body = refuted
    parts = [*_conjuncts(condition, table), *_conjuncts(body, table)]
    mixed = [part for part in parts if not _is_closed(node, [part])]
    compared = _compared(node, mixed[0], table) if len(mixed) == 1 else None
    if compared is None:
        return None
    operator, inner, outer = compared
    closed = _made(table, Connect("and"), domains, *(part for part in parts if part is not mixed[0]))
    found = table.place(CompareSome(operator, operation.navigation), BOOLEAN, node.domains, [closed, inner, outer])
    return found if operation.quantifier == "some" else _made(table, Connect("not"), node.domains, found)


def _conjuncts(part: Input, table: NodeTable) -> list[Input]:
    """What has to hold together."""
    node = table.nodes[part.node]
    if node.operation == _TRUE:
        return []
    if node.operation == Connect("and"):
        return [each for inner in node.inputs for each in _conjuncts(_through(inner, part), table)]
    return [part]


def _refuted(part: Input, table: NodeTable, domains: tuple[object, ...]) -> Input | None:
    """The opposite of a comparison, or of an ``or`` with comparisons in it, as what has to hold together."""
    node = table.nodes[part.node]
    match node.operation:
        case Compare(operator) if operator in _OPPOSITE:
            reads = [_through(inner, part) for inner in node.inputs]
            return table.place(Compare(_OPPOSITE[operator]), BOOLEAN, domains, reads)  # type: ignore[arg-type]
        case Connect("or"):
            parts = [_refuted(_through(inner, part), table, domains) for inner in node.inputs]
            kept = [refuted for refuted in parts if refuted is not None]
            return _made(table, Connect("and"), domains, *kept) if len(kept) == len(parts) else None
        case Connect("and"):
            return None
        case _:
            return _made(table, Connect("not"), domains, part)


def _compared(node: Node, part: Input, table: NodeTable) -> tuple[Order, Input, Input] | None:
    """A comparison of what reads only the member with what doesn't read it, in this order."""
    comparison = table.nodes[part.node]
    if not isinstance(comparison.operation, Compare) or comparison.operation.operator not in _OPPOSITE:
        return None
    operator: str = comparison.operation.operator
    inner, outer = (_through(read, part) for read in comparison.inputs)
    if not _reads_member(node, inner):
        inner, outer, operator = outer, inner, _MIRRORED[operator]
    if not _reads_member(node, inner) or not _is_closed(node, [inner]) or _reads_member(node, outer):
        return None
    return (operator, inner, outer) if table.nodes[inner.node].type.sort in _ORDERED else None  # type: ignore[return-value]


def _paint(node: Node, table: NodeTable) -> Input | None:
    operation = node.operation
    match operation:
        case Quantify():
            painted = _is_closed_ground(node, node.inputs) and _counts_few(operation)
        case Extreme():
            painted = _is_closed_ground(node, node.inputs) and _has_order(node.inputs[1], table)
        case Aggregate("latest" | "earliest" | "highest" | "lowest"):
            painted = _is_closed_ground(node, node.inputs[:2]) and _has_order(node.inputs[1], table)
        case _:
            return None
    return table.place(replace(operation, method="paint"), node.type, node.domains, node.inputs) if painted else None


def _counts_few(operation: Quantify) -> bool:
    """Whether a paint can keep apart as many members as decide the quantifier."""
    limit, scope = operation.count + (operation.quantifier in ("at most", "exactly")), operation.navigation.scope
    return limit < 2 or not isinstance(scope, Lineage) or (scope.steps is None and limit <= MOST_LABELS)


def _sum(node: Node, table: NodeTable) -> Input | None:
    operation = node.operation
    if not isinstance(operation, Quantify | Aggregate) or operation.method != "pairs":
        return None
    if not _is_closed_ground(node, node.inputs[:2]):
        return None
    if isinstance(operation, Aggregate) and operation.function not in ("count", "share", "total", "average"):
        return None
    return table.place(replace(operation, method="sum"), node.type, node.domains, node.inputs)


def _has_order(key: Input, table: NodeTable) -> bool:
    """Whether all values are of one order: calendar and elapsed durations are not."""
    return table.nodes[key.node].type.sort in _ORDERED


def _is_closed_ground(node: Node, inputs: Sequence[Input]) -> bool:
    """Whether a node runs over lineage or one relation, and looks at nothing but the member."""
    navigation = navigation_of(node.operation)
    return navigation is not None and _is_ground(navigation) and _is_closed(node, inputs)


def _is_ground(navigation: Navigate) -> bool:
    """Whether a paint can run along it: the lineage, or one relation."""
    scope = navigation.scope
    return isinstance(scope, Lineage) or (isinstance(scope, Related) and len(scope.relations) == 1)


def _reads_member(node: Node, part: Input) -> bool:
    return node.member in part.slots


def _is_closed(node: Node, inputs: Sequence[Input]) -> bool:
    """Whether they look at nothing but the member."""
    return all(slot == node.member for part in inputs for slot in part.slots)


# ---- the table anew ------------------------------------------------------------------------------------------------


_SAME = tuple(range(8))


def _through(inner: Input, outer: Input) -> Input:
    """What ``inner`` reads from the slots of a node, read from where ``outer`` reads that node."""
    if inner.slots == outer.slots and inner.slots == _SAME[: len(inner.slots)]:
        return inner
    return Input(inner.node, tuple(outer.slots[slot] for slot in inner.slots))


def _rebuilt(plan: Plan, change: Callable[[Node, NodeTable], Input | None]) -> Plan:
    """The plan with every node that is read put through ``change``, which gives back what stands in its place, as it
    is read over the node's slots, or None to keep it."""
    table = NodeTable()
    places: dict[int, Input] = {}
    wanted = _read_nodes(plan)
    for number, old in enumerate(plan.nodes):
        if number in wanted:
            inputs = tuple(_through(places[part.node], part) for part in old.inputs)
            operation = _moved(old.operation, places)
            is_same = operation == old.operation and inputs == old.inputs
            node = old if is_same else replace(old, operation=operation, inputs=inputs)
            found = change(node, table)
            if found is None and is_same:
                found = Input(table.add(old), tuple(range(len(old.domains))))
            places[number] = found or table.place(node.operation, node.type, node.domains, inputs)
    return _pruned(_with_places(plan, tuple(table.nodes), places))


def _pruned(plan: Plan) -> Plan:
    """The plan without nodes that nothing reads."""
    wanted = _read_nodes(plan)
    if len(wanted) == len(plan.nodes):
        return plan
    kept = [number for number in range(len(plan.nodes)) if number in wanted]
    places = {number: Input(place, tuple(range(len(plan.nodes[number].domains)))) for place, number in enumerate(kept)}
    nodes = []
    for number in kept:
        node = plan.nodes[number]
        inputs = tuple(_through(places[part.node], part) for part in node.inputs)
        nodes.append(replace(node, operation=_moved(node.operation, places), inputs=inputs))
    return _with_places(plan, tuple(nodes), places)


def _with_places(plan: Plan, nodes: tuple[Node, ...], places: Mapping[int, Input]) -> Plan:
    def moved(part: Input) -> Input:
        return _through(places[part.node], part)

    def moved_rule(rule: RulePlan) -> RulePlan:
        force = tuple(ForcePlan(line.since, line.until, line.published, moved(line.condition)) for line in rule.force)
        conditions = (moved(rule.applies), moved(rule.excepted), moved(rule.required))
        return RulePlan(rule.key, rule.kind, rule.timezone, *conditions, force)

    return Plan(
        nodes,
        {key: moved_rule(rule) for key, rule in plan.rules.items()},
        {key: MeasurePlan(key, moved(measure.value)) for key, measure in plan.measures.items()},
    )


def _read_nodes(plan: Plan) -> set[int]:
    """The nodes that some rule or measure reads, directly or through others."""
    wanted = {part.node for rule in plan.rules.values() for part in (rule.applies, rule.excepted, rule.required)}
    wanted |= {line.condition.node for rule in plan.rules.values() for line in rule.force}
    wanted |= {measure.value.node for measure in plan.measures.values()}
    for number in range(len(plan.nodes) - 1, -1, -1):
        if number in wanted:
            wanted.update(nodes_read(plan.nodes[number]))
    return wanted


def _avoided(operation: Operation) -> tuple[Avoided, ...]:
    navigation = navigation_of(operation)
    return navigation.scope.avoiding if navigation is not None and isinstance(navigation.scope, Lineage) else ()


def _moved(operation: Operation, places: Mapping[int, Input]) -> Operation:
    """The operation with the conditions of avoided elements renumbered."""
    if not isinstance(operation, Navigating) or not _avoided(operation):
        return operation
    scope = operation.navigation.scope
    if not isinstance(scope, Lineage):
        return operation
    avoiding = tuple(Avoided(avoided.kind, places[avoided.condition].node) for avoided in scope.avoiding)
    return replace(operation, navigation=replace(operation.navigation, scope=replace(scope, avoiding=avoiding)))
