"""Bytes to text: what keeps a file from being read at all is said here, before any word of it is looked at."""

from __future__ import annotations

import re
from pathlib import Path

from lexline.diagnostics import Diagnostic, Label, Source, Span

__all__ = ["LARGEST", "read_source", "refuse_text"]

LARGEST = 1_000_000
"""How many bytes or characters a policy file may have."""

# Controls, invisible characters and those that turn the direction of writing: a reader would not see what they do.
_UNSEEN = re.compile(
    r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u061c\u200b\u2028-\u202e\u2060-\u2069\ufffe\uffff]|\r(?!\n)|(?<!\A)\ufeff"
)


def read_source(path: Path, name: str = "") -> tuple[Source, tuple[Diagnostic, ...]]:
    """The text of a file, and why it can't be read; the source is empty where it can't. ``name`` is what it is called
    (its path where empty)."""
    nothing = Source(name or str(path), "")
    try:
        with path.open("rb") as file:
            raw = file.read(LARGEST + 1)
    except OSError as error:
        message = f"`{path}` can't be read: {(error.strerror or 'unknown reason').lower()}"
        return nothing, (Diagnostic("LX111", message, (_place(nothing, 0),), "check the name and your access rights"),)
    if len(raw) > LARGEST:
        return nothing, (_too_large(nothing),)
    try:
        source = Source(nothing.name, raw.decode("utf-8"))
    except UnicodeDecodeError as error:
        source = Source(nothing.name, raw.decode("utf-8", errors="replace"))
        at = len(raw[: error.start].decode("utf-8"))
        if b"\x00" in raw[:1000]:
            message = "the file is not text"
        else:
            message = f"the file is not text in UTF-8: byte 0x{raw[error.start]:02x} begins no character"
        return nothing, (Diagnostic("LX111", message, (_place(source, at),), "save it as plain text in UTF-8"),)
    return source, refuse_text(source)


def refuse_text(source: Source) -> tuple[Diagnostic, ...]:
    """What keeps a text from being read: its size, or characters that nobody sees."""
    if len(source.text) > LARGEST:
        return (_too_large(source),)
    found = _UNSEEN.search(source.text)
    if found is None:
        return ()
    place = (_place(source, found.start()),)
    if found.group() == "\r":
        message = "a line ends with a carriage return alone"
        return (Diagnostic("LX111", message, place, "save the file with LF or CRLF line ends"),)
    if found.group() == "\x00":
        return (Diagnostic("LX111", "the file is not text", place, "save it as plain text in UTF-8"),)
    message = f"the character U+{ord(found.group()):04X} can't be seen, so this isn't what a reader reads"
    return (Diagnostic("LX111", message, place, "remove it"),)


def _too_large(source: Source) -> Diagnostic:
    message = f"the file is larger than the {LARGEST // 1_000_000} MB that a policy may have"
    return Diagnostic("LX112", message, (_place(source, 0),), "split the policy into several files")


def _place(source: Source, at: int) -> Label:
    return Label(Span(source, at, min(at + 1, len(source.text))))
