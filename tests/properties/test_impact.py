"""What ``impact`` finds is what a comparison of two full evaluations finds."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from choices import ByChance, Choices
from generated_cases import GeneratedCase, RefusedError, compiled, generate
from generated_changes import changed_facts, supposed
from generated_edits import edited, renamed
from generated_policy import policies
from generated_waivers import waivers
from lexline.decision import Evaluation, decide
from lexline.evaluate import columns, paints
from lexline.evaluate.verdict import Clock, Verdict
from lexline.impact_causes import tell_flips
from lexline.impact_undoing import Undoing
from lexline.impacts import Impact, Impacts, RuleChanges
from lexline.lang.typed import Key, Program
from lexline.plan.footprint import footprints
from lexline.plan.planned import plan_of
from lexline_lineage.builder import build
from lexline_lineage.difference import difference
from lexline_lineage.facts import Fact
from lexline_lineage.graph import Graph
from lexline_lineage.overlay import Changes
from lexline_lineage.supposed_files import read_supposed
from outcomes import Outcome
from probes import Probes, probe_signatures

SEEDS = st.integers(0, 2**48)
Pair = tuple[Outcome | None, Outcome | None]


def made(choices: Choices) -> tuple[GeneratedCase, Program]:
    case = generate(choices)
    try:
        return case, case.program()
    except RefusedError:
        assume(False)
        raise


def evaluation(case: GeneratedCase, program: Program, graph: Graph) -> Evaluation:
    return Evaluation(program, graph, case.clock, Probes(graph))


def said(side: Evaluation) -> dict[Key, dict[str, Outcome]]:
    """What every rule says of the elements that it applies to, after waivers."""
    rules: dict[Key, dict[str, Outcome]] = {}
    for decision in decide(side, reasons=0).decisions:
        if decision.verdict is not Verdict.NOT_APPLICABLE:
            outcome = Outcome(decision.verdict, decision.underlying, decision.phase)
            rules.setdefault(decision.rule, {})[decision.element] = outcome
    return rules


def compared(old: Evaluation, new: Evaluation) -> dict[tuple[Key, str], Pair]:
    """The verdicts that differ, by two full evaluations."""
    return differing(said(old), said(new))


def differing(*both: dict[Key, dict[str, Outcome]]) -> dict[tuple[Key, str], Pair]:
    """The verdicts that differ on two sides."""
    places = {(key, element) for rules in both for key, found in rules.items() for element in found}
    pairs = {(key, element): tuple(rules.get(key, {}).get(element) for rules in both) for key, element in places}
    return {place: (a, b) for place, (a, b) in pairs.items() if a != b}


def found(moved: Impact) -> dict[tuple[Key, str], Pair]:
    flips = {}
    for flip in moved.flips:
        pair = (flip.before, flip.after)
        flips[flip.rule, flip.element] = tuple(
            None if side is None else Outcome(side.verdict, side.underlying, side.phase) for side in pair
        )
    assert len(flips) == len(moved.flips)
    return {place: (a, b) for place, (a, b) in flips.items()}


@contextmanager
def eager() -> Iterator[None]:
    """Takes the ways of large portfolios in small ones: paints again what moved, and never all."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(paints, "PART", 1)
        patch.setattr(columns, "FEW", 1_000)
        yield


def check(case: GeneratedCase, old: Evaluation, new: Evaluation) -> Impact:
    asked = Impacts(old, checks=probe_signatures(case.vocabulary))
    moved, expected = asked.of(new), compared(old, new)
    assert found(moved) == expected
    with eager():  # and of one that has decided before
        assert found(asked.of(new)) == expected
    return moved


@given(SEEDS)
def test_other_facts(seed: int) -> None:
    choices = ByChance(seed)
    case, program = made(choices)
    later = build(case.vocabulary, changed_facts(choices, case), on=case.clock.today).graph
    check(case, evaluation(case, program, case.graph()), evaluation(case, program, later))


