"""SHAP values in Parquet."""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import Any

import pytest

from lexline.importing import ImportRequest, ImportResult
from lexline_lineage.facts import AttributeFact, EdgeFact
from lexline_plugins.importers.explanations import EXPLANATIONS

pa = pytest.importorskip("pyarrow")
parquet = importlib.import_module("pyarrow.parquet")

COLUMNS: dict[str, list[object]] = {
    "age": [0.3, -0.1, None],
    "income": [-0.1, 0.1, 0.1],
    "odd": [float("nan"), 1.0, 1.0],
    "base_value": [-1.0, -1.0, -1.0],
    "application_id": ["A1", "A2", "A3"],
    "row": [1, 2, 3],
}


def read(path: Path, columns: dict[str, list[object]], metadata: dict[str, str] | None = None) -> ImportResult:
    parquet.write_table(pa.table(columns).replace_schema_metadata(metadata), path)
    return EXPLANATIONS.read(ImportRequest((path,), {"authority": "r"}, "s"))


def content(result: ImportResult) -> Any:
    return next(fact.value for fact in result.facts if isinstance(fact, AttributeFact) and fact.attribute == "content")


def test_the_mean_weight_of_each_input_is_kept_and_nobody_is_named(tmp_path: Path) -> None:
    found = content(read(tmp_path / "a.parquet", COLUMNS))
    assert found["rows"] == 3
    assert found["inputs"] == ["age", "income"]
    assert found["weights"] == {"age": 0.2, "income": 0.1}
    assert "A1" not in str(found)


def test_what_a_file_says_of_itself_goes_before_its_name(tmp_path: Path) -> None:
    result = read(tmp_path / "other-v9.parquet", COLUMNS, {"model_name": "credit", "model_version": "2"})
    edges = [fact.target for fact in result.facts if isinstance(fact, EdgeFact)]
    assert edges == ["model:mlflow/r/credit/2"]
    assert result.unresolved == ()


def test_only_the_weightiest_inputs_are_kept(tmp_path: Path) -> None:
    found = content(read(tmp_path / "a.parquet", {f"x{number}": [number / 1000] for number in range(250)}))
    assert (len(found["inputs"]), found["inputs_left_out"], found["inputs"][0]) == (200, 50, "x249")


def test_a_table_without_fractions_holds_no_values(tmp_path: Path) -> None:
    result = read(tmp_path / "a.parquet", {"application_id": ["A1"]})
    assert result.facts == ()
    assert [skipped.why for skipped in result.skipped] == ["it has no column of fractions, and SHAP values are such"]


def test_without_the_extra_the_file_is_skipped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(name: str, package: str | None = None) -> object:
        raise ImportError(name, package)

    parquet.write_table(pa.table(COLUMNS), tmp_path / "a.parquet")
    monkeypatch.setattr(importlib, "import_module", refuse)
    result = EXPLANATIONS.read(ImportRequest((tmp_path / "a.parquet",), {"authority": "r"}, "s"))
    assert [skipped.why for skipped in result.skipped] == [
        "Parquet cannot be read without the extra `lexline[parquet]`"
    ]
