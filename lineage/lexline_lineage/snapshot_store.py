"""Keeps built graphs as snapshots in a folder of the user, so that a graph is built once for the same facts.

A snapshot counts for one key: the names and digests of all files that were read, the vocabulary, and the code that
built it; and for the days on which these facts give the same graph. It is only a cache: whatever is wrong with it, or
with its folder, the graph is built from the facts. ``docs/snapshots.md``.
"""

from __future__ import annotations

import hashlib
import json
import os
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from pathlib import Path

from lexline_lineage.array_file import FORMAT, DamagedError, read_arrays, write_arrays
from lexline_lineage.builder import BuiltGraph
from lexline_lineage.problems import LineageError
from lexline_lineage.vocabulary import Vocabulary
from lexline_lineage.writing import write_atomically

__all__ = ["Snapshots", "user_folder"]

KEPT = 4
"""How many snapshots of the same files are kept where nobody says otherwise: those used last."""
KEPT_SECONDS = 30 * 24 * 3600
"""How long snapshots are kept that nobody uses."""
SETTLED_SECONDS = 2
"""How old a change of a file has to be for its time to tell it from the next change."""
ENDING = ".graph"
_FOLDER = "LEXLINE_CACHE"

Status = list[int]
"""Of a file: size, times of its last change (of content, of anything) in nanoseconds, device and number."""


def user_folder() -> Path | None:
    """Where snapshots are kept: ``$LEXLINE_CACHE``, or the folder that the system gives users for what can be made
    again. None where the variable is empty, or where there is no such folder."""
    named = os.environ.get(_FOLDER)
    if named is not None:
        return Path(named) / "snapshots" if named else None
    try:
        if sys.platform == "darwin":
            caches = Path.home() / "Library" / "Caches"
        elif sys.platform == "win32":
            caches = Path(os.environ["LOCALAPPDATA"])
        else:
            caches = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    except (KeyError, RuntimeError):
        return None
    return caches / "lexline" / "snapshots" if caches.is_absolute() else None


@dataclass(frozen=True, slots=True)
class Snapshots:
    """The snapshots in a folder. ``verify``: compare every byte with what was written; ``note`` is told, in a
    sentence, of a snapshot that can't be used and whose place was taken. ``kept``: how many of the same files;
    ``series`` sets those that some command needs in number apart from those that all share."""

    folder: Path
    verify: bool = False
    note: Callable[[str], None] = field(default=lambda _: None)
    kept: int = KEPT
    series: str = ""

    def graph(
        self,
        vocabulary: Vocabulary,
        paths: Sequence[Path],
        on: date,
        rules: Path | None,
        build: Callable[[], BuiltGraph],
        state: str = "",
    ) -> BuiltGraph:
        """The graph of files on a day, from its snapshot or by ``build``, whose result is kept. ``rules`` is the file
        of identity rules; ``state`` names the state of whatever else is read, such as a revision of a store. Raises
        what ``build`` raises."""
        files = [*paths, *([rules] if rules is not None else [])]
        names = [*(str(path.absolute()) for path in files), *([self.series] if self.series else [])]
        place = self.folder / _hashed(names)[:24]
        digests = _Digests(place / "files.json")
        key = digests.key(vocabulary, files, state)
        if key is None:
            return build()
        found = self._found(place, key, on, vocabulary)
        if found is not None:
            return found
        built = build()
        with suppress(OSError, LineageError):  # a folder that can't be written to, a disk that is full
            place.mkdir(mode=0o700, parents=True, exist_ok=True)
            if digests.key(vocabulary, files, state) == key:  # the facts that were built are those of the key
                path = place / f"{key[:32]}.{built.first}.{built.last}{ENDING}"
                _write(path, key, built)
                digests.keep()
                _prune(self.folder, place, self.kept)
        return built

    def clear(self) -> None:
        """Remove all snapshots."""
        for path in self.folder.glob(f"*/*{ENDING}"):
            path.unlink(missing_ok=True)

    def _found(self, place: Path, key: str, on: date, vocabulary: Vocabulary) -> BuiltGraph | None:
        from lexline_lineage.snapshot import restored

        for path in _kept(place, key[:32]):
            _, first, last, _ = path.name.split(".")
            if not first <= on.isoformat() <= last:
                continue
            try:
                built = restored(read_arrays(path, key, verify=self.verify), vocabulary)
            except OSError:
                continue
            except DamagedError as error:
                self.note(f"a snapshot is not used, because {error}: the graph is built again from the facts")
                continue
            with suppress(OSError):
                os.utime(path)
            return built
        return None


