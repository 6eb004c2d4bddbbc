"""The chain: each entry's digest covers the digest before it, so that nothing can be changed unseen.

Rows are plain texts and numbers, as a database or a file holds them. Verifying needs nothing but the rows.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from lexline.ledger.record import canonical

__all__ = ["FORM", "GENESIS", "Fault", "Head", "Link", "head_of", "linked", "verify"]

FORM = "lexline-ledger/1"
GENESIS = "sha256:" + "0" * 64
"""What stands before the first entry."""


@dataclass(frozen=True, slots=True)
class Link:
    """An entry as it is kept: ``moment`` in microseconds since 1970 UTC, ``body`` its canonical JSON."""

    sequence: int
    moment: int
    kind: str
    body: str
    previous: str
    digest: str


@dataclass(frozen=True, slots=True)
class Head:
    """How long the chain is, and the digest of its last entry."""

    sequence: int = 0
    digest: str = GENESIS


@dataclass(frozen=True, slots=True)
class Fault:
    """Something that is not as it was recorded, and at which number it shows."""

    sequence: int
    message: str


def linked(head: Head, moment: int, bodies: Iterable[tuple[str, str]]) -> list[Link]:
    """Entries (kind and body) as the next links of a chain."""
    links = []
    for kind, body in bodies:
        sequence = head.sequence + 1
        digest = _digest(sequence, moment, kind, head.digest, body)
        links.append(Link(sequence, moment, kind, body, head.digest, digest))
        head = Head(sequence, digest)
    return links


def head_of(links: Sequence[Link]) -> Head:
    """The head of a chain that is all there."""
    return Head(links[-1].sequence, links[-1].digest) if links else Head()


def verify(links: Iterable[Link], head: Head | None, kept: Iterable[Head] = ()) -> list[Fault]:
    """Whatever is wrong with a chain, in the order of its numbers; nothing where it is whole.

    ``head`` is what the last transaction said of its end (None where nothing is kept of that), ``kept`` what was given
    out of it earlier: without one of them, entries cut off at the end leave no trace.
    """
    faults = []
    before = Head()
    digests = {0: GENESIS}
    for link in links:
        if link.sequence in digests:
            faults.append(Fault(link.sequence, f"entry {link.sequence} stands there twice"))
        elif link.sequence < before.sequence:
            faults.append(Fault(link.sequence, f"entry {link.sequence} stands behind entry {before.sequence}"))
        elif link.previous != digests.get(link.sequence - 1, link.previous):
            faults.append(Fault(link.sequence, f"entry {link.sequence} does not follow the entry before it"))
        if _digest(link.sequence, link.moment, link.kind, link.previous, link.body) != link.digest:
            faults.append(Fault(link.sequence, f"entry {link.sequence} was changed: its digest is another"))
        before = Head(link.sequence, link.digest)
        digests[link.sequence] = link.digest
    faults += _missing(digests)
    if head is not None and head != before:
        faults.append(Fault(head.sequence, f"the chain ends with entry {before.sequence}, {_other_end(head, before)}"))
    for said in kept:
        if digests.get(said.sequence) != said.digest:
            what = "is another than the one that" if said.sequence in digests else "is gone, which"
            faults.append(Fault(said.sequence, f"entry {said.sequence} {what} was given out"))
    return sorted(faults, key=lambda fault: fault.sequence)


def _missing(there: Iterable[int]) -> Iterator[Fault]:
    for before, found in pairwise(sorted(there)):
        if found != before + 1:
            which = f"entry {before + 1} is" if found == before + 2 else f"entries {before + 1} to {found - 1} are"
            yield Fault(found, f"{which} missing")


def _other_end(head: Head, before: Head) -> str:
    if head.sequence == before.sequence:
        return "but not with the digest that was last written"
    return f"and entry {head.sequence} was the last one written"


def _digest(sequence: int, moment: int, kind: str, previous: str, body: str) -> str:
    text = canonical([FORM, sequence, moment, kind, previous, body])
    return "sha256:" + hashlib.sha256(text.encode("ascii")).hexdigest()
