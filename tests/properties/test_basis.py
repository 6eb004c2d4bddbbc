"""What a basis promises: the same basis, evidence and rule on the same day give the same verdict, and nothing that no
rule can read moves it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from hypothesis import assume, given
from hypothesis import strategies as st

from choices import ByChance, Choices
from generated_cases import GeneratedCase, RefusedError, compiled, generate
from generated_changes import changed_facts, supposed
from lexline import basis
from lexline.basis import Bases, Basis
from lexline.decision import Evaluation
from lexline.due.changes import changes
from lexline.due.comparison import Comparison
from lexline.lang.typed import Key, Program
from lexline.plan.build import build_plan
from lexline.plan.footprint import footprints
from lexline_lineage.builder import build
from lexline_lineage.facts import AttributeFact, EdgeFact, ElementFact, Fact, Source
from lexline_lineage.graph import Graph
from lexline_lineage.overlay import Changes
from lexline_lineage.vocabulary import Attribute, Kind, Relation, Vocabulary
from outcomes import Outcome, by_columns
from probes import Probes, probe_signatures

SEEDS = st.integers(0, 2**48)


def made(choices: Choices, *, checks: bool = True) -> tuple[GeneratedCase, Program]:
    case = generate(choices, checks=checks)
    try:
        return case, case.program()
    except RefusedError:
        assume(False)
        raise


def rests_on(case: GeneratedCase, program: Program, graph: Graph) -> dict[tuple[Key, str], Basis]:
    """For each rule and element of its kind the basis of a waiver."""
    bases = Bases(Evaluation(program, graph, case.clock), probe_signatures(case.vocabulary))
    return {
        (key, graph.ids[number]): bases.of_waiver([number], [key])
        for key, rule in program.rules.items()
        for number in graph.members[rule.kind].tolist()
    }


def said(case: GeneratedCase, program: Program, graph: Graph) -> dict[tuple[Key, str], Outcome]:
    rules = by_columns(program, graph, case.clock, Probes(graph)).rules
    return {(key, element): outcome for key, found in rules.items() for element, outcome in found.items()}


def compared_with(case: GeneratedCase, program: Program, graph: Graph, other: Graph) -> Comparison:
    checks = probe_signatures(case.vocabulary)
    return Comparison(*(Bases(Evaluation(program, one, case.clock), checks) for one in (graph, other)))


def unmoved(case: GeneratedCase, program: Program, graph: Graph, other: Graph) -> set[tuple[Key, str]]:
    """The rules and elements that no change concerns, by the cheap look that comes before any basis."""
    compared = compared_with(case, program, graph, other)
    return {
        (key, other.ids[number])
        for key, rule in program.rules.items()
        for number in other.members[rule.kind].tolist()
        if not compared.concerns(key, number)
    }


def stands_still(case: GeneratedCase, program: Program, graph: Graph, other: Graph) -> set[tuple[Key, str]]:
    """The rules and elements of which no change is told."""
    compared = compared_with(case, program, graph, other)
    return {
        (key, other.ids[number])
        for key, rule in program.rules.items()
        for number in other.members[rule.kind].tolist()
        if not changes(*compared.sides(number, compared.now.reading(key)), other)
    }


@given(SEEDS)
def test_a_basis_is_another_one_where_a_change_is_told(seed: int) -> None:
    choices = ByChance(seed)
    case, program = made(choices)
    graph = case.graph()
    was = rests_on(case, program, graph)
    others = [build(case.vocabulary, changed_facts(choices, case), on=case.clock.today).graph]
    others += [graph.with_changes(supposed(choices, case, graph)) for _ in range(3)]
    for other in others:
        now = rests_on(case, program, other)
        assert {place for place, basis in now.items() if was.get(place) == basis} == stands_still(
            case, program, graph, other
        )


@given(SEEDS)
def test_the_same_basis_gives_the_same_verdict(seed: int) -> None:
    choices = ByChance(seed)
    case, program = made(choices)
    graph = case.graph()
    before, was = rests_on(case, program, graph), said(case, program, graph)
    others = [build(case.vocabulary, changed_facts(choices, case), on=case.clock.today).graph]
    others += [graph.with_changes(supposed(choices, case, graph)) for _ in range(4)]
    for other in others:
        after, now = rests_on(case, program, other), said(case, program, other)
        same = {place for place, said in before.items() if after.get(place) == said}
        assert unmoved(case, program, graph, other) <= same
        assert {place: was[place] for place in same} == {place: now[place] for place in same}


@given(SEEDS)
def test_the_kernels_of_many_walk_like_the_first(seed: int) -> None:
    choices = ByChance(seed)
    case, program = made(choices)
    graph = case.graph()
    few = basis.FEW
    try:
        basis.FEW = 0
        after_many = rests_on(case, program, graph)
    finally:
        basis.FEW = few
    assert after_many == rests_on(case, program, graph)


@given(SEEDS)
def test_files_and_the_order_of_facts_say_nothing(seed: int) -> None:
    choices = ByChance(seed)
    case, program = made(choices)
    elsewhere = [replace(fact, source=Source("another", "file.json:7")) for fact in shuffled(choices, case.facts)]
    other = compiled(case.vocabulary, [f"# moved\n{policy.text}" for policy in case.policies][::-1])
    graph = build(case.vocabulary, elsewhere, on=case.clock.today).graph
    assert rests_on(case, program, case.graph()) == rests_on(case, other, graph)


@given(SEEDS)
def test_what_lies_outside_of_a_footprint_moves_no_basis(seed: int) -> None:
    choices = ByChance(seed)
    case, program = made(choices)
    graph = case.graph()
    change = supposed(choices, case, graph)
    before = rests_on(case, program, graph)
    read = footprints(build_plan(program), probe_signatures(case.vocabulary))
    for (element, attribute), value in change.values.items():
        number = graph.number(element)
        cell = ("" if number is None else graph.kind(number), attribute)
        after = rests_on(case, program, graph.with_changes(Changes(values={(element, attribute): value})))
        moved = {key for (key, subject), said in before.items() if after[key, subject] != said}
        assert attribute == "lineage_complete" or all(cell in read[key].cells for key in moved)


# ---- evidence ----------------------------------------------------------------------------------------------------


def with_evidence(words: Vocabulary) -> Vocabulary:
    """The vocabulary with assessments, of the first kind."""
    subject, *_ = words.kinds
    attributes = words.kinds[subject].attributes
    kind = Kind("assessment", "assessments", {name: Attribute(name, attributes[name].type) for name in attributes})
    relation = Relation("assesses", ("assessment",), (subject,), complete=True)
    plurals = {**words.plurals, "assessments": "assessment"}
    return replace(
        words,
        kinds={**words.kinds, "assessment": kind},
        relations={**words.relations, "assesses": relation},
        plurals=plurals,
    )


def assessed(case: GeneratedCase, element: str) -> Iterator[Fact]:
    said_by = Source("a person")
    yield ElementFact("assessment-1", "assessment", said_by)
    yield AttributeFact("assessment-1", "tier", 2, said_by)
    yield EdgeFact("assessment-1", "assesses", element, said_by)


@given(SEEDS)
def test_recording_an_assessment_does_not_make_it_stale(seed: int) -> None:
    choices = ByChance(seed)
    case, _ = made(choices, checks=False)
    subject, *_ = case.vocabulary.kinds
    case = replace(case, vocabulary=with_evidence(case.vocabulary))
    asking = (
        f'policy asking "Asks"\nrule A "a"\n  for {subject}\n  require some assessment has tier >= 1\n'
        f'rule B "b"\n  for {subject}\n  require no assessment in the portfolio has tier > tier of {subject}\n'
    ).replace(f"tier of {subject}", f"{subject}.tier")
    program = compiled(case.vocabulary, [*(policy.text for policy in case.policies), asking])
    graph = case.graph()
    elements = [graph.ids[number] for number in graph.members[subject].tolist() if number not in graph.stubs]
    assume(elements)
    more = assessed(case, choices.pick(elements))
    later = build(case.vocabulary, [*case.facts, *more], on=case.clock.today).graph
    assert rests_on(case, program, later) == rests_on(case, program, graph)
    bases = Bases(Evaluation(program, graph, case.clock))
    assert ("asking", "A") in dict(bases.of(graph.members[subject].tolist()[0], "assessment", "dpia").rules)


def shuffled(choices: Choices, items: Sequence[Fact]) -> list[Fact]:
    rest, order = list(items), []
    while rest:
        order.append(rest.pop(choices.below(len(rest))))
    return order
