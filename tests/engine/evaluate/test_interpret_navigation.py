"""Walking the lineage equals the definition: a member is reached by some path all of whose edges and nodes let it."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from lexline.evaluate.interpret_navigation import row_of, walk
from lexline.evaluate.interpret_values import conjunction, disjunction, inverse
from lexline.evaluate.verdict import Truth
from lexline_lineage.builder import build
from lexline_lineage.facts import EdgeFact, ElementFact
from lexline_lineage.graph import Graph
from lineage_graphs import DAY, SOURCE, small_vocabulary

COUNT = 6
VOCABULARY = small_vocabulary()
NUMBERS = st.integers(0, COUNT - 1)
EDGES = st.dictionaries(st.tuples(NUMBERS, NUMBERS), st.booleans(), max_size=12)
MASKS = st.lists(st.sampled_from([Truth.FALSE, Truth.FALSE, *Truth]), min_size=COUNT, max_size=COUNT)


@settings(max_examples=150, deadline=None)
@given(EDGES, MASKS, st.none() | st.integers(1, 4))
def test_members_are_those_of_all_paths(
    edges: dict[tuple[int, int], bool], masks: list[Truth], steps: int | None
) -> None:
    graph = _graph(edges)
    reached = walk(graph, row_of(graph.upstream), 0, "upstream", steps, lambda number: masks[number])
    assert reached.members == _by_paths(edges, masks, steps)


@settings(max_examples=100, deadline=None)
@given(EDGES, MASKS, st.none() | st.integers(1, 4))
def test_paths_are_shortest_and_open_ends_are_found(
    edges: dict[tuple[int, int], bool], masks: list[Truth], steps: int | None
) -> None:
    graph = _graph(edges)
    reached = walk(graph, row_of(graph.upstream), 0, "upstream", steps, lambda number: masks[number])
    for number, truth in reached.members.items():
        way = reached.sure if truth is Truth.TRUE else reached.possible
        path = way.path(0, number)
        assert (path[0], path[-1]) == (0, number)
        assert all((later, earlier) in edges for earlier, later in pairwise(path))
        shorter = len(path) - 2
        assert shorter == 0 or _by_paths(edges, masks, shorter).get(number) is not truth
    short = {0} | (_by_paths(edges, masks, None if steps is None else steps - 1).keys() if steps != 1 else set())
    without = {number for number in range(COUNT) if not graph.upstream.row(number)}
    assert set(reached.open_at) == short & without


def _graph(edges: dict[tuple[int, int], bool]) -> Graph:
    facts = [ElementFact(f"m{number}", "model", SOURCE) for number in range(COUNT)]
    joined = [EdgeFact(f"m{a}", "trains", f"m{b}", SOURCE, possible) for (a, b), possible in edges.items()]
    return build(VOCABULARY, [*facts, *joined], on=DAY).graph


def _by_paths(edges: dict[tuple[int, int], bool], masks: list[Truth], steps: int | None) -> dict[int, Truth]:
    """The or over all walks of the and along each, length by length."""
    truths: dict[int, set[Truth]] = {0: {Truth.TRUE}}
    found: dict[int, set[Truth]] = {}
    # A walk that touches a certain node on the way to another needs no more steps than twice the nodes.
    for _ in range(2 * COUNT if steps is None else steps):
        following: dict[int, set[Truth]] = {}
        for (upper, lower), possible in edges.items():
            edge = Truth.UNKNOWN if possible else Truth.TRUE
            passed = Truth.TRUE if upper == 0 else inverse(masks[upper])
            for truth in truths.get(lower, ()):
                along = conjunction((truth, edge, passed))
                if along is not Truth.FALSE:
                    following.setdefault(upper, set()).add(along)
        truths = following
        for number, met in truths.items():
            found.setdefault(number, set()).update(met)
    return {number: disjunction(met) for number, met in sorted(found.items())}
