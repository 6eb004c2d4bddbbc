"""What ``lexline explain`` prints: the rule as a tree, what each part came to, and what would change the verdict."""

from __future__ import annotations

from collections.abc import Iterator

from lexline.decision import Evaluation, explain
from lexline.evaluate.change import Change, find_change
from lexline.evaluate.explanation import Explanation, Node, Weight
from lexline.evaluate.verdict import Truth
from lexline.lang.typed import Key
from lexline_lineage.values import format_value
from lexline_plugins.reporters.wording import (
    action_lines,
    facts_line,
    inline,
    join_lines,
    message_line,
    missing_line,
    path_line,
    phase_note,
    printable,
    waiver_lines,
)

__all__ = ["explanation_lines", "render_explanation"]

MARKS = {Truth.TRUE: "✓", Truth.FALSE: "✗", Truth.UNKNOWN: "?", Truth.FAILED: "!"}
WORDS = {Truth.TRUE: "true", Truth.FALSE: "false", Truth.UNKNOWN: "unknown", Truth.FAILED: "a check failed"}
EDGE_CHANGES = {
    ("none", "sure"): "were recorded",
    ("none", "possible"): "were recorded as possible",
    ("possible", "sure"): "were certain (it is only possible)",
    ("possible", "none"): "were ruled out (it is possible)",
    ("sure", "none"): "were not so (it is)",
    ("sure", "possible"): "were only possible (it is certain)",
}


def render_explanation(evaluation: Evaluation, key: Key, number: int, *, change: bool = True) -> str:
    """A rule for an element as text."""
    explanation = explain(evaluation, key, evaluation.graph.ids[number])
    lines = [*_head(evaluation, explanation), *explanation_lines(explanation)]
    if evaluation.joined is not None:
        joins = join_lines(evaluation.joined.about(_cited(explanation)))
        lines += ["", *joins] if joins else []
    if change:
        lines += ["", *_change_lines(find_change(evaluation.program, evaluation.graph, evaluation.clock, key, number))]
    return printable("\n".join(lines)) + "\n"


def _head(evaluation: Evaluation, explanation: Explanation) -> list[str]:
    decision = explanation.decision
    rule = evaluation.program.rules[decision.rule]
    under = "" if decision.underlying is decision.verdict else f" (would be {decision.underlying.value})"
    note = f", {phase_note(decision)}" if phase_note(decision) else ""
    lines = [
        f"{decision.verdict.value.upper()}{under}  {inline(decision.element)}{note}, on {evaluation.clock.today}",
        f"{'/'.join(decision.rule)}  {rule.title}",
    ]
    lines += [inline(_citation(evaluation, citation.provision)) for citation in rule.citations]
    lines += waiver_lines(decision)
    lines += [message_line(decision)] if decision.message else []
    lines += action_lines(decision)
    return [*lines, ""]


def _citation(evaluation: Evaluation, provision: str) -> str:
    """A provision with what the register says of it."""
    entry = evaluation.register.get(provision)
    if entry is None:
        return f"cites {provision}"
    doubt = "" if entry.verified else " (unverified: nobody has checked its text)"
    return f"cites {provision}: {entry.instrument}, {entry.provision}, {entry.title}{doubt}"


def _cited(explanation: Explanation) -> Iterator[str]:
    """All elements that an explanation names."""
    yield explanation.decision.element
    nodes = list(explanation.nodes)
    while nodes:
        node = nodes.pop()
        nodes += node.children
        yield from (fact.element for fact in node.facts)
        if node.witness is not None:
            yield from (node.witness.element, *node.witness.path)


def explanation_lines(explanation: Explanation, *, asides: bool = True) -> list[str]:
    """The tree of an explanation: a mark for each part; what makes no difference to the verdict is said to, or left
    out without ``asides``."""
    return [line for node in explanation.nodes for line in _node_lines(node, 0, asides=asides)]


def _node_lines(node: Node, depth: int, *, asides: bool) -> list[str]:
    if node.weight is Weight.ASIDE and not asides:
        return []
    indent = "  " * depth
    inner = "  " * (depth + 1)
    lines = [f"{indent}{_headline(node)}"]
    if node.note:
        lines.append(f"{inner}note: {inline(node.note)}")
    lines += [f"{inner}fact: {facts_line(fact)}" for fact in node.facts if fact.value is not None]
    lines += [f"{inner}missing: {missing_line(fact)}" for fact in node.missing]
    for child in node.children:
        lines += _node_lines(child, depth + 1, asides=asides)
    return lines


def _headline(node: Node) -> str:
    if node.witness is not None:
        mark = MARKS[node.truth] if node.truth is not None else "·"
        return f"{mark} {node.witness.kind} {path_line(node.witness)}"
    role = node.role if node.role not in ("part", "value") else ""
    name = "" if node.name == node.text else node.name
    text = node.text.removeprefix(f"{role} ") if role else node.text
    named = " ".join(word for word in (role, name) if word)
    text = f"{named}: {text}" if named else text
    if node.truth is None:
        return f"· {text} = {inline(node.value) or 'missing'}"
    aside = "  (makes no difference)" if node.weight is Weight.ASIDE else ""
    value = f" = {inline(node.value)}" if node.value else ""
    return f"{MARKS[node.truth]} {text}{value}: {WORDS[node.truth]}{aside}"


def _change_lines(change: Change | None) -> list[str]:
    if change is None:
        return ["No small change of recorded facts was found that would change the verdict."]
    several = len(change.elements) + len(change.edges) + len(change.facts) > 1
    lines = [f"It would be {change.verdict.value} if{' all of this were so' if several else ''}"]
    lines += [f"  there were a further {new.kind}, here called {new.element}" for new in change.elements]
    lines += [f"  {e.origin} {e.relation} {e.target} {EDGE_CHANGES[e.before, e.after]}" for e in change.edges]
    for fact in change.facts:
        before, after = (format_value(value, fact.type) for value in (fact.before, fact.after))
        lines.append(f"  {fact.attribute} of {fact.element} were {after} (it is {before})")
    return [inline(line) for line in lines]
