"""Reads a Parquet file with SHAP values: a row for each answer that was explained, a column for each input.

Only the mean absolute value of each column is kept. It needs the extra ``lexline[parquet]``; without it, the error says
so.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from lexline_lineage.parquet_files import pyarrow_part
from lexline_lineage.problems import LineageError, Problem
from lexline_lineage.values import is_clean_text
from lexline_plugins.importers.evidence_files import EvidenceFile

__all__ = ["ShapValues", "read_shap_values"]

_MAX_ROWS = 10_000_000
_MAX_COLUMNS = 10_000
_NOT_INPUTS = frozenset({"base_value", "base_values", "expected_value"})


@dataclass(frozen=True, slots=True)
class ShapValues:
    """The mean absolute value of each input, how many answers it is over, and what the file says of itself."""

    rows: int
    weights: Mapping[str, float]
    metadata: Mapping[str, object]


def read_shap_values(file: EvidenceFile) -> ShapValues:
    """The values of a file. Columns that hold no fractions say whom an answer is about, and are not read. Raises
    ``LineageError``."""
    pyarrow = pyarrow_part(file.name)
    parquet, compute = pyarrow_part(file.name, ".parquet"), pyarrow_part(file.name, ".compute")
    weights: dict[str, float] = {}
    try:
        opened = parquet.ParquetFile(file.path)
        schema, rows = opened.schema_arrow, opened.metadata.num_rows
        if rows > _MAX_ROWS or len(schema) > _MAX_COLUMNS:
            raise _refused(file, "LX403", f"it has more than {_MAX_ROWS} rows or {_MAX_COLUMNS} columns")
        for field in schema:
            if pyarrow.types.is_floating(field.type) and field.name not in _NOT_INPUTS and is_clean_text(field.name):
                mean = compute.mean(compute.abs(opened.read(columns=[field.name]).column(0))).as_py()
                if mean is not None and math.isfinite(mean):
                    weights[field.name] = mean
    except (pyarrow.ArrowException, OSError, ValueError, LookupError) as error:
        reason = str(error).split("\n", 1)[0][:200]
        raise _refused(file, "LX416", f"this is not Parquet: {reason}") from None
    if not weights:
        raise _refused(file, "LX416", "it has no column of fractions, and SHAP values are such")
    written = (schema.metadata or {}).items()
    return ShapValues(rows, weights, {_text(key): _text(value) for key, value in written})


def _text(raw: bytes) -> str:
    return raw.decode("utf-8", "replace")


def _refused(file: EvidenceFile, code: str, message: str) -> LineageError:
    return LineageError([Problem(code, file.name, 0, 0, message)])
