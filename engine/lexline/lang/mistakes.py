"""Why the parser stopped, in words that name the fix."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from lexline.diagnostics import Diagnostic, Label
from lexline.lang.layout import Alphabet, Lexeme
from lexline.lang.literals import fault

__all__ = ["Odd", "Stop", "Taken", "bullet", "explain", "literal", "odd", "too_deep"]


@dataclass(frozen=True, slots=True)
class Taken:
    """A lexeme that the parser took, and the terminals that it would have taken in its place."""

    lexeme: Lexeme
    accepted: Collection[str]


@dataclass(frozen=True, slots=True)
class Stop:
    """Where the parser stopped: at ``lexeme``, after ``taken``, where ``accepted`` could have followed."""

    lexeme: Lexeme
    taken: tuple[Taken, ...]
    following: Sequence[Lexeme]
    accepted: frozenset[str]
    brackets: tuple[Lexeme, ...]
    alphabet: Alphabet


@dataclass(frozen=True, slots=True)
class Odd:
    """A sign that the language hasn't: what is wrong, and the terminal's text to go on with, where one is meant."""

    diagnostic: Diagnostic
    instead: str | None = None


def odd(lexeme: Lexeme, taken: Sequence[Taken]) -> Odd:
    return Odd(Diagnostic("LX100", f"`{lexeme.text}` is odd", (Label(lexeme.span),)))


def literal(lexeme: Lexeme) -> tuple[Diagnostic, ...]:
    found = fault(lexeme.type, lexeme.text)
    return (Diagnostic("LX103", found[0], (Label(lexeme.span),), found[1]),) if found else ()


def bullet(stop: Stop, column: int | None) -> Diagnostic:
    return Diagnostic("LX104", "bullet out of line", (Label(stop.lexeme.span),))


def too_deep(lexeme: Lexeme) -> Diagnostic:
    return Diagnostic("LX105", "too deep", (Label(lexeme.span),))


def explain(stop: Stop) -> Diagnostic:
    return Diagnostic(
        "LX101",
        f"`{stop.lexeme.text}` is not expected here",
        (Label(stop.lexeme.span),),
        ", ".join(stop.alphabet.texts.get(x, x) for x in sorted(stop.accepted)),
    )
