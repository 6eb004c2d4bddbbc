"""Keeps compiled policies in a folder of the user, so that policies are compiled once for the same texts.

A file counts for one key: the texts and names of all policies, the vocabulary, the checks, the parameters that settings
give, and the code that compiles. It is only a cache: whatever is wrong with it, the policies are compiled.
``docs/snapshots.md``.
"""

from __future__ import annotations

import hashlib
import os
import time
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from pathlib import Path

from lexline import diagnostics, lang
from lexline.diagnostics import Source
from lexline.lang.encoded import Compiled, decoded, encoded
from lexline_lineage import values
from lexline_lineage.problems import LineageError
from lexline_lineage.writing import write_atomically

__all__ = ["compiled_once"]

FORMAT = "1"
KEPT = 64
"""How many are kept: those used last."""
KEPT_SECONDS = 30 * 24 * 3600
ENDING = ".policies"


def compiled_once(
    folder: Path, sources: Sequence[Source], rests_on: Iterable[str], compile_: Callable[[], Compiled]
) -> Compiled:
    """What ``compile_`` makes of ``sources``, from the folder where it was kept. ``rests_on``: all else that it depends
    on. Raises what ``compile_`` raises."""
    texts = [part for source in sources for part in (source.name, source.text)]
    key = _hashed((FORMAT, *_code(), str(len(texts)), *texts, *rests_on))
    path = folder / f"{key}{ENDING}"
    with suppress(OSError, ValueError):
        return decoded(_content(path, key), sources)
    result = compile_()
    with suppress(OSError, LineageError, ValueError, RecursionError):  # no folder, a full disk
        content = encoded(result, sources)
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        write_atomically(path, _hashed((key, content)).encode("ascii") + content)
        _prune(folder)
    return result


def _content(path: Path, key: str) -> bytes:
    """What a file holds. Raises ``ValueError`` where it is damaged, of another key or of another user."""
    with path.open("rb") as stream:
        if hasattr(os, "geteuid") and os.fstat(stream.fileno()).st_uid != os.geteuid():
            raise ValueError("it belongs to another user")
        digest, content = stream.read(64), stream.read()
    if digest != _hashed((key, content)).encode("ascii"):
        raise ValueError("it is damaged")
    with suppress(OSError):
        os.utime(path)
    return content


def _code() -> list[bytes]:
    """The sources of what compiles: another version of it may compile otherwise."""
    package = sorted(path for path in Path(lang.__path__[0]).iterdir() if path.is_file())
    return [path.read_bytes() for path in (*package, Path(diagnostics.__file__), Path(values.__file__))]


def _hashed(parts: Iterable[str | bytes]) -> str:
    digest = hashlib.sha256()
    for part in parts:
        content = part.encode("utf-8", "surrogatepass") if isinstance(part, str) else part
        digest.update(len(content).to_bytes(8, "little"))
        digest.update(content)
    return digest.hexdigest()


def _prune(folder: Path) -> None:
    """Remove what was not used for long, and what is too much."""
    used = sorted(((path.stat().st_mtime, path) for path in folder.glob(f"*{ENDING}")), reverse=True)
    oldest = time.time() - KEPT_SECONDS
    for place, (when, path) in enumerate(used):
        if place >= KEPT or when < oldest:
            path.unlink(missing_ok=True)
