"""Decisions recorded in the ledger: threads of one process through a ``Recorder``, beside one bare commit for each.

    python recording.py [--seconds 3] [--rounds 3] [--postgres postgresql+psycopg://127.0.0.1/test]

The reference inserts the body of an entry into a table of its own and commits, one after the other, with the same
durability, in the same round. PostgreSQL gets a schema that is dropped in the end.
"""

import argparse
import secrets
import sys
import tempfile
import time
from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from pathlib import Path

import numpy as np
import sqlalchemy as sa

sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "support"))

from ledger_entries import ENTRIES
from lexline.ledger.record import body_of
from lexline.recording import Recorder
from lexline.store import open_store
from lexline.store.opening import open_database

THREADS = (1, 8, 32)
ENTRY = ENTRIES[0]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=3.0)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--postgres")
    asked = parser.parse_args()
    places = {"SQLite": in_a_file()} | ({"PostgreSQL": in_a_schema(asked.postgres)} if asked.postgres else {})
    print("| store | threads | a second, x one bare commit each | wait (99 %), x a bare commit | entries a batch |")
    print("| --- | --- | --- | --- | --- |")
    for store, place in places.items():
        with place as address:
            found = defaultdict(list)
            for _ in range(asked.rounds):
                bare = commits(address, asked.seconds)
                for threads in THREADS:
                    count, waits, batches = recorded(address, threads, asked.seconds)
                    p99 = np.quantile(waits, 0.99) / np.median(bare)
                    found[threads].append((count / len(bare), p99, count / batches))
            for threads, rows in found.items():
                rate, wait, size = np.median(rows, axis=0)
                print(f"| {store} | {threads} | {rate:.2f} | {wait:.1f} | {size:.1f} |")


def commits(address, seconds):
    """How long each bare commit takes, as many as there are in some seconds."""
    taken, body = [], body_of(ENTRY, str)
    with closing(open_database(address)) as database:
        with database.writing("facts") as connection:
            connection.execute(sa.text("CREATE TABLE IF NOT EXISTS bare (body TEXT NOT NULL)"))
        with database._engine.connect().execution_options(lexline_writes=True) as connection:
            end = time.perf_counter() + seconds
            while (begin := time.perf_counter()) < end:
                connection.execute(sa.text("INSERT INTO bare VALUES (:body)"), {"body": body})
                connection.commit()
                taken.append(time.perf_counter() - begin)
    return taken


def recorded(address, threads, seconds):
    """How many entries were recorded in some seconds, how long each was waited for, and in how many batches."""
    batches = 0

    def work(recorder, end):
        waits = []
        while (begin := time.perf_counter()) < end:
            recorder.append(ENTRY)
            waits.append(time.perf_counter() - begin)
        return waits

    with open_store(address) as store, ThreadPoolExecutor(threads) as workers:
        append = store.append

        def counted(entries):
            nonlocal batches
            batches += 1
            return append(entries)

        store.append = counted
        recorder, end = Recorder(store), time.perf_counter() + seconds
        waits = [
            wait for found in [workers.submit(work, recorder, end) for _ in range(threads)] for wait in found.result()
        ]
    return len(waits), waits, batches


@contextmanager
def in_a_file():
    """A new SQLite store on the disk."""
    with tempfile.TemporaryDirectory(dir=Path.cwd()) as folder:
        yield str(Path(folder) / "lexline.db")


@contextmanager
def in_a_schema(url):
    """A new PostgreSQL store in a schema of its own."""
    schema = f"lexline_{secrets.token_hex(6)}"
    engine = sa.create_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(sa.text(f"CREATE SCHEMA {schema}"))
        try:
            yield f"{url}?options=-csearch_path%3D{schema}"
        finally:
            connection.execute(sa.text(f"DROP SCHEMA {schema} CASCADE"))


if __name__ == "__main__":
    main()
