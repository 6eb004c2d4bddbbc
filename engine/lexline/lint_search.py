"""The bounded search of ``lexline lint``: rules that never apply, that never fail, that say nothing new, that nobody
can pass together.

Guaranteed: what is found holds of every portfolio that was tried, the policies' own examples among them; a suspicion
that one of them contradicts is dropped, and so is one that portfolios can't be made to contradict by any likelihood.
Nothing is proved: a finding says how many portfolios were made to contradict it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import combinations, islice, permutations
from random import Random
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from lexline.evaluate.columns import VERDICTS, ColumnEvaluator
from lexline.evaluate.decisions import PHASES
from lexline.evaluate.explanation import Node, walk_nodes
from lexline.evaluate.interpret import Interpreter
from lexline.evaluate.verdict import Clock, Phase, Truth, Verdict
from lexline.examples import example_facts
from lexline.lang import typed
from lexline.lang.signatures import CheckSignature
from lexline.lang.typed import Expression, Key, LiteralValue, PassesRule, Program, Rule
from lexline.lint_draws import nodes_within
from lexline.lint_sketches import Goal, Sketch, Sketcher
from lexline.plan.footprint import footprints
from lexline.plan.planned import plan_of
from lexline_lineage.builder import build
from lexline_lineage.facts import EdgeFact, Fact
from lexline_lineage.graph import Graph
from lexline_lineage.problems import LineageError
from lexline_lineage.values import Sort, ValueType
from lexline_lineage.vocabulary import Vocabulary

__all__ = ["Found", "Suspicion", "search"]

Suspicion = Literal["never applies", "never fails", "is implied", "contradicts"]

Suspected = tuple[Suspicion, Key, Key | None]
"""Of a rule, and of another one beside it."""

SEED = 20261128
EACH = 30
"""How many portfolios are made for each rule, and of each sort, before anything is suspected."""
ROUNDS = (30, 120, 450, 1400)
"""How many portfolios are made to contradict a suspicion, round after round, as long as it stands."""
TOGETHER = 1200
"""How many portfolios are decided at once."""
SAMPLE = 150
"""How many portfolios say how likely a suspicion would have been contradicted, were it wrong."""
EXPECTED = 20
"""How many portfolios have to be expected to contradict a suspicion, were it wrong, so that none says something."""
WITNESSES = 6
"""Of how many portfolios that show a finding the smallest is given."""
DAYS = 6
"""On how many days portfolios are supposed, at most."""
_GRAVITY = ("low", "medium", "high", "critical")
_RESPONSES = ("record", "warn", "block")
_FAIL, _PASS = VERDICTS.index(Verdict.FAIL), VERDICTS.index(Verdict.PASS)
_OUT = np.array([phase in (Phase.EXPIRED, Phase.NOT_IN_FORCE, Phase.UPCOMING) for phase in PHASES])

_LEAVES = (
    typed.Compare,
    typed.Membership,
    typed.IncludesValue,
    typed.BetweenValues,
    typed.WithinPeriod,
    typed.Known,
    typed.PassesRule,
)
_WRITTEN = (typed.LiteralValue, typed.ParameterValue, typed.TodayValue)

Bools = NDArray[np.bool_]
Codes = NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Found:
    """What was found of a ``rule`` (and an ``other`` one), in spite of ``tried`` portfolios made to contradict it.
    ``witnesses`` show it: of an implied rule one in which both fail, of a contradiction one in which each is passed."""

    what: Suspicion
    rule: Key
    other: Key | None
    tried: int
    witnesses: tuple[Sketch, ...] = ()


@dataclass(slots=True)
class _Seen:
    """What was seen of all rules of one kind, in their order: a row and a column for each."""

    keys: list[Key]
    applied: Bools
    failed: Bools
    passed: Bools
    fails_without: Bools
    """[a, b]: a fails where b doesn't"""
    pass_together: Bools
    passes_beside: Bools
    """[a, b]: a is passed where b applies and fails"""

    @classmethod
    def nothing(cls, keys: list[Key]) -> _Seen:
        one, two = len(keys), (len(keys), len(keys))
        return cls(keys, *(np.zeros(one, np.bool_) for _ in range(3)), *(np.zeros(two, np.bool_) for _ in range(3)))

    def take_in(self, keys: list[Key], verdicts: Codes, applies: Bools, phases: Codes) -> None:
        """Verdicts of some of the rules, whether they surely apply, and phases, by rule and element."""
        rows = [self.keys.index(key) for key in keys]
        pairs = np.ix_(rows, rows)
        bites = ~_OUT[phases] & applies
        fails, passes = (verdicts == _FAIL) & bites, (verdicts == _PASS) & bites
        self.applied[rows] |= applies.any(axis=1)
        self.failed[rows] |= (verdicts == _FAIL).any(axis=1)
        self.passed[rows] |= ((verdicts == _PASS) & applies).any(axis=1)
        self.fails_without[pairs] |= _meet(fails, ~fails)
        self.pass_together[pairs] |= _meet(passes, passes)
        self.passes_beside[pairs] |= _meet(passes, fails)


