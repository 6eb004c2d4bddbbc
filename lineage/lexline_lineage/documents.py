"""A file that was read: its plain data, and the line and column of each part of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from lexline_lineage.problems import LineageError, Problem

__all__ = ["MAX_BYTES", "MAX_DEPTH", "Branch", "Document", "Spot", "decode"]

MAX_BYTES = 512 * 1024 * 1024
"""How large a file may be, in bytes."""
MAX_DEPTH = 100
"""How deeply the data of a file may be nested."""


class Spot(NamedTuple):
    """Where a part stands: line and column (from 1) of its key and of its value, and the parts inside it.

    An item of a list has no key; its key's place is that of the item.
    """

    line: int
    column: int
    value_line: int
    value_column: int
    inside: Branch | None


Branch = dict[str | int, Spot]
"""The parts of a mapping (by key) or of a list (by index)."""


@dataclass(frozen=True, eq=False)
class Document:
    """One document: ``data`` is ``dict`` (text keys), ``list``, ``str``, ``bool``, ``int``, finite ``float``, ``date``
    or ``None``; ``file`` names it in errors; ``locate`` finds the places when the first one is asked for, which is
    cheap where ``is_located``."""

    file: str
    data: object
    locate: Callable[[], Branch | None]
    start: tuple[int, int] = (1, 1)
    is_located: bool = True

    @cached_property
    def _branch(self) -> Branch | None:
        return self.locate()

    def place(self, *path: str | int, of_value: bool = False) -> tuple[int, int]:
        """Line and column (from 1) of the key, or of the value, at ``path`` from the root; where there is no
        such part, the place of the innermost part that there is."""
        branch, place = self._branch, self.start
        for step in path:
            spot = branch.get(step) if branch is not None else None
            if spot is None:
                break
            place = (spot.value_line, spot.value_column) if of_value else (spot.line, spot.column)
            branch = spot.inside
        return place

    def problem(
        self,
        code: str,
        message: str,
        *path: str | int,
        help: str = "",  # noqa: A002  # as in Problem
        of_value: bool = False,
    ) -> Problem:
        """A problem at ``path``."""
        line, column = self.place(*path, of_value=of_value)
        return Problem(code, self.file, line, column, message, help)


def decode(content: str | bytes, file: str) -> str:
    """The text of a file: UTF-8, with or without a byte order mark, bounded in size, without lone
    surrogates."""
    if len(content) > MAX_BYTES:
        message = f"the file is larger than {MAX_BYTES // 1024 // 1024} MB"
        raise LineageError([Problem("LX403", file, 0, 0, message, "split it")])
    try:
        text = content.decode("utf-8") if isinstance(content, bytes) else content
        if isinstance(content, str) and not content.isascii():
            content.encode("utf-8")
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        raise LineageError([_not_utf_8(file, line)]) from None
    except UnicodeEncodeError as error:
        line = error.object.count("\n", 0, error.start) + 1
        raise LineageError([_not_utf_8(file, line)]) from None
    return text.removeprefix("\ufeff")


def _not_utf_8(file: str, line: int) -> Problem:
    return Problem("LX402", file, line, 0, "this is not UTF-8 text", "save it as UTF-8")
