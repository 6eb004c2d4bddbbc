"""What explanations promise, on every case of the corpus: the facts cited are enough, the missing facts are those that
matter, and witnesses stand at the end of a path.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from itertools import pairwise

import pytest

from corpus import Case, cases
from lexline.decision import Evaluation, decide
from lexline.evaluate.explain import Explanation
from lexline.evaluate.explain_sets import LISTED
from lexline.evaluate.explanation import walk_nodes
from lexline.evaluate.interpret import Interpreter
from lexline.evaluate.verdict import Clock, Truth, Verdict
from lexline.lang.compile import compile_text
from lexline.lang.typed import Key, Program
from lexline.report_document import ReportDocument
from lexline_lineage.builder import build
from lexline_lineage.facts import AttributeFact, EdgeFact, ElementFact, Fact, Source
from lexline_lineage.graph import Graph
from lexline_lineage.values import Sort, ValueType
from lexline_lineage.vocabulary_files import load_builtin_vocabulary
from lexline_plugins.reporters.junit import render_junit
from lexline_plugins.reporters.markdown import render_markdown
from lexline_plugins.reporters.text import render_text
from probes import Probes, probe_signatures

ACCEPTED = [case for case in cases() if not case.error]
OPEN = (Verdict.UNKNOWN, Verdict.ERROR)
READS_ABSENCE = re.compile(
    r"is known|is missing|is not known|is not missing|otherwise|if none|is done within|passes|check "
)
SAMPLES: dict[Sort, tuple[object, ...]] = {
    Sort.BOOLEAN: (True, False),
    Sort.TEXT: ("risk", "other"),
    Sort.NUMBER: (0, 3),
    Sort.PERCENTAGE: (0.0, 1.0),
    Sort.DATE: ("2026-11-01", "2020-01-01"),
    Sort.MOMENT: ("2026-11-01T00:00Z", "2020-01-01T00:00Z"),
    Sort.DURATION: ("1 day", "10 years"),
}


def every_case(**only: bool) -> pytest.MarkDecorator:
    """All accepted cases; ``absence=False``: without those whose policies read that something is missing;
    ``checks=False``: without those that call checks, which read facts of their own."""
    chosen = [
        case
        for case in ACCEPTED
        if (only.get("absence", True) or not READS_ABSENCE.search(case.policy))
        and (only.get("checks", True) or "check probe" not in case.policy)
    ]
    return pytest.mark.parametrize("case", chosen, ids=lambda case: case.place)


@every_case(checks=False)
@pytest.mark.parametrize("listed", [None, 1])
def test_the_facts_cited_are_enough(case: Case, listed: int | None) -> None:
    program, graph = _program(case), _graph(case, case.facts)
    for key, number in _asked(program, graph):
        explanation = _interpreter(case, program, graph).explain(key, number, listed=listed)
        cited, edges = explanation.cited(), explanation.cited_edges()
        kept = [
            fact
            for fact in case.facts
            if isinstance(fact, ElementFact)
            or (isinstance(fact, AttributeFact) and (fact.element, fact.attribute) in cited)
            or (isinstance(fact, EdgeFact) and (fact.origin, fact.relation, fact.target) in edges)
        ]
        stubs = [ElementFact(graph.ids[n], graph.kind(n), Source("stub")) for n in graph.stubs]
        smaller = _graph(case, (*kept, *stubs))
        again = smaller.number(graph.ids[number])
        assert again is not None
        decision = _interpreter(case, program, smaller).decide(key, again, reasons=False)
        found, wanted = (
            (decision.verdict, decision.underlying),
            (
                explanation.decision.verdict,
                explanation.decision.underlying,
            ),
        )
        assert found == wanted, f"{case.title}: {key[1]} for {graph.ids[number]} by {sorted(cited)}, {sorted(edges)}"


@every_case()
def test_reasons_are_those_of_the_whole_explanation(case: Case) -> None:
    program, graph = _program(case), _graph(case, case.facts)
    lasting = _interpreter(case, program, graph)
    for key, number in _asked(program, graph):
        explanation = _interpreter(case, program, graph).explain(key, number, listed=LISTED)
        assert lasting.decide(key, number) == explanation.decision, f"{case.title}: {key[1]} for {graph.ids[number]}"


@every_case()
def test_reasons_say_what_made_the_verdict(case: Case) -> None:
    program, graph = _program(case), _graph(case, case.facts)
    for key, number in _asked(program, graph):
        decision = _interpreter(case, program, graph).decide(key, number)
        place = f"{case.title}: {key[1]} for {decision.element} is {decision.verdict}"
        made = {
            Verdict.NOT_APPLICABLE: ("for", Truth.FALSE),
            Verdict.EXEMPT: ("except", Truth.TRUE),
            Verdict.FAIL: ("require", Truth.FALSE),
        }.get(decision.verdict)
        if decision.verdict is Verdict.PASS:
            assert not decision.reasons, place
        elif made is not None:
            assert (decision.reasons[0].role, decision.reasons[0].truth) == made, place
            assert not any(r.missing for r in decision.reasons if r.truth in (Truth.TRUE, Truth.FALSE)), place
        else:
            assert any(reason.missing for reason in decision.reasons), place
        if decision.verdict is Verdict.ERROR:
            assert any(reason.truth is Truth.FAILED for reason in decision.reasons), place


@every_case(absence=False)
def test_what_is_missing_and_not_named_makes_no_difference(case: Case) -> None:
    program, graph = _program(case), _graph(case, case.facts)
    for key, number in _asked(program, graph):
        decision = _interpreter(case, program, graph).decide(key, number)
        if decision.verdict not in OPEN:
            continue
        named = {(gap.element, gap.attribute) for reason in decision.reasons for gap in reason.missing}
        for variant in (0, 1):
            given = tuple(_unnamed_facts(graph, named, variant))
            richer = _graph(case, (*case.facts, *given))
            again = richer.number(decision.element)
            assert again is not None
            found = _interpreter(case, program, richer).decide(key, again, reasons=False).verdict
            assert found in OPEN, f"{case.title}: {key[1]} for {decision.element} given {given}"


@every_case()
def test_witnesses_stand_at_the_end_of_a_path(case: Case) -> None:
    program, graph = _program(case), _graph(case, case.facts)
    joined = {
        frozenset((graph.ids[number], graph.ids[other]))
        for adjacency in graph.along.values()
        for number in range(len(graph.ids))
        for other, _ in adjacency.row(number)
    }
    for key, number in _asked(program, graph):
        for node in walk_nodes(_explain(case, program, graph, key, number).nodes):
            witness = node.witness
            if witness is None or witness.kind == "value":
                continue
            assert witness.path[-1] == witness.element
            assert all(frozenset(step) in joined for step in pairwise(witness.path)), f"{case.title}: {witness}"


LISTS = """
policy p "P"
rule SOME "." for model where some upstream dataset
  require owner is known
