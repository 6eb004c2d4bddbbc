"""Many texts in one block of bytes: no Python object for each, and the same in memory as in a snapshot."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, overload

import numpy as np
from numpy.typing import NDArray

__all__ = ["Strings", "Texts"]

_LONE = "surrogatepass"
"""Names of files can hold lone surrogates."""
_CHUNK = 1 << 16
"""How many texts are decoded at once by who walks over all."""


class Strings(Sequence[str]):
    """Texts by number. The ``i``-th is ``data[starts[i]:starts[i + 1]]`` in UTF-8; those of ``more`` follow."""

    __slots__ = ("data", "more", "starts")

    def __init__(self, data: NDArray[np.uint8], starts: NDArray[np.int64], more: tuple[str, ...] = ()) -> None:
        self.data = data
        self.starts = starts
        self.more = more

    @classmethod
    def of(cls, texts: Iterable[str]) -> Strings:
        """Texts, packed."""
        kept = list(texts)
        joined = "".join(kept)
        sizes = np.fromiter(map(len, kept), np.int64, len(kept))
        if not joined.isascii():
            sizes = np.fromiter((len(text.encode("utf-8", _LONE)) for text in kept), np.int64, len(kept))
        starts = np.zeros(len(kept) + 1, np.int64)
        np.cumsum(sizes, out=starts[1:])
        return cls(np.frombuffer(joined.encode("utf-8", _LONE), np.uint8), starts)

    def plus(self, more: Sequence[str]) -> Strings:
        """These texts and further ones; the block is shared."""
        return Strings(self.data, self.starts, (*self.more, *more))

    def packed(self) -> Strings:
        """The same texts, all of them in the block."""
        if not self.more:
            return self
        tail = Strings.of(self.more)
        starts = np.concatenate([self.starts, tail.starts[1:] + self.starts[-1]])
        return Strings(np.concatenate([self.data[: self.starts[-1]], tail.data]), starts)

    def __len__(self) -> int:
        """How many there are."""
        return len(self.starts) - 1 + len(self.more)

    @overload
    def __getitem__(self, index: int) -> str: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[str, ...]: ...
    def __getitem__(self, index: int | slice) -> str | tuple[str, ...]:
        """One text, or some."""
        if isinstance(index, slice):
            return tuple(self.take(range(*index.indices(len(self)))))
        number = index + len(self) if index < 0 else index
        if not 0 <= number < len(self):
            raise IndexError(index)
        packed = len(self.starts) - 1
        return str(self._bytes(number), "utf-8", _LONE) if number < packed else self.more[number - packed]

    def __iter__(self) -> Iterator[str]:
        """All of them, in order."""
        packed = len(self.starts) - 1
        for first in range(0, packed, _CHUNK):
            starts = self.starts[first : min(first + _CHUNK, packed) + 1]
            block = self.data[starts[0] : starts[-1]].tobytes()
            ends = (starts - starts[0]).tolist()
            if block.isascii():
                text = block.decode("ascii")
                yield from (text[ends[at] : ends[at + 1]] for at in range(len(ends) - 1))
            else:
                yield from (block[ends[at] : ends[at + 1]].decode("utf-8", _LONE) for at in range(len(ends) - 1))
        yield from self.more

    def __eq__(self, other: object) -> bool:
        """The same texts in the same order, packed or not."""
        return isinstance(other, Sequence) and len(other) == len(self) and all(map(str.__eq__, self, other))

    __hash__ = None  # type: ignore[assignment]

    def __contains__(self, text: object) -> bool:
        """Whether it is one of them."""
        return isinstance(text, str) and self.place(text) is not None

    def index(self, value: Any, start: int = 0, stop: int | None = None) -> int:
        """The number of a text. Raises ``ValueError``."""
        place = self.place(value)
        if place is None or not start <= place < (len(self) if stop is None else stop):
            raise ValueError(value)
        return place

    def take(self, numbers: Iterable[int]) -> list[str]:
        """The texts of these numbers."""
        return [self[number] for number in numbers]

    def find(self, text: str) -> int | None:
        """The number of a text of the block, which has to be sorted."""
        wanted = text.encode("utf-8", _LONE)
        low, high = 0, len(self.starts) - 1
        while low < high:  # UTF-8 sorts as its characters do
            middle = (low + high) // 2
            if self._bytes(middle) < wanted:
                low = middle + 1
            else:
                high = middle
        return low if low < len(self.starts) - 1 and self._bytes(low) == wanted else None

    def are_clean(self) -> NDArray[np.bool_]:
        """Whether each text of the block is one that can name something: not empty, without NUL."""
        clean = np.diff(self.starts) > 0
        zeros = np.flatnonzero(self.data[: self.starts[-1]] == 0)
        clean[np.searchsorted(self.starts, zeros, side="right") - 1] = False
        return clean

    def are_ascii(self) -> bool:
        """Whether all texts of the block are of ASCII alone."""
        return not (self.data[: self.starts[-1]] & 0x80).any()

    def _bytes(self, number: int) -> bytes:
        return self.data[self.starts[number] : self.starts[number + 1]].tobytes()

    def place(self, text: str) -> int | None:
        """The number of a text of a block in any order; ``None`` where it is not there."""
        wanted = text.encode("utf-8", _LONE)
        at = np.flatnonzero(np.diff(self.starts) == len(wanted))  # then fewer with each byte
        for offset, byte in enumerate(wanted):
            at = at[self.data[self.starts[at] + offset] == byte]
        if len(at):
            return int(at[0])
        return len(self.starts) - 1 + self.more.index(text) if text in self.more else None


class Texts:
    """Numbers for texts: those of a given block first, then whatever else is met."""

    def __init__(self, given: Sequence[str] = ()) -> None:
        self._given = given if isinstance(given, Strings) else Strings.of(given)
        self._numbers: dict[str, int] = {}
        self._new: list[str] = []

    def number(self, text: str) -> int:
        """The number of a text, the same each time."""
        number = self._numbers.get(text)
        if number is None:
            number = self._given.place(text) if len(self._given) else None
            if number is None:
                number = len(self._given) + len(self._new)
                self._new.append(text)
            self._numbers[text] = number
        return number

    def text(self, number: int) -> str:
        """The text of a number."""
        at = number - len(self._given)
        return self._new[at] if at >= 0 else self._given[number]

    def all(self) -> Strings:
        """All texts by number."""
        if not len(self._given):
            return Strings.of(self._new)
        return self._given.plus(self._new) if self._new else self._given
