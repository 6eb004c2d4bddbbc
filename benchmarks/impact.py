"""What a change of one dataset costs beside a full evaluation, at one size of the portfolio.

    python impact.py DATA_DIR [--rounds 7] [--policy closed]

For the leaf and the hub that the portfolio names: ``special_category`` becomes true, by an overlay. Each round takes in
turn a full evaluation of the changed portfolio and the impact of the change, both from a compiled program and a graph
in memory; the table holds medians, the spread over the rounds, and what part of a full evaluation the impact takes.
"""

import argparse
import json
import statistics
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent / "peers"))

from lexline_columns import CLOCK, DAY, POLICIES, program_of

from lexline.decision import Evaluation
from lexline.evaluate.columns import ColumnEvaluator
from lexline.impacts import impact
from lexline_lineage.files import load_graph
from lexline_lineage.overlay import Changes
from lexline_lineage.vocabulary_files import load_vocabulary


def seconds(work):
    """How long it takes, and what it gives."""
    begun = time.perf_counter()
    found = work()
    return time.perf_counter() - begun, found


def main():
    """Measures and prints."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--policy", default="closed")
    asked = parser.parse_args()
    meta = json.loads((asked.data / "meta.json").read_text("utf-8"))
    vocabulary = load_vocabulary(POLICIES / "vocabulary.yaml")
    program = program_of(asked.policy, vocabulary)
    graph = load_graph(vocabulary, (asked.data,), DAY).graph
    print("| dataset | models below | full s | impact s | impact / full | spread | decided | flips |")
    print("| --- | ---: | ---: | ---: | ---: | --- | ---: | ---: |")
    for name, flip in meta["flip"].items():
        changed = graph.with_changes(Changes(values={(flip["id"], "special_category"): True}))
        old, new = Evaluation(program, graph, CLOCK), Evaluation(program, changed, CLOCK)
        full, moved, found = [], [], None
        for _ in range(asked.rounds):
            columns = ColumnEvaluator(program, changed, CLOCK)
            full.append(seconds(lambda columns=columns: [columns.rule(key) for key in program.rules])[0])
            taken, found = seconds(lambda old=old, new=new: impact(old, new))
            moved.append(taken)
        ratio = statistics.median(moved) / statistics.median(full)
        row = [
            name,
            f"{flip['models_downstream']:,}",
            f"{statistics.median(full):.3g}",
            f"{statistics.median(moved):.3g}",
        ]
        row += [f"{ratio:.3g}", f"{min(moved):.3g} to {max(moved):.3g}", f"{found.decided:,}", f"{len(found.flips):,}"]
        print("| " + " | ".join(row) + " |")


if __name__ == "__main__":
    main()
