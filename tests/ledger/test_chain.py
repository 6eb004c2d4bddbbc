"""Whatever is done to a chain is found; an entry is read as it was recorded, and names nobody in its body."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger_entries import ENTRIES
from lexline.ledger.chain import Head, Link, head_of, linked, verify
from lexline.ledger.record import Acknowledgement, Entry, body_of, canonical, entry_of

Batches = list[list[tuple[str, dict[str, str]]]]
BODIES = st.lists(
    st.tuples(st.sampled_from(["waiver", "evaluation"]), st.dictionaries(st.text(max_size=3), st.text(max_size=3))),
    min_size=1,
    max_size=4,
)
CHAINS = st.lists(BODIES, min_size=1, max_size=3)
MOMENT = 1_790_000_000_000_000


def chain_of(batches: Batches) -> list[Link]:
    """A chain that was written batch by batch."""
    links: list[Link] = []
    for number, batch in enumerate(batches):
        bodies = [(kind, canonical(body)) for kind, body in batch]
        links += linked(head_of(links), MOMENT + number, bodies)
    return links


@given(CHAINS)
def test_a_chain_that_nobody_touched_is_whole(batches: Batches) -> None:
    links = chain_of(batches)
    kept = [Head(), *(Head(link.sequence, link.digest) for link in links)]
    assert verify(links, head_of(links), kept) == []
    assert [link.sequence for link in links] == list(range(1, len(links) + 1))


@given(CHAINS, st.data())
def test_what_was_changed_is_found(batches: Batches, data: st.DataObject) -> None:
    links = chain_of(batches)
    place = data.draw(st.integers(0, len(links) - 1))
    field = data.draw(st.sampled_from(["sequence", "moment", "kind", "body", "previous", "digest"]))
    value: object = getattr(links[place], field)
    other: Any = value + data.draw(st.sampled_from([-1, 1, 7])) if isinstance(value, int) else f"{value}0"
    changed = [*links[:place], replace(links[place], **{field: other}), *links[place + 1 :]]
    assert verify(changed, head_of(links))


@given(CHAINS, st.data())
def test_what_was_removed_or_moved_is_found(batches: Batches, data: st.DataObject) -> None:
    links = chain_of(batches)
    order = data.draw(st.lists(st.integers(0, len(links) - 1), max_size=len(links) + 1))
    other = [links[place] for place in order]
    assert bool(verify(other, head_of(links))) is (other != links)
    assert bool(verify(other, None, [head_of(links)])) is (other != links)


@pytest.mark.parametrize(
    ("order", "said"),
    [
        ([1, 3, 2, 4, 5], ["entry 2 stands behind entry 3"]),
        ([1, 2, 2, 3, 4, 5], ["entry 2 stands there twice"]),
        ([1, 3, 4, 5], ["entry 2 is missing"]),
        ([1, 5], ["entries 2 to 4 are missing"]),
        ([2, 3, 4, 5], ["entry 1 is missing"]),
        ([1, 2, 3], ["the chain ends with entry 3, and entry 5 was the last one written"]),
        (
            [5, 1, 2, 3, 4],
            ["entry 1 stands behind entry 5", "the chain ends with entry 4, and entry 5 was the last one written"],
        ),
    ],
)
def test_what_is_said_of_entries_that_are_not_where_they_were(order: list[int], said: list[str]) -> None:
    links = chain_of([[("waiver", {"n": str(number)})] for number in range(5)])
    found = verify([links[number - 1] for number in order], head_of(links))
    assert [fault.message for fault in found] == said


@given(CHAINS, st.integers(0, 11), st.text(max_size=3))
def test_a_chain_written_anew_is_found_by_what_was_given_out(batches: Batches, place: int, text: str) -> None:
    links = chain_of(batches)
    place %= len(links)
    bodies = [(link.kind, link.body) for link in links]
    bodies[place] = ("waiver", canonical({"changed": text, "from": links[place].body}))
    forged = linked(Head(), MOMENT, bodies)
    assert verify(forged, head_of(forged)) == []
    assert verify(forged, head_of(forged), [head_of(links)])


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.kind)
def test_an_entry_is_read_as_it_was_recorded(entry: Entry) -> None:
    keys = {"Jo Marsh": "k1", "Sam Field": "k2"}
    body = body_of(entry, keys.__getitem__)
    assert "Jo" not in body
    assert "Sam" not in body
    assert entry_of(body, {key: name for name, key in keys.items()}.__getitem__) == entry


@pytest.mark.parametrize(
    "body", ["{}", "[]", "3", '{"kind": "waiver", "version": 1}', '{"kind": "checkpoint", "version": 2}']
)
def test_what_is_no_entry(body: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        entry_of(body, str)


@pytest.mark.parametrize("text", ["a\0b", "a\udc80b"])
@pytest.mark.parametrize("field", ["subject", "by", "assignee", "cause", "note"])
def test_a_text_that_no_database_keeps_is_refused(field: str, text: str) -> None:
    with pytest.raises(ValueError, match=field):
        Acknowledgement.model_validate({"subject": "s", "state": "done", "by": "b", field: text})
