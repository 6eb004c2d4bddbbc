"""What reaches the terminal: diagnostics, results, colours where a person reads."""

from __future__ import annotations

import contextlib
import os
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from threading import Timer
from typing import TYPE_CHECKING

from lexline.app.render.diagnostics import render
from lexline.diagnostics import Diagnostic, Severity
from lexline_lineage.writing import write_atomically
from lexline_plugins.reporters.wording import printable, without_commands

if TYPE_CHECKING:
    from lexline.report import Report

__all__ = ["colours", "emit", "note", "progress", "show_diagnostics", "show_summary", "tell"]

PATIENCE = 2.0
"""Seconds after which a person wants to see what is at work."""

SHOWN = 50
"""Diagnostics shown at once; the rest is counted."""

COLOURS = {
    "FAIL": "bold red",
    "ERROR": "bold magenta",
    "UNKNOWN": "bold yellow",
    "EXEMPT": "cyan",
    "WAIVED": "cyan",
    "BLOCK": "bold red",
    "WARN": "bold yellow",
    "ALLOW": "bold green",
}


def colours(stream: object = sys.stdout) -> bool:
    """True where a person reads: a terminal, and NO_COLOR isn't set."""
    isatty = getattr(stream, "isatty", None)
    return bool(isatty and isatty()) and not os.environ.get("NO_COLOR")


def show_diagnostics(diagnostics: Sequence[Diagnostic]) -> None:
    """Print diagnostics to standard error, and how many there were."""
    coloured = colours(sys.stderr)
    for diagnostic in diagnostics[:SHOWN]:
        print(without_commands(render(diagnostic, coloured)), file=sys.stderr)
    errors = sum(d.severity is Severity.ERROR for d in diagnostics)
    more = f", {len(diagnostics) - SHOWN} not shown" if len(diagnostics) > SHOWN else ""
    if errors:
        print(f"{errors} {'mistake' if errors == 1 else 'mistakes'}{more}", file=sys.stderr)


def note(sentence: str) -> None:
    """Write to standard error what is good to know and no mistake."""
    print(without_commands(f"note: {sentence}"), file=sys.stderr)


def tell(text: str) -> None:
    """Write a message to standard output. What others named (files, elements) has no effect in it."""
    emit(printable(text))


VERDICTS = {rf"(?m)^\s*{word}\b": style for word, style in COLOURS.items()}
"""What stands out in a report, on a terminal."""


def emit(text: str, output: Path | None = None, styles: Mapping[str, str] = VERDICTS) -> None:
    """Write a result to a file, or to standard output: on a terminal with what patterns match in a style."""
    if output is not None:
        write_atomically(output, text.encode("utf-8", "backslashreplace"))
    elif colours():
        from rich.console import Console
        from rich.text import Text

        shown = Text(text.rstrip("\n"))
        for pattern, style in styles.items():
            shown.highlight_regex(pattern, style)
        Console(highlight=False, soft_wrap=True).print(shown)
    else:
        sys.stdout.buffer.write(text.encode("utf-8", "backslashreplace"))
        sys.stdout.flush()


def show_summary(report: Report) -> None:
    """A table of rules and how many elements have which verdict, on a terminal only."""
    if not colours():
        return
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    verdicts = list(report.summary())
    counts: Counter[tuple[object, str]] = Counter()
    for (rule, said, _), count in report.decisions.tally().items():
        counts[rule, said.value] += count
    table = Table(box=None, pad_edge=False)
    table.add_column("rule")
    for verdict in verdicts:
        table.add_column(Text(verdict, COLOURS.get(verdict.upper(), "")), justify="right")
    for key in report.rules:
        cells = [str(counts[key, verdict] or "") for verdict in verdicts]
        table.add_row(Text("/".join(key)), *cells)
    Console(highlight=False).print("", table)


@contextlib.contextmanager
def progress(words: str) -> Iterator[Callable[[str], None]]:
    """Shows what is at work, on a terminal only, once it has lasted ``PATIENCE``; what it yields takes other words."""
    if not colours(sys.stderr):
        yield lambda _: None
        return
    from rich.console import Console
    from rich.text import Text

    status = Console(stderr=True).status(words)
    timer = Timer(PATIENCE, status.start)
    timer.start()
    try:
        yield lambda other: status.update(Text(printable(other)))
    finally:
        timer.cancel()
        timer.join()  # it may be about to start what is stopped here
        status.stop()
