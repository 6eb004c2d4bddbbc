"""A smallest set of facts that would change a verdict: what a person could record, correct or do.

The search supposes facts that the explanation names, with values that the rule's comparisons call for, and goes on from
what comes closest; then it takes away what wasn't needed. It is bounded: where it finds nothing, there may still be
something.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from heapq import heappop, heappush
from itertools import combinations

from lexline.evaluate.calls import NoChecks
from lexline.evaluate.change_proposals import Proposals, Supposed
from lexline.evaluate.explain import explain_rule
from lexline.evaluate.explanation import Node, Weight, walk_nodes
from lexline.evaluate.interpret_expressions import Evaluator
from lexline.evaluate.verdict import Clock, Verdict, decide_verdict
from lexline.lang.typed import Key, Program
from lexline_lineage.graph import Graph
from lexline_lineage.overlay import Changes
from lexline_lineage.values import Value, ValueType

__all__ = ["Change", "ChangedEdge", "ChangedFact", "NewElement", "find_change"]

_MAX_TRIES, _MIN_TRIES = 250, 40
"""supposed graphs for each verdict that is aimed at: the fewer, the longer each takes"""
_MAX_EFFORT = 60_000
"""elements walked to and parts explained, over all supposed graphs"""
_MAX_SIZE = 12
_ALL_PARTS_TRIED = 8
"""Up to this many supposed facts, every part of them is tried."""


@dataclass(frozen=True, slots=True)
class ChangedFact:
    """An attribute that would be ``after`` where it is ``before``; None: missing."""

    element: str
    attribute: str
    before: Value | None
    after: Value | None
    type: ValueType


@dataclass(frozen=True, slots=True)
class ChangedEdge:
    """An edge that would be ``after`` where it is ``before``: ``sure``, ``possible`` or ``none``."""

    origin: str
    relation: str
    target: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class NewElement:
    """An element that isn't there; its attributes are among the facts, its edges among the edges."""

    element: str
    kind: str


@dataclass(frozen=True, slots=True)
class Change:
    """Supposing all of it gives ``verdict``, and supposing only a part of it doesn't."""

    verdict: Verdict
    facts: tuple[ChangedFact, ...]
    edges: tuple[ChangedEdge, ...] = ()
    elements: tuple[NewElement, ...] = ()


@dataclass(frozen=True, slots=True)
class _Aim:
    """Verdicts to come to, and the clauses whose facts may be supposed otherwise."""

    verdicts: tuple[Verdict, ...]
    roles: tuple[str, ...]


_AIMS = {
    Verdict.FAIL: (
        _Aim((Verdict.PASS,), ("require",)),
        _Aim((Verdict.EXEMPT, Verdict.NOT_APPLICABLE), ("except", "for")),
    ),
    Verdict.UNKNOWN: (
        _Aim((Verdict.PASS,), ("require",)),
        _Aim((Verdict.EXEMPT, Verdict.NOT_APPLICABLE), ("except", "for")),
        _Aim((Verdict.FAIL,), ("require", "for")),
    ),
    Verdict.PASS: (_Aim((Verdict.FAIL,), ("require", "for")),),
    Verdict.EXEMPT: (_Aim((Verdict.PASS, Verdict.FAIL, Verdict.UNKNOWN), ("except",)),),
    Verdict.NOT_APPLICABLE: (_Aim((Verdict.PASS, Verdict.FAIL, Verdict.EXEMPT, Verdict.UNKNOWN), ("for",)),),
}


def find_change(program: Program, graph: Graph, clock: Clock, rule: Key, number: int) -> Change | None:
    """A smallest set of facts under which the verdict on an element would be another: for a breach or an unknown, one
    that is settled and no breach, if there is one. None where the bounded search finds none, and for rules that call
    checks, since those don't answer for supposed facts."""
    proposals = Proposals(program, clock, rule)
    if proposals.calls_checks:
        return None
    search = _Search(program, graph, clock, rule, number, proposals)
    verdict = search.verdict(())
    for aim in _AIMS.get(verdict, ()):
        found = search.towards(aim)
        if found is not None:
            return search.described(found)
    return None


_Candidate = tuple[tuple[int, int], int, int, tuple[Supposed, ...], Iterator[Supposed]]
"""How far it is from the aim, its size, the number of its try, what is supposed, and what to suppose further."""


