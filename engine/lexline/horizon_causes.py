"""Why a verdict changes on a date: a rule comes into force, a parameter takes another value, a waiver ends, facts begin
or end, or a part of the rule compares something with the date."""

from __future__ import annotations

from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from lexline.decision import Evaluation
from lexline.evaluate.explanation import Node
from lexline.evaluate.interpret import Interpreter
from lexline.evaluate.phase import value_in_force
from lexline.evaluate.verdict import ReadFact
from lexline.impact_causes import Cause, ToldFlip, own_terms, tell_flips
from lexline.impacts import Flip, Impact, RuleChanges
from lexline.lang.typed import Key, Rule
from lexline.ledger.waivers import Waiver
from lexline.plan import nodes as plan
from lexline.plan.plans import Plan
from lexline.plan.uses import all_read
from lexline_lineage.difference import difference
from lexline_lineage.values import format_value

__all__ = ["tell_turns"]

_DAY = timedelta(days=1)


def tell_turns(
    of: Plan, eve: Evaluation, day: Evaluation, flips: Sequence[Flip], looked_up: Container[int]
) -> list[ToldFlip]:
    """The flips from ``eve`` to ``day`` with owner, severity, deadline and plain causes; of those whose places are
    ``looked_up`` also which clauses and facts did it."""
    teller = _Teller(of, eve, day)
    in_full = teller.in_full([flip for place, flip in enumerate(flips) if place in looked_up])
    return [next(in_full) if place in looked_up else teller.plainly(flip) for place, flip in enumerate(flips)]


@dataclass(frozen=True, slots=True)
class _Place:
    """A part of a rule in an explanation: where it stands, and for which members."""

    span: tuple[int, int]
    member: str
    within: _Place | None

    def around(self) -> Iterator[_Place]:
        """All that it stands in."""
        place = self.within
        while place is not None:
            yield place
            place = place.within