rule NO "." for model
  require no upstream dataset has owner is missing
rule SEVEN "." for model where at least 7 upstream datasets
  require owner is known
rule FEW "." for model
  require at most 6 upstream datasets
rule UNKNOWN "." for model
  require every upstream dataset has owner = "x"
"""


def test_reasons_list_the_nearest_members_that_show_a_part_and_count_the_others() -> None:
    evaluation = _chain()
    number = evaluation.number("m")
    assert number is not None
    interpreter = Interpreter(evaluation.program, evaluation.graph, evaluation.clock)
    listed = {}
    for key in evaluation.program.rules:
        reasons = interpreter.decide(key, number).reasons
        listed[key[1]] = [("".join(w.element for w in r.witnesses), r.further) for r in reasons if r.witnesses]
    assert listed == {
        "SOME": [("zyxwv", 4)],
        "NO": [("zyxwv", 4)],
        "SEVEN": [("zyxwvut", 2)],
        "FEW": [("zyxwvut", 2)],
        "UNKNOWN": [("rstuvwxyz", 0)],
    }


def test_every_form_of_a_report_says_how_many_more_there_are() -> None:
    report = decide(_chain())
    for render in (render_text, render_markdown, render_junit):
        assert render(report).count("and 4 more") == 2
    entries = {entry.rule: entry for entry in ReportDocument.of(report).verdicts}
    assert [reason.further for reason in entries["SOME"].reasons] == [0, 4]
    assert [reason.further for reason in entries["UNKNOWN"].reasons] == [0]


def _chain() -> Evaluation:
    """A model made of z, which is made of y, and so on to r: the names run against the distance."""
    vocabulary, said = load_builtin_vocabulary(), Source("test")
    program, found = compile_text(LISTS, vocabulary)
    assert not found
    facts: list[Fact] = [ElementFact("m", "model", said)]
    before = "m"
    for name in reversed("rstuvwxyz"):
        relation = "trains" if before == "m" else "derived_into"
        facts += [ElementFact(name, "dataset", said), EdgeFact(name, relation, before, said)]
        before = name
    facts.append(AttributeFact("r", "lineage_complete", True, said))
    graph = build(vocabulary, facts, on=date(2026, 11, 1)).graph
    return Evaluation(program, graph, Clock(date(2026, 11, 1)))


def _unnamed_facts(graph: Graph, named: set[tuple[str, str]], variant: int) -> Iterator[Fact]:
    for kind, numbers in graph.members.items():
        for number in numbers.tolist():
            element = graph.ids[number]
            for attribute in graph.vocabulary.kinds[kind].attributes.values():
                asked = {(element, attribute.name)}
                if attribute.name == "lineage_complete":
                    asked.add((element, "inputs"))
                if number in graph.stubs or graph.value(number, attribute.name) is not None or asked & named:
                    continue
                values = _samples(attribute.type)
                if values:
                    yield AttributeFact(element, attribute.name, values[variant % len(values)], Source("given"))


def _samples(type: ValueType) -> tuple[object, ...]:  # noqa: A002  # the word of the domain
    if type.sort is Sort.ENUMERATION:
        return (type.symbols[0], type.symbols[-1])
    return SAMPLES.get(type.sort, ())


def _program(case: Case) -> Program:
    program, found = compile_text(case.policy, case.vocabulary, checks=probe_signatures(case.vocabulary))
    assert not found
    return program


def _graph(case: Case, facts: tuple[Fact, ...]) -> Graph:
    return build(case.vocabulary, facts, on=case.clock.today).graph


def _interpreter(case: Case, program: Program, graph: Graph) -> Interpreter:
    return Interpreter(program, graph, case.clock, Probes(graph))


def _explain(case: Case, program: Program, graph: Graph, key: Key, number: int) -> Explanation:
    return _interpreter(case, program, graph).explain(key, number)


def _asked(program: Program, graph: Graph) -> Iterator[tuple[Key, int]]:
    for key, rule in program.rules.items():
        for number in graph.members[rule.kind].tolist():
            yield key, number


BULLETS = """policy house
rule BULLETS "A model is ready"
  for model
  require all of
    - owner is known
    - any of
      - risk_tier = low
      - risk_tier = medium
    - intended_use is known
