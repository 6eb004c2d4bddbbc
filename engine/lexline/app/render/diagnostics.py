"""Diagnostics as a person reads them: the place, the line of the text, carets under the part, and what to write.

Whatever the text holds, a line of it stays one line on a terminal: tabs become spaces, wide characters have the width
that they take, and control characters, escapes and marks that turn the direction of writing are written out.
"""

from __future__ import annotations

from unicodedata import combining, east_asian_width

from lexline.diagnostics import Diagnostic, Label, Severity, Span

__all__ = ["render"]

WIDEST = 160
"""How many characters of a line are shown; of a longer one the part around the span."""
MOST_LINES = 3
"""How many lines of one span are shown."""
LONGEST = 2000
"""How many characters of a message are shown."""

_RED, _YELLOW, _BLUE, _CYAN, _BOLD, _END = "\x1b[1;31m", "\x1b[1;33m", "\x1b[1;34m", "\x1b[36m", "\x1b[1m", "\x1b[0m"


def render(diagnostic: Diagnostic, colour: bool = False) -> str:
    """``file:line:column: error[CODE]: message``, the line with carets, the other labels, the help; no last newline."""
    shade = _RED if diagnostic.severity is Severity.ERROR else _YELLOW
    word = _painted(f"{diagnostic.severity}[{diagnostic.code}]", shade, colour)
    place = _place(diagnostic.span)
    head = f"{_painted(place + ':', _BOLD, colour)} {word}:" if place else f"{word}:"
    lines = [f"{head} {_sentence(diagnostic.message)}"]
    gutter = max((len(str(_last_line(label.span))) for label in diagnostic.labels), default=1)
    for index, label in enumerate(diagnostic.labels):
        if index:
            lines.append(f"{' ' * gutter} {_painted(':', _BLUE, colour)} {_place(label.span)}")
        sign, tint = ("^", shade) if index == 0 else ("-", _BLUE)
        for left, right, is_sign in _snippet(label, sign):
            bar = _painted(f"{left:>{gutter}} |", _BLUE, colour)
            lines.append(f"{bar} {_painted(right, tint, colour and is_sign)}".rstrip())
    if diagnostic.help:
        lines.append(f"{' ' * gutter} = {_painted('help:', _CYAN, colour)} {_sentence(diagnostic.help)}")
    return "\n".join(lines)


def _painted(text: str, tint: str, colour: bool) -> str:
    return f"{tint}{text}{_END}" if colour else text


def _place(span: Span) -> str:
    name = _readable(span.source.name)
    return f"{name}:{span.line}:{span.column}" if span.source.text else name


def _last_line(span: Span) -> int:
    """The number of the last line of a span that is shown."""
    last = span.source.position(max(span.start, span.end - 1))[0]
    return min(last, span.line + MOST_LINES - 1)


def _snippet(label: Label, sign: str) -> list[tuple[str, str, bool]]:
    """The lines of a span: number, text, and whether it is a line of signs."""
    span = label.span
    if not span.source.text:
        return []
    rows: list[tuple[str, str, bool]] = []
    first, last = span.line, _last_line(span)
    for number in range(first, last + 1):
        text = span.source.line(number)
        begin = span.column - 1 if number == first else len(text) - len(text.lstrip())
        end_line, end_column = span.source.position(span.end)
        end = end_column - 1 if end_line == number else len(text)
        shown, indent, width = _window(text, begin, max(end, begin))
        note = f" {_sentence(label.message)}" if number == last and label.message else ""
        rows += [(str(number), shown, False), ("", " " * indent + sign * width + note, True)]
    return rows


def _window(text: str, begin: int, end: int) -> tuple[str, int, int]:
    """The part of a line that is shown, and where and how wide the signs below it are."""
    start = 0
    if len(text) > WIDEST:
        start = max(0, min(begin - WIDEST // 3, len(text) - WIDEST))
    stop = min(len(text), start + WIDEST)
    lead = "…" if start else ""
    shown = lead + _readable(text[start:stop]) + ("…" if stop < len(text) else "")
    indent = _width(lead + _readable(text[start:begin]))
    return shown, indent, max(1, _width(_readable(text[begin : min(end, stop)])))


def _sentence(text: str) -> str:
    """A message without what would fill the screen, such as a name of a million letters."""
    return _readable(text if len(text) <= LONGEST else text[:LONGEST] + "…")


def _readable(text: str) -> str:
    """One line without anything that a terminal would act on."""
    if text.isprintable():
        return text
    return "".join(map(_readable_character, text))


def _readable_character(character: str) -> str:
    if character == "\t":
        return "    "
    return character if character.isprintable() else character.encode("unicode_escape").decode("ascii")


def _width(text: str) -> int:
    """How many columns of a terminal the text takes."""
    if text.isascii():
        return len(text)
    return sum(0 if combining(c) else 2 if east_asian_width(c) in "WF" else 1 for c in text)
