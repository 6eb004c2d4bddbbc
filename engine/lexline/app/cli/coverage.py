"""``lexline coverage``: which provisions have rules, which have none, and why."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from lexline.app.cli.options import (
    AtOption,
    OnOption,
    PackOption,
    ProjectOption,
    SnapshotOption,
    check_word,
    chosen_files,
    clock_of,
    mistake,
    pack_files,
    project_settings,
    snapshots_of,
)

if TYPE_CHECKING:
    from lexline.coverage import Coverage
    from lexline.evaluate.verdict import Clock
    from lexline.project_files import Files
    from lexline_lineage.snapshot_store import Snapshots

FORMATS = ("text", "json", "csv", "html")


def coverage(
    project: ProjectOption = Path(),
    pack: PackOption = None,
    on: OnOption = None,
    at: AtOption = None,
    verdicts: Annotated[
        bool, typer.Option("--verdicts/--no-verdicts", help="Decide the portfolio, and count what each rule says.")
    ] = True,
    snapshot: SnapshotOption = True,
    fail_on: Annotated[str | None, typer.Option("--fail-on", help="End with 1 for: missing, overdue.")] = None,
    format_: Annotated[str, typer.Option("--format", help="text, json, csv or html.")] = "text",
    output: Annotated[Path | None, typer.Option("--output", "-o", help="Write it to this file.")] = None,
) -> int:
    """Show for each provision of the packs' registers the rules that cite it, what their examples show and what they
    say of the portfolio; which ask for a judgement, which can't be encoded and who decides them, and which nobody
    covers.

    Ends with 0, 1 for what --fail-on names, 2 when input is wrong or there is no pack.
    """
    from lexline.app.cli.output import emit
    from lexline.app.render import coverage as shown

    check_word("--format", format_, FORMATS)
    check_word("--fail-on", fail_on, ("missing", "overdue"))
    files = _files(project, pack, at)
    clock = clock_of(on, None)
    found = _found(files, clock, snapshots_of(files, snapshot, verify=False), verdicts=verdicts and pack is None)
    renderers = {
        "text": shown.render_coverage,
        "json": shown.render_coverage_json,
        "csv": shown.render_coverage_sheet,
        "html": shown.render_coverage_html,
    }
    emit(renderers[format_](found), output, {})
    bad = found.missing if fail_on == "missing" else [p for p in found.packs if p.overdue] if fail_on else ()
    return int(bool(bad))


def _files(project: Path, pack: list[str] | None, at: str | None) -> Files:
    """The project's files, or no more than the packs that ``--pack`` names."""
    from lexline.project_files import Files

    if pack:
        return pack_files(pack, project, {"--at": at})
    settings = project_settings(project)
    files = chosen_files(project, at=at) if settings is not None else Files()
    if not files.packs:
        raise mistake("there is no pack to be covered", "name one: lexline coverage --pack uk-gdpr")
    return files


def _found(files: Files, clock: Clock, snapshots: Snapshots | None, *, verdicts: bool) -> Coverage:
    from lexline.app.cli.output import progress, show_diagnostics
    from lexline.coverage import coverage as covered
    from lexline.decision import decide
    from lexline.plugin_manager import FOR_DECIDING, load_plugins
    from lexline.project import load_project, load_rules

    plugins = load_plugins(blocked=files.blocked_plugins, hooks=FOR_DECIDING)
    checks = plugins.signatures
    if not verdicts or not (files.portfolio or files.facts is not None or files.store is not None):
        rules = load_rules(files, plugins)
        show_diagnostics(rules.warnings)
        return covered(rules.packs, rules.program, clock.today, checks=checks)
    with progress("deciding the portfolio") as now:
        project = load_project(files, clock, plugins, snapshots)
        report = decide(project.evaluation, reasons=0, now=now)
    show_diagnostics(project.warnings)
    return covered(project.rules.packs, project.evaluation.program, clock.today, checks=checks, report=report)
