"""What is wrong with a file that a person wrote, as data.

This package knows no diagnostics of the policy language; a caller turns a ``Problem`` into one.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass

__all__ = ["LineageError", "Problem", "nearest"]


@dataclass(frozen=True, slots=True)
class Problem:
    """One mistake: a stable ``code`` (``LX4..``, with a page under ``docs/diagnostics``), its place, one sentence in
    lower case without a full stop, and ``help``.

    ``line`` and ``column`` count from 1 and are 0 where unknown; ``help`` says what to do.
    """

    code: str
    file: str
    line: int
    column: int
    message: str
    help: str = ""

    def __str__(self) -> str:
        place = self.file
        if self.line:
            place += f":{self.line}"
            if self.column:
                place += f":{self.column}"
        text = f"{place}: {self.message}" if place else self.message
        return f"{text} ({self.help})" if self.help else text


class LineageError(Exception):
    """A file or a set of facts is refused; ``problems`` holds every reason, in the order of the file."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems: tuple[Problem, ...] = tuple(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))


def nearest(word: str, known: Iterable[str]) -> str:
    """A help text that offers the known name closest to ``word``, or lists the names where there are few."""
    names = sorted(known)
    close = difflib.get_close_matches(word[:80], names, n=1)
    if close:
        return f"did you mean `{close[0]}`?"
    if 0 < len(names) <= 12:
        return "known here: " + ", ".join(f"`{name}`" for name in names)
    return ""