"""


@pytest.mark.parametrize(
    ("owner", "tier", "clause", "line"),
    [
        ("risk", "high", "any of (risk_tier = low; risk_tier = medium)", 6),
        (None, "low", "owner is known", 5),
        (
            None,
            "high",
            "all of (owner is known; any of (risk_tier = low; risk_tier = medium); intended_use is known)",
            4,
        ),
    ],
)
def test_a_reason_names_the_bullet_that_decides(owner: str | None, tier: str, clause: str, line: int) -> None:
    vocabulary = load_builtin_vocabulary()
    program, found = compile_text(BULLETS, vocabulary)
    assert not found
    values = {"owner": owner, "risk_tier": tier, "intended_use": "lending"}
    here = Source("here")
    facts = [AttributeFact("credit", key, value, here) for key, value in values.items() if value is not None]
    graph = build(vocabulary, (ElementFact("credit", "model", here), *facts), on=date(2026, 11, 1)).graph
    decision = Interpreter(program, graph, Clock.of(date(2026, 11, 1))).decide(("house", "BULLETS"), 0)
    assert [(reason.clause, reason.line) for reason in decision.reasons if reason.role == "require"] == [(clause, line)]


@pytest.mark.parametrize(
    ("norms", "evidence"),
    [
        ([], ("no judgement is recorded",)),
        (["N-2"], ("1 judgement is recorded, none of this sort",)),
        (["N-2", "N-3"], ("2 judgements are recorded, none of this sort",)),
        (["N-1"], ()),
    ],
)
def test_a_reason_says_that_a_set_is_empty(norms: list[str], evidence: tuple[str, ...]) -> None:
    vocabulary = load_builtin_vocabulary()
    policy = """policy house
rule JUDGED "A model is judged"
  for model
  require the latest judgement by decided_on where norm = "N-1" has finding = met
"""
    program, found = compile_text(policy, vocabulary)
    assert not found
    here = Source("here")
    facts: list[Fact] = [ElementFact("credit", "model", here)]
    for norm in norms:
        facts += [ElementFact(norm, "judgement", here), EdgeFact(norm, "judges", "credit", here)]
        facts += [AttributeFact(norm, "norm", norm, here), AttributeFact(norm, "finding", "not-met", here)]
        facts.append(AttributeFact(norm, "decided_on", "2026-10-01", here))
    graph = build(vocabulary, tuple(facts), on=date(2026, 11, 1)).graph
    number = graph.number("credit")
    assert number is not None
    decision = Interpreter(program, graph, Clock.of(date(2026, 11, 1))).decide(("house", "JUDGED"), number)
    assert decision.verdict is Verdict.FAIL
    assert [reason.evidence for reason in decision.reasons if reason.role == "require"] == [evidence]
