"""``lexline explain``: why a rule says what it says of an element."""

from __future__ import annotations

from typing import Annotated

import typer

from lexline.app.cli.chosen import Chosen, of_chosen


@of_chosen
def explain(
    chosen: Chosen,
    rule: Annotated[str, typer.Argument(help="The rule: RULE, or policy/RULE. With --scope, the element.")],
    element: Annotated[str | None, typer.Argument(help="The element's id.")] = None,
    plan: Annotated[
        bool, typer.Option("--plan", help="Show how the rule is decided, and all that it can read.")
    ] = False,
    scope: Annotated[
        bool, typer.Option("--scope", help="Show which rules of which policies are about an element, and why.")
    ] = False,
    change: Annotated[bool, typer.Option(help="Also look for the facts that would change the verdict.")] = True,
) -> int:
    """Show the rule as a tree with the truth of each part, the facts read and their sources, the paths in the lineage,
    and a smallest set of facts that would change the verdict. `--scope ELEMENT`: which regimes apply to an element."""
    from lexline.app.cli.options import mistake
    from lexline.app.cli.output import emit, tell
    from lexline.app.cli.session import element_number, open_session, rule_key, subject_number
    from lexline.app.render.explanation import render_explanation

    files = chosen.files()
    session = open_session(files, chosen.clock(), chosen.snapshots(files))
    if scope:
        from lexline.app.render.scope import render_scope

        emit(render_scope(session.evaluation, element_number(session.evaluation, rule)))
        return 0
    key = rule_key(session.evaluation.program, rule)
    if plan:
        from lexline.lang.digest import rests_on
        from lexline.plan.footprint import footprint, footprint_lines
        from lexline.plan.planned import plan_of
        from lexline.plan.show import show_plan

        decided = plan_of(rests_on(session.evaluation.program, key))
        read = footprint(decided, key, session.plugins.signatures)
        tell(show_plan(decided) + "can read\n" + "".join(f"  {line}\n" for line in footprint_lines(read)))
        return 0
    if element is None:
        raise mistake("explain needs an element", "lexline explain RULE ELEMENT, or --plan for the rule's plan")
    number = subject_number(session.evaluation, key, element)
    emit(render_explanation(session.evaluation, key, number, change=change))
    return 0
