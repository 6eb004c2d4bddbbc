"""What a change of rules or facts does to verdicts: ``impact`` compares two evaluations and decides again only what can
have moved.

Rules that mean something else (by their digest) are decided for all of their elements; the others for those from which
a changed fact can be read. Guaranteed: the flips are those that a comparison of two full evaluations finds.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from lexline.decision import Evaluation
from lexline.evaluate.column_types import Index
from lexline.evaluate.columns import PHASES, VERDICTS, ColumnEvaluator, VerdictColumn
from lexline.evaluate.cone_columns import ConeEvaluator, Decided
from lexline.evaluate.moved import moved
from lexline.evaluate.verdict import Verdict
from lexline.lang.digest import rule_digest
from lexline.lang.signatures import CheckSignature
from lexline.lang.typed import Key, Program
from lexline.plan.build import build_plan
from lexline.plan.nodes import Plan
from lexline.plan.rewrite import rewrite
from lexline_lineage.difference import Difference, difference

__all__ = ["Flip", "Impact", "RuleChanges", "impact"]

FEW = 1 / 40
"""Up to which share of a kind its elements are decided one by one; beyond it a whole column costs less."""


@dataclass(frozen=True, slots=True)
class RuleChanges:
    """Rules that only one side has, and rules whose meaning differs."""

    added: tuple[Key, ...]
    removed: tuple[Key, ...]
    changed: tuple[Key, ...]


@dataclass(frozen=True, slots=True)
class Flip:
    """An element of which a rule says something else; None where it says nothing: it does not apply, or one of the two
    isn't there."""

    rule: Key
    element: str
    before: Decided | None
    after: Decided | None


@dataclass(frozen=True, slots=True, eq=False)
class Impact:
    """What moved from one evaluation to another. ``decided`` counts the verdicts that had to be decided again."""

    old: Evaluation
    new: Evaluation
    rules: RuleChanges
    facts: Difference
    flips: tuple[Flip, ...]
    decided: int

    @property
    def new_fails(self) -> tuple[Flip, ...]:
        """Those that fail now, and did not."""
        return tuple(flip for flip in self.flips if _turned(flip, Verdict.FAIL))

    @property
    def new_unknowns(self) -> tuple[Flip, ...]:
        """Those that can't be decided now, and could."""
        return tuple(flip for flip in self.flips if _turned(flip, Verdict.UNKNOWN, Verdict.ERROR))

    def matrix(self) -> Counter[tuple[str, str]]:
        """How many went from one verdict to another; ``silent`` where a rule says nothing."""
        return Counter((_word(flip.before), _word(flip.after)) for flip in self.flips)


def _turned(flip: Flip, *verdicts: Verdict) -> bool:
    before, after = flip.before, flip.after
    return after is not None and after.verdict in verdicts and (before is None or before.verdict not in verdicts)


def _word(decided: Decided | None) -> str:
    return "silent" if decided is None else decided.verdict.value


def impact(old: Evaluation, new: Evaluation, *, checks: Mapping[str, CheckSignature] | None = None) -> Impact:
    """What moves from ``old`` to ``new``. ``checks`` say what the checks read; one that isn't there may read all."""
    changes = _rule_changes(old.program, new.program)
    facts = difference(old.graph, new.graph)
    sides = _sides(old, new)
    deciding = _Deciding(old, new, facts, sides)
    anew = {*changes.added, *changes.removed, *changes.changed}
    same_words = old.clock == new.clock and old.graph.vocabulary == new.graph.vocabulary
    marks = moved(sides[1], facts, new.graph, checks or {}) if same_words else {}
    flips: list[Flip] = []
    for key in dict.fromkeys((*new.program.rules, *old.program.rules)):
        marked = None if key in anew else marks.get(key)
        flips += deciding.all(key) if marked is None else deciding.some(key, np.flatnonzero(marked))
    return Impact(old, new, changes, facts, tuple(flips), deciding.count)


def _rule_changes(old: Program, new: Program) -> RuleChanges:
    if old is new:
        return RuleChanges((), (), ())
    both = [key for key in new.rules if key in old.rules]
    return RuleChanges(
        tuple(key for key in new.rules if key not in old.rules),
        tuple(key for key in old.rules if key not in new.rules),
        tuple(key for key in both if rule_digest(old, key) != rule_digest(new, key)),
    )


