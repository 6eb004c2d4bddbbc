"""What must hold of every policy over every graph; see the table in README.md."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from dataclasses import fields, is_dataclass, replace
from unittest.mock import patch

from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from choices import ByChance
from generated_cases import GeneratedCase, RefusedError, compare_evaluators, compiled, generate
from generated_policy import PolicyText
from lexline.decision import ALL_REASONS, Evaluation, decide
from lexline.evaluate import explaining
from lexline.evaluate.interpret import Interpreter
from lexline.evaluate.verdict import Verdict
from lexline.lang import typed
from lexline_lineage.builder import build
from lexline_lineage.facts import AttributeFact, EdgeFact, ElementFact, Fact, Source
from outcomes import Outcomes, by_columns, by_interpreter
from probes import Probes

SEEDS = st.integers(0, 2**48)


def made(seed: int, *, checks: bool = True) -> GeneratedCase:
    """A case that the language takes."""
    case = generate(ByChance(seed), checks=checks)
    try:
        case.program()
    except RefusedError:
        assume(False)
    return case


@given(SEEDS)
@example(0)
def test_both_evaluators_agree(seed: int) -> None:
    found = compare_evaluators(made(seed))
    assert isinstance(found, Outcomes), found


@settings(max_examples=20)
@given(SEEDS, st.integers(2, 3), st.integers(1, 5))
def test_several_processes_give_the_same_report(seed: int, jobs: int, together: int) -> None:
    case = made(seed)
    graph = case.graph()
    evaluation = Evaluation(case.program(), graph, case.clock, Probes(graph))
    with patch.object(explaining, "TOGETHER", together):
        reports = [decide(evaluation, reasons=ALL_REASONS, jobs=processes) for processes in (1, jobs)]
    assert reports[0] == reports[1]


# ---- more facts ----------------------------------------------------------------------------------------------------


def nodes_of(program: typed.Program, root: object) -> Iterator[object]:
    """All nodes of a tree, with the terms that it uses."""
    stack, terms = [root], set()
    while stack:
        node = stack.pop()
        yield node
        if isinstance(node, typed.TermHolds) and node.term not in terms:
            terms.add(node.term)
            stack.append(program.terms[node.term])
        if is_dataclass(node) and not isinstance(node, type):
            stack += [getattr(node, f.name) for f in fields(node) if f.name != "span"]
        elif isinstance(node, tuple):
            stack += node


def asks_about_absence(program: typed.Program, rule: typed.Rule) -> bool:
    """Whether a rule uses a construct that reads an absence, another rule or a check."""
    return any(
        isinstance(node, (typed.Known, typed.OtherwiseValue, typed.PassesRule, typed.CheckValue))
        or (isinstance(node, typed.AggregateValue) and node.if_none is not None)
        or (isinstance(node, typed.WithinPeriod) and node.mode == "done")
        for node in nodes_of(program, rule)
    )


@given(SEEDS, st.integers(0, 2**32))
def test_a_further_fact_turns_no_pass_into_fail_or_back(seed: int, pick: int) -> None:
    case = made(seed)
    kinds = {fact.element: fact.kind for fact in case.facts if isinstance(fact, ElementFact)}
    said = [fact for fact in case.facts if isinstance(fact, AttributeFact) and fact.element in kinds]
    has = {(fact.element, fact.attribute) for fact in said}
    more = [
        replace(fact, element=element, since=None, until=None)
        for fact in said
        for element, kind in kinds.items()
        if kind == kinds[fact.element] and (element, fact.attribute) not in has
    ]
    assume(more)
    richer = replace(case, facts=(*case.facts, more[pick % len(more)]))
    program = case.program()
    before = by_columns(program, case.graph(), case.clock, Probes(case.graph()))
    after = by_columns(program, richer.graph(), case.clock, Probes(richer.graph()))
    for key, rule in program.rules.items():
        if asks_about_absence(program, rule):
            continue
        for element, outcome in before.rules[key].items():
            turned = {outcome.verdict, after.rules[key][element].verdict}
            assert turned != {Verdict.PASS, Verdict.FAIL}, (key, element, richer.facts[-1])


# ---- order, files, names -------------------------------------------------------------------------------------------


def shuffled(policies: tuple[PolicyText, ...], chance: random.Random) -> list[str]:
    """The same policies, each declaration in a file of its own, in another order."""
    texts = []
    for policy in policies:
        uses = [text for text in policy.declarations if text.startswith("use ")]
        rest = [text for text in policy.declarations if not text.startswith("use ")]
        texts += ["\n\n".join((policy.head, *uses, text)) for text in rest] or [policy.text]
    chance.shuffle(texts)
    return texts


@given(SEEDS, st.integers(0, 2**32))
def test_order_and_files_change_nothing(seed: int, pick: int) -> None:
    case = made(seed)
    graph = case.graph()
    program = compiled(case.vocabulary, shuffled(case.policies, random.Random(pick)))  # noqa: S311  # no secret
    checks = Probes(graph)
    before = by_interpreter(case.program(), graph, case.clock, checks)
    assert by_interpreter(program, graph, case.clock, checks) == before
    assert by_columns(program, graph, case.clock, checks) == before


NAMES = re.compile(r"\b(RL|tm|pm|el|ms)(\d+)\b")


def other_names(text: str) -> str:
    """A text with other names of rules, terms, parameters, measures and aliases, in another order of names."""
    return NAMES.sub(lambda name: f"{name[1]}-other-{999 - int(name[2])}", text)


@given(SEEDS)
def test_names_change_nothing(seed: int) -> None:
    case = made(seed, checks=False)
    ids = sorted(f.element for f in case.facts if isinstance(f, ElementFact))
    ids += [end for f in case.facts if isinstance(f, EdgeFact) for end in (f.origin, f.target)]
    other = {name: f"renamed-{999 - at}" for at, name in enumerate(sorted(set(ids)))}
    facts = tuple(_renamed(fact, other) for fact in case.facts)
    texts = [NAMES.sub(lambda name: f"{name[1]}-other-{99 - int(name[2])}", policy.text) for policy in case.policies]
    program = compiled(case.vocabulary, texts)
    graph = build(case.vocabulary, facts, on=case.clock.today).graph
    before = by_columns(case.program(), case.graph(), case.clock, Probes(case.graph()))
    after = by_columns(program, graph, case.clock, Probes(graph))
    for (policy, rule), outcomes in before.rules.items():
        renamed = NAMES.sub(lambda name: f"{name[1]}-other-{99 - int(name[2])}", rule)
        assert {other[element]: outcome for element, outcome in outcomes.items()} == after.rules[policy, renamed]
    assert list(before.measures.values()) == list(after.measures.values()) or len(before.measures) > 1


def _renamed(fact: Fact, other: dict[str, str]) -> Fact:
    if isinstance(fact, EdgeFact):
        return replace(fact, origin=other[fact.origin], target=other[fact.target])
    return replace(fact, element=other.get(fact.element, fact.element))


# ---- the facts cited -----------------------------------------------------------------------------------------------


@given(SEEDS, st.integers(0, 2**32), st.none() | st.integers(1, 3))
def test_the_facts_cited_are_enough(seed: int, pick: int, listed: int | None) -> None:
    case = made(seed, checks=False)
    program, graph = case.program(), case.graph()
    asked = [(key, n) for key, rule in program.rules.items() for n in graph.members[rule.kind].tolist()]
    assume(asked)
    key, number = asked[pick % len(asked)]
    explanation = Interpreter(program, graph, case.clock, Probes(graph)).explain(key, number, listed=listed)
    cited, edges = explanation.cited(), explanation.cited_edges()
    facts = tuple(
        fact
        for fact in case.facts
        if isinstance(fact, ElementFact)
        or (isinstance(fact, AttributeFact) and (fact.element, fact.attribute) in cited)
        or (isinstance(fact, EdgeFact) and (fact.origin, fact.relation, fact.target) in edges)
    )
    stubs = tuple(ElementFact(graph.ids[n], graph.kind(n), Source("stub")) for n in graph.stubs)
    fewer = replace(case, facts=(*facts, *stubs)).graph()
    again = fewer.number(explanation.decision.element)
    assert again is not None
    decision = Interpreter(program, fewer, case.clock, Probes(fewer)).decide(key, again, reasons=False)
    assert decision.verdict is explanation.decision.verdict
