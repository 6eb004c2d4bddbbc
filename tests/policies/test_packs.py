"""Every pack that comes with the product: its register, its rules, their examples."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from functools import cache
from pathlib import Path

import pytest

from lexline.app.render.pack_page import pack_pages
from lexline.coverage import coverage
from lexline.evaluate.calls import CheckResults
from lexline.evaluate.verdict import Clock
from lexline.examples import ExamplesReport, run_examples
from lexline.lang.literate import format_policy
from lexline.mutation import mutate
from lexline.packs import Pack, find_packs
from lexline.plugin_manager import load_plugins
from lexline.project import Files, Rules, load_rules
from lexline_lineage.graph import Graph
from lexline_plugins.packs import lexline_packs

PACKS = [folder.name for folder in lexline_packs()]
DAY = date(2026, 11, 23)


def pack_of(name: str) -> Pack:
    (pack,) = find_packs([name], load_plugins().packs)
    return pack


@cache
def rules_of(name: str) -> Rules:
    """The pack as a project of its own, with the packs whose terms it uses."""
    return load_rules(Files(packs=(name,)), load_plugins())


@cache
def examples_of(name: str) -> ExamplesReport:
    rules, plugins = rules_of(name), load_plugins()

    def checks(graph: Graph, clock: Clock) -> CheckResults:
        return plugins.check_results(graph, clock)

    return run_examples(rules.program, rules.vocabulary, checks, DAY)


@pytest.mark.parametrize("name", PACKS)
def test_every_example_holds(name: str) -> None:
    failed = {result.example.title: result.failures for result in examples_of(name).results if result.failures}
    assert failed == {}
    assert rules_of(name).warnings == ()


@pytest.mark.parametrize("name", PACKS)
def test_every_rule_passes_fails_and_is_unknown_somewhere(name: str) -> None:
    seen: dict[str, set[str]] = defaultdict(set)
    for result in examples_of(name).results:
        for outcome in result.example.expected:
            seen[outcome.rule[1]].add(outcome.outcome)
    wanted = {"pass", "fail", "unknown"}
    assert {rule[1]: wanted - seen[rule[1]] for rule in rules_of(name).program.rules if wanted - seen[rule[1]]} == {}


@pytest.mark.parametrize("name", PACKS)
def test_every_rule_says_where_it_comes_from_and_what_to_do(name: str) -> None:
    for key, rule in rules_of(name).program.rules.items():
        assert key[0] == name
        assert rule.citations, key
        assert rule.explain is not None, key
        assert rule.remedy is not None, key


@pytest.mark.parametrize("name", PACKS)
def test_rules_are_in_force_from_a_day_of_what_they_cite(name: str) -> None:
    pack = pack_of(name)
    entries = {entry.id: entry for entry in (*pack.cites, *pack.covers)}
    for key, rule in rules_of(name).program.rules.items():
        cited = [entries[c.provision] for c in rule.citations]
        begins = {day for entry in cited for day in entry.dates()}
        ends = {entry.effective_to for entry in cited if entry.effective_to is not None}
        for line in rule.force:
            assert line.since is None or line.since in begins, (key, line.since, sorted(begins))
            assert line.until is None or line.until in ends, (key, line.until, sorted(ends))


@pytest.mark.parametrize("name", PACKS)
def test_layout_is_canonical(name: str) -> None:
    for path in pack_of(name).policies:
        text, canonical = format_policy(path)
        assert text == canonical, path.name


@pytest.mark.parametrize("name", PACKS)
def test_review_is_due_after_it_was_made(name: str) -> None:
    content = pack_of(name).content
    assert content.reviewed_on < content.review_due


@pytest.mark.parametrize("name", PACKS)
def test_every_provision_is_covered(name: str) -> None:
    rules = rules_of(name)
    found = coverage([pack_of(name)], rules.program, DAY, checks=load_plugins().signatures)
    assert [covered.entry.id for covered in found.missing] == []
    wanting = {rule.rule[1]: rule.wanted for covered in found.provisions for rule in covered.rules if rule.wanted}
    assert wanting == {}


def test_no_two_packs_cover_one_provision() -> None:
    ids = [entry.id for name in PACKS for entry in pack_of(name).covers]
    assert len(ids) == len(set(ids))


def test_the_pages_are_current() -> None:
    folder = Path(__file__).parents[2] / "docs" / "packs"
    pages = pack_pages()
    command = "python -m lexline.app.render.pack_page docs/packs"
    assert {path.stem: path.read_text("utf-8") for path in folder.glob("*.md")} == pages, f"write them again: {command}"


@pytest.mark.parametrize("name", PACKS)
def test_examples_notice_nine_of_ten_slips(name: str) -> None:
    rules = rules_of(name)
    others = {policy.id for policy in rules.program.policies} - {name}
    found = mutate(rules.program, rules.vocabulary, load_plugins().check_results, DAY, others)
    missed = [f"{mutant.name}: {mutant.change} ({mutant.span.line})" for mutant in found.missed]
    assert found.caught >= 0.9, missed
