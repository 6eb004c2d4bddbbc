"""Which assessments, judgements and waivers a change makes stale: those whose basis differs on the two sides."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from lexline.basis import Bases
from lexline.due.changes import Change, changes, nearest
from lexline.due.comparison import Comparison
from lexline.due.items import Marks
from lexline.due.movements import MOST, Moving, rules_asking, settle
from lexline.due.owners import Owners
from lexline.due.records import Held, held_by
from lexline.impact_causes import Cause
from lexline.impacts import Impact
from lexline.lang.signatures import CheckSignature

__all__ = ["Stale", "stale_by"]


@dataclass(frozen=True, slots=True)
class Stale:
    """Something on record that no longer rests on what it rested on: because facts moved, or because ``rules`` are new
    or mean something else."""

    name: str
    kind: str
    element: str
    """empty for a waiver of several"""
    rules: tuple[str, ...]
    moved: tuple[Cause, ...]
    """the first facts and edges below it that are not the same"""
    further: int
    owner: str
    due: date | None
    settle: str


def stale_by(moved: Impact, checks: Mapping[str, CheckSignature] | None = None) -> list[Stale]:
    """What stands on the old side and has another basis on the new one. An element that is gone has none."""
    if not moved.facts and moved.old.program is moved.new.program:
        return []
    moving = Moving(moved.old, None, checks or {}, Marks())
    after = Bases(moved.new, checks)
    compared = Comparison(moving.bases, after)
    graphs = moved.new.graph, moved.old.graph
    found: list[tuple[Held, list[str], list[tuple[str, list[Change]]]]] = []
    for held in held_by(moved.old):
        numbers = {number: moved.new.graph.number(graphs[1].ids[number]) for number in held.elements}
        there = {number: new for number, new in numbers.items() if new is not None}
        asked, asking = moving.rules(held), rules_asking(after, held, there.values())
        if there and (asked or asking):
            meant = {moving.bases.meaning(key) for key in asked}
            rules = ["/".join(key) for key in asking if after.meaning(key) not in meant]
            below = [(graphs[1].ids[n], _changes(moving, compared, held, n, new)) for n, new in there.items()]
            if rules or any(changed for _, changed in below):
                found.append((held, rules, below))
    told = iter(nearest([one for _, _, below in found for one in below], graphs, MOST))
    owners = Owners(moved.old)
    return [
        _stale(moved, moving, owners, held, rules, [(len(c), next(told)) for _, c in below])
        for held, rules, below in found
    ]


def _changes(moving: Moving, compared: Comparison, held: Held, number: int, there: int) -> list[Change]:
    """What changed of all that the rules read which ask for something on record."""
    if not moving.can_have_moved(compared, held, number, there):
        return []
    return changes(*compared.sides(there, moving.reading(held, number)), compared.now.graph)


def _stale(
    moved: Impact,
    moving: Moving,
    owners: Owners,
    held: Held,
    rules: list[str],
    told: list[tuple[int, tuple[Cause, ...]]],
) -> Stale:
    alone = held.elements[0] if len(held.elements) == 1 else None
    keys = moving.rules(held)
    causes = [cause for _, nearest_ in told for cause in nearest_][:MOST]
    return Stale(
        held.name,
        held.kind,
        "" if alone is None else moved.old.graph.ids[alone],
        tuple(rules),
        tuple(causes),
        sum(count for count, _ in told) - len(causes),
        owners.owner(alone, keys, held.person),
        owners.due(moved.new.clock.today, alone, keys),
        settle(held.kind, held.word),
    )
