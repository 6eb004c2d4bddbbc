"""The sources of a graph's facts by number. There can be one for each fact, so none is a Python object before it is
asked for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import overload

import numpy as np
from numpy.typing import NDArray

from lexline_lineage.facts import Source
from lexline_lineage.strings import Strings

__all__ = ["Sources"]


class Sources(Sequence[Source]):
    """The ``i``-th is ``Source(names[systems[i]], places[i])``; those of ``more`` follow."""

    __slots__ = ("more", "names", "places", "systems")

    def __init__(
        self, names: Strings, systems: NDArray[np.int32], places: Strings, more: tuple[Source, ...] = ()
    ) -> None:
        self.names = names
        self.systems = systems
        self.places = places
        self.more = more

    @classmethod
    def of(cls, sources: Iterable[Source]) -> Sources:
        """Sources, packed."""
        kept = list(sources)
        numbers: dict[str, int] = {}
        systems = (numbers.setdefault(source.system, len(numbers)) for source in kept)
        coded = np.fromiter(systems, np.int32, len(kept))
        return cls(Strings.of(numbers), coded, Strings.of(source.place for source in kept))

    def plus(self, source: Source) -> Sources:
        """These and a further one."""
        return Sources(self.names, self.systems, self.places, (*self.more, source))

    def __len__(self) -> int:
        """How many there are."""
        return len(self.systems) + len(self.more)

    @overload
    def __getitem__(self, index: int) -> Source: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[Source, ...]: ...
    def __getitem__(self, index: int | slice) -> Source | tuple[Source, ...]:
        """One source, or some."""
        if isinstance(index, slice):
            return tuple(self[number] for number in range(*index.indices(len(self))))
        number = index + len(self) if index < 0 else index
        if not 0 <= number < len(self):
            raise IndexError(index)
        packed = len(self.systems)
        if number >= packed:
            return self.more[number - packed]
        return Source(self.names[int(self.systems[number])], self.places[number])

    def __iter__(self) -> Iterator[Source]:
        """All of them, in order."""
        names = tuple(self.names)
        for system, place in zip(self.systems.tolist(), self.places, strict=True):
            yield Source(names[system], place)
        yield from self.more
