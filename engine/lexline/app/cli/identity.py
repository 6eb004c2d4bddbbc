"""``lexline identity``: how the names of several systems were joined."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from lexline.app.cli.options import (
    AtOption,
    OnOption,
    PortfolioOption,
    ProjectOption,
    check_word,
    chosen_files,
    clock_of,
)


def identity(
    project: ProjectOption = Path(),
    portfolio: PortfolioOption = None,
    on: OnOption = None,
    at: AtOption = None,
    propose: Annotated[
        Path | None, typer.Option("--propose", help="Rules to try in place of the project's: what would they change?")
    ] = None,
    format_: Annotated[str, typer.Option("--format", help="text or json.")] = "text",
    whole: Annotated[bool, typer.Option("--all", help="Show everything; otherwise long lists are cut.")] = False,
    output: Annotated[Path | None, typer.Option("--output", "-o", help="Write the report to this file.")] = None,
) -> int:
    """Show which names are one element and who says so, what may be one and waits for a person, what stayed alone, and
    what sources contradict each other about."""
    from dataclasses import replace

    from lexline.app.cli.output import emit, progress
    from lexline.app.render.identity import render_identity, render_identity_json
    from lexline.joins import review_joins, review_proposal
    from lexline.plugin_manager import FOR_WORDS, load_plugins
    from lexline.project import identity_rules, load_graph, load_words
    from lexline_lineage.identity_rules import IdentityRules

    check_word("--format", format_, ("text", "json"))
    files = chosen_files(project, portfolio=portfolio, at=at)
    vocabulary = load_words(files, load_plugins(blocked=files.blocked_plugins, hooks=FOR_WORDS))
    day = clock_of(on, None).today
    proposal = None
    with progress("joining facts"):
        built = load_graph(files, vocabulary, day)
        if propose is not None:
            tried = load_graph(replace(files, identity=propose), vocabulary, day)
            if built.joined is not None and tried.joined is not None:
                proposal = review_proposal(built.joined, tried.joined)
    report = review_joins(built, identity_rules(files) or IdentityRules(), proposal)
    emit(render_identity(report, whole) if format_ == "text" else render_identity_json(report), output)
    return 0
