"""``lexline impact``: what does a change of policies or facts do to the portfolio?"""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from lexline.app.cli.options import KnownOption, OnOption, ProjectOption, check_word, chosen_files, clock_of, mistake

if TYPE_CHECKING:
    from lexline.decision import Evaluation
    from lexline.project import Files

FORMATS = ("text", "json", "markdown", "html")
FAIL_ON = ("new-fail", "new-unknown", "any-flip")


def impact(
    project: ProjectOption = Path(),
    policies: Annotated[
        str | None, typer.Option("--policies", help="OLD..NEW: files, folders, git revisions, wheels, PACK@VERSION.")
    ] = None,
    facts: Annotated[
        str | None, typer.Option("--facts", help="OLD..NEW: portfolio files or folders; none: as it is.")
    ] = None,
    at: Annotated[str | None, typer.Option("--at", help="OLD..NEW: revisions or days of the store.")] = None,
    suppose: Annotated[
        Path | None, typer.Option("--suppose", help="A file of facts that are supposed on the new side.")
    ] = None,
    on: OnOption = None,
    known_on: KnownOption = None,
    reasons: Annotated[int, typer.Option("--reasons", min=0, help="How many flips say why, the gravest first.")] = 50,
    fail_on: Annotated[
        str | None, typer.Option("--fail-on", help="End with 1 for new-fail, new-unknown or any-flip.")
    ] = None,
    format_: Annotated[str, typer.Option("--format", help="text, json, markdown or html.")] = "text",
    output: Annotated[Path | None, typer.Option("--output", "-o", help="Write the result to this file.")] = None,
) -> int:
    """Compare the verdicts under two versions of the policies, of the facts, or of both: which rules mean something
    else, which verdicts differ, because of what, and whose they are.

    Ends with 0, with 1 for what --fail-on names, with 2 when input is wrong.
    """
    from lexline.app.cli.output import emit, progress
    from lexline.app.render.impact import render_impact
    from lexline.due import stale_by
    from lexline.impacts import impact as moved_by
    from lexline.plugin_manager import load_plugins

    check_word("--format", format_, FORMATS)
    check_word("--fail-on", fail_on, FAIL_ON)
    if policies is None and facts is None and at is None and suppose is None:
        advice = "lexline impact --policies OLD..NEW, --facts OLD..NEW, --at OLD..NEW or --suppose FILE"
        raise mistake("impact compares two sides", advice)
    from lexline.project import load_project

    clock = clock_of(on, known_on)
    with ExitStack() as folders, progress("comparing"):
        sides = [_files(project, at, place) for place in (0, 1)]
        sides = [_with_policies(folders, project, policies, place, files) for place, files in enumerate(sides)]
        sides = [_with_facts(facts, place, files) for place, files in enumerate(sides)]
        plugins = load_plugins(blocked=sides[1].blocked_plugins)
        old = load_project(sides[0], clock, plugins).evaluation
        new = old if sides[1] == sides[0] else load_project(sides[1], clock, plugins).evaluation
        if suppose is not None:
            new = _supposing(new, suppose)
        moved = moved_by(old, new, checks=plugins.signatures)
        stale = stale_by(moved, plugins.signatures)
    emit(render_impact(moved, format_, reasons, stale), output)
    found = {"new-fail": moved.new_fails, "new-unknown": moved.new_unknowns, "any-flip": moved.flips}
    return 1 if fail_on is not None and found[fail_on] else 0


def _files(project: Path, at: str | None, place: int) -> Files:
    from lexline.app.cli.revisions import two_sides

    revision = two_sides(at, "--at")[place] if at is not None else ""
    return chosen_files(project, None, None, None, None, revision or None)


def _with_policies(folders: ExitStack, project: Path, policies: str | None, place: int, files: Files) -> Files:
    """The files with the policies of one side: what else makes the rules comes from there, too, where it is a
    project."""
    from lexline.app.cli.revisions import two_sides, with_policies_of

    side = two_sides(policies, "--policies")[place] if policies is not None else ""
    return with_policies_of(folders, project, side, files) if side else files


def _supposing(evaluation: Evaluation, file: Path) -> Evaluation:
    """The evaluation with the facts that a file supposes."""
    from lexline.data_problems import as_error
    from lexline_lineage.problems import LineageError
    from lexline_lineage.supposed_files import read_supposed

    try:
        changes = read_supposed(file, evaluation.graph, evaluation.clock.today, evaluation.number)
    except LineageError as error:
        raise as_error(error) from None
    return evaluation.supposing(changes)


def _with_facts(facts: str | None, place: int, files: Files) -> Files:
    from lexline.app.cli.revisions import two_sides

    side = two_sides(facts, "--facts")[place] if facts is not None else ""
    if not side:
        return files
    path = Path(side)
    if not path.exists():
        raise mistake(f"`{side}` is no file and no folder", "name a portfolio file, or a folder of facts")
    if path.is_dir() and any(path.glob("*.jsonl")):
        return replace(files, portfolio=(), facts=path, store=None, at=None)
    return replace(files, portfolio=(path,), facts=None, store=None, at=None)
