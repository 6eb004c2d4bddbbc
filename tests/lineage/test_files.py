"""Portfolio files and the facts form: what is read, what is refused where, and that nothing is lost on the way."""

from __future__ import annotations

import contextlib
import importlib
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lexline_lineage import parquet_files
from lexline_lineage.builder import build
from lexline_lineage.fact_files import parse_facts
from lexline_lineage.facts import AliasFact, AttributeFact, EdgeFact, ElementFact, Fact, Source, Strength
from lexline_lineage.files import load_graph, read_facts, read_portfolio, write_facts, write_portfolio
from lexline_lineage.parquet_files import write_table
from lexline_lineage.problems import LineageError
from lexline_lineage.writing import write_atomically
from lineage_graphs import DAY, DAYS, DOCUMENTS, SOURCE, WORDS, facts, small_vocabulary, told

VOCABULARY = small_vocabulary()
PORTFOLIO = """\
nodes:
  d: {kind: dataset, personal: true, rows: 1e3, kept: 12 months}
  m:
    kind: model
    owner: [{value: risk, until: 2026-06-30}, {value: ops, from: 2026-07-01}]
    trained_on: {value: 2026-05-01, from: 2026-05-01}
    card: {value: 3, from: [1]}
    tags: [a, 2026-01-01]
  1: {kind: vendor}
edges:
  - [d, trains, m]
  - [m, trains, m, possible]
  - {from: m, relation: supplied_by, to: 1, since: 2026-01-01, until: 2026-12-31, possible: true}
"""


@pytest.fixture
def folder() -> Iterator[Path]:
    with TemporaryDirectory() as name:
        yield Path(name)


def by_line(path: Path) -> dict[str, list[Fact]]:
    found: dict[str, list[Fact]] = {}
    for fact in read_portfolio(path, VOCABULARY):
        assert fact.source.system == str(path)
        found.setdefault(fact.source.place, []).append(fact)
    return found


def test_a_portfolio_says(folder: Path) -> None:
    path = folder / "p.yaml"
    path.write_text(PORTFOLIO)
    lines = by_line(path)
    said = {line: [getattr(fact, "value", None) for fact in told_there] for line, told_there in lines.items()}
    assert [getattr(fact, "kind", "") for fact in lines["line 2, column 13"]] == ["dataset"]
    assert said["line 2"] == [True, 1000.0, "12 months"]
    assert said["line 5"] == ["risk", "ops"]
    assert said["line 7"] == [{"value": 3, "from": [1]}]
    assert said["line 8"] == [["a", "2026-01-01"]]
    (edge,) = lines["line 13, column 25"]
    source = Source(str(path), "line 13, column 25")
    assert edge == EdgeFact("m", "supplied_by", "1", source, True, date(2026, 1, 1), date(2026, 12, 31))
    graph = load_graph(VOCABULARY, [path], DAY).graph
    m = graph.number("m")
    assert m is not None
    assert [graph.value(m, name) for name in ("owner", "trained_on", "card", "tags")] == [
        "ops", date(2026, 5, 1), {"value": 3, "from": [1]}, ("a", "2026-01-01"),
    ]  # fmt: skip


# YAML, then the message and the line of each mistake
MISTAKES: dict[str, tuple[str, list[tuple[str, int]]]] = {
    "a list": ("- a", [("a portfolio is a mapping", 1)]),
    "an unknown key": ("node: {}", [("a portfolio has no `node`", 1)]),
    "nodes as a list": ("nodes: [a]", [("`nodes` has to be a mapping", 1)]),
    "a node without a kind": (
        "nodes:\n  a: {x: 1}\n  b:",
        [("does not say its `kind`", 2), ("has to be a mapping", 3)],
    ),
    "a dated value without a value": (
        "nodes:\n  a:\n    kind: model\n    owner: {from: 2026-01-01}",
        [("is a mapping without `value`", 4)],
    ),
    "wrong dates": (
        "nodes: {a: {kind: b,\n o: {value: 1, from: 1/1/2026},\n p: {value: 1, from: 2026-02-01, until: 2025-12-31}}}",
        [("`from` has to be a date", 2), ("`until` is before `from`", 3)],
    ),
    "mixed values": (
        "nodes:\n  a: {kind: model, owner: [{value: x}, y], tags: {value: [], form: 2026-01-01}}",
        [("mixes dated values with others", 2), ("a dated value has no `form`", 2)],
    ),
    "edges": (
        """edges:
- [a, b]
- a
- [a, b, c, maybe]
- [1.5, b, c]
- [a, b, true]
- {from: a, to: b}
- {from: a, to: b, relation: c, possible: 1, x: 2}
""",
        [
            ("an edge is a list of three", 2),
            ("an edge is a list of three", 3),
            ("can only be `possible`", 4),
            ("names its origin, relation and target", 5),
            ("names its origin, relation and target", 6),
            ("an edge needs `relation`", 7),
            ("an edge has no `x`", 8),
            ("`possible` is true or false", 8),
        ],
    ),
}


