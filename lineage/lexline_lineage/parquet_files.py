"""Portfolios and facts in Parquet. It needs the extra ``lexline[parquet]``; without it, the error says so.

A portfolio is a folder with ``nodes.parquet`` (``id``, ``kind``, a column for each attribute) and ``edges.parquet``
(``src``, ``type``, ``dst``, optional ``possible``). Facts are one file with the columns of the facts form, the value as
JSON text.
"""

from __future__ import annotations

import importlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from lexline_lineage.builder import Coded, Table
from lexline_lineage.fact_files import fact_of, record_of
from lexline_lineage.facts import AliasFact, AttributeFact, EdgeFact, ElementFact, Fact, Source
from lexline_lineage.hostile_json import read_json
from lexline_lineage.problems import LineageError, Problem
from lexline_lineage.raw_values import is_writable, plain_raw
from lexline_lineage.strings import Strings
from lexline_lineage.values import Sort
from lexline_lineage.vocabulary import Vocabulary
from lexline_lineage.writing import replacing

__all__ = ["facts_of_table", "pyarrow_part", "read_fact_table", "read_table", "write_fact_table", "write_table"]

MAX_ROWS = 50_000_000
"""How many rows a file may have."""

_FACT_COLUMNS = ("element", "kind", "attribute", "value", "origin", "relation", "target", "possible", "source", "place")
_DAY_COLUMNS = ("from", "until")
_NAME_COLUMNS = ("alias", "strength")
"""Columns of the facts form that files written before there were names don't have."""


def read_table(folder: Path, vocabulary: Vocabulary) -> Table:
    """The columns of a portfolio folder. An attribute that is a document may be JSON text. Raises ``LineageError``."""
    nodes = _Columns(folder / "nodes.parquet", ("id", "kind"))
    edges = _Columns(folder / "edges.parquet", ("src", "type", "dst"))
    documents = {
        attribute.name
        for kind in vocabulary.kinds.values()
        for attribute in kind.attributes.values()
        if attribute.type.sort is Sort.DOCUMENT
    }
    file = str(folder / "nodes.parquet")
    attributes: dict[str, Coded] = {}
    for name in nodes.names:
        if name not in ("id", "kind"):
            coded = _coded(nodes.read(name), file, name)
            attributes[name] = _documents(coded) if name in documents else coded
    relations = _coded(edges.read("type"), str(folder / "edges.parquet"), "type")
    possible = _flags(edges, "possible")
    kinds = _coded(nodes.read("kind"), file, "kind")
    ids, (numbers, origins, targets) = _numbered(
        [_names(nodes, "id"), _names(edges, "src"), _names(edges, "dst")], file
    )
    pyarrow_part(file).default_memory_pool().release_unused()  # it keeps what reading took, otherwise
    return Table(
        ids=ids,
        numbers=numbers,
        kinds=kinds,
        attributes=attributes,
        origins=origins,
        relations=relations,
        targets=targets,
        possible=possible,
        source=Source(str(folder)),
    )


def facts_of_table(table: Table) -> Iterator[Fact]:
    """The same as facts, for joining with other sources."""
    ids = tuple(table.ids)
    rows = [ids[number] for number in table.numbers.tolist()]
    kinds = table.kinds.codes.tolist()
    for row, element in enumerate(rows):
        kind = str(table.kinds.values[kinds[row]]) if kinds[row] >= 0 else ""
        yield ElementFact(element, kind, table.source)
    for name, column in table.attributes.items():
        for row, code in enumerate(column.codes.tolist()):
            if code >= 0 and column.values[code] is not None:
                yield AttributeFact(rows[row], name, column.values[code], table.source)
    relations, possible = table.relations.codes.tolist(), table.possible.tolist()
    for row, (origin, target) in enumerate(zip(table.origins.tolist(), table.targets.tolist(), strict=True)):
        relation = str(table.relations.values[relations[row]]) if relations[row] >= 0 else ""
        yield EdgeFact(ids[origin], relation, ids[target], table.source, possible[row])


