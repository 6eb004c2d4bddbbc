"""The report as JUnit XML, for the test pages of a pipeline: a suite for each rule, a case for each element."""

from __future__ import annotations

import re
from itertools import groupby
from xml.etree import ElementTree as ET

from lexline.evaluate.verdict import Decision, Verdict
from lexline.report import Report
from lexline_plugins.reporters.wording import printable, reason_lines, waiver_lines

__all__ = ["clean", "render_junit"]

UNFIT = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def clean(text: str) -> str:
    """The text without characters that XML 1.0 can't hold."""
    return UNFIT.sub("\ufffd", printable(text))


def render_junit(report: Report) -> str:
    """Breaches that block or warn are failures, errors are errors; unknowns that block are failures, others skipped."""
    root = ET.Element("testsuites", name="lexline")
    for key, group in groupby(report.decisions, key=lambda d: d.rule):
        decisions = list(group)
        suite = ET.SubElement(root, "testsuite", name=clean(" ".join(key)), tests=str(len(decisions)))
        for decision in decisions:
            _case(report, suite, decision)
        for kind in ("failure", "error", "skipped"):
            name = "skipped" if kind == "skipped" else f"{kind}s"
            suite.set(name, str(sum(case.find(kind) is not None for case in suite)))
    ET.indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ET.tostring(root, encoding="unicode") + "\n"


def _case(report: Report, suite: ET.Element, decision: Decision) -> None:
    rule = report.rules[decision.rule]
    case = ET.SubElement(suite, "testcase", classname=clean(" ".join(decision.rule)), name=clean(decision.element))
    text = clean("\n".join(line for reason in decision.reasons for line in reason_lines(reason)))
    message = clean(decision.message or rule.title)
    outcome = report.outcome(decision)
    if decision.verdict is Verdict.ERROR:
        ET.SubElement(case, "error", message=message).text = text
    elif outcome == "block" or (outcome == "warn" and decision.verdict is Verdict.FAIL):
        ET.SubElement(case, "failure", message=message, type=decision.verdict.value).text = text
    elif decision.verdict is not Verdict.PASS:
        ET.SubElement(
            case, "skipped", message=f"{decision.verdict.value} ({decision.phase.value}): {message}{_waiver(decision)}"
        )


def _waiver(decision: Decision) -> str:
    return "".join(clean(f"; {line}") for line in waiver_lines(decision))
