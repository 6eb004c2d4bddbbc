"""What the builder accepts, leaves out and refuses."""

from __future__ import annotations

from datetime import date

import pytest

from lexline_lineage.builder import BuiltGraph, build
from lexline_lineage.facts import AttributeFact, EdgeFact, ElementFact, Fact, Source
from lexline_lineage.graph import Graph
from lexline_lineage.problems import LineageError
from lineage_graphs import DAY, small_vocabulary

A, B = Source("alpha", "line 3"), Source("beta", "record 7")
M, D, J = ElementFact("m", "model", A), ElementFact("d", "dataset", A), ElementFact("j", "job", A)


def owner(value: object, source: Source = A, since: date | None = None, until: date | None = None) -> AttributeFact:
    return AttributeFact("m", "owner", value, source, since, until)


def built(*facts: Fact) -> BuiltGraph:
    return build(small_vocabulary(), facts, DAY)


def model_owner(graph: Graph) -> object:
    number = graph.number("m")
    assert number is not None
    return graph.value(number, "owner")


BEFORE, AFTER = date(2026, 11, 21), date(2026, 11, 23)
OWNERS: dict[str, tuple[list[Fact], object, list[str]]] = {
    "said": ([owner("x")], "x", []),
    "null": ([owner(None)], None, []),
    "of another type": ([owner(3)], None, ["LX460"]),
    "said twice alike": ([owner("x"), owner("x"), owner("x", B)], "x", []),
    "not yet valid": ([owner("x", since=AFTER)], None, []),
    "not valid any more": ([owner("x", until=BEFORE)], None, []),
    "valid on its first day": ([owner("x", since=DAY)], "x", []),
    "valid on its last day": ([owner("x", until=DAY)], "x", []),
    "the latest of one source": ([owner("y", since=BEFORE), owner("x"), owner("z", since=AFTER)], "y", []),
    "the latest of one source is null": ([owner(None, since=BEFORE), owner("x")], None, []),
    "the latest of one source is of another type": ([owner(3, since=BEFORE), owner("x")], None, ["LX460"]),
    "two sources": ([owner("x"), owner("y", B)], None, ["LX462"]),
    "two sources at different times": ([owner("x"), owner("y", B, since=BEFORE)], None, ["LX462"]),
    "a source that says nothing does not contradict": ([owner("x"), owner(None, B)], "x", []),
    "a value of another type does not contradict": ([owner("x"), owner(3, B)], "x", ["LX460"]),
    "an attribute that does not exist": ([AttributeFact("m", "ownr", "x", A)], None, ["LX461"]),
}


@pytest.mark.parametrize("name", OWNERS)
def test_which_value_counts(name: str) -> None:
    facts, value, codes = OWNERS[name]
    result = built(M, *facts)
    assert model_owner(result.graph) == value
    assert [finding.code for finding in result.report.findings] == codes
    assert model_owner(built(*reversed(facts), M).graph) == value


def test_a_contradiction_names_both_sources() -> None:
    (finding,) = built(M, owner("x"), owner("y", B)).report.findings
    assert finding.sources == (A, B)
    assert finding.message == '`owner` of `m` is said to be "x" by alpha (line 3) and "y" by beta (record 7)'


def test_an_ignored_attribute_is_reported_once_with_a_hint() -> None:
    more = ElementFact("n", "model", A)
    (finding,) = built(M, more, AttributeFact("m", "ownr", 1, A), AttributeFact("n", "ownr", 2, A)).report.findings
    assert (finding.count, finding.element) == (2, "m")
    assert "did you mean `owner`?" in finding.message


