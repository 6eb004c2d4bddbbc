"""What is to be said of waivers: those that hide nothing, ended, cover too much, or were approved by who gains."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from lexline.decision import Evaluation
from lexline.diagnostics import Diagnostic, Label, Severity
from lexline.evaluate.verdict import Decision, Verdict
from lexline.lang.suggest import nearest
from lexline.ledger.waivers import WAIVABLE, Waiver

__all__ = ["MOST", "waiver_findings"]

MOST = 20
"""How many elements a waiver may cover before it is called broad."""


def waiver_findings(evaluation: Evaluation, decisions: Iterable[Decision]) -> tuple[Diagnostic, ...]:
    """A warning for each waiver and each thing to be said of it, after all rules were decided."""
    if not evaluation.waivers:
        return ()
    hidden: dict[str, set[str]] = {waiver.name: set() for waiver in evaluation.waivers}
    waivers = evaluation.waived()
    for decision in decisions:
        if decision.verdict is Verdict.WAIVED or decision.verdict in WAIVABLE:
            for waiver in waivers.covering(decision):
                hidden[waiver.name].add(decision.element)
    return tuple(
        Diagnostic(code, message, (Label(waiver.span),), advice, Severity.WARNING)
        for waiver in evaluation.waivers
        for code, message, advice in _said_of(evaluation, waiver, hidden[waiver.name])
    )


def _said_of(evaluation: Evaluation, waiver: Waiver, hidden: set[str]) -> Iterator[tuple[str, str, str]]:
    terms, today = waiver.terms, evaluation.clock.today
    if waiver.is_withdrawn(today):
        return
    take_out = "take it out" if waiver.recorded is None else f"withdraw it: lexline waive --withdraw {waiver.recorded}"
    lost = list(_lost(evaluation, waiver))
    yield from lost
    if terms.until < today:
        yield "LX512", f"the waiver ended on {terms.until} and hides nothing", f"{take_out}, or have it approved anew"
    elif waiver.is_in_force(today) and not hidden and not lost:
        yield (
            "LX515",
            "the waiver hides nothing: no rule that it names fails or is open for its elements",
            take_out,
        )
    if any(name.endswith("/*") for name in terms.rules):
        yield "LX513", "the waiver covers every rule of a policy, those to come too", "name the rules, one by one"
    if max(len(hidden), len(terms.elements)) > MOST:
        count = max(len(hidden), len(terms.elements))
        yield "LX513", f"the waiver covers {count} elements", "narrow it, or change the rule"
    if _same(terms.approver, terms.requested_by):
        yield "LX514", f"`{terms.approver}` approved what they asked for", "have somebody else approve it"
    else:
        numbers = map(evaluation.number, dict.fromkeys((*terms.elements, *sorted(hidden))))
        for number in numbers:
            owner = _owner(evaluation, number) if number is not None else ""
            if owner and _same(owner, terms.approver):
                element = evaluation.graph.ids[number or 0]
                yield "LX514", f"`{terms.approver}` approved it and owns `{element}`", "have somebody else approve it"
                break


def _lost(evaluation: Evaluation, waiver: Waiver) -> Iterator[tuple[str, str, str]]:
    """Names of rules and elements that aren't there."""
    rules = ["/".join(key) for key in evaluation.program.rules]
    known = {*rules, *(f"{policy}/*" for policy, _ in evaluation.program.rules)}
    for name in waiver.terms.rules:
        if name not in known:
            near = nearest(name, rules)
            advice = f"did you mean `{near}`?" if near else "write `policy/RULE`"
            yield "LX511", f"the waiver names a rule that there isn't: `{name}`", advice
    for name in waiver.terms.elements:
        if evaluation.number(name) is None:
            near = nearest(name, evaluation.graph.ids)
            advice = f"did you mean `{near}`?" if near else "`lexline inventory` shows the elements"
            yield "LX511", f"the waiver names an element that there isn't: `{name}`", advice


def _owner(evaluation: Evaluation, number: int) -> str:
    graph = evaluation.graph
    kind = graph.vocabulary.kinds.get(graph.kind(number))
    value = graph.value(number, "owner") if kind is not None and "owner" in kind.attributes else None
    return value if isinstance(value, str) else ""


def _same(one: str, other: str) -> bool:
    return " ".join(one.split()).casefold() == " ".join(other.split()).casefold()
