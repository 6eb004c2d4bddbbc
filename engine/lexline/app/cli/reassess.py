"""``lexline reassess``: what has to be assessed again, and what became of it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from lexline.app.cli.options import (
    AtOption,
    KnownOption,
    OnOption,
    ProjectOption,
    SnapshotOption,
    check_word,
    chosen_files,
    clock_of,
    mistake,
    parse_day,
    snapshots_of,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from lexline.app.cli.session import Session
    from lexline.due import DueItem, Past, Policies, Queue, Version, WhyNot
    from lexline.evaluate.verdict import Clock
    from lexline.lang.typed import Program
    from lexline.ledger.record import Recorded
    from lexline.project import Files
    from lexline_lineage.graph import Graph
    from lexline_lineage.snapshot_store import Snapshots
    from lexline_lineage.vocabulary import Vocabulary

FORMATS = ("text", "json", "csv")
KINDS = ("assessment", "judgement", "waiver", "waiver-withdrawn", "acknowledgement")


def reassess(
    project: ProjectOption = Path(),
    on: OnOption = None,
    until: Annotated[str | None, typer.Option("--until", help="Also what dates make due by this day.")] = None,
    known_on: KnownOption = None,
    at: AtOption = None,
    owner: Annotated[str | None, typer.Option("--owner", help="Only what this person or team answers for.")] = None,
    cause: Annotated[
        list[str] | None, typer.Option("--cause", help="basis, rule, when, monitor, every or expiry. Repeatable.")
    ] = None,
    why_not: Annotated[
        str | None, typer.Option("--why-not", help="Say of this element why nothing, or nothing else, is raised.")
    ] = None,
    acknowledge: Annotated[str | None, typer.Option("--acknowledge", help="Record that this item was seen.")] = None,
    assign: Annotated[str | None, typer.Option("--assign", help="Record who takes this item (with --to).")] = None,
    done: Annotated[
        str | None, typer.Option("--done", help="Record that somebody looked, and nothing follows.")
    ] = None,
    by: Annotated[str | None, typer.Option("--by", help="Who says so.")] = None,
    to: Annotated[str | None, typer.Option("--to", help="To whom it is assigned.")] = None,
    note: Annotated[str, typer.Option("--note", help="Why.")] = "",
    notify: Annotated[
        list[str] | None, typer.Option("--notify", help="Announce what is shown at this place of lexline.yaml.")
    ] = None,
    fail_on: Annotated[str | None, typer.Option("--fail-on", help="End with 1 for: overdue.")] = None,
    format_: Annotated[str, typer.Option("--format", help="text, json or csv.")] = "text",
    output: Annotated[Path | None, typer.Option("--output", "-o", help="Write the result to this file.")] = None,
    snapshot: SnapshotOption = True,
) -> int:
    """List what has to be assessed again: because of what, along which path, whose it is, by when, and what would
    settle it. With --acknowledge, --assign or --done say in the ledger what became of an item.

    Ends with 0, with 1 where something is overdue and --fail-on overdue is given, with 2 when input is wrong, with 3
    when a place could not be told.
    """
    from lexline.app.cli.announcing import announce, check_places
    from lexline.app.cli.output import emit
    from lexline.app.render.reassess import render_queue, render_why_not

    _check_words(format_, fail_on, cause or (), why_not)
    check_places(project, notify or ())
    action = _action({"acknowledged": acknowledge, "assigned": assign, "done": done}, by, to, note)
    last = parse_day(until, "--until") if until is not None else None
    files, clock = chosen_files(project, at=at), clock_of(on, known_on)
    if last is not None and last < clock.today:
        raise mistake(
            f"`--until {last}` lies before {clock.today}", "name a later date after `--until`, or another `--on`"
        )
    found = _found(files, clock, last, snapshots_of(files, snapshot, False))
    if action is not None:
        return _record(found, _item(found.queue, action[1]), action[0], by or "", to or "", note)
    if why_not is not None:
        emit(render_why_not(_reasons(found, why_not), format_), output, {})
        return 0
    queue = found.queue
    shown = [i for i in queue.items if owner in (None, i.owner, i.assignee) and (not cause or i.cause in cause)]
    emit(render_queue(replace(queue, items=tuple(shown)), format_), output, {})
    if notify:
        announce(project, notify, queue, shown)
    return int(fail_on is not None and any(item.is_overdue(queue.on) for item in shown))


@dataclass(frozen=True, slots=True)
class _Found:
    """What is due, and from what that was found."""

    files: Files
    session: Session
    entries: tuple[Recorded, ...]
    past: Past | None
    queue: Queue


def _found(files: Files, clock: Clock, until: date | None, snapshots: Snapshots | None) -> _Found:
    from lexline.app.cli.output import progress
    from lexline.app.cli.session import open_session
    from lexline.due import due_items

    session = open_session(files, clock, snapshots)
    entries, past = _recorded(files, session, snapshots)
    checks = session.plugins.signatures
    with progress("comparing") as now:
        rules = _rules_over_time(files, session)
        queue = due_items(
            session.evaluation, entries=entries, past=past, checks=checks, until=until, policies=rules, now=now
        )
    return _Found(files, session, entries, past, queue)


def _rules_over_time(files: Files, session: Session) -> Policies:
    """The versions of the project's rules in git, and what compiles one; no versions outside of git."""
    from lexline.app.cli.revisions import program_at, versions_of

    root = files.settings.root if files.settings is not None else None

    def program(version: Version) -> Program | None:
        return None if root is None else program_at(root, version.name, files, session.plugins)

    return lambda: () if root is None else versions_of(root), program


