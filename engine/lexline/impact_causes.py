"""Why a verdict moved: the changed clause, or the changed facts that the explanations of the two verdicts cite."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import numpy as np

from lexline.evaluate.interpret import Interpreter
from lexline.evaluate.verdict import Verdict
from lexline.impacts import Flip, Impact
from lexline.lang import typed
from lexline.lang.digest import changed_definitions
from lexline.lang.typed import Key
from lexline.report import plain_value
from lexline_lineage.graph import Graph
from lexline_lineage.paths import shortest_path

__all__ = ["Cause", "ToldFlip", "gravest_first", "rule_causes", "tell_flips"]

GRAVE = (Verdict.FAIL, Verdict.ERROR, Verdict.UNKNOWN)


@dataclass(frozen=True, slots=True)
class Cause:
    """One thing that changed and bears on a verdict: ``before`` and ``after`` in a reader's words, ``missing`` or
    ``none`` where there was nothing. ``path``: ids from the element to what changed."""

    sort: Literal["rule", "term", "parameter", "fact", "edge", "element", "date", "force", "waiver", "clause"]
    name: str
    before: str
    after: str
    place: str = ""
    path: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ToldFlip:
    """A flip with what a reviewer needs: whose it is, how grave, and because of what."""

    flip: Flip
    owner: str
    severity: str
    deadline: str
    causes: tuple[Cause, ...]


def gravest_first(flips: Sequence[Flip]) -> list[Flip]:
    """Flips to fail, then to an error, to unknown, then the others."""
    ranks = {verdict: rank for rank, verdict in enumerate(GRAVE)}
    return sorted(flips, key=lambda flip: ranks.get(flip.after.verdict, 3) if flip.after is not None else 4)


def tell_flips(moved: Impact, flips: Sequence[Flip]) -> list[ToldFlip]:
    """The flips with owner, severity, deadline and causes."""
    teller = _Teller(moved)
    return [teller.tell(flip) for flip in flips]


def rule_causes(moved: Impact, rule: Key) -> tuple[Cause, ...]:
    """What differs in a rule and in the terms and parameters that it rests on."""
    return tuple(_clauses(moved.old.program, moved.new.program, rule))


class _Teller:
    def __init__(self, moved: Impact) -> None:
        self._moved = moved
        self._sides = (moved.old, moved.new)
        self._interpreters = [Interpreter(side.program, side.graph, side.clock, side.checks) for side in self._sides]

    def tell(self, flip: Flip) -> ToldFlip:
        """One flip."""
        at = 1 if flip.rule in self._moved.new.program.rules else 0
        side, rule = self._sides[at], self._sides[at].program.rules[flip.rule]
        number = side.graph.number(flip.element)
        owner = None if number is None else side.graph.value(number, "owner")
        within = None
        if number is not None and rule.deadline is not None:
            within = self._interpreters[at].value(rule.deadline, number)
        return ToldFlip(
            flip,
            str(owner or rule.owner),
            rule.severity,
            "" if within is None else f"{plain_value(within)}",
            tuple(self._causes(flip)),
        )

    def _causes(self, flip: Flip) -> Iterator[Cause]:
        moved = self._moved
        if flip.rule in moved.rules.changed:
            yield from rule_causes(moved, flip.rule)
        elif flip.rule in moved.rules.added or flip.rule in moved.rules.removed:
            added = flip.rule in moved.rules.added
            yield Cause("rule", "/".join(flip.rule), *(("none", "added") if added else ("there", "removed")))
        if moved.old.clock != moved.new.clock:
            yield Cause("date", "today", str(moved.old.clock.today), str(moved.new.clock.today))
        yield from self._facts(flip)

    def _facts(self, flip: Flip) -> Iterator[Cause]:
        cells: set[tuple[str, str]] = set()
        edges: set[tuple[str, str, str]] = set()
        for side, interpreter in zip(self._sides, self._interpreters, strict=True):
            number = side.graph.number(flip.element)
            if number is None or flip.rule not in side.program.rules:
                continue
            if side.graph.kind(number) == side.program.rules[flip.rule].kind:
                said = interpreter.explain(flip.rule, number)
                cells |= said.cited()
                edges |= said.cited_edges()
        touched = {flip.element, *(cell[0] for cell in cells), *(end for edge in edges for end in (edge[0], edge[2]))}
        for element in sorted(touched & self._others):
            before, after = (_kind(side.graph, element) for side in self._sides)
            yield Cause("element", element, before, after, path=self._path(flip.element, element))
        for element, attribute in sorted(cells & self._cells):
            before, after = (_value(side.graph, element, attribute) for side in self._sides)
            said_by = _source(self._moved.new.graph, element, attribute)
            path = self._path(flip.element, element)
            yield Cause("fact", f"{attribute} of {element}", before, after, said_by, path)
        for edge in sorted(edges & self._edges):
            before, after = (_edge(side.graph, edge) for side in self._sides)
            yield Cause("edge", " ".join(edge), before, after, path=self._path(flip.element, edge[0]))

    def _path(self, start: str, goal: str) -> tuple[str, ...]:
        for side in reversed(self._sides):
            ends = side.graph.number(start), side.graph.number(goal)
            if ends[0] is None or ends[1] is None or start == goal:
                continue
            for adjacency in (side.graph.upstream, side.graph.downstream):
                path = shortest_path(adjacency, ends[0], ends[1])
                if path is not None:
                    return tuple(side.graph.ids[number] for number in path.numbers)
        return ()

    def _name(self, joint: int) -> str:
        facts = self._moved.facts
        return (
            self._moved.new.graph.ids[joint]
            if joint < facts.size
            else self._moved.old.graph.ids[int(facts.earlier(np.array([joint]))[0])]
        )

    @cached_property
    def _others(self) -> set[str]:
        return {self._name(joint) for joint in self._moved.facts.kinds.tolist()}

    @cached_property
    def _cells(self) -> set[tuple[str, str]]:
        cells = self._moved.facts.cells.items()
        return {(self._name(joint), attribute) for (_, attribute), found in cells for joint in found.tolist()}

    @cached_property
    def _edges(self) -> set[tuple[str, str, str]]:
        return {
            (self._name(origin), relation, self._name(target))
            for relation, edges in self._moved.facts.edges.items()
            for origin, target in zip(edges.origins.tolist(), edges.targets.tolist(), strict=True)
        }


def _kind(graph: Graph, element: str) -> str:
    number = graph.number(element)
    return "none" if number is None else graph.kind(number)


def _value(graph: Graph, element: str, attribute: str) -> str:
    number = graph.number(element)
    value = None if number is None else graph.value(number, attribute)
    if value is None:
        return "missing"
    plain = plain_value(value)
    return str(plain).lower() if isinstance(plain, bool) else str(plain)


def _source(graph: Graph, element: str, attribute: str) -> str:
    number = graph.number(element)
    source = None if number is None else graph.source(number, attribute)
    return "" if source is None else str(source)


def _edge(graph: Graph, edge: tuple[str, str, str]) -> str:
    origin, target = graph.number(edge[0]), graph.number(edge[2])
    if origin is None or target is None:
        return "none"
    position = graph.along[edge[1]].position(origin, target)
    return "none" if position is None else "possible" if graph.along[edge[1]].possible[position] else "sure"


# ---- clauses -------------------------------------------------------------------------------------------------------

_PARTS = {
    "condition": "for",
    "exceptions": "except",
    "requirements": "require",
    "force": "in force",
    "severity": "severity",
    "enforcement": "enforcement",
    "if_unknown": "if unknown",
    "owner": "owner",
    "deadline": "deadline",
}


def _clauses(old: typed.Program, new: typed.Program, rule: Key) -> Iterator[Cause]:
    for name, before, after in changed_definitions(old, new, rule):
        shown = "/".join(name[1:])
        if isinstance(before, typed.Rule) and isinstance(after, typed.Rule):
            yield from _parts(shown, before, after)
        elif isinstance(before, typed.Parameter | typed.Term | None) and isinstance(
            after, typed.Parameter | typed.Term | None
        ):
            sort: Literal["term", "parameter"] = "parameter" if name[0] == "parameter" else "term"
            yield Cause(sort, shown, _text(before), _text(after), _place(after or before))


def _parts(shown: str, before: typed.Rule, after: typed.Rule) -> Iterator[Cause]:
    found = False
    for field, word in _PARTS.items():
        one, other = _texts(getattr(before, field)), _texts(getattr(after, field))
        if one != other:
            found = True
            was = "; ".join(text for text in one if text not in other) or "none"
            now = "; ".join(text for text in other if text not in one) or "none"
            yield Cause("rule", f"{word} of {shown}", was, now, _place(after))
    if not found:
        yield Cause("rule", shown, "other wording", "other wording", _place(after))


def _texts(part: object) -> list[str]:
    if part is None:
        return []
    if isinstance(part, tuple):
        return [text for item in part for text in _texts(item)]
    return [_text(part) if hasattr(part, "span") else str(part)]


def _text(part: object) -> str:
    """The text of a definition or a part of it, on one line."""
    span = getattr(part, "span", None)
    return "none" if span is None else " ".join(span.text.split())


def _place(part: object) -> str:
    span = getattr(part, "span", None)
    return "" if span is None else f"{span.source.name.rsplit('/', 1)[-1]}:{span.line}"
