"""The command line. Every command ends with 0 (all well), 1 (something blocks), 2 (input is wrong) or 3 (could not
be completed); nothing that a user writes ends in a traceback."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import NoReturn

__all__ = ["main"]


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run the command that the arguments name (default: those of the process) and end with its status."""
    from lexline.app.cli.commands import (
        run,
    )  # not at the top: `import lexline.app.cli` stays cheap for shell completion

    sys.exit(run(list(sys.argv[1:] if arguments is None else arguments)))
