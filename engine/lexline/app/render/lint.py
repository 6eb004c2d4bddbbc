"""What ``lexline lint`` prints: each finding as a diagnostic, the portfolios that show it below."""

from __future__ import annotations

from collections.abc import Sequence
from textwrap import indent

from lexline.app.render.diagnostics import render
from lexline.diagnostics import Label
from lexline.lint import LintFinding
from lexline_plugins.reporters.documents import dumped
from lexline_plugins.reporters.wording import printable

__all__ = ["render_lint", "render_lint_json"]


def render_lint(findings: Sequence[LintFinding], rules: int) -> str:
    """The findings as text, and how many there are of so many rules."""
    parts = [
        "\n".join((render(finding.diagnostic), *(indent(text.rstrip(), "    ") for text in finding.examples)))
        for finding in findings
    ]
    count = f"{len(findings):,} {'finding' if len(findings) == 1 else 'findings'}" if findings else "No finding"
    parts.append(f"{count} in {rules:,} {'rule' if rules == 1 else 'rules'}.")
    return printable("\n\n".join(parts)) + "\n"


def render_lint_json(findings: Sequence[LintFinding], rules: int) -> str:
    """The same as JSON: places count from 1."""
    content = [
        {
            "code": finding.diagnostic.code,
            "message": finding.diagnostic.message,
            "help": finding.diagnostic.help,
            "places": [_place(label) for label in finding.diagnostic.labels],
            "examples": list(finding.examples),
        }
        for finding in findings
    ]
    return dumped({"rules": rules, "findings": content}, indent=2) + "\n"


def _place(label: Label) -> dict[str, object]:
    span = label.span
    return {"file": span.source.name, "line": span.line, "column": span.column, "text": span.line_of_words}
