"""Lexline itself: columns for the whole portfolio, a lasting gate for one model.

``--policy natural`` takes the rules as a governance lead writes them (a missing fact is unknown), ``--policy many`` the
200 rules of ../many_rules.py: then the digest is not comparable with the peers' and only the figures are.
``--kernels numpy`` evaluates without numba. ``--snapshot`` loads the snapshot that an earlier command left beside the
data, which the first run makes.
"""

import argparse
import datetime as dt
import sys
from pathlib import Path

import numpy as np
from workload import EVAL_DATE, RULES, Engine, main

from lexline.decision import Evaluation, Gate
from lexline.evaluate.columns import VERDICTS, ColumnEvaluator
from lexline.evaluate.verdict import Clock, Verdict
from lexline.evaluate.walk_kernels import COMPILED_FROM, walk_kernels
from lexline.lang.compile import compile_text
from lexline_lineage.files import load_graph
from lexline_lineage.snapshot_store import Snapshots
from lexline_lineage.vocabulary_files import load_vocabulary

BENCHMARKS = Path(__file__).parents[1]
POLICIES = BENCHMARKS / "policies"
sys.path.append(str(BENCHMARKS))
import many_rules
DAY = dt.date.fromisoformat(EVAL_DATE)
CLOCK = Clock(DAY, dt.datetime.combine(DAY, dt.time.max, dt.UTC))
WELL = (Verdict.PASS, Verdict.NOT_APPLICABLE)


def program_of(policy, vocabulary):
    """The rules of a file in ../policies, or the many, compiled."""
    text = many_rules.policy(200) if policy == "many" else (POLICIES / f"{policy}.policy").read_text("utf-8")
    program, mistakes = compile_text(text, vocabulary, f"{policy}.policy")
    assert not mistakes, mistakes
    return program


class Lexline(Engine):
    name, policy, kernels, snapshot = "lexline", "closed", "best", False

    @classmethod
    def warm(cls):  # numba's start-up is reported apart, as it is for the reference
        walk_kernels(COMPILED_FROM, cls.kernels)

    def __init__(self, path):
        vocabulary = load_vocabulary(POLICIES / "vocabulary.yaml")
        self.program = program_of(self.policy, vocabulary)
        files = (Path(path),)
        build = lambda: load_graph(vocabulary, files, DAY)
        snapshots = Snapshots(Path(path) / "snapshots")
        self.graph = (snapshots.graph(vocabulary, files, DAY, None, build) if self.snapshot else build()).graph
        self.keys = {key[1]: key for key in self.program.rules}
        self.rules = [*self.keys] if self.policy == "many" else RULES
        self.gate = Gate(Evaluation(self.program, self.graph, CLOCK))  # keeps nothing of the elements asked about

    def columns(self):
        return ColumnEvaluator(self.program, self.graph, CLOCK, kernels=self.kernels)

    def full(self, rules=RULES):
        columns = self.columns()
        columns.expect([self.keys[rule] for rule in (self.rules if self.policy == "many" else rules)])
        codes = [VERDICTS.index(verdict) for verdict in WELL]
        return np.stack([np.isin(columns.rule(self.keys[rule]).verdicts, codes) for rule in (self.rules if self.policy == "many" else rules)], axis=1)

    def one(self, model):
        said = {decision.rule[1]: decision.verdict for decision in self.gate.decide(self.graph.number(model))}
        return [said[rule] in WELL for rule in self.rules]


if __name__ == "__main__":
    parser = argparse.ArgumentParser(add_help=False)
    parser.add_argument("--policy", choices=("closed", "natural", "many"), default=Lexline.policy)
    parser.add_argument("--kernels", choices=("best", "numpy", "compiled"), default=Lexline.kernels)
    parser.add_argument("--snapshot", action="store_true")
    chosen, rest = parser.parse_known_args()
    Lexline.policy, Lexline.kernels, Lexline.snapshot = chosen.policy, chosen.kernels, chosen.snapshot
    sys.argv[1:] = rest
    main(Lexline, ["lexline", "numpy"])
