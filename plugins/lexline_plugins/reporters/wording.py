"""Words that all reports for people share: facts, paths and reasons as phrases, safe to print."""

from __future__ import annotations

import re

from lexline.evaluate.verdict import Decision, MissingFact, Phase, ReadFact, Reason, Verdict, Witness
from lexline.lang.typed import Rule
from lexline.report import Report
from lexline_lineage.identity import Link

__all__ = [
    "action_lines",
    "cited_line",
    "counted",
    "counts",
    "facts_line",
    "further_line",
    "inline",
    "join_line",
    "join_lines",
    "message_line",
    "missing_line",
    "path_line",
    "phase_note",
    "printable",
    "reason_lines",
    "rule_name",
    "waiver_lines",
    "without_commands",
]

ARROW = " → "
LISTED_JOINS = 6
"""Joins named for one decision."""

PHASE_NOTES = {
    Phase.UPCOMING: "not yet in force",
    Phase.EXPIRED: "no longer in force",
    Phase.NOT_IN_FORCE: "not in force",
    Phase.UNKNOWN: "in force perhaps",
}


COMMAND = re.compile(r"^(\s*)::|#(?=#(?:\[|vso\[|teamcity\[))", re.MULTILINE | re.IGNORECASE)
"""What a CI system takes for a command: ``::`` at the beginning of a line, ``##[``, ``##vso[`` … anywhere."""


def inline(text: str) -> str:
    """A name or value on one line: line ends and everything else that nobody sees are shown as ``\\n``, ``\\x1b`` …"""
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode("ascii") for c in text)


def printable(text: str) -> str:
    """A whole text without anything that a terminal or a CI system would act on: control characters (but new line) and
    marks that turn the direction of writing are shown."""
    return without_commands("\n".join(inline(line) for line in text.split("\n")))


def without_commands(text: str) -> str:
    """The text with a backslash in everything that a CI system would take for a command: ``\\::error::``, ``#\\#[``."""
    return COMMAND.sub(lambda found: "#\\" if found.group() == "#" else f"{found.group(1)}\\::", text)


def counted(count: int, noun: str, plural: str = "") -> str:
    """``1 rule``, ``2 rules``; a plural that does not end in s is given."""
    return f"{count:,} {noun if count == 1 else plural or noun + 's'}"


def counts(report: Report) -> str:
    """``3 fail, 4 unknown, 20 pass``."""
    return ", ".join(f"{count} {verdict}" for verdict, count in sorted_summary(report))


def sorted_summary(report: Report) -> list[tuple[str, int]]:
    """The summary, what needs attention first."""
    order = ("fail", "error", "unknown", "waived", "exempt", "pass", "not-applicable")
    summary = report.summary()
    return [(verdict, summary[verdict]) for verdict in order if verdict in summary]


def rule_name(decision: Decision) -> str:
    """``policy RULE``."""
    return " ".join(decision.rule)


def message_line(decision: Decision) -> str:
    """The rule's own message; where the verdict is open, what would be said if the rule were broken."""
    undecided = decision.verdict in (Verdict.UNKNOWN, Verdict.ERROR)
    return inline(f"perhaps: {decision.message}" if undecided and decision.message else decision.message)


def action_lines(decision: Decision) -> list[str]:
    """What to do; of what is undecided, first what would settle it."""
    if decision.verdict not in (Verdict.UNKNOWN, Verdict.ERROR):
        return [f"what to do: {inline(decision.remedy)}"] if decision.remedy else []
    steps = _settled_by([fact for reason in decision.reasons for fact in reason.missing])
    if len(steps) > SETTLING:
        steps[SETTLING:] = [f"{len(steps) - SETTLING} more"]
    lines = [f"to settle it: {inline(_listed(steps))}"] if steps else []
    return [*lines, f"if it is broken: {inline(decision.remedy)}"] if decision.remedy else lines


SETTLING = 3
"""How many things that would settle a verdict are named in one sentence."""


