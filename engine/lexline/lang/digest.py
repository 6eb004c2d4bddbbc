"""Digests of meaning: equal for two rules that mean the same, however they are written.

A rule's digest is SHA-256 over its normal form (``docs/digests.md``): terms, parameters and rules that it uses stand in
it by what they mean, elements by how deep they are bound, and operands whose order has no meaning are sorted. It is
written ``sha256:`` and 64 hexadecimal digits; ``FORM`` goes into it, so that digests of two forms never agree.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import fields, is_dataclass, replace
from datetime import date, datetime
from typing import Any

from lexline.lang import typed
from lexline_lineage.values import ValueType

__all__ = ["FORM", "changed_definitions", "policy_digest", "rests_on", "rule_digest", "used_by"]

FORM = "lexline-meaning/2"

WORDING = {"span", "title", "subject_name", "explain", "remedy", "style", "by"}
"""Fields that say how a thing is written, told or sourced, not what is decided."""

Name = tuple[str, ...]
"""The sort of a definition and its key: ``("term", …)``, ``("parameter", …)``, ``("rule", …)``."""
Slots = Mapping[int, int]
"""For each slot of a tree how deep it is bound, counted from the subject."""


def rule_digest(program: typed.Program, key: typed.Key) -> str:
    """The digest of a rule with everything that it rests on."""
    return _written(_Meaning(program).rule(program.rules[key]))


def policy_digest(program: typed.Program, policy: str) -> str:
    """The digest of all rules of a policy."""
    meaning = _Meaning(program)
    return _written(_hash(["policy", *sorted(meaning.rule(r) for k, r in program.rules.items() if k[0] == policy)]))


def rests_on(program: typed.Program, key: typed.Key) -> typed.Program:
    """The program of one rule: no other rules than those that it rests on, no measures, no examples."""
    names = _definitions(program, key)
    rules = {other: rule for other, rule in program.rules.items() if ("rule", *other) in names}
    return replace(program, rules=rules, measures={}, examples=())


def changed_definitions(old: typed.Program, new: typed.Program, key: typed.Key) -> list[tuple[Name, object, object]]:
    """What a rule rests on, itself included, where it means something else by itself: its sort and key, and how it is
    defined on either side (None: it is not used there). What has only another name is not among them."""
    before, after = _definitions(old, key), _definitions(new, key)
    meanings = _Meaning(old), _Meaning(new)
    whole = [{name: m.of(name) for name in found} for m, found in zip(meanings, (before, after), strict=True)]
    alike = {*whole[0].values()} & {*whole[1].values()}
    own = []
    for meaning, digests in zip(meanings, whole, strict=True):
        shown = {name: digest if digest in alike else "/".join(name) for name, digest in digests.items()}
        own.append({name: _Meaning(meaning.program, shown).of(name) for name in digests if digests[name] not in alike})
    names = sorted({*own[0], *own[1]})
    return [(n, before.get(n), after.get(n)) for n in names if own[0].get(n) != own[1].get(n)]


# ---- what a rule rests on ------------------------------------------------------------------------------------------


def used_by(node: object) -> set[Name]:
    """The names of all terms, parameters and rules in a tree."""
    found: set[Name] = set()
    stack = [node]
    while stack:
        item = stack.pop()
        name = _named(item)
        if name is not None:
            found.add(name)
        if is_dataclass(item) and not isinstance(item, type):
            stack.extend(getattr(item, f.name) for f in fields(item) if f.name != "span")
        elif isinstance(item, tuple):
            stack.extend(item)
    return found


def _named(node: object) -> Name | None:
    match node:
        case typed.TermHolds(term=term):
            return ("term", *term)
        case typed.ParameterValue(parameter=parameter):
            return ("parameter", *parameter)
        case typed.PassesRule(rule=rule):
            return ("rule", *rule)
        case _:
            return None


def _definition(program: typed.Program, name: Name) -> typed.Term | typed.Parameter | typed.Rule | None:
    if name[0] == "term":
        return program.terms.get((name[1], name[2], name[3]))
    if name[0] == "parameter":
        return program.parameters.get((name[1], name[2]))
    return program.rules.get((name[1], name[2]))


def _definitions(program: typed.Program, key: typed.Key) -> dict[Name, object]:
    """A rule and everything that it rests on."""
    seen: dict[Name, object] = {}
    todo: list[Name] = [("rule", *key)]
    while todo:
        name = todo.pop()
        definition = _definition(program, name)
        if name not in seen and definition is not None:
            seen[name] = definition
            todo.extend(used_by(definition))
    return seen


# ---- the normal form -----------------------------------------------------------------------------------------------

_FLIPPED = {">": "<", ">=": "<="}


class _Meaning:
    """Digests of the parts of a program. ``named``: what stands for some definitions in place of what they mean."""

    def __init__(self, program: typed.Program, named: Mapping[Name, str] | None = None) -> None:
        self.program = program
        self._named = named or {}
        self._known: dict[tuple[Name, int, int, bool], str] = {}

    def of(self, name: Name) -> str:
        """A definition by itself."""
        match _definition(self.program, name):
            case typed.Rule() as rule:
                return self.rule(rule)
            case typed.Term() as term:
                return _hash(["term", term.kind, self.part(term.condition, {0: 0}, 1)])
            case typed.Parameter() as parameter:
                return self._parameter(parameter, as_set=False)
            case None:
                raise KeyError(name)

    def rule(self, rule: typed.Rule) -> str:
        """A rule: what it decides, and what follows from that."""
        subject: Slots = {0: 0}
        force = [[str(f.since), str(f.until), str(f.published), self.part(f.condition, subject, 1)] for f in rule.force]
        again = [
            [w.direction, w.kind, self.part(w.condition, {0: 0, 1: 1}, 2), sorted(w.attributes)]
            for w in rule.reassess_when
        ]
        return _hash(
            [
                "rule",
                self._decided(rule, subject, 1),
                [self.program.timezone(rule.key[0]), *sorted(force, key=json.dumps)] if force else [],
                [rule.severity, rule.enforcement, rule.if_unknown, rule.owner, sorted(rule.tags)],
                sorted(citation.provision for citation in rule.citations),
                self.part(rule.deadline, subject, 1),
                self.part(rule.reassess_every, subject, 1),
                sorted(again, key=json.dumps),
            ]
        )

    def _decided(self, rule: typed.Rule, slots: Slots, depth: int) -> str:
        """What a rule's verdict comes of."""
        excepted = self._joined("or", [clause.condition for clause in rule.exceptions], slots, depth)
        required = self._joined("and", rule.requirements, slots, depth)
        return _hash(["verdict", rule.kind, self.part(rule.condition, slots, depth), excepted, required])

    def part(self, node: object, slots: Slots, depth: int) -> Any:
        """A part of a tree, as JSON data. ``depth``: how many elements are bound around it."""
        name = _named(node)
        if name is not None:
            return self._use(name, node, slots, depth)
        match node:
            case typed.Connective(operator=operator, operands=operands):
                return self._joined(operator, operands, slots, depth)
            case typed.Inverse(condition=typed.Inverse(condition=inner)):
                return self.part(inner, slots, depth)
            case typed.Compare(operator=operator, left=left, right=right):
                sides = [self.part(left, slots, depth), self.part(right, slots, depth)]
                if operator in ("=", "!="):
                    sides.sort(key=json.dumps)
                elif operator in _FLIPPED:
                    sides.reverse()
                return _hash(["Compare", _FLIPPED.get(operator, operator), *sides])
            case typed.Membership() | typed.IncludesValue():
                return _hash([*self._fields(node, slots, depth, but="options"), self._options(node, slots, depth)])
            case typed.Lineage(direction=direction, steps=steps, avoiding=avoiding):
                avoided = [self.part(each, slots, depth) for each in avoiding]
                return ["Lineage", direction, steps, *sorted(set(avoided))]
            case typed.Related(relations=relations):
                return ["Related", *sorted(list(relation) for relation in relations)]
            case typed.AvoidedNode(slot=slot):
                return _hash(self._fields(node, {**slots, slot: depth}, depth + 1))
            case typed.QuantifiedCondition() | typed.ExtremeCondition() | typed.AggregateValue():
                return _hash(self._fields(node, {**slots, node.navigation.slot: depth}, depth + 1))
            case _:
                return self._plain(node, slots, depth)

    def _plain(self, node: object, slots: Slots, depth: int) -> Any:
        if isinstance(node, ValueType):
            return [node.sort.value, list(node.symbols), self._plain(node.item, slots, depth)]
        if is_dataclass(node) and not isinstance(node, type):
            return _hash(self._fields(node, slots, depth))
        if isinstance(node, (date, datetime)):
            return node.isoformat()
        if isinstance(node, (tuple, list)):
            return [self.part(item, slots, depth) for item in node]
        if isinstance(node, Mapping):
            return {str(key): self.part(value, slots, depth) for key, value in node.items()}
        return node

    def _fields(self, node: Any, slots: Slots, depth: int, but: str = "") -> list[Any]:
        """The class of a node and what its fields mean."""
        found: list[Any] = [type(node).__name__]
        for each in fields(node):
            value = getattr(node, each.name)
            if each.name in ("slot", "origin") and value is not None:
                value = slots[value]
            if each.name not in WORDING and each.name != but:
                found.append([each.name, self.part(value, slots, depth)])
        return found

    def _joined(self, operator: str, operands: Iterable[object], slots: Slots, depth: int) -> str:
        """``and`` or ``or``: operands in any order, each once; those of the same operator within it are its own."""
        found: set[str] = set()
        todo = list(operands)
        while todo:
            operand = todo.pop()
            if isinstance(operand, typed.Connective) and operand.operator == operator:
                todo.extend(operand.operands)
            else:
                found.add(self.part(operand, slots, depth))
        return found.pop() if len(found) == 1 else _hash([operator, *sorted(found)])

    def _options(self, node: typed.Membership | typed.IncludesValue, slots: Slots, depth: int) -> Any:
        """What a value is looked for in, in any order."""
        if isinstance(node.options, typed.ParameterValue):
            return self._use(_named(node.options) or (), node.options, slots, depth, as_set=True)
        return sorted({self.part(option, slots, depth) for option in node.options})

    def _use(self, name: Name, node: Any, slots: Slots, depth: int, *, as_set: bool = False) -> str:
        """What a term, parameter or rule means where it is used."""
        at = slots[node.slot] if name[0] != "parameter" else 0
        if name in self._named:
            return _hash([self._named[name], at])
        key = (name, at, depth, as_set)
        if key not in self._known:
            match _definition(self.program, name):
                case typed.Term() as term:
                    found = self.part(term.condition, {0: at}, depth)
                case typed.Parameter() as parameter:
                    found = self._parameter(parameter, as_set=as_set)
                case typed.Rule() as rule:
                    found = _hash(["passes", self._decided(rule, {0: at}, depth)])
                case None:
                    raise KeyError(name)
            self._known[key] = found
        return self._known[key]

    def _parameter(self, parameter: typed.Parameter, *, as_set: bool) -> str:
        """A parameter: of the values in force the one with the latest beginning, then publication, then place."""
        values = sorted(parameter.values, key=lambda v: (v.since or date.min, v.published or date.min))
        said = []
        for dated in values:
            value = self._plain(dated.value, {}, 0)
            if as_set and isinstance(value, list):
                value = sorted({_hash(item) for item in value})
            said.append([value, str(dated.since), str(dated.until), str(dated.published)])
        has_dates = any(value.since or value.until for value in values)
        zone = self.program.timezone(parameter.key[0]) if has_dates else ""
        return _hash(["parameter", self._plain(parameter.type, {}, 0), zone, said])


def _hash(data: object) -> str:
    text = json.dumps(data, sort_keys=True, separators=(",", ":"), default=str)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _written(digest: str) -> str:
    return "sha256:" + _hash([FORM, digest])