@pytest.mark.parametrize("name", MISTAKES)
def test_a_portfolio_is_refused_with_places(folder: Path, name: str) -> None:
    text, expected = MISTAKES[name]
    path = folder / "p.yaml"
    path.write_text(text)
    with pytest.raises(LineageError) as caught:
        read_portfolio(path, VOCABULARY)
    problems = caught.value.problems
    assert [problem.line for problem in problems] == [line for _, line in expected]
    assert all(part in problem.message for problem, (part, _) in zip(problems, expected, strict=True))


def test_a_wrong_json_portfolio_has_places_too(folder: Path) -> None:
    path = folder / "p.json"
    path.write_text('{"nodes": {\n "a": {"kind": "modle"}}}')
    with pytest.raises(LineageError) as caught:
        load_graph(VOCABULARY, [path], DAY)
    (problem,) = caught.value.problems
    assert (problem.file, problem.line) == (str(path), 2)
    assert "did you mean `model`?" in problem.help


@given(facts(VOCABULARY), st.sampled_from(["p.yaml", "p.json", "f.jsonl"]))
def test_a_graph_survives_every_file(given_facts: list[Fact], name: str) -> None:
    with TemporaryDirectory() as folder:
        path = Path(folder) / name
        (write_facts if name == "f.jsonl" else write_portfolio)(path, given_facts)
        again = read_portfolio(path, VOCABULARY)
        unsourced = [strip(fact) for fact in again]
        assert told(build(VOCABULARY, unsourced, DAY).graph) == told(build(VOCABULARY, given_facts, DAY).graph)


def strip(fact: Fact) -> Fact:
    """A fact as if the test had said it."""
    if isinstance(fact, ElementFact):
        return ElementFact(fact.element, fact.kind, SOURCE)
    if isinstance(fact, AttributeFact):
        return AttributeFact(fact.element, fact.attribute, fact.value, SOURCE, fact.since, fact.until)
    assert isinstance(fact, EdgeFact)
    return EdgeFact(fact.origin, fact.relation, fact.target, SOURCE, fact.possible, fact.since, fact.until)


NAMES = WORDS.filter(bool)
SOURCES = st.builds(Source, NAMES, WORDS)
PERIODS = st.tuples(st.none() | DAYS, st.none() | DAYS).map(
    lambda days: days if None in days else tuple(sorted(days))  # type: ignore[type-var]
)
ANY_FACTS = st.lists(
    st.builds(ElementFact, NAMES, NAMES, SOURCES)
    | st.builds(AliasFact, NAMES, NAMES, st.sampled_from(Strength), SOURCES)
    | st.builds(lambda e, a, v, s, p: AttributeFact(e, a, v, s, *p), NAMES, NAMES, DOCUMENTS, SOURCES, PERIODS)
    | st.builds(
        lambda o, r, t, s, f, p: EdgeFact(o, r, t, s, f, *p), NAMES, NAMES, NAMES, SOURCES, st.booleans(), PERIODS
    ),
    max_size=6,
)


@settings(deadline=None)
@given(ANY_FACTS, st.sampled_from(["f.jsonl", "f.parquet"]))
def test_the_facts_form_loses_nothing(given_facts: list[Fact], name: str) -> None:
    with TemporaryDirectory() as folder:
        path = Path(folder) / name
        write_facts(path, given_facts)
        assert read_facts(path) == tuple(given_facts)


BAD_LINES: dict[str, tuple[str, str]] = {
    "no JSON": ("{", "this is not JSON"),
    "no mapping": ("[1]", "a fact is a mapping"),
    "a key twice": ('{"element": "a", "element": "b"}', "stands twice"),
    "no source": ('{"element": "a", "kind": "b"}', "no `source`"),
    "a list as source": ('{"element": "a", "kind": "b", "source": []}', "`source` has to be text"),
    "a wrong place": ('{"element": "a", "kind": "b", "source": "s", "place": 3}', "`place` has to be text"),
    "an unknown key": ('{"element": "a", "kind": "b", "source": "s", "frm": 1}', "no `frm`"),
    "no value": ('{"element": "a", "attribute": "b", "source": "s"}', "no `value`"),
    "a wrong date": ('{"element": "a", "attribute": "b", "value": 1, "source": "s", "from": "x"}', "has to be a date"),
    "a wrong edge": ('{"edge": ["a", "b"], "source": "s"}', "a list of origin, relation and target"),
    "a wrong flag": ('{"edge": ["a", "b", "c"], "possible": 1, "source": "s"}', "true or false"),
    "a wrong kind": ('{"element": "a", "kind": null, "source": "s"}', "`kind` has to be text"),
    "not a number": ('{"element": "a", "attribute": "b", "value": NaN, "source": "s"}', "not a finite number"),
}


