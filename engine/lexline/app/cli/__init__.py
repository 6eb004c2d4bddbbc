"""The command line. Every command ends with 0 (all well), 1 (something blocks), 2 (input is wrong), 3 (could not be
completed) or 130 (interrupted); nothing that a user writes ends in a traceback."""

from __future__ import annotations

import gc
import signal
import sys
from collections.abc import Sequence
from typing import NoReturn

__all__ = ["InterruptedRun", "main"]

INTERRUPTED = 130
GARBAGE = 50_000
"""After how many new objects Python looks for cycles to free. What a command imports and loads lives to its end, and
looking through it again and again (Python's own number is 700) is a good part of what a short command takes."""


class InterruptedRun(BaseException):
    """The user, or who runs this for them, wants it to end. Not a ``KeyboardInterrupt``, which libraries take."""


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run the command that the arguments name (default: those of the process) and end with its status."""
    for number in (signal.SIGINT, signal.SIGTERM):
        if signal.getsignal(number) is not signal.SIG_IGN:  # as for a job in the background of a script
            signal.signal(number, _interrupt)
    gc.set_threshold(GARBAGE)
    try:
        from lexline.app.cli.commands import (
            run,
        )  # not at the top: `import lexline.app.cli` stays cheap for shell completion

        sys.exit(run(list(sys.argv[1:] if arguments is None else arguments)))
    except InterruptedRun:
        print("interrupted", file=sys.stderr)
        sys.exit(INTERRUPTED)


def _interrupt(*_: object) -> None:
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)  # a second time must not stop what is being tidied up
    raise InterruptedRun
