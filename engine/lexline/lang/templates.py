"""Messages with names in them: ``{model.name}`` in an ``explain`` or ``remedy``.

A name in braces is an attribute of the rule's subject or a parameter, resolved and typed like any other; nothing of the
text is ever run as a format. A brace itself is written twice.
"""

from __future__ import annotations

import re

from lexline.diagnostics import Span
from lexline.lang import syntax, typed
from lexline.lang.scope import Checker, Scope

__all__ = ["check_template"]

_PIECE = re.compile(r"\{\{|\}\}|\{([^{}]*)\}|[{}]|[^{}]+")
_NAME = re.compile(r"[^\W\d]\w*(?:-\w+)*(?:\.\w+(?:-\w+)*)?")


def check_template(c: Checker, text: syntax.TextLiteral, scope: Scope) -> typed.Template | None:
    """The text and the expressions in it, in turn."""
    parts: list[str | typed.Expression] = []
    failed = False
    for piece in _PIECE.finditer(text.text):
        written = piece.group()
        if piece.group(1) is None and written not in ("{", "}"):
            plain = {"{{": "{", "}}": "}"}.get(written, written)
            if parts and isinstance(parts[-1], str):
                parts[-1] += plain
            else:
                parts.append(plain)
            continue
        value = _name(c, piece, _place(text, piece), scope)
        failed = failed or value is None
        if value is not None:
            parts.append(value)
    return None if failed else typed.Template(text.span, tuple(parts))


def _name(c: Checker, piece: re.Match[str], span: Span, scope: Scope) -> typed.Expression | None:
    if piece.group(1) is None:
        c.findings.error("LX265", span, f"this `{piece.group()}` has no partner", "write it twice for the brace itself")
        return None
    name = piece.group(1).strip()
    if _NAME.fullmatch(name) is None:
        c.findings.error(
            "LX265",
            span,
            "braces hold the name of an attribute or a parameter, and nothing else",
            "write `{model.name}`; write a brace itself twice",
        )
        return None
    return c.value(syntax.Word(span, tuple(name.split("."))), scope)


def _place(text: syntax.TextLiteral, piece: re.Match[str]) -> Span:
    """Where the piece stands; the whole text where escapes have moved it."""
    start = text.span.start + 1
    if text.span.source.text[start : start + len(text.text)] != text.text:
        return text.span
    return Span(text.span.source, start + piece.start(), start + piece.end())
