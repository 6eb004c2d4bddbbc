"""A process that imports again and again, to be killed or to compete: ``python writer.py ADDRESS SOURCE TIMES``.

Each import says the same number for every element, so that a half-written one would show.
"""

from __future__ import annotations

import sys

from lexline.store import open_store
from lexline_lineage.facts import AttributeFact, ElementFact, Fact, Source

ELEMENTS = 150


def said(source: str, number: int) -> list[Fact]:
    """What the import of this number says."""
    by = Source(source, f"import:{number}")
    found: list[Fact] = []
    for index in range(ELEMENTS):
        element = f"{source}/{index}"
        found += [ElementFact(element, "model", by), AttributeFact(element, "version", str(number), by)]
    return found


def main(address: str, source: str, times: int) -> None:
    with open_store(address) as store:
        print("ready", flush=True)
        for number in range(times):
            store.replace(source, said(source, number), importer="test")
            print(number, flush=True)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]))
