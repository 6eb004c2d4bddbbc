"""Writes files so that a reader sees the old content or the new, never a part."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from lexline_lineage.problems import LineageError, Problem

__all__ = ["replacing", "write_atomically"]


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """A path beside ``path`` to write to; it takes the place of ``path`` where the block ends well, and is removed
    where it does not. Raises ``LineageError`` where the folder cannot be written to."""
    try:
        handle, name = tempfile.mkstemp(prefix=f".{path.name[:40]}.", suffix=".part", dir=path.parent)
    except (OSError, ValueError) as error:
        raise _unwritable(path, error) from None
    os.close(handle)
    part = Path(name)
    try:
        yield part
        mode = path.stat().st_mode & 0o777 if path.exists() else 0o644
        part.chmod(mode)
        part.replace(path)
    except OSError as error:
        raise _unwritable(path, error) from None
    finally:
        part.unlink(missing_ok=True)


def write_atomically(path: Path, content: bytes) -> None:
    """Replaces the content of a file at once. Raises ``LineageError``."""
    with replacing(path) as part, part.open("wb") as stream:
        stream.write(content)
        stream.flush()
        os.fsync(stream.fileno())


def _unwritable(path: Path, error: Exception) -> LineageError:
    reason = error.strerror if isinstance(error, OSError) and error.strerror else "it cannot be opened"
    message = f"the file cannot be written: {reason[:1].lower()}{reason[1:]}"
    return LineageError([Problem("LX441", str(path), 0, 0, message)])
