"""What ``lexline explain --scope`` prints: which rules are about an element, and why."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from lexline.app.render.explanation import explanation_lines
from lexline.decision import Evaluation
from lexline.lang.typed import Key
from lexline.scope import PolicyScope, scope_of
from lexline_plugins.reporters.wording import counted, facts_line, inline, missing_line, printable

__all__ = ["render_scope"]


def render_scope(evaluation: Evaluation, number: int) -> str:
    """The scope of an element as text."""
    graph = evaluation.graph
    kind = graph.kind(number)
    lines = [f"{kind} {inline(graph.ids[number])}, on {evaluation.clock.today}"]
    found = scope_of(evaluation, number)
    about = [policy for policy in found if any(_groups(policy))]
    for policy in about:
        lines += ["", *_policy_lines(policy, evaluation)]
    if not about:
        lines.append(f"no rule is about a {kind}")
    elif len(about) < len(found):
        others = ", ".join(policy.policy for policy in found if policy not in about)
        lines += ["", f"no rule is about a {kind} in: {others}"]
    return printable("\n".join(lines)) + "\n"


def _groups(found: PolicyScope) -> tuple[tuple[Key, ...], ...]:
    return found.applying, found.upcoming, found.over, found.silent, found.untold


def _policy_lines(found: PolicyScope, evaluation: Evaluation) -> Iterator[str]:
    told = [f"{counted(len(found.applying), 'rule')} {'applies' if len(found.applying) == 1 else 'apply'}"]
    told += [f"{len(found.upcoming)} will"] if found.upcoming else []
    told += [counted(len(found.over), "no longer does", "no longer do")] if found.over else []
    told += [counted(len(found.silent), "doesn't", "don't")] if found.silent else []
    told += [f"{len(found.untold)} can't be told"] if found.untold else []
    yield f"{found.policy}  {found.title}: {', '.join(told)}"
    for explanation in found.deciding:
        decision = explanation.decision
        yield f"  {decision.rule[1]} {decision.verdict.value}"
        yield from (f"    {line}" for line in explanation_lines(explanation, asides=False))
    yield from _named("applies", found.applying)
    yield from _named("will apply", found.upcoming)
    yield from _named("applied before", found.over)
    yield from _named("can't be told", found.untold)
    if found.because:
        yield "  because:" if found.applying or found.upcoming or found.over else "  none applies, because:"
        yield from (f"    {facts_line(fact)}" for fact in found.because)
    if found.missing:
        yield "  to be recorded:"
        yield from (f"    {missing_line(fact)}" for fact in found.missing)
    if found.elsewhere:
        kinds = evaluation.graph.vocabulary.kinds
        others = ", ".join(f"{number} about {kinds[kind].plural}" for kind, number in sorted(found.elsewhere.items()))
        yield f"  other rules: {others}"


def _named(words: str, keys: Sequence[Key]) -> Iterator[str]:
    if keys:
        yield f"  {words}: {', '.join(key[1] for key in keys)}"
