"""Which rules are about an element, and why a regime applies to it or not.

A rule applies where its ``for`` is true, from its day on. Where that is unknown, the facts that are missing say what to
record. The facts that a ``for`` rests on answer why. Rules tagged ``scope`` are those by which a policy decides that it
applies at all: their explanations say more.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from lexline.decision import Evaluation
from lexline.evaluate.explanation import Explanation, Node, Weight, walk_nodes
from lexline.evaluate.interpret import Interpreter
from lexline.evaluate.verdict import MissingFact, Phase, ReadFact, Truth
from lexline.lang.typed import Key

__all__ = ["SCOPE", "PolicyScope", "scope_of"]

SCOPE = "scope"
"""The tag of the rules by which a policy decides whether it applies."""


@dataclass(frozen=True, slots=True)
class PolicyScope:
    """What a policy asks of one element: the rules that apply, those that will or no longer do by their dates, those
    that don't, and those of which it can't be told; ``missing`` are the facts that would tell. ``because`` are the
    facts by which rules apply or, where none does, by which none does. ``elsewhere`` counts the rules about other
    kinds, which may be about what belongs to the element. ``deciding`` explains the rules tagged ``scope``."""

    policy: str
    title: str
    applying: tuple[Key, ...]
    upcoming: tuple[Key, ...]
    over: tuple[Key, ...]
    silent: tuple[Key, ...]
    untold: tuple[Key, ...]
    because: tuple[ReadFact, ...]
    missing: tuple[MissingFact, ...]
    elsewhere: Mapping[str, int]
    deciding: tuple[Explanation, ...]


def scope_of(evaluation: Evaluation, number: int) -> tuple[PolicyScope, ...]:
    """What each policy with rules asks of an element, in the order of the policies; of one whose rules are all about
    other kinds, only how many there are."""
    program, kind = evaluation.program, evaluation.graph.kind(number)
    interpreter = Interpreter(program, evaluation.graph, evaluation.clock, evaluation.checks)
    found = []
    for info in program.policies:
        rules = {key: rule for key, rule in program.rules.items() if key[0] == info.id}
        explained = {
            key: interpreter.explain(key, number, listed=1) for key, rule in rules.items() if rule.kind == kind
        }
        elsewhere = Counter(rule.kind for rule in rules.values() if rule.kind != kind)
        if rules:
            found.append(_of_policy(info.id, info.title, evaluation, explained, elsewhere))
    return tuple(found)


def _of_policy(
    policy: str, title: str, evaluation: Evaluation, explained: dict[Key, Explanation], elsewhere: Mapping[str, int]
) -> PolicyScope:
    conditions = {key: [node for node in found.nodes if node.role == "for"] for key, found in explained.items()}
    truths = {
        key: next((node.truth or Truth.UNKNOWN for node in nodes), Truth.TRUE) for key, nodes in conditions.items()
    }
    phases = {key: found.decision.phase for key, found in explained.items()}
    true = [key for key, truth in truths.items() if truth is Truth.TRUE]
    silent = [key for key, truth in truths.items() if truth is Truth.FALSE]
    untold = [key for key, truth in truths.items() if truth not in (Truth.TRUE, Truth.FALSE)]
    later = (Phase.UPCOMING,)
    over = (Phase.EXPIRED, Phase.NOT_IN_FORCE)
    rules = evaluation.program.rules
    return PolicyScope(
        policy,
        title,
        tuple(key for key in true if phases[key] not in (*later, *over)),
        tuple(key for key in true if phases[key] in later),
        tuple(key for key in true if phases[key] in over),
        tuple(silent),
        tuple(untold),
        tuple(dict.fromkeys(_facts(node for key in true or silent for node in conditions[key]))),
        tuple(dict.fromkeys(_missing(node for key in untold for node in conditions[key]))),
        elsewhere,
        tuple(found for key, found in explained.items() if SCOPE in rules[key].tags),
    )


def _facts(conditions: Iterable[Node]) -> Iterator[ReadFact]:
    """The facts on which conditions rest."""
    for node in walk_nodes(list(conditions)):
        if node.weight is not Weight.ASIDE:
            yield from (fact for fact in node.facts if fact.value is not None)


def _missing(conditions: Iterable[Node]) -> Iterator[MissingFact]:
    for node in walk_nodes(list(conditions)):
        yield from node.missing
