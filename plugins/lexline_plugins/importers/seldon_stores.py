"""What is the same in both versions of Seldon Core: where the file of a model lies."""

from __future__ import annotations

from lexline_plugins.importers.clusters import Cluster
from lexline_plugins.importers.locations import has_scheme

__all__ = ["stored_at"]


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
