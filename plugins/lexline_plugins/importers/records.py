"""Reads the files of a source as records, each with its place, whatever the files hold.

In: paths. Out: records of plain data in the order of the files, and what was skipped with the reason. No record is lost
to another: in a file of JSON lines, a broken line costs that line only.
"""

from __future__ import annotations

import gzip
import io
import os
import re
import zlib
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from types import MappingProxyType

from lexline.importing import Skipped
from lexline_lineage.documents import MAX_BYTES, Document
from lexline_lineage.hostile_json import read_json
from lexline_lineage.hostile_yaml import read_yaml_documents
from lexline_lineage.problems import LineageError, Problem
from lexline_lineage.reading import read_bytes
from lexline_lineage.values import Sort, ValueType, is_clean_text, parse_value

__all__ = [
    "LINES",
    "Reading",
    "Record",
    "as_json",
    "content_of",
    "day_of",
    "each_line",
    "json_lines",
    "mapping",
    "mappings",
    "moment_of_ms",
    "moment_of_text",
    "read_json_files",
    "text",
    "texts_in",
    "whole_number",
    "yaml_documents",
    "yaml_files",
]

LINES = (".jsonl", ".ndjson")
"""How names of files with a JSON value on each line end."""
_PACKED = ".gz"
_LAST_MS = 253_402_300_799_999
"""The last millisecond of the year 9999."""
_FINER = re.compile(r"(\.\d{6})\d+")
_DATE = ValueType(Sort.DATE)
_MOMENT = ValueType(Sort.MOMENT)
_MOST_KEPT = 256 * 1024


@dataclass(frozen=True, slots=True)
class Record:
    """One record: its data, and where it stands (``runs.json:12``)."""

    data: dict[str, object]
    place: str


@dataclass(frozen=True, slots=True)
class Reading:
    """The files of a source under short names that don't depend on the machine, and what was skipped in them."""

    paths: Sequence[Path]
    skipped: list[Skipped] = field(default_factory=list)

    def files(self) -> Iterator[tuple[str, Path]]:
        """Each file with its name: as short as it can be with the names of all files different."""
        parents = [path.parent for path in self.paths]
        root = Path(os.path.commonpath(parents)) if parents and len({p.is_absolute() for p in parents}) == 1 else None
        for path in self.paths:
            yield (path.relative_to(root).as_posix() if root is not None else path.name), path

    def skip(self, place: str, why: str) -> None:
        """A file or record gives no facts."""
        self.skipped.append(Skipped(place, why))

    def skip_problems(self, error: LineageError, name: str, line: int = 0) -> None:
        """A file, or the ``line`` of one, can't be read."""
        for problem in error.problems:
            at = line or problem.line
            self.skip(f"{name}:{at}" if at else name, problem.message)


def read_json_files(reading: Reading) -> Iterator[tuple[str, Document]]:
    """The JSON document of each file, under the file's name."""
    for name, path in reading.files():
        try:
            yield name, read_json(content_of(path), name)
        except LineageError as error:
            reading.skip_problems(error, name)


def content_of(path: Path) -> bytes:
    """The content of a file; that of one whose name ends in ``.gz`` is unpacked, and as bounded as that of any other.
    Raises ``LineageError``."""
    content = read_bytes(path)
    if path.suffix.lower() != _PACKED:
        return content
    try:
        with gzip.GzipFile(fileobj=io.BytesIO(content)) as stream:
            return stream.read(MAX_BYTES + 1)
    except (OSError, EOFError, zlib.error):
        message = "the file is not packed as its name says, or its end is missing"
        raise LineageError([Problem("LX401", str(path), 0, 0, message)]) from None


def json_lines(reading: Reading) -> Iterator[tuple[str, object]]:
    """The values of each file with their places: one JSON value, a list of values, or JSON lines."""
    for name, path in reading.files():
        try:
            content = content_of(path)
        except LineageError as error:
            reading.skip_problems(error, name)
            continue
        try:
            document = read_json(content, name)
        except LineageError as error:
            if path.suffix.lower() in LINES or _has_lines(content, name):
                yield from each_line(content, name, reading)
            else:
                reading.skip_problems(error, name)
            continue
        if isinstance(document.data, list):
            for index, item in enumerate(document.data):
                yield f"{name}:{document.place(index)[0]}", item
        else:
            yield f"{name}:1", document.data


def yaml_files(
    reading: Reading, keys_of_tags: Mapping[str, str] = MappingProxyType({})
) -> Iterator[tuple[str, Document]]:
    """The documents of each YAML or JSON file, under the file's name. ``keys_of_tags`` are tags that are a short form
    of a key."""
    for name, path in reading.files():
        try:
            content = read_bytes(path)
            is_json = path.suffix.lower() == ".json"
            documents = (read_json(content, name),) if is_json else read_yaml_documents(content, name, keys_of_tags)
        except LineageError as error:
            reading.skip_problems(error, name)
            continue
        for document in documents:
            yield name, document


