"""What a plan is made of: nodes over slots, in one table for all rules.

A node is a function of the elements in its *slots*: none (a figure of the whole portfolio), one (a column over all
elements of a kind) or several (pairs and more, where an expression mixes an inner element with an outer one). A node
has exactly the slots that it reads, numbered in the order in which they are bound, so that two expressions that mean
the same are the same node, in whatever rule and at whatever depth they stand. What reads a node says by an ``Input``
which of its own slots go into it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Literal

from lexline.lang.typed import Key
from lexline_lineage.values import Sort, Value, ValueType

__all__ = [
    "BOOLEAN",
    "Aggregate",
    "Arithmetic",
    "Attribute",
    "Avoided",
    "Check",
    "Choose",
    "Compare",
    "CompareSome",
    "Connect",
    "Constant",
    "DateOf",
    "Document",
    "Domain",
    "Extreme",
    "InList",
    "Includes",
    "Input",
    "IsKnown",
    "Item",
    "Items",
    "LastDay",
    "Lineage",
    "Method",
    "Navigate",
    "Navigating",
    "Node",
    "OneOf",
    "Operation",
    "Otherwise",
    "Parameter",
    "Passes",
    "Portfolio",
    "Quantify",
    "Related",
    "Today",
    "navigation_of",
    "nodes_read",
]

BOOLEAN = ValueType(Sort.BOOLEAN)


@dataclass(frozen=True, slots=True)
class Items:
    """The values at a JSONPath of a document attribute, of all elements of a kind."""

    kind: str
    attribute: str
    path: str


Domain = str | Items
"""What a slot runs over: the elements of a kind, or the items of its documents."""


@dataclass(frozen=True, slots=True)
class Input:
    """A node that is read: slot ``i`` of it is slot ``slots[i]`` of the reader."""

    node: int
    slots: tuple[int, ...]


# ---- values --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Constant:
    """A written value."""

    value: Value


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter: its values as (value, since, until, published), in the order of the text, dated in a time zone."""

    key: Key
    timezone: str
    values: tuple[tuple[Value, date | None, date | None, date | None], ...]


@dataclass(frozen=True, slots=True)
class Today:
    """The date of evaluation in a time zone, or its moment where the node's type is moment."""

    timezone: str


@dataclass(frozen=True, slots=True)
class LastDay:
    """The latest ``day`` of ``month`` up to today in a time zone."""

    day: int
    month: int
    timezone: str


@dataclass(frozen=True, slots=True)
class Attribute:
    """An attribute of the element in the node's only slot."""

    attribute: str


@dataclass(frozen=True, slots=True)
class Item:
    """The item in the node's only slot, read as the node's type."""


@dataclass(frozen=True, slots=True)
class DateOf:
    """The date of a moment in a time zone. Reads: the moment."""

    timezone: str


@dataclass(frozen=True, slots=True)
class Arithmetic:
    """Reads: left, right."""

    operator: Literal["+", "-", "*", "/"]
    timezone: str = "UTC"


@dataclass(frozen=True, slots=True)
class Choose:
    """One of two values. Reads: the condition, the value where it is true, the value where it is false."""


@dataclass(frozen=True, slots=True)
class Otherwise:
    """Reads: a value, and the fallback where it is missing."""


@dataclass(frozen=True, slots=True)
class Check:
    """The outcome of a check for the element in the node's only slot. Reads: its arguments, each without slots."""

    check: str
    arguments: tuple[str, ...]


# ---- conditions ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Compare:
    """Reads: left, right."""

    operator: Literal["=", "!=", "<", "<=", ">", ">="]


@dataclass(frozen=True, slots=True)
class OneOf:
    """Whether a value equals an option. Reads: the value, then the options."""


@dataclass(frozen=True, slots=True)
class InList:
    """Whether a value stands in a list. Reads: the value, the list."""


@dataclass(frozen=True, slots=True)
class Includes:
    """Whether a list holds all of another. Reads: the list, the other list."""


@dataclass(frozen=True, slots=True)
class IsKnown:
    """Whether a value is recorded. Reads: the attribute."""


@dataclass(frozen=True, slots=True)
class Connect:
    """Kleene's ``and``, ``or``, or ``not`` (of one operand). Reads: the operands."""

    operator: Literal["and", "or", "not"]