def write_table(folder: Path, facts: Iterable[Fact]) -> None:
    """Writes undated facts as a portfolio folder; sources are not kept. Raises ``LineageError``."""
    pyarrow = pyarrow_part(str(folder))
    rows: dict[str, dict[str, object]] = {}
    edges: dict[str, list[object]] = {"src": [], "type": [], "dst": [], "possible": []}
    said: list[AttributeFact] = []
    problems: list[Problem] = []
    for fact in facts:
        if isinstance(fact, ElementFact):
            rows.setdefault(fact.element, {"id": fact.element, "kind": fact.kind})
        elif isinstance(fact, AliasFact):
            message = "another name cannot be written by columns"
            problems.append(Problem("LX440", *fact.source.location(), message, "write the facts form"))
        elif fact.since is not None or fact.until is not None:
            message = "a fact with dates cannot be written by columns"
            problems.append(Problem("LX440", *fact.source.location(), message, "write the facts form"))
        elif isinstance(fact, AttributeFact):
            said.append(fact)
        else:
            for column, item in zip(
                edges.values(), (fact.origin, fact.relation, fact.target, fact.possible), strict=True
            ):
                column.append(item)
    names = dict.fromkeys(fact.attribute for fact in said)
    for fact in said:
        value = plain_raw(fact.value)
        if fact.element not in rows or not is_writable(value):
            message = f"`{fact.attribute}` of {fact.element[:80]!a} cannot be written"
            problems.append(Problem("LX440", *fact.source.location(), message))
            continue
        rows[fact.element][fact.attribute] = json.dumps(value, ensure_ascii=False) if isinstance(value, dict) else value
    if problems:
        raise LineageError(problems)
    nodes = {name: [row.get(name) for row in rows.values()] for name in ("id", "kind", *names)}
    folder.mkdir(parents=True, exist_ok=True)
    _write(pyarrow, folder / "nodes.parquet", nodes)
    _write(pyarrow, folder / "edges.parquet", edges)


def read_fact_table(path: Path) -> tuple[Fact, ...]:
    """The facts of a Parquet file. Raises ``LineageError``."""
    table = _Columns(path, (*_FACT_COLUMNS, *_DAY_COLUMNS))
    names = (*_FACT_COLUMNS, *_DAY_COLUMNS, *(name for name in _NAME_COLUMNS if name in table.names))
    columns: dict[str, Sequence[object]] = {
        name: table.read(name).to_pylist() if name == "possible" else _texts(table, name) for name in names
    }
    facts: list[Fact] = []
    problems: list[Problem] = []
    sources: dict[tuple[object, object], Source] = {}
    for row in range(len(table)):
        cells = {name: column[row] for name, column in columns.items()}
        try:
            facts.append(fact_of(_record(cells, str(path)), sources))
        except (LineageError, ValueError) as error:
            message = (
                f"row {row + 1}: {error}" if not isinstance(error, LineageError) else f"row {row + 1} holds no JSON"
            )
            problems.append(Problem("LX421", str(path), 0, 0, message))
    if problems:
        raise LineageError(problems)
    return tuple(facts)


def write_fact_table(path: Path, facts: Iterable[Fact]) -> None:
    """Writes facts as Parquet. Raises ``LineageError`` for a fact that could not be read again."""
    pyarrow = pyarrow_part(str(path))
    columns: dict[str, list[object]] = {name: [] for name in (*_FACT_COLUMNS, *_DAY_COLUMNS, *_NAME_COLUMNS)}
    for fact in facts:
        record = record_of(fact)
        if not is_writable(record):
            raise LineageError([Problem("LX440", *fact.source.location(), "a fact cannot be written as JSON")])
        if isinstance(fact, EdgeFact):
            record |= {"origin": fact.origin, "relation": fact.relation, "target": fact.target}
        if isinstance(fact, AttributeFact):
            record["value"] = json.dumps(record["value"], ensure_ascii=False)
        for name, column in columns.items():
            column.append(record.get(name))
    texts = {name: pyarrow.array(column, pyarrow.string()) for name, column in columns.items() if name != "possible"}
    flags = pyarrow.array(columns["possible"], pyarrow.bool_())
    with replacing(path) as part:
        pyarrow_part(str(path), ".parquet").write_table(pyarrow.table({**texts, "possible": flags}), part)


