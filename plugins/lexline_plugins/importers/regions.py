"""The legal territory in which a region of a cloud lies, by one table for all importers (``regions.yaml``).

A region that the table doesn't have gives none: nothing is guessed from what a name looks like.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from importlib.resources import files

from lexline_lineage.hostile_yaml import read_yaml
from lexline_plugins.importers.records import mapping

__all__ = ["entries", "hints_of", "jurisdiction_of"]

_TABLE = "regions.yaml"
_HOST = re.compile(r"((?:[A-Za-z0-9-]+\.)+([a-z]{2}(?:-[a-z]+)+-\d)\.amazonaws\.com)")
_ARN = re.compile(r"arn:[a-z-]+:[a-z0-9-]+:([a-z]{2}(?:-[a-z]+)+-\d):")
_PLAIN_WORDS = frozenset({"eu", "uk", "us", "usa"})
"""Words in the name of a bucket that mean a territory rather than something else."""
_UNSEEN = str.maketrans("", "", " -_")


def jurisdiction_of(region: str) -> str:
    """The territory (``UK``) of a region as its platform or a person writes it (``uksouth``, ``UK South``); empty where
    the table doesn't have it."""
    return _territories().get(region.strip().lower()) or _territories().get(_folded(region), "")


def hints_of(address: str) -> Iterator[str]:
    """What an address lets one suspect of a region (``the host … names us-east-1``), for a person to read: a host of
    AWS, an ARN, and a bucket, which anybody may call as they like."""
    host = _HOST.search(address)
    arn = _ARN.match(address)
    if host is not None and _is_region(host[2]):
        yield f"the host {host[1]} names {host[2]}"
    if arn is not None and _is_region(arn[1]):
        yield f"the ARN {address[:80]} names {arn[1]}"
    if address.startswith("s3://"):
        bucket = address.removeprefix("s3://").partition("/")[0]
        words = bucket.lower().split("-")
        runs = ["-".join(words[at : at + 3]) for at in range(len(words))]
        names = [name for name in runs if _is_region(name)] or [word for word in words if word in _PLAIN_WORDS]
        if names:
            yield f"the bucket {bucket} names {names[0]}"


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


def _is_region(name: str) -> bool:
    return _folded(name) in _clouds()


@cache
def _clouds() -> frozenset[str]:
    return frozenset(_folded(name) for _, cloud, name in entries() if cloud != "words")


def _folded(name: str) -> str:
    return name.lower().translate(_UNSEEN)
