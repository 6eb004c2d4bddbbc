"""What would change a verdict: supposing all of it does, supposing a part of it does not."""

from __future__ import annotations

from itertools import combinations

import pytest

from corpus import Case, cases
from lexline.evaluate.change import Change, ChangedEdge, ChangedFact, NewElement, find_change
from lexline.evaluate.interpret import Interpreter
from lexline.evaluate.verdict import Verdict
from lexline.lang.compile import compile_text
from lexline.lang.typed import Program
from lexline_lineage.builder import build
from lexline_lineage.graph import Graph
from lexline_lineage.overlay import Changes

Parts = tuple[ChangedFact | ChangedEdge, ...]
CASES = {case.title: case for case in cases() if case.folder == "conformance" and not case.error and case.verdicts}


@pytest.mark.parametrize("case", CASES.values(), ids=lambda case: case.place)
def test_all_of_a_change_is_needed(case: Case) -> None:
    program, graph = _program(case), build(case.vocabulary, case.facts, case.clock.today).graph
    for key, rule in program.rules.items():
        for number in graph.members[rule.kind].tolist():
            change = find_change(program, graph, case.clock, key, number)
            if change is None:
                continue
            element = graph.ids[number]
            before = Interpreter(program, graph, case.clock).decide(key, number, reasons=False).verdict
            parts: Parts = (*change.facts, *change.edges)
            place = f"{case.title}: {key[1]} for {element}: {change}"
            assert _verdict(case, program, graph, element, key, change, parts) is change.verdict is not before, place
            for size in range(len(parts)):
                for some in combinations(parts, size):
                    if _stands(change, some):
                        found = _verdict(case, program, graph, element, key, change, some)
                        assert found is not change.verdict, f"{place} by {some}"


@pytest.mark.parametrize(
    ("title", "rule", "element", "facts", "verdict"),
    [
        ("a missing attribute makes a comparison unknown, never false", "R", "b", [("b", "tier", 3.0, 2.0)], "pass"),
        ("a missing attribute makes a comparison unknown, never false", "R", "c", [("c", "tier", None, 2.0)], "pass"),
        ("a missing attribute makes a comparison unknown, never false", "R", "a", [("a", "tier", 1.0, 3.0)], "fail"),
        (
            "a where clause narrows, and an unknown filter keeps the answer open",
            "W",
            "m3",
            [("dim", "personal_data", None, False)],
            "pass",
        ),
        (
            "avoiding cuts every path through the named nodes",
            "A",
            "mixed",
            [("raw", "special_category", True, False)],
            "pass",
        ),
    ],
)
def test_the_least_that_a_person_could_do(
    title: str, rule: str, element: str, facts: list[tuple[str, str, object, object]], verdict: str
) -> None:
    change = _change(title, rule, element)
    assert [(fact.element, fact.attribute, fact.before, fact.after) for fact in change.facts] == facts
    assert (change.edges, change.elements, change.verdict) == ((), (), Verdict(verdict))


def test_what_is_not_there_can_be_supposed() -> None:
    change = _change("a relation recorded as complete is empty when it is empty", "A", "c")
    assert change.elements == (NewElement("new-assessment", "assessment"),)
    assert change.edges == (ChangedEdge("new-assessment", "assesses", "c", "none", "sure"),)
    assert {(fact.attribute, fact.after) for fact in change.facts} == {("type", "dpia"), ("status", "approved")}


def test_a_rule_that_nothing_can_change() -> None:
    case = CASES["a missing attribute makes a comparison unknown, never false"]
    program, _ = compile_text('rule R "r" for model require false', case.vocabulary)
    graph = build(case.vocabulary, case.facts, case.clock.today).graph
    (key,) = program.rules
    assert find_change(program, graph, case.clock, key, 0) is None


def _change(title: str, rule: str, element: str) -> Change:
    case = CASES[title]
    program, graph = _program(case), build(case.vocabulary, case.facts, case.clock.today).graph
    key = next(key for key in program.rules if key[1] == rule)
    number = graph.number(element)
    assert number is not None
    change = find_change(program, graph, case.clock, key, number)
    assert change is not None
    return change


def _program(case: Case) -> Program:
    program, found = compile_text(case.policy, case.vocabulary)
    assert not found
    return program


def _stands(change: Change, parts: Parts) -> bool:
    """False for a fact about an element that is supposed by what is left out."""
    new = {element.element for element in change.elements}
    joined = {end for part in parts if isinstance(part, ChangedEdge) for end in (part.origin, part.target)}
    return all(isinstance(part, ChangedEdge) or part.element not in new - joined for part in parts)


def _verdict(
    case: Case,
    program: Program,
    graph: Graph,
    element: str,
    key: tuple[str, str],
    change: Change,
    parts: Parts,
) -> Verdict:
    states = {"sure": False, "possible": True, "none": None}
    joined = {end for part in parts if isinstance(part, ChangedEdge) for end in (part.origin, part.target)}
    supposed = graph.with_changes(
        Changes(
            kinds={new.element: new.kind for new in change.elements if new.element in joined},
            values={(p.element, p.attribute): p.after for p in parts if isinstance(p, ChangedFact)},
            edges={(p.origin, p.relation, p.target): states[p.after] for p in parts if isinstance(p, ChangedEdge)},
        )
    )
    number = supposed.number(element)
    assert number is not None
    return Interpreter(program, supposed, case.clock).decide(key, number, reasons=False).verdict
