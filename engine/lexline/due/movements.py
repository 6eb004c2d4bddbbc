"""What falls due because something moved: the facts below an assessment, the rules above it, or what a rule names."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime
from functools import lru_cache, partial
from typing import Literal

from lexline.basis import Bases, Basis
from lexline.decision import Evaluation
from lexline.due.changes import Blocks, Change, changes, told
from lexline.due.comparison import Comparison
from lexline.due.owners import Owners
from lexline.due.past import KEPT, Past, State
from lexline.due.queue import Done, DueItem, Marks, item_id
from lexline.due.records import Held
from lexline.impact_causes import Cause
from lexline.lang.signatures import CheckSignature
from lexline.lang.typed import Expression, Key, Reassessment, Rule, TermHolds
from lexline.lang.typed_expressions import Connective
from lexline.plan import nodes as plan
from lexline.plan.places import EVIDENCE, Place, Reading
from lexline_lineage.graph import Graph

__all__ = ["MOST", "Moving"]

MOST = 10
"""How many changes an item lists."""
ELSEWHERE = (
    "its basis is not the recorded one, though no fact of the store differs: a file beside the store has changed, or a"
    " name was erased"
)


class Moving:
    """Compares what stands on record with what is so now."""

    def __init__(
        self, evaluation: Evaluation, past: Past | None, checks: Mapping[str, CheckSignature], marks: Marks
    ) -> None:
        self._evaluation = evaluation
        self._past = past
        self._checks = checks
        self._marks = marks
        self._owners = Owners(evaluation)
        self.bases = Bases(evaluation, checks)
        self._compared = lru_cache(KEPT)(self._compare)
        self._between = lru_cache(KEPT)(self._between_states)

    def of(self, held: Held) -> Iterator[DueItem]:
        """The items of an assessment, judgement or waiver whose basis or rules have moved."""
        if self._is_still(held):
            return
        basis = self.basis(self.bases, held)
        if basis is None or not basis.rules:
            return
        item = self._item("basis", held, basis)
        done = self._marks.done.get(item.id)
        said, since = _seen(held, done)
        facts_alone = said is not None and _meanings(said) == _meanings(basis)
        if not (facts_alone and said is not None and said.digest == basis.digest):
            then = self.then(since)
            before = None if then is None else self.basis(then[0].bases, held)
            if facts_alone or (before is not None and before.digest != basis.digest):
                yield self._with_facts(item, held, basis, then)
        rules = self._item("rule", held, basis)
        said, _ = _seen(held, self._marks.done.get(rules.id))
        moved = [] if said is None else list(_rules_moved(said, basis))
        if moved:
            sure = "is new or means something else" if len(moved) == 1 else "are new or mean something else"
            names = ", ".join(cause.name for cause in moved)
            yield replace(rules, moved=tuple(moved), says=f"{names} {sure} since it was recorded")

    def _is_still(self, held: Held) -> bool:
        """Whether nothing can have moved: no basis is recorded, and nothing that its rules read has changed since."""
        if held.basis or item_id("basis", held.name, self._element(held)) in self._marks.done:
            return False
        then = self.then(held.since)
        if then is None:
            return True
        graph, rules = self._evaluation.graph, self._evaluation.program.rules
        for number in held.elements:
            keys = held.rules or [key for key, _ in self.bases.asking(graph.kind(number), held.kind, held.word)]
            own = (rules[key].kind == graph.kind(number) for key in keys)
            if any(not mine or then[0].concerns(key, number) for key, mine in zip(keys, own, strict=True)):
                return False
        return True

    def basis(self, bases: Bases, held: Held) -> Basis | None:
        """The basis of something on record in the graph of ``bases``; None where the element isn't there."""
        if held.kind == "waiver":
            elements = (self._number(bases, number) for number in held.elements)
            return bases.of_waiver([number for number in elements if number is not None], held.rules)
        number = self._number(bases, held.elements[0])
        return None if number is None else bases.of(number, held.kind, held.word)

    def then(self, since: datetime | None) -> tuple[Comparison, State] | None:
        """What was known at a moment, beside what is known now."""
        found = self._past.at(since) if self._past is not None and since is not None else None
        if found is None or self._past is None:
            return None
        return self._compared(*found), found[0]

    def notes(self, held: Iterable[Held]) -> Iterator[str]:
        """What can't be told."""
        dated = [one for one in held if not one.basis]
        if self._past is None or not self._past.states:
            if dated:
                yield (
                    f"of {len(dated):,} no basis is recorded, and there is no store to say what changed since: only"
                    " dates can make them due"
                )
            return
        undated = sum(one.since is None for one in dated)
        if undated:
            yield f"of {undated:,} no date is recorded: nothing tells what changed since"
        earlier = [one.since for one in dated if one.since is not None and not self._past.reaches(one.since)]
        if earlier:
            first = self._past.states[0].moment.date()
            yield (
                f"of {len(earlier):,} the date lies before the first revision of the store, {first}: what changed"
                " before that day is not known"
            )

    # ---- what a rule names -------------------------------------------------------------------------------------------

    def named_changes(self, held: Iterable[Held]) -> Iterator[DueItem]:
        """The items of ``reassess when``: an attribute that it names changed since the latest assessment."""
        naming = {key: rule for key, rule in self._evaluation.program.rules.items() if rule.reassess_when}
        latest = latest_looks(self.bases, self._evaluation, held, naming)
        for (key, number), one in sorted(latest.items(), key=lambda pair: str(pair[1].since)):
            rule, element = naming[key], self._evaluation.graph.ids[number]
            about = "/".join(key)
            subject = item_id("when", about, element)
            done = self._marks.done.get(subject)
            then = self.then(_seen(one, done)[1])
            if then is None:
                continue
            found = list(self._named(rule, number, then[0]))
            if found:
                since = self._since(then[1], partial(self._differ, then[0].bases, rule, number))
                moved = told(found, element, (self._evaluation.graph, then[0].bases.graph), MOST)
                yield DueItem(
                    id=subject,
                    cause="when",
                    element=element,
                    about=about,
                    rules=(about,),
                    says=f"what it names has changed since {one.name} of {one.on}",
                    since=since,
                    due=self._owners.due(since, number, [key]),
                    owner=self._owners.owner(number, [key], one.person),
                    settle=settle("assessment", one.word),
                    moved=moved,
                    further=len(found) - len(moved),
                )

    def _named(self, rule: Rule, number: int, then: Comparison) -> Iterator[Change]:
        """The changes of what a rule names for an element."""
        for clause in rule.reassess_when:
            if then.names(clause, number):
                sides = then.sides(number, _reading(clause, rule), whole=then.leads_elsewhere)
                for at, cause in changes(*sides, then.now.graph):
                    if self._is_named(cause, clause, sides):
                        yield at, cause

    def _is_named(self, cause: Cause, clause: Reassessment, sides: tuple[Blocks, Blocks]) -> bool:
        """Whether a change is one of an attribute that a clause names: its value, or that of an element that came or
        went."""
        if cause.sort not in ("fact", "element"):
            return False
        attribute, _, element = cause.name.partition(" of ") if cause.sort == "fact" else ("", "", cause.name)
        blocks = [side[element] for side in sides if element in side]
        if all(block["kind"] != clause.kind for block in blocks):
            return False
        if cause.sort == "element" and not any(f".{name}" in block for block in blocks for name in clause.attributes):
            return False
        number = self._evaluation.graph.number(element)
        if clause.condition is not None and number is not None:
            return self._owners.holds(_at_subject(clause.condition), number)
        return cause.sort == "element" or attribute in clause.attributes

    # ---- small parts -------------------------------------------------------------------------------------------------

    def _with_facts(self, item: DueItem, held: Held, basis: Basis, then: tuple[Comparison, State] | None) -> DueItem:
        """The item with what moved and since when, as far as the past is known."""
        if then is None:
            return replace(item, says="what it rests on is not what it was when it was recorded")
        found = 0
        moved: list[Cause] = []
        for number in held.elements:
            sides = then[0].sides(number, self.reading(held, number), whole=False)
            changed = changes(*sides, self._evaluation.graph)
            found += len(changed)
            graphs = self._evaluation.graph, then[0].bases.graph
            moved += told(changed, graphs[0].ids[number], graphs, MOST - len(moved))
        if not found:
            return replace(item, says=ELSEWHERE)
        start = _digest(self.basis(then[0].bases, held))
        since = self._since(then[1], lambda bases: _digest(self.basis(bases, held)) != start)
        rules = [key for key, _ in basis.rules]
        element = held.elements[0] if len(held.elements) == 1 else None
        return replace(
            item,
            says=f"{found} {'fact' if found == 1 else 'facts'} that it rests on moved since {held.on}",
            since=since,
            due=self._owners.due(since, element, rules),
            moved=tuple(moved),
            further=found - len(moved),
        )

    def reading(self, held: Held, number: int) -> Reading:
        """What the rules that ask for something on record read from an element."""
        kind = self._evaluation.graph.kind(number)
        if held.kind == "waiver":
            rules = self._evaluation.program.rules
            return Reading().joined(*(self.bases.reading(key) for key in held.rules if rules[key].kind == kind))
        return Reading().joined(*(one for _, one in self.bases.asking(kind, held.kind, held.word)))

    def _since(self, then: State, differs: Callable[[Bases], bool]) -> date | None:
        """The day of the first state in which something differs that differs now."""
        if self._past is None:
            return None
        today = self._past.day(self._evaluation.clock.today)
        found = self._past.first(then, lambda state: differs(self._compared(state, today).bases))
        return self._evaluation.clock.today if found is None else found.moment.astimezone(UTC).date()

    def _differ(self, before: Bases, rule: Rule, number: int, bases: Bases) -> bool:
        """Whether something that a rule names is otherwise in ``bases`` than ``before``."""
        there = self._number(bases, number)
        return there is not None and any(True for _ in self._named(rule, there, self._between(before, bases)))

    def _between_states(self, before: Bases, after: Bases) -> Comparison:
        return Comparison(before, after, self.bases.plan, self._checks)

    def _compare(self, state: State, day: date) -> Comparison:
        if self._past is None:
            raise TypeError("there is no past")
        graph: Graph = self._past.graph(state.number, day)
        then = Bases(replace(self._evaluation, graph=graph), self._checks, self.bases)
        return Comparison(then, self.bases, self.bases.plan, self._checks)

    def _element(self, held: Held) -> str:
        return self._evaluation.graph.ids[held.elements[0]] if len(held.elements) == 1 else ""

    def _number(self, bases: Bases, number: int) -> int | None:
        graph = self._evaluation.graph
        return number if bases is self.bases else bases.graph.number(graph.ids[number])

    def _item(self, cause: Literal["basis", "rule"], held: Held, basis: Basis) -> DueItem:
        alone = held.elements[0] if len(held.elements) == 1 else None
        element = self._element(held)
        rules = [key for key, _ in basis.rules]
        return DueItem(
            id=item_id(cause, held.name, element),
            cause=cause,
            element=element,
            about=held.name,
            rules=tuple("/".join(key) for key in rules),
            says="",
            since=None,
            due=None,
            owner=self._owners.owner(alone, rules, held.person),
            settle=settle(held.kind, held.word),
            basis=str(basis),
        )


