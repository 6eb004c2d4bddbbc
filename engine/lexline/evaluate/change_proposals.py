"""What could be supposed otherwise: for each fact that an explanation names, the values that the rule calls for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields, is_dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import zip_longest

from lexline.evaluate.dates import add_duration
from lexline.evaluate.explanation import AbsentMember, Node, ReadEdge, Weight, walk_nodes
from lexline.evaluate.phase import value_in_force
from lexline.evaluate.verdict import Clock, ReadFact
from lexline.lang import typed
from lexline_lineage.graph import Graph
from lexline_lineage.values import Duration, Sort, Value, ValueType
from lexline_lineage.vocabulary import LINEAGE_COMPLETE

__all__ = ["Proposals", "Supposed"]

_MAX_VALUES = 24
"""how many values are tried for one fact"""
_MAX_EDGES = 12
"""how many edges a set may rest on so that each is tried"""


@dataclass(frozen=True, slots=True)
class Supposed:
    """One thing supposed: a value of ``attribute`` of ``element`` (None: missing); or the state of ``edges`` (see
    ``Changes``), with a new element where there is a ``kind``. ``rests_on``: an element that has to be
    supposed, too.
    """

    element: str
    attribute: str = ""
    value: Value | None = None
    edges: Mapping[tuple[str, str, str], bool | None] = field(default_factory=dict)
    kind: str = ""
    rests_on: str = ""

    @property
    def place(self) -> tuple[object, ...]:
        """What it is about; of one place only one thing can be supposed."""
        return (self.element, self.attribute, self.kind, *self.edges)


class Proposals:
    """What the facts of a rule's explanation could be instead, the likeliest first."""

    def __init__(self, program: typed.Program, clock: Clock, rule: typed.Key) -> None:
        self._clock = clock
        self._timezone = program.timezone(rule[0])
        self._constants: dict[Sort, list[Value]] = {}
        self._absences: set[tuple[str, str]] = set()
        self.calls_checks = False
        """whether the rule, or a term or rule that it uses, calls a check"""
        for part in _all_parts(program, program.rules[rule]):
            match part:
                case typed.LiteralValue():
                    self._add(part.type, part.value)
                case typed.ParameterValue():
                    dated = value_in_force(program.parameters[part.parameter], clock, self._timezone)
                    if dated is not None:
                        self._add(part.type, dated.value)
                case typed.Known(value=value):
                    self._absences.add((value.kind, value.attribute))
                case typed.CheckValue():
                    self.calls_checks = True

    def of(self, graph: Graph, clauses: Sequence[Node]) -> Iterator[Supposed]:
        """All that could be supposed otherwise of what bears on the clauses: what is missing, where something is."""
        nodes = [node for node in walk_nodes(clauses) if node.weight is not Weight.ASIDE]
        heavy = [node for node in nodes if node.weight is Weight.BEARS]
        facts = _facts(graph, heavy + [node for node in nodes if node.role == "except"])
        gaps = {(gap.element, gap.attribute) for node in heavy for gap in node.missing}
        gapped = [(f, t) for f, t in facts if (f.element, f.attribute) in gaps or _closes(f, gaps)]
        # The likeliest value of each fact goes first, then the next of each.
        columns = [[(fact, value) for value in self._values(fact, type_, facts)] for fact, type_ in gapped or facts]
        for row in zip_longest(*columns):
            for fact, value in (cell for cell in row if cell is not None):
                new = fact.element if fact.element in graph.appended else ""
                yield Supposed(fact.element, fact.attribute, value, rests_on=new)
        known_later = bool(gapped) and any(columns)
        yield from _edges(graph, nodes, only_doubtful=known_later)
        for node in heavy if not known_later else ():
            for absent in node.absent:
                yield _added(graph, absent)

    def _add(self, type: ValueType, value: Value) -> None:  # noqa: A002  # the word of the domain
        if isinstance(value, tuple) and type.item is not None:
            for part in value:
                self._add(type.item, part)
        else:
            self._constants.setdefault(type.sort, []).append(value)

    def _values(
        self,
        fact: ReadFact,
        type: ValueType,  # noqa: A002  # the word of the domain
        facts: Sequence[tuple[ReadFact, ValueType]],
    ) -> Iterator[Value | None]:
        beside = [f.value for f, t in facts if t.sort is type.sort and f is not fact and f.value is not None]
        tried: list[Value | None] = [fact.value]
        if (fact.kind, fact.attribute) in self._absences and fact.value is not None:
            yield None
        for value in self._instead(type, fact.value, beside):
            if len(tried) > _MAX_VALUES:
                break
            if value not in tried:
                tried.append(value)
                yield value

    def _instead(self, type: ValueType, now: Value | None, beside: list[Value]) -> Iterator[Value]:  # noqa: A002
        constants = self._constants.get(type.sort, [])
        match type.sort:
            case Sort.BOOLEAN:
                yield from (True, False)
            case Sort.ENUMERATION:
                yield from (symbol for symbol in constants if symbol in type.symbols)
                yield from type.symbols
            case Sort.NUMBER | Sort.PERCENTAGE:
                yield from _numbers([*constants, *beside, 0.0, 1.0], is_share=type.sort is Sort.PERCENTAGE)
            case Sort.DATE | Sort.MOMENT:
                durations = [d for d in self._constants.get(Sort.DURATION, []) if isinstance(d, Duration)]
                if type.sort is Sort.DATE:
                    yield from _times([self._clock.today_in(self._timezone), *constants, *beside], durations)
                else:
                    noons = [_noon(day) for day in self._constants.get(Sort.DATE, [])]
                    yield from _times([self._clock.now_in(self._timezone), *constants, *beside, *noons], durations)
            case Sort.TEXT:
                # Any text first: where one will do, a text that stands elsewhere would say more than is meant.
                yield from ("some text" if now is None else "some other text", *constants, *beside)
            case Sort.DURATION:
                yield from (*constants, *beside, Duration())
            case Sort.LIST if type.item is not None:
                before = now if isinstance(now, tuple) else ()
                parts = [p for p in self._constants.get(type.item.sort, []) if p not in before]
                yield from ((*before, *parts[:count]) for count in range(1, len(parts) + 1))
                yield ()
            case _:
                return


