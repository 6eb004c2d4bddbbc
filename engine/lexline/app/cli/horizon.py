"""``lexline horizon``: what changes by itself, when, and whose it is."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from lexline.app.cli.chosen import Chosen, of_chosen
from lexline.app.cli.options import (
    check_word,
    mistake,
    parse_day,
)

FORMATS = ("text", "json", "csv", "ics", "html")


@of_chosen
def horizon(
    chosen: Chosen,
    until: Annotated[str, typer.Option("--until", help="The last date looked at, such as 2028-08-02.")],
    rule: Annotated[list[str] | None, typer.Option("--rule", help="Only this rule. Repeatable.")] = None,
    reasons: Annotated[
        int, typer.Option("--reasons", min=0, help="Of how many verdicts to look up the clause and the facts.")
    ] = 200,
    everything: Annotated[bool, typer.Option("--all", help="In text, list verdicts that need nobody, too.")] = False,
    format_: Annotated[str, typer.Option("--format", help="text, json, csv, ics or html.")] = "text",
    output: Annotated[Path | None, typer.Option("--output", "-o", help="Write the result to this file.")] = None,
) -> int:
    """Show the dates on which verdicts change by themselves, and who then fails or goes unknown: rules come into force,
    parameters take other values, periods run out, waivers, assessments and facts end.

    Ends with 0, with 2 when input is wrong, with 3 when a check could not be completed on a date.
    """
    from lexline.app.cli.output import emit, progress, show_diagnostics
    from lexline.app.cli.session import rule_key
    from lexline.app.render.horizon import render_horizon
    from lexline.horizons import horizon as look_ahead
    from lexline.plugin_manager import FOR_DECIDING, load_plugins
    from lexline.project import load_over_time

    check_word("--format", format_, FORMATS)
    clock = chosen.clock()
    last = _last(until, clock.today)
    files = chosen.files()
    plugins = load_plugins(blocked=files.blocked_plugins, hooks=FOR_DECIDING)
    with progress("reading policies and facts"):
        loaded, evaluation_on = load_over_time(files, clock, plugins, chosen.snapshots(files))
    show_diagnostics(loaded.warnings)
    keys = [rule_key(loaded.evaluation.program, name) for name in rule] if rule else None
    with progress("looking ahead") as now:
        found = look_ahead(
            evaluation_on, clock.today, last, rules=keys, checks=plugins.signatures, reasons=reasons, now=now
        )
    emit(render_horizon(found, format_, everything=everything), output)
    return 3 if found.unfinished else 0


def _last(until: str, today: date) -> date:
    last = parse_day(until, "--until")
    if last <= today:
        raise mistake(
            f"the horizon ends on {last}, and begins on {today}",
            "name a later date after `--until`, or an earlier one after `--on`",
            "LX540",
        )
    return last
