"""The ways to what changed, beside one shortest path at a time."""

from __future__ import annotations

import itertools

from hypothesis import given

from lexline.due.ways import Ways
from lexline_lineage.builder import build
from lexline_lineage.facts import Fact
from lexline_lineage.graph import Graph
from lexline_lineage.paths import shortest_path
from lineage_graphs import DAY, facts, small_vocabulary

VOCABULARY = small_vocabulary()


@given(facts(VOCABULARY))
def test_a_way_is_a_shortest_path(said: list[Fact]) -> None:
    graph = build(VOCABULARY, said, on=DAY).graph
    for goal in range(len(graph.ids)):
        ways = Ways(graph, goal)
        for start in range(len(graph.ids)):
            way = ways.way(start)
            if start == goal:
                assert way == ()
                continue
            paths = (shortest_path(adjacency, start, goal) for adjacency in (graph.upstream, graph.downstream))
            path = next((path for path in paths if path is not None), None)
            if path is not None:
                assert len(way) == len(path.numbers)
                assert set(itertools.pairwise(way)) <= steps(graph)
            elif way:
                assert set(itertools.pairwise(way[:-1])) <= steps(graph)
                assert way[-2] in related(graph, goal)


def steps(graph: Graph) -> set[tuple[int, int]]:
    """All steps through the lineage, against its flow or with it."""
    both = (graph.upstream, graph.downstream)
    return {(n, other) for adjacency in both for n in range(len(graph.ids)) for other, _ in adjacency.row(n)}


def related(graph: Graph, number: int) -> set[int]:
    """What is related to an element."""
    sides = (*graph.along.values(), *graph.against.values())
    return {other for adjacency in sides for other, _ in adjacency.row(number)}
