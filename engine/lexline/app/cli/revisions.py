"""The policies of a project at a git revision, in a folder that is there for a while."""

from __future__ import annotations

import re
import subprocess
import tarfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from shutil import which
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from lexline.app.cli.options import mistake, project_settings
from lexline.app.cli.pack_versions import PACK, pack_id, with_pack_version, with_packs_of
from lexline.diagnostics import LexlineError

if TYPE_CHECKING:
    from lexline.due import Version
    from lexline.lang.typed import Program
    from lexline.plugin_offers import Plugins
    from lexline.project_files import Files

__all__ = ["program_at", "project_at", "two_sides", "versions_of", "with_policies_of"]

_REVISION = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._/@{}^~+-]{0,199}")
"""Names of revisions that are passed on: none of them can be taken for an option."""

_BETWEEN = re.compile(r"(?<![./])\.\.(?=[^/]|/[^/]|$)|^\.\.(?![/.])")
"""The dots between two sides, and not those of a path (``../old..../new``)."""


def two_sides(text: str, option: str) -> tuple[str, str]:
    """``OLD..NEW``; a side that is left out is the project as it is."""
    places = [found.start() for found in _BETWEEN.finditer(text)]
    if not places or text == "..":
        raise mistake(
            f"`{option} {text}` names no two sides", "write OLD..NEW; a side left out is the project as it is"
        )
    return text[: places[0]], text[places[0] + 2 :]


def with_policies_of(folders: ExitStack, project: Path, side: str, files: Files) -> Files:
    """The files with the policies of a file, a folder, a version of a pack or a git revision: what else makes the rules
    comes from there, too, where it is a project; packs take the places of those that the project uses. What is unpacked
    for it is there as long as ``folders``."""
    from lexline.project_files import Files

    path = Path(side)
    if not path.exists() and (version := with_pack_version(folders, side, files)) is not None:
        return version
    folder = path if path.exists() else folders.enter_context(project_at(project, side))
    settings = project_settings(folder) if folder.is_dir() else None
    if settings is None and (folder / PACK).is_file():
        kept = [pack for pack in files.packs if pack_id(pack) != pack_id(folder)]
        return replace(files, packs=(*kept, folder))
    if settings is None:
        return with_packs_of(folders, folder, files) or replace(files, policies=(folder,))
    other = Files.of(settings)
    return replace(
        files,
        vocabulary=other.vocabulary,
        extend=other.extend,
        packs=other.packs,
        policies=other.policies,
        parameters=other.parameters,
        settings=other.settings,
    )


def versions_of(project: Path) -> list[Version]:
    """The commits of a project's folder, in the order in which they came to the branch; none outside of git."""
    from lexline.due import Version

    log = _git(project, "log", "--first-parent", "--reverse", "--format=%h %ct", "--", ".") if which("git") else None
    lines = (line.split() for line in (log or b"").decode().splitlines())
    return [Version(name, datetime.fromtimestamp(int(seconds), UTC)) for name, seconds in lines]


def program_at(project: Path, revision: str, files: Files, plugins: Plugins) -> Program | None:
    """The compiled rules of a project at a revision; None where it was no project, or had mistakes."""
    from lexline.project import load_rules

    try:
        with ExitStack() as folders:
            return load_rules(with_policies_of(folders, project, revision, files), plugins).program
    except LexlineError:
        return None


@contextmanager
def project_at(project: Path, revision: str) -> Iterator[Path]:
    """The folder of the project as it was at a revision. Raises ``LexlineError`` where there is none."""
    if not _REVISION.fullmatch(revision):
        raise mistake(f"`{revision[:80]}` is neither a folder nor a name of a revision", "write OLD..NEW")
    commit = _git(project, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}")
    if commit is None:
        message = f"`{revision}` is neither a file or folder, nor a version of a pack, nor a revision of git"
        raise mistake(message, "`lexline plugins` lists the packs, `git log` the revisions of the project")
    packed = _git(project, "archive", "--format=tar", commit.decode().strip(), ".")
    if packed is None:
        raise mistake(f"the project can't be read at the revision `{revision}`", "is its folder in that revision?")
    with TemporaryDirectory(prefix="lexline-") as folder:
        with tarfile.open(fileobj=BytesIO(packed)) as files:
            files.extractall(folder, filter="data")
        yield Path(folder)


def _git(folder: Path, *arguments: str) -> bytes | None:
    try:
        done = subprocess.run(  # noqa: S603  # our own arguments; the revision is checked
            ["git", "-C", str(folder), *arguments],  # noqa: S607  # the git of the system
            capture_output=True,
            check=False,
        )
    except FileNotFoundError:
        raise mistake("git is not installed, and a side names a revision", "name folders in its place") from None
    return done.stdout if done.returncode == 0 else None
