"""What an explanation says of edges: those read, those that are only possible, and where none is recorded."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import pairwise

from lexline.evaluate.explanation import ReadEdge
from lexline.evaluate.interpret_navigation import Reached, Side, is_open_relation, neighbours, side_of
from lexline.evaluate.verdict import MissingFact, ReadFact, Truth
from lexline.lang.typed import Lineage, Related
from lexline_lineage.graph import Graph
from lexline_lineage.vocabulary import LINEAGE_COMPLETE, Flow

__all__ = ["all_edges", "closing_facts", "gaps_of_openness", "gaps_on_the_way", "path_edges"]


def all_edges(graph: Graph, scope: Lineage | Related, start: int, reached: Reached) -> tuple[ReadEdge, ...]:
    """Every edge that the set rests on: those that lead to members, and those that keep it from being open."""
    if isinstance(scope, Related):
        found = [
            _edge(graph, start, relation, other, possible, forward)
            for relation, forward in scope.relations
            for other, possible in neighbours(graph, start, relation, forward)
        ]
        for side in {side_of(graph, *step) for step in scope.relations if _is_flow(graph, step[0])}:
            found.extend(_row(graph, start, side))
    else:
        found = [edge for number in _walked_from(scope, reached) for edge in _row(graph, number, scope.direction)]
    return tuple(dict.fromkeys(found))


def path_edges(graph: Graph, scope: Lineage | Related, path: tuple[int, ...]) -> tuple[ReadEdge, ...]:
    """The edges of a path from the start of a navigation."""
    if isinstance(scope, Related):
        start, end = path
        return tuple(
            _edge(graph, start, relation, other, possible, forward)
            for relation, forward in scope.relations
            for other, possible in neighbours(graph, start, relation, forward)
            if other == end
        )
    return tuple(
        edge for number, other in pairwise(path) for edge in _flow_edges(graph, number, other, scope.direction)
    )


def closing_facts(graph: Graph, scope: Lineage | Related, start: int, reached: Reached) -> tuple[ReadFact, ...]:
    """The facts that say of elements without inputs that there are none."""
    asked: Iterable[int] = ()
    if isinstance(scope, Lineage):
        asked = reached.ends if scope.direction == "upstream" else ()
    elif graph.upstream.is_empty(start) and any(_is_flow(graph, relation) for relation, _ in scope.relations):
        asked = (start,)
    return tuple(
        ReadFact(graph.ids[number], graph.kind(number), LINEAGE_COMPLETE, True, graph.source(number, LINEAGE_COMPLETE))
        for number in asked
        if graph.value(number, LINEAGE_COMPLETE) is True
    )


def gaps_of_openness(graph: Graph, scope: Lineage | Related, reached: Reached) -> Iterator[MissingFact]:
    """What would have to be recorded so that the set is closed."""
    for number in reached.open_at:
        if isinstance(scope, Lineage):
            yield _gap_at(graph, number, scope.direction)
            continue
        for relation, forward in scope.relations:
            if not is_open_relation(graph, number, relation, forward):
                continue
            if _is_flow(graph, relation):
                yield _gap_at(graph, number, side_of(graph, relation, forward))
            else:
                why = "none is recorded, though there may be some"
                yield MissingFact(graph.ids[number], graph.kind(number), relation, why)


def gaps_on_the_way(
    graph: Graph, scope: Lineage | Related, start: int, reached: Reached, ends: Iterable[int]
) -> tuple[tuple[MissingFact, ...], tuple[int, ...]]:
    """What leaves it undecided whether ``ends`` are reached: the edges that are only possible on some way to them, and
    the elements on the way that may be ones to avoid."""
    if isinstance(scope, Related):
        wanted = set(ends)
        gaps = [
            _possible_gap(_edge(graph, start, relation, other, True, forward), graph)
            for relation, forward in scope.relations
            for other, possible in neighbours(graph, start, relation, forward)
            if possible and other in wanted
        ]
        return tuple(gaps), ()
    back = graph.downstream if scope.direction == "upstream" else graph.upstream
    bounded = scope.steps is not None
    gaps, doubtful = [], []
    stack, seen = list(ends), set(ends)
    while stack:
        number = stack.pop()
        if reached.masks.get(number) in (Truth.UNKNOWN, Truth.FAILED):
            doubtful.append(number)
        for before, possible in back.row(number):
            if before not in reached.possible.distance or reached.masks.get(before) is Truth.TRUE:
                continue
            if bounded and reached.possible.distance[before] >= (scope.steps or 0):
                continue
            if possible:
                gaps += [_possible_gap(e, graph) for e in _flow_edges(graph, before, number, scope.direction)]
            # What is surely reached needs no further edge, unless a shorter way to it would bring more within reach.
            settled = before == start or (before in reached.sure.before and not bounded)
            if before not in seen and not settled:
                seen.add(before)
                stack.append(before)
    return tuple(dict.fromkeys(gaps)), tuple(sorted(doubtful))


def _walked_from(scope: Lineage, reached: Reached) -> Iterator[int]:
    """The elements whose edges were looked at: all but those at the last step."""
    return (n for n, far in reached.possible.distance.items() if scope.steps is None or far < scope.steps)


def _row(graph: Graph, number: int, side: Side) -> Iterator[ReadEdge]:
    adjacency = graph.upstream if side == "upstream" else graph.downstream
    for other, _ in adjacency.row(number):
        yield from _flow_edges(graph, number, other, side)


def _flow_edges(graph: Graph, number: int, other: int, side: Side) -> Iterator[ReadEdge]:
    upper, lower = (other, number) if side == "upstream" else (number, other)
    for relation in graph.flow_relations(upper, lower):
        forward = graph.vocabulary.relations[relation].flow is Flow.FORWARD
        origin, target = (upper, lower) if forward else (lower, upper)
        position = graph.along[relation].position(origin, target)
        possible = position is not None and bool(graph.along[relation].possible[position])
        yield _edge(graph, origin, relation, target, possible, True)


def _edge(graph: Graph, start: int, relation: str, other: int, possible: bool, forward: bool) -> ReadEdge:
    origin, target = (start, other) if forward else (other, start)
    source = graph.edge_source(origin, relation, target)
    return ReadEdge(graph.ids[origin], relation, graph.ids[target], possible, source)


def _gap_at(graph: Graph, number: int, side: Side) -> MissingFact:
    attribute = "inputs" if side == "upstream" else "outputs"
    return MissingFact(graph.ids[number], graph.kind(number), attribute, f"nothing is recorded {side} of it")


def _possible_gap(edge: ReadEdge, graph: Graph) -> MissingFact:
    origin = graph.number(edge.origin)
    kind = "" if origin is None else graph.kind(origin)
    return MissingFact(edge.origin, kind, edge.relation, f"it is only possible that it {edge.relation} {edge.target}")


def _is_flow(graph: Graph, relation: str) -> bool:
    return graph.vocabulary.relations[relation].flow is not Flow.NONE
