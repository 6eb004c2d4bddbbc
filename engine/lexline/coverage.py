"""Which provisions of a register have rules, what the examples of those rules show, and what nobody can decide.

Every provision is in one of four states: a rule decides it, a rule asks for a person's judgement of it, it can't be
encoded (and the pack says why, and who decides instead), or nothing is said of it yet.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import Enum

from lexline.evaluate.verdict import Decision, Phase, Verdict
from lexline.lang.signatures import CheckSignature
from lexline.lang.typed import Key, Program
from lexline.packs import Pack
from lexline.plan.footprint import footprints
from lexline.plan.planned import plan_of
from lexline.registers import NotEncodable, RegisterEntry
from lexline.report import Report

__all__ = ["Coverage", "Covered", "CoveringRule", "PackLine", "State", "coverage"]

JUDGES = "judges"
"""The relation by which a rule finds a judgement."""


class State(Enum):
    """How a provision is covered."""

    RULE = "rule"
    JUDGEMENT = "judgement"
    NOT_ENCODABLE = "not encodable"
    MISSING = "missing"


@dataclass(frozen=True, slots=True)
class CoveringRule:
    """A rule that cites a provision. ``asks`` a person's judgement; ``shown`` are the verdicts that examples expect of
    it, ``wanted`` those that none does; ``verdicts`` what it says of the portfolio: a verdict of a rule that isn't in
    force is counted apart, as ``upcoming fail``."""

    rule: Key
    asks: bool
    shown: frozenset[str]
    wanted: tuple[str, ...]
    verdicts: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Covered:
    """A provision of a pack, and what covers it: rules that cite it, and ``terms`` (``policy/term for kind``)."""

    pack: str
    entry: RegisterEntry
    rules: tuple[CoveringRule, ...]
    terms: tuple[str, ...]
    not_encodable: NotEncodable | None

    @property
    def state(self) -> State:
        """How it is covered; a rule that decides goes before one that asks. A term that cites it counts as a rule."""
        if self.terms or any(not rule.asks for rule in self.rules):
            return State.RULE
        if self.rules:
            return State.JUDGEMENT
        return State.MISSING if self.not_encodable is None else State.NOT_ENCODABLE


@dataclass(frozen=True, slots=True)
class PackLine:
    """A pack as a whole, and whether its review is overdue."""

    id: str
    version: str
    reviewed_on: date
    review_due: date
    overdue: bool
    states: Mapping[State, int]


@dataclass(frozen=True, slots=True)
class Coverage:
    """All provisions of some packs on a day."""

    on: date
    packs: tuple[PackLine, ...]
    provisions: tuple[Covered, ...]

    @property
    def missing(self) -> tuple[Covered, ...]:
        """The provisions of which nothing is said."""
        return tuple(covered for covered in self.provisions if covered.state is State.MISSING)


def coverage(
    packs: Iterable[Pack],
    program: Program,
    on: date,
    *,
    checks: Mapping[str, CheckSignature] | None = None,
    report: Report | None = None,
) -> Coverage:
    """What covers the provisions of ``packs`` on a day; ``report`` adds the verdicts of a portfolio."""
    rules = _covering_rules(program, checks or {}, report)
    terms = defaultdict(list)
    for (policy, kind, name), term in program.terms.items():
        for citation in term.citations:
            terms[citation.provision].append(f"{policy}/{name} for {kind}")
    provisions: list[Covered] = []
    lines: list[PackLine] = []
    for pack in packs:
        found = [
            Covered(
                pack.id,
                entry,
                tuple(rules.get(entry.id, ())),
                tuple(terms.get(entry.id, ())),
                pack.content.not_encodable.get(entry.id),
            )
            for entry in pack.covers
        ]
        content = pack.content
        states = Counter(covered.state for covered in found)
        overdue = on > content.review_due
        reviews = (content.reviewed_on, content.review_due, overdue)
        lines.append(PackLine(pack.id, content.version, *reviews, states))
        provisions += found
    return Coverage(on, tuple(lines), tuple(provisions))


def _said(decision: Decision) -> str:
    """A verdict, with the phase where the rule isn't in force: what only a later day makes a breach is none."""
    if decision.verdict is Verdict.NOT_APPLICABLE or decision.phase in (Phase.IN_FORCE, Phase.UNKNOWN):
        return decision.verdict.value
    return f"{decision.phase.value} {decision.verdict.value}"


def _covering_rules(
    program: Program, checks: Mapping[str, CheckSignature], report: Report | None
) -> dict[str, list[CoveringRule]]:
    """The rules that cite each provision, in the order of the program."""
    shown = defaultdict(set)
    for example in program.examples:
        for outcome in example.expected:
            if not outcome.phase:
                shown[outcome.rule].add(outcome.outcome)
    verdicts: dict[Key, Counter[str]] = defaultdict(Counter)
    for decision in report.decisions if report is not None else ():
        verdicts[decision.rule][_said(decision)] += 1
    read = footprints(plan_of(program), checks)
    found = defaultdict(list)
    for key, rule in program.rules.items():
        asks = any(relation == JUDGES for relation, _ in read[key].relations)
        expected = ("pass", "fail", "unknown", *(("exempt",) if rule.exceptions else ()))
        wanted = tuple(verdict for verdict in expected if verdict not in shown[key])
        covering = CoveringRule(key, asks, frozenset(shown[key]), wanted, verdicts[key])
        for provision in dict.fromkeys(citation.provision for citation in rule.citations):
            found[provision].append(covering)
    return found
