"""Mistakes that show in one piece of the text: signs, numbers, dates and texts that the language hasn't."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from lexline.diagnostics import Diagnostic, Label, Source, Span
from lexline.lang.foreign import SIGNS
from lexline.lang.layout import Lexeme
from lexline.lang.literals import UNITS, fault, likely_date, quote
from lexline.lang.stop import mistake
from lexline.lang.suggest import nearest

__all__ = ["Odd", "literal", "nothing", "odd"]

_QUOTES = "“”„«»‘’'\""


@dataclass(frozen=True, slots=True)
class Odd:
    """A sign that the language hasn't: what is wrong, and what to go on with, where it is clear what is meant."""

    diagnostic: Diagnostic
    instead: Lexeme | None = None


def literal(lexeme: Lexeme) -> list[Diagnostic]:
    """What is wrong with a date, a moment, a number or a text in itself."""
    found = fault(lexeme.type, lexeme.text)
    return [mistake("LX106", lexeme, *found)] if found else []


def nothing(source: Source, *, literate: bool) -> Diagnostic:
    """The diagnostic for a text without a declaration."""
    help_ = 'write a rule: rule R1 "a title" for model require …'
    if literate:
        help_ = "mark a fenced block as a policy: ```policy on the line before, ``` on the line behind it"
    return Diagnostic("LX110", "there is no policy in this file", (Label(Span(source, 0, 0)),), help_)


def odd(lexeme: Lexeme, names: Mapping[str, str]) -> Odd:
    """What to write in place of a sign, a number or a text that no policy holds. ``names``: terminals by their text."""
    text, first = lexeme.text, lexeme.text[0]
    if text in SIGNS:
        help_, sign = SIGNS[text]
        instead = replace(lexeme, type=names[sign], text=sign) if sign else None
        return Odd(mistake("LX103", lexeme, f"`{text}` is no sign of the language", help_), instead)
    if first == '"':
        return Odd(mistake("LX105", lexeme, "this text has no closing quote", 'end it with " on the same line'))
    if first in _QUOTES:
        return _odd_text(lexeme)
    if first in "£$€¥":
        amount = text[1:].strip().replace(",", "")
        help_ = f"write `{amount}`, and say the currency in the title"
        return Odd(mistake("LX106", lexeme, "numbers have no currency", help_))
    if text.count("/") == 2 or text.count("-") == 2:
        help_ = f"write year-month-day, like {likely_date(text)}"
        return Odd(mistake("LX106", lexeme, f"`{text}` is not how a date is written", help_))
    if first.isdigit():
        return Odd(_odd_number(lexeme))
    help_ = "leave it out; if it belongs to a text or a name of another system, put that in double quotes"
    return Odd(mistake("LX103", lexeme, f"`{text}` is no sign of the language", help_))


def _odd_text(lexeme: Lexeme) -> Odd:
    """A text in other than straight double quotes."""
    inside = lexeme.text.strip(_QUOTES)
    if len(lexeme.text) < 2 or lexeme.text[-1] not in _QUOTES or lexeme.text[0] == "’":
        help_ = "write `model.owner` for the model's owner; texts stand in straight double quotes"
        return Odd(mistake("LX105", lexeme, f"`{lexeme.text[0]}` begins no text", help_))
    right = replace(lexeme, type="TEXT", text=quote(inside))
    return Odd(mistake("LX105", lexeme, "texts stand in straight double quotes", f"write {right.text}"), right)


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
        word = text[len(number) :].strip(".")
        units = [*UNITS, *(f"{unit}s" for unit in UNITS)]
        unit = word if word in units else nearest(word, units) or word
        help_ = f"put a space between number and word, like `{number} {unit}`; names begin with a letter"
    return mistake("LX106", lexeme, f"`{text}` is not a number", help_)
