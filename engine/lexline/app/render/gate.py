"""What ``lexline gate`` prints: the answer in the first line, then why and what to do."""

from __future__ import annotations

from lexline.evaluate.verdict import Decision
from lexline.report import ACTING, Report
from lexline_plugins.reporters.wording import (
    action_lines,
    cited_line,
    counted,
    inline,
    join_lines,
    message_line,
    phase_note,
    printable,
    reason_lines,
    waiver_lines,
)

__all__ = ["answer", "render_gate"]


def answer(report: Report) -> str:
    """``block``, ``warn`` or ``allow``: the strongest that any decision asks for. What is only recorded is allowed."""
    outcomes = {report.outcome(decision) for decision in report.decisions}
    return next((word for word in ("block", "warn") if word in outcomes), "allow")


def render_gate(report: Report, element: str) -> str:
    """The answer for one element as text."""
    if not report.decisions:
        return printable(
            f"NOT EVALUATED  no rule is about {inline(element)} or its kind: nothing allows it, nothing blocks it.\n"
        )
    word = answer(report)
    told = {"block": "blocked", "warn": "allowed with warnings", "allow": "allowed"}[word]
    rules = counted(len(report.decisions), "rule")
    lines = [f"{word.upper()}  {inline(element)} is {told} on {report.clock.today} ({rules}).", ""]
    order = ("block", "warn", "record")
    acting = [d for d in report.decisions if report.outcome(d) in order]
    for decision in sorted(acting, key=lambda d: order.index(report.outcome(d))):
        lines += _decision(report, decision)
    for decision in report.decisions:
        lines += [f"{'/'.join(decision.rule)}: {line}" for line in waiver_lines(decision)]
    for decision in report.decisions:
        if decision.phase in ACTING or decision.verdict.value not in ("fail", "unknown", "error"):
            continue
        rule = "/".join(decision.rule)
        lines.append(f"not counted: {rule} would be {decision.verdict.value}, but is {phase_note(decision)}")
    return printable("\n".join(lines).rstrip()) + "\n"


def _decision(report: Report, decision: Decision) -> list[str]:
    rule = report.rules[decision.rule]
    cited = f"  ({cited_line(report, rule)})" if rule.citations else ""
    lines = [f"{decision.verdict.value.upper()}  {'/'.join(decision.rule)}  {rule.title}{cited}"]
    lines += [f"  {message_line(decision)}"] if decision.message else []
    for reason in decision.reasons:
        lines += [f"  {line}" for line in reason_lines(reason)]
    lines += [f"  {line}" for line in join_lines(report.joins(decision))]
    lines += [f"  {line}" for line in action_lines(decision)]
    return [*lines, ""]
