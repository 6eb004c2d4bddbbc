"""The legal territory in which a region of a cloud lies, by one table for all importers (``regions.yaml``).

A region that the table doesn't have gives none: nothing is guessed from what a name looks like.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from importlib.resources import files

from lexline_lineage.hostile_yaml import read_yaml
from lexline_plugins.importers.records import mapping

__all__ = ["entries", "is_region", "jurisdiction_of"]

_TABLE = "regions.yaml"
_UNSEEN = str.maketrans("", "", " -_")


def jurisdiction_of(region: str) -> str:
    """The territory (``UK``) of a region as its platform or a person writes it (``uksouth``, ``UK South``); empty where
    the table doesn't have it."""
    return _territories().get(region.strip().lower()) or _territories().get(_folded(region), "")


def is_region(name: str) -> bool:
    """True for the region of a cloud, and not for a word that stands in place of one."""
    return _folded(name) in _clouds()


def entries() -> Iterator[tuple[str, str, str]]:
    """Each entry of the table: territory, cloud (or ``words``), name."""
    table = read_yaml(files(__package__).joinpath(_TABLE).read_bytes(), _TABLE)
    for territory in mapping(table.data):
        for cloud, names in mapping(table.data, territory).items():
            for name in names if isinstance(names, list) else []:
                yield territory, cloud, str(name)


@cache
def _territories() -> dict[str, str]:
    written = {name: territory for territory, _, name in entries()}
    folded: dict[str, set[str]] = {}
    for name, territory in written.items():
        folded.setdefault(_folded(name), set()).add(territory)
    # me-central-1 and me-central1 are two: such names count as their platforms write them, and in no other form.
    return {name: found.pop() for name, found in folded.items() if len(found) == 1} | written


@cache
def _clouds() -> frozenset[str]:
    return frozenset(_folded(name) for _, cloud, name in entries() if cloud != "words")


def _folded(name: str) -> str:
    return name.lower().translate(_UNSEEN)