def yaml_documents(reading: Reading) -> Iterator[tuple[str, object]]:
    """The documents of each YAML or JSON file with their places, and the items of a Kubernetes ``List`` one by one."""
    for name, document in yaml_files(reading):
        data = document.data
        items = data.get("items") if isinstance(data, dict) else None
        if isinstance(items, list):
            for index, item in enumerate(items):
                yield f"{name}:{document.place('items', index)[0]}", item
        elif data is not None:
            yield f"{name}:{document.start[0]}", data


def text(data: object, *path: str) -> str:
    """The text at a path of keys; a number is its digits; empty where there is none that any store can hold."""
    value = _at(data, path)
    if isinstance(value, bool):
        return ""
    if isinstance(value, int):
        return str(value)
    return value.strip() if isinstance(value, str) and is_clean_text(value) else ""


def mapping(data: object, *path: str) -> dict[str, object]:
    """The mapping at a path of keys; empty where there is none."""
    value = _at(data, path)
    return value if isinstance(value, dict) else {}


def mappings(data: object, *path: str) -> list[dict[str, object]]:
    """The mappings in the list at a path of keys; what isn't a mapping is left out."""
    value = _at(data, path)
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def whole_number(raw: object) -> int | None:
    """A count; ``None`` for what is none."""
    return raw if isinstance(raw, int) and not isinstance(raw, bool) else None


def moment_of_ms(raw: object) -> str | None:
    """Milliseconds since 1970 as a moment in UTC (``2026-09-03T12:00:00.000Z``); ``None`` for what is no such time."""
    if isinstance(raw, str) and raw.isdecimal() and len(raw) < 16:
        raw = int(raw)
    if isinstance(raw, bool) or not isinstance(raw, int) or not 0 < raw <= _LAST_MS:
        return None
    whole = datetime.fromtimestamp(raw // 1000, UTC).replace(tzinfo=None)
    return f"{whole.isoformat()}.{raw % 1000:03d}Z"


def moment_of_text(raw: object) -> str | None:
    """A moment that a text writes with its zone, in UTC to the microsecond; ``None`` where it writes none."""
    parsed = parse_value(_FINER.sub(r"\1", raw.strip()), _MOMENT) if isinstance(raw, str) else None
    return parsed.isoformat(timespec="microseconds")[:26] + "Z" if isinstance(parsed, datetime) else None


def day_of(raw: object) -> str | None:
    """The day that a day or a moment says, as its writer's calendar has it; ``None`` for what is neither. A moment may
    lack its zone (``2026-09-01 09:00:00``)."""
    if isinstance(raw, str) and (moment_of_text(raw) or moment_of_text(raw.strip() + "Z")):
        raw = raw.strip()[:10]
    parsed = parse_value(raw, _DATE)
    return str(parsed) if parsed is not None else None


def texts_in(data: object) -> Iterator[str]:
    """All texts in data, in its order; keys are none."""
    if isinstance(data, str):
        yield data
    elif isinstance(data, dict | list):
        for part in data.values() if isinstance(data, dict) else data:
            yield from texts_in(part)


def as_json(data: object, without: Collection[str] = ()) -> object:
    """The data of a document in the types of JSON: a day is its text, and keys that are ``without`` are left out.
    ``None`` where it is larger than a fact should be (256 KB)."""
    room = _MOST_KEPT

    def kept(part: object) -> object:
        nonlocal room
        room -= len(part) + 4 if isinstance(part, str) else 8
        if room < 0:
            return None
        if isinstance(part, dict):
            room -= sum(map(len, part))
            return {key: kept(value) for key, value in part.items() if key not in without}
        if isinstance(part, list):
            return [kept(item) for item in part]
        return part.isoformat() if isinstance(part, date) else part

    found = kept(data)
    return found if room >= 0 else None


def _at(data: object, path: tuple[str, ...]) -> object:
    for key in path:
        data = data.get(key) if isinstance(data, dict) else None
    return data


def _has_lines(content: bytes, name: str) -> bool:
    """True where one of the first lines is a whole JSON object, which it is in no other form of JSON that is broken."""
    for line in content.split(b"\n", 20)[:20]:
        try:
            if line.strip() and isinstance(read_json(line, name).data, dict):
                return True
        except LineageError:
            continue
    return False


def each_line(content: bytes, name: str, reading: Reading) -> Iterator[tuple[str, object]]:
    """The JSON value of each line of a file with its place."""
    for number, line in enumerate(content.split(b"\n"), start=1):
        if not line.strip():
            continue
        try:
            data = read_json(line, name).data
        except LineageError as error:
            reading.skip_problems(error, name, number)
            continue
        yield f"{name}:{number}", data
