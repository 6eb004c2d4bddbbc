"""Why a rule says what it says of an element: the parts of the rule as a tree, and reasons in short."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable
from typing import TypeVar

from lexline.evaluate.explain_parts import Explainer
from lexline.evaluate.explain_sets import OPEN, Frame
from lexline.evaluate.explanation import Explanation, Node, ReadEdge, Weight, walk_nodes
from lexline.evaluate.interpret_expressions import Evaluator
from lexline.evaluate.verdict import MissingFact, ReadFact, Reason, Truth, Verdict, Witness
from lexline.lang.typed import Key

__all__ = ["Explanation", "Node", "ReadEdge", "Weight", "explain_rule", "reasons_of"]

T = TypeVar("T")


def explain_rule(
    evaluator: Evaluator, rule: Key, number: int, *, in_full: bool, listed: int | None
) -> tuple[Node, ...]:
    """A node for each clause of a rule; ``in_full``: with all that only supports the verdict, and with edges;
    ``listed``: how many of the members that show a part are named where fewer would do (None: all)."""
    frame = Frame({0: number}, {0: (evaluator.graph.ids[number],)})
    return Explainer(evaluator, in_full=in_full, listed=listed).clauses(rule, frame, Weight.BEARS, seek=True)


def reasons_of(nodes: Iterable[Node], verdict: Verdict) -> tuple[Reason, ...]:
    """The clauses that bear on a verdict: first those that make it, then the ``for`` that lets the rule apply."""
    if verdict is Verdict.PASS:
        return ()
    bearing = [node for node in nodes if node.weight is Weight.BEARS]
    bearing.sort(key=lambda node: (node.role == "for" and node.truth is Truth.TRUE, _ORDER.index(node.role)))
    return tuple(_reason(node) for node in bearing)


_ORDER = ("require", "for", "except")


def _reason(clause: Node) -> Reason:
    nodes = [node for node in walk_nodes((clause,)) if node.weight is Weight.BEARS]
    part = clause if clause.role == "for" else _decisive(clause)
    facts: list[ReadFact] = _once((f for node in nodes for f in node.facts), lambda f: (f.element, f.attribute))
    missing: list[MissingFact] = _once((m for node in nodes for m in node.missing), lambda m: m)
    witnesses: list[Witness] = _once((node.witness for node in nodes if node.witness is not None), lambda w: w)
    return Reason(
        role=clause.role,
        clause=part.text,
        file=part.span.source.name,
        line=part.span.line,
        truth=clause.truth or Truth.UNKNOWN,
        witnesses=tuple(witnesses),
        further=sum(node.further for node in nodes),
        facts=tuple(facts),
        missing=tuple(missing),
        by=clause.name if clause.role == "except" else "",
        evidence=tuple(dict.fromkeys(node.note for node in nodes if node.note not in ("", OPEN))),
    )


def _decisive(clause: Node) -> Node:
    """The part that alone makes a clause true or false: of bullets, the one that a reader has to look at."""
    part = clause
    while part.truth in (Truth.TRUE, Truth.FALSE) and not part.name:
        bearing = [child for child in part.children if child.weight is Weight.BEARS]
        if len(bearing) != 1 or bearing[0].role != "part" or bearing[0].truth is not part.truth:
            break
        part = bearing[0]
    return part


def _once(found: Iterable[T], key: Callable[[T], Hashable]) -> list[T]:
    return list({key(one): one for one in found}.values())
