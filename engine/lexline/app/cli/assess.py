"""``lexline assess``: record an assessment, or a judgement on an open norm."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from lexline.app.cli.history import FormatOption, check_format
from lexline.app.cli.options import ProjectOption, chosen_files, clock_of, is_recorded, parse_day, snapshots_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from lexline.ledger.record import Entry, Recorded
    from lexline.project import Files

Text = str | None


def assess(
    element: Annotated[str, typer.Argument(help="The element that was assessed, by its id.")],
    project: ProjectOption = Path(),
    type_: Annotated[Text, typer.Option("--type", help="What was examined: dpia, validation, fairness …")] = None,
    status: Annotated[Text, typer.Option("--status", help="Its outcome: draft, in-review, approved …")] = None,
    norm: Annotated[Text, typer.Option("--norm", help="The provision that was judged, in place of a type.")] = None,
    finding: Annotated[Text, typer.Option("--finding", help="What was found: met, partly-met, not-met.")] = None,
    assessor: Annotated[Text, typer.Option("--assessor", help="Who carried it out, or judged.")] = None,
    approver: Annotated[Text, typer.Option("--approver", help="Who approved it.")] = None,
    role: Annotated[Text, typer.Option("--role", help="In what role.")] = None,
    approved_on: Annotated[Text, typer.Option("--approved-on", help="The day of the approval.")] = None,
    decided_on: Annotated[Text, typer.Option("--decided-on", help="The day of the judgement.")] = None,
    valid_until: Annotated[Text, typer.Option("--valid-until", help="The last day on which it holds.")] = None,
    scope: Annotated[Text, typer.Option("--scope", help="What it covers and what it leaves out.")] = None,
    criteria: Annotated[Text, typer.Option("--criteria", help="What was judged by.")] = None,
    reasoning: Annotated[Text, typer.Option("--reasoning", help="Why it was judged so.")] = None,
    dissent: Annotated[Text, typer.Option("--dissent", help="What others held against the judgement.")] = None,
    format_: FormatOption = "text",
) -> int:
    """Record an assessment of an element (--type, --status) or a judgement (--norm, --finding) in the ledger of the
    project's store. Rules see it from then on, as the element assessment:ledger/NUMBER or judgement:ledger/NUMBER.

    What it rests on is recorded with it, so that it shows when that has changed.
    """
    from lexline.app.cli.output import note
    from lexline.app.cli.session import element_number, open_session
    from lexline.ledger.proposed import proposed_assessment

    check_format(format_)
    days = {"approved_on": approved_on, "decided_on": decided_on, "valid_until": valid_until}
    texts = {"type": type_, "status": status, "norm": norm, "finding": finding, "assessor": assessor, "role": role}
    more = {"approver": approver, "scope": scope, "criteria": criteria, "reasoning": reasoning, "dissent": dissent}
    said = said_of({**texts, **more}, days)
    files = files_with_ledger(project)
    session = open_session(files, clock_of(None, None), snapshots_of(files, True, False))
    number = element_number(session.evaluation, element)
    entry = proposed_assessment(session.evaluation, number, said, session.plugins.signatures)
    show_recorded(recorded(files, entry), format_)
    if ";" not in entry.basis:
        note("no rule asks for it, so that no change will call for it again")
    return 0


def said_of(texts: Mapping[str, str | None], days: Mapping[str, str | None]) -> dict[str, object]:
    """What options say, by the names of an entry's fields."""
    said: dict[str, object] = {name: text for name, text in texts.items() if text is not None}
    options = {name: "--" + {"since": "from"}.get(name, name).replace("_", "-") for name in days}
    return said | {name: parse_day(text, options[name]) for name, text in days.items() if text is not None}


def files_with_ledger(project: Path) -> Files:
    """The files of a project that has a store."""
    files = chosen_files(project)
    is_recorded(files, wanted=True)
    return files


def recorded(files: Files, entry: Entry) -> Recorded:
    """Add an entry to the ledger of a project."""
    from lexline.project import stored

    with stored(files, make=True) as store:
        return store.append([entry])[0]


def show_recorded(recorded: Recorded, format_: str) -> None:
    """Say what was recorded."""
    from lexline.app.cli.output import emit
    from lexline.app.render.ledger import render_entries_json, render_entry

    emit(render_entry(recorded) if format_ == "text" else render_entries_json([recorded]), None, {})
