"""What this package brings to Lexline: a check on retention, and an importer of a register of datasets."""

from __future__ import annotations

from lexline.hookspecs import Check, Importer, hookimpl
from lexline_retention.days_over import DAYS_OVER
from lexline_retention.register import REGISTER

__all__ = ["lexline_checks", "lexline_importers"]


@hookimpl
def lexline_checks() -> list[Check]:
    """The check `retention.days-over`."""
    return [DAYS_OVER]


@hookimpl
def lexline_importers() -> list[Importer]:
    """The importer `retention-register`."""
    return [REGISTER]
