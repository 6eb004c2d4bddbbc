"""``lexline ledger``: what was recorded, whether it still is as it was recorded, and how to give it out."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from lexline.app.cli.history import FormatOption, check_format, open_project_store
from lexline.app.cli.options import ProjectOption, chosen_files, mistake, refuse_beside
from lexline.lang.findings import a, in_words

if TYPE_CHECKING:
    from contextlib import ExitStack

    from lexline.ledger.chain import Fault, Head
    from lexline.ledger.record import EvaluationEntry, Recorded
    from lexline.project_files import Files
    from lexline.store import Store

LARGEST = 2**63 - 1
"""The largest number that a database takes."""
NAMED = 5
"""How many evaluations a message names."""
_HEAD = re.compile(r"([0-9]{1,18}):(sha256:[0-9a-f]{64})")


def application() -> typer.Typer:
    """The commands that read the ledger."""
    app = typer.Typer(no_args_is_help=True, help="Show, verify, export and replay what was recorded.")
    app.command("verify", epilog="Example: lexline ledger verify --head 1042:sha256:0f3a…")(verify)
    app.command("show", epilog="Example: lexline ledger show --kind waiver --last 10")(show)
    app.command("export", epilog="Example: lexline ledger export ledger.jsonl --sign key.pem")(export)
    app.command("replay", epilog="Example: lexline ledger replay 17 --policies v2.3")(replay)
    return app


def verify(
    project: ProjectOption = Path(),
    head: Annotated[
        list[str] | None, typer.Option("--head", help="NUMBER:DIGEST of an entry, kept elsewhere. Repeatable.")
    ] = None,
    file: Annotated[
        Path | None, typer.Option("--file", help="An export, in place of the project's ledger; it needs no project.")
    ] = None,
    key: Annotated[Path | None, typer.Option("--key", help="The public key (PEM) that signed the export.")] = None,
    format_: FormatOption = "text",
) -> int:
    """Look whether any entry was changed, removed, moved or cut off.

    Without --head or --key, who can write to all of the database or file can write all of the ledger anew: keep the
    head elsewhere from time to time. Ends with 0 for a whole ledger, 1 for one that isn't.
    """
    from lexline.app.cli.output import emit, note
    from lexline.app.render.ledger import render_faults, render_faults_json
    from lexline.ledger.chain import verify as faults_of

    check_format(format_)
    kept = [_head_of(text) for text in head or ()]
    if file is not None:
        refuse_beside("`--file`", {"--project": project != Path()}, "an export is checked without a project")
        end, faults, unchecked = _verify_file(file, kept, key)
        if unchecked:
            note("the export is signed, and nobody looked at the signature: give the public key with --key")
    elif key is not None:
        raise mistake("`--key` is for an export", "lexline ledger verify --file FILE --key KEY")
    else:
        with open_project_store(project) as store, store.links() as (end, links):
            faults = faults_of(links, end, kept)
    emit(render_faults(end, faults) if format_ == "text" else render_faults_json(end, faults), None, {})
    return int(bool(faults))


def _verify_file(file: Path, kept: list[Head], key: Path | None) -> tuple[Head, list[Fault], bool]:
    """The head of an export, what is wrong with it, and whether it has a signature that nobody looked at."""
    from lexline.ledger.chain import Fault
    from lexline.ledger.export_file import verify_file

    found = verify_file(file, kept)
    header, faults = found.header, list(found.faults)
    if key is not None:
        from lexline.ledger.signing import signed_head  # cryptography: only where something is signed

        signed = signed_head(header.envelope, key) if header.envelope is not None else None
        if header.envelope is None:
            faults.append(Fault(0, "the export is not signed"))
        elif signed is None:
            faults.append(Fault(0, "the signature is not one of this key"))
        elif signed != header.head:
            faults.append(Fault(header.sequence, f"entry {signed.sequence}, {signed.digest}, was signed as the last"))
    return header.head, faults, header.envelope is not None and key is None


def export(
    file: Annotated[Path, typer.Argument(help="The file to write (JSON Lines).")],
    project: ProjectOption = Path(),
    sign: Annotated[
        Path | None, typer.Option("--sign", help="Sign the head with this Ed25519 key (PEM), and record that.")
    ] = None,
) -> int:
    """Write the ledger to a file that `lexline ledger verify --file` checks without a database. People stand in it as
    keys, so that it can be handed over."""
    from lexline.app.cli.output import tell
    from lexline.app.render.ledger import count_of
    from lexline.ledger.export_file import Header, write_export
    from lexline.ledger.record import Checkpoint

    signer = None
    if sign is not None:
        from lexline.ledger.signing import Signer  # cryptography: only where something is signed

        signer = Signer(sign)
    with open_project_store(project) as store:
        with store.links() as (head, links):
            envelope = signer.envelope(head) if signer is not None else None
            header = Header(sequence=head.sequence, digest=head.digest, envelope=envelope)
            write_export(file, header, links)
        if signer is not None:
            store.append([Checkpoint(sequence=head.sequence, digest=head.digest, key=signer.key)])
    signed = f", signed with the key {signer.key}" if signer is not None else ""
    tell(f"Wrote {count_of(head.sequence)}, head {head.sequence}:{head.digest}, to {file}{signed}.\n")
    return 0


def replay(
    number: Annotated[
        int | None, typer.Argument(help="The entry of an evaluation (default: all).", min=1, max=LARGEST)
    ] = None,
    project: ProjectOption = Path(),
    policies: Annotated[
        str | None,
        typer.Option("--policies", help="Policies as they were: a file, or all of a project's files: a git revision."),
    ] = None,
    last: Annotated[
        int | None, typer.Option("--last", min=1, max=LARGEST, help="Only so many evaluations, the newest.")
    ] = None,
    format_: FormatOption = "text",
) -> int:
    """Decide again what was recorded: on the facts, the ledger and the date of then, with policies of the same meaning.

    Ends with 0 where all verdicts are the same, 1 where some aren't, 3 where something can't be decided again, because
    a policy means something else by now.
    """
    from contextlib import ExitStack
    from tempfile import TemporaryDirectory

    from lexline.app.cli.output import emit, progress
    from lexline.app.render.ledger import render_replays, render_replays_json
    from lexline.plugin_manager import FOR_DECIDING, load_plugins
    from lexline.project import load_project, stored
    from lexline.replays import Same, clock_then, files_then
    from lexline.replays import replay as decided_again
    from lexline_lineage.snapshot_store import Snapshots

    check_format(format_)
    if number is not None:
        refuse_beside(f"`replay {number}`", {"--last": last}, "name one entry, or how many of the newest")
    now = chosen_files(project)
    with ExitStack() as folders, progress("replaying") as tell_progress:
        files = _as_it_was(folders, project, policies, now) if policies is not None else now
        with stored(files) as store:
            entries = [_evaluation(store, number)] if number is not None else _evaluations(store, last)
        plugins = load_plugins(blocked=files.blocked_plugins, hooks=FOR_DECIDING)
        kept = Path(folders.enter_context(TemporaryDirectory(prefix="lexline-"))) / "snapshots"  # nothing kept before
        found = []
        for sequence, entry in entries:
            tell_progress(f"replaying entry {sequence}")
            then = load_project(files_then(files, entry), clock_then(entry), plugins, Snapshots(kept))
            found.append((sequence, entry, decided_again(entry, then.evaluation)))
    emit((render_replays if format_ == "text" else render_replays_json)(found), None, {})
    came_to = {replayed.same for _, _, replayed in found}
    return 3 if Same.UNDECIDED in came_to else int(Same.NO in came_to)


def _as_it_was(folders: ExitStack, project: Path, side: str, now: Files) -> Files:
    """The files of a project as they were in a folder or at a git revision, over the store of now; of what is no
    project its policies."""
    from lexline.app.cli.revisions import with_policies_of
    from lexline.project_files import Files

    files = with_policies_of(folders, project, side, now)
    if files.settings is None or files.settings is now.settings:
        return files
    then = Files.of(files.settings)
    return replace(files, portfolio=then.portfolio, waivers=then.waivers, identity=then.identity)


def _evaluations(store: Store, last: int | None) -> list[tuple[int, EvaluationEntry]]:
    """The evaluations of a ledger, or the last of them."""
    from lexline.ledger.record import EvaluationEntry

    found = store.entries(kinds=["evaluation"], last=last)
    return [(e.sequence, e.entry) for e in found if isinstance(e.entry, EvaluationEntry)]


def _evaluation(store: Store, number: int) -> tuple[int, EvaluationEntry]:
    """The evaluation of a number. Raises ``LexlineError``."""
    from lexline.ledger.record import EvaluationEntry

    entry = _entry(store, number).entry
    if isinstance(entry, EvaluationEntry):
        return number, entry
    newest = [str(sequence) for sequence, _ in _evaluations(store, NAMED)]
    advice = f"evaluations are {in_words(newest, 'and')}" if newest else "`lexline check --record` records one"
    advice = f"the last {advice}" if len(newest) == NAMED else advice
    raise mistake(f"entry {number} is no evaluation but {a(entry.kind)}", advice)


def _entry(store: Store, number: int) -> Recorded:
    """The entry of a number. Raises ``LexlineError``."""
    from lexline.app.render.ledger import count_of

    found = store.entries(number, last=1)
    if not found or found[0].sequence != number:
        count = store.ledger_head().sequence
        raise mistake(f"there is no entry {number}", f"the ledger has {count_of(count)}; see `lexline ledger show`")
    return found[0]


def show(
    number: Annotated[
        int | None, typer.Argument(help="Only this entry, with all that it holds.", min=1, max=LARGEST)
    ] = None,
    project: ProjectOption = Path(),
    kind: Annotated[list[str] | None, typer.Option("--kind", help="Only entries of this kind. Repeatable.")] = None,
    last: Annotated[
        int | None, typer.Option("--last", min=1, max=LARGEST, help="Only so many entries (default: all).")
    ] = None,
    format_: FormatOption = "text",
) -> int:
    """Show the entries of the ledger, the newest first."""
    from lexline.app.cli.output import emit
    from lexline.app.render.ledger import render_entries, render_entries_json, render_entry
    from lexline.ledger.record import KINDS

    check_format(format_)
    if number is not None:
        refuse_beside(f"`show {number}`", {"--kind": kind, "--last": last}, "name one entry, or say which of all")
    for word in kind or ():
        if word not in KINDS:
            raise mistake(f"`--kind {word}` is no kind of entry", "kinds are " + ", ".join(f"`{k}`" for k in KINDS))
    with open_project_store(project) as store:
        entries = store.entries(kinds=kind or (), last=last)[::-1] if number is None else (_entry(store, number),)
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
