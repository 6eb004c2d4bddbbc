"""Decides a recorded evaluation again from what was recorded of it, and compares the verdicts.

The caller brings the evaluation as it was: the revision of the facts, the entries of the ledger that were read, the
clock, and policies of the same meaning. Guaranteed: where the verdicts differ, it says so, and what else is not as it
was; where a policy means something else, nothing is decided.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum

from lexline.decision import Evaluation, Gate, decide, portfolio_line
from lexline.evaluate.decisions import Decisions
from lexline.evaluate.verdict import Clock
from lexline.lang.digest import policy_digest
from lexline.ledger.record import EvaluationEntry
from lexline.project_files import Files
from lexline.recording import engine_version, outcome, verdicts_digest, waivers_digest

__all__ = ["Replay", "Same", "clock_then", "files_then", "replay"]


class Same(StrEnum):
    """What a replay came to."""

    YES = "same"
    NO = "other"
    UNDECIDED = "undecided"


@dataclass(frozen=True, slots=True)
class Replay:
    """Whether verdicts and outcome are those that were recorded; the digest of the verdicts now (empty where none was
    decided), and what else is not as it was, a sentence each."""

    same: Same
    digest: str
    differences: tuple[str, ...]


def files_then(files: Files, entry: EvaluationEntry) -> Files:
    """The files of a project with the store as it was read for a recorded evaluation."""
    return replace(files, at=str(entry.revision or 0), ledger=entry.ledger)


def clock_then(entry: EvaluationEntry) -> Clock:
    """When a recorded evaluation was made."""
    return Clock(entry.on, entry.moment, entry.known_on)


def replay(entry: EvaluationEntry, evaluation: Evaluation) -> Replay:
    """Decide again, over ``evaluation``, what an entry says was decided."""
    policies = tuple(_other_policies(entry, evaluation))
    number = evaluation.number(entry.element) if entry.element else None
    others = tuple(_other_facts(entry, evaluation))
    if entry.element and number is None:
        return Replay(Same.UNDECIDED, "", (*policies, *others, f"the element `{entry.element}` is not there"))
    if policies:
        return Replay(Same.UNDECIDED, "", (*policies, *others))
    then = {policy.id for policy in entry.policies}
    rules = [
        key for key in evaluation.program.rules if key[0] in then and (not entry.rules or "/".join(key) in entry.rules)
    ]
    if number is not None:
        report = Gate(evaluation, lasting=False).report(number)
        report = replace(report, decisions=Decisions.of([d for d in report.decisions if d.rule in rules]))
    else:
        report = decide(evaluation, reasons=0, rules=rules)
    digest, said = verdicts_digest(report.decisions), outcome(report)
    if said != entry.outcome:
        others = (f"the outcome was recorded as {entry.outcome}, and is {said}", *others)
    same = digest == entry.verdicts and said == entry.outcome
    return Replay(Same.YES if same else Same.NO, digest, others)


def _other_policies(entry: EvaluationEntry, evaluation: Evaluation) -> Iterator[str]:
    known = {policy.id for policy in evaluation.program.policies}
    for policy in entry.policies:
        found = policy_digest(evaluation.program, policy.id) if policy.id in known else None
        if found is None:
            yield f"the policy `{policy.id}` is not there"
        elif found != policy.digest:
            yield f"the policy `{policy.id}` means something else: it was {policy.digest}, and is {found}"


def _other_facts(entry: EvaluationEntry, evaluation: Evaluation) -> Iterator[str]:
    facts = portfolio_line(evaluation.graph).digest
    if facts != entry.portfolio.digest:
        yield "the facts are others: files beside the store, names of people that were erased, or the store itself"
    if waivers_digest(evaluation.waivers) != entry.waivers:
        yield "the waivers are others: a file beside the store, or names of people that were erased"
    if entry.engine != engine_version():
        yield f"Lexline was {entry.engine}, and is {engine_version()}"
    for name in sorted({*entry.plugins, *evaluation.plugins}):
        then, now = entry.plugins.get(name, "not there"), evaluation.plugins.get(name, "not there")
        if then != now:
            yield f"the plug-in `{name}` was {then}, and is {now}"
