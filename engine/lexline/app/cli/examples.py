"""``lexline test``: the examples in the policies."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from lexline.app.cli.options import (
    ExtendOption,
    PackOption,
    PolicyOption,
    ProjectOption,
    VocabularyOption,
    check_word,
    chosen_files,
    pack_files,
)


def run_tests(
    project: ProjectOption = Path(),
    policy: PolicyOption = None,
    pack: PackOption = None,
    vocabulary: VocabularyOption = None,
    extend_vocabulary: ExtendOption = None,
    coverage: Annotated[
        bool, typer.Option(help="List rules and parts of rules that no example decides both ways.")
    ] = True,
    mutated: Annotated[
        bool, typer.Option("--mutate", help="Change the rules as authors err, and list what no example notices.")
    ] = False,
    least_caught: Annotated[
        int, typer.Option("--least-caught", min=0, max=100, help="With --mutate: end with 1 below this percentage.")
    ] = 0,
    strict: Annotated[bool, typer.Option("--strict", help="End with 1 where a rule has no example.")] = False,
    format_: Annotated[str, typer.Option("--format", help="text or junit.")] = "text",
    output: Annotated[Path | None, typer.Option("--output", "-o", help="Write the result to this file.")] = None,
) -> int:
    """Run the examples that the policies hold, and say what they leave untested.

    Ends with 0 when all hold, 1 when one doesn't (or too few changes were noticed), 2 when there is none or a policy is
    wrong.
    """
    from lexline.app.cli.output import emit, progress, show_diagnostics
    from lexline.app.render.examples import render_examples, render_examples_junit, render_mutants
    from lexline.examples import run_examples
    from lexline.plugin_manager import FOR_DECIDING, load_plugins
    from lexline.project import load_rules

    check_word("--format", format_, ("text", "junit"))
    if pack:
        words = {"--vocabulary": vocabulary, "--extend-vocabulary": extend_vocabulary}
        files = pack_files(pack, project, {"--policy": policy, **words})
    else:
        files = chosen_files(project, policy, None, vocabulary, extend_vocabulary)
    plugins = load_plugins(blocked=files.blocked_plugins, hooks=FOR_DECIDING)
    rules = load_rules(files, plugins)
    show_diagnostics(rules.warnings)
    # A pack is tested by whoever writes it; a project's own parameters may well decide its examples otherwise.
    others = set() if pack else {other.id for other in rules.packs}
    today = datetime.now(UTC).date()
    report = run_examples(rules.program, rules.vocabulary, plugins.check_results, today, without=others)
    emit(render_examples_junit(report) if format_ == "junit" else render_examples(report, coverage), output)
    if not report.results:
        return 2
    if mutated and not report.failed:
        from lexline.mutation import mutate

        with progress("changing rules") as now:
            mutants = mutate(rules.program, rules.vocabulary, plugins.check_results, today, others, now)
        emit(render_mutants(mutants))
        if mutants.caught * 100 < least_caught:
            return 1
    return int(bool(report.failed) or (strict and bool(report.untested)))
