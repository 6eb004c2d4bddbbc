"""Which changes did it: a verdict is decided once more with some of the changes taken back."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any

from lexline.decision import Evaluation
from lexline.evaluate.columns import ColumnEvaluator
from lexline.evaluate.cone_columns import ConeEvaluator, Decided
from lexline.evaluate.verdict import Decision, Verdict
from lexline.lang import typed
from lexline.lang.digest import rests_on, used_by
from lexline.lang.typed import Key
from lexline.plan.planned import plan_of
from lexline.plan.plans import Plan
from lexline.report import plain_value
from lexline_lineage.graph import Graph
from lexline_lineage.overlay import Changes
from lexline_lineage.problems import LineageError

__all__ = ["Change", "Undoing"]

Change = tuple[str, ...]
"""One thing that is not the same on both sides: ``("date",)``, ``("waivers",)``, ``("element", id)``, ``("cell", id,
attribute)``, ``("edge", origin, relation, target)``, ``("term", …key)``, ``("parameter", …key)``, ``("rule", …key)``,
``("part", policy, rule, field)`` of a rule, or ``("name", …old key, …new key)`` of a rule."""


class Undoing:
    """Decides rules for elements of ``new`` as if some things were still as they are in ``old``."""

    def __init__(self, old: Evaluation, new: Evaluation) -> None:
        self._old = old
        self._new = new
        self._made: dict[frozenset[Change], Evaluation | None] = {}
        self._cones: dict[tuple[int, Key], ConeEvaluator] = {}
        self._plans: dict[tuple[int, Key], tuple[typed.Program, Plan]] = {}

    def undoes(self, changes: Collection[Change], rule: Key, element: str, before: Decided | None) -> bool:
        """Whether the rule says ``before`` of the element again, with these changes taken back."""
        key = frozenset(changes)
        if key not in self._made:
            self._made[key] = self._without(key)
        evaluation = self._made[key]
        rule = next(((change[1], change[2]) for change in key if change[0] == "name"), rule)
        return evaluation is not None and self._said(evaluation, rule, element) == before

    def _said(self, evaluation: Evaluation, rule: Key, element: str) -> Decided | None:
        number, program = evaluation.graph.number(element), evaluation.program
        if number is None or rule not in program.rules:
            return None
        kind = evaluation.graph.kind(number)
        if kind != program.rules[rule].kind:
            return None
        place = id(evaluation), rule  # evaluations are kept, so that no other gets its place
        if place not in self._cones:
            plan = self._plan(program, rule)
            given = (plan, evaluation.graph, evaluation.clock, evaluation.checks)
            self._cones[place] = ConeEvaluator(ColumnEvaluator(*given, kernels="numpy"))
        (said,) = self._cones[place].decide(number, (rule,))
        if said.verdict is Verdict.NOT_APPLICABLE:
            return None
        decision = Decision(rule, element, kind, said.verdict, said.underlying, said.phase)
        return Decided(evaluation.waived().applied(decision).verdict, said.underlying, said.phase)

    def _plan(self, program: typed.Program, rule: Key) -> Plan:
        """The plan of a rule and what it rests on."""
        place = id(program), rule
        if place not in self._plans:  # programs are kept, so that no other gets their place
            self._plans[place] = program, plan_of(rests_on(program, rule))
        return self._plans[place][1]

    # ---- the changes taken back ------------------------------------------------------------------------------------

    def _without(self, changes: Collection[Change]) -> Evaluation | None:
        """The new evaluation without some changes; None where what is left of the facts would not fit."""
        sorts = {change[0] for change in changes}
        found = self._new
        if "date" in sorts:
            checks = self._old.checks
            found = replace(found, clock=self._old.clock, checks=None if checks is None else checks.over(found.graph))
        if "waivers" in sorts:
            found = replace(found, waivers=self._old.waivers)
        if sorts & {"term", "parameter", "rule", "part", "name"}:
            found = replace(found, program=_with_definitions(self._old.program, self._new.program, changes))
        try:
            for part in _facts(self._old.graph, self._new.graph, changes):
                found = found.supposing(part)
        except LineageError:
            return None
        return found


def _facts(old: Graph, new: Graph, changes: Collection[Change]) -> Sequence[Changes]:
    """What takes the changes of facts back: first what goes, then what comes."""
    gone: dict[str, str | None] = {}
    kinds: dict[str, str | None] = {}
    values: dict[tuple[str, str], object] = {}
    edges: dict[tuple[str, str, str], bool | None] = {}
    for change in changes:
        if change[0] == "element":
            if new.number(change[1]) is not None:
                gone[change[1]] = None
            if old.number(change[1]) is not None:
                kinds.update(_element(old, change[1]))
                values.update(_values(old, change[1]))
    there = {*kinds, *(e for e in _ends(changes, old) if new.number(e) is not None and e not in gone)}
    for element in kinds:
        edges.update((edge, flag) for edge, flag in _edges(old, element).items() if {edge[0], edge[2]} <= there)
    for change in changes:
        if change[0] == "cell" and change[1] not in kinds:
            values[change[1], change[2]] = _value(old, change[1], change[2])
        elif change[0] == "edge" and {change[1], change[3]} <= there:
            edge = change[1], change[2], change[3]
            edges[edge] = _edge(old, edge)
            if edges[edge] is None and _edge(new, edge) is None:
                del edges[edge]
    return [part for part in (Changes(kinds=gone), Changes(kinds, values, edges)) if any(_parts(part))]


def _parts(changes: Changes) -> tuple[Mapping[Any, Any], ...]:
    return changes.kinds, changes.values, changes.edges


def _ends(changes: Collection[Change], old: Graph) -> set[str]:
    """All elements that the changes name, and those that an element that comes back was joined to."""
    found: set[str] = set()
    for change in changes:
        if change[0] == "edge":
            found |= {change[1], change[3]}
        elif change[0] == "element" and old.number(change[1]) is not None:
            found |= {end for edge in _edges(old, change[1]) for end in (edge[0], edge[2])}
    return found


def _element(graph: Graph, element: str) -> dict[str, str | None]:
    number = graph.number(element)
    return {} if number is None else {element: graph.kind(number)}


def _values(graph: Graph, element: str) -> dict[tuple[str, str], object]:
    number = graph.number(element)
    if number is None or number in graph.stubs:
        return {}
    attributes = graph.vocabulary.kinds[graph.kind(number)].attributes
    return {(element, name): _value(graph, element, name) for name in attributes if graph.knows(number, name)}


def _value(graph: Graph, element: str, attribute: str) -> object:
    number = graph.number(element)
    return None if number is None else plain_value(graph.value(number, attribute))


def _edges(graph: Graph, element: str) -> dict[tuple[str, str, str], bool | None]:
    number, found = graph.number(element), dict[tuple[str, str, str], bool | None]()
    for name in graph.along if number is not None else ():
        found.update({(element, name, graph.ids[n]): flag for n, flag in graph.along[name].row(number or 0)})
        found.update({(graph.ids[n], name, element): flag for n, flag in graph.against[name].row(number or 0)})
    return found


def _edge(graph: Graph, edge: tuple[str, str, str]) -> bool | None:
    ends = graph.number(edge[0]), graph.number(edge[2])
    if ends[0] is None or ends[1] is None:
        return None
    position = graph.along[edge[1]].position(ends[0], ends[1])
    return None if position is None else bool(graph.along[edge[1]].possible[position])


def _with_definitions(old: typed.Program, new: typed.Program, changes: Collection[Change]) -> typed.Program:
    """The new program with some definitions, or parts of rules, as they were."""
    tables: list[dict[Any, Any]] = [dict(new.parameters), dict(new.terms), dict(new.rules)]
    before: tuple[Mapping[Any, Any], ...] = (old.parameters, old.terms, old.rules)
    for table, earlier in zip(tables, before, strict=True):
        table.update((key, value) for key, value in earlier.items() if key not in table)
    for key in set(old.rules) - set(new.rules):
        if ("rule", *key) not in changes:
            del tables[2][key]
    for sort, *rest in changes:
        if sort == "part":
            key = rest[0], rest[1]
            tables[2][key] = replace(tables[2][key], **{rest[2]: getattr(old.rules[key], rest[2])})
        elif sort == "name":
            was, now = (rest[0], rest[1]), (rest[2], rest[3])
            tables[2][was] = replace(tables[2][now], key=was)
        elif sort in ("parameter", "term", "rule"):
            at = ("parameter", "term", "rule").index(sort)
            if (name := tuple(rest)) in before[at]:
                tables[at][name] = before[at][name]
            else:
                tables[at].pop(name, None)
    infos = {info.id: info for info in (*old.policies, *new.policies)}
    parameters, terms, rules = tables
    return replace(
        new,
        policies=tuple(infos.values()),
        parameters=parameters,
        terms=_ordered(terms, "term"),
        rules=_ordered(rules, "rule"),
        measures={},
    )


def _ordered(table: Mapping[Any, Any], sort: str) -> dict[Any, Any]:
    """Definitions in an order in which what they use comes first."""
    found: dict[Any, Any] = {}

    def place(key: Any) -> None:
        if key in found or key not in table:
            return
        for name in used_by(table[key]):
            if name[0] == sort and name[1:] != key:
                place(name[1:])
        found[key] = table[key]

    for key in table:
        place(key)
    return found