class _Digests:
    """The digests of files; a file that has not been touched since it was read is not read again."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._known: dict[str, tuple[Status, str]] = {}
        with suppress(OSError, ValueError, TypeError, AttributeError):
            self._known = {name: (entry[0], str(entry[1])) for name, entry in json.loads(path.read_bytes()).items()}

    def key(self, vocabulary: Vocabulary, paths: Iterable[Path], state: str) -> str | None:
        """What tells a snapshot of these files from every other; None where a file can't be read."""
        try:
            read = [f"{path}\0{file.name}\0{self._of(file)}" for path in paths for file in _files(path)]
        except OSError:
            return None
        return _hashed((str(FORMAT), _code(), repr(vocabulary), state, *read))

    def keep(self) -> None:
        """Keep what is known for the next time. Raises ``LineageError`` where it can't be written."""
        write_atomically(self._path, json.dumps(self._known).encode("ascii"))

    def _of(self, path: Path) -> str:
        name, status = str(path.absolute()), _status(path)
        known = self._known.get(name)
        if known is not None and known[0] == status:
            return known[1]
        with path.open("rb") as stream:
            digest = hashlib.file_digest(stream, "sha256").hexdigest()
        newest = max(status[1:3])
        if newest < time.time_ns() - SETTLED_SECONDS * 1_000_000_000 and status == _status(path):
            self._known[name] = (status, digest)
        return digest


def _status(path: Path) -> Status:
    found = path.stat()
    return [found.st_size, found.st_mtime_ns, found.st_ctime_ns, found.st_dev, found.st_ino]


def _files(path: Path) -> tuple[Path, ...]:
    """The files that are read of a path: of a folder, those of a portfolio in Parquet."""
    return (path / "nodes.parquet", path / "edges.parquet") if path.is_dir() else (path,)


def _hashed(parts: Iterable[str]) -> str:
    digest = hashlib.sha256()
    for part in parts:
        content = part.encode("utf-8", "surrogatepass")
        digest.update(len(content).to_bytes(8, "little"))
        digest.update(content)
    return digest.hexdigest()


@cache
def _code() -> str:
    """The digest of this package: another version of it may build another graph."""
    return _hashed(path.read_text("utf-8") for path in sorted(Path(__file__).parent.glob("*.py")))


def _kept(place: Path, prefix: str = "") -> Iterator[Path]:
    """The snapshots in a place, those used last first."""
    found: list[tuple[float, Path]] = []
    with suppress(OSError):
        for path in place.glob(f"{prefix}*{ENDING}"):
            with suppress(OSError):
                found.append((-path.stat().st_mtime, path))
    yield from (path for _, path in sorted(found))


def _write(path: Path, key: str, built: BuiltGraph) -> None:
    from lexline_lineage.snapshot import packed

    said, arrays = packed(built)
    write_arrays(path, key, said, arrays)


def _prune(folder: Path, place: Path, kept: int) -> None:
    """Remove what was not used for long, and of this place what is too much."""
    oldest = time.time() - KEPT_SECONDS
    for path in [*_kept(place)][kept:]:
        path.unlink(missing_ok=True)
    for other in folder.iterdir():
        snapshots = [*_kept(other)]
        for path in snapshots:
            if path.stat().st_mtime < oldest:
                path.unlink(missing_ok=True)
        if not snapshots and other.is_dir() and other.stat().st_mtime < oldest:
            for path in other.iterdir():
                path.unlink(missing_ok=True)
            other.rmdir()
