"""Why a verdict moved: the changed clause, or the changed facts that the explanations of the two verdicts cite."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields, is_dataclass
from datetime import date
from functools import cached_property
from itertools import islice
from typing import Literal

import numpy as np

from lexline.decision import Evaluation
from lexline.evaluate.dates import add_duration
from lexline.evaluate.explanation import Explanation
from lexline.evaluate.interpret import Interpreter
from lexline.evaluate.verdict import Decision, Phase, Verdict
from lexline.evaluate.walks import reached_from
from lexline.impact_undoing import Change, Undoing
from lexline.impacts import Flip, Impact
from lexline.lang import typed
from lexline.lang.digest import changed_definitions
from lexline.lang.typed import Key
from lexline.ledger.waivers import COVERED, Waiver
from lexline.report import plain_value
from lexline_lineage.graph import Graph
from lexline_lineage.paths import shortest_path
from lexline_lineage.values import Duration, format_value

__all__ = [
    "Cause",
    "ToldFlip",
    "clause_causes",
    "gravest_first",
    "own_terms",
    "place_of",
    "rule_causes",
    "stands",
    "tell_flips",
]

GRAVE = (Verdict.FAIL, Verdict.ERROR, Verdict.UNKNOWN)
MANY = 50
"""How many changes beyond those that an explanation cites are tried as causes of a verdict."""


@dataclass(frozen=True, slots=True)
class Cause:
    """One thing that changed and bears on a verdict: ``before`` and ``after`` in a reader's words, ``missing`` or
    ``none`` where there was nothing. ``path``: ids from the element to what changed. ``change``: what is taken back to
    undo it."""

    sort: Literal["rule", "term", "parameter", "fact", "edge", "element", "date", "force", "waiver", "clause"]
    name: str
    before: str
    after: str
    place: str = ""
    path: tuple[str, ...] = ()
    change: Change = ()


@dataclass(frozen=True, slots=True)
class ToldFlip:
    """A flip with what a reviewer needs: whose it is, how grave, by when, and because of what.

    Undoing any one of the ``causes`` alone undoes the flip. ``together``: none does, it takes all of them; where they
    are not ``complete``, not even that.
    """

    flip: Flip
    owner: str
    severity: str
    deadline: str
    """how long there is, as the policy says it; empty for no deadline, and where nothing has to be mended"""
    causes: tuple[Cause, ...]
    due: date | None = None
    """the last day of the deadline, counted from the day of the evaluation"""
    together: bool = False
    complete: bool = True


def gravest_first(flips: Sequence[Flip]) -> list[Flip]:
    """Flips to fail, then to an error, to unknown, then the others."""
    ranks = {verdict: rank for rank, verdict in enumerate(GRAVE)}
    return sorted(flips, key=lambda flip: ranks.get(flip.after.verdict, 3) if flip.after is not None else 4)


def tell_flips(moved: Impact, flips: Sequence[Flip]) -> list[ToldFlip]:
    """The flips with owner, severity, deadline and causes."""
    teller = _Teller(moved)
    return [teller.tell(flip) for flip in flips]


def own_terms(
    side: Evaluation, interpreter: Interpreter, rule: typed.Rule, element: str
) -> tuple[str, str, date | None]:
    """Who answers for what a rule says of an element, how long there is, as the policy says it, and until when."""
    number = side.graph.number(element)
    owner = None if number is None else side.graph.value(number, "owner")
    within = None
    if number is not None and rule.deadline is not None:
        within = interpreter.value(rule.deadline, number)
    due = add_duration(side.clock.today, within, "UTC") if isinstance(within, Duration) else None
    return str(owner or rule.owner), "" if within is None else str(plain_value(within)), due


def rule_causes(moved: Impact, rule: Key) -> tuple[Cause, ...]:
    """What differs in a rule and in the terms and parameters that it rests on."""
    return tuple(clause_causes(moved.old.program, moved.new.program, rule))


_FAILING = (Verdict.FAIL, Verdict.FAIL, Phase.IN_FORCE)
"""A verdict that a waiver can cover."""


class _Teller:
    def __init__(self, moved: Impact) -> None:
        self._moved = moved
        self._sides = (moved.old, moved.new)
        self._interpreters = [Interpreter(side.program, side.graph, side.clock, side.checks) for side in self._sides]
        self._waivers = [side.waived() for side in self._sides]
        self._undoing = Undoing(moved.old, moved.new)

    def tell(self, flip: Flip) -> ToldFlip:
        """One flip."""
        at = 1 if flip.rule in self._moved.new.program.rules else 0
        rule = self._sides[at].program.rules[flip.rule]
        owner, deadline, due = own_terms(self._sides[at], self._interpreters[at], rule, flip.element)
        if flip.after is None or flip.after.verdict not in GRAVE:
            deadline, due = "", None
        causes, together, complete = self._needed(flip)
        owner = owner or self._former_owner(flip.element)
        return ToldFlip(flip, owner, rule.severity, deadline, causes, due, together, complete)

    def _former_owner(self, element: str) -> str:
        """Whose an element was that has no owner any more."""
        graph = self._sides[0].graph
        number = graph.number(element)
        owner = None if number is None else graph.value(number, "owner")
        return f"{owner} (before)" if owner else ""

    def _needed(self, flip: Flip) -> tuple[tuple[Cause, ...], bool, bool]:
        """The causes of which each alone undoes the flip; else a set of them that does, of which none can be spared."""
        causes = list(self._causes(flip))
        alone = [cause for cause in causes if self._undo(flip, [cause])]
        if alone:
            return tuple(alone), False, True
        if not self._undo(flip, causes):
            known = {cause.change for cause in causes}
            further = [cause for cause in self._further(flip) if cause.change not in known]
            alone = [cause for cause in further if self._undo(flip, [cause])]
            if alone:
                return tuple(alone), False, True
            causes += further
            if not self._undo(flip, causes):
                return tuple(causes), True, False
        for cause in tuple(causes):
            fewer = [other for other in causes if other is not cause]
            if self._undo(flip, fewer):
                causes = fewer
        return tuple(causes), True, True

    def _undo(self, flip: Flip, causes: Sequence[Cause]) -> bool:
        changes = {cause.change for cause in causes}
        return self._undoing.undoes(changes, flip.rule, flip.element, flip.before)

    # ---- what may have done it -------------------------------------------------------------------------------------

    def _causes(self, flip: Flip) -> Iterator[Cause]:
        moved = self._moved
        if flip.rule in moved.rules.changed:
            yield from rule_causes(moved, flip.rule)
        elif flip.rule in moved.rules.added or flip.rule in moved.rules.removed:
            words = ("none", "added") if flip.rule in moved.rules.added else ("there", "removed")
            yield Cause("rule", "/".join(flip.rule), *words, change=("rule", *flip.rule))
        if moved.old.clock != moved.new.clock:
            yield Cause("date", "today", str(moved.old.clock.today), str(moved.new.clock.today), change=("date",))
        yield from self._waived(flip)
        yield from self._facts(flip)

    def _waived(self, flip: Flip) -> Iterator[Cause]:
        """The waivers that cover the verdict on one side only, and the name of the rule, by which they name it."""
        covering, names = [], self._names(flip)
        for side, waivers, rule in zip(self._sides, self._waivers, names, strict=True):
            number = side.graph.number(flip.element)
            said = None if number is None else Decision(rule, flip.element, side.graph.kind(number), *_FAILING)
            covering.append({} if said is None else {waiver.name: waiver for waiver in waivers.covering(said)})
        if covering[0].keys() != covering[1].keys() and names[0] != names[1]:
            change = ("name", *names[0], *names[1])
            yield Cause("rule", "name of the rule", "/".join(names[0]), "/".join(names[1]), change=change)
        for name in sorted(covering[0].keys() ^ covering[1].keys()):
            at = 0 if name in covering[0] else 1
            waiver = covering[at][name]
            words = [self._of_waiver(waiver, side, at=here == at) for here, side in enumerate(self._sides)]
            yield Cause("waiver", name, words[0], words[1], waiver.terms.reason, change=("waivers",))

    def _names(self, flip: Flip) -> tuple[Key, Key]:
        """What the rule of a flip is called on either side."""
        return self._moved.rules.earlier(flip.rule), flip.rule

    def _of_waiver(self, waiver: Waiver, side: Evaluation, *, at: bool) -> str:
        """How a waiver stands on a side."""
        terms, today = waiver.terms, side.clock.today
        if at:
            return f"in force until {terms.until}"
        found = next((other for other in side.waivers if other.name == waiver.name), None)
        if found is None:
            return "none"
        if found.is_withdrawn(today):
            return f"withdrawn on {found.withdrawn}"
        if today > found.terms.until:
            return f"ended on {found.terms.until}"
        return f"begins on {found.terms.since}" if today < found.terms.since else "does not cover it"

    def _facts(self, flip: Flip) -> Iterator[Cause]:
        """The changed facts that the explanations of the two verdicts cite."""
        cells: set[tuple[str, str]] = set()
        edges: set[tuple[str, str, str]] = set()
        for said in self._explanations(flip):
            cells |= said.cited()
            edges |= said.cited_edges()
        touched = {flip.element, *(cell[0] for cell in cells), *(end for edge in edges for end in (edge[0], edge[2]))}
        yield from self._told(flip, touched & self._others, cells & self._cells, edges & self._edges)

    def _explanations(self, flip: Flip) -> Iterator[Explanation]:
        sides = zip(self._sides, self._names(flip), self._interpreters, self._waivers, strict=True)
        for side, name, interpreter, waivers in sides:
            number = side.graph.number(flip.element)
            if number is None or name not in side.program.rules:
                continue
            if side.graph.kind(number) == side.program.rules[name].kind:
                yield interpreter.explain(name, number)
                for waiver in waivers.about(name):
                    if waiver.selection is not None and side.graph.kind(number) == waiver.terms.every:
                        yield Interpreter(waiver.selection, side.graph, side.clock, side.checks).explain(
                            COVERED, number
                        )

    def _further(self, flip: Flip) -> list[Cause]:
        """Changed facts that no explanation cites, as those behind a count or a check: all, or those in the lineage."""
        others, cells, edges = self._others, self._cells, self._edges
        if len(others) + len(cells) + len(edges) > MANY:
            near = self._lineage(flip.element)
            others, cells = others & near, {cell for cell in cells if cell[0] in near}
            edges = {edge for edge in edges if edge[0] in near or edge[2] in near}
        found = list(islice(self._told(flip, others, cells, edges), MANY))
        counts = [f"{len(side.waivers):,} recorded" for side in self._sides]
        if self._sides[0].waivers != self._sides[1].waivers:
            found.append(Cause("waiver", "waivers", counts[0], counts[1], change=("waivers",)))
        return found

    def _lineage(self, element: str) -> set[str]:
        found = {element}
        for side in self._sides:
            number = side.graph.number(element)
            for adjacency in (side.graph.upstream, side.graph.downstream) if number is not None else ():
                reached = reached_from(adjacency, np.array([number], np.int64), None)
                found |= set(side.graph.ids.take(reached.tolist()))
        return found

    def _told(
        self, flip: Flip, others: set[str], cells: set[tuple[str, str]], edges: set[tuple[str, str, str]]
    ) -> Iterator[Cause]:
        said: list[tuple[Literal["fact", "edge", "element"], str, Change]] = [
            *(("element", element, ("element", element)) for element in sorted(others)),
            *(
                ("fact", f"{attribute} of {element}", ("cell", element, attribute))
                for element, attribute in sorted(cells)
            ),
            *(("edge", " ".join(edge), ("edge", *edge)) for edge in sorted(edges)),
        ]
        for sort, name, change in said:
            before, after = (stands(side.graph, change) for side in self._sides)
            place = _source(self._moved.new.graph, *change[1:]) if sort == "fact" else ""
            yield Cause(sort, name, before, after, place, self._path(flip.element, change[1]), change)

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

    @cached_property
    def _others(self) -> set[str]:
        facts = self._moved.facts
        return set(facts.later.ids.take(facts.kinds.tolist()))

    @cached_property
    def _cells(self) -> set[tuple[str, str]]:
        facts = self._moved.facts
        return {
            (element, attribute)
            for (_, attribute), found in facts.cells.items()
            for element in facts.later.ids.take(found.tolist())
        }

    @cached_property
    def _edges(self) -> set[tuple[str, str, str]]:
        facts = self._moved.facts
        return {
            (facts.later.ids[origin], relation, facts.later.ids[target])
            for relation, edges in facts.edges.items()
            for origin, target in zip(edges.origins.tolist(), edges.targets.tolist(), strict=True)
        }


def stands(graph: Graph, change: Change) -> str:
    """How an element, a cell or an edge stands in a graph, in a reader's words."""
    number = graph.number(change[1])
    match change:
        case ("element", _):
            return "none" if number is None else graph.kind(number)
        case ("cell", _, attribute):
            declared = None if number is None else graph.vocabulary.kinds[graph.kind(number)].attributes.get(attribute)
            if number is None or declared is None:
                return "missing"
            return format_value(graph.value(number, attribute), declared.type)
        case ("edge", _, relation, other):
            target, along = graph.number(other), graph.along.get(relation)
            if number is None or target is None or along is None:
                return "none"
            position = along.position(number, target)
            return "none" if position is None else "possible" if along.possible[position] else "sure"
        case _:
            raise TypeError(f"{change} is no fact")


