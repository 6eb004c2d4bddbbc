"""Options that several commands share, and how a command's words become files and dates."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from lexline.diagnostics import Diagnostic, LexlineError
from lexline.evaluate.verdict import Clock
from lexline.lang.findings import did_you_mean, in_words
from lexline.lang.literals import likely_date
from lexline.settings import NAME, Settings, load_settings

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from lexline.project_files import Files
    from lexline_lineage.snapshot_store import Snapshots

ProjectOption = Annotated[
    Path, typer.Option("--project", "-C", help="The project's folder (where lexline.yaml is).", show_default=False)
]
PolicyOption = Annotated[
    list[Path] | None, typer.Option("--policy", help="A policy file or folder, in place of the project's. Repeatable.")
]
PortfolioOption = Annotated[
    list[Path] | None,
    typer.Option("--portfolio", help="A portfolio file or folder, in place of the project's. Repeatable."),
]
VocabularyOption = Annotated[Path | None, typer.Option("--vocabulary", help="In place of the built-in vocabulary.")]
ExtendOption = Annotated[
    list[Path] | None, typer.Option("--extend-vocabulary", help="On top of the vocabulary. Repeatable.")
]
PackOption = Annotated[
    list[str] | None,
    typer.Option("--pack", help="A pack by its id or folder, in place of the project. Repeatable."),
]
OnOption = Annotated[str | None, typer.Option("--on", help="The date evaluated, such as 2026-09-03 (default: today).")]
KnownOption = Annotated[
    str | None, typer.Option("--known-on", help="Only law published by this date (default: all that is written).")
]

AtOption = Annotated[
    str | None,
    typer.Option("--at", help="The facts as they were: a revision of the store, or the end of a day (default: now)."),
]
SnapshotOption = Annotated[
    bool, typer.Option("--snapshot/--no-snapshot", help="Keep the graph of the facts, and use the one that is kept.")
]
VerifyOption = Annotated[
    bool, typer.Option("--verify-snapshot", help="Compare every byte of the kept graph with what was written.")
]
RecordOption = Annotated[
    bool | None,
    typer.Option("--record/--no-record", help="Record in the ledger of the project's store what is answered."),
]

_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_OTHER_DATE = re.compile(r"[0-9]{1,4}([-/])[0-9]{1,2}\1[0-9]{1,4}")


def mistake(message: str, advice: str = "", code: str = "LX302") -> LexlineError:
    """A mistake on the command line."""
    return LexlineError((Diagnostic(code, message, (), advice),))


def check_word(option: str, word: str | None, known: Sequence[str]) -> None:
    """Refuses a word of an option that has some words of its own; None where the option is not given."""
    if word is not None and word not in known:
        raise mistake(f"`{option} {word}` is not known", did_you_mean(word, known) or f"write {in_words(known)}")


def refuse_beside(option: str, others: Mapping[str, object], advice: str) -> None:
    """Refuses what is given of ``others`` (by what a person writes) beside an option that leaves no use for it."""
    given = [name for name, value in others.items() if value]
    if given:
        raise mistake(f"{option} does not go with {in_words(given, 'and')}", advice)


def parse_day(text: str, option: str) -> date:
    """A date of the command line."""
    try:
        if not _DATE.fullmatch(text):
            raise ValueError(text)
        return date.fromisoformat(text)
    except ValueError:
        likely = likely_date(text) if _OTHER_DATE.fullmatch(text) else "2026-09-03"
        raise mistake(f"`{option} {text}` is no date", f"write year-month-day, like {likely}") from None


def clock_of(on: str | None, known_on: str | None) -> Clock:
    """The clock of an evaluation: without ``--on`` this moment; with it, that day."""
    known = parse_day(known_on, "--known-on") if known_on else None
    return Clock.of(parse_day(on, "--on") if on else None, known)


def snapshots_of(files: Files, use: bool, verify: bool) -> Snapshots | None:
    """Where graphs are kept, unless an option or a setting says that none are."""
    from lexline.app.cli.output import note
    from lexline_lineage.snapshot_store import Snapshots, user_folder

    folder = user_folder() if use and files.snapshot else None
    return Snapshots(folder, verify, note) if folder is not None else None


def project_settings(project: Path) -> Settings | None:
    """The settings of a project's folder, if it has any."""
    path = project / NAME
    return load_settings(path) if path.is_file() else None


def is_recorded(files: Files, wanted: bool | None) -> bool:
    """Whether an answer is to be recorded: where there is a store, unless an option says something else."""
    if wanted and files.store is None:
        if files.settings is not None and files.settings.store() is not None:
            raise mistake(
                "there is no ledger to record in, because `--portfolio` takes the place of the project's store",
                "leave out --portfolio: what is recorded is decided over the facts of the store",
            )
        raise mistake(
            "there is no ledger to record in, because there is no store",
            "write `store: lexline.db` in lexline.yaml: see docs/store.md",
        )
    return files.store is not None if wanted is None else wanted


def pack_files(names: list[str], project: Path, others: Mapping[str, object]) -> Files:
    """No more than the packs that ``--pack`` names, by id or folder. Refuses what it stands in place of."""
    from lexline.project_files import Files

    beside = {"--project": project != Path(), **others}
    refuse_beside("`--pack`", beside, "packs are looked at by themselves, in place of a project and its facts")
    return Files(packs=tuple(Path(name) if "/" in name else name for name in names))


def chosen_files(
    project: Path,
    policy: list[Path] | None = None,
    portfolio: list[Path] | None = None,
    vocabulary: Path | None = None,
    extend: list[Path] | None = None,
    at: str | None = None,
) -> Files:
    """The files of the project, with those of the command line in their place."""
    from lexline.project_files import Files

    settings = project_settings(project)
    if settings is None and not policy:
        raise mistake(
            f"there is no {NAME} in `{project}`", "go to the project's folder, or name files: --policy … --portfolio …"
        )
    named = Files.of(settings) if settings else Files()
    if at is not None and (named.store is None or portfolio):
        why = "the files of `--portfolio` have" if portfolio else "the project has no store, and files have"
        raise mistake(f"`--at {at}` can't be answered: {why} no revisions", "see docs/settings.md: `store:`")
    return replace(
        named,
        vocabulary=vocabulary or named.vocabulary,
        extend=tuple(extend) if extend else named.extend,
        policies=tuple(policy) if policy else named.policies,
        portfolio=tuple(portfolio) if portfolio else named.portfolio,
        facts=None if portfolio else named.facts,
        store=None if portfolio else named.store,
        at=at,
    )
