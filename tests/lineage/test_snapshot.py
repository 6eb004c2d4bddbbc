"""A graph from a snapshot is the built one; a snapshot that can't be trusted is not used."""

from __future__ import annotations

import hashlib
import os
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lexline_lineage import array_file, snapshot_store
from lexline_lineage.array_file import DamagedError, read_arrays, write_arrays
from lexline_lineage.builder import BuiltGraph, build
from lexline_lineage.facts import AliasFact, AttributeFact, EdgeFact, ElementFact, Fact, Source, Strength
from lexline_lineage.files import joined_graph, load_graph
from lexline_lineage.graph import Graph
from lexline_lineage.overlay import Changes
from lexline_lineage.problems import LineageError
from lexline_lineage.snapshot import packed
from lexline_lineage.snapshot_store import Snapshots, user_folder
from lexline_lineage.vocabulary import Vocabulary
from lineage_graphs import DAY, SOURCE, facts, small_vocabulary, told
from snapshots import assert_same, through_a_snapshot

VOCABULARY = small_vocabulary()
OTHER = Source("registry", "line 3")


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("snapshot") / "one.graph"


@st.composite
def several_sources(draw: st.DrawFn) -> list[Fact]:
    """Facts with names, of which some belong to two elements, and with values that two sources contradict."""
    said = draw(facts(VOCABULARY))
    elements = sorted({fact.element for fact in said if not isinstance(fact, EdgeFact)})
    for element in elements:
        if draw(st.booleans()):
            strength = draw(st.sampled_from(tuple(Strength)))
            said.append(AliasFact(element, draw(st.sampled_from(["x:one", "x:two", "é"])), strength, OTHER))
        if draw(st.booleans()):
            said.append(AttributeFact(element, "owner", draw(st.sampled_from(["a", "b"])), OTHER))
    return said


@given(several_sources())
def test_a_graph_from_a_snapshot_is_the_built_one(file: Path, said: list[Fact]) -> None:
    for built in (build(VOCABULARY, said, DAY), joined_graph(VOCABULARY, said, DAY)):
        loaded = through_a_snapshot(built, file)
        assert_same(built, loaded)
        assert told(loaded.graph) == told(built.graph)
        for number, element in enumerate(built.graph.ids):
            assert loaded.graph.number(element) == built.graph.number(element) == number
        assert loaded.graph.number("nobody") is None


@given(several_sources())
def test_an_overlay_of_it_is_an_overlay_of_the_built_one(file: Path, said: list[Fact]) -> None:
    built = build(VOCABULARY, said, DAY)
    loaded = through_a_snapshot(built, file).graph
    changes = Changes({"new": "model"}, {("new", "owner"): "a"}, {("new", "trains", "new-2"): True})
    some = next((n for numbers in built.graph.members.values() for n in numbers.tolist()), None)
    if some is not None and some not in built.graph.stubs:
        changes.kinds[built.graph.ids[some]] = None  # type: ignore[index]
    changed = _changed(loaded, changes)
    assert changed == _changed(built.graph, changes)
    assert told(loaded) == told(built.graph), "the snapshot itself has not changed"


def _changed(graph: Graph, changes: Changes) -> object:
    after = graph.with_changes(changes)
    return told(after), after.digest


OFFSETS = st.none() | st.integers(-6, 6)


@given(st.lists(st.tuples(OFFSETS, OFFSETS), max_size=4), st.integers(-8, 8))
def test_the_days_of_a_graph_are_those_with_the_same_graph(days: list[tuple[int | None, int | None]], on: int) -> None:
    said: list[Fact] = [ElementFact("m", "model", SOURCE)]
    for index, (since, until) in enumerate(days):
        if since is None or until is None or since <= until:
            said.append(ElementFact(f"a{index}", "model", SOURCE))
            said.append(EdgeFact(f"a{index}", "trains", "m", SOURCE, since=_day(since), until=_day(until)))
            said.append(AttributeFact(f"a{index}", "owner", "a", SOURCE, since=_day(since)))
    built = build(VOCABULARY, said, DAY + timedelta(on))
    assert built.first <= DAY + timedelta(on) <= built.last
    for offset in range(-10, 11):
        other = build(VOCABULARY, said, DAY + timedelta(offset))
        if built.first <= DAY + timedelta(offset) <= built.last:
            assert told(other.graph) == told(built.graph)
            assert (other.first, other.last) == (built.first, built.last)


def _day(offset: int | None) -> date | None:
    return None if offset is None else DAY + timedelta(offset)


# ------------------------------------------------------------------------------------------------------ what is refused
@pytest.fixture
def whole(tmp_path: Path) -> Path:
    said: list[Fact] = [ElementFact("m", "model", SOURCE), AttributeFact("m", "owner", "a", SOURCE)]
    path = tmp_path / "whole.graph"
    write_arrays(path, "key", *packed(build(VOCABULARY, said, DAY)))
    return path


