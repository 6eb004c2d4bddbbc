"""``lexline import``: facts from the systems that already have them."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from lexline.app.cli.options import ProjectOption, mistake

if TYPE_CHECKING:
    from lexline.importing import ImportResult
    from lexline.plugin_offers import Plugins
    from lexline.settings import Settings

LISTED = 20
"""Unresolved references and skipped records named for one source; the rest is counted."""


def import_facts(
    sources: Annotated[
        list[str] | None, typer.Argument(help="Names of sources in lexline.yaml (default: all).")
    ] = None,
    project: ProjectOption = Path(),
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Read and report; write nothing.")] = False,
) -> int:
    """Read facts from the sources that lexline.yaml names; each replaces its file in the facts folder.

    All sources named are read before any file is written; where one is refused, nothing changes.
    """
    from lexline.app.cli.options import project_settings
    from lexline.app.cli.output import progress, tell
    from lexline.plugin_manager import load_plugins
    from lexline.settings import NAME
    from lexline_lineage.files import write_facts

    settings = project_settings(project)
    if settings is None:
        raise mistake(f"there is no {NAME} in `{project}`", "go to the project's folder, or name it: --project …")
    facts = settings.file.facts
    if not settings.file.sources or facts is None:
        absent = "facts" if settings.file.sources else "sources"
        raise mistake(f"{NAME} names no `{absent}`", f"see docs/settings.md: `{absent}:`")
    names = list(dict.fromkeys(sources)) if sources else list(settings.file.sources)
    plugins = load_plugins(blocked=settings.file.blocked_plugins)
    results: dict[str, ImportResult] = {}
    for name in names:
        with progress(f"reading {name}"):
            results[name] = read_source(settings, plugins, name)
    check_together(settings, plugins, results)
    folder = settings.path(facts)
    for name, result in results.items():
        if not dry_run:
            folder.mkdir(parents=True, exist_ok=True)
            write_facts(folder / f"{name}.jsonl", result.facts)
        tell(describe(name, result))
    tell("Nothing was written (--dry-run).\n" if dry_run else f"Facts are in {folder}. Next: lexline check\n")
    return 0


def read_source(settings: Settings, plugins: Plugins, name: str) -> ImportResult:
    """What one source says. Raises ``LexlineError`` where its settings are wrong or a file isn't there."""
    from lexline.diagnostics import LexlineError
    from lexline.importing import ImportRequest, SettingError
    from lexline.lang.suggest import nearest
    from lexline.settings import NAME

    source = settings.file.sources.get(name)
    if source is None:
        near = nearest(name, settings.file.sources)
        raise mistake(f"there is no source `{name}`", f"did you mean `{near}`?" if near else "see `sources:`")
    with settings.blamed("sources", name, "importer"):
        importer = plugins.importer(source.importer)
    paths: list[Path] = []
    for at, pattern in enumerate(source.paths):
        where = ("sources", name, "paths", at)
        matched = settings.matches(pattern, *where)
        if not matched or not all(path.is_file() for path in matched):
            message, advice = f"no file matches `{pattern}`", f"paths are relative to the folder of {NAME}"
            raise LexlineError((settings.mistake(message, *where, help=advice),))
        paths += matched
    try:
        return importer.read(ImportRequest(tuple(paths), source.settings, name))
    except SettingError as error:
        message = f"source `{name}`, setting `{error.setting}`: {error}"
        found = settings.mistake(message, "sources", name, "settings", error.setting, help="see docs/sources/")
        raise LexlineError((found,)) from None


def check_together(settings: Settings, plugins: Plugins, results: dict[str, ImportResult]) -> None:
    """Join the new facts with those of all other sources, so that nothing that is refused is ever written."""
    from lexline.data_problems import as_error
    from lexline.project import Files, fact_files, identity_rules, load_words
    from lexline_lineage.facts import Fact
    from lexline_lineage.files import joined_graph, read_facts, read_portfolio
    from lexline_lineage.problems import LineageError

    files = Files.of(settings)
    files.require("portfolio", files.portfolio)
    vocabulary = load_words(files, plugins)
    facts: list[Fact] = [fact for result in results.values() for fact in result.facts]
    others = [path for path in fact_files(files.facts) if path.stem not in results]
    try:
        for path in files.portfolio:
            facts += read_portfolio(path, vocabulary)
        for path in others:
            facts += read_facts(path)
        joined_graph(vocabulary, facts, datetime.now(UTC).date(), identity_rules(files))
    except LineageError as error:
        raise as_error(error, quoted=[str(path) for path in (*files.portfolio, *others)]) from None


def describe(name: str, result: ImportResult) -> str:
    """What came of one source."""
    from lexline_lineage.facts import EdgeFact, ElementFact
    from lexline_plugins.reporters.wording import inline

    elements = sum(isinstance(fact, ElementFact) for fact in result.facts)
    edges = sum(isinstance(fact, EdgeFact) for fact in result.facts)
    attributes = len(result.facts) - elements - edges
    lines = [f"{name}: {elements} elements, {attributes} attributes, {edges} edges"]
    lines += [
        f"  unresolved: {inline(u.reference)} ({inline(u.where)}): {inline(u.why)}" for u in result.unresolved[:LISTED]
    ]
    if len(result.unresolved) > LISTED:
        lines.append(f"  and {len(result.unresolved) - LISTED} more unresolved")
    lines += [f"  skipped: {inline(s.place)}: {inline(s.why)}" for s in result.skipped[:LISTED]]
    if len(result.skipped) > LISTED:
        lines.append(f"  and {len(result.skipped) - LISTED} more skipped")
    return "\n".join(lines) + "\n"
