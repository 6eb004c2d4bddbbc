"""How long a portfolio takes into a store and out of it, beside reference-numba's load from Parquet.

    python store.py data/10000 [--rounds 5] [--postgresql postgresql://host/database]

Imports the portfolio as facts of one source into a new SQLite file (and into the database that is named, which has to
be empty), then loads its graph again and again, each time in a process of its own and in turn with the reference:
**load** reads all facts and builds the graph, **snapshot** loads the graph that an earlier load kept. Prints seconds of
wall and processor time (medians), their ratio to the reference, and the peak memory of each process; for an import also
the memory that its facts take by themselves, as importers give them.
"""

import argparse
import json
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from datetime import date
from pathlib import Path

HERE = Path(__file__).parent
DAY = date(2026, 11, 1)


def peak_mb():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def timed(work):
    wall, used = time.perf_counter(), time.process_time()
    done = work()
    return done, {"wall": time.perf_counter() - wall, "cpu": time.process_time() - used}


def vocabulary():
    from lexline_lineage.vocabulary_files import load_vocabulary

    return load_vocabulary(HERE / "policies" / "vocabulary.yaml")


def step_import(data, address):
    from lexline.store import open_store
    from lexline_lineage.parquet_files import facts_of_table, read_table

    words = vocabulary()
    facts = tuple(facts_of_table(read_table(Path(data), words)))
    before = peak_mb()
    with open_store(address, words.persons) as store:
        _, taken = timed(lambda: store.replace("portfolio", facts, importer="parquet"))
    return taken | {"facts": len(facts), "facts_mb": before}


def step_again(data, address):
    return step_import(data, address)


def step_load(_data, address):
    from lexline.store import open_store
    from lexline_lineage.column_join import joined_columns

    words = vocabulary()

    def load():
        with open_store(address, make=False) as store:
            return joined_columns(words, store.columns(), DAY)

    built, taken = timed(load)
    return taken | {"elements": len(built.graph.ids)}


def step_snapshot(data, address):
    from lexline.project import Files, load_graph
    from lexline_lineage.snapshot_store import Snapshots

    words = vocabulary()
    files, snapshots = Files(store=address), Snapshots(Path(data) / "snapshots")
    built, taken = timed(lambda: load_graph(files, words, DAY, snapshots))
    return taken | {"elements": len(built.graph.ids)}


def step_reference(data, _address):
    sys.path.append(str(HERE / "peers"))
    from reference_numba import Numba

    Numba.warm()
    _, taken = timed(lambda: Numba(data))
    return taken


def run(step, data, address):
    command = [sys.executable, __file__, data, "--step", step, "--address", address]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        sys.exit(done.stderr)
    return json.loads(done.stdout.splitlines()[-1])


def medians_of(results):
    return {key: statistics.median(result[key] for result in results) for key in ("wall", "cpu", "mb")}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--postgresql")
    parser.add_argument("--step", help=argparse.SUPPRESS)
    parser.add_argument("--address", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.step:
        found = globals()[f"step_{asked.step}"](asked.data, asked.address)
        print(json.dumps(found | {"mb": peak_mb()}))
        return
    with tempfile.TemporaryDirectory() as folder:
        stores = {"SQLite": str(Path(folder) / "store.db")}
        if asked.postgresql:
            stores["PostgreSQL"] = asked.postgresql
        print("| import | s | processor s | facts | peak MB | of it its facts |\n| --- | --- | --- | --- | --- | --- |")
        for name, address in stores.items():
            for step in ("import", "again"):
                r = run(step, asked.data, address)
                taken = f"{r['wall']:.1f} | {r['cpu']:.1f} | {r['facts']} | {r['mb']} | {r['facts_mb']}"
                print(f"| {name}, {step} | {taken} |", flush=True)
        steps = [("reference-numba", "reference", "")]
        for name, address in stores.items():
            run("snapshot", asked.data, address)  # makes it
            steps += [(f"{name}, load", "load", address), (f"{name}, snapshot", "snapshot", address)]
        results = {name: [] for name, _, _ in steps}
        for _ in range(asked.rounds):
            for name, step, address in steps:
                results[name].append(run(step, asked.data, address))
    print("\n| load | s | x ref | processor s | x ref | peak MB |\n| --- | --- | --- | --- | --- | --- |")
    medians = {name: medians_of(got) for name, got in results.items()}
    for name, found in medians.items():
        wall, cpu = (f"{found[k]:.3f} | {found[k] / medians['reference-numba'][k]:.2f}" for k in ("wall", "cpu"))
        print(f"| {name} | {wall} | {cpu} | {found['mb']:.0f} |")


if __name__ == "__main__":
    main()
