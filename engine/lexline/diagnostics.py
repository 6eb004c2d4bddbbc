"""What is wrong with a text that a person wrote: data first, wording in one place, rendered elsewhere.

A ``Diagnostic`` is a user's mistake. It is collected, never thrown one at a time; ``LexlineError`` carries all of them
to the door (command line, API) that shows them.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property

__all__ = ["NOWHERE", "Diagnostic", "Label", "LexlineError", "Severity", "Source", "Span", "UnfinishedError"]


class Severity(StrEnum):
    """An error stops the run (exit status 2); a warning is shown and the run goes on."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, eq=False)
class Source:
    """A text and the name it is shown under (a path). Compared by identity."""

    name: str
    text: str = field(repr=False)

    @cached_property
    def _starts(self) -> list[int]:
        return [0, *(i + 1 for i, c in enumerate(self.text) if c == "\n")]

    def position(self, offset: int) -> tuple[int, int]:
        """Line and column of an offset, both counted from 1."""
        line = bisect_right(self._starts, min(max(offset, 0), len(self.text)))
        return line, offset - self._starts[line - 1] + 1

    def offset(self, line: int) -> int:
        """Where a line (counted from 1) begins; the end of the text where it has no such line."""
        return self._starts[line - 1] if 0 < line <= len(self._starts) else len(self.text)

    def line(self, number: int) -> str:
        """The text of a line without its end."""
        begin = self._starts[number - 1]
        end = self._starts[number] if number < len(self._starts) else len(self.text)
        return self.text[begin:end].rstrip("\r\n")


@dataclass(frozen=True, slots=True)
class Span:
    """A part of a source: offsets ``start`` to ``end`` (not included) in characters."""

    source: Source
    start: int
    end: int

    @property
    def line(self) -> int:
        """The line on which the part begins, counted from 1."""
        return self.source.position(self.start)[0]

    @property
    def column(self) -> int:
        """The column at which the part begins, counted from 1."""
        return self.source.position(self.start)[1]

    @property
    def text(self) -> str:
        """The part itself."""
        return self.source.text[self.start : self.end]

    @property
    def line_of_words(self) -> str:
        """The part on one line; bullets stand in brackets, as in ``all of (a; b)``."""
        words, lists = "", [-1]
        for line in self.text.splitlines():
            begin, found = len(line) - len(line.lstrip()), " ".join(line.split())
            if not found.startswith("- ") or not words:
                words += f" {found}" if found and words else found
                continue
            while begin < lists[-1]:
                lists.pop()
                words += ")"
            words += "; " if begin == lists[-1] else " ("
            lists += [begin] * (begin > lists[-1])
            words += found[2:]
        return words + ")" * (len(lists) - 1)

    def to(self, other: Span) -> Span:
        """From the beginning of this part to the end of the other."""
        return Span(self.source, min(self.start, other.start), max(self.end, other.end))

    def __repr__(self) -> str:
        return f"<{self.source.name}:{self.line}:{self.column} {self.text[:30]!r}>"


NOWHERE = Span(Source("", ""), 0, 0)
"""The span of what no text stands for."""


@dataclass(frozen=True, slots=True)
class Label:
    """A part of a text that a diagnostic points at, with a few words beside it."""

    span: Span
    message: str = ""


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One mistake.

    ``code`` is stable and has a page under ``docs/diagnostics``. ``message`` is one sentence in lower case without a
    full stop, user text in backticks. The first label is the place; others show what it collides with. ``help`` says
    what to write instead.
    """

    code: str
    message: str
    labels: tuple[Label, ...] = ()
    help: str = ""
    severity: Severity = Severity.ERROR

    @property
    def span(self) -> Span:
        """The place at which it is shown."""
        return self.labels[0].span if self.labels else NOWHERE


class LexlineError(Exception):
    """Something a person has to put right: all diagnostics that were found, in the order of the text."""

    def __init__(self, diagnostics: tuple[Diagnostic, ...]) -> None:
        super().__init__("; ".join(d.message for d in diagnostics[:3]))
        self.diagnostics = diagnostics


class UnfinishedError(LexlineError):
    """Nothing is wrong with what a person wrote, but it could not be completed (exit status 3): the disk is full, a
    server doesn't answer."""
