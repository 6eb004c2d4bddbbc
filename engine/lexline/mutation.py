"""Changes rules in the ways in which authors err, and names the changes that no example notices.

Each mutant is the program with one small change. It is caught where some example expects another verdict or phase than
the mutant gives. Examples have to hold before.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass, replace
from datetime import date, timedelta
from typing import Any

from lexline.diagnostics import Span
from lexline.evaluate.calls import CheckResults
from lexline.evaluate.interpret import Interpreter
from lexline.evaluate.verdict import Clock
from lexline.examples import supposed
from lexline.lang.typed import (
    AggregateValue,
    Compare,
    Connective,
    ExtremeCondition,
    ForceLine,
    Inverse,
    Key,
    Known,
    LiteralValue,
    Membership,
    Navigation,
    PassesRule,
    Program,
    QuantifiedCondition,
    Rule,
    Term,
    TermHolds,
    TermKey,
)
from lexline_lineage.graph import Graph
from lexline_lineage.values import Sort
from lexline_lineage.vocabulary import Vocabulary

__all__ = ["Mutant", "MutationReport", "mutate"]

_COMPARISONS = {">=": ">", ">": ">=", "<=": "<", "<": "<=", "=": "!=", "!=": "="}
_QUANTIFIERS = {"every": "some", "no": "some", "exactly": "at least"}
_OTHER_END = {"latest": "earliest", "earliest": "latest", "highest": "lowest", "lowest": "highest"}
_DAY = timedelta(days=1)

Change = tuple[str, Span, Any]
"""What changed in words, where, and what stands there now."""


@dataclass(frozen=True, slots=True)
class Mutant:
    """A change of a rule or term (``policy/NAME``), in words, and where it stands."""

    name: str
    change: str
    span: Span


@dataclass(frozen=True, slots=True)
class MutationReport:
    """How many changes were tried, and those that no example noticed."""

    tried: int
    missed: tuple[Mutant, ...]

    @property
    def caught(self) -> float:
        """The share that some example noticed, 0 to 1; 1 where there was nothing to change."""
        return 1 - len(self.missed) / self.tried if self.tried else 1.0


def mutate(
    program: Program,
    vocabulary: Vocabulary,
    checks: Callable[[Graph, Clock], CheckResults],
    today: date,
    without: Collection[str] = (),
    now: Callable[[str], None] = lambda _: None,
) -> MutationReport:
    """Try every change of the rules, and of the terms that they use, but those of the policies ``without``. ``now`` is
    told what is at work. Raises ``LineageError`` for an example whose facts can't be joined."""
    trial = _Trial(program, vocabulary, checks, today)
    missed: list[Mutant] = []
    tried = 0
    for name, affected, changes in _subjects(program, without):
        now(f"changing {name}")
        for what, span, changed in changes:
            tried += 1
            if not trial.notices(changed, affected):
                missed.append(Mutant(name, what, span))
    return MutationReport(tried, tuple(missed))


def _subjects(
    program: Program, without: Collection[str]
) -> Iterator[tuple[str, Collection[Key], Iterator[tuple[str, Span, Program]]]]:
    """What is changed: its name, the rules that it may move, and the programs in which it is another."""
    users = _users(program)
    for key, term in program.terms.items():
        if key[0] not in without and users[key]:  # an example expects something of rules alone
            yield f"{key[0]}/{key[2]}", users[key], _terms(program, key, term)
    for rule_key, rule in program.rules.items():
        if rule_key[0] not in without:
            yield "/".join(rule_key), (rule_key, *users[rule_key]), _rules(program, rule_key, rule)


def _terms(program: Program, key: TermKey, term: Term) -> Iterator[tuple[str, Span, Program]]:
    for what, span, condition in _changes(term.condition):
        terms = {**program.terms, key: replace(term, condition=condition)}
        yield what, span, replace(program, terms=terms)


