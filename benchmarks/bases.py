"""What bases and the queue of re-assessments cost beside loading a portfolio and deciding it.

    python bases.py DATA_DIR [--rounds 5]

Each round takes in turn: a full evaluation; the basis of a DPIA of every model (at most 10,000) by one ``Bases``; the
basis of one model by a new one, after which the plan is there; and the queue where all assessments have only a date
and a store's earlier state differs in one attribute of the leaf, and of the hub, that the portfolio names. Loading is
measured once. The table holds medians, and the medians of the ratios to the full evaluation of the same round.
"""

import argparse
import json
import statistics
import sys
import time
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent / "peers"))

from lexline_columns import CLOCK, DAY, POLICIES, program_of

from lexline.basis import Bases
from lexline.decision import Evaluation
from lexline.due import Past, State, due_items
from lexline.evaluate.columns import ColumnEvaluator
from lexline_lineage.files import load_graph
from lexline_lineage.overlay import Changes
from lexline_lineage.vocabulary_files import load_vocabulary

MOST = 10_000


def seconds(work):
    """How long it takes, and what it gives."""
    begun = time.perf_counter()
    found = work()
    return time.perf_counter() - begun, found


def queue(evaluation, changed):
    """What is due where the facts were others until two days ago."""
    graphs = {1: changed.graph, 2: evaluation.graph}
    states = [State(1, datetime(2000, 1, 1, tzinfo=UTC)), State(2, datetime(2026, 10, 30, tzinfo=UTC))]
    return due_items(evaluation, past=Past(states, lambda number, _: graphs[number], [date(2000, 1, 1)]))


def main():
    """Measures and prints."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("--rounds", type=int, default=5)
    asked = parser.parse_args()
    meta = json.loads((asked.data / "meta.json").read_text("utf-8"))
    vocabulary = load_vocabulary(POLICIES / "vocabulary.yaml")
    program = program_of("natural", vocabulary)
    loading, graph = seconds(lambda: load_graph(vocabulary, (asked.data,), DAY).graph)
    evaluation = Evaluation(program, graph, CLOCK)
    models = graph.members["model"].tolist()[:MOST]
    changed = {
        name: replace(evaluation, graph=graph.with_changes(Changes(values={(flip["id"], "special_category"): True})))
        for name, flip in meta["flip"].items()
    }

    def whole():
        columns = ColumnEvaluator(program, graph, CLOCK)
        return [columns.rule(key) for key in program.rules]

    def bases():
        many = Bases(evaluation)
        return [many.of(number, "assessment", "dpia") for number in models]

    def one():
        return Bases(evaluation).of(models[len(models) // 2], "assessment", "dpia")

    work = {f"bases of {len(models):,} models": bases, "basis of one model": one}
    work |= {f"queue, {name} changed": lambda side=side: queue(evaluation, side) for name, side in changed.items()}
    whole()  # kernels are compiled when they are first used
    times = {name: [] for name in ("full evaluation", *work)}
    items = {}
    for _ in range(asked.rounds):
        times["full evaluation"].append(seconds(whole)[0])
        for name, part in work.items():
            taken, found = seconds(part)
            times[name].append(taken)
            items[name] = f"{len(found.items):,}" if name.startswith("queue") else ""
    print(f"loading: {loading:.3g} s")
    print("| work | s | / full evaluation | items |")
    print("| --- | ---: | ---: | ---: |")
    for name, taken in times.items():
        ratio = statistics.median(a / b for a, b in zip(taken, times["full evaluation"], strict=True))
        print(f"| {name} | {statistics.median(taken):.3g} | {ratio:.3g} | {items.get(name, '')} |")


if __name__ == "__main__":
    main()