class _Teller:
    def __init__(self, of: Plan, eve: Evaluation, day: Evaluation) -> None:
        self._plan = of
        self._sides = (eve, day)
        self._parameters: dict[Key, tuple[Key, ...]] = {}
        self._waivers = [side.waived() for side in self._sides]
        self._interpreters = [Interpreter(side.program, side.graph, side.clock, side.checks) for side in self._sides]

    def in_full(self, flips: Sequence[Flip]) -> Iterator[ToldFlip]:
        """Flips with all that is known of them."""
        if not flips:
            return
        eve, day = self._sides
        changed = difference(eve.graph, day.graph)
        told = tell_flips(Impact(eve, day.over(changed.later), RuleChanges(), changed, (), 0), flips)
        for one in told:
            facts = [cause for cause in one.causes if cause.sort not in ("date", "waiver")]
            plain = list(self._plain(one.flip))
            clauses = list(self._clauses(one.flip)) if not facts else []
            yield replace(one, causes=(*plain, *facts, *clauses))

    def plainly(self, flip: Flip) -> ToldFlip:
        """A flip with what needs no second look."""
        day, rule = self._sides[1], self._sides[1].program.rules[flip.rule]
        owner, deadline, due = own_terms(day, self._interpreters[1], rule, flip.element)
        return ToldFlip(flip, owner, rule.severity, deadline, tuple(self._plain(flip)), due)

    # ---- plain causes ----------------------------------------------------------------------------------------------

    def _plain(self, flip: Flip) -> Iterator[Cause]:
        program, before, after = self._sides[1].program, flip.before, flip.after
        rule = program.rules[flip.rule]
        if before is not None and after is not None and before.phase is not after.phase:
            name, place = self._line(rule)
            yield Cause("force", name, before.phase.value, after.phase.value, place)
        yield from self._of_waivers(flip)
        for key in self._read(flip.rule):
            before_value, value = (self._value(side, key) for side in self._sides)
            if before_value != value:
                yield Cause("parameter", "/".join(key), before_value, value)

    def _line(self, rule: Rule) -> tuple[str, str]:
        """What a rule's force is called, by the line that begins or ends on this date."""
        today = self._sides[1].clock.today
        for line in rule.force:
            if line.since == today or (line.until is not None and line.until + _DAY == today):
                by = f", by {line.by}" if line.by else ""
                return f"rule {rule.key[1]}{by}", f"{line.span.source.name}:{line.span.line}"
        return f"rule {rule.key[1]}", ""

    def _of_waivers(self, flip: Flip) -> Iterator[Cause]:
        for waiver in self._sides[1].waivers:
            said = [self._covers(at, waiver, flip) for at in (0, 1)]
            if said[0] != said[1]:
                ends = "taken back" if waiver.is_withdrawn(self._sides[1].clock.today) else "not in force"
                was, now = (f"in force until {waiver.terms.until}" if covers else ends for covers in said)
                yield Cause("waiver", f"waiver {waiver.name} ({waiver.terms.reason})", was, now)

    def _covers(self, at: int, waiver: Waiver, flip: Flip) -> bool:
        side = self._sides[at]
        number = side.graph.number(flip.element)
        if number is None or not waiver.names(flip.rule) or not waiver.is_in_force(side.clock.today):
            return False
        return number in self._waivers[at].elements(waiver)

    def _read(self, rule: Key) -> tuple[Key, ...]:
        """The dated parameters that a rule reads."""
        if rule not in self._parameters:
            read = all_read(self._plan.reads, self._plan.conditions[rule])
            operations = [self._plan.nodes[number].operation for number in sorted(read)]
            self._parameters[rule] = tuple(dict.fromkeys(o.key for o in operations if isinstance(o, plan.Parameter)))
        return self._parameters[rule]

    def _value(self, side: Evaluation, key: Key) -> str:
        parameter = side.program.parameters[key]
        held = value_in_force(parameter, side.clock, side.program.timezone(key[0]))
        return "none" if held is None else format_value(held.value, parameter.type)

    # ---- clauses ---------------------------------------------------------------------------------------------------

    def _clauses(self, flip: Flip) -> Iterator[Cause]:
        """The smallest parts that came to something else, with the facts that they read."""
        found: list[dict[_Place, Node]] = []
        for side, interpreter in zip(self._sides, self._interpreters, strict=True):
            number = side.graph.number(flip.element)
            nodes = () if number is None else interpreter.explain(flip.rule, number).nodes
            found.append(dict(_places(nodes, None)))
        eve, day = found
        other = {place for place, node in day.items() if place in eve and eve[place].truth is not node.truth}
        above = {outer for place in other for outer in place.around()}
        said = set()
        for place, node in day.items():
            if place in other and place not in above:
                facts = ", ".join(dict.fromkeys(map(_fact, _facts(node))))
                clause = f"`{node.text}`" + (f" ({facts})" if facts else "")
                words = (clause, _word(eve[place]), _word(node))
                if words not in said:
                    said.add(words)
                    yield Cause("clause", *words, place=f"{node.span.source.name}:{node.span.line}")


def _places(nodes: Sequence[Node], within: _Place | None) -> Iterator[tuple[_Place, Node]]:
    for node in nodes:
        place = _Place((node.span.start, node.span.end), node.witness.element if node.witness else "", within)
        if node.truth is not None:
            yield place, node
        yield from _places(node.children, place if node.truth is not None or node.witness else within)


def _facts(node: Node) -> Iterator[ReadFact]:
    """The facts that a part and the values within it read."""
    yield from node.facts
    for child in node.children:
        if child.truth is None and child.witness is None:
            yield from _facts(child)


def _word(node: Node) -> str:
    return node.truth.value if node.truth is not None else ""


def _fact(fact: ReadFact) -> str:
    of = f"parameter {fact.attribute}" if fact.kind == "parameter" else f"{fact.attribute} of {fact.element}"
    return f"{of} = {fact.words}"