def _keys_of(suspected: Iterable[Suspected]) -> list[Key]:
    return list(dict.fromkeys(key for _, *keys in suspected for key in keys if key is not None))


def _asked(key: Key) -> Key:
    return key[0], f"{key[1]}?"


def _asking(rule: Rule) -> Rule:
    """The rule that fails wherever another surely applies."""
    never = LiteralValue(rule.span, ValueType(Sort.BOOLEAN), False)
    return replace(rule, key=_asked(rule.key), exceptions=(), requirements=(never,))


def _stacked(evaluator: ColumnEvaluator, keys: list[Key]) -> tuple[Codes, Bools, Codes]:
    """Verdicts, whether a rule surely applies, and phases, by rule and element."""
    columns = [evaluator.rule(key) for key in keys]
    applies = np.stack([evaluator.rule(_asked(key)).verdicts == _FAIL for key in keys])
    return np.stack([c.verdicts for c in columns]), applies, np.stack([c.phases for c in columns])


def _meet(some: Bools, others: Bools) -> Bools:
    """For each two rows whether both hold of one element."""
    return np.asarray(some.astype(np.float32) @ others.astype(np.float32).T > 0)


def search(
    program: Program,
    vocabulary: Vocabulary,
    today: date,
    own: Collection[str],
    checks: Mapping[str, CheckSignature],
    now: Callable[[str], None] = lambda _: None,
) -> list[Found]:
    """What can be found of the rules of the policies ``own``, alone or beside any rule of the program. Rules that read
    documents, whole portfolios or checks are left out: sketches don't reach what they say."""
    return _Search(program, vocabulary, today, own, checks, now).found()


