"""Lexline itself: columns for the whole portfolio, the interpreter for one model.

``--policy natural`` takes the rules as a governance lead writes them (a missing fact is unknown): then the digest is not
comparable with the peers' and only the figures are.
"""

import argparse
import datetime as dt
import os
import sys
from pathlib import Path

import numpy as np
from common import EVAL_DATE, RULES, Engine, main

from lexline.evaluate.columns import VERDICTS, ColumnEvaluator
from lexline.evaluate.interpret import Interpreter
from lexline.evaluate.verdict import Clock, Verdict
from lexline.project import Files, load_graph, load_policies, load_vocabularies

POLICIES = Path(__file__).parents[1] / "policies"
DAY = dt.date.fromisoformat(EVAL_DATE)
CLOCK = Clock(DAY, dt.datetime.combine(DAY, dt.time.max, dt.UTC))
WELL = (Verdict.PASS, Verdict.NOT_APPLICABLE)


class Lexline(Engine):
    name, policy = "lexline", os.environ.get("LEXLINE_BENCH_POLICY", "closed")

    def __init__(self, path):
        files = Files(vocabulary=POLICIES / "vocabulary.yaml", portfolio=(Path(path),))
        vocabulary = load_vocabularies(files)
        _, self.program, _ = load_policies([POLICIES / f"{self.policy}.policy"], vocabulary, {}, {})
        self.graph = load_graph(files, vocabulary, DAY).graph
        self.keys = {key[1]: key for key in self.program.rules}
        # The interpreter keeps what it worked out for an element; a pre-deploy question starts without it.

    def full(self, rules=RULES):
        columns = ColumnEvaluator(self.program, self.graph, CLOCK)
        well = []
        for rule in rules:
            column = columns.rule(self.keys[rule])
            codes = [VERDICTS.index(verdict) for verdict in WELL]
            well.append(np.isin(column.verdicts, codes))
        return np.stack(well, axis=1)

    def one(self, model):
        interpreter = Interpreter(self.program, self.graph, CLOCK)
        number = self.graph.number(model)
        return [interpreter.decide(self.keys[rule], number, reasons=False).verdict in WELL for rule in RULES]


if __name__ == "__main__":
    parser = argparse.ArgumentParser(add_help=False)
    parser.add_argument("--policy", choices=("closed", "natural"), default=Lexline.policy)
    chosen, rest = parser.parse_known_args()
    Lexline.policy, sys.argv[1:] = chosen.policy, [*rest]
    main(Lexline, ["lexline", "numpy"])
