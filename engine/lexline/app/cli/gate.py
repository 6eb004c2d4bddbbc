"""``lexline gate``: may this element be deployed?"""

from __future__ import annotations

from typing import Annotated

import typer

from lexline.app.cli.chosen import Chosen, of_chosen
from lexline.app.cli.options import (
    RecordOption,
    is_recorded,
)


@of_chosen
def gate(
    chosen: Chosen,
    element: Annotated[str, typer.Argument(help="The element's id, such as model:mlflow/bank/credit/2.")],
    recording: RecordOption = None,
    format_: Annotated[str, typer.Option("--format", help="text, json, jsonl, markdown, junit.")] = "text",
) -> int:
    """Decide one element: allow, warn or block, with the reason, the path in the lineage and what to do.

    Where the project has a store, the answer is recorded in its ledger before it is given. Ends with 0 for allow and
    warn, 1 for block, 2 when input is wrong or no rule is about the element, 3 when a check could not be completed or
    the answer could not be recorded.
    """
    from lexline.app.cli.output import emit
    from lexline.app.cli.session import element_number, open_session
    from lexline.app.render.gate import render_gate
    from lexline.decision import gate as decide_element

    files = chosen.files()
    recorded = is_recorded(files, recording)
    session = open_session(files, chosen.clock(), chosen.snapshots(files), announces=False)
    number = element_number(session.evaluation, element)
    reporter = session.plugins.reporter(format_)
    report = decide_element(session.evaluation, number)
    if recorded:
        from lexline.recording import entry_of_report, record  # SQLAlchemy: only where something is recorded

        asked = session.evaluation.graph.ids[number]
        record(files, entry_of_report(session.evaluation, report, door="gate", element=asked))
    emit(render_gate(report, element) if format_ == "text" else reporter.render(report))
    return report.exit_status