@dataclass(frozen=True, slots=True)
class Passes:
    """Whether a rule passes. Reads: its ``for``, its exceptions joined, its requirements joined."""


# ---- navigation ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Avoided:
    """Elements of ``kind`` for which the node ``condition`` (of no slot, or one of that kind) holds."""

    kind: str
    condition: int


@dataclass(frozen=True, slots=True)
class Lineage:
    """All that data flows from (upstream) or to (downstream), within ``steps`` (None: any distance)."""

    direction: Literal["upstream", "downstream"]
    steps: int | None
    avoiding: tuple[Avoided, ...] = ()


@dataclass(frozen=True, slots=True)
class Related:
    """The elements one relation away; True: along it as written."""

    relations: tuple[tuple[str, bool], ...]


@dataclass(frozen=True, slots=True)
class Portfolio:
    """All elements of a kind."""


@dataclass(frozen=True, slots=True)
class Document:
    """The items of a document (the member's domain says of which)."""


@dataclass(frozen=True, slots=True)
class Navigate:
    """The members of ``scope`` from the element in slot ``origin`` (None: the portfolio, from nowhere). In the inputs
    of a node that navigates, the slot after the node's own is the member."""

    scope: Lineage | Related | Portfolio | Document
    origin: int | None
    member: Domain


Method = Literal["pairs", "paint", "sum"]
"""How a navigation is decided: each pair of origin and member, a paint that spreads from the members, or a walk from
each origin that sums up what the members weigh."""


@dataclass(frozen=True, slots=True)
class Quantify:
    """Reads: the condition of membership, the body. (``every`` reads its body as written.)"""

    quantifier: Literal["some", "every", "no", "at least", "at most", "exactly"]
    count: int
    navigation: Navigate
    method: Method = "pairs"


@dataclass(frozen=True, slots=True)
class Extreme:
    """Whether the members with the greatest (else least) key have the body. Reads: the condition, the key, the body."""

    greatest: bool
    navigation: Navigate
    method: Method = "pairs"


@dataclass(frozen=True, slots=True)
class Aggregate:
    """Reads: the condition, then the attribute, or the body of a share, or (count) true; then, with ``has_none``, the
    value over an empty set, in which the member doesn't stand."""

    function: Literal["count", "latest", "earliest", "highest", "lowest", "total", "average", "share"]
    navigation: Navigate
    has_none: bool = False
    method: Method = "pairs"


@dataclass(frozen=True, slots=True)
class CompareSome:
    """Whether some member has a value that compares so with one of the origin. Reads: the condition, the member's
    value, the value that it is compared with, in which the member doesn't stand."""

    operator: Literal["<", "<=", ">", ">="]
    navigation: Navigate
    method: Method = "paint"


Navigating = Quantify | Extreme | Aggregate | CompareSome

Operation = (
    Constant
    | Parameter
    | Today
    | LastDay
    | Attribute
    | Item
    | DateOf
    | Arithmetic
    | Choose
    | Otherwise
    | Check
    | Compare
    | OneOf
    | InList
    | Includes
    | IsKnown
    | Connect
    | Passes
    | Quantify
    | Extreme
    | Aggregate
    | CompareSome
)


def navigation_of(operation: Operation) -> Navigate | None:
    """Where an operation navigates, if it does."""
    return operation.navigation if isinstance(operation, Navigating) else None


# ---- nodes ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, eq=False)
class Node:
    """An operation over its slots; ``domains[i]`` is what slot ``i`` runs over. A plan has each once (``NodeTable``),
    so that one is itself alone."""

    operation: Operation
    type: ValueType
    domains: tuple[Domain, ...]
    inputs: tuple[Input, ...] = ()

    @property
    def member(self) -> int:
        """The slot of the member in the inputs of a node that navigates."""
        return len(self.domains)


def nodes_read(node: Node) -> Iterator[int]:
    """The nodes that a node reads, those that say what it avoids among them."""
    yield from (read.node for read in node.inputs)
    navigation = navigation_of(node.operation)
    if navigation is not None and isinstance(navigation.scope, Lineage):
        yield from (avoided.condition for avoided in navigation.scope.avoiding)