def test_a_file_that_is_cut_short_is_refused(whole: Path) -> None:
    content = whole.read_bytes()
    for size in {*range(0, len(content), 61), *range(100), len(content) - 1}:
        whole.write_bytes(content[:size])
        with pytest.raises(DamagedError):
            read_arrays(whole, "key")
    whole.write_bytes(content + bytes(64))
    with pytest.raises(DamagedError, match="cut short"):
        read_arrays(whole, "key")


def test_each_flipped_byte_is_found_by_who_asks(whole: Path) -> None:
    content = whole.read_bytes()
    for at in range(len(content)):
        flipped = bytearray(content)
        flipped[at] ^= 0x20
        whole.write_bytes(flipped)
        with pytest.raises(DamagedError):
            read_arrays(whole, "key", verify=True)
    whole.write_bytes(content)
    assert read_arrays(whole, "key", verify=True).arrays


def test_a_file_of_others_is_refused(whole: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(DamagedError, match="of other facts"):
        read_arrays(whole, "another key")
    monkeypatch.setattr(array_file, "FORMAT", array_file.FORMAT + 1)
    with pytest.raises(DamagedError, match="another version"):
        read_arrays(whole, "key")
    if hasattr(os, "geteuid"):
        monkeypatch.setattr(os, "geteuid", lambda: 12345)
        with pytest.raises(DamagedError, match="another user"):
            read_arrays(whole, "key")


def test_writing_into_an_array_does_not_reach_the_file(whole: Path) -> None:
    content = whole.read_bytes()
    read_arrays(whole, "key").arrays["kinds"][:] = 7
    assert whole.read_bytes() == content


# ------------------------------------------------------------------------------------------------------ what is kept
PORTFOLIO = """
nodes:
  m: {kind: model, owner: [{value: a, until: 2026-11-30}, {value: b, from: 2026-12-01}]}
  d: {kind: dataset, rows: 3, size: 7}
edges: [[d, trains, m], [m, supplied_by, v]]
"""


@dataclass
class Desk:
    """A portfolio with its snapshots, and how often its graph was built."""

    folder: Path
    vocabulary: Vocabulary = VOCABULARY
    built: int = 0
    notes: list[str] = field(default_factory=list)

    @property
    def path(self) -> Path:
        return self.folder / "portfolio.yaml"

    @property
    def snapshots(self) -> Path:
        return self.folder / "snapshots"

    def write(self, content: str) -> None:
        """Write the portfolio."""
        self.path.write_text(content, "utf-8")

    def load(self, on: date = DAY, *, verify: bool = False, rules: Path | None = None) -> BuiltGraph:
        """The graph; it is the built one, whatever the snapshots do."""

        def make() -> BuiltGraph:
            self.built += 1
            return load_graph(self.vocabulary, [self.path], on)

        kept = Snapshots(self.snapshots, verify, self.notes.append)
        found = kept.graph(self.vocabulary, [self.path], on, rules, make)
        assert told(found.graph) == told(load_graph(self.vocabulary, [self.path], on).graph)
        return found

    def files(self) -> list[Path]:
        """The snapshots that are kept."""
        return sorted(self.snapshots.rglob("*.graph"))


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    found = Desk(tmp_path)
    found.write(PORTFOLIO)
    return found


def test_a_graph_is_built_once(desk: Desk) -> None:
    first, again = desk.load(), desk.load()
    assert desk.built == 1
    assert_same(first, again)
    assert [finding.code for finding in again.report.findings] == ["LX461"]
    assert again.report.stubs == ("v",)
    assert not desk.notes


def test_a_day_with_another_graph_has_its_own(desk: Desk) -> None:
    for day in (DAY, date(2026, 11, 30), date(2026, 1, 1)):
        desk.load(day)
        assert desk.built == 1
    for day in (date(2026, 12, 1), date(2030, 1, 1), DAY):
        desk.load(day)
        assert desk.built == 2


def test_a_series_keeps_its_own_number_and_pushes_nothing_out(desk: Desk) -> None:
    desk.load()
    series = Snapshots(desk.snapshots, kept=6, series="trend")
    for state in [*map(str, range(7)), *map(str, range(1, 7))]:
        built = desk.built

        def make() -> BuiltGraph:
            desk.built += 1
            return load_graph(desk.vocabulary, [desk.path], DAY)

        series.graph(desk.vocabulary, [desk.path], DAY, None, make, state)
    assert (built, len(desk.files())) == (8, 7)
    desk.load()
    assert desk.built == 8


def test_a_file_that_nobody_touched_is_not_read_again(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(snapshot_store, "SETTLED_SECONDS", -1)
    desk.load()
    with monkeypatch.context() as patch:
        patch.delattr(hashlib, "file_digest")
        desk.load()
    assert desk.built == 1


@pytest.mark.parametrize("settled", [True, False])
def test_a_change_is_seen_that_keeps_size_and_time(desk: Desk, settled: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    if settled:  # its times count
        monkeypatch.setattr(snapshot_store, "SETTLED_SECONDS", -1)
    desk.load()
    time.sleep(0.05)  # more than a tick of the file system's clock
    before = desk.path.stat()
    desk.write(PORTFOLIO.replace("rows: 3", "rows: 4"))
    os.utime(desk.path, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert desk.path.stat().st_size == before.st_size
    desk.load()
    assert desk.built == 2


def test_a_file_that_is_only_touched_is_the_same(desk: Desk) -> None:
    desk.load()
    os.utime(desk.path)
    desk.load()
    assert desk.built == 1


def test_what_the_graph_is_built_with_is_in_the_key(desk: Desk) -> None:
    desk.load()
    rules = desk.folder / "identity.yaml"
    rules.write_text("same: []\n", "utf-8")
    desk.load(rules=rules)
    assert desk.built == 2
    desk.vocabulary = replace(VOCABULARY, version="2")
    desk.load()
    assert desk.built == 3


def test_a_file_that_changes_while_it_is_read_leaves_no_snapshot(desk: Desk) -> None:
    def make() -> BuiltGraph:
        built = load_graph(VOCABULARY, [desk.path], DAY)
        desk.write(PORTFOLIO.replace("rows: 3", "rows: 4"))
        return built

    Snapshots(desk.snapshots).graph(VOCABULARY, [desk.path], DAY, None, make)
    assert not desk.files()
    desk.load()
    assert desk.built == 1


def test_a_damaged_snapshot_is_replaced_with_a_note(desk: Desk) -> None:
    desk.load()
    (kept,) = desk.files()
    content = kept.read_bytes()
    kept.write_bytes(content[: len(content) // 2])
    desk.load()
    assert (desk.built, len(desk.notes)) == (2, 1)
    assert "cut short" in desk.notes[0]
    kept.write_bytes(content[:-100] + bytes(byte ^ 1 for byte in content[-100:]))
    desk.load(verify=True)
    assert (desk.built, len(desk.notes)) == (3, 2)
    desk.load(verify=True)
    assert (desk.built, desk.files()) == (3, [kept])


def full_disk(monkeypatch: pytest.MonkeyPatch, desk: Desk) -> None:
    def fails(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", fails)


def a_file_in_the_way(_: pytest.MonkeyPatch, desk: Desk) -> None:
    desk.snapshots.write_text("a file", "utf-8")


def no_right_to_write(monkeypatch: pytest.MonkeyPatch, desk: Desk) -> None:
    def refused(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "mkdir", refused)


@pytest.mark.parametrize("trouble", [full_disk, a_file_in_the_way, no_right_to_write])
def test_without_a_folder_to_write_to_graphs_are_built(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, trouble: Callable[[pytest.MonkeyPatch, Desk], None]
) -> None:
    trouble(monkeypatch, desk)
    desk.load()
    desk.load()
    assert desk.built == 2
    assert not desk.files()
    assert not list(desk.folder.rglob("*.part"))


def test_a_missing_file_is_the_builders_to_refuse(desk: Desk) -> None:
    desk.path.unlink()
    with pytest.raises(LineageError, match="no such file"):
        desk.load()


def test_many_may_write_at_once(desk: Desk) -> None:
    threads = [threading.Thread(target=desk.load) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    before = desk.built
    desk.load(verify=True)
    assert (desk.built, len(desk.files()), desk.notes) == (before, 1, [])


def test_old_snapshots_are_removed(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    for rows in range(snapshot_store.KEPT + 3):
        desk.write(PORTFOLIO.replace("rows: 3", f"rows: 3{rows}"))
        desk.load()
    assert len(desk.files()) == snapshot_store.KEPT
    other = Desk(desk.folder / "other")
    other.folder.mkdir()
    other.write(PORTFOLIO)
    for path in desk.files():
        os.utime(path, (0, 0))
    Snapshots(desk.snapshots).graph(VOCABULARY, [other.path], DAY, None, other.load)
    assert len(desk.files()) == 1


def test_where_snapshots_are_kept(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("LEXLINE_CACHE", str(tmp_path))
    assert user_folder() == tmp_path / "snapshots"
    monkeypatch.setenv("LEXLINE_CACHE", "")
    assert user_folder() is None
    monkeypatch.delenv("LEXLINE_CACHE")
    monkeypatch.setattr("sys.platform", "linux")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert user_folder() == tmp_path / "lexline" / "snapshots"
    monkeypatch.setenv("XDG_CACHE_HOME", "here")
    assert user_folder() is None
