"""Facts in a store: what was written is what is read, at every revision, on both databases."""

from __future__ import annotations

import random
from collections import Counter
from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lexline.diagnostics import LexlineError
from lexline.store import Revision, Store, open_store
from lexline.store.revisions import EMPTY
from lexline_lineage.facts import AliasFact, AttributeFact, EdgeFact, ElementFact, Fact, Source, Strength

TEXTS = st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1, max_size=5)
DAYS = st.none() | st.dates(date(1, 1, 1), date(9999, 12, 31))
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.floats(allow_nan=False, allow_infinity=False) | TEXTS,
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(TEXTS, inner, max_size=2),
    max_leaves=4,
)
IDS = st.sampled_from(["a", "b", "model:x/1", "ü"])


def facts_of(source: str) -> st.SearchStrategy[list[Fact]]:
    """What one source may say."""
    by = st.builds(Source, st.just(source), st.sampled_from(["", "file:1", "file:2"]))
    attributes = st.sampled_from(["owner", "name", "metrics"])
    any_fact: st.SearchStrategy[Fact] = st.one_of(
        st.builds(ElementFact, IDS, st.sampled_from(["model", "dataset"]), by),
        st.builds(AttributeFact, IDS, attributes, VALUES, by, DAYS, DAYS),
        st.builds(EdgeFact, IDS, st.sampled_from(["trains", "reads"]), IDS, by, st.booleans(), DAYS, DAYS),
        st.builds(AliasFact, IDS, TEXTS, st.sampled_from(Strength), by),
    )
    return st.lists(any_fact, max_size=6)


IMPORTS = st.lists(
    st.sampled_from(["registry", "lineage"]).flatmap(lambda source: st.tuples(st.just(source), facts_of(source))),
    min_size=1,
    max_size=6,
)


def counted(facts: object) -> Counter[str]:
    assert isinstance(facts, (list, tuple))
    return Counter(map(repr, facts))


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(imports=IMPORTS)
def test_every_revision_is_what_it_was(address: str, imports: list[tuple[str, list[Fact]]]) -> None:
    store = open_store(address, {"owner"})
    says: dict[str, list[Fact]] = {}
    for fact in store.facts():  # what another run of this test left there
        says.setdefault(fact.source.system, []).append(fact)
    expected: list[tuple[Revision, Counter[str]]] = []
    for source, facts in imports:
        changed = counted(says.get(source, [])) != counted(facts)
        says[source] = facts
        revision = store.replace(source, facts, importer="test")
        assert (revision is not None) is changed
        if revision is not None:
            expected.append((revision, counted([fact for said in says.values() for fact in said])))
    for revision, facts_then in expected:
        assert counted(store.facts(revision)) == facts_then
        assert store.revision_at(str(revision.number)) == revision
    store.close()
    with open_store(address) as again:
        assert counted(again.facts()) == counted([fact for said in says.values() for fact in said])


def test_difference_leaves_out_what_only_moved(address: str) -> None:
    store = open_store(address)
    one, two = Source("s", "f:1"), Source("s", "f:2")
    old = store.replace("s", [ElementFact("a", "model", one), AttributeFact("a", "name", "x", one)], importer="i")
    new = store.replace("s", [ElementFact("a", "model", two), AttributeFact("a", "name", "y", two)], importer="i")
    assert old is not None
    assert new is not None
    found = store.difference(old, new)
    assert [fact.value for fact in found.added if isinstance(fact, AttributeFact)] == ["y"]
    assert [fact.value for fact in found.removed if isinstance(fact, AttributeFact)] == ["x"]
    assert len(found.added) == len(found.removed) == 1
    store.close()


def test_difference_tells_lists_documents_and_kinds_of_values_apart(address: str) -> None:
    pairs: list[tuple[object, object]] = [
        (["a"], ["a", "b"]),
        ({"x": [1]}, {"x": [2]}),
        (True, 1),
        (["same"], ["same"]),
    ]
    sides = [[AttributeFact("a", f"of{i}", pair[side], Source("s")) for i, pair in enumerate(pairs)] for side in (0, 1)]
    with open_store(address) as store:
        old, new = (store.replace("s", facts, importer="i") for facts in sides)
        assert old is not None
        assert new is not None
        found = store.difference(old, new)
    assert found.added == tuple(sides[1][:3])
    assert found.removed == tuple(sides[0][:3])


@pytest.mark.parametrize("text", ["7", "2020-01-01", "yesterday", "-1", "2020-13-01"])
def test_no_such_revision(address: str, text: str) -> None:
    store = open_store(address)
    store.replace("s", [ElementFact("a", "model", Source("s"))], importer="i")
    with pytest.raises(LexlineError) as caught:
        store.revision_at(text)
    assert caught.value.diagnostics[0].code == "LX503"
    store.close()


def test_an_empty_store_has_no_facts_and_no_head(address: str) -> None:
    store: Store = open_store(address)
    assert store.facts() == ()
    assert store.head() == EMPTY
    assert store.replace("s", [], importer="i") is None
    store.close()


def test_a_fact_is_of_the_source_that_was_imported(address: str) -> None:
    with open_store(address) as store:
        store.replace(
            "registry", [ElementFact("a", "model", Source("whatever the importer says", "f:1"))], importer="i"
        )
        assert store.facts() == (ElementFact("a", "model", Source("registry", "f:1")),)


def test_facts_come_back_in_their_order_whatever_room_they_take(address: str) -> None:
    chance = random.Random(20261128)  # noqa: S311  # nothing is secret
    said: list[Fact] = []
    with open_store(address) as store:
        for number in range(20):
            by = Source(f"s{number}")
            some = [
                AttributeFact(f"e{i}", "purpose", chance.randbytes(2 ** chance.randrange(12)).hex(), by)
                for i in range(40)
            ]
            store.replace(by.system, some, importer="i")
            said += some
        assert store.facts() == tuple(said)
