"""Why nothing is raised for an element: what its rules can read, and what changed outside of that."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from lexline.decision import Evaluation
from lexline.due.items import DueItem, Marks
from lexline.due.movements import Moving
from lexline.due.past import Past
from lexline.due.queue import Queue
from lexline.due.records import Held, held_by
from lexline.lang.signatures import CheckSignature
from lexline.ledger.record import Recorded
from lexline.plan.build import build_plan
from lexline.plan.footprint import Footprint, footprint_lines, footprints
from lexline_lineage.difference import Difference

__all__ = ["Looked", "WhyNot", "why_not"]


@dataclass(frozen=True, slots=True)
class Looked:
    """One thing on record about the element: the rules that ask for it, what they can read, of how many elements they
    read now, and what changed since that none of it is. ``says`` is the answer in a sentence."""

    about: str
    rules: tuple[str, ...]
    reads: tuple[str, ...]
    elements: int
    outside: tuple[str, ...]
    says: str


@dataclass(frozen=True, slots=True)
class WhyNot:
    """The answer for an element: what is raised after all, and for all that isn't why."""

    element: str
    raised: tuple[DueItem, ...]
    looked: tuple[Looked, ...]
    notes: tuple[str, ...]


def why_not(
    evaluation: Evaluation,
    number: int,
    queue: Queue,
    *,
    entries: Iterable[Recorded] = (),
    past: Past | None = None,
    checks: Mapping[str, CheckSignature] | None = None,
) -> WhyNot:
    """Why ``queue`` raises nothing, or nothing else, for the element of a number."""
    kept = tuple(entries)
    element = evaluation.graph.ids[number]
    held = [one for one in held_by(evaluation, kept) if number in one.elements]
    moving = Moving(evaluation, past, checks or {}, Marks.of(kept))
    reads = footprints(build_plan(evaluation.program), checks or {})
    names = {one.name for one in held}
    raised = tuple(
        item for item in queue.items if item.element == element or (not item.element and item.about in names)
    )
    looked = tuple(_looked(moving, one, number, raised, reads) for one in held)
    notes = () if held else ("nothing about it is on record: no assessment, no judgement, no waiver",)
    return WhyNot(element, raised, looked, (*notes, *moving.notes(held)))


def _looked(
    moving: Moving,
    held: Held,
    number: int,
    raised: tuple[DueItem, ...],
    reads: Mapping[tuple[str, str], Footprint],
) -> Looked:
    rules = moving.rules(held)
    footprint = Footprint().joined(*(reads[key] for key in rules if key in reads))
    reading = moving.reading(held, number)
    blocks = moving.bases.read(moving.bases.looks(number, reading))
    then = moving.then(held.since)
    outside: list[str] = []
    if then is not None:
        before, after = then[0].sides(number, reading, whole=True)
        outside = _outside(then[0].changed, {**before, **after}, footprint)
    causes = [item.cause for item in raised if item.about == held.name]
    done = moving.done(held)
    if causes:
        says = f"it is raised: {', '.join(causes)}"
    elif done is not None:
        says = f"{done[1].by} looked on {done[0].date()} and said that nothing follows: {done[1].note}"
    elif not rules:
        says = "no rule asks for it: only a breach or a date can make it due"
    elif then is not None:
        says = f"nothing that its rules can read has changed since {held.on}"
    elif held.basis:
        says = "its basis is what it was when it was recorded"
    else:
        says = "what changed since is not known, and no date has passed"
    return Looked(
        held.name,
        tuple("/".join(key) for key in rules),
        tuple(footprint_lines(footprint)),
        len(blocks),
        tuple(outside),
        says,
    )


def _outside(found: Difference, blocks: Mapping[str, Mapping[str, object]], read: Footprint) -> list[str]:
    """What changed and is not read, counted by kind and attribute, or by relation."""
    counts: Counter[str] = Counter()
    for (kind, attribute), elements in found.cells.items():
        for element in elements.tolist():
            if (kind, attribute) not in read.cells or found.later.ids[element] not in blocks:
                counts[f"{kind}.{attribute}"] += 1
    for relation, edges in found.edges.items():
        ends = zip(edges.origins.tolist(), edges.targets.tolist(), strict=True)
        names = [found.later.ids.take(pair) for pair in ends]
        counts[f"edges {relation}"] += sum(a not in blocks or b not in blocks for a, b in names)
    counts["elements that came or went"] = len(found.kinds)
    return [f"{name}: {count:,}" for name, count in sorted(counts.items()) if count]
