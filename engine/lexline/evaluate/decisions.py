"""The decisions of a run: millions of verdicts as columns, each a ``Decision`` only while somebody looks at it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import overload

import numpy as np
from numpy.typing import NDArray

from lexline.evaluate.verdict import Decision, Phase, Verdict
from lexline.lang.typed import Key

__all__ = ["PHASES", "VERDICTS", "Decisions", "Group", "VerdictColumn"]

VERDICTS: tuple[Verdict, ...] = tuple(Verdict)
"""What the codes of a column of verdicts stand for."""
PHASES: tuple[Phase, ...] = tuple(Phase)
"""What the codes of a column of phases stand for."""

Group = tuple[Key, Verdict, Phase]
"""What is alike for a reader: a rule, what it says, and whether it applies."""


@dataclass(frozen=True, slots=True, eq=False)
class VerdictColumn:
    """A rule's verdicts: for each of ``elements`` (numbers of the graph, all of ``kind``) an index into ``VERDICTS``,
    the verdict that lies under it, and an index into ``PHASES``."""

    kind: str
    elements: NDArray[np.int32]
    verdicts: NDArray[np.uint8]
    underlying: NDArray[np.uint8]
    phases: NDArray[np.uint8]

    def part(self, rows: NDArray[np.bool_]) -> VerdictColumn:
        """Some of its rows."""
        return VerdictColumn(
            self.kind, self.elements[rows], self.verdicts[rows], self.underlying[rows], self.phases[rows]
        )


class Decisions(Sequence[Decision]):
    """The verdicts of rules in order. ``ids`` names the elements; ``told`` holds, by rule and element, the decisions of
    which more is known than their verdict (reasons, a waiver)."""

    __slots__ = ("_columns", "_ends", "_ids", "_told")

    def __init__(
        self,
        ids: Sequence[str],
        columns: Iterable[tuple[Key, VerdictColumn]],
        told: Mapping[tuple[Key, int], Decision],
    ) -> None:
        self._ids = ids
        self._columns = tuple(columns)
        self._told = told
        self._ends = np.cumsum([0, *(len(column.elements) for _, column in self._columns)])

    @classmethod
    def of(cls, decisions: Sequence[Decision]) -> Decisions:
        """Some decisions, as they are."""
        columns: list[tuple[Key, VerdictColumn]] = []
        for (rule, kind), alike in groupby(enumerate(decisions), key=lambda pair: (pair[1].rule, pair[1].kind)):
            pairs = list(alike)
            codes = [(VERDICTS.index(d.verdict), VERDICTS.index(d.underlying), PHASES.index(d.phase)) for _, d in pairs]
            elements = np.array([place for place, _ in pairs], np.int32)
            columns.append((rule, VerdictColumn(kind, elements, *np.array(codes, np.uint8).T)))
        told = {(decision.rule, place): decision for place, decision in enumerate(decisions)}
        return cls([decision.element for decision in decisions], columns, told)

    def __len__(self) -> int:
        """How many there are."""
        return int(self._ends[-1])

    @overload
    def __getitem__(self, index: int) -> Decision: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[Decision, ...]: ...
    def __getitem__(self, index: int | slice) -> Decision | tuple[Decision, ...]:
        """One of them, or some."""
        if isinstance(index, slice):
            return tuple(self[place] for place in range(*index.indices(len(self))))
        place = index + len(self) if index < 0 else index
        if not 0 <= place < len(self):
            raise IndexError(index)
        at = int(np.searchsorted(self._ends, place, side="right")) - 1
        key, column = self._columns[at]
        row = place - int(self._ends[at])
        parts = (column.elements, column.verdicts, column.underlying, column.phases)
        return self._made(key, column.kind, *(int(part[row]) for part in parts))

    def __iter__(self) -> Iterator[Decision]:
        """All of them, in order."""
        return (decision for _, decision in self.numbered())

    def __eq__(self, other: object) -> bool:
        """The same decisions in the same order."""
        return isinstance(other, Sequence) and len(self) == len(other) and all(map(Decision.__eq__, self, other))

    __hash__ = None  # type: ignore[assignment]

    def numbered(self) -> Iterator[tuple[int, Decision]]:
        """All of them, each with the number of its element."""
        for key, column in self._columns:
            parts = (column.elements, column.verdicts, column.underlying, column.phases)
            for codes in zip(*(part.tolist() for part in parts), strict=True):
                yield codes[0], self._made(key, column.kind, *codes)

    def tally(self) -> Counter[Group]:
        """How many there are of each group."""
        counts: Counter[Group] = Counter()
        for key, column in self._columns:
            found = np.bincount(column.verdicts * np.int64(len(PHASES)) + column.phases)
            for code in np.flatnonzero(found).tolist():
                verdict, phase = divmod(code, len(PHASES))
                counts[key, VERDICTS[verdict], PHASES[phase]] += int(found[code])
        return counts

    def chosen(self, groups: Iterable[Sequence[Group]]) -> Decisions:
        """Those of some groups, those of the first of ``groups`` (all of one rule) first."""
        columns: list[tuple[Key, VerdictColumn]] = []
        for alike in groups:
            codes = [VERDICTS.index(verdict) * len(PHASES) + PHASES.index(phase) for _, verdict, phase in alike]
            for key, column in self._columns:
                if key == alike[0][0]:
                    rows = np.isin(column.verdicts * np.uint8(len(PHASES)) + column.phases, np.array(codes, np.uint8))
                    columns.append((key, column.part(rows)))
        return Decisions(self._ids, columns, self._told)

    def telling(self, told: Mapping[tuple[Key, int], Decision]) -> Decisions:
        """The same, with more that is known of some, by rule and number of the element; their verdicts are the same."""
        return Decisions(self._ids, self._columns, {**self._told, **told})

    def _made(self, key: Key, kind: str, element: int, verdict: int, underlying: int, phase: int) -> Decision:
        told = self._told.get((key, element)) if self._told else None
        if told is not None:
            return told
        return Decision(key, self._ids[element], kind, VERDICTS[verdict], VERDICTS[underlying], PHASES[phase])