def _digest(basis: Basis | None) -> str:
    return "" if basis is None else basis.digest


def settle(kind: str, word: str) -> str:
    """What would take an item out of the queue."""
    if kind == "waiver":
        return "renew the waiver, withdraw it, or mend what it hides"
    what = (
        f"a new {kind}" if not word else f"a new {kind} ({word})" if kind == "assessment" else f"a new {kind} on {word}"
    )
    return f"record {what}; or look at it, and say that nothing follows (--done)"


def latest_looks(
    bases: Bases, evaluation: Evaluation, held: Iterable[Held], rules: Iterable[Key]
) -> dict[tuple[Key, int], Held]:
    """For rules and elements of their kind the latest assessment or judgement that the rule asks for; of a rule that
    asks for none, the latest of any sort."""
    found: dict[tuple[Key, int], Held] = {}
    wanted = list(rules)
    asks = {key: bool(_asked(bases, key)) for key in wanted}
    for one in held:
        if one.kind == "waiver" or one.since is None:
            continue
        number = one.elements[0]
        kind = evaluation.graph.kind(number)
        asking = {key for key, _ in bases.asking(kind, one.kind, one.word)}
        for key in wanted:
            if evaluation.program.rules[key].kind == kind and (key in asking or not asks[key]):
                known = found.get((key, number))
                if known is None or known.since is None or known.since < one.since:
                    found[key, number] = one
    return found


