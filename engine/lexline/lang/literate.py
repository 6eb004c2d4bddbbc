"""Policy files on the disk, plain or literate (``.policy.md``): read, and laid out."""

from __future__ import annotations

from pathlib import Path

from lexline.diagnostics import Diagnostic, LexlineError
from lexline.lang.encoding import read_source
from lexline.lang.format import format_file
from lexline.lang.parse import parse
from lexline.lang.syntax import PolicyFile

__all__ = ["format_policy", "read_policy"]


def read_policy(path: Path, name: str = "") -> tuple[PolicyFile | None, tuple[Diagnostic, ...]]:
    """The syntax tree of a policy file and what is wrong with it; None where nothing could be read. ``name`` is what
    the file is called in messages (its path where empty)."""
    source, refused = read_source(path, name)
    return (None, refused) if refused else parse(source)


def format_policy(path: Path) -> tuple[str, str]:
    """The text of a policy file, and the same in canonical layout. Raises ``LexlineError`` where it can't be parsed."""
    file, mistakes = read_policy(path)
    if mistakes or file is None:
        raise LexlineError(mistakes)
    return path.read_bytes().decode("utf-8"), format_file(file)
