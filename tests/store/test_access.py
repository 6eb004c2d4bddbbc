"""A store in a file or folder that may not be written to, or not be read, is told so in a sentence; it stays whole."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

import writer
from lexline.diagnostics import LexlineError
from lexline.store import open_store
from lexline.store_state import glance

NOBODY = 65_534


@contextmanager
def somebody_else() -> Iterator[None]:
    """As a user without privileges, where the tests run as one whom no access rights stop."""
    user = os.geteuid()
    if user == 0:
        os.seteuid(NOBODY)
    try:
        yield
    finally:
        os.seteuid(user)


@pytest.fixture
def path() -> Iterator[Path]:
    """A store in a folder that others can reach."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with open_store(folder / "store.db") as store:
            store.replace("s", writer.said("s", 0), importer="i")
        yield folder / "store.db"
        folder.chmod(0o700)


def read(path: Path) -> None:
    with open_store(path, make=False) as store:
        assert len(store.facts()) == 2 * writer.ELEMENTS


def write(path: Path) -> None:
    with open_store(path) as store:
        store.replace("s", writer.said("s", 1), importer="i")


def begin(path: Path) -> None:
    with open_store(path.with_name("new.db")) as store:
        store.replace("s", writer.said("s", 1), importer="i")


@pytest.mark.parametrize(
    ("of_file", "of_folder", "what", "message"),
    [
        (0o444, 0o777, read, ""),
        (0o444, 0o777, write, "read-only"),
        (0o644, 0o555, write, "can't be"),
        (0o444, 0o555, read, "can't be"),
        (0o000, 0o777, read, "can't be opened"),
        (0o644, 0o000, read, "permission denied"),
        (0o644, 0o555, begin, "can't be opened"),
    ],
)
def test_without_access_rights(
    path: Path, of_file: int, of_folder: int, what: Callable[[Path], None], message: str
) -> None:
    path.chmod(of_file)
    path.parent.chmod(of_folder)
    with somebody_else():
        if not message:
            what(path)
        else:
            with pytest.raises(LexlineError) as caught:
                what(path)
            (found,) = caught.value.diagnostics
            assert found.code == "LX501"
            assert message in found.message
            assert "access rights" in found.help
        glance(str(path))
    path.chmod(0o644)
    path.parent.chmod(0o755)
    read(path)
