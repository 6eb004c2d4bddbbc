"""What must hold of every graph: the two builders agree, an overlay is a rebuild, reaching is a naive closure."""

from __future__ import annotations

from collections.abc import Iterable
from random import Random

import numpy as np
import pytest
from hypothesis import given, reject, settings
from hypothesis import strategies as st

from lexline_lineage.builder import Coded, Table, build, build_from_columns
from lexline_lineage.facts import AttributeFact, EdgeFact, ElementFact, Fact, Source
from lexline_lineage.graph import Graph
from lexline_lineage.overlay import Changes
from lexline_lineage.paths import shortest_path
from lexline_lineage.problems import LineageError
from lexline_lineage.raw_values import facts_of
from lexline_lineage.reach import reach
from lexline_lineage.renumbering import renumbered
from lexline_lineage.strings import Strings
from lineage_graphs import DAY, SOURCE, check_shape, facts, raw_values, small_vocabulary, told

VOCABULARY = small_vocabulary()
FACTS = facts(VOCABULARY)


def coded(values: Iterable[object]) -> Coded:
    kept = list(values)
    codes = [-1 if value is None else index for index, value in enumerate(kept)]
    return Coded(np.array(codes, np.int32), kept)


def table(given_facts: list[Fact]) -> Table:
    elements = [fact for fact in given_facts if isinstance(fact, ElementFact)]
    values = {(fact.element, fact.attribute): fact.value for fact in given_facts if isinstance(fact, AttributeFact)}
    edges = [fact for fact in given_facts if isinstance(fact, EdgeFact)]
    names = dict.fromkeys(name for _, name in values)
    ids = sorted({fact.element for fact in elements} | {end for edge in edges for end in (edge.origin, edge.target)})
    return Table(
        ids=Strings.of(ids),
        numbers=np.array([ids.index(fact.element) for fact in elements], np.int32),
        kinds=coded(fact.kind for fact in elements),
        attributes={name: coded(values.get((fact.element, name)) for fact in elements) for name in names},
        origins=np.array([ids.index(fact.origin) for fact in edges], np.int32),
        relations=coded(fact.relation for fact in edges),
        targets=np.array([ids.index(fact.target) for fact in edges], np.int32),
        possible=np.array([fact.possible for fact in edges], np.bool_),
        source=SOURCE,
    )


@given(FACTS)
def test_facts_and_columns_give_the_same_graph(given_facts: list[Fact]) -> None:
    by_facts = build(VOCABULARY, given_facts, DAY)
    by_columns = build_from_columns(VOCABULARY, table(given_facts))
    check_shape(by_facts.graph)
    check_shape(by_columns.graph)
    assert told(by_columns.graph) == told(by_facts.graph)
    assert by_columns.report == by_facts.report
    assert by_columns.graph.ids == by_facts.graph.ids == tuple(sorted(by_facts.graph.ids))


@given(FACTS, st.randoms(use_true_random=False))
def test_the_order_of_facts_changes_nothing(given_facts: list[Fact], random: Random) -> None:
    shuffled = list(given_facts)
    random.shuffle(shuffled)
    assert told(build(VOCABULARY, shuffled, DAY).graph) == told(build(VOCABULARY, given_facts, DAY).graph)


@given(FACTS)
def test_a_graph_is_built_again_from_its_facts(given_facts: list[Fact]) -> None:
    graph = build(VOCABULARY, given_facts, DAY).graph
    assert told(build(VOCABULARY, facts_of(graph), DAY).graph) == told(graph)


BAD_TABLES: dict[str, tuple[list[Fact], str]] = {
    "an id twice": ([ElementFact("a", "model", SOURCE), ElementFact("a", "model", SOURCE)], "stands twice"),
    "an unknown kind": ([ElementFact("a", "modle", SOURCE)], "did you mean `model`?"),
    "an edge of nothing": ([EdgeFact("a", "trains", "b", SOURCE)], "nothing declares `a`"),
}


@pytest.mark.parametrize("name", BAD_TABLES)
def test_columns_are_refused_like_facts(name: str) -> None:
    given_facts, part = BAD_TABLES[name]
    with pytest.raises(LineageError, match=part.replace("?", r"\?")):
        build_from_columns(VOCABULARY, table(given_facts))


SUPPOSED = Source("supposed")