@pytest.mark.parametrize("name", BAD_LINES)
def test_a_bad_line_is_named(name: str) -> None:
    line, part = BAD_LINES[name]
    good = '{"element": "a", "kind": "b", "source": "s"}'
    with pytest.raises(LineageError, match=part) as caught:
        parse_facts(f"{good}\r\n\n{line}\n{line}\n", "f")
    assert [problem.line for problem in caught.value.problems] == [3, 4]


deep: list[object] = []
for _ in range(3_000):
    deep = [deep]


@pytest.mark.parametrize("value", [float("nan"), "\ud800", "a\x00", 10**400, deep, {1: 2}, object()], ids=range(7))
@pytest.mark.parametrize("name", ["f.jsonl", "f.parquet", "p.yaml", "p.json"])
def test_what_could_not_be_read_again_is_not_written(folder: Path, name: str, value: object) -> None:
    path = folder / name
    path.write_text("old")
    bad: list[Fact] = [ElementFact("m", "model", SOURCE), AttributeFact("m", "card", value, SOURCE)]
    with pytest.raises(LineageError):
        (write_facts if name.startswith("f") else write_portfolio)(path, bad)
    assert path.read_text() == "old"
    assert list(folder.iterdir()) == [path]


def test_a_document_with_dates_needs_the_facts_form(folder: Path) -> None:
    dated = AttributeFact("m", "card", {"a": 1}, SOURCE, since=DAY)
    with pytest.raises(LineageError, match="facts form"):
        write_portfolio(folder / "p.yaml", [ElementFact("m", "model", SOURCE), dated])
    with pytest.raises(LineageError, match="facts form"):
        write_table(folder / "t", [ElementFact("m", "model", SOURCE), dated])


def test_writing_replaces_at_once(folder: Path) -> None:
    path = folder / "f"
    write_atomically(path, b"one")
    path.chmod(0o600)
    write_atomically(path, b"two")
    assert path.read_bytes() == b"two"
    assert path.stat().st_mode & 0o777 == 0o600
    with pytest.raises(LineageError, match="cannot be written"):
        write_atomically(folder / "absent" / "f", b"")


# Parquet ---------------------------------------------------------------------------------------------------------


@settings(deadline=None, max_examples=40)
@given(facts(VOCABULARY))
def test_a_graph_survives_parquet(given_facts: list[Fact]) -> None:
    of_type = [
        fact
        for fact in given_facts
        if not isinstance(fact, AttributeFact)
        or fact.attribute in ("personal", "owner", "tags", "trained_on", "operation")
    ]
    of_type = [
        fact
        for fact in of_type
        if not isinstance(fact, AttributeFact)
        or (isinstance(fact.value, {"personal": bool, "tags": list}.get(fact.attribute, str)) and fact.value != [1])
    ]
    with TemporaryDirectory() as name:
        folder = Path(name)
        write_table(folder, of_type)
        expected = told(build(VOCABULARY, of_type, DAY).graph)
        fast = load_graph(VOCABULARY, [folder], DAY).graph
        joined = build(VOCABULARY, read_portfolio(folder, VOCABULARY), DAY).graph
        assert told(fast) == told(joined)
        assert set(fast.sources) <= {Source(name)}
        renamed = build(VOCABULARY, [strip(fact) for fact in read_portfolio(folder, VOCABULARY)], DAY).graph
        assert told(renamed) == expected


