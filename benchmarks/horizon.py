"""The days through which verdicts hold, and a year's horizon: policies/dated.policy, and policies/natural.policy.

    python horizon.py data/10000 [--rounds 5] [--days 20] [--facts 50]

**deciding** is all rules once, **holding** the days beside the same columns. The horizon is of one year without
reasons; **every day** is all rules decided on so many days, one after another, times 365. The turns found on those days
have to be the same. Medians over rounds in which all take their turn, in one process.

**of facts** is the horizon of the seven rules in natural.policy where on so many days of the year a fact begins that no
rule, one rule, or several can read. The graphs of those days are made beforehand.
"""

import argparse
import sys
import time
from datetime import timedelta
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parent / "peers"))

from lexline_columns import DAY, POLICIES, program_of

from lexline.decision import Evaluation, decide
from lexline.evaluate.columns import ColumnEvaluator
from lexline.evaluate.holds import Holds
from lexline.evaluate.verdict import Clock
from lexline.horizons import horizon
from lexline_lineage.files import load_graph
from lexline_lineage.overlay import Changes
from lexline_lineage.vocabulary_files import load_vocabulary

FACTS = {
    "of facts, read by no rule": ("dataset", "rows", 7),
    "of facts, read by one rule": ("monitor", "value", 0.9),
    "of facts, read by two rules": ("deployment", "environment", "production"),
}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--days", type=int, default=20)
    parser.add_argument("--facts", type=int, default=50)
    asked = parser.parse_args()
    vocabulary = load_vocabulary(POLICIES / "vocabulary.yaml")
    graph = load_graph(vocabulary, (Path(asked.data),), DAY).graph
    program = program_of("dated", vocabulary)

    def on(day):
        return Evaluation(program, graph, Clock(day))

    taken = {name: [] for name in ("deciding", "holding", "horizon", "every day")}
    for _ in range(asked.rounds):
        columns = ColumnEvaluator(program, graph, Clock(DAY))
        taken["deciding"].append(timed(lambda: [columns.rule(key) for key in program.rules])[0])  # noqa: B023
        holds = Holds(columns)
        taken["holding"].append(timed(lambda: [holds.rule(key) for key in program.rules])[0])  # noqa: B023
        seconds, found = timed(lambda: horizon(on, DAY, DAY + timedelta(days=365), reasons=0))
        taken["horizon"].append(seconds)
        seconds, turns = timed(lambda: turns_by_day(on, asked.days))
        taken["every day"].append(seconds / asked.days * 365)
        assert turns == {at.day: len(at.turns) for at in found.dates if at.day in turns}
        for name, seconds in of_facts(vocabulary, graph, asked.facts).items():
            taken.setdefault(name, []).append(seconds)
    deciding = np.median(taken["deciding"])
    count = sum(len(at.turns) for at in found.dates)
    print(f"{len(found.dates)} dates, {count:,} turns, {found.evaluated} days decided\n")
    print("| | s | x deciding |\n| --- | --- | --- |")
    for name, seconds in taken.items():
        print(f"| {name} | {np.median(seconds):.3g} | {np.median(seconds) / deciding:.3g} |")


def of_facts(vocabulary, graph, count):
    """Seconds for a year in which facts begin on ``count`` days, by who can read them."""
    program, found = program_of("natural", vocabulary), {}
    columns = ColumnEvaluator(program, graph, Clock(DAY))
    found["deciding the seven"] = timed(lambda: [columns.rule(key) for key in program.rules])[0]
    for name, (kind, attribute, value) in FACTS.items():
        elements = [graph.ids[number] for number in graph.members[kind][:: max(1, len(graph.members[kind]) // count)]]
        days = [DAY + timedelta(days=round(365 * (step + 1) / (count + 1))) for step in range(count)]
        graphs = [graph]
        for element in elements[:count]:
            graphs.append(graphs[-1].with_changes(Changes(values={(element, attribute): value})))

        def on(day, days=days, graphs=graphs):
            place = sum(begins <= day for begins in days)
            until = days[place] - timedelta(days=1) if place < len(days) else day.max
            return Evaluation(program, graphs[place], Clock(day), facts_until=until)

        found[name] = timed(lambda: horizon(on, DAY, DAY + timedelta(days=365), reasons=0))[0]
    return found


def turns_by_day(on, days):
    """How many verdicts differ from those of the day before, by day, where some do."""
    found, before = {}, None
    for step in range(days + 1):
        day = DAY + timedelta(days=step)
        said = [(d.verdict, d.underlying, d.phase) for d in decide(on(day), reasons=0).decisions]
        differ = 0 if before is None else sum(one != other for one, other in zip(before, said, strict=True))
        found.update({day: differ} if differ else {})
        before = said
    return found


def timed(ask):
    """Seconds, and what it gave."""
    begin = time.perf_counter()
    found = ask()
    return time.perf_counter() - begin, found


if __name__ == "__main__":
    main()
