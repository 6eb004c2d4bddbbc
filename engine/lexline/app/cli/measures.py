"""``lexline measures``: the figures of a portfolio, and the elements behind them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from lexline.app.cli.chosen import Chosen, of_chosen
from lexline.app.cli.options import (
    check_word,
    mistake,
    parse_day,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence
    from datetime import date

    from lexline.app.cli.session import Session
    from lexline.lang.typed import Key
    from lexline.measures import Measured
    from lexline.project import Files
    from lexline_lineage.snapshot_store import Snapshots

    Past = list[tuple[date, int, Sequence[Measured]]]

KEPT = 24
"""Of how many revisions a trend keeps the graphs: the newest that it reads."""
FORMATS = ("text", "json", "csv", "markdown")


@of_chosen
def measures(
    chosen: Chosen,
    measure: Annotated[
        list[str] | None, typer.Option("--measure", help="Only this measure: NAME, or policy/NAME. Repeatable.")
    ] = None,
    trend: Annotated[
        int | None, typer.Option("--trend", min=1, max=1000, help="Also what it was in so many earlier revisions.")
    ] = None,
    since: Annotated[str | None, typer.Option("--since", help="Also what it was in all revisions since a day.")] = None,
    fail_on: Annotated[str | None, typer.Option("--fail-on", help="End with 1 for: missed.")] = None,
    format_: Annotated[str, typer.Option("--format", help="text, json, csv or markdown.")] = "text",
    output: Annotated[Path | None, typer.Option("--output", "-o", help="Write the result to this file.")] = None,
) -> int:
    """Show the measures of the policies with their targets and the elements behind them, and figures on verdicts,
    lineage, waivers and re-assessments.

    Ends with 0, with 1 where a target is missed and --fail-on missed is given, with 2 when input is wrong, with 3 when
    a check could not be completed.
    """
    from lexline.app.cli.output import emit, note, progress
    from lexline.app.cli.reassess import what_is_due
    from lexline.app.render.measures import render_measures
    from lexline.measures import Target, take_measures, with_trend
    from lexline.standing_figures import standing_figures

    check_word("--format", format_, FORMATS)
    check_word("--fail-on", fail_on, ("missed",))
    files, clock = chosen.files(), chosen.clock()
    if (trend is not None or since is not None) and files.store is None:
        raise mistake("there is no trend, because the project has no store", "see docs/store.md: `store:`", "LX541")
    snapshots = chosen.snapshots(files)
    session, queue = what_is_due(files, clock, snapshots)
    with progress("measuring") as now:
        figures = _chosen([*take_measures(session.evaluation), *standing_figures(session.evaluation, queue)], measure)
        keys = {figure.key for figure in figures}
        past = _past(files, session, snapshots, keys, trend, since, now) if trend or since else []
        figures = list(with_trend(figures, past))
    if not past and (trend or since):
        note("there is no earlier revision: the figures have no trend yet")
    emit(render_measures(session.evaluation.clock, figures, format_), output, {})
    if any(figure.failed for figure in figures):
        return 3
    return int(fail_on is not None and any(figure.target is Target.MISSED for figure in figures))


def _chosen(figures: list[Measured], names: list[str] | None) -> list[Measured]:
    from lexline.lang.suggest import nearest

    if not names:
        return figures
    keys = {figure.key: figure for figure in figures}
    found: dict[Key, Measured] = {}
    for name in names:
        same = [key for key in keys if name in ("/".join(key), key[1])]
        if not same:
            near = nearest(name, ["/".join(key) for key in keys])
            advice = f"did you mean `{near}`?" if near else "`lexline measures` lists them"
            raise mistake(f"there is no measure `{name}`", advice, "LX542")
        found.update((key, keys[key]) for key in same)
    return list(found.values())


def _past(
    files: Files,
    session: Session,
    snapshots: Snapshots | None,
    keys: Collection[Key],
    trend: int | None,
    since: str | None,
    now: Callable[[str], None],
) -> Past:
    """The figures of earlier revisions, each on its day and by the policies of today, oldest first."""
    from lexline.measures import take_measures
    from lexline.project import load_evaluation
    from lexline.standing_figures import POLICY, standing_figures

    first = parse_day(since, "--since") if since is not None else None
    graphs = replace(snapshots, kept=KEPT, series="trend") if snapshots is not None else None
    revisions = _revisions(files, session.evaluation.clock.today, trend, first)
    found: Past = []
    for place, (revision, day) in enumerate(revisions):
        now(f"measuring revision {revision}")
        state, clock = replace(files, at=str(revision)), replace(session.evaluation.clock, today=day, moment=None)
        kept = graphs if place >= len(revisions) - KEPT else None
        evaluation, _ = load_evaluation(state, session.rules, clock, session.plugins, kept)
        taken = take_measures(evaluation, [key for key in session.rules.program.measures if key in keys])
        own = standing_figures(evaluation) if any(key[0] == POLICY for key in keys) else ()
        found.append((day, revision, [*taken, *own]))
    return found


def _revisions(files: Files, today: date, trend: int | None, since: date | None) -> list[tuple[int, date]]:
    """The revisions before the one that is read, up to a day, oldest first, with their days (in UTC)."""
    from lexline.project import stored

    with stored(files) as store:
        last = store.revision_at(files.at) if files.at else store.head()
        earlier = [(one.number, one.moment.date()) for one in store.revisions()]
    found = sorted(pair for pair in earlier if pair[0] < last.number)
    found = [pair for pair in found if (since is None or pair[1] >= since) and pair[1] <= today]
    return found[-trend:] if trend is not None else found
