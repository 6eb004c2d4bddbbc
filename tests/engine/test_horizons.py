"""What the horizon decides again, and what it says of rules that it has to decide on every day."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from lexline.decision import Evaluation
from lexline.evaluate.calls import CheckOutcome
from lexline.evaluate.check_runs import CheckRuns, RegisteredCheck
from lexline.evaluate.check_view import Check, CheckView
from lexline.evaluate.verdict import Clock
from lexline.horizons import Horizon, horizon
from lexline.lang.compile import compile_text
from lexline.lang.signatures import CheckSignature, Reads
from lexline.plugin_manager import load_plugins
from lexline_lineage.builder import build
from lexline_lineage.facts import AttributeFact, EdgeFact, ElementFact, Fact, Source
from lexline_lineage.graph import Graph
from lexline_lineage.values import Sort, Value, ValueType
from lexline_lineage.vocabulary_files import load_builtin_vocabulary

PLUGINS = load_plugins()
VOCABULARY = load_builtin_vocabulary()
SOURCE = Source("test")
START, UNTIL = date(2026, 9, 3), date(2027, 9, 3)
POLICY = """
policy p "p" version 1
rule FILLED "the card is filled" for model require check documents.completeness(template: {"purpose"}) >= 100%
rule PARITY "groups fare alike" for model require check fairness.selection-rate-gap(by: "area", window: 90 days) <= 10%
rule FRESH "the evidence is fresh" for model require check evidence.freshness(kind: observation) <= 30 days
rule OWNED "somebody owns it" for model require owner is known
rule NAMED "somebody owns the data" for dataset require owner is known
rule FRESHER "a dataset is used of which the evidence is fresh" for dataset
  require some downstream model as user has (check evidence.freshness(kind: observation) < 84 days)
rule SHUT "it is a Sunday" for model require check test.sunday()
rule LATE "a day late at most" for model require (trained_on otherwise today) + 1 days >= today
rule YEARLY "once a year" for model require today - 11 months <= the last 30 June
"""


SUNDAY = CheckSignature("test.sunday", ("model",), (), ValueType(Sort.BOOLEAN), Reads(today=True))


def sundays(view: CheckView, elements: Sequence[str], _: Mapping[str, Value]) -> Sequence[CheckOutcome]:
    """Whether it is a Sunday, and not until when."""
    return [CheckOutcome(view.today.isoweekday() == 7)] * len(elements)


class Counting(CheckRuns):
    """Notes on which days a check was asked."""

    asked: list[tuple[str, date]] = []  # noqa: RUF012  # of the whole test

    def outcomes(
        self, check: str, kind: str, arguments: tuple[tuple[str, Value | None], ...]
    ) -> Sequence[CheckOutcome]:
        """As it is."""
        self.asked.append((check, self.clock.today))
        return super().outcomes(check, kind, arguments)


def facts() -> list[Fact]:
    found: list[Fact] = [ElementFact("m", "model", SOURCE), ElementFact("d", "dataset", SOURCE)]
    found += [ElementFact(name, "observation", SOURCE) for name in "ab"]
    found.append(AttributeFact("m", "card", {"purpose": "credit"}, SOURCE))
    found.append(EdgeFact("d", "trains", "m", SOURCE))
    found.append(AttributeFact("m", "owner", "Jo", SOURCE, until=date(2026, 10, 31)))
    found.append(AttributeFact("d", "owner", "Jo", SOURCE, since=date(2026, 11, 11)))
    for name, rate in (("a", 0.5), ("b", 0.7)):
        observed: dict[str, object] = {"metric": "selection_rate", "attribute": "area", "group": name, "value": rate}
        observed |= {"count": 99, "observed_on": "2026-08-20"}
        found += [AttributeFact(name, attribute, value, SOURCE) for attribute, value in observed.items()]
        found.append(EdgeFact(name, "measures", "m", SOURCE))
    return found


def ahead(*rules: str) -> Horizon:
    signatures = {**PLUGINS.signatures, SUNDAY.name: SUNDAY}
    program, mistakes = compile_text(POLICY, VOCABULARY, checks=signatures)
    assert not mistakes
    said = facts()
    graphs: dict[date, Graph] = {}
    Counting.asked.clear()

    def on(day: date) -> Evaluation:
        built = build(VOCABULARY, said, day)
        graph = graphs.setdefault(built.first, built.graph)
        runs = PLUGINS.check_results(graph, Clock(day))
        known = {**runs.checks, SUNDAY.name: RegisteredCheck(Check(SUNDAY, sundays))}
        checks = Counting(graph, Clock(day), known)
        return Evaluation(program, graph, Clock(day), checks, facts_until=built.last)

    return horizon(on, START, UNTIL, rules=[("p", rule) for rule in rules], checks=signatures)


def turns(found: Horizon) -> list[tuple[str, str]]:
    return [(str(at.day), told.flip.rule[1]) for at in found.dates for told in at.turns]


def test_what_a_change_of_facts_cannot_reach_is_not_decided_again() -> None:
    found = ahead("FILLED", "OWNED", "NAMED")
    assert turns(found) == [("2026-11-01", "OWNED"), ("2026-11-11", "NAMED")]
    assert (found.evaluated, found.daily) == (3, {})
    assert set(Counting.asked) == {("documents.completeness", START)}


def test_a_check_that_says_until_when_is_asked_on_its_dates_only() -> None:
    found = ahead("PARITY")
    assert turns(found) == [("2026-11-19", "PARITY")]
    assert found.daily == {}
    assert {day for _, day in Counting.asked} <= {START, date(2026, 11, 1), date(2026, 11, 11), date(2026, 11, 19)}


def test_an_age_is_searched_for_the_day_on_which_it_is_too_old() -> None:
    found = ahead("FRESH", "FRESHER")
    assert turns(found) == [("2026-09-20", "FRESH"), ("2026-11-12", "FRESHER")]
    assert found.daily == {}
    assert len({day for _, day in Counting.asked}) <= 5


def test_rules_that_nobody_can_foresee_are_named_with_the_reason() -> None:
    found = ahead("SHUT", "LATE", "OWNED", "PARITY")
    assert [turn for turn in turns(found) if turn[1] != "SHUT"] == [("2026-11-01", "OWNED"), ("2026-11-19", "PARITY")]
    assert len(turns(found)) == 2 + 2 * 52
    assert {key[1]: reasons for key, reasons in found.daily.items()} == {
        "SHUT": ("the check test.sunday reads the date and does not say until when its answers hold",),
        "LATE": ("it compares the date with what changes with the date, too",),
    }
    assert found.evaluated == 366


def test_a_day_of_each_year_is_no_reason_to_look_every_day() -> None:
    found = ahead("YEARLY")
    assert turns(found) == [("2027-06-01", "YEARLY"), ("2027-06-30", "YEARLY")]
    assert found.daily == {}
