"""Importers on files that the systems themselves, or the people who use them, wrote."""

from __future__ import annotations

import os
from datetime import date
from pathlib import Path

import pytest

from lexline.importing import ImportRequest, ImportResult, SettingError
from lexline_lineage.builder import build
from lexline_lineage.fact_files import read_fact_lines, write_fact_lines
from lexline_lineage.vocabulary_files import load_builtin_vocabulary
from lexline_plugins.importers.registration import lexline_importers
from shown import shown

HERE = Path(__file__).parent
IMPORTERS = {importer.name: importer for importer in lexline_importers()}
CORPORA = sorted(path.name for path in (HERE / "files").iterdir() if path.is_dir())
"""Folders of files that are read together: the name of an importer, and what sets them apart after an ``@``."""
SETTINGS: dict[str, dict[str, object]] = {
    "dbt": {"namespace": "bigquery"},
    "dbt@full": {"namespace": "duckdb://northfield.duckdb"},
    "dbt@no-manifest": {"namespace": "duckdb://jaffle_shop.duckdb"},
    "dbt@only-compiled": {},
    "dbt@v1": {},
    "dbt@v4": {},
    "explanations": {"authority": "example.org", "subjects": {"shap-values-{any}-v{version}.parquet": "c/{version}"}},
    "feast": {},
    "feast@northfield": {"repository": "/srv/northfield/feast"},
    "feast@older": {},
}
"""The settings with which an importer reads its corpus, where ``authority`` alone is not what it needs."""


def settings_of(name: str) -> dict[str, object]:
    return SETTINGS.get(name, {"authority": "example.org"})


def read(name: str) -> ImportResult:
    paths = tuple(sorted(path for path in (HERE / "files" / name).rglob("*") if path.is_file()))
    return IMPORTERS[name.partition("@")[0]].read(ImportRequest(paths, settings_of(name), name))


def test_every_importer_has_a_corpus() -> None:
    assert set(IMPORTERS) <= set(CORPORA)


@pytest.mark.parametrize("name", CORPORA)
def test_golden(name: str) -> None:
    """Every fact of every file, reviewed by hand. ``UPDATE_GOLDEN=1`` writes them anew."""
    golden = HERE / "golden" / f"{name}.txt"
    found = shown(read(name))
    if os.environ.get("UPDATE_GOLDEN"):
        golden.write_text(found, "utf-8")
    assert found == golden.read_text("utf-8")


@pytest.mark.parametrize("name", CORPORA)
def test_facts_fit_the_vocabulary(name: str) -> None:
    """Facts build a graph, nothing is left out of it for its type, and what is written is what is read."""
    result = read(name)
    built = build(load_builtin_vocabulary(), result.facts, date(2026, 9, 3))
    assert built.report.findings == ()


@pytest.mark.parametrize("name", CORPORA)
def test_facts_survive_a_file(name: str, tmp_path: Path) -> None:
    result = read(name)
    write_fact_lines(tmp_path / "facts.jsonl", result.facts)
    assert tuple(read_fact_lines(tmp_path / "facts.jsonl")) == result.facts


@pytest.mark.parametrize("name", [name for name in sorted(IMPORTERS) if "authority" in settings_of(name)])
def test_the_authority_is_needed(name: str) -> None:
    with pytest.raises(SettingError) as caught:
        IMPORTERS[name].read(ImportRequest((), {}, name))
    assert caught.value.setting == "authority"


AUTHORISED = (
    "assessments",
    "cyclonedx",
    "evidently",
    "explanations",
    "fairness",
    "cloudformation",
    "kserve",
    "seldon",
    "mlflow",
    "model-cards",
    "openlineage",
)
"""Importers that need the setting ``authority``."""


@pytest.mark.parametrize("name", AUTHORISED)
@pytest.mark.parametrize(
    ("settings", "wrong"),
    [
        ({"authority": 7}, "authority"),
        ({"authority": "a", "location": {}}, "location"),
        ({"authority": "a", "locations": ["x"]}, "locations"),
        ({"authority": "a", "locations": {"x": 1}}, "locations"),
    ],
)
def test_wrong_settings(name: str, settings: dict[str, object], wrong: str) -> None:
    with pytest.raises(SettingError) as caught:
        IMPORTERS[name].read(ImportRequest((), settings, name))
    assert caught.value.setting == wrong


@pytest.mark.parametrize("name", ["assessments", "evidently", "explanations", "fairness", "model-cards"])
@pytest.mark.parametrize(
    ("form", "subject"),
    [
        ("{name}.json", "a/1"),
        ("{model}-{model}.json", "{model}/1"),
        ("{model}.json", "{model}/{version}"),
        ("{day}.json", "{day}/1"),
    ],
)
def test_wrong_forms_of_file_names(name: str, form: str, subject: str) -> None:
    with pytest.raises(SettingError) as caught:
        IMPORTERS[name].read(ImportRequest((), {"authority": "a", "subjects": {form: subject}}, name))
    assert caught.value.setting == "subjects"


@pytest.mark.parametrize("name", sorted(IMPORTERS))
def test_files_that_cannot_be_read(name: str, tmp_path: Path) -> None:
    """Wrong bytes, folders and files that are gone are skipped with a reason, and never a traceback."""
    suffix, around = (".md", "---\n") if name == "model-cards" else (".json", "")
    paths = tuple(tmp_path / f"{part}{suffix}" for part in ("bytes", "deep", "folder", "gone", "utf16"))
    wrong_bytes, deep, folder, _, utf16 = paths
    wrong_bytes.write_bytes(b"\xff\xfe\x00\x01")
    deep.write_text(f"{around}{'[' * 5000}{']' * 5000}\n{around}", "utf-8")
    folder.mkdir()
    utf16.write_bytes('{"a": 1}'.encode("utf-16"))
    result = IMPORTERS[name].read(ImportRequest(paths, settings_of(name), name))
    assert result.facts == ()
    assert {skipped.place.partition(":")[0] for skipped in result.skipped} == {path.name for path in paths}
