"""``lexline waive``: record a waiver, take one back, or list them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from lexline.app.cli.assess import files_with_ledger, recorded, said_of, show_recorded
from lexline.app.cli.history import FormatOption, check_format
from lexline.app.cli.options import ProjectOption, clock_of, mistake, parse_day, refuse_beside, snapshots_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from lexline.app.cli.session import Session
    from lexline.decision import Evaluation
    from lexline.project import Files

Text = str | None


def waive(
    names: Annotated[
        list[str] | None, typer.Argument(help="Rules (policy/RULE, policy/*) and elements, in any order.")
    ] = None,
    project: ProjectOption = Path(),
    every: Annotated[Text, typer.Option("--every", help="In place of elements: all of a kind …")] = None,
    where: Annotated[Text, typer.Option("--where", help="… for which this condition holds.")] = None,
    reason: Annotated[Text, typer.Option("--reason", help="Why it is waived, or taken back.")] = None,
    control: Annotated[Text, typer.Option("--control", help="What is done instead.")] = None,
    approver: Annotated[Text, typer.Option("--approver", help="Who approved it.")] = None,
    role: Annotated[Text, typer.Option("--role", help="In what role.")] = None,
    requested_by: Annotated[Text, typer.Option("--requested-by", help="Who asked for it.")] = None,
    since: Annotated[Text, typer.Option("--from", help="The first day.")] = None,
    until: Annotated[Text, typer.Option("--until", help="The last day.")] = None,
    withdraw: Annotated[int | None, typer.Option("--withdraw", help="Take back the waiver of this number.")] = None,
    by: Annotated[Text, typer.Option("--by", help="Who takes it back.")] = None,
    on: Annotated[Text, typer.Option("--on", help="From which day on it is taken back (default: today).")] = None,
    list_: Annotated[bool, typer.Option("--list", help="Show all waivers of the project.")] = False,
    format_: FormatOption = "text",
) -> int:
    """Record that verdicts of some rules are hidden for some elements, from one day to another, approved by somebody
    and with something done instead; take such a waiver back (--withdraw); or show all (--list)."""
    from lexline.app.cli.session import open_session

    check_format(format_)
    terms = {"every": every, "where": where, "control": control, "approver": approver, "role": role}
    said = said_of({**terms, "reason": reason, "requested_by": requested_by}, {"since": since, "until": until})
    _check_together(list_, withdraw, {**dict.fromkeys(names or (), True), **_written(said)}, {"--by": by, "--on": on})
    files = files_with_ledger(project)
    if withdraw is not None:
        return _withdraw(files, withdraw, {"by": by, "reason": reason, "on": on}, format_)
    session = open_session(files, clock_of(None, None), snapshots_of(files, True, False))
    if list_:
        return _list(session.evaluation, format_)
    rules, elements = _told_apart(session.evaluation, names or ())
    if rules:
        said["rules"] = rules
    if elements:
        said["elements"] = elements
    return _record(files, session, said, format_)


def _written(said: Mapping[str, object]) -> dict[str, object]:
    """What a waiver says, by the options that say it."""
    return {"--" + {"since": "from"}.get(name, name).replace("_", "-"): value for name, value in said.items()}


def _check_together(list_: bool, withdraw: int | None, waived: dict[str, object], withdrawn: dict[str, object]) -> None:
    """Refuses what has no use beside ``--list`` or ``--withdraw``, and what only that has a use for."""
    if list_:
        refuse_beside("`--list`", {"--withdraw": withdraw is not None, **waived, **withdrawn}, "write `--list` alone")
    elif withdraw is not None:
        others = {name: value for name, value in waived.items() if name != "--reason"}
        refuse_beside("`--withdraw`", others, "only --by, --reason and --on say more of it")
    else:
        refuse_beside("a new waiver", withdrawn, "`--approver` approves it, and `--from` is its first day")


def _record(files: Files, session: Session, said: dict[str, object], format_: str) -> int:
    from lexline.app.cli.output import show_diagnostics
    from lexline.decision import decide
    from lexline.diagnostics import Source, Span
    from lexline.ledger.evidence import waivers_of_entries
    from lexline.ledger.proposed import basis_of_waiver, proposed_waiver, rules_named
    from lexline.ledger.waiver_findings import waiver_findings
    from lexline.ledger.waivers import Waiver
    from lexline.project import load_rules, waiver_compiler

    entry = proposed_waiver(session.evaluation, said)
    waiver = Waiver("the waiver", entry, Span(Source("the waiver", ""), 0, 0))
    if entry.every:
        waiver = waiver_compiler(files, load_rules(files, session.plugins), session.plugins)(waiver)
    alone = replace(session.evaluation, waivers=(waiver,))
    basis = basis_of_waiver(alone, waiver, session.plugins.signatures)
    kept = recorded(files, entry.model_copy(update={"basis": basis}))
    show_recorded(kept, format_)
    (named,) = (replace(found, selection=waiver.selection) for found in waivers_of_entries([kept]))
    alone = replace(alone, waivers=(named,))
    report = decide(alone, reasons=0, rules=rules_named(alone, named))
    show_diagnostics(waiver_findings(alone, report.decisions))
    return 0


def _withdraw(files: Files, number: int, said: dict[str, str | None], format_: str) -> int:
    from datetime import UTC, datetime

    from lexline.ledger.proposed import proposed_withdrawal
    from lexline.project import stored
    from lexline.store_state import WAIVING

    with stored(files) as store:
        known = store.entries(kinds=WAIVING)
    today = datetime.now(UTC).date()
    day = parse_day(said["on"], "--on") if said["on"] else today
    told = {name: text for name, text in said.items() if text is not None}
    show_recorded(recorded(files, proposed_withdrawal(known, number, {**told, "on": day}, today)), format_)
    return 0


def _list(evaluation: Evaluation, format_: str) -> int:
    from lexline.app.cli.output import emit
    from lexline.app.render.ledger import render_waivers, render_waivers_json

    render = render_waivers if format_ == "text" else render_waivers_json
    emit(render(evaluation.waivers, evaluation.clock.today), None, {})
    return 0


def _told_apart(evaluation: Evaluation, names: Sequence[str]) -> tuple[list[str], list[str]]:
    """The rules and the elements that are named, the rules as ``policy/RULE``."""
    from lexline.lang.findings import did_you_mean, in_words

    program, graph = evaluation.program, evaluation.graph
    full = ["/".join(key) for key in program.rules]
    wild = list(dict.fromkeys(f"{policy}/*" for policy, _ in program.rules))
    rules: list[str] = []
    elements: list[str] = []
    for name in names:
        found = [rule for rule in full if name in (rule, rule.partition("/")[2])]
        number = evaluation.number(name)
        if name in full or name in wild:
            rules.append(name)
        elif len(found) > 1 or (found and number is not None):
            others = [*found, *(["an element"] if number is not None else [])]
            raise mistake(f"`{name}` may be {in_words(others)}", "name the rule as `policy/RULE`")
        elif found:
            rules += found
        elif number is not None:
            elements.append(graph.ids[number])
        else:
            near = did_you_mean(name, [*full, *wild, *(rule for _, rule in program.rules), *graph.ids])
            raise mistake(f"`{name}` is neither a rule nor an element", near or "name rules as `policy/RULE`")
    return list(dict.fromkeys(rules)), list(dict.fromkeys(elements))
