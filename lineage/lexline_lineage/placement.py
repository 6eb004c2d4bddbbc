"""Finds the place of every element and edge in the graph: its kind, and whether it may stand there.

In: the kinds of the numbered elements that are declared, and the ends of all edges. Out: a ``Placement``. Guaranteed:
an edge that the vocabulary does not allow is refused with its source; an element that only edges name has the one kind
that they allow.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lexline_lineage.facts import Source
from lexline_lineage.problems import LineageError, Problem, nearest
from lexline_lineage.values import is_clean_text
from lexline_lineage.vocabulary import Vocabulary

__all__ = [
    "ID_HELP",
    "MAX_PROBLEMS",
    "REFUSED",
    "UNDECLARED",
    "Ends",
    "Placement",
    "Refusals",
    "is_id",
    "place",
    "stub_kinds",
]

MAX_PROBLEMS = 500
"""How many problems of one set of facts are written out; a systematic mistake would fill memory otherwise."""
ID_HELP = "an id is a text that is not empty, without NUL and lone surrogates"
REFUSED = -1
"""The kind code of an element whose kind is refused; its edges are not reported again."""
UNDECLARED = -2
"""The kind code of an element that only edges name, before they have been looked at."""


class Refusals:
    """Collects the reasons for which facts are refused."""

    def __init__(self) -> None:
        self._problems: list[Problem] = []
        self._left_out = 0

    def add(self, code: str, message: str, source: Source, help: str = "") -> None:  # noqa: A002  # as in Problem
        """Notes a mistake of ``source``."""
        if len(self._problems) >= MAX_PROBLEMS:
            self._left_out += 1
            return
        self._problems.append(Problem(code, *source.location(), message, help))

    def raise_if_any(self) -> None:
        """Raises ``LineageError`` with all mistakes noted, if there are any."""
        if self._left_out:
            self._problems.append(Problem("LX439", "", 0, 0, f"and {self._left_out} more like these"))
        if self._problems:
            raise LineageError(self._problems)


@dataclass(frozen=True, slots=True, eq=False)
class Ends:
    """All edges: the numbers of their ends in ``ids``, the code of each one's relation in ``names``, and who says the
    ``i``-th."""

    ids: Sequence[str]
    origins: NDArray[np.int32]
    relations: NDArray[np.int32]
    targets: NDArray[np.int32]
    names: tuple[str, ...]
    source: Callable[[int], Source]

    def describe(self, index: int) -> str:
        """An edge in a reader's words."""
        origin, target = self.ids[int(self.origins[index])], self.ids[int(self.targets[index])]
        return f"{origin} {self.names[self.relations[index]]} {target}"


@dataclass(frozen=True, slots=True, eq=False)
class Placement:
    """The kind of each element by its number, ``REFUSED`` where it is wrong, and those that only edges name."""

    kind_codes: NDArray[np.int16]
    stubs: frozenset[int]


def place(vocabulary: Vocabulary, kind_codes: NDArray[np.int16], ends: Ends, refusals: Refusals) -> Placement:
    """Finds the kinds of elements that only edges name, and checks all edges. ``kind_codes`` gives by number the kind
    (in the vocabulary's order) of what is declared, ``UNDECLARED`` for what is not, ``REFUSED`` where its kind is
    wrong; mistakes are added to ``refusals``."""
    relations_known = np.array([name in vocabulary.relations for name in ends.names], np.bool_)
    usable = relations_known[ends.relations] if len(ends.relations) else np.zeros(0, np.bool_)
    for index in np.flatnonzero(~usable).tolist():
        name = ends.names[ends.relations[index]]
        message = f"the edge `{ends.describe(index)}` names the relation `{name}`, which does not exist"
        refusals.add("LX431", message, ends.source(index), nearest(name, vocabulary.relations))
    stubs = stub_kinds(vocabulary, kind_codes, ends, usable, refusals)
    kind_codes = np.where(kind_codes == UNDECLARED, np.int16(REFUSED), kind_codes)
    kind_codes[list(stubs)] = list(stubs.values())
    if len(kind_codes):
        _check_ends(vocabulary, ends, usable, kind_codes[ends.origins], kind_codes[ends.targets], refusals)
    return Placement(kind_codes, frozenset(stubs))


