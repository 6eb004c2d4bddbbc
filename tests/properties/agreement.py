"""The long run: as many generated cases as asked for, decided by both evaluators, which have to agree.

    python tests/properties/agreement.py --cases 100000 --seed 1 --jobs 2

Prints how many verdicts were compared and of which sorts, which constructs of the language the cases used, and the
first case in which the evaluators differ, made as small as it gets. Ends with status 1 where they differ.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "support"))

from choices import ByChance, Recorded, smaller
from constructs import ALL, constructs
from generated_cases import GeneratedCase, RefusedError, compare_evaluators, generate
from lexline.evaluate.verdict import Phase, Verdict
from lexline_lineage.facts import AttributeFact, EdgeFact, ElementFact, Fact

CHUNK = 250
RAREST = 20
"""How many of the rarest constructs are shown."""


@dataclass
class Tally:
    """What a number of cases came to."""

    cases: int = 0
    refused: int = 0
    elements: int = 0
    rules: int = 0
    verdicts: Counter[str] = field(default_factory=Counter)
    phases: Counter[str] = field(default_factory=Counter)
    figures: Counter[str] = field(default_factory=Counter)
    constructs: Counter[str] = field(default_factory=Counter)
    failures: list[str] = field(default_factory=list)
    """seeds of cases in which the evaluators differ, or one gives up"""

    def add(self, other: Tally) -> None:
        """Counts another tally in."""
        self.cases += other.cases
        self.refused += other.refused
        self.elements += other.elements
        self.rules += other.rules
        for own, more in zip(self._counters(), other._counters(), strict=True):
            own.update(more)
        self.failures += other.failures

    def _counters(self) -> tuple[Counter[str], ...]:
        return self.verdicts, self.phases, self.figures, self.constructs


def run_chunk(seed: int, start: int, end: int) -> Tally:
    """Decides the cases from ``start`` to ``end`` of a seed."""
    tally = Tally()
    for number in range(start, end):
        name = f"{seed}/{number}"
        case = generate(ByChance(name))
        tally.cases += 1
        try:
            program = case.program()
        except RefusedError:
            tally.refused += 1
            continue
        tally.constructs.update(constructs(program, case.vocabulary))
        tally.elements += sum(isinstance(fact, ElementFact) for fact in case.facts)
        tally.rules += len(program.rules)
        found = compare_evaluators(case)
        if isinstance(found, str):
            tally.failures.append(name)
            continue
        for outcomes in found.rules.values():
            tally.verdicts.update(str(outcome.verdict) for outcome in outcomes.values())
            tally.phases.update(str(outcome.phase) for outcome in outcomes.values())
        for figure in found.measures.values():
            tally.figures["missing" if figure.low is None else "settled" if figure.low == figure.high else "range"] += 1
    return tally


def smallest(name: str) -> GeneratedCase:
    """The case of a seed, as small as it gets while the evaluators still differ."""

    def fails(choices: Sequence[int]) -> Sequence[int] | None:
        recorded = Recorded(choices)
        try:
            found = compare_evaluators(generate(recorded))
        except RefusedError:
            return None
        return recorded.taken if isinstance(found, str) else None

    recorded = ByChance(name)
    generate(recorded)
    return generate(Recorded(smaller(recorded.taken, fails)))


def show_case(case: GeneratedCase) -> str:
    """A case as a person reads it."""
    clock = case.clock
    lines = [f"on {clock.today}, at {clock.moment or 'its end'}, known on {clock.known_on}"]
    for kind in case.vocabulary.kinds.values():
        expected = [word for word, said in (("inputs", kind.expects_inputs), ("outputs", kind.expects_outputs)) if said]
        lines.append(f"kind {kind.name}: expected {expected}")
    for r in case.vocabulary.relations.values():
        recorded = "complete" if r.complete else "partial"
        lines.append(f"relation {r.name}: {r.origins} -> {r.targets}, flow {r.flow}, recorded {recorded}")
    lines += [_show_fact(fact) for fact in case.facts]
    return "\n".join((*lines, *(policy.text for policy in case.policies)))


def _show_fact(fact: Fact) -> str:
    if isinstance(fact, ElementFact):
        return f"{fact.kind} {fact.element}"
    assert isinstance(fact, AttributeFact | EdgeFact)
    valid = "".join(f" {word} {day}" for word, day in (("from", fact.since), ("until", fact.until)) if day)
    if isinstance(fact, AttributeFact):
        return f"  {fact.element}.{fact.attribute} = {fact.value!r}{valid}"
    return f"  {fact.origin} {fact.relation} -> {fact.target}{' possible' if fact.possible else ''}{valid}"


def report(tally: Tally, seconds: float, jobs: int) -> Iterator[str]:
    """The result in Markdown, as ``docs/verification.md`` holds it."""
    compared = sum(tally.verdicts.values())
    yield f"- {tally.cases:,} cases ({tally.refused:,} of which the generator wrote what the language refuses)"
    yield f"- {tally.rules:,} rules, {tally.elements:,} elements, {compared:,} verdicts with their phases compared"
    yield f"- {len(tally.failures):,} cases in which the evaluators differ"
    yield f"- {seconds:,.0f} s in {jobs} processes"
    yield ""
    yield from _table(
        "verdict", [(str(verdict), tally.verdicts[verdict]) for verdict in Verdict if verdict != "waived"], compared
    )
    yield from _table("phase", [(str(phase), tally.phases[phase]) for phase in Phase], compared)
    yield from _table("measure", tally.figures.most_common(), sum(tally.figures.values()))
    rarest = sorted(ALL, key=lambda name: tally.constructs[name])[:RAREST]
    yield f"{len(ALL)} constructs are looked for; the {RAREST} rarest, by the cases that used them:"
    yield ""
    yield from _table("construct", [(name, tally.constructs[name]) for name in rarest], tally.cases)


def _table(head: str, rows: Iterable[tuple[str, int]], whole: int) -> Iterator[str]:
    yield f"| {head} | number | share |"
    yield "| --- | ---: | ---: |"
    for name, number in rows:
        yield f"| {name} | {number:,} | {number / max(whole, 1):.2%} |"
    yield ""


def main() -> int:
    """Runs, prints, and gives the exit status."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cases", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--case", help="show one case, by the name that a run gave it, as small as it gets")
    asked = parser.parse_args()
    if asked.case:
        _show_failure(asked.case)
        return 1
    begun, tally = time.monotonic(), Tally()
    starts = range(0, asked.cases, CHUNK)
    with ProcessPoolExecutor(asked.jobs) as pool:
        ends = [min(start + CHUNK, asked.cases) for start in starts]
        for part in pool.map(run_chunk, [asked.seed] * len(ends), starts, ends):
            tally.add(part)
            if part.failures:
                print("they differ:", *part.failures, file=sys.stderr)
    print("\n".join(report(tally, time.monotonic() - begun, asked.jobs)))
    if tally.failures:
        _show_failure(tally.failures[0])
    unmet = [name for name in ALL if not tally.constructs[name]]
    if unmet:
        print("never met:", ", ".join(unmet))
    return 1 if tally.failures else 0


def _show_failure(name: str) -> None:
    case = smallest(name)
    print(f"## {name}\n\n{show_case(case)}\n{compare_evaluators(case)}")


if __name__ == "__main__":
    sys.exit(main())
