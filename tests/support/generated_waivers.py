"""Random waivers of a case: elements by name or by a condition, some in force, some not."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from choices import Choices
from generated_cases import GeneratedCase
from lexline.diagnostics import Source, Span
from lexline.lang.compile import compile_text
from lexline.lang.typed import Program
from lexline.ledger.record import WaiverTerms
from lexline.ledger.waivers import COVERED, Waiver
from lexline_lineage.graph import Graph

__all__ = ["waivers"]


def waivers(choices: Choices, case: GeneratedCase, program: Program, graph: Graph) -> tuple[Waiver, ...]:
    """One or two waivers."""
    return tuple(
        _waiver(choices, case, program, graph, f"waivers.yaml:{at + 2}") for at in range(choices.integer(1, 2))
    )


def _waiver(choices: Choices, case: GeneratedCase, program: Program, graph: Graph, name: str) -> Waiver:
    rules = ["/".join(key) for key in program.rules] + [f"{policy.id}/*" for policy in program.policies]
    since = case.clock.today - timedelta(days=choices.integer(-5, 20))
    terms: dict[str, Any] = {
        "rules": tuple(choices.shuffled(rules)[: choices.integer(1, 3)]),
        "reason": "r",
        "control": "c",
        "approver": "Jo Marsh",
        "role": "head",
        "requested_by": "Sam Field",
        "from": since,
        "until": since + timedelta(days=choices.integer(0, 40)),
    }
    selection = None
    names = [graph.ids[number] for members in graph.members.values() for number in members.tolist()]
    kinds = [kind for kind, declared in case.vocabulary.kinds.items() if declared.attributes]
    if kinds and (not names or choices.chance(30)):
        kind = choices.pick(kinds)
        terms |= {"every": kind, "where": f"{choices.pick(tuple(case.vocabulary.kinds[kind].attributes))} is known"}
        head = f'policy {COVERED[0]} "Selections"\nrule {COVERED[1]} "covered"\n'
        text = f"{head}  for {kind}\n  require {terms['where']}\n"
        selection, mistakes = compile_text(text, case.vocabulary, name)
        assert not mistakes
    else:
        terms["elements"] = tuple(choices.shuffled(names)[: choices.integer(1, 4)]) or ("nothing",)
    return Waiver(name, WaiverTerms.model_validate(terms), Span(Source(name, ""), 0, 0), selection)
