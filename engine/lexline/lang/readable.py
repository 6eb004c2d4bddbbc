"""What a reader can't see is refused: ..."""

from __future__ import annotations

from collections.abc import Sequence

from lexline.diagnostics import Diagnostic, Label, Source, Span
from lexline.lang.syntax import Declaration, Policy

DEEPEST = 64


def refuse_text(source: Source) -> tuple[Diagnostic, ...]:
    return ()


def nothing(source: Source) -> Diagnostic:
    return Diagnostic("LX106", "nothing", (Label(Span(source, 0, 0)),))


def refuse(parsed: Sequence[Policy | Declaration]) -> tuple[Diagnostic, ...]:
    return ()
