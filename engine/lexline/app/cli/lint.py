"""``lexline lint``: rules, citations and messages that are right and yet say nothing."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from lexline.app.cli.options import (
    AtOption,
    ExtendOption,
    OnOption,
    PackOption,
    PolicyOption,
    ProjectOption,
    SnapshotOption,
    VocabularyOption,
    check_word,
    chosen_files,
    clock_of,
    pack_files,
    snapshots_of,
)

if TYPE_CHECKING:
    from lexline.decision import Evaluation
    from lexline.evaluate.verdict import Clock
    from lexline.plugin_offers import Plugins
    from lexline.project_files import Files


def lint(
    project: ProjectOption = Path(),
    policy: PolicyOption = None,
    pack: PackOption = None,
    vocabulary: VocabularyOption = None,
    extend_vocabulary: ExtendOption = None,
    on: OnOption = None,
    at: AtOption = None,
    use_facts: Annotated[
        bool, typer.Option("--facts/--no-facts", help="Look for facts that rules need and no source gives.")
    ] = True,
    snapshot: SnapshotOption = True,
    strict: Annotated[bool, typer.Option("--strict", help="End with 1 where something is found.")] = False,
    format_: Annotated[str, typer.Option("--format", help="text or json.")] = "text",
    output: Annotated[Path | None, typer.Option("--output", "-o", help="Write the result to this file.")] = None,
) -> int:
    """Look for rules that can never apply or never fail, that another rule makes needless or impossible to pass, for
    facts that no source gives, citations that no register has, and messages that name nothing.

    Rules are tried on portfolios that are made for it: nothing is proved, and each finding says how many were tried.
    Ends with 0, 1 with --strict where something is found, 2 when input is wrong.
    """
    from lexline.app.cli.output import emit, progress, show_diagnostics
    from lexline.app.render.lint import render_lint, render_lint_json
    from lexline.lint import lint as linted
    from lexline.packs import register_of
    from lexline.plugin_manager import FOR_DECIDING, load_plugins
    from lexline.project import load_rules

    check_word("--format", format_, ("text", "json"))
    if pack:
        words = {"--vocabulary": vocabulary, "--extend-vocabulary": extend_vocabulary}
        files = pack_files(pack, project, {"--policy": policy, **words, "--at": at})
    else:
        files = chosen_files(project, policy, None, vocabulary, extend_vocabulary, at)
    clock = clock_of(on, None)
    plugins = load_plugins(blocked=files.blocked_plugins, hooks=FOR_DECIDING)
    rules = load_rules(files, plugins)
    show_diagnostics(rules.warnings)
    others = set() if pack else {other.id for other in rules.packs}
    own = {info.id for info in rules.program.policies} - others
    facts = _facts(files, clock, plugins, use_snapshots=snapshot) if use_facts else None
    with progress("trying rules") as now:
        found = linted(
            rules.program,
            rules.vocabulary,
            clock.today,
            own,
            checks=plugins.signatures,
            register=register_of(rules.packs),
            facts=facts,
            now=now,
        )
    count = sum(key[0] in own for key in rules.program.rules)
    emit(
        (render_lint_json if format_ == "json" else render_lint)(found, count), output, {r"warning\[LX\d+\]": "yellow"}
    )
    return int(strict and bool(found))


def _facts(files: Files, clock: Clock, plugins: Plugins, *, use_snapshots: bool) -> Evaluation | None:
    """The project over its facts; None where it has none."""
    from lexline.project import fact_files, load_project

    if not (files.portfolio or fact_files(files.facts) or files.store is not None):
        return None
    return load_project(files, clock, plugins, snapshots_of(files, use_snapshots, verify=False)).evaluation