class _Search:
    """Supposes facts about one element's surroundings and looks what a rule says then."""

    def __init__(
        self, program: Program, graph: Graph, clock: Clock, rule: Key, number: int, proposals: Proposals
    ) -> None:
        self._program = program
        self._graph = graph
        self._clock = clock
        self._rule = rule
        self._element = graph.ids[number]
        self._proposals = proposals
        self._tries = 0
        self._limit = _MAX_TRIES

    def verdict(self, supposed: Sequence[Supposed]) -> Verdict:
        """The verdict where all of ``supposed`` holds."""
        return self._decide(self._evaluator(supposed))[0]

    def towards(self, aim: _Aim) -> tuple[Supposed, ...] | None:
        """A minimal set that leads to one of the verdicts aimed at."""
        self._tries = 0
        nodes, standing = self._look((), aim)
        walking = self._evaluator(())
        self._decide(walking)
        effort = 1 + walking.walked + sum(1 for _ in walk_nodes(nodes))
        self._limit = min(_MAX_TRIES, max(_MIN_TRIES, _MAX_EFFORT // effort))
        # What comes closest goes on first, the smaller and the earlier found before others.
        ahead: list[_Candidate] = [(standing, 0, 0, (), self._proposed((), aim))]
        met: set[frozenset[tuple[object, ...]]] = set()
        while ahead and self._tries < self._limit:
            standing, size, tried, supposed, proposals = heappop(ahead)
            for proposal in proposals if size < _MAX_SIZE else ():
                further = (*(s for s in supposed if s.place != proposal.place), proposal)
                key = frozenset((*s.place, str(s.value), *s.edges.values()) for s in further)
                if key in met:
                    continue
                met.add(key)
                stands = self._look(further, aim)[1]
                if stands[0] == 0:
                    return self._least(further, aim)
                heappush(ahead, (stands, len(further), self._tries, further, self._proposed(further, aim)))
                # One thing alone may do: all of them are tried before two are. After that, what is closer goes on.
                if self._tries >= self._limit or (supposed and stands < standing):
                    heappush(ahead, (standing, size, tried, supposed, proposals))
                    break
        return None

    def _proposed(self, supposed: tuple[Supposed, ...], aim: _Aim) -> Iterator[Supposed]:
        """What to suppose next; looked for only when asked."""
        evaluator = self._evaluator(supposed)
        nodes = explain_rule(evaluator, self._rule, self._decide(evaluator)[1], in_full=True, listed=None)
        yield from self._proposals.of(evaluator.graph, [node for node in nodes if node.role in aim.roles])

    def _look(self, supposed: tuple[Supposed, ...], aim: _Aim) -> tuple[tuple[Node, ...], tuple[int, int]]:
        """The explanation, and how far the verdict is from the aim: by its kind, then by how much bears on it."""
        self._tries += 1
        evaluator = self._evaluator(supposed)
        verdict, number = self._decide(evaluator)
        if verdict in aim.verdicts:
            return (), (0, 0)
        nodes = explain_rule(evaluator, self._rule, number, in_full=False, listed=None)
        asked = [node for node in nodes if node.role in aim.roles]
        heavy = [node for node in walk_nodes(asked) if node.weight is Weight.BEARS]
        if verdict in (Verdict.UNKNOWN, Verdict.ERROR):
            return nodes, (1, len({gap for node in heavy for gap in node.missing}))
        return nodes, (2, sum(bool(node.facts) for node in heavy))

    def _least(self, supposed: tuple[Supposed, ...], aim: _Aim) -> tuple[Supposed, ...]:
        """The same without what isn't needed."""
        if len(supposed) <= _ALL_PARTS_TRIED:
            for size in range(1, len(supposed)):
                for part in combinations(supposed, size):
                    if _is_whole(part) and self.verdict(part) in aim.verdicts:
                        return part
            return supposed
        for one in supposed:
            rest = tuple(s for s in supposed if s != one)
            if _is_whole(rest) and self.verdict(rest) in aim.verdicts:
                return self._least(rest, aim)
        return supposed

    def described(self, supposed: tuple[Supposed, ...]) -> Change:
        """The change for a reader."""
        new = {s.element: s.kind for s in supposed if s.kind}
        kinds = self._graph.vocabulary.kinds
        facts = []
        for s in supposed:
            if s.attribute:
                number = None if s.element in new else self._graph.number(s.element)
                before = None if number is None else self._graph.value(number, s.attribute)
                kind = new[s.element] if number is None else self._graph.kind(number)
                type_ = kinds[kind].attributes[s.attribute].type
                facts.append(ChangedFact(s.element, s.attribute, before, s.value, type_))
        edges = tuple(
            ChangedEdge(*edge, before=self._state(edge), after=_STATES[after])
            for s in supposed
            for edge, after in s.edges.items()
        )
        elements = tuple(NewElement(s.element, s.kind) for s in supposed if s.kind)
        return Change(self.verdict(supposed), tuple(facts), edges, elements)

    def _state(self, edge: tuple[str, str, str]) -> str:
        origin, target = self._graph.number(edge[0]), self._graph.number(edge[2])
        if origin is None or target is None:
            return _STATES[None]
        adjacency = self._graph.along[edge[1]]
        position = adjacency.position(origin, target)
        return _STATES[None if position is None else bool(adjacency.possible[position])]

    def _evaluator(self, supposed: Sequence[Supposed]) -> Evaluator:
        graph = self._graph.with_changes(_as_changes(self._graph, supposed)) if supposed else self._graph
        return Evaluator(self._program, graph, self._clock, NoChecks())

    def _decide(self, evaluator: Evaluator) -> tuple[Verdict, int]:
        number = evaluator.graph.number(self._element)
        if number is None:
            raise LookupError(f"{self._element} is gone")
        judged = evaluator.judge(self._rule, number)
        return decide_verdict(judged.applies, judged.excepted, judged.required)[0], number


_STATES = {None: "none", False: "sure", True: "possible"}


def _is_whole(part: Sequence[Supposed]) -> bool:
    """False where something is supposed of an element that would have to be supposed first."""
    new = {s.element for s in part if s.kind}
    return all(not s.rests_on or s.rests_on in new for s in part)


def _as_changes(graph: Graph, supposed: Sequence[Supposed]) -> Changes:
    kinds: dict[str, str | None] = {}
    for s in supposed:
        number = graph.number(s.element)
        if s.kind:
            kinds[s.element] = s.kind
        elif s.attribute and number is not None and number in graph.stubs:
            kinds[s.element] = graph.kind(number)
    return Changes(
        kinds=kinds,
        values={(s.element, s.attribute): s.value for s in supposed if s.attribute},
        edges={edge: after for s in supposed for edge, after in s.edges.items()},
    )
