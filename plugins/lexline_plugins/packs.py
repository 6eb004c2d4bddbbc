"""The packs that come with the product, behind the same door as anyone's."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

from lexline.hookspecs import hookimpl

__all__ = ["lexline_packs"]


@hookimpl
def lexline_packs() -> list[Path]:
    """Every folder of the package of policies that holds a ``pack.yaml``."""
    root = Path(str(files("lexline_policies")))
    return sorted(folder for folder in root.iterdir() if (folder / "pack.yaml").is_file())
