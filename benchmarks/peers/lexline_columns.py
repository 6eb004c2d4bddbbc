"""Lexline itself: columns for the whole portfolio, a lasting gate for one model.

``--policy natural`` takes the rules as a governance lead writes them (a missing fact is unknown): then the digest is
not comparable with the peers' and only the figures are.
"""

import argparse
import datetime as dt
import os
import sys
from pathlib import Path

import numpy as np
from common import EVAL_DATE, RULES, Engine, main

from lexline.decision import Evaluation, Gate
from lexline.evaluate.columns import VERDICTS, ColumnEvaluator
from lexline.evaluate.verdict import Clock, Verdict
from lexline.lang.compile import compile_text
from lexline_lineage.files import load_graph
from lexline_lineage.vocabulary_files import load_vocabulary

POLICIES = Path(__file__).parents[1] / "policies"
DAY = dt.date.fromisoformat(EVAL_DATE)
CLOCK = Clock(DAY, dt.datetime.combine(DAY, dt.time.max, dt.UTC))
WELL = (Verdict.PASS, Verdict.NOT_APPLICABLE)


def program_of(policy, vocabulary):
    """The rules of a file in ../policies (or of a path), compiled."""
    path = POLICIES / f"{policy}.policy" if "/" not in policy else Path(policy)
    program, mistakes = compile_text(path.read_text("utf-8"), vocabulary, path.name)
    assert not mistakes, mistakes
    return program


class Lexline(Engine):
    name, policy = "lexline", os.environ.get("LEXLINE_BENCH_POLICY", "closed")

    def __init__(self, path):
        vocabulary = load_vocabulary(POLICIES / "vocabulary.yaml")
        self.program = program_of(self.policy, vocabulary)
        self.graph = load_graph(vocabulary, (Path(path),), DAY).graph
        self.keys = {key[1]: key for key in self.program.rules}
        self.gate = Gate(Evaluation(self.program, self.graph, CLOCK))  # keeps nothing of the elements asked about

    def full(self, rules=RULES):
        columns = ColumnEvaluator(self.program, self.graph, CLOCK)
        well = []
        for rule in rules:
            column = columns.rule(self.keys[rule])
            codes = [VERDICTS.index(verdict) for verdict in WELL]
            well.append(np.isin(column.verdicts, codes))
        return np.stack(well, axis=1)

    def one(self, model):
        said = {decision.rule[1]: decision.verdict for decision in self.gate.decide(self.graph.number(model))}
        return [said[rule] in WELL for rule in RULES]


if __name__ == "__main__":
    parser = argparse.ArgumentParser(add_help=False)
    parser.add_argument("--policy", choices=("closed", "natural"), default=Lexline.policy)
    chosen, rest = parser.parse_known_args()
    Lexline.policy, sys.argv[1:] = chosen.policy, [*rest]
    main(Lexline, ["lexline", "numpy"])
