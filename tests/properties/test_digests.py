"""What changes the digest of a rule: nothing that is only written otherwise, and everything that decides otherwise."""

from __future__ import annotations

import re
from collections import Counter

from hypothesis import assume, given
from hypothesis import strategies as st

from choices import ByChance, Choices
from generated_cases import GeneratedCase, RefusedError, compiled, generate
from generated_edits import edited, reordered
from lexline.diagnostics import Source
from lexline.lang.digest import changed_definitions, policy_digest, rule_digest
from lexline.lang.format import format_file
from lexline.lang.parse import parse
from lexline.lang.typed import Key, Program
from outcomes import by_columns
from probes import Probes

SEEDS = st.integers(0, 2**48)


def made(choices: Choices) -> tuple[GeneratedCase, Program]:
    case = generate(choices)
    try:
        return case, case.program()
    except RefusedError:
        assume(False)
        raise


def digests(program: Program) -> dict[Key, str]:
    return {key: rule_digest(program, key) for key in program.rules}


def of_policies(program: Program) -> Counter[str]:
    return Counter(policy_digest(program, info.id) for info in program.policies)


def laid_out(text: str) -> str:
    """A policy as the formatter writes it."""
    file, _ = parse(Source("a.policy", text))
    assert file is not None
    return format_file(file)


def same_meaning(one: Program, other: Program) -> bool:
    """Whether rules and policies mean the same, whatever they are called."""
    rules = [Counter(digests(program).values()) for program in (one, other)]
    return rules[0] == rules[1] and of_policies(one) == of_policies(other)


@given(SEEDS)
def test_names_mean_nothing(seed: int) -> None:
    case, program = made(ByChance(seed))
    texts = [re.sub(r"\b(tm|pm|RL)(\d+)\b", r"\1x\2", policy.text) for policy in case.policies]
    texts = [re.sub(r"\b(policy|use) (main|ground)\b", r"\1 \2x", text) for text in texts]
    assert same_meaning(program, compiled(case.vocabulary, texts))


@given(SEEDS)
def test_comments_and_layout_mean_nothing(seed: int) -> None:
    choices = ByChance(seed)
    case, program = made(choices)
    texts = []
    for policy in case.policies:
        uses = [text for text in policy.declarations if text.startswith("use ")]
        rest = [f"# a word about it\n{text}\n\n" for text in policy.declarations if not text.startswith("use ")]
        texts.append("\n\n".join((policy.head, *uses, *choices.shuffled(rest))))
    assert digests(compiled(case.vocabulary, texts[::-1])) == digests(program)
    assert digests(compiled(case.vocabulary, [laid_out(text) for text in texts])) == digests(program)


@given(SEEDS)
def test_order_means_nothing_where_it_decides_nothing(seed: int) -> None:
    choices = ByChance(seed)
    case, program = made(choices)
    other = reordered(choices, program)
    assert digests(other) == digests(program)
    assert not [changed for key in program.rules for changed in changed_definitions(program, other, key)]
    graph = case.graph()
    said = [by_columns(each, graph, case.clock, Probes(graph)).rules for each in (program, other)]
    assert said[0] == said[1]


@given(SEEDS)
def test_what_decides_otherwise_has_another_digest(seed: int) -> None:
    choices = ByChance(seed)
    case, program = made(choices)
    other, graph = edited(choices, program), case.graph()
    said = [by_columns(each, graph, case.clock, Probes(graph)).rules for each in (program, other)]
    for key in program.rules:
        if rule_digest(program, key) == rule_digest(other, key):
            assert said[0][key] == said[1][key]
        else:
            assert changed_definitions(program, other, key)
