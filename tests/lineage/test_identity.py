"""Joining: the cases of the corpus, and what holds whatever the facts are."""

from __future__ import annotations

from pathlib import Path
from random import Random
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from lexline_lineage.facts import AliasFact, AttributeFact, EdgeFact, ElementFact, Fact, Source, Strength
from lexline_lineage.identity import Joined, join
from lexline_lineage.identity_rules import IdentityRules, Template, read_identity_rules
from lexline_lineage.problems import LineageError
from shown import fact_of_line, shown_fact

CORPUS = Path(__file__).parents[1] / "corpus" / "identity"
CASES = yaml.safe_load((CORPUS / "joins.yaml").read_text("utf-8"))


def rules_of(text: str, folder: Path) -> IdentityRules:
    (folder / "identity.yaml").write_text(text, "utf-8")
    return read_identity_rules(folder / "identity.yaml")


@pytest.mark.parametrize("case", CASES, ids=[case["case"] for case in CASES])
def test_case(case: dict[str, Any], tmp_path: Path) -> None:
    facts = [fact_of_line(line, source) for source, lines in case["sources"].items() for line in lines]
    joined = join(facts, rules_of(case["rules"], tmp_path) if "rules" in case else None)
    shown = [shown_fact(fact) for fact in joined.facts]
    assert [line for line in case.get("facts", []) if line not in shown] == []
    assert [line for line in case.get("absent", []) if line in shown] == []
    assert {name: joined.ids.get(name, name) for name in case.get("ids", {})} == case.get("ids", {})
    for sort, links in (("possible", joined.possible), ("hints", joined.hints)):
        if sort in case:
            assert [[link.one, link.other] for link in links] == case[sort]
    assert len(joined.refused) == len(case.get("refused", []))
    for pending, (one, other, why) in zip(joined.refused, case.get("refused", []), strict=True):
        assert (pending.link.one, pending.link.other) == (one, other)
        assert why in pending.why
    systems = {fact.source.system for fact in joined.facts}
    assert [system for system in case.get("systems", []) if system not in systems] == []


IDS = st.sampled_from([f"dataset:{letter}" for letter in "abcdefg"] + ["dataset:s3://x", "dataset:s3://y"])
NAMES = IDS | st.sampled_from(["dataset:n", "dataset:o"])
SOURCES = st.builds(Source, st.sampled_from(["one", "two", "three"]))
COLUMNS = st.builds(lambda parent, name: (f"column:{parent}#{name}", parent), IDS, st.sampled_from(["x", "X", "y"]))
FACTS = st.lists(
    st.builds(lambda e, s: [ElementFact(e, "dataset", s)], IDS, SOURCES)
    | st.builds(lambda e, n, h, s: [AliasFact(e, n, h, s)], IDS, NAMES, st.sampled_from(Strength), SOURCES)
    | st.builds(lambda e, v, s: [AttributeFact(e, "owner", v, s)], IDS, st.sampled_from(["ana", "ben"]), SOURCES)
    | st.builds(lambda a, b, s, p: [EdgeFact(a, "derived_into", b, s, p)], IDS, IDS, SOURCES, st.booleans())
    | st.builds(lambda c, s: [ElementFact(c[0], "column", s), EdgeFact(c[0], "belongs_to", c[1], s)], COLUMNS, SOURCES),
    max_size=25,
).map(lambda parts: [fact for part in parts for fact in part])
RULES = st.sampled_from(
    [
        IdentityRules(),
        IdentityRules((Template("dataset:s3://{x}", "dataset:{x}", Strength.DERIVED),)),
        IdentityRules((Template("dataset:{x}", "dataset:s3://{x}", Strength.EXACT),)),
        IdentityRules((), same=(("dataset:a", "dataset:b", "i:1"),), apart=(("dataset:c", "dataset:d"),)),
    ]
)


def told(joined: Joined) -> tuple[list[str], object, object, object]:
    return sorted(map(str, joined.facts)), joined.links, joined.possible, joined.hints


@given(FACTS, RULES, st.randoms(use_true_random=False))
def test_the_order_changes_nothing(facts: list[Fact], rules: IdentityRules, random: Random) -> None:
    shuffled = list(facts)
    random.shuffle(shuffled)
    assert told(join(shuffled, rules)) == told(join(facts, rules))


@given(FACTS, RULES)
def test_joining_twice_is_joining_once(facts: list[Fact], rules: IdentityRules) -> None:
    once = join(facts, rules)
    twice = join(once.facts, rules)
    assert sorted(map(str, twice.facts)) == sorted(map(str, once.facts))


@given(FACTS, RULES)
def test_no_fact_is_lost(facts: list[Fact], rules: IdentityRules) -> None:
    """Every fact is there under the ids that count, but edges that lead back to where they start."""
    joined = join(facts, rules)
    there = {shown_fact(fact) for fact in joined.facts}

    def now(element: str) -> str:
        return joined.ids.get(element, element)

    for fact in facts:
        if isinstance(fact, EdgeFact):
            if now(fact.origin) != now(fact.target):
                moved = EdgeFact(now(fact.origin), fact.relation, now(fact.target), fact.source, fact.possible)
                assert shown_fact(moved) in there
        elif isinstance(fact, AttributeFact):
            assert shown_fact(AttributeFact(now(fact.element), "owner", fact.value, fact.source)) in there
        elif isinstance(fact, ElementFact):
            assert shown_fact(ElementFact(now(fact.element), fact.kind, fact.source)) in there


