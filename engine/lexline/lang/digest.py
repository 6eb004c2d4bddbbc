"""Digests of meaning: equal for two policies that mean the same, whatever their layout, comments or file names.

The digest of a rule is SHA-256 over its typed tree without spans, with the terms, parameters and rules that it uses in
place of their keys' layout. It is written ``sha256:`` and 64 hexadecimal digits.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import fields, is_dataclass, replace
from datetime import date, datetime
from typing import Any

from lexline.lang import typed
from lexline_lineage.values import ValueType

__all__ = ["changed_definitions", "policy_digest", "rests_on", "rule_digest"]

WORDING = {"span", "title", "subject_name", "explain", "remedy", "style"}
"""Fields that say how a thing is written or told, not what is decided."""


def plain(node: object) -> Any:
    """A node as JSON data: class name and meaningful fields, no spans."""
    if isinstance(node, ValueType):
        return [node.sort.value, list(node.symbols), plain(node.item)]
    if is_dataclass(node) and not isinstance(node, type):
        meant = {f.name: plain(getattr(node, f.name)) for f in fields(node) if f.name not in WORDING}
        return {"": type(node).__name__, **meant}
    if isinstance(node, (date, datetime)):
        return node.isoformat()
    if isinstance(node, (tuple, list)):
        return [plain(item) for item in node]
    if isinstance(node, Mapping):
        return {str(key): plain(value) for key, value in node.items()}
    return node


def used(node: object) -> set[tuple[str, ...]]:
    """The keys of all terms, parameters and rules that a tree names, itself included."""
    found: set[tuple[str, ...]] = set()
    stack = [node]
    while stack:
        item = stack.pop()
        if isinstance(item, typed.TermHolds):
            found.add(("term", *item.term))
        elif isinstance(item, typed.ParameterValue):
            found.add(("parameter", *item.parameter))
        elif isinstance(item, typed.PassesRule):
            found.add(("rule", *item.rule))
        if is_dataclass(item) and not isinstance(item, type):
            stack.extend(getattr(item, f.name) for f in fields(item) if f.name != "span")
        elif isinstance(item, tuple):
            stack.extend(item)
    return found


def _definition(program: typed.Program, key: tuple[str, ...]) -> object:
    if key[0] == "term":
        return program.terms.get((key[1], key[2], key[3]))
    if key[0] == "parameter":
        return program.parameters.get((key[1], key[2]))
    return program.rules.get((key[1], key[2]))


def _definitions(program: typed.Program, key: typed.Key) -> dict[tuple[str, ...], object]:
    """A rule and everything that it rests on: terms, parameters and rules, by their kind and key."""
    seen: dict[tuple[str, ...], object] = {}
    todo: list[tuple[str, ...]] = [("rule", *key)]
    while todo:
        name = todo.pop()
        if name not in seen:
            seen[name] = _definition(program, name)
            todo.extend(used(seen[name]))
    return seen


def rests_on(program: typed.Program, key: typed.Key) -> typed.Program:
    """The program of one rule: no other rules than those that it rests on, no measures, no examples."""
    names = _definitions(program, key)
    rules = {other: rule for other, rule in program.rules.items() if ("rule", *other) in names}
    return replace(program, rules=rules, measures={}, examples=())


def rule_digest(program: typed.Program, key: typed.Key) -> str:
    """The digest of a rule with everything that it rests on."""
    seen = _definitions(program, key)
    return _hash([["/".join(name), plain(seen[name]), *_timezone(program, name, seen[name])] for name in sorted(seen)])


def _timezone(program: typed.Program, name: tuple[str, ...], definition: object) -> list[str]:
    """The time zone in which the dates of a definition are days, where it has any. (A tree says its own.)"""
    match definition:
        case typed.Rule(force=lines) if lines:
            return [program.timezone(name[1])]
        case typed.Parameter(values=values) if any(value.since or value.until for value in values):
            return [program.timezone(name[1])]
        case _:
            return []


def changed_definitions(
    old: typed.Program, new: typed.Program, key: typed.Key
) -> list[tuple[tuple[str, ...], object, object]]:
    """What a rule rests on, itself included, where it means something else: its sort and key, and how it is defined on
    either side (None: it is not used there)."""
    before, after = _definitions(old, key), _definitions(new, key)
    found = [(name, before.get(name), after.get(name)) for name in sorted({*before, *after})]
    return [(name, one, other) for name, one, other in found if plain(one) != plain(other)]


def policy_digest(program: typed.Program, policy: str) -> str:
    """The digest of all rules of a policy."""
    return _hash([[key[1], rule_digest(program, key)] for key in sorted(program.rules) if key[0] == policy])


def _hash(data: object) -> str:
    text = json.dumps(data, sort_keys=True, separators=(",", ":"), default=str)
    return "sha256:" + hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