class _Search:
    def __init__(
        self,
        program: Program,
        vocabulary: Vocabulary,
        today: date,
        own: Collection[str],
        checks: Mapping[str, CheckSignature],
        now: Callable[[str], None],
    ) -> None:
        self._vocabulary, self._now, self._own = vocabulary, now, own
        read = footprints(plan_of(program), checks)
        kinds = {rule.kind for key, rule in program.rules.items() if key[0] in own}
        searched = [key for key, of in read.items() if not (of.paths or of.checks or of.kinds)]
        self._keys = [key for key in searched if program.rules[key].kind in kinds]
        self._program = replace(
            program, rules={**program.rules, **{_asked(k): _asking(program.rules[k]) for k in self._keys}}
        )
        cells = frozenset(cell for key in self._keys for cell in read[key].cells)
        self._sketcher = Sketcher(program, vocabulary, cells, SEED)
        self._random = Random(SEED)  # noqa: S311  # no secret
        self._days = _days(program, today)
        self._kinds: dict[str, list[Key]] = defaultdict(list)
        for key in self._keys:
            self._kinds[program.rules[key].kind].append(key)
        self._seen = {kind: _Seen.nothing(keys) for kind, keys in self._kinds.items()}

    def found(self) -> list[Found]:
        self._decide_examples()
        self._try(self._first_sketches(), "trying all rules", self._keys)
        tried, all_tried = 0, sum(ROUNDS)
        suspected = list(self._suspected())
        for each in ROUNDS:
            self._try(self._aimed(suspected, each), f"looking into {len(suspected)} suspicions", _keys_of(suspected))
            tried += each
            left = set(self._suspected())
            suspected = [suspicion for suspicion in suspected if suspicion in left]
            if tried >= SAMPLE:
                suspected = [one for one in suspected if self._is_within_reach(*one, all_tried)]
        return list(self._shown(suspected, all_tried))

    # ---- what is tried ---------------------------------------------------------------------------------------------

    def _decide_examples(self) -> None:
        by_day: dict[tuple[date, date | None], list[Fact]] = defaultdict(list)
        for number, example in enumerate(self._program.examples):
            facts = example_facts(example)
            day = example.on or self._days[0]
            by_day[day, example.known_on] += (_renamed(fact, number) for fact in facts)
        for (day, known_on), facts_of_day in by_day.items():
            try:
                graph = build(self._vocabulary, facts_of_day, day).graph
            except LineageError:
                continue  # `lexline test` says so
            self._decide(graph, Clock.of(day, known_on), self._keys)

    def _first_sketches(self) -> Iterator[Sketch]:
        goals: tuple[Goal, ...] = ("applies", "passes", "fails")
        for kind, keys in self._kinds.items():
            rules = [self._program.rules[key] for key in keys]
            for rule in rules:
                for goal in goals:
                    for _ in range(EACH):
                        yield self._sketch(kind, [(rule, goal)])
            for _ in range(EACH * len(rules)):
                some = self._random.sample(rules, self._random.randint(1, min(len(rules), 6)))
                yield self._sketch(kind, [(rule, "passes") for rule in some])

    def _aimed(self, suspected: Iterable[Suspected], each: int) -> Iterator[Sketch]:
        for what, key, other in suspected:
            rule = self._program.rules[key]
            for _ in range(each):
                goals: list[tuple[Rule, Goal]] = [(rule, "applies" if what == "never applies" else "fails")]
                if other is not None:
                    second = self._program.rules[other]
                    both: tuple[Goal, Goal] = (
                        ("passes", "passes") if what == "contradicts" else ("fails", "is no failure")
                    )
                    goals = [(rule, both[0]), (second, both[1])]
                    self._random.shuffle(goals)
                yield self._sketch(rule.kind, goals)

    def _sketch(self, kind: str, goals: list[tuple[Rule, Goal]]) -> Sketch:
        return self._sketcher.sketch(kind, self._random.choice(self._days), goals)

    def _try(self, sketches: Iterable[Sketch], words: str, keys: list[Key]) -> None:
        waiting: dict[date, list[Sketch]] = defaultdict(list)
        for number, sketch in enumerate(sketches, 1):
            waiting[sketch.on].append(sketch)
            if len(waiting[sketch.on]) == TOGETHER:
                self._now(f"{words} ({number:,} portfolios)")
                self._decide_sketches(sketch.on, waiting.pop(sketch.on), keys)
        for day, rest in waiting.items():
            self._decide_sketches(day, rest, keys)

    def _decide_sketches(self, day: date, sketches: list[Sketch], keys: list[Key]) -> None:
        facts = (fact for number, sketch in enumerate(sketches) for fact in sketch.facts(f"s{number}"))
        self._decide(build(self._vocabulary, facts, day).graph, Clock.of(day), keys)

    def _decide(self, graph: Graph, clock: Clock, keys: list[Key]) -> None:
        evaluator = ColumnEvaluator(self._program, graph, clock)
        for kind, of_kind in self._kinds.items():
            wanted = [key for key in of_kind if key in keys]
            if wanted and len(graph.members.get(kind, ())):
                self._seen[kind].take_in(wanted, *_stacked(evaluator, wanted))

    # ---- what is suspected -----------------------------------------------------------------------------------------

    def _suspected(self) -> list[Suspected]:
        found: list[Suspected] = []
        for seen in self._seen.values():
            for at, key in enumerate(seen.keys):
                if key[0] in self._own and not seen.applied[at]:
                    found.append(("never applies", key, None))
                elif key[0] in self._own and seen.passed[at] and not seen.failed[at]:
                    found.append(("never fails", key, None))
            found += (("is implied", *pair) for pair in self._implied(seen))
            found += (("contradicts", *pair) for pair in self._contradictions(seen))
        return found

    def _implied(self, seen: _Seen) -> Iterator[tuple[Key, Key]]:
        """Rules that fail only where another does that asks for it no less firmly."""
        for (at, key), (by, other) in permutations(enumerate(seen.keys), 2):
            if key[0] not in self._own or not (seen.failed[at] and seen.failed[by]) or seen.fails_without[at, by]:
                continue
            same = not seen.fails_without[by, at] and self._covers(key, other)
            if self._covers(other, key) and not (same and at < by):  # of two alike the later says nothing new
                yield key, other

    def _covers(self, other: Key, key: Key) -> bool:
        """Whether nothing is lost with a rule beside another: no citation, owner or firmness."""
        rule, by = self._program.rules[key], self._program.rules[other]
        uses = {node.rule for node in nodes_within(by) if isinstance(node, PassesRule)}
        return (
            key not in uses
            and {c.provision for c in rule.citations} <= {c.provision for c in by.citations}
            and rule.owner == by.owner
            and _GRAVITY.index(rule.severity) <= _GRAVITY.index(by.severity)
            and _RESPONSES.index(rule.enforcement) <= _RESPONSES.index(by.enforcement)
            and not (rule.reassess_every or rule.reassess_when)
        )

    def _contradictions(self, seen: _Seen) -> Iterator[tuple[Key, Key]]:
        for (at, key), (by, other) in combinations(enumerate(seen.keys), 2):
            if key[0] not in self._own and other[0] not in self._own:
                continue
            if seen.passes_beside[at, by] and seen.passes_beside[by, at] and not seen.pass_together[at, by]:
                yield key, other

    # ---- what is shown ---------------------------------------------------------------------------------------------

    def _is_within_reach(self, what: Suspicion, key: Key, other: Key | None, tried: int) -> bool:
        """Whether what was tried would likely have contradicted the suspicion, were it wrong."""
        sketches = list(self._aimed([(what, key, other)], SAMPLE))
        if other is None:
            return self._parts_vary(self._program.rules[key], sketches)
        half, met = np.zeros(2), 0
        for day in {sketch.on for sketch in sketches}:
            of_day = [sketch for sketch in sketches if sketch.on == day]
            facts = (fact for number, sketch in enumerate(of_day) for fact in sketch.facts(f"s{number}"))
            graph = build(self._vocabulary, facts, day).graph
            evaluator = ColumnEvaluator(self._program, graph, Clock.of(day))
            verdicts, applies, phases = _stacked(evaluator, [key, other])
            members = graph.members[self._program.rules[key].kind]
            subjects = [graph.number(f"s{number}-0") or 0 for number in range(len(of_day))]
            rows = np.searchsorted(members, subjects)
            wanted = (verdicts == (_PASS if what == "contradicts" else _FAIL)) & applies & ~_OUT[phases]
            if what == "is implied":
                wanted[1] = ~wanted[1]
            half += wanted[:, rows].sum(axis=1)
            met += len(rows)
        return bool(tried * np.prod(half / met) >= EXPECTED)

    def _parts_vary(self, rule: Rule, sketches: list[Sketch]) -> bool:
        """Whether each part of a rule that no fact simply sets came out true and false."""
        parts = {_place(leaf) for leaf in _leaves(self._program, rule) if not _is_simple(leaf)}
        seen: dict[tuple[str, int, int], set[Truth]] = defaultdict(set)
        for sketch in sketches if parts else ():
            graph = build(self._vocabulary, sketch.facts(), sketch.on).graph
            interpreter = Interpreter(self._program, graph, Clock.of(sketch.on))
            for node in walk_nodes(interpreter.explain(rule.key, graph.number("e-0") or 0).nodes):
                if node.truth is not None:
                    seen[_place(node)].add(node.truth)
        return all(seen[part] >= {Truth.TRUE, Truth.FALSE} for part in parts)

    def _shown(self, suspected: Iterable[Suspected], tried: int) -> Iterator[Found]:
        implied: set[Key] = set()
        for what, key, other in suspected:
            if key in implied:
                continue
            witnesses: tuple[Sketch | None, ...] = ()
            if what == "is implied" and other is not None:
                implied.add(key)
                witnesses = (self._witness([(key, "fails", Verdict.FAIL), (other, "fails", Verdict.FAIL)]),)
            elif other is not None:
                witnesses = tuple(
                    self._witness([(one, "passes", Verdict.PASS), (two, "fails", Verdict.FAIL)])
                    for one, two in ((key, other), (other, key))
                )
            shown = tuple(witness for witness in witnesses if witness is not None)
            if len(shown) == len(witnesses):
                yield Found(what, key, other, tried, shown)

    def _witness(self, wanted: list[tuple[Key, Goal, Verdict]]) -> Sketch | None:
        """A smallest portfolio in which rules have these verdicts for its subject."""

        def shows(sketch: Sketch) -> bool:
            try:
                graph = build(self._vocabulary, sketch.facts(), sketch.on).graph
            except LineageError:
                return False
            interpreter = Interpreter(self._program, graph, Clock.of(sketch.on))
            number = graph.number("e-0")
            if number is None:
                return False
            decisions = [(interpreter.decide(key, number, reasons=False), verdict) for key, _, verdict in wanted]
            return all(d.verdict is verdict and not _OUT[PHASES.index(d.phase)] for d, verdict in decisions)

        goals = [(self._program.rules[key], goal) for key, goal, _ in wanted]
        kind = goals[0][0].kind
        made = (self._sketch(kind, self._random.sample(goals, len(goals))) for _ in range(400))
        shown = list(islice((sketch for sketch in made if shows(sketch)), WITNESSES))
        shrunk = (_shrunk(sketch, shows) for sketch in shown)
        return min(shrunk, key=lambda s: (len(s.kinds), len(s.edges), sum(map(len, s.values))), default=None)


