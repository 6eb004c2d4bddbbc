"""What is the same in both versions of Seldon Core: where the file of a model lies, what is said of a deployment."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from lexline_plugins.importers.clusters import Cluster
from lexline_plugins.importers.locations import has_scheme
from lexline_plugins.importers.records import Record
from lexline_plugins.importers.regions import jurisdiction_of

__all__ = ["described", "stored_at"]


def described(
    work: Cluster,
    element: str,
    record: Record,
    said: Mapping[str, object],
    region: str = "",
    more_labels: Iterable[tuple[str, object]] = (),
) -> None:
    """Say it of the deployment, with the territory in which its region lies."""
    values = work.describe(element, record, said, region, more_labels)
    if not values.get("jurisdiction"):
        work.sheet.attribute(element, "jurisdiction", jurisdiction_of(str(values.get("region") or "")), record.place)


def stored_at(work: Cluster, element: str, address: str, secret: str) -> str:
    """The canonical address of a file, by which other sources know it. Empty, and left open, where the address only
    names a remote of rclone (``remote:path``): which store that is, a secret of the cluster says."""
    location = work.locations.canonical(address)
    if not address or has_scheme(location):
        return location
    remote = address.partition(":")[0]
    keeper = f"the secret {secret}" if secret else "a secret of the cluster"
    why = (
        f"its model lies on the remote `{remote}`, and {keeper} says where that is; the setting `locations` can say it"
    )
    work.leave_open(address, element, why)
    return ""
