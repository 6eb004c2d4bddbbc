"""What a change of rules or facts does to verdicts: ``Impacts`` decides one evaluation once, and tells for each change
what moves; ``impact`` compares two evaluations.

Rules that mean something else (by their digest) are decided for all of their elements; the others for those from which
a changed fact can be read, and within them only what it reaches. Guaranteed: the flips are those that a comparison of
two full evaluations finds, after waivers.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from lexline.decision import Evaluation
from lexline.evaluate.column_types import Index
from lexline.evaluate.columns import PHASES, VERDICTS, ColumnEvaluator, VerdictColumn
from lexline.evaluate.cone_columns import Decided
from lexline.evaluate.earlier import Earlier
from lexline.evaluate.moved import Moves
from lexline.evaluate.verdict import Verdict
from lexline.lang.digest import rule_digest
from lexline.lang.signatures import CheckSignature
from lexline.lang.typed import Key, Program
from lexline.plan.planned import plan_of
from lexline_lineage.difference import Difference, difference
from lexline_lineage.overlay import Changes

__all__ = ["Flip", "Impact", "Impacts", "RuleChanges", "RuleFlips", "codes_of", "decided_of", "impact"]


@dataclass(frozen=True, slots=True)
class RuleChanges:
    """Rules that only one side has, rules whose meaning differs, and by their new name those that mean the same by
    another name, with the old one."""

    added: tuple[Key, ...] = ()
    removed: tuple[Key, ...] = ()
    changed: tuple[Key, ...] = ()
    renamed: Mapping[Key, Key] = field(default_factory=dict)

    def earlier(self, rule: Key) -> Key:
        """What a rule was called on the earlier side."""
        return self.renamed.get(rule, rule)


@dataclass(frozen=True, slots=True)
class Flip:
    """An element of which a rule says something else; None where it says nothing: it does not apply, or one of the two
    isn't there."""

    rule: Key
    element: str
    before: Decided | None
    after: Decided | None


@dataclass(frozen=True, slots=True, eq=False)
class RuleFlips:
    """The flips of one rule: numbers of elements, and a code for what it says of each before and after (-1:
    nothing)."""

    rule: Key
    elements: Index
    before: Index
    after: Index


@dataclass(frozen=True, eq=False)
class Impact:
    """What moved from one evaluation to another, whose elements are numbered as those of the first. ``decided`` counts
    the verdicts that had to be decided again."""

    old: Evaluation
    new: Evaluation
    rules: RuleChanges
    facts: Difference
    columns: tuple[RuleFlips, ...]
    decided: int

    @cached_property
    def flips(self) -> tuple[Flip, ...]:
        """All verdicts that differ, rule by rule."""
        return tuple(flip for column in self.columns for flip in self._flips(column))

    def _flips(self, column: RuleFlips) -> Iterator[Flip]:
        said = {code: decided_of(code) for code in {*column.before.tolist(), *column.after.tolist()}}
        codes = zip(column.elements.tolist(), column.before.tolist(), column.after.tolist(), strict=True)
        for number, before, after in codes:
            yield Flip(column.rule, self.new.graph.ids[number], said[before], said[after])

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
    return Impacts(old, checks=checks).of(new)


class Impacts:
    """Decides an evaluation once, and tells what changes do to it, one after another, for one thread at a time.

    It keeps the columns of the evaluation and where its paints got: some bytes for each element and rule. What a change
    by an overlay (``supposing``) then costs goes with what it can reach.
    """

    def __init__(self, evaluation: Evaluation, *, checks: Mapping[str, CheckSignature] | None = None) -> None:
        self._old = _Side(evaluation)
        self._checks = checks or {}

    def prepare(self) -> None:
        """Decides the evaluation now, rather than with the first change."""
        for key in self._old.evaluation.program.rules:
            self._old.whole(key)

    def supposing(self, changes: Changes) -> Impact:
        """What some supposed changes of the facts do. Raises ``LineageError`` where they do not fit."""
        return self.of(self._old.evaluation.supposing(changes))

    def of(self, new: Evaluation) -> Impact:
        """What moves from the evaluation to another one."""
        old = self._old.evaluation
        changes, facts = _rule_changes(old.program, new.program), difference(old.graph, new.graph)
        new = new.over(facts.later)
        moved = None
        words = old.graph.vocabulary, new.graph.vocabulary
        if old.clock == new.clock and (words[0] is words[1] or words[0] == words[1]):
            moved = Moves(plan_of(new.program), facts, new.graph, self._checks)
        earlier = self._earlier(new, moved, facts)
        later = _Side(new, earlier)
        if moved is not None:
            moved.trace(None if earlier is None else later.columns.moved)
        comparing = _Comparing(self._old, later, changes, facts)
        anew = {*changes.added, *changes.removed, *changes.changed}
        columns = []
        for key in dict.fromkeys((*new.program.rules, *changes.removed)):
            rule = None if moved is None or key in anew else moved.of_rule(key)
            if rule is None or moved is None or rule.everything or comparing.may_be_waived_otherwise(key):
                columns.append(comparing.all(key))
            elif not rule.nothing or len(facts.kinds):
                columns.append(comparing.some(key, rule.marked))
        found = tuple(column for column in columns if len(column.elements))
        return Impact(old, new, changes, facts, found, later.decided)

    def _earlier(self, new: Evaluation, moved: Moves | None, facts: Difference) -> Earlier | None:
        """What the later side can begin from."""
        if moved is None or plan_of(new.program) is not self._old.columns.plan:
            return None
        self.prepare()
        return Earlier(self._old.columns, new.graph, moved, facts)