@st.composite
def changes(draw: st.DrawFn, graph: Graph) -> Changes:
    """Changes that fit a graph: elements added and removed, values and edges changed."""
    kinds: dict[str, str | None] = {}
    declared = [graph.ids[n] for numbers in graph.members.values() for n in numbers.tolist()]
    for element in draw(st.lists(st.sampled_from(declared), max_size=2, unique=True)) if declared else ():
        kinds[element] = None
    for index in range(draw(st.integers(0, 2))):
        kinds[f"{draw(st.sampled_from('a~'))}new{index}-{len(graph.ids)}"] = draw(
            st.sampled_from(tuple(VOCABULARY.kinds))
        )
    after = {graph.ids[n]: kind for kind, numbers in graph.members.items() for n in numbers.tolist()}
    stubs = {graph.ids[n] for n in graph.stubs}
    for element, kind in kinds.items():
        after.pop(element, None) if kind is None else after.update({element: kind})
    values: dict[tuple[str, str], object] = {}
    for element, kind in after.items():
        for attribute in VOCABULARY.kinds[kind].attributes.values() if element not in stubs else ():
            if draw(st.integers(0, 4)) == 0:
                values[element, attribute.name] = draw(st.none() | raw_values(attribute.type))
    edges: dict[tuple[str, str, str], bool | None] = {}
    for relation in VOCABULARY.relations.values():
        origins = [element for element, kind in after.items() if kind in relation.origins]
        targets = [element for element, kind in after.items() if kind in relation.targets]
        for _ in range(draw(st.integers(0, 2)) if origins and targets else 0):
            edge = draw(st.sampled_from(origins)), relation.name, draw(st.sampled_from(targets))
            ends = graph.number(edge[0]), graph.number(edge[2])
            is_there = None not in ends and graph.along[relation.name].position(*ends) is not None  # type: ignore[arg-type]
            edges[edge] = draw(st.sampled_from([False, True, None] if is_there else [False, True]))
    return Changes(kinds, values, edges, SUPPOSED)


def changed(graph: Graph, wanted: Changes) -> list[Fact]:
    """The facts of a graph after the changes, for a build from scratch."""
    gone = {element for element, kind in wanted.kinds.items() if kind is None}
    kept: list[Fact] = []
    for fact in facts_of(graph):
        if isinstance(fact, EdgeFact):
            edge = (fact.origin, fact.relation, fact.target)
            if edge not in wanted.edges and not {fact.origin, fact.target} & gone:
                kept.append(fact)
        elif fact.element not in gone and (
            not isinstance(fact, AttributeFact) or (fact.element, fact.attribute) not in wanted.values
        ):
            kept.append(fact)
    for element, kind in wanted.kinds.items():
        if kind is not None:
            kept.append(ElementFact(element, kind, SUPPOSED))
    kept += [AttributeFact(*key, value, SUPPOSED) for key, value in wanted.values.items()]
    kept += [EdgeFact(*edge, SUPPOSED, flag) for edge, flag in wanted.edges.items() if flag is not None]
    return kept


def without_idle_stubs(said: dict[str, object]) -> dict[str, object]:
    """What a graph says, but for stubs that no edge names any more: an overlay keeps them, a rebuild knows none."""
    elements = said["elements"]
    edges = said["edges"]
    assert isinstance(elements, dict)
    assert isinstance(edges, dict)
    named = {end for origin, _, target in edges for end in (origin, target)}
    return {"elements": {e: s for e, s in elements.items() if not s["stub"] or e in named}, "edges": edges}


@settings(deadline=None)
@given(st.data())
def test_an_overlay_is_a_rebuild(data: st.DataObject) -> None:
    graph = build(VOCABULARY, data.draw(FACTS), DAY).graph
    for _ in range(2):
        before = told(graph)
        wanted = data.draw(changes(graph))
        try:
            rebuilt = build(VOCABULARY, changed(graph, wanted), DAY).graph
        except LineageError:  # a stub has lost the edge that told its kind; an overlay remembers it
            reject()
        overlaid = graph.with_changes(wanted)
        check_shape(overlaid)
        assert without_idle_stubs(told(overlaid)) == without_idle_stubs(told(rebuilt))
        for number in range(len(overlaid.ids)):
            is_used = overlaid.kind_codes[number] >= 0
            assert overlaid.number(overlaid.ids[number]) == number or not is_used
        assert told(graph) == before
        graph = overlaid


@settings(deadline=None)
@given(st.data())
def test_a_graph_numbered_as_another_says_the_same(data: st.DataObject) -> None:
    graphs = [build(VOCABULARY, data.draw(FACTS), DAY).graph]
    graphs.append(graphs[0] if data.draw(st.booleans()) else build(VOCABULARY, data.draw(FACTS), DAY).graph)
    for at in (0, 1):
        for _ in range(data.draw(st.integers(0, 2))):
            try:
                graphs[at] = graphs[at].with_changes(data.draw(changes(graphs[at])))
            except LineageError:
                reject()
        assert renumbered(graphs[at], graphs[at]) is graphs[at]
    graph, like = graphs
    found = renumbered(graph, like)
    check_shape(found)
    assert told(found) == told(graph)
    assert found.ids[: len(like.ids)] == like.ids[:]
    for number in range(len(found.ids)):
        element, is_used = found.ids[number], found.kind_codes[number] >= 0
        assert found.number(element) == number or not is_used
        assert like.number(element) in (None, number) or not is_used
    assert renumbered(found, like) is found