def what_is_due(files: Files, clock: Clock, snapshots: Snapshots | None) -> tuple[Session, Queue]:
    """A loaded project, and what is due in it on the day of the clock."""
    found = _found(files, clock, None, snapshots)
    return found.session, found.queue


def _reasons(found: _Found, element: str) -> WhyNot:
    from lexline.app.cli.session import element_number
    from lexline.due import why_not

    evaluation, checks = found.session.evaluation, found.session.plugins.signatures
    number = element_number(evaluation, element)
    return why_not(evaluation, number, found.queue, entries=found.entries, past=found.past, checks=checks)


def _check_words(format_: str, fail_on: str | None, causes: Sequence[str], why_not: str | None) -> None:
    from lexline.due import CAUSES

    check_word("--format", format_, FORMATS)
    check_word("--fail-on", fail_on, ("overdue",))
    for cause in causes:
        check_word("--cause", cause, tuple(CAUSES))
    if why_not is not None and format_ == "csv":
        raise mistake("--why-not has no csv", "write --format text or --format json")


def _action(given: dict[str, str | None], by: str | None, to: str | None, note: str) -> tuple[str, str] | None:
    """What is to be recorded: a state and the item that is in it."""
    named = [(state, item) for state, item in given.items() if item is not None]
    if len(named) > 1:
        raise mistake("one of --acknowledge, --assign and --done at a time", "run the command once for each")
    if not named:
        if by is not None or to is not None or note:
            raise mistake("--by, --to and --note belong to an item", "add --acknowledge, --assign or --done ITEM")
        return None
    if not by:
        raise mistake("nobody says so", "add --by NAME: the ledger records who")
    if (named[0][0] == "assigned") is not bool(to):
        raise mistake("--assign and --to belong together", "write --assign ITEM --to NAME --by NAME")
    if named[0][0] == "done" and not note:
        raise mistake("--done says why nothing follows", "add --note TEXT")
    return named[0]


def _recorded(files: Files, session: Session, snapshots: Snapshots | None) -> tuple[tuple[Recorded, ...], Past | None]:
    """What the store has: the entries of its ledger, and the states of its facts up to the one that is read."""
    from lexline.due import Past, State
    from lexline.project import load_graph, stored

    if files.store is None:
        return (), None
    vocabulary = session.evaluation.graph.vocabulary
    with stored(files, vocabulary) as store:
        entries = store.entries(kinds=KINDS)
        revisions = store.revisions()[::-1]
        last = store.revision_at(files.at).number if files.at else None
        days = [*store.days(), *_days_beside(files, vocabulary)]
    states = [State(one.number, one.moment) for one in revisions if last is None or one.number <= last]

    def graph(number: int, day: date) -> Graph:
        return load_graph(replace(files, at=str(number)), vocabulary, day, snapshots).graph

    return entries, Past(states, graph, days)


def _days_beside(files: Files, vocabulary: Vocabulary) -> Iterator[date]:
    """The days on which facts of the portfolio files begin to be valid, or are valid no longer."""
    from lexline_lineage.facts import AttributeFact, EdgeFact
    from lexline_lineage.files import read_portfolio

    for path in files.portfolio:
        for fact in read_portfolio(path, vocabulary):
            if isinstance(fact, AttributeFact | EdgeFact):
                if fact.since is not None:
                    yield fact.since
                if fact.until is not None and fact.until.toordinal() < date.max.toordinal():
                    yield fact.until + timedelta(days=1)


def _item(queue: Queue, name: str) -> DueItem:
    from lexline.lang.suggest import nearest

    found = next((item for item in queue.items if item.id == name), None)
    if found is None:
        near = nearest(name, [item.id for item in queue.items])
        advice = f"did you mean `{near}`?" if near else "`lexline reassess` lists what is due, with the id of each"
        raise mistake(f"nothing with the id `{name}` is due", advice, "LX530")
    return found


def _record(found: _Found, item: DueItem, state: str, by: str, to: str, note: str) -> int:
    from lexline.app.cli.output import tell
    from lexline.due import basis_now
    from lexline.ledger.record import Acknowledgement
    from lexline.project import stored

    session = found.session
    basis = basis_now(session.evaluation, item, entries=found.entries, checks=session.plugins.signatures)
    entry = Acknowledgement.model_validate(
        {
            "subject": item.id,
            "state": state,
            "by": by,
            "assignee": to,
            "cause": f"{item.cause} {basis}".strip(),
            "note": note,
        }
    )
    with stored(found.files, make=True) as store:
        (recorded,) = store.append([entry])
    who = f" to {to}" if to else ""
    tell(
        f"Recorded as entry {recorded.sequence}: {item.id} ({item.cause} of {item.about}) is {state}{who}, says {by}.\n"
    )
    return 0
