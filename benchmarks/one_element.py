"""One model at a time on a loaded graph: Lexline beside rustworkx by hand, in turn, in one process.

    python one_element.py data/10000 [--models 400] [--rounds 3] [--without-rustworkx] [--processor]

Prints the median and the 99th percentile of all rounds, and ratios to rustworkx. ``--processor``: the processor's time,
for a machine that others use, too.

- lasting: a ``Gate`` that is asked again and again
- single: one that is made for one question, without compiled kernels (making it is not counted)
- with reasons: the whole report, with witnesses, paths, facts and what is missing

Then, what twenty reasons add to a report on all models.
"""

import argparse
import json
import os
import sys
import time
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parent / "peers"))

from lexline_columns import CLOCK, DAY, POLICIES, WELL, program_of
from workload import RULES

from lexline.decision import Evaluation, Gate, decide
from lexline_lineage.files import load_graph
from lexline_lineage.vocabulary_files import load_vocabulary

clock = time.perf_counter


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data")
    parser.add_argument("--models", type=int, default=400)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--without-rustworkx", action="store_true")
    parser.add_argument("--processor", action="store_true")
    asked = parser.parse_args()
    if asked.processor:
        global clock
        clock = time.process_time
    vocabulary = load_vocabulary(POLICIES / "vocabulary.yaml")
    graph = load_graph(vocabulary, (Path(asked.data),), DAY).graph
    models = json.loads((Path(asked.data) / "meta.json").read_text())["models"]
    sample = [
        f"model-{m:07d}" for m in np.random.default_rng(1).choice(models, min(asked.models, models), replace=False)
    ]
    evaluations = {name: Evaluation(program_of(name, vocabulary), graph, CLOCK) for name in ("closed", "natural")}
    engines = {}
    for name, evaluation in evaluations.items():
        lasting, single = Gate(evaluation), Gate(evaluation, lasting=False)
        engines[f"lexline {name}, lasting"] = lambda m, gate=lasting: gate.decide(graph.number(m))
        engines[f"lexline {name}, single"] = lambda m, gate=single: gate.decide(graph.number(m))
        engines[f"lexline {name}, with reasons"] = lambda m, gate=lasting: gate.report(graph.number(m))
    if not asked.without_rustworkx:
        from rustworkx_sets import Rustworkx

        engines = {"rustworkx by hand": Rustworkx(asked.data).one, **engines}
    taken = measured(engines, sample, asked.rounds)
    show(taken)
    if not asked.without_rustworkx:
        check(engines, sample)
    for name, evaluation in evaluations.items():
        seconds = []
        for _ in range(asked.rounds):
            decide(evaluation, reasons=0)
            seconds.append([timed(lambda: decide(evaluation, reasons=number)) for number in (0, 20)])  # noqa: B023
        without, with_reasons = np.median(np.array(seconds), axis=0)
        print(f"{name}, all models: {without:.2f} s without reasons, {with_reasons - without:+.2f} s with 20")


def measured(engines, sample, rounds):
    """Seconds by engine; each in turn decides all models, so that noise hits all of them."""
    taken = {name: [] for name in engines}
    for model in sample[:3]:
        for ask in engines.values():
            ask(model)
    for _ in range(rounds):
        for name, ask in engines.items():
            for model in sample:
                taken[name].append(timed(lambda: ask(model)))  # noqa: B023
    return taken


def timed(do):
    begun = clock()
    do()
    return clock() - begun


def show(taken):
    print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}\n")
    print("| engine | median ms | p99 ms | x median | x p99 |\n| --- | --- | --- | --- | --- |")
    figures = {name: np.percentile(np.array(seconds) * 1e3, (50, 99)) for name, seconds in taken.items()}
    first = next(iter(figures.values()))
    for name, figure in figures.items():
        print(f"| {name} | " + " | ".join(f"{x:.3g}" for x in (*figure, *(figure / first))) + " |")
    print()


def check(engines, sample):
    """The closed rules say what the peer says."""
    for model in sample:
        said = {decision.rule[1]: decision.verdict in WELL for decision in engines["lexline closed, lasting"](model)}
        assert [said[rule] for rule in RULES] == [bool(x) for x in engines["rustworkx by hand"](model)], model
    print(f"the closed rules agree with rustworkx on all {len(sample)} models\n")


if __name__ == "__main__":
    main()
