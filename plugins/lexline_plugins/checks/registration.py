"""The checks that come with the product, behind the same door as anyone's."""

from __future__ import annotations

from lexline.hookspecs import Check, hookimpl
from lexline_plugins.checks import documents, drift, evidence, fairness

__all__ = ["lexline_checks"]


@hookimpl
def lexline_checks() -> list[Check]:
    """Checks of fairness, drift, evidence and documents."""
    return [*fairness.CHECKS, *drift.CHECKS, *evidence.CHECKS, *documents.CHECKS]