def _rule_changes(old: Program, new: Program) -> RuleChanges:
    if old is new:
        return RuleChanges()
    both = [key for key in new.rules if key in old.rules]
    renamed = _renamed(old, new)
    return RuleChanges(
        tuple(key for key in new.rules if key not in old.rules and key not in renamed),
        tuple(key for key in old.rules if key not in new.rules and key not in renamed.values()),
        tuple(key for key in both if rule_digest(old, key) != rule_digest(new, key)),
        renamed,
    )


def _renamed(old: Program, new: Program) -> dict[Key, Key]:
    """The rules of which only the name is new, with the old one. Of several that mean the same, those that kept a part
    of their name belong together, then the first by name."""
    gone: dict[str, list[Key]] = {}
    for key in sorted(old.rules.keys() - new.rules.keys()):
        gone.setdefault(rule_digest(old, key), []).append(key)
    pairs = [
        ((key[1] != was[1], key[0] != was[0]), key, was)
        for key in sorted(new.rules.keys() - old.rules.keys() if gone else ())
        for was in gone.get(rule_digest(new, key), ())
    ]
    found: dict[Key, Key] = {}
    for _, key, was in sorted(pairs):
        if key not in found and was not in found.values():
            found[key] = was
    return found


class _Side:
    """One evaluation, decided as far as it is asked for, after waivers."""

    def __init__(self, evaluation: Evaluation, earlier: Earlier | None = None) -> None:
        self.evaluation = evaluation
        self.graph = evaluation.graph
        given = (plan_of(evaluation.program), evaluation.graph, evaluation.clock, evaluation.checks)
        self.columns = ColumnEvaluator(*given, lasting=earlier is None, earlier=earlier)
        self.waivers = evaluation.waived()
        self._codes: dict[Key, Index] = {}
        self.decided = 0

    def has(self, key: Key) -> bool:
        """Whether there is such a rule."""
        return key in self.columns.plan.rules

    def members(self, key: Key) -> Index:
        """The elements of a rule's kind."""
        if not self.has(key):
            return np.zeros(0, np.int64)
        return self.graph.members[self.columns.plan.rules[key].kind].astype(np.int64)

    def whole(self, key: Key) -> Index:
        """A code for what a rule says of each element of its kind."""
        if key not in self._codes:
            self._codes[key] = self._decided(key) if self.has(key) else np.zeros(0, np.int64)
            self.decided += len(self._codes[key])
        return self._codes[key]

    def some(self, key: Key, numbers: Index) -> Index:
        """The same for some of them; numbers of other elements, and -1, have -1."""
        found = np.full(len(numbers), -1, np.int64)
        kind = self.columns.plan.rules[key].kind
        if kind not in self.graph.kind_names:
            return found
        here = np.flatnonzero((numbers >= 0) & (numbers < len(self.graph.kind_codes)))
        here = here[self.graph.kind_codes[numbers[here]] == self.graph.kind_names.index(kind)]
        rows = self.graph.rows[numbers[here]].astype(np.int64)
        if key in self._codes:
            found[here] = self._codes[key][rows]
        elif len(rows) * 2 > len(self.graph.members[kind]):
            found[here] = self.whole(key)[rows]
        else:
            found[here] = self._decided(key, rows)
            self.decided += len(rows)
        return found

    def _decided(self, key: Key, rows: Index | None = None) -> Index:
        return codes_of(self.waivers.applied_to(key, self.columns.rule(key, rows), {}))


class _Comparing:
    """Compares both sides, rule by rule."""

    def __init__(self, old: _Side, new: _Side, rules: RuleChanges, facts: Difference) -> None:
        self._old, self._new = old, new
        self._rules = rules
        self._facts = facts

    def may_be_waived_otherwise(self, key: Key) -> bool:
        """Whether waivers of a rule may cover other elements than before, whatever the rule reads."""
        old, new = self._old.waivers, self._new.waivers
        before, after = old.about(self._rules.earlier(key)), new.about(key)
        if any(waiver.selection is not None for waiver in (*before, *after)) or before != after:
            return True
        return any(old.named(waiver) != new.named(waiver) for waiver in before)

    def all(self, key: Key) -> RuleFlips:
        """The flips of a rule among all elements."""
        was = self._rules.earlier(key)
        before, after = self._old.members(was), self._new.members(key)
        codes = np.full((2, len(self._facts.later.ids)), -1, np.int64)
        codes[0, before] = self._old.whole(was)
        codes[1, after] = self._new.whole(key)
        return _differing(key, np.arange(codes.shape[1]), codes[0], codes[1])

    def some(self, key: Key, marked: Index) -> RuleFlips:
        """The flips of a rule among some elements of the later graph, and those that are there no more."""
        elements = np.union1d(marked, self._facts.kinds) if len(self._facts.kinds) else marked
        if not len(elements):
            return RuleFlips(key, elements, elements, elements)
        before = self._old.some(self._rules.earlier(key), self._facts.earlier(elements))
        after = self._new.some(key, elements)
        return _differing(key, elements, before, after)


def _differing(key: Key, elements: Index, before: Index, after: Index) -> RuleFlips:
    at = np.flatnonzero(before != after)
    return RuleFlips(key, elements[at], before[at], after[at])


_SILENT = VERDICTS.index(Verdict.NOT_APPLICABLE)


def codes_of(column: VerdictColumn) -> Index:
    """What a rule says of each element as a number; -1 where it does not apply."""
    found = (column.verdicts.astype(np.int64) * len(VERDICTS) + column.underlying) * len(PHASES) + column.phases
    return np.where(column.verdicts == _SILENT, -1, found)


def decided_of(code: int) -> Decided | None:
    """What a code stands for."""
    if code < 0:
        return None
    verdicts, phase = divmod(code, len(PHASES))
    verdict, under = divmod(verdicts, len(VERDICTS))
    return Decided(VERDICTS[verdict], VERDICTS[under], PHASES[phase])
