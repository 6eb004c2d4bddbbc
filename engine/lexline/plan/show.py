"""A plan as text: one line for each node, then what is asked of them.

``#7 (a: model) at most 2 of upstream dataset b from a: #0, #5(b)`` is node 7, a column over the models; it binds ``b``
itself and reads node 0, which depends on no element, and node 5 for ``b``.
"""

from __future__ import annotations

from collections.abc import Iterator

from lexline.plan import nodes as plan
from lexline.plan.nodes import Domain, Input, Items, Navigate, Node
from lexline.plan.plans import Plan
from lexline_lineage.values import Sort, format_value

__all__ = ["show_plan"]


def show_plan(shown: Plan) -> str:
    """The plan in lines, each ended."""
    return "".join(f"{line}\n" for line in _lines(shown))


def _lines(shown: Plan) -> Iterator[str]:
    for number, node in enumerate(shown.nodes):
        slots = ", ".join(f"{_letter(slot)}: {_domain(domain)}" for slot, domain in enumerate(node.domains))
        yield " ".join(part for part in (f"#{number}", f"({slots})" if slots else "", _operation(node)) if part)
    for key, rule in shown.rules.items():
        yield f"rule {'.'.join(key)} (a: {rule.kind})"
        yield f"  for {_read(rule.applies)}, except {_read(rule.excepted)}, require {_read(rule.required)}"
        for line in rule.force:
            until = f" until {line.until}" if line.until else ""
            published = f" published {line.published}" if line.published else ""
            yield f"  in force from {line.since}{until} where {_read(line.condition)}{published}"
    for key, measure in shown.measures.items():
        yield f"measure {'.'.join(key)}: {_read(measure.value)}"


def _operation(node: Node) -> str:
    reads = ", ".join(_read(part) for part in node.inputs)
    match node.operation:
        case plan.Constant(value):
            return f'"{value}"' if node.type.sort is Sort.TEXT else format_value(value, node.type)
        case plan.Parameter(key, _, values):
            return f"parameter {'.'.join(key)}: " + ", ".join(_dated(node, *value) for value in values)
        case plan.Today(timezone):
            return f"{'now' if node.type.sort is Sort.MOMENT else 'today'} in {timezone}"
        case plan.LastDay(day, month, timezone):
            return f"last {month:02}-{day:02} in {timezone}"
        case plan.Attribute(attribute):
            return attribute
        case plan.Item():
            return f"item as {node.type}"
        case plan.DateOf(timezone):
            return f"date of {reads} in {timezone}"
        case plan.Arithmetic(operator):
            return f"{_read(node.inputs[0])} {operator} {_read(node.inputs[1])}"
        case plan.Compare(operator):
            return f"{_read(node.inputs[0])} {operator} {_read(node.inputs[1])}"
        case plan.Connect(operator):
            return f"{operator} {reads}"
        case plan.Check(check, names):
            pairs = zip(names, node.inputs, strict=True)
            return f"check {check}({', '.join(f'{name}: {_read(part)}' for name, part in pairs)})"
        case plan.Quantify() | plan.Extreme() | plan.Aggregate() | plan.CompareSome():
            return f"{_set(node)}: {reads}{_METHODS[node.operation.method]}"
        case operation:
            return f"{_PLAIN[type(operation).__name__]} {reads}"


_METHODS = {"pairs": "", "paint": ", painted", "sum": ", summed"}
_PLAIN = {
    "Choose": "choose",
    "Otherwise": "otherwise",
    "OneOf": "one of",
    "InList": "in list",
    "Includes": "includes all",
    "IsKnown": "is known",
    "Passes": "passes",
}


def _set(node: Node) -> str:
    """The words for a set, up to what is asked of its members."""
    match node.operation:
        case plan.Quantify(quantifier, count, navigation):
            number = f" {count}" if quantifier in ("at least", "at most", "exactly") else ""
            return f"{quantifier}{number} of {_navigation(node, navigation)}"
        case plan.Extreme(greatest, navigation):
            return f"{'greatest' if greatest else 'least'} of {_navigation(node, navigation)}"
        case plan.Aggregate(function, navigation):
            return f"{function} of {_navigation(node, navigation)}"
        case plan.CompareSome(operator, navigation):
            return f"some {operator} of {_navigation(node, navigation)}"
        case _:
            raise TypeError("the node does not navigate")


def _navigation(node: Node, navigation: Navigate) -> str:
    member = f"{_domain(navigation.member)} {_letter(node.member)}"
    origin = "" if navigation.origin is None else f" from {_letter(navigation.origin)}"
    match navigation.scope:
        case plan.Lineage(direction, steps, avoiding):
            within = "" if steps is None else f" within {steps}"
            avoided = "".join(f" avoiding {node.kind} #{node.condition}" for node in avoiding)
            return f"{direction} {member}{origin}{within}{avoided}"
        case plan.Related(relations):
            ways = ", ".join(f"{name} {'forward' if along else 'backward'}" for name, along in relations)
            return f"related {member}{origin} by {ways}"
        case _:
            return f"{member}{origin}"


def _dated(node: Node, value: object, since: object, until: object, published: object) -> str:
    words = [format_value(value, node.type)]  # type: ignore[arg-type]
    words += [f"{word} {day}" for word, day in (("from", since), ("until", until), ("published", published)) if day]
    return " ".join(words)


def _domain(domain: Domain) -> str:
    return f"{domain.path} of {domain.kind}.{domain.attribute}" if isinstance(domain, Items) else domain


def _read(part: Input) -> str:
    return f"#{part.node}" + (f"({', '.join(_letter(slot) for slot in part.slots)})" if part.slots else "")


def _letter(slot: int) -> str:
    return chr(ord("a") + slot) if slot < 26 else f"slot{slot}"