def test_an_overlay_shares_what_it_does_not_touch() -> None:
    given_facts: list[Fact] = [
        ElementFact("d", "dataset", SOURCE),
        ElementFact("m", "model", SOURCE),
        AttributeFact("d", "rows", 3, SOURCE),
        EdgeFact("d", "trains", "m", SOURCE),
    ]
    graph = build(VOCABULARY, given_facts, DAY).graph
    overlaid = graph.with_changes(Changes(values={("d", "rows"): 4}, source=SUPPOSED))
    d = graph.number("d")
    assert d is not None
    assert (graph.value(d, "rows"), overlaid.value(d, "rows")) == (3, 4)
    assert overlaid.source(d, "rows") == SUPPOSED
    assert [key for key in graph.columns if graph.columns[key] is not overlaid.columns[key]] == [("dataset", "rows")]
    assert overlaid.along is graph.along
    assert overlaid.upstream is graph.upstream


BAD_CHANGES: dict[str, tuple[Changes, str]] = {
    "an unknown kind": (Changes({"x": "modle"}), "did you mean `model`"),
    "an element that is there": (Changes({"m": "job"}), "there is an element `m` already"),
    "nothing to remove": (Changes({"x": None}), "no element `x`"),
    "a value of nothing": (Changes(values={("x", "owner"): "y"}), "nothing declares"),
    "an unknown attribute": (Changes(values={("m", "ownr"): "y"}), "did you mean `owner`"),
    "a wrong type": (Changes(values={("m", "owner"): 3}), "has to be text"),
    "an unknown relation": (Changes(edges={("m", "train", "m"): False}), "did you mean `trains`"),
    "wrong kinds": (Changes(edges={("m", "reads", "m"): False}), "leads from a `model` to a `model`"),
    "no edge to remove": (Changes(edges={("m", "trains", "m"): None}), "no edge to remove"),
    "an unknown end": (Changes(edges={("x", "trains", "m"): False}), "`dataset` or `model`"),
}


@pytest.mark.parametrize("name", BAD_CHANGES)
def test_changes_that_do_not_fit(name: str) -> None:
    wanted, part = BAD_CHANGES[name]
    graph = build(VOCABULARY, [ElementFact("m", "model", SOURCE)], DAY).graph
    with pytest.raises(LineageError, match=part):
        graph.with_changes(wanted)


def naive(graph: Graph, start: int, steps: int, avoided: set[int], *, sure_only: bool) -> set[int]:
    """Everything at the end of a path, by trying all ends again and again."""
    ends = {start}
    reached: set[int] = set()
    for _ in range(steps):
        ends = {
            other
            for number in ends
            for other, possible in graph.upstream.row(number)
            if not (possible and sure_only) and (other not in avoided or other == start)
        }
        reached |= ends
    return reached


@given(st.data())
def test_reaching_is_the_naive_closure(data: st.DataObject) -> None:
    graph = build(VOCABULARY, data.draw(facts(VOCABULARY, edges=20)), DAY).graph
    if not graph.ids:
        return
    numbers = st.integers(0, len(graph.ids) - 1)
    start = data.draw(numbers)
    masks = {
        "avoided": data.draw(st.sets(numbers, max_size=3)),
        "perhaps_avoided": data.draw(st.sets(numbers, max_size=3)),
    }
    steps = data.draw(st.none() | st.integers(0, 4))
    rounds = len(graph.ids) + 1 if steps is None else steps
    every = naive(graph, start, rounds, masks["avoided"], sure_only=False)
    certain = naive(graph, start, rounds, masks["avoided"] | masks["perhaps_avoided"], sure_only=True)
    found = reach(graph.upstream, [start], steps=steps, **masks)
    assert found.certain == certain
    assert found.possible == every - certain
    for goal in range(len(graph.ids)):
        path = shortest_path(graph.upstream, start, goal, steps=steps, **masks)
        assert (path is not None) == (goal in every)
        if path is None:
            continue
        assert path.certain == (goal in certain)
        assert (path.numbers[0], path.numbers[-1]) == (start, goal)
        barred = masks["avoided"] | (masks["perhaps_avoided"] if path.certain else set())
        shorter = naive(graph, start, len(path.numbers) - 2, barred, sure_only=path.certain)
        assert goal not in shorter
        for one, other in zip(path.numbers, path.numbers[1:], strict=False):
            flags = dict(graph.upstream.row(one))
            assert other in flags
            assert not (path.certain and flags[other])
            assert other == start or other not in barred