def _record(cells: Mapping[str, object], file: str) -> dict[str, object]:
    """The record of the facts form that a row stands for."""
    record = {name: cell for name, cell in cells.items() if cell is not None}
    ends = [record.pop(name, None) for name in ("origin", "relation", "target")]
    if any(end is not None for end in ends):
        record["edge"] = ends
    if "attribute" in record:
        record["value"] = read_json(str(record.get("value", "null")), file).data
    return record


def pyarrow_part(file: str, part: str = "") -> Any:
    """The library, or a ``part`` of it (``.parquet``); typed loosely, because it is an extra and has no types. Raises
    ``LineageError`` where it isn't installed."""
    try:
        return importlib.import_module(f"pyarrow{part}")
    except ImportError:
        message = "Parquet cannot be read without the extra `lexline[parquet]`"
        help_text = "install the extra: pip install 'lexline[parquet]'"
        raise LineageError([Problem("LX417", file, 0, 0, message, help_text)]) from None


class _Columns:
    """A Parquet file, read column by column: what is read is held by the caller alone. Raises ``LineageError``."""

    def __init__(self, path: Path, required: Sequence[str]) -> None:
        self.path = path
        self._pyarrow = pyarrow_part(str(path))
        parquet = pyarrow_part(str(path), ".parquet")
        with self._refused():
            schema, self._rows = parquet.read_schema(path), parquet.read_metadata(path).num_rows
            if self._rows > MAX_ROWS:
                message = f"the file has more than {MAX_ROWS} rows"
                raise LineageError([Problem("LX403", str(path), 0, 0, message, "split it")])
            # Texts stay in the dictionaries that the file has: a small file can repeat a long text very often.
            texts = [field.name for field in schema if self._pyarrow.types.is_string(field.type)]
            self._file = parquet.ParquetFile(path, read_dictionary=texts)
        self.names: list[str] = schema.names
        missing = [name for name in required if name not in self.names]
        if missing:
            message = "there is no column " + ", ".join(f"`{name}`" for name in missing)
            raise LineageError([Problem("LX416", str(path), 0, 0, message)])
        if len(set(self.names)) != len(self.names):
            raise LineageError([Problem("LX407", str(path), 0, 0, "a column stands twice")])

    def __len__(self) -> int:
        return int(self._rows)

    def read(self, name: str) -> Any:
        """One column, by chunks."""
        with self._refused():
            column = self._file.read(columns=[name])[name]
            if len(column) != self._rows or not self._is_whole(column):
                raise ValueError(f"the column `{name}` is damaged")
            return column

    def _is_whole(self, column: Any) -> bool:
        """Whether all that a column names stands in its dictionaries: the library does not look."""
        if not self._pyarrow.types.is_dictionary(column.type):
            return True
        compute = pyarrow_part(str(self.path), ".compute")
        for chunk in column.chunks:
            bounds = compute.min_max(chunk.indices).as_py()
            if bounds["min"] is not None and not 0 <= bounds["min"] <= bounds["max"] < len(chunk.dictionary):
                return False
        return True

    @contextmanager
    def _refused(self) -> Iterator[None]:
        try:
            yield
        except FileNotFoundError:
            help_text = "a folder is read as Parquet; name YAML and JSON files themselves, such as `portfolio/*.yaml`"
            raise LineageError([Problem("LX401", str(self.path), 0, 0, "there is no such file", help_text)]) from None
        except (self._pyarrow.ArrowException, OSError, ValueError, KeyError) as error:
            reason = str(error).split("\n", 1)[0][:200]
            raise LineageError([Problem("LX416", str(self.path), 0, 0, f"this is not Parquet: {reason}")]) from None


