"""Checks in this process: what they may see, what their failures become, and what a policy makes of those."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime

import pytest

from lexline.decision import Evaluation, decide, gate
from lexline.diagnostics import Source as Text
from lexline.evaluate.calls import CheckOutcome
from lexline.evaluate.check_runs import CheckRuns, RegisteredCheck, look_at, unknown_reads
from lexline.evaluate.check_view import Check, CheckView, UndeclaredReadError
from lexline.evaluate.verdict import Clock
from lexline.lang.compile import compile_policies
from lexline.lang.parse import parse
from lexline.lang.signatures import CheckSignature, Reads
from lexline_lineage.builder import build
from lexline_lineage.facts import AttributeFact, EdgeFact, ElementFact, Fact, Source
from lexline_lineage.graph import Graph
from lexline_lineage.values import Sort, Value, ValueType
from lexline_lineage.vocabulary_files import load_vocabulary

VOCABULARY = load_vocabulary("""
kinds:
  dataset: {attributes: {rows: number, owner: text}}
  model: {attributes: {owner: text}}
relations:
  trains: {from: [dataset, model], to: model, flow: forward}
""")
CLOCK = Clock(date(2026, 11, 22), datetime(2026, 11, 22, tzinfo=UTC))
READS = Reads({"dataset": ("rows",)}, ("trains",))


def graph() -> Graph:
    """Dataset a surely, and b possibly, trains model m, from which n is tuned."""
    source = Source("test")
    facts: list[Fact] = [ElementFact(name, "dataset", source) for name in "ab"]
    facts += [ElementFact(name, "model", source) for name in "mn"]
    facts += [AttributeFact("a", "rows", 5, source), AttributeFact("m", "owner", "x", source)]
    facts += [EdgeFact("a", "trains", "m", source), EdgeFact("b", "trains", "m", source, possible=True)]
    return build(VOCABULARY, [*facts, EdgeFact("m", "trains", "n", source)], CLOCK.today).graph


def fails_for_one(view: CheckView, elements: Sequence[str], arguments: Mapping[str, Value]) -> Sequence[CheckOutcome]:
    """Five for a, a failure for the others."""
    return [CheckOutcome(5.0) if element == "a" else CheckOutcome(failed="no luck") for element in elements]


def signature(kinds: tuple[str, ...] = ("dataset",), reads: Reads = READS) -> CheckSignature:
    return CheckSignature("test.one", kinds, (), ValueType(Sort.NUMBER), reads)


def runs(check: Check) -> CheckRuns:
    return CheckRuns(graph(), CLOCK, {check.signature.name: RegisteredCheck(check)})


def test_a_view_holds_what_was_declared_and_nothing_else() -> None:
    view = look_at(graph(), CLOCK, signature())
    assert (view.members, view.columns) == ({"dataset": ("a", "b")}, {("dataset", "rows"): (5.0, None)})
    assert view.edges == {"trains": ()}
    wider = look_at(graph(), CLOCK, signature(("model",)))
    assert wider.origins("trains", "m") == [("a", False), ("b", True)]
    assert wider.targets("trains", "m") == [("n", False)]
    assert wider.targets("trains", "n") == ()
    for read in (
        lambda: view.value("a", "owner"),
        lambda: view.value("m", "owner"),
        lambda: wider.value("m", "owner"),
        lambda: view.elements("model"),
        lambda: view.targets("tests", "a"),
        lambda: view.today,
        lambda: view.now,
    ):
        with pytest.raises(UndeclaredReadError):
            read()


def test_what_cannot_see_the_date_says_the_same_on_every_day() -> None:
    for today, until in ((False, date.max), (True, None)):
        reads = Reads(READS.attributes, READS.relations, today=today)
        outcomes = runs(Check(signature(reads=reads), fails_for_one)).outcomes("test.one", "dataset", ())
        assert [outcome.until for outcome in outcomes] == [until, until]


def test_a_check_that_the_vocabulary_does_not_fit_fails() -> None:
    reads = Reads({"dataset": ("rowz",), "job": ("name",)}, ("feeds",))
    assert unknown_reads(signature(reads=reads), VOCABULARY) == ("kind job", "dataset.rowz", "relation feeds")
    check = Check(signature(reads=reads), fails_for_one)
    failed = runs(check).outcomes("test.one", "dataset", ())[0].failed
    assert failed == "the check test.one failed: it reads kind job, which the vocabulary does not know"


def test_a_check_that_nobody_registered_is_a_mistake_of_the_program() -> None:
    with pytest.raises(LookupError, match=r"test\.two"):
        runs(Check(signature(), fails_for_one)).outcomes("test.two", "dataset", ())


POLICY = """
rule BOUND "A bound"
  for dataset
  require check test.one() <= 4
rule EITHER "The check or something else"
  for dataset
  require check test.one() <= 4 or (owner is missing)
rule BOTH "The check and something else"
  for dataset
  require check test.one() >= 1 and (owner is known)
"""


def test_a_failure_is_an_error_where_it_could_have_decided() -> None:
    check = Check(signature(), fails_for_one)
    file, _ = parse(Text("p.policy", POLICY))
    assert file is not None
    program, mistakes = compile_policies([file], VOCABULARY, checks={"test.one": check.signature}, settings={})
    assert program is not None
    assert not mistakes
    found = runs(check)
    evaluation = Evaluation(program, found.graph, CLOCK, found)
    report = decide(evaluation)
    verdicts = {(decision.rule[1], decision.element): decision for decision in report.decisions}
    assert {key: decision.verdict.value for key, decision in verdicts.items()} == {
        ("BOUND", "a"): "fail",
        ("BOUND", "b"): "error",
        ("EITHER", "a"): "pass",
        ("EITHER", "b"): "pass",
        ("BOTH", "a"): "fail",
        ("BOTH", "b"): "fail",
    }
    assert report.exit_status == 3
    number = found.graph.number("b")
    assert number is not None
    for decision in (verdicts["BOUND", "b"], gate(evaluation, number).decisions[0]):
        said = [fact.why for reason in decision.reasons for fact in reason.missing]
        assert said == ["the check test.one failed: no luck"]
