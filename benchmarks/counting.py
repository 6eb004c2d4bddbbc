"""Counts, shares, totals, averages and extremes over lineage: each rule of policies/counting.policy by itself.

    python counting.py data/10000 [--rounds 5] [--possible 0.0005] [--kernels best] [--rules TOTAL,SHARE]

The graph is that of the seven rules, with ``rows`` of each dataset and with so large a part of its edges only possible.
Beside each rule stands a walk written by hand for it alone: a count of the datasets behind each model, compiled, with
nothing unknown and nothing possible (reference). The plan in which nothing is painted or summed is **pairs**; its
verdicts have to be the same. Medians over rounds in which all take their turn, in one process.
"""

import argparse
import sys
import tempfile
import time
from pathlib import Path

import numba
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

sys.path.insert(0, str(Path(__file__).parent / "peers"))

from lexline_columns import CLOCK, DAY, POLICIES, program_of

from lexline.evaluate.columns import ColumnEvaluator
from lexline.plan.build import build_plan
from lexline.plan.rewrite import REWRITES, rewrite
from lexline_lineage.files import load_graph
from lexline_lineage.vocabulary_files import load_vocabulary

METHODS = ("paint_closed", "sum_closed", "compare_in_order")
"""The rewrites that choose another way than pairs."""


def graph_of(folder, part, vocabulary):
    """The portfolio of ``folder`` with rows, and with a part of its edges possible."""
    nodes, edges = (pq.read_table(Path(folder) / f"{name}.parquet") for name in ("nodes", "edges"))
    chance = np.random.default_rng(11)
    rows = np.round(chance.lognormal(6.5, 1.0, nodes.num_rows), 2)
    missing = chance.random(nodes.num_rows) < 0.02
    is_dataset = nodes["kind"].to_numpy(zero_copy_only=False) == "dataset"
    nodes = nodes.append_column("rows", pa.array(rows, mask=missing | ~is_dataset))
    edges = edges.append_column("possible", pa.array(chance.random(edges.num_rows) < part))
    with tempfile.TemporaryDirectory() as written:
        pq.write_table(nodes, Path(written) / "nodes.parquet")
        pq.write_table(edges, Path(written) / "edges.parquet")
        return load_graph(vocabulary, (Path(written),), DAY).graph


@numba.njit
def walked(starts, neighbours, wanted, origins):
    """How many wanted elements each origin reaches."""
    seen, stack = np.zeros(len(starts) - 1, np.int32), np.empty(len(starts) - 1, np.int32)
    found = np.zeros(len(origins), np.int64)
    for at in range(len(origins)):
        stack[0], top = origins[at], 1
        while top:
            top -= 1
            for e in range(starts[stack[top]], starts[stack[top] + 1]):
                w = neighbours[e]
                if seen[w] != at + 1:
                    seen[w] = at + 1
                    found[at] += wanted[w]
                    stack[top] = w
                    top += 1
    return found


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--possible", type=float, default=0.0005)
    parser.add_argument("--kernels", choices=("best", "numpy", "compiled"), default="best")
    parser.add_argument("--rules", default="")
    parser.add_argument("--without-pairs", action="store_true", help="pairs take long on large portfolios")
    asked = parser.parse_args()
    vocabulary = load_vocabulary(POLICIES / "vocabulary.yaml")
    graph = graph_of(asked.data, asked.possible, vocabulary)
    built = build_plan(program_of("counting", vocabulary))
    pairs = built
    for step in REWRITES:
        pairs = pairs if step.__name__ in METHODS else step(pairs)
    plans = {"lexline": rewrite(built)} | ({} if asked.without_pairs else {"pairs": pairs})
    keys = [key for key in built.rules if not asked.rules or key[1] in asked.rules.split(",")]
    wanted = graph.kind_codes == graph.kind_names.index("dataset")
    csr = graph.upstream.starts.astype(np.int64), graph.upstream.neighbours.astype(np.int32)

    def reference():
        return walked(*csr, wanted, graph.members["model"].astype(np.int64))

    members = reference()
    taken = {(name, key): [] for name in plans for key in [*keys, None]} | {"reference": []}
    for _ in range(asked.rounds):
        taken["reference"].append(timed(reference)[0])
        for key in keys:
            said = []
            for name, plan in plans.items():
                columns = ColumnEvaluator(plan, graph, CLOCK, kernels=asked.kernels)
                seconds, column = timed(lambda: columns.rule(key))  # noqa: B023
                taken[name, key].append(seconds)
                said.append(column.verdicts)
            assert all(np.array_equal(said[0], other) for other in said), key
        for name, plan in plans.items():
            columns = ColumnEvaluator(plan, graph, CLOCK, kernels=asked.kernels)
            taken[name, None].append(timed(lambda: [columns.rule(key) for key in keys])[0])  # noqa: B023
    show(taken, plans, keys, members)


def show(taken, plans, keys, members):
    """A table in Markdown."""
    reference = np.median(taken["reference"])
    print(f"a model has {members.mean():.0f} datasets behind it; reference {reference:.3g} s\n")
    print("| rule | " + " | ".join(f"{name} s | x ref" for name in plans) + " |\n|" + " --- |" * (1 + 2 * len(plans)))
    for key in [*keys, None]:
        seconds = [np.median(taken[name, key]) for name in plans]
        print(f"| {key[1] if key else 'all'} | " + " | ".join(f"{s:.3g} | {s / reference:.2g}" for s in seconds) + " |")


def timed(ask):
    """Seconds, and what it gave."""
    begin = time.perf_counter()
    found = ask()
    return time.perf_counter() - begin, found


if __name__ == "__main__":
    main()