def _source(graph: Graph, element: str, attribute: str) -> str:
    number = graph.number(element)
    source = None if number is None else graph.source(number, attribute)
    return "" if source is None else str(source)


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
    "citations": "cites",
    "reassess_when": "reassess when",
    "reassess_every": "reassess every",
    "tags": "tags",
}


def clause_causes(old: typed.Program, new: typed.Program, rule: Key) -> Iterator[Cause]:
    """What differs in a rule, and in the terms and parameters that it rests on: the smallest conditions that are not
    the same, at their place in the later text."""
    for name, before, after in changed_definitions(old, new, rule):
        shown = "/".join(name[1:])
        if isinstance(before, typed.Rule) and isinstance(after, typed.Rule):
            yield from _parts(shown, before, after)
        elif isinstance(before, typed.Parameter | typed.Term | None) and isinstance(
            after, typed.Parameter | typed.Term | None
        ):
            sort: Literal["term", "parameter"] = "parameter" if name[0] == "parameter" else "term"
            was, now, place = _narrowed(_content(before), _content(after))
            yield Cause(sort, shown, was, now, place, change=name)


def _parts(shown: str, before: typed.Rule, after: typed.Rule) -> Iterator[Cause]:
    found = before.kind != after.kind
    if found:
        change: Change = ("rule", *after.key)
        yield Cause("rule", f"kind of {shown}", before.kind, after.kind, place_of(after), change=change)
    for field, word in _PARTS.items():
        one, other = getattr(before, field), getattr(after, field)
        if field == "condition":
            one, other = _conjuncts(one), _conjuncts(other)
        if _texts(one) != _texts(other):
            found = True
            was, now, place = _narrowed(one, other)
            change = ("part", *after.key, field)
            yield Cause("rule", f"{word} of {shown}", was, now, place or place_of(after), change=change)
    if not found:
        yield Cause("rule", shown, "other wording", "other wording", place_of(after), change=("rule", *after.key))


