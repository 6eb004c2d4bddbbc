"""Reads files from the disk: bounded, and with a ``LineageError`` for what cannot be read."""

from __future__ import annotations

from pathlib import Path

from lexline_lineage.documents import MAX_BYTES, Document
from lexline_lineage.hostile_json import read_json
from lexline_lineage.hostile_yaml import read_yaml
from lexline_lineage.problems import LineageError, Problem

__all__ = ["read_bytes", "read_document"]


def read_bytes(path: Path) -> bytes:
    """The content of a file of at most ``MAX_BYTES``. Raises ``LineageError``."""
    try:
        with path.open("rb") as stream:
            content = stream.read(MAX_BYTES + 1)
    except FileNotFoundError:
        raise LineageError([Problem("LX401", str(path), 0, 0, "there is no such file", "check the name")]) from None
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else "it cannot be opened"
        message = f"the file cannot be read: {reason[:1].lower()}{reason[1:]}"
        raise LineageError([Problem("LX401", str(path), 0, 0, message)]) from None
    return content


def read_document(path: Path) -> Document:
    """The data of a YAML file, or of a JSON file where its name ends in ``.json``. Raises
    ``LineageError``."""
    content = read_bytes(path)
    return read_json(content, str(path)) if path.suffix.lower() == ".json" else read_yaml(content, str(path))