def test_parquet_of_other_writers(folder: Path) -> None:
    pa = pytest.importorskip("pyarrow")
    parquet = importlib.import_module("pyarrow.parquet")
    nodes = {
        "id": pa.array(["m", "d", "e"]).dictionary_encode(),
        "kind": pa.array(["model", "dataset", "dataset"]).dictionary_encode(),
        "trained_on": pa.array([date(2026, 5, 1), None, None], pa.date32()),
        "rows": pa.array([None, 5, float("nan")], pa.float64()),
        "share": pa.array([None, 1, 0], pa.decimal128(5, 2)),
        "card": ['{"a": [1]}', None, None],
        "owner": pa.array([None, None, None], pa.null()),
        "tags": [["a"], None, None],
        "personal": ["yes", "true", None],
    }
    parquet.write_table(pa.table(nodes), folder / "nodes.parquet")
    edges = {"src": ["d", "e"], "type": ["trains", "trains"], "dst": ["m", "m"], "possible": [None, True]}
    parquet.write_table(pa.table(edges), folder / "edges.parquet")
    built = load_graph(VOCABULARY, [folder], DAY)
    graph = built.graph
    m, d, e = (graph.number(element) or 0 for element in ("m", "d", "e"))
    assert [graph.value(m, name) for name in ("trained_on", "card", "owner", "tags")] == [
        date(2026, 5, 1), {"a": [1]}, None, ("a",),
    ]  # fmt: skip
    assert [graph.value(number, "rows") for number in (d, e)] == [5.0, None]
    assert [graph.value(number, "share") for number in (d, e)] == [1.0, 0.0]
    assert graph.upstream.row(m) == [(d, False), (e, True)]
    codes = [(finding.code, finding.element) for finding in built.report.findings]
    assert codes == [("LX460", "d"), ("LX461", "m")]


def test_a_parquet_bomb_is_refused(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parquet_files, "MAX_ROWS", 2)
    write_table(folder, [ElementFact(element, "model", SOURCE) for element in "abc"])
    with pytest.raises(LineageError, match="more than 2 rows"):
        load_graph(VOCABULARY, [folder], DAY)


BAD_PARQUET = ("no parquet", "no file", "a missing column", "ids that are lists", "a missing id", "a missing relation")


@pytest.mark.parametrize("name", BAD_PARQUET)
def test_bad_parquet_is_refused(folder: Path, name: str) -> None:
    pa = pytest.importorskip("pyarrow")
    parquet = importlib.import_module("pyarrow.parquet")
    nodes: dict[str, object] = {"id": ["m"], "kind": ["model"]}
    edges: dict[str, object] = {"src": ["m"], "type": ["trains"], "dst": ["m"]}
    if name == "ids that are lists":
        nodes["id"] = [["m"]]
    if name == "a missing id":
        edges["src"] = pa.array([None], pa.string())
    if name == "a missing relation":
        edges["type"] = pa.array([None], pa.string())
    if name == "a missing column":
        del edges["dst"]
    if name != "no file":
        parquet.write_table(pa.table(edges), folder / "edges.parquet")
    parquet.write_table(pa.table(nodes), folder / "nodes.parquet")
    if name == "no parquet":
        (folder / "nodes.parquet").write_bytes(b"PAR1 nothing PAR1")
    with pytest.raises(LineageError):
        load_graph(VOCABULARY, [folder], DAY)


@given(st.sampled_from(["nodes", "edges"]), st.integers(0, 10**6), st.binary(min_size=1, max_size=8))
@settings(max_examples=60, deadline=None)
def test_no_bytes_of_parquet_end_in_a_traceback(name: str, at: int, content: bytes) -> None:
    pa = pytest.importorskip("pyarrow")
    parquet = importlib.import_module("pyarrow.parquet")
    with TemporaryDirectory() as made:
        folder = Path(made)
        parquet.write_table(pa.table({"id": ["m"], "kind": ["model"], "tier": [1]}), folder / "nodes.parquet")
        parquet.write_table(pa.table({"src": ["m"], "type": ["trains"], "dst": ["m"]}), folder / "edges.parquet")
        path = folder / f"{name}.parquet"
        whole = path.read_bytes()
        place = at % len(whole)
        path.write_bytes(whole[:place] + content + whole[place + len(content) :])
        with contextlib.suppress(LineageError):
            load_graph(VOCABULARY, [folder], DAY)


def test_without_pyarrow_the_error_says_what_to_install(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(name: str, package: str | None = None) -> object:
        raise ImportError(name, package)

    monkeypatch.setattr(importlib, "import_module", refuse)
    with pytest.raises(LineageError, match=r"lexline\[parquet\]"):
        load_graph(VOCABULARY, [folder], DAY)


@pytest.mark.parametrize("name", ["p.yaml", "p.json"])
def test_a_portfolio_refuses_names(name: str, tmp_path: Path) -> None:
    """They would be lost without a word."""
    with pytest.raises(LineageError, match="another name"):
        write_portfolio(tmp_path / name, [AliasFact("a", "b", Strength.EXACT, SOURCE)])
    assert not (tmp_path / name).exists()
