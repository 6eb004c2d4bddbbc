"""Edits of typed policies: those that mean nothing, and those that may mean something else."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields, is_dataclass
from dataclasses import replace as replace_checked
from typing import Any

from choices import Choices
from lexline.lang import typed

__all__ = ["edited", "renamed", "reordered"]

replace: Any = replace_checked
"""As it is, but for types: the parts are worked out."""


def reordered(choices: Choices, program: typed.Program) -> typed.Program:
    """The same policies with everything in another order whose order means nothing."""

    def other_order(node: Any) -> Any:
        match node:
            case typed.Connective(operands=operands):
                return replace(node, operands=tuple(choices.shuffled(operands)))
            case typed.Membership(options=tuple(options)) | typed.IncludesValue(options=tuple(options)):
                return replace(node, options=tuple(choices.shuffled(options)))
            case typed.Lineage(avoiding=avoiding):
                return replace(node, avoiding=tuple(choices.shuffled(avoiding)))
            case typed.Related(relations=relations):
                return replace(node, relations=tuple(choices.shuffled(relations)))
            case typed.Compare(operator=operator) if choices.chance(50):
                turned = {"<": ">", ">": "<", "<=": ">=", ">=": "<="}.get(operator, operator)
                return replace(node, operator=turned, left=node.right, right=node.left)
            case typed.Rule():
                names = ("exceptions", "requirements", "force", "citations", "tags")
                return replace(node, **{name: tuple(choices.shuffled(getattr(node, name))) for name in names})
            case _:
                return node

    return _mapped(program, other_order)


def renamed(choices: Choices, program: typed.Program) -> typed.Program:
    """The same policies, with other names for some rules and without measures."""
    names = {key: (key[0], f"{choices.pick('AZ')}-{key[1]}") for key in program.rules if choices.chance(60)}

    def other_name(node: Any) -> Any:
        match node:
            case typed.Rule(key=key):
                return replace(node, key=names.get(key, key))
            case typed.PassesRule(rule=rule):
                return replace(node, rule=names.get(rule, rule))
            case _:
                return node

    found = _mapped(program, other_name)
    return replace_checked(found, rules={rule.key: rule for rule in found.rules.values()}, measures={})


def edited(choices: Choices, program: typed.Program) -> typed.Program:
    """The same policies, but for one place, where there is one that can be edited."""
    count = 0

    def counting(node: Any) -> Any:
        nonlocal count
        count += _edit(choices, node) is not None
        return node

    _mapped(program, counting)
    wanted, at = choices.below(count) if count else 0, -1

    def edit(node: Any) -> Any:
        nonlocal at
        other = _edit(choices, node)
        at += other is not None
        return other if other is not None and at == wanted else node

    return _mapped(program, edit)


def _edit(choices: Choices, node: Any) -> Any:
    match node:
        case typed.Connective(operator=operator, operands=operands):
            if len(operands) > 2 and choices.chance(50):
                return replace(node, operands=operands[1:])
            return replace(node, operator="or" if operator == "and" else "and")
        case typed.Compare(operator=operator):
            other = {"=": "!=", "!=": "=", "<": "<=", "<=": "<", ">": ">=", ">=": ">"}[operator]
            return replace(node, operator=other)
        case typed.Known(missing=missing):
            return replace(node, missing=not missing)
        case typed.Membership(negated=negated):
            return replace(node, negated=not negated)
        case typed.IncludesValue(every=every):
            return replace(node, every=not every)
        case typed.QuantifiedCondition(quantifier=quantifier, count=count):
            return replace(node, quantifier="exactly" if quantifier == "at least" else "at least", count=count + 1)
        case typed.ExtremeCondition(which=which):
            other = {"latest": "earliest", "earliest": "latest", "highest": "lowest", "lowest": "highest"}[which]
            return replace(node, which=other)
        case typed.Lineage(direction=direction, steps=steps):
            if choices.chance(50):
                return replace(node, steps=1 if steps is None else None)
            return replace(node, direction="upstream" if direction == "downstream" else "downstream")
        case typed.WithinPeriod(mode=mode) if mode in ("after", "before"):
            return replace(node, mode="before" if mode == "after" else "after")
        case _:
            return None


def _mapped(program: typed.Program, change: Callable[[Any], Any]) -> typed.Program:
    """A program with every node of its trees replaced, from the leaves on."""

    def mapped(node: Any) -> Any:
        if isinstance(node, tuple):
            return tuple(mapped(item) for item in node)
        if not is_dataclass(node) or not type(node).__module__.startswith("lexline.lang.typed"):
            return node
        parts: Any = {f.name: mapped(getattr(node, f.name)) for f in fields(node) if f.init and f.name != "span"}
        return change(replace(node, **parts))

    found: typed.Program = replace(
        program,
        terms={key: mapped(term) for key, term in program.terms.items()},
        rules={key: mapped(rule) for key, rule in program.rules.items()},
    )
    return found