def _rules(program: Program, key: Key, rule: Rule) -> Iterator[tuple[str, Span, Program]]:
    for what, span, changed in _changes_of_rule(rule):
        yield what, span, replace(program, rules={**program.rules, key: changed})


class _Trial:
    """The examples, ready to be run again and again."""

    def __init__(
        self,
        program: Program,
        vocabulary: Vocabulary,
        checks: Callable[[Graph, Clock], CheckResults],
        today: date,
    ) -> None:
        self._cases: dict[Key, list[tuple[Graph, Clock, CheckResults, int, str, bool]]] = defaultdict(list)
        for example in program.examples:
            graph, clock = supposed(example, vocabulary, today)
            answers = checks(graph, clock)
            for expected in example.expected:
                number = graph.number(expected.element)
                if number is not None:
                    case = (graph, clock, answers, number, expected.outcome, expected.phase)
                    self._cases[expected.rule].append(case)

    def notices(self, changed: Program, rules: Collection[Key]) -> bool:
        """Whether some example expects something else of one of the rules than the changed program says."""
        interpreters: dict[int, Interpreter] = {}
        for key in rules:
            for graph, clock, answers, number, outcome, phase in self._cases[key]:
                interpreter = interpreters.get(id(answers))
                if interpreter is None:
                    interpreter = interpreters[id(answers)] = Interpreter(changed, graph, clock, answers)
                decision = interpreter.decide(key, number, reasons=False)
                if (decision.phase.value if phase else decision.verdict.value) != outcome:
                    return True
        return False


# ---- changes -------------------------------------------------------------------------------------------------------


def _changes_of_rule(rule: Rule) -> Iterator[Change]:
    """The rule with one part changed: its ``for``, an exception, a requirement, a date."""
    if rule.condition is not None:
        yield "the `for` has no condition", rule.condition.span, replace(rule, condition=None)
        for what, span, condition in _changes(rule.condition):
            yield what, span, replace(rule, condition=condition)
    for at, exception in enumerate(rule.exceptions):
        yield "the exception is gone", exception.span, replace(rule, exceptions=_without(rule.exceptions, at))
        for what, span, condition in _changes(exception.condition):
            changed = _with(rule.exceptions, at, replace(exception, condition=condition))
            yield what, span, replace(rule, exceptions=changed)
    for at, requirement in enumerate(rule.requirements):
        if len(rule.requirements) > 1:
            yield (
                "the requirement is gone",
                requirement.span,
                replace(rule, requirements=_without(rule.requirements, at)),
            )
        for what, span, condition in _changes(requirement):
            yield what, span, replace(rule, requirements=_with(rule.requirements, at, condition))
    for at, line in enumerate(rule.force):
        for what, changed_line in _dates(line):
            yield what, line.span, replace(rule, force=_with(rule.force, at, changed_line))


def _dates(line: ForceLine) -> Iterator[tuple[str, ForceLine]]:
    yield f"in force from {line.since + _DAY}, a day later", replace(line, since=line.since + _DAY)
    yield f"in force from {line.since - _DAY}, a day earlier", replace(line, since=line.since - _DAY)
    if line.until is not None:
        yield f"in force until {line.until + _DAY}, a day later", replace(line, until=line.until + _DAY)
        yield f"in force until {line.until - _DAY}, a day earlier", replace(line, until=line.until - _DAY)


def _changes(node: Any) -> Iterator[Change]:
    """A tree with one of its nodes changed, each in turn."""
    for what, changed in _changes_here(node):
        yield what, node.span, changed
    for field in fields(node):
        held = getattr(node, field.name)
        if field.name in ("span", "type"):
            continue
        if is_dataclass(held):
            for what, span, changed in _changes(held):
                yield what, span, replace(node, **{field.name: changed})
        elif isinstance(held, tuple):
            for at, item in enumerate(held):
                for what, span, changed in _changes(item) if is_dataclass(item) else ():
                    yield what, span, replace(node, **{field.name: _with(held, at, changed)})