@given(FACTS)
def test_nothing_is_joined_that_no_exact_name_joins(facts: list[Fact]) -> None:
    """Elements are one only where a chain of exact names leads from one to the other."""
    joined = join(facts)
    names = {fact.element: {fact.element} for fact in facts if not isinstance(fact, EdgeFact)}
    for fact in facts:
        if isinstance(fact, AliasFact) and fact.strength is Strength.EXACT:
            names[fact.element].add(fact.alias)
    for link in joined.links:
        if link.one.startswith("dataset:"):
            assert names.get(link.one, {link.one}) & names.get(link.other, {link.other})


@pytest.mark.parametrize(
    ("source", "target", "name", "made"),
    [
        ("a:{x}", "b:{x}", "a:1", "b:1"),
        ("a:{x}", "b:{x}", "a:1/2", None),
        ("a:{x*}", "b:{x*}", "a:1/2", "b:1/2"),
        ("a:{x}", "b:{x}", "a:", None),
        ("a:{x*}/m-{y}/z", "b:{y}", "a:1/2/m-3/z", "b:3"),
        ("a:{x*}/m-{y}/z", "b:{y}", "a:1/2/m-3/z/", None),
        ("{x}.{y}", "{y}.{x}", "1.2", "2.1"),
        ("{x}-end", "{x}", "a-end-end", "a-end"),
        ("a:b", "c:d", "a:b", "c:d"),
        ("a:{x}#{y}", "b:{x}#{y}", "a:t#c", "b:t#c"),
    ],
)
def test_templates(source: str, target: str, name: str, made: str | None) -> None:
    assert Template(source, target, Strength.EXACT).apply(name) == made


MISTAKES = {
    "[]": (1, "is a mapping", ""),
    "prefix: {}": (1, "no section `prefix`", "prefixes"),
    "names:\n  - {from: a}": (2, "`from`, `to`", "strength: exact"),
    "names:\n  - {from: 'a{x}', to: b, strenght: exact}": (2, "no `strenght`", "strength"),
    "names:\n  - {from: 'a{x}', to: b, strength: exakt}": (2, "`strength` is one of", "exact"),
    "names:\n  - {from: 'a{x}', to: 'b{y}'}": (2, "`to` uses `{y}`", ""),
    "names:\n  - {from: 'a{x}{y}', to: 'b{y}'}": (2, "side by side", ""),
    "names:\n  - {from: 'a{x}b{x}', to: 'b{x}'}": (2, "twice", ""),
    "names:\n  - {from: 'a{x', to: 'b'}": (2, "a brace stands alone", ""),
    "same:\n  - [a]": (2, "pairs of names", "- [one, other]"),
    "apart: a": (1, "is a list", ""),
    "prefixes: {a: 1}": (1, "needs the other beginning", ""),
    "precedence: {owner: registry}": (1, "is a list of sources", "registry"),
}


@pytest.mark.parametrize("text", MISTAKES)
def test_mistakes_in_the_rules(text: str, tmp_path: Path) -> None:
    line, message, advice = MISTAKES[text]
    with pytest.raises(LineageError) as caught:
        rules_of(text, tmp_path)
    problem = caught.value.problems[0]
    assert (problem.code, problem.line) == ("LX470", line)
    assert message in problem.message
    assert advice in problem.help


@given(st.text(max_size=12), st.lists(st.sampled_from(["{a}", "{b*}", "x", "/", "#", "m-"]), max_size=6).map("".join))
def test_a_template_takes_any_name(name: str, source: str) -> None:
    Template(source, "y", Strength.HINT).apply(name)


@given(
    st.lists(
        st.tuples(st.sampled_from("xyz/#"), st.sampled_from(["{a}", "{b*}", "{c}"])),
        max_size=3,
        unique_by=lambda p: p[1],
    )
)
def test_a_template_takes_what_it_makes(parts: list[tuple[str, str]]) -> None:
    """Filled with words that none of its texts holds, a template finds them again."""
    source = "s:" + "".join(literal + hole for literal, hole in parts)
    name = source.replace("{a}", "11").replace("{b*}", "22").replace("{c}", "33")
    assert Template(source, source, Strength.EXACT).apply(name) == name


def test_precedence() -> None:
    rules = IdentityRules(precedence={"owner": ("a",), "dataset.owner": ("b",), "*": ("c",)})
    assert rules.sources_first("dataset", "owner") == ("b",)
    assert rules.sources_first("model", "owner") == ("a",)
    assert rules.sources_first("model", "region") == ("c",)


@pytest.mark.parametrize("strength", [Strength.EXACT, Strength.DERIVED])
def test_a_column_rests_on_the_join_of_its_table(strength: Strength) -> None:
    """That two columns are, or may be, one is said of their tables only; a column of one source alone rests on none."""
    one, other = Source("one"), Source("two", "f:1")
    facts: list[Fact] = [AliasFact("dataset:b", "dataset:a", strength, other)]
    for table, source, names in (("a", one, "xy"), ("b", other, "xz")):
        facts.append(ElementFact(f"dataset:{table}", "dataset", source))
        for name in names:
            facts.append(ElementFact(f"column:{table}#{name}", "column", source))
            facts.append(EdgeFact(f"column:{table}#{name}", "belongs_to", f"dataset:{table}", source))
    found = join(facts)
    made, possible = found.about(["column:a#x"])
    expected = [("dataset:a", "dataset:b", "dataset:a", ("two (f:1)",))]
    assert [(link.one, link.other, link.name, link.said_by) for link in (*made, *possible)] == expected
    assert bool(made) is (strength is Strength.EXACT)
    assert found.about(["column:a#y"]) == found.about(["column:b#z"]) == ((), ())