def _sides(old: Evaluation, new: Evaluation) -> tuple[Plan, Plan]:
    after = rewrite(build_plan(new.program))
    return (after if old.program is new.program else rewrite(build_plan(old.program))), after


class _Side:
    """One evaluation, decided as far as it is asked for."""

    def __init__(self, evaluation: Evaluation, plan: Plan) -> None:
        self.rules = evaluation.program.rules
        self.graph = evaluation.graph
        self._columns = ColumnEvaluator(plan, evaluation.graph, evaluation.clock, evaluation.checks)
        self._cones: ConeEvaluator | None = None

    def whole(self, key: Key) -> tuple[Index, Index]:
        """The elements of a rule's kind, and a code for what it says of each."""
        if key not in self.rules:
            return np.zeros(0, np.int64), np.zeros(0, np.int64)
        column = self._columns.rule(key)
        return column.elements.astype(np.int64), _codes(column)

    def some(self, key: Key, numbers: Index) -> Index:
        """A code for what a rule says of some elements of its kind."""
        members = self.graph.members[self.rules[key].kind]
        if len(numbers) > len(members) * FEW:
            return self.whole(key)[1][self.graph.rows[numbers]]
        if self._cones is None:
            self._cones = ConeEvaluator(self._columns)
        found = [self._cones.decide(number, (key,))[0] for number in numbers.tolist()]
        return np.array([_code(decided) for decided in found], np.int64)


class _Deciding:
    """Decides rules on both sides and compares."""

    def __init__(self, old: Evaluation, new: Evaluation, facts: Difference, plans: tuple[Plan, Plan]) -> None:
        self._old, self._new = _Side(old, plans[0]), _Side(new, plans[1])
        self._facts = facts
        self._earlier = facts.earlier()
        self.count = 0

    def all(self, key: Key) -> Iterator[Flip]:
        """The flips of a rule among all elements."""
        before, earlier = self._old.whole(key)
        after, later = self._new.whole(key)
        codes = np.full((2, len(self._earlier)), -1, np.int64)
        codes[0, self._facts.joint[before]] = earlier
        codes[1, after] = later
        self.count += len(before) + len(after)
        yield from self._flips(key, np.flatnonzero(codes[0] != codes[1]), codes)

    def some(self, key: Key, marked: Index) -> Iterator[Flip]:
        """The flips of a rule among some elements of the later graph, and those that are there no more."""
        elements = np.union1d(marked, self._facts.kinds) if len(self._facts.kinds) else marked
        codes = np.full((2, len(elements)), -1, np.int64)
        later = elements < self._facts.size
        for at, side, numbers in (
            (0, self._old, self._earlier[elements]),
            (1, self._new, np.where(later, elements, -1)),
        ):
            here = np.flatnonzero(np.isin(numbers, side.graph.members[side.rules[key].kind]))
            codes[at, here] = side.some(key, numbers[here])
            self.count += len(here)
        differ = np.flatnonzero(codes[0] != codes[1])
        yield from self._flips(key, elements[differ], codes[:, differ], aligned=True)

    def _flips(self, key: Key, elements: Index, codes: Index, *, aligned: bool = False) -> Iterator[Flip]:
        pairs = codes if aligned else codes[:, elements]
        for number, before, after in zip(elements.tolist(), *pairs.tolist(), strict=True):
            graph, own = (self._new.graph, number) if after >= 0 else (self._old.graph, int(self._earlier[number]))
            yield Flip(key, graph.ids[own], _decided(before), _decided(after))


_SILENT = VERDICTS.index(Verdict.NOT_APPLICABLE)


def _codes(column: VerdictColumn) -> Index:
    """What a rule says of each element as a number; -1 where it does not apply."""
    found = (column.verdicts.astype(np.int64) * len(VERDICTS) + column.underlying) * len(PHASES) + column.phases
    return np.where(column.verdicts == _SILENT, -1, found)


def _code(decided: Decided) -> int:
    verdict, under = VERDICTS.index(decided.verdict), VERDICTS.index(decided.underlying)
    return -1 if verdict == _SILENT else (verdict * len(VERDICTS) + under) * len(PHASES) + PHASES.index(decided.phase)


def _decided(code: int) -> Decided | None:
    if code < 0:
        return None
    verdicts, phase = divmod(code, len(PHASES))
    verdict, under = divmod(verdicts, len(VERDICTS))
    return Decided(VERDICTS[verdict], VERDICTS[under], PHASES[phase])