def _changes_here(node: Any) -> Iterator[tuple[str, Any]]:
    """One node with a change of its own."""
    match node:
        case Compare(operator=operator):
            other = _COMPARISONS[operator]
            yield f"`{operator}` becomes `{other}`", _set(node, operator=other)
        case QuantifiedCondition():
            yield from _other_quantifier(node)
        case Connective(operator=operator, operands=operands):
            word = "or" if operator == "and" else "and"
            yield f"`{operator}` becomes `{word}`", _set(node, operator=word)
            for at in range(len(operands)):
                rest = _without(operands, at)
                left = rest[0] if len(rest) == 1 else _set(node, operands=rest)
                yield f"part {at + 1} of {len(operands)} is gone", left
        case Inverse(condition=condition):
            yield "`not` is gone", condition
        case Known(missing=missing):
            yield "`known` and `missing` change places", _set(node, missing=not missing)
        case Membership(options=tuple() as options) if len(options) > 1:
            for at in range(len(options)):
                yield f"option {at + 1} of {len(options)} is gone", _set(node, options=_without(options, at))
        case LiteralValue(type=kind, value=int() as value) if kind.sort is Sort.DATE:
            yield "the date is a day later", _set(node, value=value + 1)
            yield "the date is a day earlier", _set(node, value=value - 1)
        case ExtremeCondition(which=which):
            yield f"`{which}` becomes `{_OTHER_END[which]}`", _set(node, which=_OTHER_END[which])
        case AggregateValue(function=function) if function in _OTHER_END:
            yield (
                f"`{function}` becomes `{_OTHER_END[function]}`",
                _set(node, function=_OTHER_END[function]),
            )
        case Navigation(condition=condition) if condition is not None:
            yield "the terms and `where` of the phrase are gone", _set(node, condition=None)
        case _:
            return


def _other_quantifier(node: QuantifiedCondition) -> Iterator[tuple[str, QuantifiedCondition]]:
    said = node.quantifier
    if said in ("at least", "at most"):
        yield f"`{said} {node.count}` becomes `{said} {node.count + 1}`", _set(node, count=node.count + 1)
    elif said == "some":
        other = "no" if node.body is None else "every"
        yield f"`some` becomes `{other}`", _set(node, quantifier=other)
    else:
        yield f"`{said}` becomes `{_QUANTIFIERS[said]}`", _set(node, quantifier=_QUANTIFIERS[said])


def _set(node: Any, **changes: Any) -> Any:
    return replace(node, **changes)


def _with(items: tuple[Any, ...], at: int, item: Any) -> tuple[Any, ...]:
    return (*items[:at], item, *items[at + 1 :])


def _without(items: tuple[Any, ...], at: int) -> tuple[Any, ...]:
    return (*items[:at], *items[at + 1 :])


# ---- who uses what -------------------------------------------------------------------------------------------------


def _users(program: Program) -> Mapping[tuple[str, ...], list[Key]]:
    """The rules that rest on each term and rule, directly or through others."""
    declared: dict[Any, Term | Rule] = {**program.terms, **program.rules}
    below: dict[tuple[str, ...], frozenset[tuple[str, ...]]] = {}

    def rests_on(key: tuple[str, ...]) -> frozenset[tuple[str, ...]]:
        if key not in below:
            named = frozenset(_named(declared[key]))
            below[key] = named.union(*map(rests_on, named))
        return below[key]

    users: dict[tuple[str, ...], list[Key]] = defaultdict(list)
    for rule in program.rules:
        for key in rests_on(rule):
            users[key].append(rule)
    return users


def _named(node: Any) -> Iterator[tuple[str, ...]]:
    """The terms and rules that a tree names."""
    if isinstance(node, TermHolds):
        yield node.term
    elif isinstance(node, PassesRule):
        yield node.rule
    elif isinstance(node, tuple):
        for part in node:
            yield from _named(part)
    elif is_dataclass(node) and not isinstance(node, Span):
        for field in fields(node):
            yield from _named(getattr(node, field.name))
