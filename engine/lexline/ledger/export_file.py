"""The ledger in a file (JSON Lines), which verifies without a database; ``docs/ledger.md`` describes the form.

People stand in it as keys, so that it can be handed over and a name can still be erased.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

from pydantic import Field, ValidationError

from lexline.diagnostics import Diagnostic, LexlineError
from lexline.ledger.chain import Fault, Head, Link, verify
from lexline.ledger.record import Form
from lexline_lineage.writing import replacing

__all__ = ["FileVerdict", "Header", "verify_file", "write_export"]

FORM: Literal["lexline-ledger-export/1"] = "lexline-ledger-export/1"
_LARGEST = 2**63 - 1
Digest = Field(pattern="^sha256:[0-9a-f]{64}$")


class Header(Form):
    """The first line: the head of the chain that follows, and a DSSE envelope of it where it was signed."""

    form: Literal["lexline-ledger-export/1"] = FORM
    sequence: int = Field(ge=0, le=_LARGEST)
    digest: str = Digest
    envelope: dict[str, Any] | None = None

    @property
    def head(self) -> Head:
        """How long the chain is, and how it ends."""
        return Head(self.sequence, self.digest)


class _Line(Form):
    sequence: int = Field(strict=True, ge=-_LARGEST, le=_LARGEST)
    moment: int = Field(strict=True, ge=-_LARGEST, le=_LARGEST)
    kind: str
    body: str
    previous: str
    digest: str


@dataclass(frozen=True, slots=True)
class FileVerdict:
    """What was found in a file: its header, and whatever is wrong with what follows."""

    header: Header
    faults: tuple[Fault, ...]


def write_export(path: Path, header: Header, links: Iterable[Link]) -> None:
    """Write a ledger to a file, all or nothing. Raises ``LineageError`` where it can't be written."""
    with replacing(path) as part, part.open("w", encoding="ascii", newline="\n") as stream:
        stream.write(json.dumps(header.model_dump(), sort_keys=True) + "\n")
        for link in links:
            stream.write(json.dumps(asdict(link)) + "\n")
        stream.flush()
        os.fsync(stream.fileno())


def verify_file(path: Path, kept: Iterable[Head] = ()) -> FileVerdict:
    """Whatever is wrong with the ledger in a file; ``kept`` are heads that were given out elsewhere. Raises
    ``LexlineError`` where the file is none."""
    unread: list[Fault] = []
    with path.open("rb") as stream:
        try:
            header = Header.model_validate_json(stream.readline())
        except ValidationError:
            advice = "`lexline ledger export FILE` writes one"
            raise LexlineError((Diagnostic("LX523", f"`{path}` is no export of a ledger", (), advice),)) from None
        faults = verify(_links(stream, unread), header.head, kept)
    return FileVerdict(header, (*unread, *faults))


def _links(lines: Iterable[bytes], unread: list[Fault]) -> Iterator[Link]:
    for number, line in enumerate(lines, 2):
        try:
            said = _Line.model_validate_json(line)
        except ValidationError:
            unread.append(Fault(0, f"line {number} of the file is no entry"))
        else:
            yield Link(**said.model_dump())
