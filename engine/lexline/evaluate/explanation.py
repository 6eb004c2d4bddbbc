"""An explanation as data: the parts of a rule as a tree, what each came to, and the facts, paths and gaps behind it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from lexline.diagnostics import Span
from lexline.evaluate.verdict import Decision, MissingFact, ReadFact, Truth, Witness
from lexline_lineage.facts import Source

__all__ = ["AbsentMember", "Explanation", "Node", "ReadEdge", "Weight", "walk_nodes"]


class Weight(StrEnum):
    """What a part does for the verdict: it *bears* on it, or only *supports* it (the verdict is open, and this part
    must not settle it), or it stands *aside*: whatever it came to, the verdict would be the same."""

    BEARS = "bears"
    SUPPORTS = "supports"
    ASIDE = "aside"


@dataclass(frozen=True, slots=True)
class ReadEdge:
    """An edge that a decision read, as the vocabulary writes its relation."""

    origin: str
    relation: str
    target: str
    possible: bool
    source: Source | None


@dataclass(frozen=True, slots=True)
class AbsentMember:
    """An element that is not there and could show what was asked for: of ``kind``, joined to ``element`` by
    ``relation``, which leads to it where ``forward``."""

    kind: str
    element: str
    relation: str
    forward: bool


@dataclass(frozen=True, slots=True)
class Node:
    """A part of a rule.

    ``role``: ``for``, ``except``, ``require``, ``part``, ``value``, ``where``, ``has``, ``avoiding``, or ``member`` of
    a set. ``truth`` is None for values and members; ``value`` is in a reader's words, a range as ``2 to 4``.
    ``witness`` says which member, and the path to it. ``facts``, ``edges`` and ``missing`` are those that the part
    itself reads; its children have their own. ``absent`` is a member that a set lacks. All members that bear on what a
    set came to stand among its children, but ``further`` ones that only show again what those show.
    """

    role: str
    span: Span
    weight: Weight
    truth: Truth | None = None
    value: str = ""
    name: str = ""
    """of a term or a rule; of an exception, who grants it"""
    note: str = ""
    """the evidence of a check, or that a set is open or empty"""
    witness: Witness | None = None
    facts: tuple[ReadFact, ...] = ()
    edges: tuple[ReadEdge, ...] = ()
    missing: tuple[MissingFact, ...] = ()
    absent: tuple[AbsentMember, ...] = ()
    further: int = 0
    children: tuple[Node, ...] = ()

    @property
    def text(self) -> str:
        """The text of the part on one line."""
        return self.span.line_of_words


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why a rule says what it says of an element: the decision, and a node for each ``for``, exception and requirement.

    Where nothing but the facts and edges cited is recorded, the decision is the same (what checks read is not cited).
    """

    decision: Decision
    nodes: tuple[Node, ...]

    def cited(self) -> frozenset[tuple[str, str]]:
        """The facts that the verdict rests on: element and attribute."""
        return frozenset(
            (fact.element, fact.attribute)
            for node in walk_nodes(self.nodes)
            if node.weight is not Weight.ASIDE
            for fact in node.facts
            # A place in a document (its attribute's name has no space) is part of the document, which is cited too.
            if fact.kind != "parameter" and " " not in fact.attribute
        )

    def cited_edges(self) -> frozenset[tuple[str, str, str]]:
        """The edges that the verdict rests on: origin, relation and target."""
        return frozenset(
            (edge.origin, edge.relation, edge.target)
            for node in walk_nodes(self.nodes)
            if node.weight is not Weight.ASIDE
            for edge in node.edges
        )


def walk_nodes(nodes: Sequence[Node]) -> Iterator[Node]:
    """All nodes, each before its children, in the order of the text."""
    stack = list(reversed(nodes))
    while stack:
        node = stack.pop()
        yield node
        stack.extend(reversed(node.children))