def _shrunk(sketch: Sketch, shows: Callable[[Sketch], bool]) -> Sketch:
    """The sketch without all that can go, one after another."""
    while True:
        smaller = next((less for less in _smaller(sketch) if shows(less)), None)
        if smaller is None:
            return sketch
        sketch = smaller


def _smaller(sketch: Sketch) -> Iterator[Sketch]:
    for gone in range(1, len(sketch.kinds)):
        kept = [number for number in range(len(sketch.kinds)) if number != gone]
        edges = [(kept.index(o), r, kept.index(t)) for o, r, t in sketch.edges if gone not in (o, t)]
        yield Sketch(sketch.on, [sketch.kinds[n] for n in kept], [sketch.values[n] for n in kept], edges)
    for at in range(len(sketch.edges)):
        yield Sketch(sketch.on, sketch.kinds, sketch.values, sketch.edges[:at] + sketch.edges[at + 1 :])
    for number, values in enumerate(sketch.values):
        for name in values:
            less = [dict(v) for v in sketch.values]
            del less[number][name]
            yield Sketch(sketch.on, sketch.kinds, less, sketch.edges)


def _days(program: Program, today: date) -> list[date]:
    """The day of asking, and days on either side of those on which rules and parameters change."""
    lines = [line for rule in program.rules.values() for line in rule.force]
    begins = {line.since for line in lines if line.since > date.min}
    begins |= {v.since for p in program.parameters.values() for v in p.values if v.since is not None}
    ends = {line.until for line in lines if line.until is not None and line.until > date.min}
    last = max(begins, default=today)
    days = sorted({*begins, *ends, *(end + timedelta(days=1) for end in ends if end < date.max)} - {today})
    step = max(1, -(-len(days) // (DAYS - 2)))
    return [today, *({*days[::step], last} - {today} and sorted({*days[::step], last} - {today}))]


def _renamed(fact: Fact, number: int) -> Fact:
    """A fact of an example among those of others."""
    if isinstance(fact, EdgeFact):
        return replace(fact, origin=f"{number}:{fact.origin}", target=f"{number}:{fact.target}")
    return replace(fact, element=f"{number}:{fact.element}")


def _leaves(program: Program, rule: Rule) -> Iterator[Expression]:
    """The conditions of a rule, and of the terms that it uses, that hold no further condition."""
    waiting: list[Expression] = [*rule.requirements, *([rule.condition] if rule.condition is not None else [])]
    while waiting:
        for node in nodes_within(waiting.pop()):
            if isinstance(node, typed.TermHolds):
                waiting.append(program.terms[node.term].condition)
            elif isinstance(node, _LEAVES) or (isinstance(node, typed.QuantifiedCondition) and _is_bare(node)):
                yield node


def _is_bare(condition: typed.QuantifiedCondition) -> bool:
    return condition.body is None and condition.navigation.condition is None


def _is_simple(leaf: Expression) -> bool:
    """Whether one attribute beside written values decides it, so that portfolios with either outcome can be made."""
    parts = [node for node in nodes_within(leaf) if not isinstance(node, _WRITTEN)]
    return sum(isinstance(part, typed.AttributeValue) for part in parts) == len(parts) - 1 == 1


def _place(part: Expression | Node) -> tuple[str, int, int]:
    return part.span.source.name, part.span.start, part.span.end
