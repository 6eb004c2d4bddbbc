"""What ``lexline explain --scope`` prints: which rules are about an element, and why."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from lexline.app.render.explanation import explanation_lines
from lexline.decision import Evaluation
from lexline.lang.typed import Key
from lexline.scope import PolicyScope, scope_of
from lexline_plugins.reporters.wording import counted, inline, missing_line, printable

__all__ = ["render_scope"]


def render_scope(evaluation: Evaluation, number: int) -> str:
    """The scope of an element as text."""
    graph = evaluation.graph
    lines = [f"{graph.kind(number)} {inline(graph.ids[number])}, on {evaluation.clock.today}"]
    for policy in scope_of(evaluation, number):
        lines += ["", *_policy_lines(policy)]
    if len(lines) == 1:
        lines.append(f"no rule is about a {graph.kind(number)}")
    return printable("\n".join(lines)) + "\n"


def _policy_lines(found: PolicyScope) -> Iterator[str]:
    told = f"{counted(len(found.applying), 'rule')} apply" if len(found.applying) != 1 else "1 rule applies"
    yield f"{found.policy}  {found.title}: {told}, {len(found.silent)} don't, {len(found.untold)} can't be told"
    for explanation in found.deciding:
        decision = explanation.decision
        yield f"  {decision.rule[1]} {decision.verdict.value}"
        yield from (f"    {line}" for line in explanation_lines(explanation, asides=False))
    yield from _named("applies", found.applying)
    yield from _named("can't be told", found.untold)
    if found.missing:
        yield "  to be recorded:"
        yield from (f"    {missing_line(fact)}" for fact in found.missing)


def _named(words: str, keys: Sequence[Key]) -> Iterator[str]:
    if keys:
        yield f"  {words}: {', '.join(key[1] for key in keys)}"
