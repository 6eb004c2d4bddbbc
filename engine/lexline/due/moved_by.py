"""Which assessments, judgements and waivers a change makes stale: those whose basis differs on the two sides."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from lexline.basis import Bases
from lexline.due.changes import changes, told
from lexline.due.comparison import Comparison
from lexline.due.movements import MOST, Moving, settle
from lexline.due.owners import Owners
from lexline.due.queue import Marks
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
    compared = Comparison(moving.bases, after, after.plan, checks or {})
    owners = Owners(moved.old)
    found = [_stale(moved, moving, compared, held, owners) for held in held_by(moved.old)]
    return [one for one in found if one is not None]


def _stale(moved: Impact, moving: Moving, compared: Comparison, held: Held, owners: Owners) -> Stale | None:
    was, now = moving.basis(moving.bases, held), moving.basis(compared.now, held)
    if was is None or now is None or not (was.rules or now.rules):
        return None
    meant = {digest for _, digest in was.rules}
    rules = ["/".join(key) for key, digest in now.rules if digest not in meant]
    if was.digest == now.digest and not rules:
        return None
    graph = moved.old.graph
    count, found = 0, list[Cause]()
    for number in held.elements if was.digest != now.digest else ():
        there = moved.new.graph.number(graph.ids[number])
        if there is not None:
            sides = compared.sides(there, moving.reading(held, number), whole=False)
            differing = changes(*sides, moved.new.graph)
            count += len(differing)
            found += told(differing, graph.ids[number], (moved.new.graph, graph), MOST - len(found))
    alone = held.elements[0] if len(held.elements) == 1 else None
    keys = [key for key, _ in was.rules]
    return Stale(
        held.name,
        held.kind,
        "" if alone is None else graph.ids[alone],
        tuple(rules),
        tuple(found),
        count - len(found),
        owners.owner(alone, keys, held.person),
        owners.due(moved.new.clock.today, alone, keys),
        settle(held.kind, held.word),
    )
