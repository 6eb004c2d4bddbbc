"""Where the parser stopped: what it had taken, what stands there, and what could have stood there instead."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from lexline.diagnostics import Diagnostic, Label
from lexline.lang.layout import END, Alphabet, Lexeme

__all__ = ["Stop", "Taken", "mistake"]


@dataclass(frozen=True, slots=True)
class Taken:
    """A lexeme that the parser took, and the terminals that it would have taken in its place."""

    lexeme: Lexeme
    accepted: Collection[str]


@dataclass(frozen=True, slots=True)
class Stop:
    """Where the parser stopped: at ``lexeme``, after ``taken``, where ``accepted`` could have stood."""

    lexeme: Lexeme
    taken: tuple[Taken, ...]
    following: Sequence[Lexeme]
    accepted: frozenset[str]
    brackets: tuple[Lexeme, ...]
    alphabet: Alphabet

    @property
    def text(self) -> str:
        """The words at which it stopped."""
        return self.lexeme.text

    def back(self, steps: int = 1) -> Lexeme:
        """The lexeme so many steps before; an empty one before the beginning."""
        if steps <= len(self.taken):
            return self.taken[-steps].lexeme
        return Lexeme(END, "", self.lexeme.source, self.lexeme.start, self.lexeme.start, False)

    @property
    def next(self) -> str:
        """The text behind."""
        return self.following[0].text if self.following else ""

    def takes(self, *texts: str) -> bool:
        """Whether each of these signs or keywords could have stood here."""
        return all(self.alphabet.names[text] in self.accepted for text in texts)

    def takes_only(self, *texts: str) -> bool:
        """Whether nothing but these could have stood here."""
        return self.accepted == {self.alphabet.names.get(text, text) for text in texts}

    @property
    def keywords(self) -> list[str]:
        """The keywords that could have stood here."""
        return self.alphabet.keywords(self.accepted)


def mistake(code: str, lexeme: Lexeme, message: str, help_: str, *labels: Label) -> Diagnostic:
    """A diagnostic at a lexeme."""
    return Diagnostic(code, message, (Label(lexeme.span), *labels), help_)