def is_id(element: object) -> bool:
    """True for what can name an element: text that is not empty, without NUL and lone surrogates."""
    return isinstance(element, str) and element != "" and is_clean_text(element)


def stub_kinds(
    vocabulary: Vocabulary, kind_codes: NDArray[np.int16], ends: Ends, usable: NDArray[np.bool_], refusals: Refusals
) -> dict[int, int]:
    """The kind codes of the elements that only edges name: the one kind that all of their edges allow.

    ``kind_codes`` as in ``place``; ``usable`` marks the edges whose relation exists.
    """
    undeclared = kind_codes == UNDECLARED
    candidates: dict[int, tuple[str, ...]] = {}
    first: dict[int, int] = {}
    for index in np.flatnonzero(usable & (undeclared[ends.origins] | undeclared[ends.targets])).tolist():
        relation = vocabulary.relations[ends.names[ends.relations[index]]]
        for end, allowed in ((ends.origins[index], relation.origins), (ends.targets[index], relation.targets)):
            number = int(end)
            if undeclared[number]:
                first.setdefault(number, index)
                before = candidates.get(number, allowed)
                candidates[number] = tuple(kind for kind in before if kind in allowed)
    codes = {name: code for code, name in enumerate(vocabulary.kinds)}
    stubs: dict[int, int] = {}
    for number, left in candidates.items():
        index, element = first[number], ends.ids[number]
        if not is_id(element):
            refusals.add("LX436", "an edge names an element without a proper id", ends.source(index), ID_HELP)
            continue
        stubs[number] = codes[left[0]] if len(left) == 1 else REFUSED
        if len(left) != 1:
            choice = " or ".join(f"`{kind}`" for kind in left) or "no one kind that all its edges allow"
            message = f"nothing declares `{element}` of the edge `{ends.describe(index)}`, which may be {choice}"
            refusals.add("LX433", message, ends.source(index), f"declare `{element}` with its kind")
    return stubs


def _check_ends(
    vocabulary: Vocabulary,
    ends: Ends,
    usable: NDArray[np.bool_],
    origin_codes: NDArray[np.int16],
    target_codes: NDArray[np.int16],
    refusals: Refusals,
) -> None:
    """Refuses the edges between kinds that their relation does not join."""
    if not len(ends.relations):
        return
    names = tuple(vocabulary.kinds)
    # The last column stands for the code REFUSED (-1): such an element has been reported already.
    from_ok = np.ones((len(ends.names), len(names) + 1), np.bool_)
    to_ok = np.ones_like(from_ok)
    for row, name in enumerate(ends.names):
        relation = vocabulary.relations.get(name)
        if relation is not None:
            from_ok[row, :-1] = [kind in relation.origins for kind in names]
            to_ok[row, :-1] = [kind in relation.targets for kind in names]
    wrong_from = usable & ~from_ok[ends.relations, origin_codes]
    wrong_to = usable & ~to_ok[ends.relations, target_codes]
    for index in np.flatnonzero(wrong_from | wrong_to).tolist():
        name = ends.names[ends.relations[index]]
        relation = vocabulary.relations[name]
        origin, target = names[origin_codes[index]], names[target_codes[index]]
        message = f"the edge `{ends.describe(index)}` leads from a `{origin}` to a `{target}`"
        help_text = f"`{name}` leads from {_list(relation.origins)} to {_list(relation.targets)}"
        reverse = origin in relation.targets and target in relation.origins
        help_text += "; turn the edge round" if reverse else ""
        refusals.add("LX432", message, ends.source(index), help_text)


def _list(kinds: Sequence[str]) -> str:
    return " or ".join(f"`{kind}`" for kind in kinds)
