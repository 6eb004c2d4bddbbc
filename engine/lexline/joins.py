"""How the names of several sources were joined, for people who decide about it.

In: a built graph with its joins. Out: ``IdentityReport``: what is one and why, what may be one, what stayed alone, what
sources contradict each other about, and what proposed rules would change.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from lexline_lineage.builder import BuiltGraph
from lexline_lineage.facts import ElementFact
from lexline_lineage.identity import IDENTITY, Joined, Joins, Link, Pending
from lexline_lineage.identity_facts import system_of
from lexline_lineage.identity_rules import IdentityRules
from lexline_lineage.statements import DataFinding

__all__ = ["IdentityReport", "Proposal", "review_joins", "review_proposal"]

_CONTRADICTIONS = ("LX462", "LX464")


@dataclass(frozen=True, slots=True)
class Proposal:
    """What other rules would change: joins that come, joins that go, and what would no longer wait for a person."""

    joins: tuple[Link, ...]
    parts: tuple[Link, ...]
    settles: tuple[Link, ...]


@dataclass(frozen=True, slots=True)
class IdentityReport:
    """What joining did.

    ``shared`` is how many elements several sources know by one id. ``joined`` gives for each joined element the links
    that made it; ``alone`` for each kind that several sources speak of, and each source, the elements that only this
    source knows; ``idle`` the places of rules that joined nothing.
    """

    elements: int
    shared: int
    joined: Mapping[str, tuple[Link, ...]]
    possible: tuple[Link, ...]
    hints: tuple[Link, ...]
    refused: tuple[Pending, ...]
    contradictions: tuple[DataFinding, ...]
    alone: Mapping[tuple[str, str], tuple[str, ...]]
    idle: tuple[str, ...]
    proposal: Proposal | None = None


def review_joins(built: BuiltGraph, rules: IdentityRules, proposal: Proposal | None = None) -> IdentityReport:
    """The report on the joins of a graph that ``rules`` made; of one from a snapshot, the facts are not known."""
    joined = built.joined if isinstance(built.joined, Joined) else Joined({})
    groups: dict[str, list[Link]] = defaultdict(list)
    for link in joined.links:
        if link.said_by:
            groups[joined.ids.get(link.one, link.one)].append(link)
    contradictions = tuple(found for found in built.report.findings if found.code in _CONTRADICTIONS)
    return IdentityReport(
        elements=len(built.graph.ids),
        shared=sum(len(known) > 1 for known in _sources(joined).values()),
        joined={element: tuple(groups[element]) for element in sorted(groups)},
        possible=tuple(link for link in joined.possible if link.said_by),
        hints=tuple(joined.hints),
        refused=tuple(joined.refused),
        contradictions=contradictions,
        alone=_alone(joined),
        idle=_idle(joined, rules),
        proposal=proposal,
    )


def review_proposal(now: Joins, then: Joins) -> Proposal:
    """What changes from one join of the same facts to another."""
    before, after = _pairs(now.links), _pairs(then.links)
    waiting = {frozenset((link.one, link.other)) for link in then.possible}
    return Proposal(
        joins=tuple(link for pair, link in after.items() if pair not in before),
        parts=tuple(link for pair, link in before.items() if pair not in after),
        settles=tuple(link for link in now.possible if link.said_by and {link.one, link.other} not in waiting),
    )


def _pairs(links: Collection[Link]) -> dict[frozenset[str], Link]:
    return {frozenset((link.one, link.other)): link for link in links if link.said_by}


def _alone(joined: Joined) -> dict[tuple[str, str], tuple[str, ...]]:
    """By kind and source the elements that one source knows and no other does or may know."""
    kinds = {fact.element: fact.kind for fact in joined.facts if isinstance(fact, ElementFact)}
    sources = _sources(joined)
    by_kind: dict[str, set[str]] = defaultdict(set)
    for element, kind in kinds.items():
        by_kind[kind] |= sources[element] - {IDENTITY}
    twins = {end for link in joined.possible for end in (link.one, link.other)}
    found: dict[tuple[str, str], list[str]] = defaultdict(list)
    for element, kind in kinds.items():
        if kind != "column" and len(by_kind[kind]) > 1 and len(sources[element]) == 1 and element not in twins:
            found[kind, min(sources[element])].append(element)
    return {key: tuple(sorted(found[key])) for key in sorted(found)}


def _sources(joined: Joined) -> dict[str, set[str]]:
    """The sources that declare each element."""
    found: dict[str, set[str]] = defaultdict(set)
    for fact in joined.facts:
        if isinstance(fact, ElementFact):
            found[fact.element].add(system_of(fact.source))
    return found


def _idle(joined: Joined, rules: IdentityRules) -> tuple[str, ...]:
    used = {said for links in (joined.links, joined.possible, joined.hints) for link in links for said in link.said_by}
    places = [template.said_in for template in rules.templates] + [place for _, _, place in rules.same]
    return tuple(place for place in dict.fromkeys(places) if place not in used and place != "built-in")
