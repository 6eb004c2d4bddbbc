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
    from lexline.project import Files
    from lexline.settings import Settings
    from lexline_lineage.vocabulary import Vocabulary

LISTED = 20
"""Unresolved references and skipped records named for one source; the rest is counted."""


def import_facts(
    sources: Annotated[
        list[str] | None, typer.Argument(help="Names of sources in lexline.yaml (default: all).")
    ] = None,
    project: ProjectOption = Path(),
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Read and report; write nothing.")] = False,
) -> int:
    """Read facts from the sources that lexline.yaml names into the store, or into the facts folder; each replaces what
    it said before.

    All sources named are read before anything is written; where one is refused, nothing changes.
    """
    from lexline.app.cli.options import project_settings
    from lexline.app.cli.output import progress, tell
    from lexline.plugin_manager import load_plugins
    from lexline.project import Files, load_words
    from lexline.settings import NAME

    settings = project_settings(project)
    if settings is None:
        raise mistake(f"there is no {NAME} in `{project}`", "go to the project's folder, or name it: --project …")
    if not settings.file.sources or (settings.file.facts or settings.file.store) is None:
        absent = "store" if settings.file.sources else "sources"
        raise mistake(f"{NAME} names no `{absent}`", f"see docs/settings.md: `{absent}:`")
    names = list(dict.fromkeys(sources)) if sources else list(settings.file.sources)
    plugins = load_plugins(blocked=settings.file.blocked_plugins)
    results: dict[str, ImportResult] = {}
    for name in names:
        with progress(f"reading {name}"):
            results[name] = read_source(settings, plugins, name)
    refuse_unread(results)
    files = Files.of(settings)
    vocabulary = load_words(files, plugins)
    check_together(files, vocabulary, results)
    kept = "Nothing was written (--dry-run)." if dry_run else keep(settings, files, vocabulary, results)
    for name, result in results.items():
        tell(describe(name, result))
    tell(f"{kept}\n")
    return 0


def refuse_unread(results: dict[str, ImportResult]) -> None:
    """Raise ``LexlineError`` where a source holds nothing that could be read: what it said before would be lost."""
    from lexline.app.cli.output import tell

    for name, result in results.items():
        if result.skipped and not result.facts:
            tell(describe(name, result))
            advice = "see why above; is `importer:` that of the system that wrote the files?"
            raise mistake(f"nothing that source `{name}` names could be read, so nothing was written", advice)


def keep(settings: Settings, files: Files, vocabulary: Vocabulary, results: dict[str, ImportResult]) -> str:
    """Write what the sources say to the store, or to the facts folder; a sentence about it."""
    from lexline.project import stored
    from lexline_lineage.files import write_facts

    if files.facts is not None:
        files.facts.mkdir(parents=True, exist_ok=True)
        for name, result in results.items():
            write_facts(files.facts / f"{name}.jsonl", result.facts)
        return f"Facts are in {files.facts}. Next: lexline check"
    said = {name: (settings.file.sources[name].importer, result.facts) for name, result in results.items()}
    with stored(files, vocabulary, make=True) as store:
        made = store.replace_all(said)
        last = store.head()
    if made is not None:
        return f"The facts are revision {made.number} of the store. Next: lexline check"
    return "Nothing changed" + (f" since revision {last.number}." if last.number else ".")


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


def check_together(files: Files, vocabulary: Vocabulary, results: dict[str, ImportResult]) -> None:
    """Join the new facts with those of all other sources, so that nothing that is refused is ever written."""
    from lexline.data_problems import as_error
    from lexline.project import fact_files, identity_rules, stored
    from lexline_lineage.column_join import joined_columns
    from lexline_lineage.fact_columns import FactColumns
    from lexline_lineage.facts import Fact
    from lexline_lineage.files import read_facts, read_portfolio
    from lexline_lineage.problems import LineageError

    files.require("portfolio", files.portfolio)
    facts: list[Fact] = []
    others = [path for path in fact_files(files.facts) if path.stem not in results]
    try:
        for path in files.portfolio:
            facts += read_portfolio(path, vocabulary)
        for path in others:
            facts += read_facts(path)
        for result in results.values():
            facts += result.facts
        said = FactColumns.of(())
        if files.store is not None:
            with stored(files, vocabulary) as store:
                said = store.columns(without=results)
        joined_columns(vocabulary, said.plus(facts), datetime.now(UTC).date(), identity_rules(files))
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