REFUSED: dict[str, tuple[list[Fact], str, str]] = {
    "an unknown kind": ([ElementFact("x", "modle", A)], "LX430", "did you mean `model`?"),
    "two kinds": ([M, ElementFact("m", "job", B)], "LX434", "`m` is a `job` here and a `model` in alpha"),
    "no id": ([ElementFact("", "model", A)], "LX436", "no proper id"),
    "a bad id": ([ElementFact("a\x00", "model", A)], "LX436", "no proper id"),
    "two values": ([M, owner("x"), owner("y")], "LX435", '`owner` of `m` is "y" and "x", for the same time'),
    "a value and nothing": ([M, owner("x"), owner(None)], "LX435", "for the same time"),
    "an unknown relation": ([D, M, EdgeFact("d", "train", "m", A)], "LX431", "did you mean `trains`?"),
    "wrong kinds": ([D, J, EdgeFact("d", "trains", "j", A)], "LX432", "leads from a `dataset` to a `job`"),
    "the wrong way round": ([D, J, EdgeFact("d", "reads", "j", A)], "LX432", "turn the edge round"),
    "a stub of two kinds": ([M, EdgeFact("x", "trains", "m", A)], "LX433", "`dataset` or `model`"),
    "a stub of no kind": (
        [M, D, EdgeFact("m", "supplied_by", "x", A), EdgeFact("x", "reads", "d", A)],
        "LX433",
        "no one kind",
    ),
    "a value of nothing": ([owner("x")], "LX433", "declare it"),
    "a value of a stub": (
        [D, EdgeFact("d", "supplied_by", "v", A), AttributeFact("v", "x", 1, A)],
        "LX433",
        "nothing declares",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_refused(name: str) -> None:
    facts, code, part = REFUSED[name]
    with pytest.raises(LineageError) as caught:
        built(*facts)
    (problem,) = caught.value.problems
    assert problem.code == code
    assert part in f"{problem.message} {problem.help}"
    assert (problem.file, problem.line) in (("alpha", 3), ("beta (record 7)", 0))


def test_all_mistakes_are_reported_and_a_flood_is_cut() -> None:
    facts: list[Fact] = [
        EdgeFact("d", "x", "m", A),
        EdgeFact("d", "reads", "m", A),
        owner(1),
        owner(2),
        ElementFact("q", "z", A),
    ]
    with pytest.raises(LineageError) as caught:
        built(M, D, *facts)
    assert [problem.code for problem in caught.value.problems] == [
        "LX430", "LX431", "LX432", "LX435",
    ]  # fmt: skip
    with pytest.raises(LineageError) as caught:
        built(*(ElementFact(f"e{index}", "no-kind", A) for index in range(1_000)))
    assert len(caught.value.problems) == 501
    assert "500 more" in caught.value.problems[-1].message


def test_edges() -> None:
    n = ElementFact("n", "model", A)
    graph = built(
        M,
        n,
        D,
        EdgeFact("d", "trains", "m", A, possible=True),
        EdgeFact("d", "trains", "m", B),
        EdgeFact("m", "trains", "n", A, possible=True),
        EdgeFact("m", "trains", "m", A, until=BEFORE),
        EdgeFact("n", "supplied_by", "v", A),
        EdgeFact("job", "reads", "d", A),
    ).graph
    d, m, new = (graph.number(element) for element in ("d", "m", "n"))
    assert d is not None
    assert m is not None
    assert new is not None
    assert graph.upstream.row(m) == [(d, False)]
    assert graph.upstream.row(new) == [(m, True)]
    assert graph.edge_source(d, "trains", m) == B
    assert graph.flow_relations(d, m) == ("trains",)
    assert graph.number("nobody") is None
    assert {graph.ids[number]: graph.kind(number) for number in graph.stubs} == {"v": "vendor", "job": "job"}
    copy = graph.to_networkx()
    assert copy.nodes["m"] == {"kind": "model"}
    assert copy.edges["m", "n", "trains"] == {"relation": "trains", "possible": True}
    assert set(copy.edges) == {
        ("d", "m", "trains"), ("m", "n", "trains"), ("n", "v", "supplied_by"), ("job", "d", "reads"),
    }  # fmt: skip
