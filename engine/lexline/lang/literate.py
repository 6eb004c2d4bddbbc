"""Policy files on the disk, plain or literate (``.policy.md``): read with what is wrong as diagnostics, and laid out."""

from __future__ import annotations

from pathlib import Path

from lexline.diagnostics import Diagnostic
from lexline.lang.encoding import read_source
from lexline.lang.parse import parse
from lexline.lang.syntax import PolicyFile

__all__ = ["read_policy"]


def read_policy(path: Path) -> tuple[PolicyFile | None, tuple[Diagnostic, ...]]:
    """The syntax tree of a policy file and what is wrong with it; None where nothing could be read."""
    source, refused = read_source(path)
    return (None, refused) if refused else parse(source)
