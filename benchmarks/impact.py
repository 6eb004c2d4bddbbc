"""What a change of one dataset costs beside a full evaluation, at one size of the portfolio.

    python impact.py DATA_DIR [--rounds 9] [--policy closed] [--apart]

For the leaf and the hub that the portfolio names, one attribute after another is supposed to be otherwise. A portfolio
that has decided once (``lexline.Impacts``) is asked what that does. Inside the time: the overlay, the difference of the
two graphs, the verdicts of both sides for all that can have moved, and their comparison, as columns. Outside: loading,
the first decision (the column ``first``), and what is made of the flips (ids, reasons). Each round takes in turn a full
evaluation of the changed portfolio and the impact; the table holds medians, and the median of the ratios.

``--apart``: the later portfolio is built anew, with one more dataset beside the leaf, so that it shares nothing with
the earlier one and numbers its elements otherwise. The full evaluation is then that of both sides.
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
from lexline.impacts import Impacts
from lexline_lineage.builder import build
from lexline_lineage.files import load_graph
from lexline_lineage.overlay import Changes
from lexline_lineage.raw_values import facts_of
from lexline_lineage.vocabulary_files import load_vocabulary

SUPPOSED = {
    "special_category": True,
    "owner": None,
    "lawful_basis": None,
    "personal_data": True,
    "updated_on": "2026-10-31",
}


def seconds(work):
    """How long it takes, and what it gives."""
    begun = time.perf_counter()
    found = work()
    return time.perf_counter() - begun, found


def apart(graph, leaf):
    """A graph that shares nothing with another one: a dataset came beside the leaf, and one value is otherwise."""
    number = graph.number(leaf)
    fed = [(name, graph.ids[target]) for name in graph.along for target, _ in graph.along[name].row(number)[:2]]
    edges = {(f"{leaf}-b", name, target): False for name, target in fed}
    changes = Changes({f"{leaf}-b": graph.kind(number)}, {(leaf, "special_category"): True}, edges)
    return build(graph.vocabulary, facts_of(graph.with_changes(changes)), DAY).graph


def main():
    """Measures and prints."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--policy", default="closed")
    parser.add_argument("--apart", action="store_true")
    asked = parser.parse_args()
    meta = json.loads((asked.data / "meta.json").read_text("utf-8"))
    vocabulary = load_vocabulary(POLICIES / "vocabulary.yaml")
    program = program_of(asked.policy, vocabulary)
    evaluation = Evaluation(program, load_graph(vocabulary, (asked.data,), DAY).graph, CLOCK)
    impacts = Impacts(evaluation)
    first, _ = seconds(impacts.prepare)
    if asked.apart:
        later = Evaluation(program, apart(evaluation.graph, meta["flip"]["leaf"]["id"]), CLOCK)
        ratios = []
        for _ in range(asked.rounds):
            sides = [ColumnEvaluator(program, graph, CLOCK) for graph in (evaluation.graph, later.graph)]
            full, _ = seconds(lambda sides=sides: [side.rule(key) for side in sides for key in program.rules])
            ratios.append(seconds(lambda: impacts.of(later))[0] / full)
        print(f"a dataset came, and one attribute is otherwise; loaded apart: {statistics.median(ratios):.3g} of both")
        return
    print("| dataset | models below | change | full s | first s | impact s | impact / full | decided | flips |")
    print("| --- | ---: | --- | ---: | ---: | ---: | ---: | ---: | ---: |")
    for name, flip in meta["flip"].items():
        for attribute, value in SUPPOSED.items():
            changes = Changes(values={(flip["id"], attribute): value})
            changed = evaluation.graph.with_changes(changes)
            full, moved, found = [], [], None
            for _ in range(asked.rounds):
                columns = ColumnEvaluator(program, changed, CLOCK)
                full.append(seconds(lambda columns=columns: [columns.rule(key) for key in program.rules])[0])
                taken, found = seconds(lambda changes=changes: impacts.supposing(changes))
                moved.append(taken)
            ratio = statistics.median(part / whole for part, whole in zip(moved, full, strict=True))
            row = [name, f"{flip['models_downstream']:,}", attribute, f"{statistics.median(full):.3g}", f"{first:.3g}"]
            row += [f"{statistics.median(moved):.3g}", f"{ratio:.3g}", f"{found.decided:,}"]
            print("| " + " | ".join([*row, f"{sum(len(column.elements) for column in found.columns):,}"]) + " |")


if __name__ == "__main__":
    main()
