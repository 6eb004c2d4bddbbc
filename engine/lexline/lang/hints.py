"""Why the parser stopped, in words that name the fix.

``explain`` asks ``HINTS`` one after the other: each is a function that knows one kind of beginner's mistake by what
stands around the place and by what the parser would have taken there. The last resort lists what could stand there.
"""

from __future__ import annotations

from collections.abc import Callable

from lexline.diagnostics import Diagnostic, Label
from lexline.lang.hints_phrases import PHRASE_HINTS
from lexline.lang.hints_words import WORD_HINTS
from lexline.lang.layout import DECLARATIONS, END, Lexeme
from lexline.lang.stop import Stop, mistake

__all__ = ["bullet", "explain", "has_tab", "tab"]


def explain(stop: Stop) -> Diagnostic:
    """The diagnostic of the first hint that knows the mistake."""
    for hint in HINTS:
        if found := hint(stop):
            return found
    return _unexpected(stop)


# ---- lists and brackets ---------------------------------------------------------------------------------------------


def has_tab(lexeme: Lexeme) -> bool:
    """Whether a tab stands before a bullet."""
    return "\t" in lexeme.source.line(lexeme.span.line)[: lexeme.column]


def tab(lexeme: Lexeme) -> Diagnostic:
    """The diagnostic for a tab before a bullet."""
    return mistake("LX108", lexeme, "a tab before a bullet has no certain width", "indent bullets with spaces")


def bullet(stop: Stop, column: int | None) -> Diagnostic:
    """Why a bullet can't stand in its column; ``column`` is that of the list it is in."""
    lexeme, previous = stop.lexeme, stop.back()
    if previous.text in ("all", "any", "none"):
        return mistake("LX108", previous, f"`{previous.text} of` begins a list", f"write `{previous.text} of`")
    if "OPEN" in stop.accepted:
        message = "the bullets of an inner list stand further to the right than those around them"
        return mistake("LX108", lexeme, message, "indent this list by two more spaces")
    if column is not None and lexeme.column != column:
        message = f"this bullet is out of line: the others of its list begin in column {column}"
        help_ = f"move it to column {column}; a list in a list begins with `all of`, `any of` or `none of`"
        return mistake("LX108", lexeme, message, help_)
    if stop.brackets:
        return _unclosed_bracket(stop.brackets[-1])
    help_ = "say `all of`, `any of` or `none of` before the first bullet; a minus can't begin a line"
    return mistake("LX108", lexeme, "this bullet belongs to no list", help_)


def _next_bullet(stop: Stop) -> Diagnostic | None:
    """A bullet after an item that isn't finished, or in the column of the list around its own."""
    if stop.lexeme.type != "NEXT":
        return None
    if "OPEN" in stop.accepted:
        return bullet(stop, None)
    before = stop.back()
    return mistake(
        "LX108", before, f"something is missing behind `{before.text}`", "finish this item before the next one"
    )


def _no_bullets(stop: Stop) -> Diagnostic | None:
    if stop.accepted != {"OPEN"} or stop.text == ":":
        return None
    words = stop.back().text
    help_ = "begin a new line with `-` for each condition; without bullets, join conditions with `and` or `or`"
    return mistake("LX108", stop.lexeme if stop.text else stop.back(), f"`{words}` is followed by bullets", help_)


def _star_bullet(stop: Stop) -> Diagnostic | None:
    if not (stop.lexeme.begins_line and stop.text in ("*", "+")):
        return None
    return mistake("LX108", stop.lexeme, f"`{stop.text}` is no bullet", "bullets are written with `-`")


def _unclosed_bracket(bracket: Lexeme) -> Diagnostic:
    closing = {"(": ")", "[": "]", "{": "}"}[bracket.text]
    return mistake(
        "LX107", bracket, f"this bracket `{bracket.text}` is never closed", f"write `{closing}` where it ends"
    )


def _brackets(stop: Stop) -> Diagnostic | None:
    """Brackets that stay open to the next clause, or were never opened."""
    if stop.text in (")", "]", "}") and (not stop.brackets or stop.back().text != stop.brackets[-1].text):
        if not stop.brackets:
            return mistake(
                "LX107", stop.lexeme, f"this bracket `{stop.text}` closes nothing", "remove it, or open it before"
            )
        pairs = {"(": ")", "[": "]", "{": "}"}
        if pairs[stop.brackets[-1].text] != stop.text:
            label = Label(stop.brackets[-1].span, "opened here")
            help_ = f"close it with `{pairs[stop.brackets[-1].text]}`"
            return mistake(
                "LX107", stop.lexeme, f"`{stop.text}` closes another bracket than the open one", help_, label
            )
    ends = stop.lexeme.type == END or (stop.lexeme.begins_line and stop.text.split()[:1][0] in _CLAUSES)
    if ends and stop.brackets:
        return _unclosed_bracket(stop.brackets[-1])
    return None


_CLAUSES = frozenset(
    {*DECLARATIONS, "for", "require", "except", "in", "if", "severity", "enforcement", "owner", "explain", "remedy"}
    | {"deadline", "reassess", "cites", "tags", "target", "given", "expect"}
)


# ---- all of them ----------------------------------------------------------------------------------------------------

HINTS: tuple[Callable[[Stop], Diagnostic | None], ...] = (
    _next_bullet,
    _star_bullet,
    _no_bullets,
    *PHRASE_HINTS,
    *WORD_HINTS,
    _brackets,
)
"""In this order: the first that knows the mistake is shown."""


def _unexpected(stop: Stop) -> Diagnostic:
    """The last resort: what could have stood here."""
    shown = [f"`{word}`" for word in sorted(stop.keywords)]
    for terminal, name in _SHAPES.items():
        if terminal in stop.accepted:
            shown.insert(0, name)
    signs = [f"`{stop.alphabet.texts[name]}`" for name in stop.accepted if name in stop.alphabet.texts]
    shown += sorted(sign for sign in signs if not sign[1].isalpha())
    help_ = ""
    if len(shown) <= _FEW:
        help_ = "here may stand " + ", ".join(shown[:-1]) + (" or " if shown[1:] else "") + shown[-1] if shown else ""
    before = stop.back().text
    if stop.lexeme.type == END:
        message = f"something is missing behind `{before}`"
        return mistake("LX101", stop.back() if stop.taken else stop.lexeme, message, help_)
    message = f"`{stop.text}` can't stand behind `{before}`" if before else f"`{stop.text}` can't stand here"
    return mistake("LX101", stop.lexeme, message, help_)


_FEW = 12
_SHAPES = {"TEXT": "a text in quotes", "DATE": "a date", "INTEGER": "a whole number", "NAME": "a name"}
