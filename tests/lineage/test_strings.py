"""Packed texts say what the texts said, in every way of asking."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lexline_lineage.facts import Source
from lexline_lineage.matching import places
from lexline_lineage.source_list import Sources
from lexline_lineage.strings import Strings, Texts

WORDS = st.text(st.characters(exclude_categories=()) | st.sampled_from("abß€\U0001f600\udc80"), max_size=6)
LISTS = st.lists(WORDS, max_size=12)


@given(LISTS, LISTS)
def test_packed_texts_are_the_texts(block: list[str], more: list[str]) -> None:
    packed = Strings.of(block).plus(more)
    both = [*block, *more]
    assert list(packed) == both == [packed[n] for n in range(len(both))] == list(packed.packed())
    assert packed == both == packed.packed()
    assert packed[1:-1] == tuple(both[1:-1])
    assert [packed.index(text) for text in both] == [both.index(text) for text in both]
    assert len(packed) == len(both)


@given(st.sets(WORDS, max_size=12), WORDS)
def test_sorted_texts_are_found(texts: set[str], other: str) -> None:
    block = sorted(texts)
    packed = Strings.of(block)
    assert [packed.find(text) for text in block] == list(range(len(block)))
    assert (
        (packed.find(other) is not None) == (other in texts) == (other in packed) == (packed.place(other) is not None)
    )


@given(LISTS, LISTS)
def test_equal_texts_have_one_number(given_texts: list[str], met: list[str]) -> None:
    texts = Texts(list(dict.fromkeys(given_texts)))
    numbers = {text: texts.number(text) for text in (*met, *given_texts)}
    assert len(set(numbers.values())) == len(numbers)
    assert all(texts.text(number) == texts.all()[number] == text for text, number in numbers.items())


@given(st.lists(WORDS, unique=True, max_size=40), st.lists(WORDS, unique=True, max_size=12), st.data())
def test_texts_are_found_in_another_list(texts: list[str], more: list[str], data: st.DataObject) -> None:
    among = list(texts)
    for text in more:  # much the same, with a few that came and went, somewhere
        if text in among:
            among.remove(text)
        else:
            among.insert(data.draw(st.integers(0, len(among))), text)
    if data.draw(st.booleans()):
        among = data.draw(st.permutations(among))
    expected = [among.index(text) if text in among else -1 for text in texts]
    assert places(Strings.of(texts), Strings.of(among)).tolist() == expected


def test_long_lists_are_compared_block_by_block() -> None:
    texts = [f"element-{number:06}" for number in range(20_000)]
    among = ["a", *texts[:7_000], *(f"element-00{number}b" for number in range(300)), *texts[7_500:], "z"]
    found = places(Strings.of(texts), Strings.of(among)).tolist()
    assert found == [*range(1, 7_001), *[-1] * 500, *range(7_301, 19_801)]
    assert places(Strings.of(texts), Strings.of(among[::-1])).tolist() == [
        -1 if place < 0 else len(among) - 1 - place for place in found
    ]


def test_what_is_not_there_is_said() -> None:
    packed = Strings.of(["a"]).plus(["b"])
    assert packed != ["a"]
    assert packed != ["a", "c"]
    assert 3 not in packed  # type: ignore[comparison-overlap]  # as a list may be asked
    for place in (2, -3):
        with pytest.raises(IndexError):
            packed[place]
    with pytest.raises(ValueError, match="c"):
        packed.index("c")
    with pytest.raises(ValueError, match="a"):
        packed.index("a", 1)


@given(st.lists(st.builds(Source, WORDS, WORDS), max_size=8), st.builds(Source, WORDS, WORDS))
def test_packed_sources_are_the_sources(sources: list[Source], further: Source) -> None:
    packed = Sources.of(sources).plus(further)
    both = [*sources, further]
    assert list(packed) == both == [packed[n] for n in range(len(both))]
    assert packed[-1] == further
    assert packed[:2] == tuple(both[:2])
    with pytest.raises(IndexError):
        packed[len(both)]
