"""``lexline fmt``: one layout for policies."""

from __future__ import annotations

import difflib
from pathlib import Path
from typing import Annotated

import typer

from lexline.app.cli.options import ProjectOption


def fmt(
    paths: Annotated[
        list[Path] | None, typer.Argument(help="Policy files or folders (default: the project's).")
    ] = None,
    project: ProjectOption = Path(),
    check: Annotated[bool, typer.Option("--check", help="Change nothing; end with 1 if a file would change.")] = False,
    diff: Annotated[bool, typer.Option("--diff", help="Change nothing; show what would change.")] = False,
) -> int:
    """Write policies in one canonical layout; comments are kept."""
    from lexline.app.cli.options import chosen_files
    from lexline.app.cli.output import tell
    from lexline.diagnostics import Diagnostic, LexlineError
    from lexline.lang.literate import format_policy
    from lexline.project_files import policy_paths
    from lexline_lineage.writing import write_atomically
    from lexline_plugins.reporters.wording import inline

    named = tuple(paths or ())
    if not paths:
        files = chosen_files(project)
        files.require("policies", files.policies)
        named = files.policies
    found: list[Diagnostic] = []
    changed: list[Path] = []
    for path in policy_paths(named):
        try:
            old, new = format_policy(path)
        except LexlineError as error:
            found += error.diagnostics
            continue
        if old == new:
            continue
        changed.append(path)
        if diff:
            lines = difflib.unified_diff(old.splitlines(True), new.splitlines(True), str(path), f"{path} (formatted)")
            tell("".join(lines))
        elif check:
            tell(f"would change {inline(str(path))}\n")
        else:
            write_atomically(path, new.encode())
            tell(f"formatted {inline(str(path))}\n")
    if found:
        raise LexlineError(tuple(found))
    return int(bool(changed) and (check or diff))
