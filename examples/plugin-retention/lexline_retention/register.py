"""The importer `retention-register`: a register of datasets that somebody keeps as a CSV file."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

from lexline.hookspecs import Importer, ImportRequest, ImportResult, SettingError, Skipped
from lexline_lineage.facts import AttributeFact, ElementFact, Fact, Source

__all__ = ["REGISTER", "read_register"]

COLUMNS = ("owner", "collected_from", "retention")
"""The columns that become attributes of the same name; `dataset` is the element."""


def read_register(request: ImportRequest) -> ImportResult:
    """The datasets of a register. A line without a dataset, and a file that is no table, is skipped with a reason."""
    if request.settings:
        raise SettingError(min(request.settings), "the importer retention-register has no settings")
    facts: list[Fact] = []
    skipped: list[Skipped] = []
    for path in request.paths:
        try:
            for found in _rows(path, request.source):
                if isinstance(found, Skipped):
                    skipped.append(found)
                else:
                    facts += found
        except (UnicodeDecodeError, csv.Error) as error:
            skipped.append(Skipped(path.name, f"it is no table: {error}"))
    return ImportResult(tuple(facts), skipped=tuple(skipped))


def _rows(path: Path, source: str) -> Iterator[list[Fact] | Skipped]:
    with path.open(encoding="utf-8", newline="") as lines:
        for number, row in enumerate(csv.DictReader(lines), 2):
            place = f"{path.name}:{number}"
            name = (row.get("dataset") or "").strip()
            if not name:
                yield Skipped(place, "it names no dataset")
                continue
            said = Source(source, place)
            values = {column: (row.get(column) or "").strip() for column in COLUMNS}
            attributes = [AttributeFact(name, column, value, said) for column, value in values.items() if value]
            yield [ElementFact(name, "dataset", said), *attributes]


REGISTER = Importer(
    name="retention-register",
    summary="Reads owners and retention periods of datasets from a register in CSV.",
    settings_help={},
    read=read_register,
)
