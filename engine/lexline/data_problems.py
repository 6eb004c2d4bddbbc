"""Problems of data files as diagnostics, with the line and the word that they are about."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from pathlib import Path

from lexline.diagnostics import Diagnostic, Label, LexlineError, Source, Span
from lexline_lineage.problems import LineageError, Problem

__all__ = ["as_diagnostics", "as_error"]

LARGEST = 50_000_000
"""How many bytes a file may have for a line of it to be shown."""

_WORD = re.compile(r""""(?:[^"\\\n]|\\.)*"|'[^'\n]*'|[^\s,:\[\]{}]+""")


def as_error(error: LineageError, quoted: Collection[str] | None = None) -> LexlineError:
    """The problems of data files as an error that carries diagnostics; ``quoted`` as in ``as_diagnostics``."""
    return LexlineError(as_diagnostics(error.problems, quoted))


def as_diagnostics(problems: Iterable[Problem], quoted: Collection[str] | None = None) -> tuple[Diagnostic, ...]:
    """Problems of data files as diagnostics, each with its line where that can be shown.

    A fact says itself where it comes from, and a made-up place could name any file of this machine: where facts are
    refused, only lines of the files ``quoted`` are shown. None stands for all: a reader names the file that it reads.
    """
    sources: dict[str, Source] = {}
    return tuple(_diagnostic(problem, sources, quoted is None or problem.file in quoted) for problem in problems)


def _diagnostic(problem: Problem, sources: dict[str, Source], is_quoted: bool) -> Diagnostic:
    if problem.line and is_quoted and problem.file not in sources:
        sources[problem.file] = Source(problem.file, _text(Path(problem.file)))
    source = sources.get(problem.file)
    if problem.line and source is not None and source.text:
        span = _span(source, problem.line, problem.column)
    else:
        place = ":".join(str(part) for part in (problem.file, problem.line, problem.column) if part)
        span = Span(Source(place, ""), 0, 0)
    return Diagnostic(problem.code, problem.message, (Label(span),), problem.help)


def _text(path: Path) -> str:
    """The text of a file; empty where it isn't one, or can't be read any more."""
    try:
        is_readable = path.is_file() and path.stat().st_size < LARGEST
        return path.read_text("utf-8-sig", errors="replace") if is_readable else ""
    except (OSError, ValueError):
        return ""


def _span(source: Source, line: int, column: int) -> Span:
    """The word at a place, or the whole line where no column is known; the end where the text is shorter."""
    start = source.offset(line)
    if not column:
        text = source.line(source.position(start)[0])
        left = len(text) - len(text.lstrip(" \t"))
        return Span(source, start + left, start + len(text))
    begin = min(start + column - 1, len(source.text))
    word = _WORD.match(source.text, begin)
    return Span(source, begin, word.end() if word else min(begin + 1, len(source.text)))
