"""What ``lexline test`` prints: results first, then what the examples leave untested."""

from __future__ import annotations

import math
from xml.etree import ElementTree as ET

from lexline.examples import ExampleResult, ExamplesReport
from lexline.mutation import MutationReport
from lexline_plugins.reporters.junit import clean
from lexline_plugins.reporters.wording import counted, printable

__all__ = ["render_examples", "render_examples_junit", "render_mutants"]


def place(result: ExampleResult) -> str:
    """``file:line`` of an example."""
    span = result.example.span
    return f"{span.source.name}:{span.line}"


def render_examples(report: ExamplesReport, coverage: bool) -> str:
    """The results as text; ``coverage`` adds the parts that no example decides both ways."""
    lines = []
    for result in report.results:
        lines.append(f"{'FAIL' if result.failures else 'ok  '}  {result.example.title}  [{place(result)}]")
        lines += [f"      {failure}" for failure in result.failures]
    if not report.results:
        lines.append('There is no example. A rule without one is untested: add `example "…"` to the policy.')
    if report.untested:
        lines += ["", "Rules without an example:", *(f"  {'/'.join(key)}" for key in report.untested)]
    if coverage and report.gaps:
        lines += ["", "Parts that no example decides both ways:"]
        for gap in report.gaps:
            lines.append(f"  {gap.file}:{gap.line}  {gap.rule[1]}: never {' or '.join(gap.never)}: {gap.clause}")
    held = len(report.results) - report.failed
    lines += ["", f"{held} of {counted(len(report.results), 'example holds', 'examples hold')}."]
    return printable("\n".join(lines)) + "\n"


def render_mutants(report: MutationReport) -> str:
    """The changes that no example noticed, and how many were."""
    lines = ["", "Changes that no example notices:"] if report.missed else [""]
    lines += [f"  {m.span.source.name}:{m.span.line}  {m.name}: {m.change}" for m in report.missed]
    caught = report.tried - len(report.missed)
    lines += [f"{caught:,} of {report.tried:,} changes noticed ({math.floor(report.caught * 100)} %)."]
    return printable("\n".join(lines)) + "\n"


def render_examples_junit(report: ExamplesReport) -> str:
    """The results as JUnit XML: a case for each example."""
    suite = ET.Element(
        "testsuite", name="lexline examples", tests=str(len(report.results)), failures=str(report.failed)
    )
    for result in report.results:
        case = ET.SubElement(
            suite, "testcase", classname=clean(result.example.policy), name=clean(result.example.title)
        )
        if result.failures:
            failure = ET.SubElement(case, "failure", message=clean(result.failures[0]))
            failure.text = clean("\n".join((place(result), *result.failures)))
    ET.indent(suite)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ET.tostring(suite, encoding="unicode") + "\n"
