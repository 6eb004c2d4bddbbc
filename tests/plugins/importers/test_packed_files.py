"""Files that are packed by gzip."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from lexline.importing import ImportRequest, ImportResult
from lexline_lineage import documents
from lexline_plugins.importers import records
from lexline_plugins.importers.registration import lexline_importers

HERE = Path(__file__).parent
IMPORTERS = {importer.name: importer for importer in lexline_importers()}
FILES = {
    "dbt": ("dbt/manifest-v8.json", {}),
    "evidently": ("evidently/report-0.4.40-datadrift.json", {"authority": "a"}),
    "feast": ("feast@northfield/registry-dump.json", {}),
    "openlineage": ("openlineage/marquez-seed.json", {"authority": "a"}),
}


def read(name: str, path: Path, content: bytes) -> ImportResult:
    path.write_bytes(content)
    return IMPORTERS[name].read(ImportRequest((path,), dict(FILES[name][1]), "s"))


@pytest.mark.parametrize("name", sorted(FILES))
def test_a_packed_file_says_the_same(name: str, tmp_path: Path) -> None:
    content = (HERE / "files" / FILES[name][0]).read_bytes()
    plain = read(name, tmp_path / "a.json", content)
    packed = read(name, tmp_path / "a.json.gz", gzip.compress(content))
    assert plain.facts
    assert [str(fact).replace("a.json.gz", "a.json") for fact in packed.facts] == [str(fact) for fact in plain.facts]


@pytest.mark.parametrize("name", sorted(FILES))
def test_a_packed_file_that_was_cut_off_is_skipped(name: str, tmp_path: Path) -> None:
    content = gzip.compress((HERE / "files" / FILES[name][0]).read_bytes())[:-20]
    result = read(name, tmp_path / "a.json.gz", content)
    assert result.facts == ()
    assert [str(skipped.why) for skipped in result.skipped] == [
        "the file is not packed as its name says, or its end is missing"
    ]


def test_a_packed_file_is_as_bounded_as_any_other(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A small file can hold a large one: no more of it is unpacked than a file may have."""
    for module in (documents, records):
        monkeypatch.setattr(module, "MAX_BYTES", 10_000)
    result = read("evidently", tmp_path / "a.json.gz", gzip.compress(b" " * 1_000_000))
    assert len(records.content_of(tmp_path / "a.json.gz")) == 10_001
    assert ["larger than" in skipped.why for skipped in result.skipped] == [True]
