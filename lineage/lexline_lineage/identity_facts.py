"""Moves facts to the ids that count, and writes down the edges of what may be one.

Guaranteed: no fact is lost, and where one source said different things of elements that are now one, both stay and
contradict each other, so that the builder reports them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from lexline_lineage.facts import AttributeFact, EdgeFact, ElementFact, Fact, Source

__all__ = ["moved", "possible_edges", "system_of"]

_AS = " as "


def system_of(source: Source) -> str:
    """The system of a source, without the id under which it spoke of an element that is now joined."""
    return source.system.partition(_AS)[0]


def moved(facts: Sequence[Fact], ids: Mapping[str, str]) -> Iterator[Fact]:
    """The facts with the ids that count. What leads from an element to itself now, and did not before, is no edge."""
    members = _members_by_source(facts, ids)
    for fact in facts:
        if isinstance(fact, EdgeFact):
            origin, target = ids.get(fact.origin, fact.origin), ids.get(fact.target, fact.target)
            if origin != target or fact.origin == fact.target:
                same = origin == fact.origin and target == fact.target
                yield fact if same else replace(fact, origin=origin, target=target)
            continue
        element = ids.get(fact.element, fact.element)
        if isinstance(fact, AttributeFact) and len(members.get((element, fact.attribute, fact.source.system), ())) > 1:
            own = Source(f"{fact.source.system}{_AS}{fact.element}", fact.source.place)
            yield replace(fact, element=element, source=own)
        elif isinstance(fact, ElementFact | AttributeFact) or fact.alias != element:
            yield fact if element == fact.element else replace(fact, element=element)


def _members_by_source(facts: Iterable[Fact], ids: Mapping[str, str]) -> dict[tuple[str, str, str], set[str]]:
    """Of which members of one group a source says an attribute."""
    found: dict[tuple[str, str, str], set[str]] = defaultdict(set)
    for fact in facts:
        if isinstance(fact, AttributeFact) and fact.element in ids:
            found[ids[fact.element], fact.attribute, fact.source.system].add(fact.element)
    return found


def possible_edges(facts: Sequence[Fact], twins: Mapping[str, Sequence[str]]) -> Iterator[EdgeFact]:
    """The edges of each element, as possible edges of those that it may be one with."""
    if not twins:
        return
    edges = [fact for fact in facts if isinstance(fact, EdgeFact)]
    there = {(edge.origin, edge.relation, edge.target, edge.since, edge.until) for edge in edges}
    doubled = [edge for edge in edges if edge.origin in twins or edge.target in twins]
    for edge in sorted(doubled, key=_in_order):
        origins = (edge.origin, *twins.get(edge.origin, ()))
        targets = (edge.target, *twins.get(edge.target, ()))
        for origin in origins:
            for target in targets:
                key = (origin, edge.relation, target, edge.since, edge.until)
                if key not in there and origin != target:
                    there.add(key)
                    shown = edge.origin if origin != edge.origin else edge.target
                    system = f"{system_of(edge.source)}{_AS}{shown}"
                    yield replace(
                        edge, origin=origin, target=target, possible=True, source=Source(system, edge.source.place)
                    )


def _in_order(edge: EdgeFact) -> tuple[str, ...]:
    return (
        edge.origin,
        edge.relation,
        edge.target,
        str(edge.since),
        str(edge.until),
        edge.source.system,
        edge.source.place,
    )
