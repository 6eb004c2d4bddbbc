"""The report as Markdown, for a pull request or a wiki."""

from __future__ import annotations

from lexline.evaluate.verdict import Decision
from lexline.report import Report
from lexline_plugins.reporters.wording import (
    action_lines,
    facts_line,
    further_line,
    message_line,
    missing_line,
    path_line,
    printable,
    rule_name,
    waiver_lines,
)
from lexline_plugins.reporters.wording import counts as counts_of

__all__ = ["escape", "render_markdown"]

SPECIAL = "\\`*_{}[]()#+-!|<>~&@:"


def escape(text: str) -> str:
    """The text with everything that Markdown or HTML would act on escaped, on one line."""
    line = " ".join(printable(text).split())
    return "".join(f"&#{ord(c)};" if c in "<>&@:" else f"\\{c}" if c in SPECIAL else c for c in line)


def render_markdown(report: Report) -> str:
    """A table of what needs attention, then the reasons."""
    lines = [
        f"# Policy check of {report.clock.today}",
        "",
        escape(counts_of(report)) or "Nothing was evaluated.",
        "",
    ]
    shown = report.to_look_at()
    if shown:
        lines += [
            "| verdict | rule | element | severity | phase | does |",
            "| --- | --- | --- | --- | --- | --- |",
        ]
        lines += [_row(report, decision) for decision in shown]
        lines.append("")
    waived = [f"{rule_name(d)}, {d.element}: {line}" for d in shown for line in waiver_lines(d)]
    lines += ["## Waivers", "", *(f"- {escape(line)}" for line in waived), ""] if waived else []
    for decision in shown:
        if decision.reasons:
            lines += _section(report, decision)
    for key in report.no_subject:
        lines.append(f"- no subject: {escape(' '.join(key))}")
    return "\n".join(lines).rstrip() + "\n"


def _row(report: Report, decision: Decision) -> str:
    rule = report.rules[decision.rule]
    cells = (decision.verdict.value, " ".join(decision.rule), decision.element, rule.severity)
    return "| " + " | ".join(escape(c) for c in (*cells, decision.phase.value, report.outcome(decision))) + " |"


def _section(report: Report, decision: Decision) -> list[str]:
    rule = report.rules[decision.rule]
    lines = [
        f"## {escape(' '.join(decision.rule))}: {escape(decision.element)}",
        "",
        f"{escape(rule.title)}",
        "",
    ]
    lines += [escape(message_line(decision)), ""] if decision.message else []
    for reason in decision.reasons:
        lines.append(f"- **{reason.truth.value}**: {escape(reason.clause)} ({escape(reason.file)}, line {reason.line})")
        lines += [f"  - path {escape(path_line(witness))}" for witness in reason.witnesses]
        lines += [f"  - {escape(further_line(reason))}"] if reason.further else []
        lines += [f"  - {escape(facts_line(fact))}" for fact in reason.facts if fact.value is not None]
        lines += [f"  - evidence: {escape(sentence)}" for sentence in reason.evidence]
        lines += [f"  - missing {escape(missing_line(fact))}" for fact in reason.missing]
    for line in action_lines(decision):
        lines += ["", escape(line[:1].upper() + line[1:])]
    return [*lines, ""]