def _write(pyarrow: Any, path: Path, columns: Mapping[str, list[object]]) -> None:
    arrays: dict[str, Any] = {}
    for name, column in columns.items():
        try:
            arrays[name] = pyarrow.array(column)
        except (pyarrow.ArrowException, OverflowError):
            message = f"the values of `{name}` are of more than one type, which a column cannot hold"
            raise LineageError([Problem("LX440", str(path), 0, 0, message, "write the facts form")]) from None
    with replacing(path) as part:
        pyarrow_part(str(path), ".parquet").write_table(pyarrow.table(arrays), part)


def _names(table: _Columns, name: str) -> tuple[list[Any], NDArray[np.int32]]:
    """A column of names: the dictionaries that its row groups have, and for each row an index into all of them, one
    after the other; -1 where it is missing."""
    file = str(table.path)
    pa, compute, column = pyarrow_part(file), pyarrow_part(file, ".compute"), _read_text(table, name)
    if pa.types.is_null(column.type):
        return [], np.full(len(column), -1, np.int32)
    column = column if pa.types.is_dictionary(column.type) else column.dictionary_encode()
    entries: list[Any] = []
    codes, first, size = [np.zeros(0, np.int32)], 0, 0
    for chunk in column.chunks:
        if not entries or not _is_one(chunk.dictionary, entries[-1]):
            entries.append(chunk.dictionary)
            first, size = size, size + len(chunk.dictionary)
        found = compute.fill_null(chunk.indices, -1).to_numpy(zero_copy_only=False).astype(np.int32, copy=False)
        codes.append(np.where(found < 0, np.int32(-1), found + np.int32(first)))
    return entries, np.concatenate(codes)


def _is_one(dictionary: Any, other: Any) -> bool:
    """True where two dictionaries lie in the same place: the chunks of a row group share theirs."""
    places = [[buffer and buffer.address for buffer in one.buffers()] for one in (dictionary, other)]
    return places[0] == places[1] and (dictionary.offset, len(dictionary)) == (other.offset, len(other))


def _numbered(
    columns: Sequence[tuple[list[Any], NDArray[np.int32]]], file: str
) -> tuple[Strings, list[NDArray[np.int32]]]:
    """The names in columns, sorted, each once, and for each column the numbers of its names. A missing one counts as an
    empty text, which names nothing and is refused."""
    pa, compute = pyarrow_part(file), pyarrow_part(file, ".compute")
    sizes = [sum(map(len, dictionaries)) for dictionaries, _ in columns]
    entries = [entry.cast(pa.large_string()) for dictionaries, _ in columns for entry in dictionaries]
    entries.append(pa.array([""], pa.large_string()))
    pool = pa.chunked_array(entries)
    try:
        pool.validate(full=True)  # before a name is taken for text
    except pa.ArrowException as error:
        raise _unreadable(file, "id", error) from None
    firsts = np.cumsum([0, *sizes], dtype=np.int32)
    codes = [np.where(c < 0, firsts[-1], c + first) for (_, c), first in zip(columns, firsts[:-1], strict=True)]
    distinct = pool.dictionary_encode().combine_chunks()
    distinct = distinct.chunk(0) if isinstance(distinct, pa.ChunkedArray) else distinct
    of_entry = distinct.indices.to_numpy()
    used = np.zeros(len(distinct.dictionary), np.bool_)  # a dictionary may hold what no row has
    for found in codes:
        used[of_entry[found]] = True
    names = distinct.dictionary.filter(pa.array(used))
    order = compute.sort_indices(names).to_numpy()
    ranks = np.empty(len(order), np.int32)
    ranks[order] = np.arange(len(order), dtype=np.int32)
    numbers = np.zeros(len(used), np.int32)
    numbers[used] = ranks
    of_entry = numbers[of_entry]
    return _strings(names.take(pa.array(order))), [of_entry[found] for found in codes]


def _strings(array: Any) -> Strings:
    """An array of large texts without missing ones, as it lies in memory."""
    _, starts, data = array.buffers()
    if not len(array):
        return Strings.of(())
    ends = np.frombuffer(starts, np.int64, len(array) + 1, array.offset * 8)
    return Strings(np.frombuffer(data, np.uint8) if data is not None else np.zeros(0, np.uint8), ends)


