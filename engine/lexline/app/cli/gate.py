"""``lexline gate``: may this element be deployed?"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from lexline.app.cli.options import (
    AtOption,
    ExtendOption,
    KnownOption,
    OnOption,
    PolicyOption,
    PortfolioOption,
    ProjectOption,
    RecordOption,
    SnapshotOption,
    VerifyOption,
    VocabularyOption,
    chosen_files,
    clock_of,
    is_recorded,
    snapshots_of,
)


def gate(
    element: Annotated[str, typer.Argument(help="The element's id, such as model:mlflow/bank/credit/2.")],
    project: ProjectOption = Path(),
    policy: PolicyOption = None,
    portfolio: PortfolioOption = None,
    vocabulary: VocabularyOption = None,
    extend_vocabulary: ExtendOption = None,
    on: OnOption = None,
    at: AtOption = None,
    known_on: KnownOption = None,
    snapshot: SnapshotOption = True,
    verify_snapshot: VerifyOption = False,
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

    files = chosen_files(project, policy, portfolio, vocabulary, extend_vocabulary, at)
    recorded = is_recorded(files, recording)
    session = open_session(files, clock_of(on, known_on), snapshots_of(files, snapshot, verify_snapshot))
    number = element_number(session.evaluation, element)
    reporter = session.plugins.reporter(format_)
    report = decide_element(session.evaluation, number)
    if recorded:
        from lexline.recording import entry_of_report, record  # SQLAlchemy: only where something is recorded

        asked = session.evaluation.graph.ids[number]
        record(files, entry_of_report(session.evaluation, report, door="gate", element=asked))
    emit(render_gate(report, element) if format_ == "text" else reporter.render(report))
    return report.exit_status
