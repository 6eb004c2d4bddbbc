"""Registries of Feast in protobuf: the same facts as the dump in JSON, and no bytes that end in a traceback."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from lexline.importing import ImportRequest, ImportResult, SettingError
from lexline_lineage.builder import build
from lexline_lineage.vocabulary_files import load_builtin_vocabulary
from lexline_plugins.importers import feast_protobuf
from lexline_plugins.importers.feast import FEAST
from lexline_plugins.importers.feast_protobuf import protobuf_objects
from shown import shown_fact

FILES = Path(__file__).parent / "files"
DUMP = FILES / "feast@northfield" / "registry-dump.json"
REGISTRY = DUMP.with_name("registry.db")
CONTENT = REGISTRY.read_bytes()
VOCABULARY = load_builtin_vocabulary()


def read(*paths: Path) -> ImportResult:
    return FEAST.read(ImportRequest(paths, {"repository": "/srv/northfield/feast"}, "features"))


def test_a_registry_and_its_dump_say_the_same() -> None:
    of_dump, of_registry = read(DUMP), read(REGISTRY)
    assert [shown_fact(fact) for fact in of_registry.facts] == [shown_fact(fact) for fact in of_dump.facts]
    assert of_dump.skipped == of_registry.skipped == ()


def test_fields_have_the_names_that_the_dump_gives_them() -> None:
    """What the importer finds in a dump is described for protobuf, too: nothing is read from one form only."""

    def keys(data: object) -> Iterator[str]:
        if isinstance(data, dict):
            for key, value in data.items():
                yield key
                yield from keys(value) if key not in ("tags", "fileFormat") else ()
        elif isinstance(data, list):
            for item in data:
                yield from keys(item)

    dump = json.loads(DUMP.read_text("utf-8"))
    unread = {"dataSourceClassType", "endTime", "materializationIntervals", "startTime", "state", "timestampField"}
    unread |= {"path", "viewType"}
    found = {key for _, _, item in protobuf_objects(CONTENT) for key in keys(item)}
    assert set(keys(list(dump.values()))) - unread <= found


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@example(cut=239, at=0, byte=0)  # between two entities
@given(cut=st.integers(0, len(CONTENT)), at=st.integers(0, len(CONTENT) - 1), byte=st.integers(0, 255))
def test_what_is_cut_off_or_changed_is_skipped_or_read(cut: int, at: int, byte: int, tmp_path: Path) -> None:
    for number, content in enumerate((CONTENT[:cut], CONTENT[:at] + bytes([byte]) + CONTENT[at + 1 :])):
        path = tmp_path / f"{number}.db"
        path.write_bytes(content)
        result = read(path)
        assert result.facts or result.skipped
        build(VOCABULARY, result.facts, date(2026, 9, 3))


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(content=st.binary(max_size=60))
def test_any_bytes(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "registry.db").write_bytes(content)
    result = read(tmp_path / "registry.db")
    assert result.facts or result.skipped


def nested(depth: int) -> bytes:
    """A data source inside of a data source, and so on."""
    source = b""
    for _ in range(depth):
        length = len(source)
        source = b"\xd2\x01" + (bytes([length & 127 | 128, length >> 7]) if length > 127 else bytes([length])) + source
    return b"\x62" + bytes([len(source) & 127 | 128, len(source) >> 7]) + source


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"SQLite format 3\x00rest", "this is a database of SQLite; `feast registry-dump` writes its registry as JSON"),
        (b"", "it holds nothing that one would hold"),
        (nested(2000), "it is damaged, cut off, or something else"),
        # A view whose time is after the year 9999: the view alone is left out.
        (
            b"\x32\x15\x0a\x03\x0a\x01v\x12\x0e\x0a\x0c\x08\xff\xff\xff\xff\xff\xff\xff\xff\x7f\x10\x00",
            "this one of the featureViews holds what can't be",
        ),
    ],
)
def test_what_is_wrong_is_said(content: bytes, why: str, tmp_path: Path) -> None:
    (tmp_path / "registry.db").write_bytes(content)
    result = read(tmp_path / "registry.db")
    assert result.facts == ()
    assert [why in found.why for found in result.skipped] == [True]


def test_without_the_library_the_file_is_skipped_with_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    feast_protobuf._library.cache_clear()
    monkeypatch.setitem(sys.modules, "google.protobuf", None)
    for name in [name for name in sys.modules if name.startswith("google.protobuf.")]:
        monkeypatch.setitem(sys.modules, name, None)
    result = read(REGISTRY)
    feast_protobuf._library.cache_clear()
    assert result.facts == ()
    assert [(found.place, found.why) for found in result.skipped] == [
        ("registry.db", "reading protobuf needs an extra: pip install 'lexline[feast]'")
    ]


@pytest.mark.parametrize(
    ("repository", "address"),
    [
        ("/srv/features", "file:///srv/features/a b/c.parquet"),
        ("s3://Lake/repo/", "s3://lake/repo/a b/c.parquet"),
        ("s3://lake", "s3://lake/a b/c.parquet"),
        ("C:\\features", "file:///C:/features/a b/c.parquet"),
        ("file:///srv", "file:///srv/a b/c.parquet"),
    ],
)
def test_relative_paths_are_of_the_repository(repository: str, address: str, tmp_path: Path) -> None:
    source = {"name": "s", "fileOptions": {"uri": "./x/../a b/c.parquet"}}
    (tmp_path / "registry.json").write_text(json.dumps({"project": "p", "dataSources": [source]}), "utf-8")
    result = FEAST.read(ImportRequest((tmp_path / "registry.json",), {"repository": repository}, "features"))
    assert f"dataset:{address} : dataset" in [shown_fact(fact) for fact in result.facts]


@pytest.mark.parametrize(
    ("given_settings", "wrong"),
    [
        ({"repository": "features"}, "repository"),
        ({"repository": 7}, "repository"),
        ({"tags": ["x"]}, "tags"),
        ({"authority": "a"}, "authority"),
    ],
)
def test_wrong_settings(given_settings: dict[str, object], wrong: str) -> None:
    with pytest.raises(SettingError) as caught:
        FEAST.read(ImportRequest((), given_settings, "features"))
    assert caught.value.setting == wrong
