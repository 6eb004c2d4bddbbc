"""The lineage graph of one date: immutable, columnar, with integer element numbers.

Elements are numbered ``0 … n-1`` in the order of their ids; a kind's column holds a value for each of its
elements in ascending order of number. Written by ``builder`` only.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lexline_lineage.facts import Source
from lexline_lineage.values import Value, ValueType
from lexline_lineage.vocabulary import Vocabulary

__all__ = ["Adjacency", "Column", "Graph"]


@dataclass(frozen=True, slots=True, eq=False)
class Column:
    """One attribute of all elements of one kind.

    ``values`` by sort: boolean ``bool_``; number and percentage ``float64``; date ``int64`` days since
    1970-01-01; moment ``int64`` microseconds since 1970-01-01 UTC; enumeration ``int32`` index into
    ``type.symbols``; text ``int32`` index into ``Graph.texts``; duration, list and document ``object``
    (``Duration``, ``tuple``, ``dict``/``list``). Where ``known`` is False the value is missing and
    ``values`` holds zero (``None`` for objects).
    """

    type: ValueType
    values: NDArray[Any]
    known: NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Adjacency:
    """Compressed rows over *all* element numbers: the neighbours of ``i`` are
    ``neighbours[starts[i]:starts[i + 1]]``, ascending, each once; ``possible`` marks an edge that may not be
    there (an edge said both surely and possibly is sure)."""

    starts: NDArray[np.int64]
    neighbours: NDArray[np.int32]
    possible: NDArray[np.bool_]

    def row(self, number: int) -> list[tuple[int, bool]]:
        """The neighbours of one element with their ``possible`` flag."""
        begin, end = int(self.starts[number]), int(self.starts[number + 1])
        return list(zip(self.neighbours[begin:end].tolist(), self.possible[begin:end].tolist(), strict=True))


@dataclass(frozen=True, eq=False)
class Graph:
    """See the module. ``ids[number]`` is the element's id, ``kind_names[kind_codes[number]]`` its kind.

    ``stubs`` are elements that only an edge names. ``sources`` names who said a fact: by ``(number,
    attribute)`` and by ``(origin, relation, target)``.
    """

    vocabulary: Vocabulary
    ids: tuple[str, ...]
    kind_names: tuple[str, ...]
    kind_codes: NDArray[np.int16]
    texts: tuple[str, ...]
    columns: Mapping[tuple[str, str], Column]
    along: Mapping[str, Adjacency]
    """by relation, from origin to target as the vocabulary writes it"""
    against: Mapping[str, Adjacency]
    """by relation, from target to origin"""
    upstream: Adjacency
    """over all flow relations: to the elements that data comes from"""
    downstream: Adjacency
    """over all flow relations: to the elements that data goes to"""
    stubs: frozenset[int]
    members: Mapping[str, NDArray[np.int32]]
    """by kind, the numbers of its elements, ascending"""

    def number(self, element: str) -> int | None:
        """The number of the element with this id."""
        raise NotImplementedError

    def kind(self, number: int) -> str:
        """The kind of an element."""
        return self.kind_names[int(self.kind_codes[number])]

    def value(self, number: int, attribute: str) -> Value | None:
        """The value of an attribute as a plain Python object; None where it is missing."""
        raise NotImplementedError

    def source(self, number: int, attribute: str) -> Source | None:
        """Who said the value of this attribute."""
        raise NotImplementedError

    def edge_source(self, origin: int, relation: str, target: int) -> Source | None:
        """Who said this edge."""
        raise NotImplementedError

    def flow_relations(self, upper: int, lower: int) -> tuple[str, ...]:
        """The names of the flow relations by which data goes from ``upper`` to ``lower``."""
        raise NotImplementedError
