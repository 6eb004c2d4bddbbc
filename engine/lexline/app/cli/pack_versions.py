"""Versions of packs that are not the installed one: in a wheel or another archive, or in a folder of an environment.

An archive is what somebody else made: of it no more is written out than the files of its packs, below a folder that is
there for a while, up to a stated size.
"""

from __future__ import annotations

import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from lexline.app.cli.options import mistake
from lexline.lang.findings import in_words

if TYPE_CHECKING:
    from lexline.project_files import Files

__all__ = ["PACK", "is_archive", "pack_id", "with_pack_version", "with_packs_of"]

PACK = "pack.yaml"
ZIPPED, PACKED = (".whl", ".zip"), (".tar.gz", ".tgz")
READ = (".yaml", ".md", ".policy")
"""The endings of the files of a pack."""
LARGEST = 64 << 20
"""How many bytes the packs of an archive may have."""
DEPTHS = (f"*/{PACK}", f"*/*/{PACK}")
"""Where packs lie in the folder of several, and in that of an environment's packages."""


@dataclass(frozen=True, slots=True)
class PackVersion:
    """A pack that was found: its id and version, its folder (the id where it is the installed one), and where it is."""

    id: str
    version: str
    folder: Path | str
    place: str


def is_archive(path: Path) -> bool:
    """Whether a file is one in which packs can be looked for, by its name."""
    return path.name.endswith((*ZIPPED, *PACKED)) and path.is_file()


def with_packs_of(folders: ExitStack, path: Path, files: Files) -> Files | None:
    """The files with the packs of an archive or folder in the place of those that the project uses; None where a folder
    holds none. What is written out is there as long as ``folders``."""
    found: dict[str, Path] = {}
    for version in _versions_in(folders, path):
        found.setdefault(version.id, Path(version.folder))
    used = {str(pack_id(pack)) for pack in files.packs}
    wanted = {name: folder for name, folder in found.items() if name in used}
    if not wanted and (found or is_archive(path)):
        there = f"it holds {in_words(sorted(found), 'and')}" if found else f"it holds no {PACK}"
        uses = f"the project uses {in_words(sorted(used), 'and')}" if used else "it uses none"
        raise mistake(f"`{path}` holds no pack that the project uses", f"{there}; {uses}", "LX314")
    return replace(files, packs=tuple(wanted.get(str(pack_id(pack)), pack) for pack in files.packs)) if wanted else None


def with_pack_version(folders: ExitStack, side: str, files: Files) -> Files | None:
    """The files with the version of a pack that ``PACK@VERSION`` names: the installed one, or one of those that the
    setting ``pack_versions`` keeps. None where the words name no pack that is known."""
    name, at, wanted = side.partition("@")
    known = list(_known(folders, name, files)) if at else []
    if not known:
        return None
    for version in known:
        if version.version == wanted:
            kept = [pack for pack in files.packs if pack_id(pack) != name]
            return replace(files, packs=(*kept, version.folder))
    there = _listed(sorted({f"{version.version} ({version.place})" for version in known}))
    advice = f"at hand: {there}; where others are kept, the setting `pack_versions` says (docs/impact.md)"
    raise mistake(f"there is no version `{wanted}` of the pack `{name}`", advice, "LX314")


def pack_id(pack: str | Path) -> object:
    """The id of a pack."""
    return pack if isinstance(pack, str) else _content(pack).get("id")


def _known(folders: ExitStack, name: str, files: Files) -> Iterator[PackVersion]:
    from lexline.plugin_manager import FOR_WORDS, load_plugins

    for folder in load_plugins(blocked=files.blocked_plugins, hooks=FOR_WORDS).packs:
        if folder.name == name:
            yield PackVersion(name, str(_content(folder).get("version")), name, "installed")
    for pack in files.packs:
        if isinstance(pack, Path) and pack_id(pack) == name:
            yield PackVersion(name, str(_content(pack).get("version")), pack, "the project's")
    settings = files.settings
    for at, text in enumerate(settings.file.pack_versions if settings is not None else ()):
        for path in settings.matches(text, "pack_versions", at) if settings is not None else ():
            yield from (version for version in _versions_in(folders, path) if version.id == name)


def _versions_in(folders: ExitStack, path: Path) -> Iterator[PackVersion]:
    """The packs in an archive or folder."""
    root = folders.enter_context(TemporaryDirectory(prefix="lexline-")) if is_archive(path) else path
    if is_archive(path):
        _write_out(path, Path(root))
    found = [path / PACK] if (path / PACK).is_file() else []
    found += Path(root).rglob(PACK) if is_archive(path) else [file for depth in DEPTHS for file in path.glob(depth)]
    for file in sorted(found, key=lambda file: (len(file.parts), file)):
        content = _content(file.parent)
        yield PackVersion(str(content.get("id")), str(content.get("version")), file.parent, path.name)


def _content(folder: Path) -> dict[str, object]:
    from lexline.data_problems import as_error
    from lexline_lineage.problems import LineageError
    from lexline_lineage.reading import read_document

    try:
        content = read_document(folder / PACK).data
    except LineageError as error:
        raise as_error(error) from None
    return content if isinstance(content, dict) else {}


def _write_out(archive: Path, folder: Path) -> None:
    """Write the packs of an archive below a folder. Raises ``LexlineError``."""
    try:
        with ExitStack() as opened:
            members = list(_members(opened, archive))
            packs = {PurePosixPath(name).parent for name, _, _ in members if PurePosixPath(name).name == PACK}
            wanted = [one for one in members if packs & {*PurePosixPath(one[0]).parents} and one[0].endswith(READ)]
            if sum(size for _, size, _ in wanted) > LARGEST:
                raise mistake(f"the packs in `{archive}` have more than {LARGEST >> 20} MB", "unpack it yourself")
            for name, _, read in wanted:
                place = folder.joinpath(name)
                if ".." not in place.parts and place.is_relative_to(folder):
                    place.parent.mkdir(parents=True, exist_ok=True)
                    place.write_bytes(read())
    except (OSError, EOFError, ValueError, zipfile.BadZipFile, tarfile.TarError, zlib.error) as error:
        raise mistake(f"`{archive}` can't be read as an archive: {error}", "fetch it once more") from None


def _members(opened: ExitStack, archive: Path) -> Iterator[tuple[str, int, Callable[[], bytes]]]:
    """The files of an archive: name, size in bytes, and what reads it."""
    if archive.name.endswith(ZIPPED):
        zipped = opened.enter_context(zipfile.ZipFile(archive))
        yield from ((one.filename, one.file_size, partial(zipped.read, one)) for one in zipped.infolist())
        return
    packed = opened.enter_context(tarfile.open(archive))  # noqa: SIM115  # the stack closes it
    for member in packed:
        if member.isfile():
            yield member.name, member.size, partial(_read, packed, member)


def _read(packed: tarfile.TarFile, member: tarfile.TarInfo) -> bytes:
    file = packed.extractfile(member)
    return b"" if file is None else file.read()


def _listed(words: Sequence[str]) -> str:
    return ", ".join(words[:-1]) + (" and " if len(words) > 1 else "") + words[-1]