def _asked(bases: Bases, key: Key) -> list[Place]:
    return [asked.place for asked in bases.reading(key).asked if asked.kind in EVIDENCE and asked.place.step is None]


def _seen(held: Held, done: Done | None) -> tuple[Basis | None, datetime | None]:
    """On what basis somebody last looked, as far as it is recorded, and when."""
    if done is not None and (held.since is None or done.moment > held.since):
        return done.basis, done.moment
    try:
        return Basis.read(held.basis), held.since
    except ValueError:
        return None, held.since


def _meanings(basis: Basis) -> set[str]:
    return {digest for _, digest in basis.rules}


def _rules_moved(said: Basis, now: Basis) -> Iterator[Cause]:
    """The rules whose meaning no recorded rule had; one that has only another name is none of them."""
    before, meanings = dict(said.rules), _meanings(said)
    for key, digest in now.rules:
        if digest not in meanings:
            was = "did not ask for it" if key not in before else before[key][:19]
            yield Cause("rule", "/".join(key), was, digest[:19])


def _reading(clause: Reassessment, rule: Rule) -> Reading:
    subject = Place(rule.kind)
    if clause.direction is None:
        return Reading({subject: frozenset(clause.attributes)})
    return Reading(
        {
            subject: frozenset(),
            Place(clause.kind, plan.Lineage(clause.direction, None), subject): frozenset(clause.attributes),
        }
    )


def _at_subject(tree: Expression) -> Expression:
    """Adjectives of a clause, read as a condition on the element itself."""
    match tree:
        case TermHolds():
            return replace(tree, slot=0)
        case Connective():
            return replace(tree, operands=tuple(map(_at_subject, tree.operands)))
        case _:
            raise TypeError("a clause has terms only")
