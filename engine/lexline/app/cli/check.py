"""``lexline check``: every policy over the whole portfolio."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from lexline.app.cli.chosen import Chosen, of_chosen
from lexline.app.cli.options import (
    RecordOption,
    is_recorded,
    mistake,
)

FormatOption = Annotated[
    str, typer.Option("--format", help="text, json, jsonl, markdown, junit, or a plug-in's format.")
]
ReasonsOption = Annotated[
    str, typer.Option("--reasons", help="For how many verdicts to say why: a number, all or none.")
]

JobsOption = Annotated[int, typer.Option("--jobs", min=1, max=256, help="Work out reasons in so many processes.")]


@of_chosen
def check(
    chosen: Chosen,
    reasons: ReasonsOption = "20",
    rule: Annotated[list[str] | None, typer.Option("--rule", help="Only this rule. Repeatable.")] = None,
    jobs: JobsOption = 1,
    recording: RecordOption = False,
    memory_limit: Annotated[
        str | None, typer.Option("--memory-limit", help="Decide within so much memory, such as 2GB, in chunks.")
    ] = None,
    format_: FormatOption = "text",
    output: Annotated[Path | None, typer.Option("--output", "-o", help="Write the report to this file.")] = None,
) -> int:
    """Evaluate policies over the portfolio, on any date, and report.

    With --record, what was decided is recorded in the ledger of the project's store before it is shown. Ends with 0
    when nothing blocks, 1 when something does, 2 when input is wrong or nothing was evaluated, 3 when a
    check could not be completed, 130 when it is interrupted.
    """
    from lexline.app.cli.output import emit, progress, show_diagnostics, show_summary
    from lexline.app.cli.session import open_session, rule_key
    from lexline.decision import decide
    from lexline.ledger.waiver_findings import waiver_findings

    wanted, limit = parse_reasons(reasons), parse_limit(memory_limit) if memory_limit is not None else None
    files = chosen.files()
    recorded = is_recorded(files, recording)
    session = open_session(files, chosen.clock(), chosen.snapshots(files))
    reporter = session.plugins.reporter(format_)
    keys = {rule_key(session.evaluation.program, name) for name in rule} if rule else None
    with progress("deciding") as now:
        report = decide(session.evaluation, reasons=wanted, rules=keys, now=now, jobs=jobs, memory_limit=limit)
    if recorded:
        from lexline.recording import entry_of_report, record  # SQLAlchemy: only where something is recorded

        asked = ["/".join(key) for key in keys or ()]
        record(files, entry_of_report(session.evaluation, report, door="check", rules=asked))
    emit(reporter.render(report), output)
    if format_ == "text" and output is None:
        show_summary(report)
    if keys is None:
        show_diagnostics(waiver_findings(session.evaluation, report.decisions))
    return report.exit_status


def parse_reasons(text: str) -> int:
    """The number that ``--reasons`` asks for."""
    from lexline.decision import ALL_REASONS

    if text in ("all", "none"):
        return ALL_REASONS if text == "all" else 0
    if text.isascii() and text.isdigit() and len(text) < 10:
        return int(text)
    raise mistake(f"`--reasons {text}` is no number", "write a number, `all` or `none`")


def parse_limit(text: str) -> int:
    """The bytes that ``--memory-limit`` asks for."""
    from lexline.memory import parse_size

    try:
        return parse_size(text)
    except ValueError:
        raise mistake(f"`--memory-limit {text}` is no size", "write a number and a unit, like 2GB or 500MB") from None
