"""The ledger in a store: a chain that nobody else's writing breaks, and that shows whatever is done to it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ledger_entries import ENTRIES
from lexline.diagnostics import LexlineError, UnfinishedError
from lexline.ledger.chain import GENESIS, Head, Link, head_of, verify
from lexline.ledger.record import Acknowledgement
from lexline.store import open_store, opening
from lexline.store.opening import open_database
from lexline.store.people import ERASED
from lexline.store.tables import ENTRY, LEDGER_HEAD


def whole(address: str) -> list[Link]:
    """The links of a store's ledger, after they were verified."""
    with open_store(address) as store, store.links() as (head, links):
        found = list(links)
    assert verify(found, head) == []
    assert head_of(found) == head
    return found


def test_entries_are_read_as_they_were_recorded(address: str) -> None:
    with open_store(address) as store:
        assert store.entries() == ()
        assert store.ledger_head() == Head(0, GENESIS)
        assert store.append([]) == ()
        recorded = [*store.append(ENTRIES[:3]), *store.append(ENTRIES[3:])]
        assert [entry.entry for entry in recorded] == ENTRIES
        assert store.entries() == tuple(recorded)
        assert store.entries(upto=2) == tuple(recorded[:2])
        assert [found.entry.kind for found in store.entries(kinds=["waiver", "judgement"])] == ["judgement", "waiver"]
        assert store.ledger_head() == Head(len(ENTRIES), recorded[-1].digest)
    assert not [link for link in whole(address) if "Jo" in link.body or "Sam" in link.body]


def test_moments_never_go_back(address: str) -> None:
    day = datetime(2026, 9, 3, tzinfo=UTC)
    with open_store(address) as store:
        for moment in (day, day - timedelta(days=1), day + timedelta(days=1)):
            store.append(ENTRIES[:1], moment)
        assert [entry.moment for entry in store.entries()] == [day, day, day + timedelta(days=1)]


def test_an_erased_person_leaves_the_chain_whole(address: str) -> None:
    with open_store(address) as store:
        store.append(ENTRIES)
        erased = store.erase("Jo Marsh")
        assert (erased.facts, erased.entries) == (0, 4)
        assert "Jo Marsh" not in repr(store.entries())
        assert f"{ERASED} {erased.key}" in repr(store.entries())
        store.append([Acknowledgement(subject="assessment 2", state="done", by="Jo Marsh")])  # another of that name
        assert f"{ERASED} {erased.key}" in repr(store.entries()[5])
    assert len(whole(address)) == len(ENTRIES) + 1


@given(st.data())
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_whatever_is_done_to_the_rows_is_found(address: str, data: st.DataObject) -> None:
    database = open_database(address)
    try:
        with database.writing("ledger") as connection:
            connection.execute(sa.delete(ENTRY))
            connection.execute(sa.update(LEDGER_HEAD).values(sequence=0, digest=GENESIS))
        with open_store(address) as store:
            store.append(ENTRIES)
            kept = store.ledger_head()
        number = data.draw(st.integers(1, len(ENTRIES)))
        this = ENTRY.c.sequence == number
        what = data.draw(
            st.sampled_from(["moment", "kind", "body", "previous", "digest", "sequence", "gone", "cut", "moved"])
        )
        with database.writing("ledger") as connection:
            if what in ("gone", "cut"):
                connection.execute(sa.delete(ENTRY).where(this if what == "gone" else ENTRY.c.sequence >= number))
                if data.draw(st.booleans()):  # with the head made to fit, only a head kept elsewhere shows it
                    last = connection.execute(sa.select(ENTRY).order_by(ENTRY.c.sequence.desc())).first()
                    ended = (last.sequence, last.digest) if last is not None else (0, GENESIS)
                    connection.execute(sa.update(LEDGER_HEAD).values(sequence=ended[0], digest=ended[1]))
            elif what == "moved":
                next_ = number % len(ENTRIES) + 1
                for old, new in ((number, 0), (next_, number), (0, next_)):
                    connection.execute(sa.update(ENTRY).where(ENTRY.c.sequence == old).values(sequence=new))
            else:
                column = ENTRY.c[what]
                other = column + 100 if what in ("moment", "sequence") else column + " "
                connection.execute(sa.update(ENTRY).where(this).values({what: other}))
        with open_store(address) as store, store.links() as (head, links):
            assert verify(links, head, [kept])
    finally:
        database.close()


def test_nothing_follows_an_end_that_was_changed(address: str) -> None:
    with open_store(address) as store:
        store.append(ENTRIES)
    database = open_database(address)
    with database.writing("ledger") as connection:
        connection.execute(sa.delete(ENTRY).where(ENTRY.c.sequence == len(ENTRIES)))
    database.close()
    with open_store(address) as store:
        with pytest.raises(LexlineError) as caught:
            store.append(ENTRIES)
        assert caught.value.diagnostics[0].code == "LX521"
        assert len(store.entries()) == len(ENTRIES) - 1


def test_an_entry_of_a_newer_version(address: str) -> None:
    with open_store(address) as store:
        store.append(ENTRIES)
    database = open_database(address)
    with database.writing("ledger") as connection:
        connection.execute(sa.update(ENTRY).where(ENTRY.c.sequence == 2).values(body='{"kind":"vow","version":1}'))
    database.close()
    with open_store(address) as store, pytest.raises(LexlineError) as caught:
        store.entries()
    assert caught.value.diagnostics[0].code == "LX521"


def test_evaluations_wait_for_no_import_in_postgresql(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(opening, "_WAIT_MS", 200)
    evaluation, person = ENTRIES[:2]
    with open_store(address):
        pass
    database = open_database(address)
    with database.writing("facts"), open_store(address) as store:  # an import at work
        if address.startswith("postgresql"):
            assert store.append([evaluation])[0].sequence == 1
        for entry in (person,) if address.startswith("postgresql") else (evaluation, person):
            with pytest.raises(UnfinishedError) as caught:
                store.append([entry])
            assert caught.value.diagnostics[0].code == "LX502"
    database.close()
    assert len(whole(address)) == int(address.startswith("postgresql"))


def test_only_the_last_entries(address: str) -> None:
    with open_store(address) as store:
        recorded = store.append(ENTRIES)
        assert store.entries(last=2) == recorded[-2:]
        assert store.entries(upto=4, last=2) == recorded[2:4]
        assert store.entries(kinds=["waiver"], last=2) == tuple(e for e in recorded if e.entry.kind == "waiver")
