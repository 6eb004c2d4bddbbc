"""``lexline log``, ``lexline diff`` and ``lexline erase``: the states of a store, and the names of people in it."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from lexline.app.cli.options import ProjectOption, check_word, mistake

if TYPE_CHECKING:
    from lexline.store import Store

FormatOption = Annotated[str, typer.Option("--format", help="text or json.")]


def log(
    project: ProjectOption = Path(),
    last: Annotated[int | None, typer.Option("--last", min=1, help="Only so many revisions (default: all).")] = None,
    format_: FormatOption = "text",
) -> int:
    """Show the revisions of the store, the newest first: number, moment, what made it, and how many facts of each
    source came and went."""
    from lexline.app.cli.output import emit
    from lexline.app.render.history import render_log, render_log_json

    check_format(format_)
    with open_project_store(project) as store:
        revisions, changes = store.revisions()[:last], store.changes()
    emit(render_log(revisions, changes) if format_ == "text" else render_log_json(revisions, changes), None, {})
    return 0


def diff(
    old: Annotated[str, typer.Argument(help="A revision, or a day: the last revision of it.")],
    new: Annotated[str | None, typer.Argument(help="Another one (default: the newest).")] = None,
    project: ProjectOption = Path(),
    format_: FormatOption = "text",
) -> int:
    """Show which facts came, went and changed between two revisions of the store."""
    from lexline.app.cli.output import emit
    from lexline.app.render.history import render_diff, render_diff_json

    check_format(format_)
    with open_project_store(project) as store:
        before = store.revision_at(old)
        after = store.revision_at(new) if new is not None else store.head()
        found = store.difference(before, after)
    render = render_diff if format_ == "text" else render_diff_json
    emit(render(before, after, found), None, {})
    return 0


def erase(
    name: Annotated[str, typer.Argument(help="The person's name, as the facts have it.")],
    project: ProjectOption = Path(),
    yes: Annotated[bool, typer.Option("--yes", help="Don't ask.")] = False,
) -> int:
    """Forget a person's name at every revision of the store. It can't be undone; a key stays where the name was, so
    that rules which ask whether someone is named decide as before."""
    from lexline.app.cli.output import tell
    from lexline_lineage.snapshot_store import Snapshots, user_folder

    with open_project_store(project) as store:
        store.check_known(name)
        if not (yes or _is_confirmed(f"Erase {name!a} for ever?")):
            raise mistake("nobody confirmed it, so nothing is erased", "answer y, or add --yes")
        erased = store.erase(name)
    folder = user_folder()
    if folder is not None:
        Snapshots(folder).clear()  # they hold names, too
    facts = "1 fact names" if erased.facts == 1 else f"{erased.facts} facts name"
    entries = f", and {erased.entries} of the ledger's entries" if erased.entries else ""
    tell(f"Erased. {facts} `erased person {erased.key}` now{entries}.\n")
    if erased.sources:
        tell(f"Their next import brings the name back: {', '.join(erased.sources)}. Remove it there, too.\n")
    return 0


def _is_confirmed(question: str) -> bool:
    """Whether somebody says yes. Where nobody can be asked, nobody does."""
    try:
        return typer.confirm(question)
    except typer.Abort:
        if sys.stdin.isatty():  # Ctrl-C
            raise
        print(file=sys.stderr)
        return False


def check_format(format_: str) -> None:
    """Refuses a format that these commands don't have."""
    check_word("--format", format_, ("text", "json"))


def open_project_store(project: Path) -> Store:
    """The store that the settings of a project name."""
    from lexline.app.cli.options import chosen_files
    from lexline.project import stored

    return stored(chosen_files(project))
