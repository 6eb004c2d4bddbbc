"""Random changes of a case: other values, edges and elements, as facts and as an overlay; other policies."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from choices import Choices
from generated_cases import GeneratedCase
from generated_facts import facts, raw_value
from lexline_lineage.facts import AttributeFact, EdgeFact, ElementFact, Fact
from lexline_lineage.graph import Graph
from lexline_lineage.overlay import Changes
from lexline_lineage.values import parse_value


def changed_facts(choices: Choices, case: GeneratedCase) -> tuple[Fact, ...]:
    """The facts of a case after a few changes: elements gone and new, other values, edges gone, doubted and new."""
    found: list[Fact] = list(case.facts)
    for _ in range(choices.integer(1, 4)):
        kinds = {fact.element: fact.kind for fact in found if isinstance(fact, ElementFact)}
        at = choices.below(len(found)) if found else 0
        match found[at] if found else None:
            case AttributeFact() as fact if fact.element in kinds and choices.chance(80):
                type_ = case.vocabulary.kinds[kinds[fact.element]].attributes[fact.attribute].type
                found[at] = replace(fact, value=raw_value(choices, type_, case.clock.today))
            case EdgeFact() as fact if choices.chance(50):
                found[at] = replace(fact, possible=not fact.possible)
            case ElementFact() as fact if choices.chance(50):
                found = [other for other in found if fact.element not in _about(other)]
            case ElementFact():
                found += _more(choices, case, f"more{len(found)}-")
            case None:
                found += _more(choices, case, "more-")
            case _:
                del found[at]
    return tuple(found)


def _about(fact: Fact) -> Sequence[str]:
    return (fact.origin, fact.target) if isinstance(fact, EdgeFact) else (fact.element,)


def _more(choices: Choices, case: GeneratedCase, prefix: str) -> list[Fact]:
    """New elements with their values and edges."""
    found: list[Fact] = []
    for fact in facts(choices, case.vocabulary, case.clock.today):
        if isinstance(fact, EdgeFact):
            found.append(replace(fact, origin=prefix + fact.origin, target=prefix + fact.target))
        else:
            found.append(replace(fact, element=prefix + fact.element))
    return found


def supposed(choices: Choices, case: GeneratedCase, graph: Graph) -> Changes:
    """A few supposed changes of a graph."""
    kinds: dict[str, str | None] = {}
    values: dict[tuple[str, str], object] = {}
    edges: dict[tuple[str, str, str], bool | None] = {}
    numbers = [number for members in graph.members.values() for number in members.tolist()]
    relations = list(graph.vocabulary.relations.values())
    for _ in range(choices.integer(1, 4)):
        number = choices.pick(numbers)
        element, kind = graph.ids[number], graph.vocabulary.kinds[graph.kind(number)]
        if choices.chance(10) and number not in graph.stubs:
            kinds[element] = None
        elif choices.chance(10):
            kinds[f"added{len(graph.ids)}"] = kind.name
        elif choices.chance(50) and number not in graph.stubs:
            attribute = choices.pick(tuple(kind.attributes.values()))
            raw = raw_value(choices, attribute.type, case.clock.today)
            values[element, attribute.name] = None if parse_value(raw, attribute.type) is None else raw
        else:
            relation = choices.pick(relations)
            ends = [
                [graph.ids[n] for n in numbers if graph.kind(n) in kinds_of]
                for kinds_of in (relation.origins, relation.targets)
            ]
            if all(ends):
                edge = (choices.pick(ends[0]), relation.name, choices.pick(ends[1]))
                is_there = _is_there(graph, edge)
                edges[edge] = choices.pick((False, True, None) if is_there else (False, True))
    gone = {element for element, kind in kinds.items() if kind is None}
    return Changes(
        kinds,
        {key: value for key, value in values.items() if key[0] not in gone},
        {edge: flag for edge, flag in edges.items() if gone.isdisjoint((edge[0], edge[2]))},
    )


def _is_there(graph: Graph, edge: tuple[str, str, str]) -> bool:
    origin, target = graph.number(edge[0]), graph.number(edge[2])
    if origin is None or target is None:
        return False
    return graph.along[edge[1]].position(origin, target) is not None
