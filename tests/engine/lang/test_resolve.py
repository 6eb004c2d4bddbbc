"""Names and types: what is refused and in which words, and what holds of every typed tree."""

import random
import re
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from lexline.app.render.diagnostics import render
from lexline.diagnostics import Diagnostic, Source
from lexline.lang import typed
from lexline.lang.compile import compile_policies, compile_text
from lexline.lang.parse import parse
from lexline.lang.signatures import CheckParameter, CheckSignature, Reads
from lexline.lang.types import ORDERED, same_type, type_of
from lexline_lineage.values import Duration, Sort, ValueType
from lexline_lineage.vocabulary_files import extend, load_vocabulary

CORPUS = Path(__file__).parents[2] / "corpus"
VOCABULARY = extend(load_vocabulary(CORPUS / "conformance" / "vocabulary.yaml"), CORPUS / "errors" / "vocabulary.yaml")
GAP = CheckSignature(
    name="example.gap",
    kinds=("model",),
    parameters=(
        CheckParameter("by", ValueType(Sort.TEXT)),
        CheckParameter("window", ValueType(Sort.DURATION), Duration(months=3)),
    ),
    result=ValueType(Sort.PERCENTAGE),
    reads=Reads(),
)


def cases(folder: str, *names: str) -> list[dict[str, Any]]:
    """The cases of a folder of the corpus."""
    found = [path for path in sorted((CORPUS / folder).glob("*.yaml")) if path.stem in names]
    return [case for path in found for case in yaml.safe_load(path.read_text("utf-8"))]


REFUSED = cases("errors", "names", "values", "navigation", "declarations")
RIGHT = cases("conformance", "lineage", "rules", "traps", "values")


@pytest.mark.parametrize("case", REFUSED, ids=lambda case: case["case"])
def test_mistakes(case: dict[str, Any]) -> None:
    texts = case.get("files") or {"policy.policy": case["policy"]}
    parsed = [parse(Source(name, text)) for name, text in texts.items()]
    assert not [render(d) for _, found in parsed for d in found]
    _, diagnostics = compile_policies(
        [file for file, _ in parsed if file],
        VOCABULARY,
        checks={GAP.name: GAP},
        settings=case.get("settings", {}),
    )
    shown = "\n".join(map(render, diagnostics))
    assert [(d.code, d.span.text) for d in diagnostics] == [(e["code"], e["at"]) for e in case["errors"]], shown
    for diagnostic, expected in zip(diagnostics, case["errors"], strict=True):
        assert expected.get("says", "") in diagnostic.message
        assert expected.get("help", "") in diagnostic.help


@pytest.mark.parametrize("case", RIGHT, ids=lambda case: case["case"])
def test_conformance_compiles_to_a_sound_tree(case: dict[str, Any]) -> None:
    program, diagnostics = compile_text(case["policy"], VOCABULARY)
    assert not diagnostics
    assert {key[1] for key in program.rules} >= set(case["expect"])
    for rule in program.rules.values():
        bodies = (rule.condition, *rule.requirements, *(exception.condition for exception in rule.exceptions))
        assert_sound([body for body in bodies if body is not None], {0})
    for term in program.terms.values():
        assert_sound([term.condition], {0})
    assert_uses_first(program)


def test_what_could_not_be_read_is_reported_once() -> None:
    text = """
        parameter floor is is 3
        term safe for model means tier ==== 1
        rule R "r" for safe model requre tier <= floor
        rule S "s" for model where model is safe require model passes R and tier <= floor and tier <= flor
        """
    _, diagnostics = compile_text(text, VOCABULARY)
    assert {(d.span.line, d.code[:3]) for d in diagnostics} == {(2, "LX1"), (3, "LX1"), (4, "LX1"), (5, "LX2")}


def nodes(root: object) -> Iterator[Any]:
    """All nodes of a typed tree, the root first."""
    if isinstance(root, tuple):
        for part in root:
            yield from nodes(part)
    elif is_dataclass(root) and type(root).__module__.startswith("lexline.lang.typed"):
        yield root
        for field in fields(root):
            yield from nodes(getattr(root, field.name))


def assert_sound(bodies: list[typed.Expression], bound: set[int]) -> None:
    """Every slot is bound once and before it is read, attributes exist, types stand together."""
    every = [node for body in bodies for node in nodes(body)]
    slots = [node.slot for node in every if isinstance(node, typed.Navigation | typed.AvoidedNode)]
    assert len(slots) == len(set(slots))
    assert not bound & set(slots)
    for node in every:
        if isinstance(node, typed.AttributeValue):
            assert VOCABULARY.kinds[node.kind].attributes[node.attribute].type == node.type
        if hasattr(node, "slot"):
            assert node.slot in bound | set(slots)
        if isinstance(node, typed.Compare):
            assert same_type(type_of(node.left), type_of(node.right))
            assert node.operator in ("=", "!=") or type_of(node.left).sort in ORDERED
        if isinstance(node, typed.Connective):
            assert all(type_of(operand).sort is Sort.BOOLEAN for operand in node.operands)


def assert_uses_first(program: typed.Program) -> None:
    """What a rule or a term uses stands before it."""
    seen: set[tuple[str, ...]] = set()
    for key, term in program.terms.items():
        used = {node.term for node in nodes(term.condition) if isinstance(node, typed.TermHolds)}
        assert used <= seen
        seen.add(key)
    for rule_key, rule in program.rules.items():
        assert {node.rule for node in nodes(rule.requirements) if isinstance(node, typed.PassesRule)} <= seen
        seen.add(rule_key)


TEXTS = [case["policy"] for case in RIGHT + REFUSED if "policy" in case]
TOKENS = re.compile(r'\s+|"[^"\n]*"|[\w.-]+%?|\S')
WORDS = sorted({word for text in TEXTS for word in TOKENS.findall(text) if not word.isspace()})


def is_rendered(diagnostic: Diagnostic) -> bool:
    """Whether a diagnostic can be shown and is worded as all are."""
    text = diagnostic.message
    return bool(render(diagnostic)) and not text.endswith(".") and text[:1] == text[:1].lower()


@given(st.sampled_from(TEXTS), st.integers(0, 2**32), st.integers(1, 4))
@settings(max_examples=60, deadline=None)
def test_a_text_with_words_exchanged_is_compiled_or_refused(text: str, seed: int, changes: int) -> None:
    chance = random.Random(seed)  # noqa: S311  # no secret
    tokens = TOKENS.findall(text)
    for _ in range(changes):
        at = chance.randrange(len(tokens))
        tokens[at] = chance.choice([chance.choice(WORDS), "", f"{tokens[at]} {chance.choice(WORDS)} "])
    program, diagnostics = compile_text("".join(tokens), VOCABULARY, checks={GAP.name: GAP})
    assert all(map(is_rendered, diagnostics))
    assert diagnostics or all(rule.requirements for rule in program.rules.values())
