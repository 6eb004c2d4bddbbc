"""``lexline ledger``: what was recorded, and whether it still is as it was recorded."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from lexline.app.cli.history import FormatOption, check_format, open_project_store
from lexline.app.cli.options import ProjectOption, mistake

if TYPE_CHECKING:
    from lexline.ledger.chain import Head

_HEAD = re.compile(r"([0-9]{1,18}):(sha256:[0-9a-f]{64})")


def application() -> typer.Typer:
    """The commands that read the ledger."""
    app = typer.Typer(no_args_is_help=True, help="Show, verify, export and replay what was recorded.")
    app.command("verify", epilog="Example: lexline ledger verify --head 1042:sha256:0f3a…")(verify)
    app.command("show", epilog="Example: lexline ledger show --kind waiver --last 10")(show)
    return app


def verify(
    project: ProjectOption = Path(),
    head: Annotated[
        list[str] | None, typer.Option("--head", help="NUMBER:DIGEST of an entry, kept elsewhere. Repeatable.")
    ] = None,
    format_: FormatOption = "text",
) -> int:
    """Look whether any entry was changed, removed, moved or cut off.

    Without --head, who can write to the whole database can write the whole ledger anew: keep the head elsewhere from
    time to time. Ends with 0 for a whole ledger, 1 for one that isn't.
    """
    from lexline.app.cli.output import emit
    from lexline.app.render.ledger import render_faults, render_faults_json
    from lexline.ledger.chain import verify as faults_of

    check_format(format_)
    kept = [_head_of(text) for text in head or ()]
    with open_project_store(project) as store, store.links() as (end, links):
        faults = faults_of(links, end, kept)
    emit(render_faults(end, faults) if format_ == "text" else render_faults_json(end, faults), None, {})
    return int(bool(faults))


def show(
    number: Annotated[int | None, typer.Argument(help="Only this entry, with all that it holds.", min=1)] = None,
    project: ProjectOption = Path(),
    kind: Annotated[list[str] | None, typer.Option("--kind", help="Only entries of this kind. Repeatable.")] = None,
    last: Annotated[int | None, typer.Option("--last", min=1, help="Only so many entries (default: all).")] = None,
    format_: FormatOption = "text",
) -> int:
    """Show the entries of the ledger, the newest first."""
    from lexline.app.cli.output import emit
    from lexline.app.render.ledger import render_entries, render_entries_json, render_entry
    from lexline.ledger.record import KINDS

    check_format(format_)
    for word in kind or ():
        if word not in KINDS:
            raise mistake(f"`--kind {word}` is no kind of entry", "kinds are " + ", ".join(f"`{k}`" for k in KINDS))
    with open_project_store(project) as store:
        entries = store.entries(number, kind or ())[::-1][: 1 if number is not None else last]
        if number is not None and (not entries or entries[0].sequence != number):
            count = store.ledger_head().sequence
            raise mistake(f"there is no entry {number}", f"the ledger has {count} entries; see `lexline ledger show`")
    if format_ == "json":
        emit(render_entries_json(entries), None, {})
    else:
        emit(render_entry(entries[0]) if number is not None else render_entries(entries), None, {})
    return 0


def _head_of(text: str) -> Head:
    from lexline.ledger.chain import Head

    found = _HEAD.fullmatch(text)
    if found is None:
        raise mistake(f"`--head {text}` is no head of a ledger", "write NUMBER:sha256:… as `verify` prints it")
    return Head(int(found[1]), found[2])
