"""A process that imports again and again, to be killed, or to compete with others.

Each import says the same number for every element, so that a half-written one would show.
"""

from __future__ import annotations

from multiprocessing import get_context
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess

from lexline.store import open_store
from lexline_lineage.facts import AttributeFact, ElementFact, Fact, Source

__all__ = ["ELEMENTS", "said", "start", "told_until_the_end"]

ELEMENTS = 150
_FORK = get_context("fork")  # a new interpreter would take as long to start as ten imports


def said(source: str, number: int) -> list[Fact]:
    """What the import of this number says."""
    by = Source(source, f"import:{number}")
    found: list[Fact] = []
    for index in range(ELEMENTS):
        element = f"{source}/{index}"
        found += [ElementFact(element, "model", by), AttributeFact(element, "version", str(number), by)]
    return found


def start(address: str, source: str, times: int) -> tuple[BaseProcess, Connection]:
    """A process that imports a source some times, and what it tells: -1 when it begins, then the number of each import
    that is written."""
    ours, theirs = _FORK.Pipe(duplex=False)
    process = _FORK.Process(target=_write, args=(address, source, times, theirs), daemon=True)
    process.start()
    theirs.close()
    return process, ours


def told_until_the_end(from_process: Connection) -> list[int]:
    """What a process tells until it is no more."""
    told: list[int] = []
    while True:
        try:
            told.append(from_process.recv())
        except (EOFError, OSError):
            return told


def _write(address: str, source: str, times: int, told: Connection) -> None:
    with open_store(address) as store:
        told.send(-1)
        for number in range(times):
            store.replace(source, said(source, number), importer="test")
            told.send(number)
