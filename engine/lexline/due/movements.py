"""What falls due because something moved: the facts below an assessment, the rules above it, or what a rule names."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from functools import lru_cache, partial
from typing import Literal

from lexline.basis import Bases, Basis
from lexline.decision import Evaluation
from lexline.due.changes import Blocks, Change, changes, nearest
from lexline.due.comparison import Comparison
from lexline.due.items import Done, DueItem, Marks, item_id, recorded_basis
from lexline.due.owners import Owners
from lexline.due.past import KEPT, Past, State
from lexline.due.records import Held
from lexline.due.versions import Versions
from lexline.impact_causes import Cause, place_of, stands
from lexline.lang.signatures import CheckSignature
from lexline.lang.typed import Expression, Key, Reassessment, Rule, TermHolds
from lexline.lang.typed_expressions import Connective
from lexline.ledger.record import Acknowledgement
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


@dataclass(frozen=True, slots=True)
class _Found:
    """An item that is to be told, and what changed since ``then`` of what it is about: ``changes`` by element, with
    those by which one dates it where they are others (``dating``)."""

    item: DueItem
    keys: list[Key]
    then: tuple[Comparison, State] | None
    changes: list[tuple[int, list[Change]]]
    dating: list[Change]


class Moving:
    """Compares what stands on record with what is so now."""

    def __init__(
        self,
        evaluation: Evaluation,
        past: Past | None,
        checks: Mapping[str, CheckSignature],
        marks: Marks,
        versions: Versions | None = None,
    ) -> None:
        self._versions = versions or Versions()
        self._evaluation = evaluation
        self._past = past
        self._marks = marks
        self._owners = Owners(evaluation)
        self.bases = Bases(evaluation, checks)
        self._compared = lru_cache(KEPT)(self._compare)

    def of(self, held: Iterable[Held]) -> Iterator[DueItem]:
        """The items of assessments, judgements and waivers whose basis or rules have moved."""
        found: list[_Found] = []
        for one in held:
            if self._is_still(one):
                continue
            keys = self.rules(one)
            if keys:
                found += self._basis_moved(one, keys)
                yield from self._rules_moved(one, keys)
        yield from self._told(found)

    def rules(self, held: Held) -> list[Key]:
        """The rules that ask for something on record."""
        return rules_asking(self.bases, held, held.elements)

    def _basis_moved(self, held: Held, keys: list[Key]) -> Iterator[_Found]:
        item = self._item("basis", held, keys)
        said, since = _seen(held, self._marks.done.get(item.id))
        alike = said is not None and _meanings(said) == {self.bases.meaning(key) for key in keys}
        if alike and said is not None:
            basis = self.basis(self.bases, held)
            if basis is None or basis.digest == said.digest:
                return
        then = self.then(since)
        changed = [] if then is None else [(number, self._below(held, number, then[0])) for number in held.elements]
        count = sum(len(changes) for _, changes in changed)
        if count:
            says = f"{count} {'fact' if count == 1 else 'facts'} that it rests on moved since {held.on}"
            dating = [change for _, changes in changed for change in changes]
            yield _Found(replace(item, says=says), keys, then, changed, dating)
        elif alike:
            unknown = "what it rests on is not what it was when it was recorded"
            yield _Found(replace(item, says=unknown if then is None else ELSEWHERE), keys, None, [], [])

    def _below(self, held: Held, number: int, then: Comparison) -> list[Change]:
        return changes(*then.sides(number, self.reading(held, number)), self._evaluation.graph)

    def _rules_moved(self, held: Held, keys: list[Key]) -> Iterator[DueItem]:
        item = self._item("rule", held, keys)
        said, since = _seen(held, self._marks.done.get(item.id))
        if said is None:
            return
        before, meanings = dict(said.rules), _meanings(said)
        moved = [key for key in keys if self.bases.meaning(key) not in meanings]
        if moved:
            program = self._evaluation.program
            found = {key: self._versions.moved(key, before.get(key, ""), program, since) for key in moved}
            day = f" than on {since.date()}" if since is not None else ""
            told = [
                f"{'/'.join(key)} {f'means something else{day}' if key in before else 'asks for it now'} ({one.says})"
                for key, one in found.items()
            ]
            causes = [
                cause
                for key, one in found.items()
                for cause in one.causes or (_of_rule(program.rules[key], before.get(key, ""), self.bases.meaning(key)),)
            ]
            first = min((one.since for one in found.values() if one.since is not None), default=None)
            yield replace(
                item,
                says="; ".join(told),
                since=first,
                due=self._owners.due(first, self._evaluation.graph.number(item.element), keys),
                moved=tuple(causes[:MOST]),
                further=max(0, len(causes) - MOST),
            )

    def _is_still(self, held: Held) -> bool:
        """Whether nothing can have moved: no basis is recorded, and nothing that its rules read has changed since."""
        is_compared = held.basis and not _other_form(held.basis)
        if is_compared or item_id("basis", held.name, self._element(held)) in self._marks.done:
            return False
        then = self.then(held.since)
        if then is None:
            return True
        return not any(self.can_have_moved(then[0], held, number, number) for number in held.elements)

    def can_have_moved(self, compared: Comparison, held: Held, number: int, there: int) -> bool:
        """Whether something that the rules which ask for it read can have changed; ``there`` is the number of the
        element in the later graph. What a rule about another kind reads from it is not known before it is read."""
        kind, rules = self._kind(number), self._evaluation.program.rules
        return any(rules[key].kind != kind or compared.concerns(key, there) for key in self.rules(held))

    def is_about(self, item: DueItem, held: Held) -> bool:
        """Whether an item is about something on record."""
        return item.about == held.name and item.element == self._element(held)

    def done(self, held: Held) -> tuple[datetime, Acknowledgement] | None:
        """Who looked at it last and said that nothing follows, since it was recorded; and when."""
        found = []
        for cause in ("basis", "rule", "monitor", "expiry"):
            subject = item_id(cause, held.name, "" if cause == "expiry" else self._element(held))
            done, said = self._marks.done.get(subject), self._marks.states.get(subject)
            if done is None or said is None or said.state != "done":
                continue
            if held.since is None or done.moment > held.since:
                found.append((done.moment, said))
        return max(found, key=lambda pair: pair[0], default=None)

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
        kept = list(held)
        other = Counter(form for one in kept if (form := _other_form(one.basis)))
        for form, count in sorted(other.items()):
            yield (
                f"of {count:,} the basis is recorded as {form}, which this version of Lexline does not compare: whether"
                " facts moved is told by the date, and whether rules did is not known"
            )
        dated = [one for one in kept if not one.basis or _other_form(one.basis)]
        if self._past is None or not self._past.states:
            if dated:
                yield (
                    f"of {len(dated):,} no basis is recorded that can be compared, and there is no store to say what"
                    " changed since: only dates can make them due"
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
        found: list[_Found] = []
        for (key, number), one in sorted(latest.items(), key=lambda pair: str(pair[1].since)):
            element, about = self._evaluation.graph.ids[number], "/".join(key)
            subject = item_id("when", about, element)
            then = self.then(_seen(one, self._marks.done.get(subject))[1])
            named, dating = ([], []) if then is None else self._named(naming[key], number, then[0])
            if named:
                item = DueItem(
                    id=subject,
                    cause="when",
                    element=element,
                    about=about,
                    rules=(about,),
                    says=f"what it names has changed since {one.name} of {one.on}",
                    since=None,
                    due=None,
                    owner=self._owners.owner(number, [key], one.person),
                    settle=settle("assessment", one.word),
                )
                found.append(_Found(item, [key], then, [(number, named)], dating))
        yield from self._told(found)

    def _named(self, rule: Rule, number: int, then: Comparison) -> tuple[list[Change], list[Change]]:
        """The changes of what a rule names for an element; and those, and the edges by which an element came or went,
        since when it is so."""
        named: list[Change] = []
        edges: list[Change] = []
        for clause in rule.reassess_when:
            if then.names(clause, number):
                sides = then.sides(number, _reading(clause, rule), whole=then.leads_elsewhere)
                found = changes(*sides, then.now.graph)
                named += [change for change in found if self._is_named(change[1], clause, sides)]
                edges += [change for change in found if change[1].sort == "edge"]
        came = any(cause.sort == "element" for _, cause in named)
        return named, [*named, *edges] if came else named

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

    def _told(self, found: Sequence[_Found]) -> Iterator[DueItem]:
        """The items with the nearest changes, the way to each, and the day since when, as far as the past is known."""
        states: defaultdict[int, list[_Found]] = defaultdict(list)
        for one in found:
            states[-1 if one.then is None else one.then[1].number].append(one)
        days = self._days(found)
        now = self._evaluation.graph
        for together in states.values():
            then = together[0].then
            graphs = now, now if then is None else then[0].bases.graph
            asked = [(now.ids[number], changed) for one in together for number, changed in one.changes]
            told = iter(nearest(asked, graphs, MOST))
            for one in together:
                moved = [cause for _ in one.changes for cause in next(told)][:MOST]
                count = sum(len(changed) for _, changed in one.changes)
                since = (
                    min((days[one.then[1].number, change.change] for _, change in one.dating), default=None)
                    if one.then
                    else None
                )
                alone = self._evaluation.graph.number(one.item.element)
                yield replace(
                    one.item,
                    since=since,
                    due=self._owners.due(since, alone, one.keys),
                    moved=tuple(moved),
                    further=count - len(moved),
                )

    def reading(self, held: Held, number: int) -> Reading:
        """What the rules that ask for something on record read from an element."""
        kind = self._evaluation.graph.kind(number)
        if held.kind == "waiver":
            rules = self._evaluation.program.rules
            return Reading().joined(*(self.bases.reading(key) for key in held.rules if rules[key].kind == kind))
        return Reading().joined(*(one for _, one in self.bases.asking(kind, held.kind, held.word)))

    def _days(self, found: Iterable[_Found]) -> dict[tuple[int, tuple[str, ...]], date]:
        """For each change after a state the day of the first state in which it is so."""
        today = self._evaluation.clock.today
        asked = {(one.then[1].number, cause.change): one.then for one in found if one.then for _, cause in one.dating}
        if self._past is None:
            return {}
        questions = [
            (then[1], partial(_differs, change, stands(then[0].bases.graph, change)))
            for (_, change), then in asked.items()
        ]
        firsts = self._past.firsts(questions, self._past.day(today))
        return {
            place: today if state is None else state.moment.astimezone(UTC).date()
            for place, state in zip(asked, firsts, strict=True)
        }

    def _compare(self, state: State, day: date) -> Comparison:
        if self._past is None:
            raise TypeError("there is no past")
        graph: Graph = self._past.graph(state.number, day)
        return Comparison(self.bases.over(graph), self.bases)

    def _element(self, held: Held) -> str:
        return self._evaluation.graph.ids[held.elements[0]] if len(held.elements) == 1 else ""

    def _number(self, bases: Bases, number: int) -> int | None:
        graph = self._evaluation.graph
        return number if bases is self.bases else bases.graph.number(graph.ids[number])

    def _kind(self, number: int) -> str:
        return self._evaluation.graph.kind(number)

    def _item(self, cause: Literal["basis", "rule"], held: Held, rules: list[Key]) -> DueItem:
        alone = held.elements[0] if len(held.elements) == 1 else None
        element = self._element(held)
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
        )


def _differs(change: tuple[str, ...], was: str, graph: Graph) -> bool:
    return stands(graph, change) != was


def rules_asking(bases: Bases, held: Held, elements: Iterable[int]) -> list[Key]:
    """The rules that ask for something on record of elements of the graph of ``bases``."""
    if held.kind == "waiver":
        return sorted(key for key in held.rules if key in bases.rules)
    kinds = {bases.graph.kind(number) for number in elements}
    return sorted({key for kind in kinds for key, _ in bases.asking(kind, held.kind, held.word)})


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
    return recorded_basis(held.basis), held.since


def _other_form(basis: str) -> str:
    """The form of a recorded basis that can't be compared with one of now; empty where it can be, or none is."""
    return "" if recorded_basis(basis) is not None else basis.partition(":")[0][:40]


def _meanings(basis: Basis) -> set[str]:
    return {digest for _, digest in basis.rules}


def _of_rule(rule: Rule, was: str, means: str) -> Cause:
    """A rule as a whole, of which nobody knows which clause is another one."""
    digits = slice(len("sha256:"), len("sha256:") + 12)
    before = f"meaning {was[digits]}" if was else "did not ask for it"
    return Cause(
        "rule", "/".join(rule.key), before, f"meaning {means[digits]}" if was else "asks for it", place_of(rule)
    )


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