@given(SEEDS)
def test_supposed_facts(seed: int) -> None:
    choices = ByChance(seed)
    case, program = made(choices)
    graph = case.graph()
    old, new = evaluation(case, program, graph), graph.with_changes(supposed(choices, case, graph))
    check(case, old, evaluation(case, program, new))
    again = (
        new.with_changes(supposed(choices, case, new)) if any(len(members) for members in new.members.values()) else new
    )
    check(case, evaluation(case, program, new), evaluation(case, program, again))
    check(case, evaluation(case, program, again), old)


@given(SEEDS)
def test_facts_that_were_put_together_apart(seed: int) -> None:
    choices = ByChance(seed)
    case, program = made(choices)
    graph = case.graph()
    old = graph.with_changes(supposed(choices, case, graph)) if choices.chance(50) else graph
    facts = shuffled(choices, replace(case, facts=changed_facts(choices, case)).facts)
    new = build(case.vocabulary, facts, on=case.clock.today).graph
    if choices.chance(50) and any(len(members) for members in new.members.values()):
        new = new.with_changes(supposed(choices, case, new))
    sides = evaluation(case, program, old), evaluation(case, program, new)
    every_cause_did_it(check(case, *sides))
    check(case, *sides[::-1])


@given(SEEDS)
def test_other_rules_and_dates(seed: int) -> None:
    choices = ByChance(seed)
    case, program = made(choices)
    other = replace(case, policies=(*case.policies[:1], *policies(choices, case.vocabulary, case.clock.today)[1:]))
    try:
        changed = other.program()
    except RefusedError:
        assume(False)
    graph = case.graph()
    later = graph.with_changes(supposed(choices, case, graph)) if choices.chance(50) else graph
    check(case, evaluation(case, program, graph), evaluation(case, changed, later))


@given(SEEDS)
def test_what_lies_outside_of_all_footprints_moves_nothing(seed: int) -> None:
    choices = ByChance(seed)
    case, program = made(choices)
    graph = case.graph()
    read = footprints(plan_of(program), probe_signatures(case.vocabulary)).values()
    cells = {cell for one in read for cell in one.cells}
    change = supposed(choices, case, graph)
    kinds = {
        element: graph.kind(number) for element, _ in change.values if (number := graph.number(element)) is not None
    }
    values = {
        place: value
        for place, value in change.values.items()
        if (kinds[place[0]], place[1]) not in cells and place[1] != "lineage_complete"
    }
    assume(values)
    later = graph.with_changes(Changes(values=values))
    assert check(case, evaluation(case, program, graph), evaluation(case, program, later)).decided == 0


@given(SEEDS)
def test_the_difference_of_graphs_is_empty_only_for_the_same(seed: int) -> None:
    choices = ByChance(seed)
    case, _ = made(choices)
    graph = case.graph()
    assert not difference(graph, case.graph())
    assert not difference(graph, build(case.vocabulary, shuffled(choices, case.facts), on=case.clock.today).graph)
    later = build(case.vocabulary, changed_facts(choices, case), on=case.clock.today).graph
    assert bool(difference(graph, later)) is (graph.digest != later.digest)


def shuffled(choices: Choices, items: Sequence[Fact]) -> list[Fact]:
    rest, order = list(items), []
    while rest:
        order.append(rest.pop(choices.below(len(rest))))
    return order


@given(SEEDS)
def test_layout_moves_nothing(seed: int) -> None:
    choices = ByChance(seed)
    case, program = made(choices)
    texts = []
    for policy in case.policies:
        uses = [text for text in policy.declarations if text.startswith("use ")]
        rest = [f"# a word about it\n{text}\n\n" for text in policy.declarations if not text.startswith("use ")]
        texts.append("\n\n".join((policy.head, *uses, *reversed(rest))))
    other = compiled(case.vocabulary, texts[::-1])
    graph = case.graph()
    said = check(case, evaluation(case, program, graph), evaluation(case, other, graph))
    assert (said.rules, said.decided) == (RuleChanges(), 0)


