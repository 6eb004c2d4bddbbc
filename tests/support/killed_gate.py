"""Asks ``lexline gate ELEMENT`` in the folder again and again, each time in a child that kills itself at the next write
point: ``python killed_gate.py ELEMENT``. Prints for each whether it answered, and how many entries the ledger has.
"""

from __future__ import annotations

import os
import sys
import tempfile
from contextlib import redirect_stdout
from io import BytesIO, TextIOWrapper
from itertools import count

from ledger_writer import die_at
from lexline.app.cli.commands import run
from lexline.store import open_store


def main(element: str) -> None:
    with redirect_stdout(TextIOWrapper(BytesIO())):  # once, so that no child has to import anything
        run(["gate", element, "--record", "--format=json", "--no-snapshot"])
    for point in count(1):
        with tempfile.TemporaryFile() as answer:
            child = os.fork()
            if not child:
                os.dup2(answer.fileno(), sys.stdout.fileno())
                die_at(point)
                run(["gate", element, "--no-snapshot"])
                os._exit(0)
            status = os.waitpid(child, 0)[1]
            answer.seek(0)
            answered = b"BLOCK" in answer.read()
        with open_store("lexline.db") as store:
            print(int(answered), store.ledger_head().sequence, flush=True)
        if not status:
            break


if __name__ == "__main__":
    main(sys.argv[1])
