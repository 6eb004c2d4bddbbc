"""Which rules are about an element, and why a regime applies to it or not.

A rule applies where its ``for`` is true. Where that is unknown, the facts that are missing say what to record. Rules
tagged ``scope`` are those by which a policy decides that it applies: their explanations answer why.
"""

from __future__ import annotations

from dataclasses import dataclass

from lexline.decision import Evaluation
from lexline.evaluate.explanation import Explanation, Node, walk_nodes
from lexline.evaluate.interpret import Interpreter
from lexline.evaluate.verdict import MissingFact, Truth
from lexline.lang.typed import Key

__all__ = ["SCOPE", "PolicyScope", "scope_of"]

SCOPE = "scope"
"""The tag of the rules by which a policy decides whether it applies."""


@dataclass(frozen=True, slots=True)
class PolicyScope:
    """What a policy asks of one element: the rules that apply, that don't, and of which it can't be told; ``missing``
    are the facts that would tell. ``deciding`` explains the rules tagged ``scope``."""

    policy: str
    title: str
    applying: tuple[Key, ...]
    silent: tuple[Key, ...]
    untold: tuple[Key, ...]
    missing: tuple[MissingFact, ...]
    deciding: tuple[Explanation, ...]


def scope_of(evaluation: Evaluation, number: int) -> tuple[PolicyScope, ...]:
    """What each policy with rules about the kind of an element asks of it, in the order of the policies."""
    program, kind = evaluation.program, evaluation.graph.kind(number)
    interpreter = Interpreter(program, evaluation.graph, evaluation.clock, evaluation.checks)
    found = []
    for info in program.policies:
        about = [key for key, rule in program.rules.items() if key[0] == info.id and rule.kind == kind]
        if about:
            explained = {key: interpreter.explain(key, number, listed=1) for key in about}
            found.append(_of_policy(info.id, info.title, evaluation, explained))
    return tuple(found)


def _of_policy(policy: str, title: str, evaluation: Evaluation, explained: dict[Key, Explanation]) -> PolicyScope:
    by_truth: dict[Truth, list[Key]] = {truth: [] for truth in Truth}
    missing: dict[MissingFact, None] = {}
    for key, explanation in explained.items():
        conditions = [node for node in explanation.nodes if node.role == "for"]
        truth = next((node.truth or Truth.UNKNOWN for node in conditions), Truth.TRUE)
        by_truth[truth].append(key)
        if truth not in (Truth.TRUE, Truth.FALSE):
            missing.update(dict.fromkeys(_missing(conditions)))
    rules = evaluation.program.rules
    return PolicyScope(
        policy,
        title,
        tuple(by_truth[Truth.TRUE]),
        tuple(by_truth[Truth.FALSE]),
        (*by_truth[Truth.UNKNOWN], *by_truth[Truth.FAILED]),
        tuple(missing),
        tuple(explanation for key, explanation in explained.items() if SCOPE in rules[key].tags),
    )


def _missing(nodes: list[Node]) -> list[MissingFact]:
    return [fact for node in walk_nodes(nodes) for fact in node.missing]