def _settled_by(missing: list[MissingFact]) -> list[str]:
    """What somebody has to do about missing facts, each thing once; what is only to be recorded, by element."""
    perhaps, names = "it is only possible that it ", {"inputs": "what flows into it", "outputs": "what flows out of it"}
    steps: dict[str, dict[str, None]] = {}
    for fact in missing:
        if fact.kind == "parameter":
            steps[f"give the parameter {fact.attribute} a value"] = {}
        elif fact.attribute.startswith("check "):
            steps[f"see why {fact.attribute} says nothing of {fact.element}"] = {}
        elif fact.why.startswith(perhaps):
            steps[f"say whether {fact.element} {fact.why.removeprefix(perhaps)}"] = {}
        else:
            recorded = steps.setdefault(f"record for {fact.element}", {})
            recorded[names.get(fact.attribute, fact.attribute)] = None
    return [f"{step} {_listed(list(recorded))}" if recorded else step for step, recorded in steps.items()]


def _listed(words: list[str]) -> str:
    return ", ".join(words[:-1]) + (" and " if words[1:] else "") + words[-1]


def waiver_lines(decision: Decision, indent: str = "") -> list[str]:
    """``waived (would be fail) by waivers.yaml:2, until …``; none where nothing is waived."""
    by = inline(f"waived (would be {decision.underlying.value}) by {decision.waiver}")
    return [indent + by] if decision.waiver else []


def phase_note(decision: Decision) -> str:
    """What to know about a phase other than in force; empty for in force."""
    return PHASE_NOTES.get(decision.phase, "")


def facts_line(fact: ReadFact) -> str:
    """``validation_status of m = pending, says registry (versions.json)``."""
    source = f", says {fact.source}" if fact.source else ""
    if fact.kind == "parameter":
        return inline(f"parameter {fact.attribute} = {fact.words}{source}")
    return inline(f"{fact.attribute} of {fact.element} = {fact.words}{source}")


def missing_line(fact: MissingFact) -> str:
    """``approved_on of assessment a: no value is recorded``."""
    return inline(f"{fact.attribute} of {fact.element}: {fact.why}")


def path_line(witness: Witness) -> str:
    """The path to a witness, or its name where there is none; says so where it is only possible."""
    path = ARROW.join(witness.path) if len(witness.path) > 1 else witness.element
    return inline(path if witness.certain else f"{path} (possibly)")


def join_lines(joins: tuple[tuple[Link, ...], tuple[Link, ...]]) -> list[str]:
    """``joined: dataset:a is dataset:b, says dbt``; ``perhaps one: …`` where it waits for a person."""
    made, possible = joins
    lines = [f"joined: {join_line(link)}" for link in made[:LISTED_JOINS]]
    lines += [f"and {len(made) - LISTED_JOINS} more joins"] if len(made) > LISTED_JOINS else []
    lines += [f"perhaps one: {join_line(link)}; identity.yaml can confirm it" for link in possible[:LISTED_JOINS]]
    lines += [f"and {len(possible) - LISTED_JOINS} more that may be one"] if len(possible) > LISTED_JOINS else []
    return lines


def join_line(link: Link) -> str:
    """``dataset:a is dataset:b, says dbt (manifest.json)``."""
    said = f", says {' and '.join(link.said_by)}" if link.said_by else ""
    if link.name in (link.one, link.other):
        return inline(f"{link.one} is {link.other}{said}")
    return inline(f"{link.one} is {link.other}: both go by {link.name}{said}")


def further_line(reason: Reason) -> str:
    """``and 95 more`` after the witnesses that are listed."""
    return f"and {reason.further:,} more"


def cited_line(report: Report, rule: Rule) -> str:
    """``cites UKGDPR-35-1, UKGDPR-5-1-A (unverified)``; empty where a rule cites nothing."""
    unverified = report.unverified(rule)
    cited = [c.provision + (" (unverified)" if c.provision in unverified else "") for c in rule.citations]
    return f"cites {', '.join(cited)}" if cited else ""


def reason_lines(reason: Reason) -> list[str]:
    """A reason as lines: the clause with its place, then paths, facts and what is missing."""
    by = f" (by {reason.by})" if reason.by else ""
    clause = reason.clause if reason.clause.startswith(f"{reason.role} ") else f"{reason.role} {reason.clause}"
    lines = [f"{clause}: {reason.truth.value}{by}  [{reason.file}:{reason.line}]"]
    lines += [f"  path: {path_line(witness)}" for witness in reason.witnesses]
    lines += [f"  {further_line(reason)}"] if reason.further else []
    lines += [f"  fact: {facts_line(fact)}" for fact in reason.facts if fact.value is not None]
    lines += [f"  evidence: {inline(sentence)}" for sentence in reason.evidence]
    lines += [f"  missing: {missing_line(fact)}" for fact in reason.missing]
    return lines