def _content(defined: typed.Parameter | typed.Term | None) -> object:
    return defined.condition if isinstance(defined, typed.Term) else None if defined is None else defined.values


def _narrowed(before: object, after: object) -> tuple[str, str, str]:
    """The parts of two definitions that are not in the other one, each as its text, and the place of the later one."""
    pairs = _differing(before, after)
    was, now = ("; ".join(text for pair in pairs for text in _texts(pair[side])) or "none" for side in (0, 1))
    return was, now, next((place for pair in pairs for side in (1, 0) if (place := place_of(pair[side]))), "")


def _differing(before: object, after: object) -> list[tuple[object, object]]:
    """The smallest conditions, bullets and clauses that differ: within a condition only its values do."""
    if None not in (before, after) and _is_conjunction(before) != _is_conjunction(after):
        before, after = _conjuncts(before), _conjuncts(after)
    if isinstance(before, tuple) and isinstance(after, tuple):
        words = [[_wording(part) for part in side] for side in (before, after)]
        one = [part for part, word in zip(before, words[0], strict=True) if word not in words[1]]
        other = [part for part, word in zip(after, words[1], strict=True) if word not in words[0]]
        if len(one) == len(other) == 1:
            return _differing(one[0], other[0])
        return [*((part, None) for part in one), *((None, part) for part in other)]
    if type(before) is type(after) and _is_clause(before):
        names = [part.name for part in fields(before) if part.name not in ("span", "title", "style")]  # type: ignore[arg-type]
        values = [(getattr(before, name), getattr(after, name)) for name in names]
        values = [pair for pair in values if _wording(pair[0]) != _wording(pair[1])]
        if len(values) == 1 and all(isinstance(value, tuple) or _is_clause(value) for value in values[0]):
            return _differing(*values[0])
    return [(before, after)]


