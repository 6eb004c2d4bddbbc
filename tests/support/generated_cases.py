"""A random case as a whole: vocabulary, facts, dates, policies; and what both evaluators say of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from choices import Choices
from generated_facts import clock, facts
from generated_policy import PolicyText, policies
from generated_vocabulary import vocabulary
from lexline.app.render.diagnostics import render
from lexline.diagnostics import Diagnostic, Source
from lexline.evaluate.verdict import Clock
from lexline.lang.compile import compile_policies
from lexline.lang.parse import parse
from lexline.lang.syntax import PolicyFile
from lexline.lang.typed import Program
from lexline_lineage.builder import build
from lexline_lineage.facts import Fact
from lexline_lineage.graph import Graph
from lexline_lineage.vocabulary import Vocabulary
from outcomes import EVALUATORS, Outcomes
from probes import Probes, probe_signatures


@dataclass(frozen=True)
class GeneratedCase:
    """Everything that is evaluated, as it was written."""

    vocabulary: Vocabulary
    facts: tuple[Fact, ...]
    clock: Clock
    policies: tuple[PolicyText, ...]

    def graph(self) -> Graph:
        """The graph on the date of evaluation."""
        return build(self.vocabulary, self.facts, on=self.clock.today).graph

    def program(self) -> Program:
        """The policies, compiled."""
        return compiled(self.vocabulary, [policy.text for policy in self.policies])


class RefusedError(Exception):
    """A generated policy that the compiler refuses: the generator writes what the language does not take."""


def generate(choices: Choices, *, checks: bool = True) -> GeneratedCase:
    """A case by the choices."""
    words = vocabulary(choices)
    dates = clock(choices)
    return GeneratedCase(
        words,
        tuple(facts(choices, words, dates.today)),
        dates,
        policies(choices, words, dates.today, checks=checks),
    )


def compiled(words: Vocabulary, texts: list[str]) -> Program:
    """Policy texts, each a file. Raises ``RefusedError``."""
    files: list[PolicyFile] = []
    found: list[Diagnostic] = []
    for at, text in enumerate(texts):
        file, mistakes = parse(Source(f"policy{at}.policy", text))
        found += mistakes
        if file is not None:
            files.append(file)
    program, mistakes = compile_policies(files, words, checks=probe_signatures(words))
    found += mistakes
    if found:
        raise RefusedError("\n".join(map(render, found)))
    return program


def compare_evaluators(case: GeneratedCase) -> Outcomes | str:
    """What all evaluators say of a case, or how they differ from the first, which is the reference."""
    program, graph = case.program(), case.graph()
    checks = Probes(graph)
    found: dict[str, Outcomes] = {}
    for name, evaluate in EVALUATORS.items():
        try:
            found[name] = evaluate(program, graph, case.clock, checks)
        except Exception as error:  # whatever it is, it is what we look for
            return f"{name}: {error!r}"
    reference = found.pop("interpreter")
    return "\n".join(line for name in found for line in _differences(reference, name, found[name])) or reference


def _differences(one: Outcomes, name: str, other: Outcomes) -> Iterator[str]:
    for key, outcomes in one.rules.items():
        for element, outcome in outcomes.items():
            if outcome != other.rules[key].get(element):
                yield f"{key[1]} for {element}: interpreter {outcome}, {name} {other.rules[key].get(element)}"
    for key, figure in one.measures.items():
        if figure != other.measures[key]:
            yield f"{key[1]}: interpreter {figure}, {name} {other.measures[key]}"
