"""Installs a plug-in of a test as a package manager would: a module, and a distribution whose entry point names it."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

__all__ = ["installed"]


@contextmanager
def installed(folder: Path, **sources: str) -> Iterator[None]:
    """Each source is the text of a module; it is installed in ``folder`` under an entry point of the module's name."""
    for name, source in sources.items():
        (folder / f"{name}.py").write_text(source, "utf-8")
        info = folder / f"{name}-1.0.dist-info"
        info.mkdir()
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n", "utf-8")
        (info / "entry_points.txt").write_text(f"[lexline]\n{name} = {name}\n", "utf-8")
    sys.path.insert(0, str(folder))
    importlib.invalidate_caches()
    try:
        yield
    finally:
        sys.path.remove(str(folder))
        for name in sources:
            sys.modules.pop(name, None)