def _closes(fact: ReadFact, gaps: set[tuple[str, str]]) -> bool:
    """Whether a fact says that what isn't recorded isn't there, and helps."""
    return fact.attribute == LINEAGE_COMPLETE and fact.value is not True and (fact.element, "inputs") in gaps


def _facts(graph: Graph, nodes: Iterable[Node]) -> list[tuple[ReadFact, ValueType]]:
    """The attributes of elements that were read, each once, with their types."""
    found: dict[tuple[str, str], tuple[ReadFact, ValueType]] = {}
    for node in nodes:
        read = {(gap.element, gap.attribute): gap.kind for gap in node.missing}
        facts = [*node.facts]
        for (element, attribute), kind in read.items():
            if attribute == "inputs":
                facts.append(ReadFact(element, kind, LINEAGE_COMPLETE, None, None))
        for fact in facts:
            declared = graph.vocabulary.kinds.get(fact.kind)
            attribute_of = declared.attributes.get(fact.attribute) if declared is not None else None
            if attribute_of is not None:
                found.setdefault((fact.element, fact.attribute), (fact, attribute_of.type))
    return list(found.values())


def _edges(graph: Graph, nodes: Sequence[Node], *, only_doubtful: bool) -> Iterator[Supposed]:
    """Each possible edge that matters taken away or made sure, each edge to a witness or of a small set taken away."""
    doubtful = {(gap.element, gap.attribute) for node in nodes for gap in node.missing}
    seen: set[tuple[str, str, str]] = set()
    for node in nodes:
        for edge in node.edges:
            place = (edge.origin, edge.relation, edge.target)
            if place in seen or edge.origin in graph.appended or edge.target in graph.appended:
                continue
            if edge.possible and (edge.origin, edge.relation) in doubtful:
                seen.add(place)
                yield _edge(edge, None)
                yield _edge(edge, False)
            elif (
                not only_doubtful
                and node.weight is Weight.BEARS
                and (node.role == "member" or len(node.edges) <= _MAX_EDGES)
            ):
                seen.add(place)
                yield _edge(edge, None)


def _edge(edge: ReadEdge, after: bool | None) -> Supposed:
    return Supposed("", edges={(edge.origin, edge.relation, edge.target): after})


def _added(graph: Graph, absent: AbsentMember) -> Supposed:
    """A new element where a set lacks one."""
    count = 1
    while graph.number(name := f"new-{absent.kind}" + (f"-{count}" if count > 1 else "")) is not None:
        count += 1
    origin, target = (absent.element, name) if absent.forward else (name, absent.element)
    new = absent.element if absent.element in graph.appended else ""
    return Supposed(name, edges={(origin, absent.relation, target): False}, kind=absent.kind, rests_on=new)


def _numbers(around: Iterable[Value], *, is_share: bool) -> Iterator[Value]:
    """The numbers of a rule and those next to them."""
    step = 0.01 if is_share else 1.0
    for number in around:
        if isinstance(number, float | int) and not isinstance(number, bool):
            for value in (float(number), number + step, number - step):
                if not is_share or 0 <= value <= 1:
                    yield round(value, 12) if is_share else value


def _noon(day: Value) -> datetime:
    assert isinstance(day, date)  # noqa: S101  # a constant of this sort
    return datetime.combine(day, time(12), UTC)


def _times(around: Iterable[Value], durations: Sequence[Duration]) -> Iterator[Value]:
    """The dates of a rule, those that its durations lead to from them, and the days next to them."""
    bases = [value for value in around if isinstance(value, date)]
    yield from bases
    moved = [
        value
        for base in bases
        for duration in durations
        for sign in (1, -1)
        if (value := add_duration(base, duration, "UTC", sign)) is not None
    ]
    yield from moved
    for value in (*bases, *moved):
        for days in (1, -1):
            try:
                yield value + timedelta(days=days)
            except OverflowError:
                continue


def _all_parts(program: typed.Program, rule: typed.Rule) -> Iterator[object]:
    """Every part of a rule's conditions, with those of the terms and rules that it uses, each once."""
    stack: list[object] = [_conditions(rule)]
    seen: set[object] = {rule.key}
    while stack:
        part = stack.pop()
        if isinstance(part, tuple):
            stack.extend(reversed(part))
            continue
        if not is_dataclass(part):
            continue
        yield part
        if isinstance(part, typed.TermHolds) and part.term not in seen:
            seen.add(part.term)
            stack.append(program.terms[part.term].condition)
        elif isinstance(part, typed.PassesRule) and part.rule not in seen:
            seen.add(part.rule)
            stack.append(_conditions(program.rules[part.rule]))
        stack.extend(getattr(part, name.name) for name in fields(part) if name.name not in ("span", "type"))


def _conditions(rule: typed.Rule) -> tuple[object, ...]:
    return (rule.requirements, rule.condition, tuple(exception.condition for exception in rule.exceptions))
