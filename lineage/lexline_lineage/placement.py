"""Finds the place of every element and edge in the graph: its number, its kind, and whether it may stand there.

In: the kinds that are declared, and the ends of all edges. Out: a ``Placement``. Guaranteed: an edge that the
vocabulary does not allow is refused with its source; an element that only edges name has the one kind that they allow.
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

__all__ = ["ID_HELP", "MAX_PROBLEMS", "REFUSED", "Ends", "Placement", "Refusals", "is_id", "place", "stub_kinds"]

MAX_PROBLEMS = 500
"""How many problems of one set of facts are written out; a systematic mistake would fill memory otherwise."""
ID_HELP = "an id is a text that is not empty, without NUL and lone surrogates"
REFUSED = -1
"""The kind code of an element whose kind is refused; its edges are not reported again."""


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
    """All edges: the ids of their ends, the code of each one's relation in ``names``, and who says the ``i``-th."""

    origins: Sequence[str]
    relations: NDArray[np.int32]
    targets: Sequence[str]
    names: tuple[str, ...]
    source: Callable[[int], Source]

    def describe(self, index: int) -> str:
        """An edge in a reader's words."""
        return f"{self.origins[index]} {self.names[self.relations[index]]} {self.targets[index]}"


@dataclass(frozen=True, slots=True, eq=False)
class Placement:
    """The elements by number, and the numbers of the ends of each edge."""

    ids: tuple[str, ...]
    kind_codes: NDArray[np.int16]
    numbers: dict[str, int]
    stubs: frozenset[int]
    origins: NDArray[np.int32]
    targets: NDArray[np.int32]


def place(vocabulary: Vocabulary, kinds: dict[str, int], ends: Ends, refusals: Refusals) -> Placement:
    """Numbers all elements and checks all edges. ``kinds`` gives the kind code (in the vocabulary's order) of each
    declared element, ``REFUSED`` where its kind is wrong; mistakes are added to ``refusals``."""
    relations_known = np.array([name in vocabulary.relations for name in ends.names], np.bool_)
    usable = relations_known[ends.relations] if len(ends.relations) else np.zeros(0, np.bool_)
    for index in np.flatnonzero(~usable).tolist():
        name = ends.names[ends.relations[index]]
        message = f"the edge `{ends.describe(index)}` names the relation `{name}`, which does not exist"
        refusals.add("LX431", message, ends.source(index), nearest(name, vocabulary.relations))
    stubs = stub_kinds(vocabulary, kinds, ends, usable, refusals)
    kinds = kinds | stubs
    ids = tuple(sorted(kinds))
    numbers = {element: number for number, element in enumerate(ids)}
    kind_codes = np.fromiter(map(kinds.__getitem__, ids), np.int16, len(ids))
    origins = np.fromiter((numbers.get(end, 0) for end in ends.origins), np.int32, len(ends.origins))
    targets = np.fromiter((numbers.get(end, 0) for end in ends.targets), np.int32, len(ends.targets))
    if len(ids):
        _check_ends(vocabulary, ends, usable, kind_codes[origins], kind_codes[targets], refusals)
    stub_numbers = frozenset(numbers[stub] for stub in stubs)
    return Placement(ids, kind_codes, numbers, stub_numbers, origins, targets)


def is_id(element: object) -> bool:
    """True for what can name an element: text that is not empty, without NUL and lone surrogates."""
    return isinstance(element, str) and element != "" and is_clean_text(element)


def stub_kinds(
    vocabulary: Vocabulary, kinds: dict[str, int], ends: Ends, usable: NDArray[np.bool_], refusals: Refusals
) -> dict[str, int]:
    """The kind codes of the elements that only edges name: the one kind that all of their edges allow.

    ``kinds`` has the kind codes of those that are declared; ``usable`` marks the edges whose relation exists.
    """
    undeclared = (set(ends.origins) | set(ends.targets)) - kinds.keys()
    candidates: dict[str, tuple[str, ...]] = {}
    first: dict[str, int] = {}
    for index, (origin, target) in enumerate(zip(ends.origins, ends.targets, strict=True)) if undeclared else ():
        if not usable[index]:
            continue
        relation = vocabulary.relations[ends.names[ends.relations[index]]]
        for element, allowed in ((origin, relation.origins), (target, relation.targets)):
            if element in undeclared:
                first.setdefault(element, index)
                before = candidates.get(element, allowed)
                candidates[element] = tuple(kind for kind in before if kind in allowed)
    codes = {name: code for code, name in enumerate(vocabulary.kinds)}
    stubs: dict[str, int] = {}
    for element, left in candidates.items():
        index = first[element]
        if not is_id(element):
            refusals.add("LX436", "an edge names an element without a proper id", ends.source(index), ID_HELP)
            continue
        stubs[element] = codes[left[0]] if len(left) == 1 else REFUSED
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
