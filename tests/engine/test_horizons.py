"""What the horizon decides again, and what it says of rules that it has to decide on every day."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from datetime import date

from lexline.decision import Evaluation
from lexline.evaluate.calls import CheckOutcome
from lexline.evaluate.check_runs import CheckRuns
from lexline.evaluate.verdict import Clock
from lexline.horizons import Horizon, horizon
from lexline.lang.compile import compile_text
from lexline.plugin_manager import load_plugins
from lexline_lineage.builder import build
from lexline_lineage.facts import AttributeFact, EdgeFact, ElementFact, Fact, Source
from lexline_lineage.graph import Graph
from lexline_lineage.values import Value
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
rule LATE "a day late at most" for model require (trained_on otherwise today) + 1 days >= today
rule YEARLY "once a year" for model require today - 11 months <= the last 30 June
"""


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
    found.append(AttributeFact("m", "owner", "Jo", SOURCE, until=date(2026, 10, 31)))
    found.append(AttributeFact("d", "owner", "Jo", SOURCE, since=date(2026, 11, 11)))
    for name, rate in (("a", 0.5), ("b", 0.7)):
        observed: dict[str, object] = {"metric": "selection_rate", "attribute": "area", "group": name, "value": rate}
        observed |= {"count": 99, "observed_on": "2026-08-20"}
        found += [AttributeFact(name, attribute, value, SOURCE) for attribute, value in observed.items()]
        found.append(EdgeFact(name, "measures", "m", SOURCE))
    return found


def ahead(*rules: str) -> Horizon:
    program, mistakes = compile_text(POLICY, VOCABULARY, checks=PLUGINS.signatures)
    assert not mistakes
    said = facts()
    graphs: dict[date, Graph] = {}
    Counting.asked.clear()

    def on(day: date) -> Evaluation:
        built = build(VOCABULARY, said, day)
        graph = graphs.setdefault(built.first, built.graph)
        runs = PLUGINS.check_results(graph, Clock(day))
        checks = Counting(**{part.name: getattr(runs, part.name) for part in dataclasses.fields(runs) if part.init})
        return Evaluation(program, graph, Clock(day), checks, facts_until=built.last)

    return horizon(on, START, UNTIL, rules=[("p", rule) for rule in rules], checks=PLUGINS.signatures)


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


def test_rules_that_nobody_can_foresee_are_named_with_the_reason() -> None:
    found = ahead("FRESH", "LATE", "OWNED", "PARITY")
    assert turns(found) == [("2026-09-20", "FRESH"), ("2026-11-01", "OWNED"), ("2026-11-19", "PARITY")]
    assert {key[1]: reasons for key, reasons in found.daily.items()} == {
        "FRESH": ("the check evidence.freshness reads the date and does not say until when its answers hold",),
        "LATE": ("it compares the date with what changes with the date, too",),
    }
    assert found.evaluated == 366


def test_a_day_of_each_year_is_no_reason_to_look_every_day() -> None:
    found = ahead("YEARLY")
    assert turns(found) == [("2027-06-01", "YEARLY"), ("2027-06-30", "YEARLY")]
    assert found.daily == {}