@given(SEEDS)
def test_rules_of_other_names_are_compared_with_what_they_were(seed: int) -> None:
    choices = ByChance(seed)
    case, program = made(choices)
    other, graph = renamed(choices, program), case.graph()
    assume(len(other.rules) == len(program.rules))
    later = graph.with_changes(supposed(choices, case, graph)) if choices.chance(50) else graph
    old, new = evaluation(case, program, graph), evaluation(case, other, later)
    if choices.chance(50):
        given_waivers = waivers(choices, case, program, graph)
        old, new = replace(old, waivers=given_waivers), replace(new, waivers=given_waivers)
    moved = Impacts(old, checks=probe_signatures(case.vocabulary)).of(new)
    rules = moved.rules
    assert (rules.added, rules.removed, rules.changed) == ((), (), ())
    assert {*rules.renamed.values()} == program.rules.keys() - other.rules.keys()
    both = said(old), {rules.earlier(key): verdicts for key, verdicts in said(new).items()}
    flips = {(rules.earlier(key), element): pair for (key, element), pair in found(moved).items()}
    assert flips == differing(*both)
    assert old.waivers or later is not graph or (flips, moved.decided) == ({}, 0)
    every_cause_did_it(moved)


@given(SEEDS)
def test_waivers_begin_and_end(seed: int) -> None:
    choices = ByChance(seed)
    case, program = made(choices)
    graph = case.graph()
    given_waivers = waivers(choices, case, program, graph)
    later = graph.with_changes(supposed(choices, case, graph)) if choices.chance(50) else graph
    old = replace(evaluation(case, program, graph), waivers=given_waivers)
    new = replace(evaluation(case, program, later), waivers=given_waivers)
    if choices.chance(50):
        new = replace(new, waivers=waivers(choices, case, program, graph))
    if choices.chance(30):
        new = replace(new, clock=Clock(case.clock.today + timedelta(days=choices.integer(1, 40))))
    every_cause_did_it(check(case, old, new))


@given(SEEDS)
def test_a_named_cause_did_it(seed: int) -> None:
    choices = ByChance(seed)
    case, program = made(choices)
    graph = case.graph()
    later = graph.with_changes(supposed(choices, case, graph))
    every_cause_did_it(check(case, evaluation(case, program, graph), evaluation(case, program, later)))
    other = edited(choices, program)
    every_cause_did_it(check(case, evaluation(case, program, graph), evaluation(case, other, graph)))


def every_cause_did_it(moved: Impact) -> None:
    """Taking one cause back takes the flip back; or all of them, where the text says that it takes all."""
    undoing = Undoing(moved.old, moved.new)
    for told in tell_flips(moved, moved.flips[:8]):
        assert told.causes
        assert told.complete
        place = told.flip.rule, told.flip.element, told.flip.before
        alone = [undoing.undoes([cause.change], *place) for cause in told.causes]
        assert not any(alone) if told.together else all(alone)
        assert undoing.undoes({cause.change for cause in told.causes}, *place) or not told.together


@given(SEEDS)
def test_a_file_of_supposed_facts_does_what_it_says(seed: int) -> None:
    choices = ByChance(seed)
    case, program = made(choices)
    graph = case.graph()
    change = supposed(choices, case, graph)
    later = graph.with_changes(change)
    old = evaluation(case, program, graph)
    with TemporaryDirectory() as folder:
        path = Path(folder) / "supposed.json"
        path.write_text(json.dumps(as_file(graph, change)))
        read = read_supposed(path, graph, case.clock.today, old.number)
    assert graph.with_changes(read).digest == later.digest
    check(case, old, old.supposing(read))


def as_file(graph: Graph, change: Changes) -> dict[str, Any]:
    """Changes as a file says them."""
    nodes: dict[str, dict[str, Any]] = {e: {"kind": kind} for e, kind in change.kinds.items() if kind is not None}
    without: dict[str, Any] = {"nodes": [e for e, kind in change.kinds.items() if kind is None], "values": {}}
    for (element, attribute), value in change.values.items():
        number = graph.number(element)
        if value is None:
            without["values"].setdefault(element, []).append(attribute)
        else:
            kind = "" if number is None else graph.kind(number)
            nodes.setdefault(element, {"kind": kind})[attribute] = value
    without["edges"] = [list(edge) for edge, flag in change.edges.items() if flag is None]
    edges = [[*edge, *(["possible"] if flag else [])] for edge, flag in change.edges.items() if flag is not None]
    return {"nodes": nodes, "edges": edges, "without": without}