def _read_text(table: _Columns, name: str) -> Any:
    pa, column = pyarrow_part(str(table.path)), table.read(name)
    kind = column.type.value_type if pa.types.is_dictionary(column.type) else column.type
    if not (pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_null(kind)):
        message = f"the column `{name}` has to be text"
        raise LineageError([Problem("LX416", str(table.path), 0, 0, message)])
    return column


def _texts(table: _Columns, name: str) -> list[str]:
    """A column of texts, of which equal ones are one object; ``None`` stays, and the reader of a row refuses it."""
    coded = _coded(_read_text(table, name), str(table.path), name)
    values = [*coded.values, None]  # a code of -1 leads to the last
    if coded.codes.size and not -1 <= coded.codes.min() <= coded.codes.max() < len(coded.values):
        raise LineageError([Problem("LX416", str(table.path), 0, 0, f"the column `{name}` is damaged")])
    return [cast(str, values[code]) for code in coded.codes.tolist()]


def _flags(table: _Columns, name: str) -> NDArray[np.bool_]:
    """A column of booleans that may be left out; what is missing or no boolean is false."""
    pa, compute = pyarrow_part(str(table.path)), pyarrow_part(str(table.path), ".compute")
    column = table.read(name) if name in table.names else None
    if column is None or not pa.types.is_boolean(column.type):
        return np.zeros(len(table), np.bool_)
    return np.array(compute.fill_null(column, False).to_numpy(), np.bool_)


def _coded(column: Any, file: str, name: str) -> Coded:
    """A column of any type by distinct values; NaN, which some writers put for nothing, is missing."""
    pa, compute = pyarrow_part(file), pyarrow_part(file, ".compute")
    try:
        kind = column.type
        if pa.types.is_null(kind):
            return Coded(np.full(len(column), -1, np.int32), ())
        if pa.types.is_dictionary(kind):
            return _coded_dictionary(column, pa, compute)
        if pa.types.is_decimal(kind) or pa.types.is_float16(kind):
            column = column.cast(pa.float64(), safe=False)
        if pa.types.is_floating(column.type):
            column = compute.if_else(compute.is_nan(column), None, column)
        if pa.types.is_timestamp(kind):
            column = column.cast(pa.timestamp("us", tz=kind.tz), safe=False)
        if pa.types.is_nested(kind):
            return _coded_rows(column.to_pylist())
        return _coded_dictionary(column.dictionary_encode(), pa, compute)
    except (pa.ArrowException, ValueError, OverflowError) as error:
        raise _unreadable(file, name, error) from None


def _unreadable(file: str, name: str, error: Exception) -> LineageError:
    reason = str(error).split("\n", 1)[0][:200]
    return LineageError([Problem("LX416", file, 0, 0, f"the column `{name}` cannot be read: {reason}")])


def _coded_dictionary(column: Any, pa: Any, compute: Any) -> Coded:
    if not column.num_chunks:
        return Coded(np.zeros(0, np.int32), ())
    array = column.unify_dictionaries().combine_chunks()
    array = array.chunk(0) if isinstance(array, pa.ChunkedArray) else array
    values = array.dictionary.to_pylist()
    codes = compute.fill_null(array.indices, -1).to_numpy(zero_copy_only=False)
    return Coded(codes.astype(np.min_scalar_type(-len(values) - 1)), values)  # most attributes have a few values


def _coded_rows(values: Sequence[object]) -> Coded:
    codes = np.array([-1 if value is None else row for row, value in enumerate(values)], np.int32)
    return Coded(codes, values)


def _documents(column: Coded) -> Coded:
    """The column with JSON text read as what it says; text that is no JSON stays, and is reported as no document."""
    return Coded(column.codes, [_document(value) for value in column.values])


def _document(value: object) -> object:
    if not isinstance(value, str):
        return value
    try:
        return read_json(value, "").data
    except LineageError:
        return value
