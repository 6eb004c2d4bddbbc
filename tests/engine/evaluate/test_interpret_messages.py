"""The messages of a rule for one element."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from corpus import vocabulary_of
from lexline.evaluate.interpret import Interpreter
from lexline.evaluate.verdict import Clock, Verdict
from lexline.lang.compile import compile_text
from lexline_lineage.builder import build
from lexline_lineage.facts import AttributeFact, ElementFact, Source

POLICY = """
parameter floor "least" is 80%
rule R "accurate" for model require accuracy >= floor
  explain "{model.name} reaches {model.accuracy} of {floor}, on {model.trained_on}, {research_only}"
  remedy "Retrain {model.name}"
"""
DAY = date(2026, 11, 22)
SOURCE = Source("test")


@pytest.mark.parametrize(
    ("attributes", "verdict", "message"),
    [
        ({"accuracy": "90%"}, Verdict.PASS, ""),
        (
            {"name": "Scorer", "accuracy": 0.785, "trained_on": "2026-01-31", "research_only": False},
            Verdict.FAIL,
            "Scorer reaches 78.5% of 80%, on 2026-01-31, false",
        ),
        (
            {},
            Verdict.UNKNOWN,
            "m reaches (not recorded) of 80%, on (not recorded), (not recorded)",
        ),
    ],
)
def test_a_message_says_what_is_known(attributes: dict[str, object], verdict: Verdict, message: str) -> None:
    vocabulary = vocabulary_of("conformance")
    program, found = compile_text(POLICY, vocabulary)
    assert not found
    facts = [AttributeFact("m", name, value, SOURCE) for name, value in attributes.items()]
    graph = build(vocabulary, [ElementFact("m", "model", SOURCE), *facts], DAY).graph
    clock = Clock(DAY, datetime.combine(DAY, datetime.min.time(), UTC))
    decision = Interpreter(program, graph, clock).decide(next(iter(program.rules)), 0)
    assert (decision.verdict, decision.message) == (verdict, message)
    name = attributes.get("name", "m")
    assert decision.remedy == ("" if verdict is Verdict.PASS else f"Retrain {name}")