def _is_conjunction(part: object) -> bool:
    return isinstance(part, typed.Connective) and part.operator == "and"


def _conjuncts(part: object) -> object:
    """The conditions that all have to hold, also where there is one or none: so a term or a bullet that came or went
    is told alone, whatever stands beside it."""
    if isinstance(part, tuple):
        return part
    if isinstance(part, typed.Connective) and part.operator == "and":
        return part.operands
    return () if part is None else (part,)


def _is_clause(part: object) -> bool:
    """Whether it says something that can be read by itself, as no value does."""
    return is_dataclass(part) and hasattr(part, "span") and not hasattr(part, "type")


def _wording(part: object) -> object:
    return _texts(part) if isinstance(part, tuple) or hasattr(part, "span") else part


def _texts(part: object) -> list[str]:
    if part is None:
        return []
    if isinstance(part, tuple):
        return [text for item in part for text in _texts(item)]
    return [_text(part) if hasattr(part, "span") else str(part)]


def _text(part: object) -> str:
    """The text of a definition or a part of it, on one line."""
    span = getattr(part, "span", None)
    return "none" if span is None else span.line_of_words


def place_of(part: object) -> str:
    """The file and line of a part of a policy; empty where it has none."""
    span = getattr(part, "span", None)
    return "" if span is None else f"{span.source.name.rsplit('/', 1)[-1]}:{span.line}"
