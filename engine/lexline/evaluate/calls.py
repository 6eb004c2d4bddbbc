"""Checks as the evaluators see them: a column of outcomes for the elements of a kind."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from lexline.evaluate.verdict import MissingFact
from lexline_lineage.graph import Graph
from lexline_lineage.values import Value

__all__ = ["CheckOutcome", "CheckResults", "NoChecks"]


@dataclass(frozen=True, slots=True)
class CheckOutcome:
    """What a check says of one element: a value of its declared type, or nothing with the facts that it misses, or a
    failure (``failed`` says how, in a sentence that names the check). ``evidence`` is shown with the reasons.
    ``until``: the last day through which there is the same value, none, or a failure, as long as the facts stay the
    same; None: nothing is said of later days. A day too early costs an evaluation, one too late is wrong. ``ages``: the
    value is a duration that is a day longer on each day until then."""

    value: Value | None = None
    missing: tuple[MissingFact, ...] = ()
    failed: str = ""
    evidence: str = ""
    until: date | None = None
    ages: bool = False


class CheckResults(Protocol):
    """Runs checks over the graph of an evaluation, each check once for a kind and its arguments."""

    def outcomes(
        self, check: str, kind: str, arguments: tuple[tuple[str, Value | None], ...]
    ) -> Sequence[CheckOutcome]:
        """An outcome for each element of ``graph.members[kind]``, in that order. An argument that is None is a
        parameter without a value in force: every outcome is then missing."""
        ...

    def over(self, graph: Graph) -> CheckResults:
        """The same checks over another graph."""
        ...


class NoChecks:
    """For a program that calls none."""

    def outcomes(
        self, check: str, kind: str, arguments: tuple[tuple[str, Value | None], ...]
    ) -> Sequence[CheckOutcome]:
        """Refuses: no check is registered."""
        raise LookupError(f"no check is registered as {check} (asked for {kind} with {arguments})")

    def over(self, graph: Graph) -> CheckResults:  # noqa: ARG002
        """None."""
        return self
