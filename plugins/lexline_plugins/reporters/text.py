"""The report for a person at a terminal: what fails first, why, and what to do next."""

from __future__ import annotations

from itertools import groupby

from lexline.evaluate.verdict import Decision, Verdict
from lexline.report import MeasureFigure, Report
from lexline_plugins.reporters.wording import (
    action_lines,
    cited_line,
    counted,
    counts,
    inline,
    join_lines,
    message_line,
    phase_note,
    printable,
    reason_lines,
    waiver_lines,
)

__all__ = ["render_text"]

LISTED = 10
"""Elements named for one rule and verdict where no reasons were asked for."""


def render_text(report: Report) -> str:
    """The report as plain text; the terminal adds colours."""
    elements = counted(report.portfolio.elements, "element")
    policies = ", ".join(f"{p.id} {p.version}".strip() for p in report.policies)
    lines = [f"Checked {counted(len(report.rules), 'rule')} ({policies}) over {elements} on {report.clock.today}.", ""]
    for (_, verdict, _), group in groupby(report.to_look_at(), key=lambda d: (d.rule, d.verdict, report.outcome(d))):
        lines += _rule_lines(report, verdict, list(group))
    lines += _tail(report)
    return printable("\n".join(lines)) + "\n"


def _rule_lines(report: Report, verdict: Verdict, decisions: list[Decision]) -> list[str]:
    rule = report.rules[decisions[0].rule]
    does = {"block": "blocks", "warn": "warns", "record": "is recorded"}.get(report.outcome(decisions[0]), "")
    notes = [rule.severity, does, phase_note(decisions[0])]
    notes.append(cited_line(report, rule))
    lines = [
        f"{verdict.value.upper()}  {' '.join(rule.key)}  {rule.title}",
        "      " + " · ".join(n for n in notes if n),
    ]
    told = [d for d in decisions if d.reasons]
    untold = [d for d in decisions if not d.reasons]
    for decision in told:
        lines += _decision_lines(report, decision)
    for decision in untold[:LISTED]:
        lines += [f"  - {inline(decision.element)}", *waiver_lines(decision, "      ")]
    if len(untold) > LISTED:
        lines.append(f"  - and {len(untold) - LISTED} more")
    return [*lines, ""]


def _decision_lines(report: Report, decision: Decision) -> list[str]:
    under = f" (would be {decision.underlying.value})" if decision.underlying is not decision.verdict else ""
    lines = [f"  - {inline(decision.element)}{under}", *waiver_lines(decision, "      ")]
    if decision.message:
        lines.append(f"      {message_line(decision)}")
    for reason in decision.reasons:
        lines += [f"      {line}" for line in reason_lines(reason)]
    lines += [f"      {line}" for line in join_lines(report.joins(decision))]
    return [*lines, *(f"      {line}" for line in action_lines(decision))]


def _figure(measure: MeasureFigure) -> str:
    def show(value: float) -> str:
        return f"{value:.1%}" if measure.percentage else f"{value:g}"

    if measure.low is None or measure.high is None:
        value = "unknown"
    elif measure.low == measure.high:
        value = show(measure.low)
    else:
        value = f"between {show(measure.low)} and {show(measure.high)}"
    target = f" (target {show(measure.target)})" if measure.target is not None else ""
    return f"{measure.title or measure.key[1]}: {value}{target}"


def _tail(report: Report) -> list[str]:
    lines: list[str] = []
    if report.measures:
        lines += ["Measures", *(f"  {_figure(measure)}" for measure in report.measures), ""]
    if report.no_subject:
        rules = ", ".join(" ".join(key) for key in report.no_subject)
        lines += [
            f"No subject: {rules} (the portfolio has no element of the kind that the rule is about)",
            "",
        ]
    if report.unread:
        lines.append(f"About the facts ({len(report.unread)})")
        lines += [f"  {inline(sentence)}" for sentence in report.unread[:LISTED]]
        lines += [f"  and {len(report.unread) - LISTED} more"] if len(report.unread) > LISTED else []
        lines.append("")
    lines.append(f"Result: {counts(report)}." if report.decisions else "Nothing was evaluated.")
    return [*lines, *_next(report)]


def _next(report: Report) -> list[str]:
    """What to do next, with a command that can be pasted."""
    for verdict, words in (
        (Verdict.FAIL, "why it fails"),
        (Verdict.ERROR, "which check failed"),
        (Verdict.UNKNOWN, "what is missing"),
    ):
        for decision in report.to_look_at():
            if decision.verdict is verdict:
                rule = "/".join(decision.rule)
                return [
                    f"Next: lexline explain {rule} {inline(decision.element)}    ({words}, and what would change it)"
                ]
    if not report.rules:
        return ["Next: write a policy and name it in lexline.yaml (no rule was found; lexline init shows one)"]
    if not report.decisions:
        return ["Next: lexline import    (or name a portfolio file: there is no element that a rule is about)"]
    return ["Next: nothing breaks a rule; lexline test shows whether the policies' examples still hold."]
