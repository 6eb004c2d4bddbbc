"""Text to lexemes: words, literals, signs, bullets and comments, each with its place.

A lexeme found here has only a shape; whether a word is a keyword depends on what the parser accepts, so
``Alphabet.read`` decides that when the parser asks. New lines mean nothing, except that a ``-`` which begins a line is
a bullet.
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Iterator
from dataclasses import dataclass, replace

from lexline.diagnostics import Source, Span
from lexline.lang.syntax import Comment

__all__ = ["BULLET", "DECLARATIONS", "END", "NAME", "ODD", "Alphabet", "Lexeme"]

BULLET = "BULLET"
"""The shape of a ``-`` that begins a line; the parser makes it ``OPEN`` or ``NEXT`` by its column."""
DECLARATIONS = ("policy", "use", "parameter", "term", "rule", "measure", "example")
"""The words that begin a declaration."""
NAME = "NAME"
ODD = "ODD"
"""The shape of what the language has no use for; ``mistakes`` says what to write instead."""
END = "$END"

# The words that hold a sentence together are never names: a name that is missing before one of them is noticed there.
_RESERVED = frozenset(
    {"and", "as", "between", "else", "every", "for", "has", "have", "in", "includes", "is", "means", "not", "of", "or"}
    | {"otherwise", "require", "some", "when", "where"}
)
_SHAPES = ("TEXT", "MOMENT", "DATE", "RELEASE", "PERCENT", "INTEGER", "NUMBER", NAME)
_FOLD = "FOLD"

# What a beginner writes in place of a date, a sign or a text: taken whole, so that one mistake gives one message.
_ODD_DATE = r"\d{1,4}/\d{1,2}/\d{1,4}(?![\w/])|\d{1,2}-\d{1,2}-\d{2,4}(?!\w)|\d{4}-(?!\d\d-\d\d)\d{1,2}-\d{1,2}(?!\w)"
_ODD_TEXT = r"[“”„«»][^“”„«»\"\n]*[“”\"«»]?|\"(?:[^\"\\\n]|\\[^\n])*\\?|'[^'\n]*'?|[‘’][^‘’\n]*[‘’]?"
_ODD_NUMBER = r"[£$€¥]\s?\d[\d.,_]*|\d[\w.%]*(?:[-:]\w+)*"
_ODD_SIGN = r"===?|&&|\|\|?|<>|=>|=<|!==|!(?!=)|:=|//|/\*|\*\*|≥|≤|≠"


@dataclass(frozen=True, slots=True)
class Lexeme:
    """A piece of the text. ``type`` is its shape, then the terminal that the parser takes it for."""

    type: str
    text: str
    source: Source
    start: int
    end: int
    begins_line: bool

    @property
    def span(self) -> Span:
        """Its place."""
        return Span(self.source, self.start, self.end)

    @property
    def column(self) -> int:
        """The column at which it begins, counted from 1."""
        return self.source.position(self.start)[1]


class Alphabet:
    """The terminals of the grammar, arranged for reading. Built once from ``terminals``: name -> (pattern, is a regular
    expression)."""

    def __init__(self, terminals: dict[str, tuple[str, bool]]) -> None:
        shapes = [f"(?P<{name}>{terminals[name][0]})" for name in _SHAPES if name != NAME]
        signs = {text: name for name, (text, regular) in terminals.items() if not (regular or text[0].isalpha())}
        by_length = "|".join(re.escape(sign) for sign in sorted(signs, key=len, reverse=True))
        self.signs = signs
        self.names = {text: name for name, (text, regular) in terminals.items() if not regular}
        self.texts = {name: text for name, (text, regular) in terminals.items() if not regular}
        self._pattern = re.compile(
            rf"(?P<space>[ \t\r\n\xa0\ufeff]+)|(?P<comment>\#[^\n]*)|(?P<date>{_ODD_DATE})|{'|'.join(shapes)}"
            rf"|(?P<{NAME}>{terminals[NAME][0]})|(?P<arrow>->)|(?P<odd>{_ODD_TEXT}|{_ODD_NUMBER}|{_ODD_SIGN})"
            rf"|(?P<sign>{by_length})|(?P<other>.)",
            re.DOTALL,
        )
        self._fold = re.compile(terminals[_FOLD][0])
        self._phrases: dict[str, list[tuple[tuple[str, ...], str]]] = {}
        for name, text in self.texts.items():
            if text[0].isalpha():
                words = tuple(text.split())
                self._phrases.setdefault(words[0], []).append((words, name))
        for phrases in self._phrases.values():
            phrases.sort(key=lambda phrase: -len(phrase[0]))

    def scan(self, source: Source, start: int, end: int) -> Iterator[Lexeme | Comment]:
        """The lexemes and comments between two offsets, in the order of the text."""
        text, at, begins_line = source.text, start, True
        while at < end:
            if begins_line and text[at] == "-" and not text.startswith("->", at):
                yield Lexeme(BULLET, "-", source, at, at + 1, True)
                at, begins_line = at + 1, False
                continue
            match = self._pattern.match(text, at, end)
            if match is None:  # the last alternative takes any character
                raise AssertionError(text[at])
            shape, piece, at = match.lastgroup or "", match.group(), match.end()
            if shape == "space":
                begins_line = begins_line or "\n" in piece
            elif shape == "comment":
                words = piece.rstrip()
                yield Comment(Span(source, match.start(), match.start() + len(words)), words, begins_line)
            else:
                yield Lexeme(self._type(shape, piece, match), piece, source, match.start(), at, begins_line)
                begins_line = False

    def _type(self, shape: str, piece: str, match: re.Match[str]) -> str:
        if shape in ("date", "odd", "other"):
            return ODD
        if shape not in ("sign", "arrow"):
            return shape
        text, start, end = match.string, match.start(), match.end()
        if piece == "-" and not (text[start - 1 : start].isspace() and text[end : end + 1].isspace()):
            return ODD  # a minus stands between spaces
        return self.signs[piece]

    def keywords(self, types: Iterable[str]) -> list[str]:
        """The keywords among some terminals, as they are written."""
        return [self.texts[name] for name in types if name in self.texts and self.texts[name][0].isalpha()]

    def read(self, lexemes: list[Lexeme], at: int, accepted: Container[str]) -> tuple[Lexeme, int]:
        """The lexeme at an index as the terminal that is ``accepted`` there, and the index behind it.

        Keywords of several words are joined, the longest first. A word that is no accepted keyword is a name, unless it
        is one that could never be.
        """
        lexeme = lexemes[at]
        if lexeme.type != NAME:
            return lexeme, at + 1
        if _FOLD in accepted and self._fold.match(lexeme.source.text, lexeme.start):
            return replace(lexeme, type=_FOLD), at + 1
        for words, name in self._phrases.get(lexeme.text, ()):
            run = lexemes[at : at + len(words)]
            if name in accepted and tuple(part.text for part in run) == words:
                text = " ".join(words)
                return Lexeme(name, text, lexeme.source, lexeme.start, run[-1].end, lexeme.begins_line), at + len(words)
        if lexeme.text in _RESERVED:
            return replace(lexeme, type=self.names[lexeme.text]), at + 1
        return lexeme, at + 1
