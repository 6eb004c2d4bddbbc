"""What a command evaluates: the options that choose policies, facts and dates, once for all commands that have them."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING, Concatenate, ParamSpec, get_type_hints

from lexline.app.cli.options import (
    AtOption,
    ExtendOption,
    KnownOption,
    OnOption,
    PolicyOption,
    PortfolioOption,
    ProjectOption,
    SnapshotOption,
    VerifyOption,
    VocabularyOption,
    chosen_files,
    clock_of,
    snapshots_of,
)

if TYPE_CHECKING:
    from lexline.evaluate.verdict import Clock
    from lexline.project_files import Files
    from lexline_lineage.snapshot_store import Snapshots

__all__ = ["Chosen", "of_chosen"]

P = ParamSpec("P")


@dataclass(frozen=True, slots=True)
class Chosen:
    """The options; each field is one."""

    project: ProjectOption = Path()
    policy: PolicyOption = None
    portfolio: PortfolioOption = None
    vocabulary: VocabularyOption = None
    extend_vocabulary: ExtendOption = None
    on: OnOption = None
    at: AtOption = None
    known_on: KnownOption = None
    snapshot: SnapshotOption = True
    verify_snapshot: VerifyOption = False

    def files(self) -> Files:
        """The files of the project, with those of the options in their place. Raises ``LexlineError``."""
        given = (self.policy, self.portfolio, self.vocabulary, self.extend_vocabulary, self.at)
        return chosen_files(self.project, *given)

    def clock(self) -> Clock:
        """The dates evaluated. Raises ``LexlineError``."""
        return clock_of(self.on, self.known_on)

    def snapshots(self, files: Files) -> Snapshots | None:
        """Where graphs are kept, if they are."""
        return snapshots_of(files, self.snapshot, self.verify_snapshot)


def of_chosen(command: Callable[Concatenate[Chosen, P], int]) -> Callable[..., int]:
    """The command with the options of ``Chosen`` in place of its first parameter, as typer reads them from a
    signature: behind the command's own arguments, before its other options."""
    own = list(inspect.signature(command, eval_str=True).parameters.values())[1:]
    hints = get_type_hints(Chosen, include_extras=True)
    shared = [
        inspect.Parameter(one.name, inspect.Parameter.KEYWORD_ONLY, default=one.default, annotation=hints[one.name])
        for one in fields(Chosen)
    ]
    asked = [one.replace(kind=inspect.Parameter.KEYWORD_ONLY) for one in own]
    required = [one for one in asked if one.default is inspect.Parameter.empty]
    parameters = [*required, *shared, *(one for one in asked if one not in required)]

    def with_options(**given: object) -> int:
        chosen = {one.name: given.pop(one.name) for one in shared}
        return command(Chosen(**chosen), **given)  # type: ignore[arg-type, call-arg]  # typer gives what it read of the signature

    with_options.__doc__ = command.__doc__
    with_options.__name__ = command.__name__
    with_options.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]  # what inspect looks for
    with_options.__annotations__ = {one.name: one.annotation for one in parameters}
    return with_options
