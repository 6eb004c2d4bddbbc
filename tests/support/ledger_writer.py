"""A process that records again and again, to be killed or to compete:
``python ledger_writer.py ADDRESS NAME TIMES [every-point]``.

Each batch has an acknowledgement, a checkpoint and another acknowledgement, all with its number. With ``every-point``
it has a child for each write point, which kills itself there: before and after each statement and commit. What was
recorded is printed.
"""

from __future__ import annotations

import os
import signal
import sys
from itertools import count

import sqlalchemy as sa

from lexline.ledger.record import Acknowledgement, Checkpoint, Entry
from lexline.store import open_store

__all__ = ["batch"]


def batch(name: str, number: int) -> list[Entry]:
    """The entries of a batch."""
    text = f"{name}/{number}"
    return [
        Acknowledgement(subject=text, state="acknowledged", by=f"person {text}"),
        Checkpoint(sequence=number, digest=name),
        Acknowledgement(subject=text, state="done", by=f"person {text}"),
    ]


def die_at(point: int) -> None:
    """Kills the process where it comes to a write point."""
    points = count(1)

    def arrived(*_: object, **__: object) -> None:
        if next(points) == point:
            os.kill(os.getpid(), signal.SIGKILL)

    for event in ("begin", "before_cursor_execute", "after_cursor_execute", "commit", "checkin"):
        sa.event.listen(sa.pool.Pool if event == "checkin" else sa.Engine, event, arrived)


def main(address: str, name: str, times: int) -> None:
    with open_store(address) as store:
        print("ready", flush=True)
        for number in range(times):
            store.append(batch(name, number))
            print(f"{name}/{number}", flush=True)


def main_at_every_point(address: str, name: str, times: int) -> None:
    for point in count(1):
        child = os.fork()
        if not child:
            die_at(point)
            main(address, f"{name}{point}", times)
            os._exit(0)
        if not os.waitpid(child, 0)[1]:
            break


if __name__ == "__main__":
    (main_at_every_point if "every-point" in sys.argv else main)(sys.argv[1], sys.argv[2], int(sys.argv[3]))
