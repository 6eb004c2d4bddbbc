"""Why the parser stopped, in words that name the fix.

``explain`` asks ``HINTS`` one after the other: each is a function that knows one kind of beginner's mistake by what
stands around the place and by what the parser would have taken. The last resort lists what could stand there.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

from lexline.diagnostics import Diagnostic, Label, Source, Span
from lexline.lang.foreign import SIGNS, STRONG, WORDS
from lexline.lang.layout import DECLARATIONS, END, NAME, Alphabet, Lexeme
from lexline.lang.literals import MONTHS, UNITS, fault
from lexline.lang.suggest import nearest

__all__ = ["Odd", "Stop", "Taken", "bullet", "explain", "literal", "nothing", "odd"]

QUANTIFIERS = ("some", "every", "no", "at", "exactly", "the")
FOLDS = ("latest", "earliest", "highest", "lowest", "total", "average")
COMPARISONS = ("=", "!=", "<", "<=", ">", ">=")
NUMBERS = ("INTEGER", "NUMBER", "PERCENT")
_COUNTS = {"one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10}


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


@dataclass(frozen=True, slots=True)
class Odd:
    """A sign that the language hasn't: what is wrong, and the terminal's text to go on with, where one is meant."""

    diagnostic: Diagnostic
    instead: str | None = None


def _at(code: str, lexeme: Lexeme, message: str, help_: str, *labels: Label) -> Diagnostic:
    return Diagnostic(code, message, (Label(lexeme.span), *labels), help_)


def explain(stop: Stop) -> Diagnostic:
    """The diagnostic of the first hint that knows the mistake."""
    for hint in HINTS:
        if found := hint(stop):
            return found
    return _unexpected(stop)


def literal(lexeme: Lexeme) -> list[Diagnostic]:
    """What is wrong with a date, a moment, a number or a text in itself."""
    found = fault(lexeme.type, lexeme.text)
    return [_at("LX106", lexeme, *found)] if found else []


def nothing(source: Source, *, literate: bool) -> Diagnostic:
    """The diagnostic for a text without a declaration."""
    help_ = 'write a rule: rule R1 "a title" for model require …'
    if literate:
        help_ = "mark a fenced block as a policy: ```policy on the line before, ``` on the line behind it"
    return Diagnostic("LX110", "there is no policy in this file", (Label(Span(source, 0, 0)),), help_)


# ---- signs, numbers and texts that the language hasn't ------------------------------------------------------------------


def odd(lexeme: Lexeme, taken: Sequence[Taken]) -> Odd:
    """What to write in place of a sign, a number or a text that no policy holds."""
    text, first = lexeme.text, lexeme.text[0]
    if text in SIGNS:
        help_, instead = SIGNS[text]
        return Odd(_at("LX103", lexeme, f"`{text}` is no sign of the language", help_), instead)
    if first == '"':
        return Odd(_at("LX105", lexeme, "this text has no closing quote", 'end it with " on the same line'))
    if first in "“”„«»‘’'":
        inside = text.strip("“”„«»‘’'\"")
        message = "texts stand in straight double quotes"
        return Odd(_at("LX105", lexeme, message, f'write "{inside}"'))
    if first in "£$€¥":
        amount = text[1:].strip().replace(",", "")
        return Odd(_at("LX106", lexeme, "numbers have no currency", f"write `{amount}` and say the currency in the title"))
    if text.count("/") == 2 or text.count("-") == 2:
        message = f"`{text}` is not how a date is written"
        return Odd(_at("LX106", lexeme, message, f"write year-month-day, like {_as_date(text)}"))
    if first.isdigit():
        return Odd(_odd_number(lexeme))
    if taken and taken[-1].lexeme.type == NAME and lexeme.text in "()[]{}":
        return Odd(_at("LX107", lexeme, f"`{text}` can't stand here", "check the brackets before it"))
    return Odd(_at("LX103", lexeme, f"`{text}` is no sign of the language", "leave it out, or put a text in double quotes"))


def _as_date(text: str) -> str:
    parts = text.replace("/", "-").split("-")
    if len(parts[0]) < 4:
        parts.reverse()
    parts = [parts[0] if len(parts[0]) == 4 else f"20{parts[0]:0>2}", f"{parts[1]:0>2}", f"{parts[2]:0>2}"]
    if int(parts[1]) > 12 >= int(parts[2]) > 0:
        parts[1], parts[2] = parts[2], parts[1]
    found = "-".join(parts)
    return found if fault("DATE", found) is None else "2026-11-22"


def _odd_number(lexeme: Lexeme) -> Diagnostic:
    text = lexeme.text
    digits = text.replace("_", "")
    if text.startswith("0") and text.isdigit():
        help_ = "write large numbers without separators, like 1000000; numbers don't begin with 0"
    elif digits.isdigit():
        help_ = f"write `{digits}`"
    elif text[-1] == ".":
        help_ = "leave the full stop out; bullets are written `-`"
    else:
        number = text[: next((i for i, letter in enumerate(text) if not letter.isdigit()), len(text))]
        unit = nearest(text[len(number) :], [*UNITS, *(unit + "s" for unit in UNITS)])
        rest = unit or ("days" if text.endswith("d") else text[len(number) :])
        help_ = f"put a space between number and word, like `{number} {rest}`; names begin with a letter"
    return _at("LX106", lexeme, f"`{text}` is not a number", help_)


def bullet(stop: Stop, column: int | None) -> Diagnostic:
    """Why a bullet can't stand in its column; ``column`` is that of the list it is in."""
    lexeme, previous = stop.lexeme, stop.back()
    line = lexeme.source.line(lexeme.span.line)
    if "\t" in line[: lexeme.column]:
        return _at("LX108", lexeme, "a tab before a bullet has no certain width", "indent bullets with spaces")
    if previous.text in ("all", "any", "none"):
        return _at("LX108", lexeme, f"`{previous.text} of` begins a list", f"write `{previous.text} of`")
    if "OPEN" in stop.accepted:
        return _at("LX108", lexeme, "the bullets of an inner list stand further to the right", "indent this list more")
    if column is not None and lexeme.column != column:
        message = f"this bullet is out of line: those of its list begin in column {column}"
        return _at("LX108", lexeme, message, f"move it to column {column}; a list in a list begins with `all of` or `any of`")
    if stop.brackets:
        return _unclosed(stop)
    help_ = "say `all of`, `any of` or `none of` before the first bullet; a minus can't begin a line"
    return _at("LX108", lexeme, "this bullet belongs to no list", help_)


HINTS: tuple[Callable[[Stop], Diagnostic | None], ...] = ()


def _unexpected(stop: Stop) -> Diagnostic:
    return _at("LX100", stop.lexeme, f"`{stop.text}` can't stand here", "")
