"""Values as files hold them: plain JSON that can be written and read again without loss."""

from __future__ import annotations

import math
from collections.abc import Iterator
from datetime import date, datetime

import numpy as np

from lexline_lineage.documents import MAX_DEPTH
from lexline_lineage.facts import AttributeFact, EdgeFact, ElementFact, Fact, Source
from lexline_lineage.graph import Graph
from lexline_lineage.hostile_json import MAX_DIGITS
from lexline_lineage.values import Duration, Sort, Value, ValueType, format_value, is_clean_text

__all__ = ["facts_of", "is_writable", "plain_raw", "raw_value"]

_UNNAMED = Source("graph")
_MOMENT = ValueType(Sort.MOMENT)
_LARGEST: int = 10 ** (MAX_DIGITS - 1)


def raw_value(value: Value) -> object:
    """The raw form of a value: dates, moments and durations as text, a list as a list."""
    if isinstance(value, datetime):
        return format_value(value, _MOMENT)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Duration):
        return str(value)
    if isinstance(value, tuple):
        return [raw_value(item) for item in value]
    return value


def plain_raw(raw: object, depth: int = 0) -> object:
    """What a file holds, with its days as text, as facts hold them; what is too deep to be written stays."""
    if isinstance(raw, date):
        return raw.isoformat()
    if depth > MAX_DEPTH:
        return raw
    if isinstance(raw, list | tuple):
        return [plain_raw(item, depth + 1) for item in raw]
    if isinstance(raw, dict):
        return {key: plain_raw(item, depth + 1) for key, item in raw.items()}
    return raw


def is_writable(raw: object, depth: int = 0) -> bool:
    """True for a raw value that can be written and read again: JSON, finite, not too deep, clean text."""
    if raw is None or isinstance(raw, bool):
        return True
    if isinstance(raw, str):
        return is_clean_text(raw)
    if isinstance(raw, int):
        return abs(raw) < _LARGEST
    if isinstance(raw, float):
        return math.isfinite(raw)
    if depth >= MAX_DEPTH - 3:  # a file puts a value three levels deep at most
        return False
    if isinstance(raw, list | tuple):
        return all(is_writable(item, depth + 1) for item in raw)
    if isinstance(raw, dict):
        return all(
            isinstance(key, str) and is_clean_text(key) and is_writable(item, depth + 1) for key, item in raw.items()
        )
    return isinstance(raw, date)


def facts_of(graph: Graph) -> Iterator[Fact]:
    """The facts of a graph: elements (but stubs), known values and edges, with their sources."""
    for kind, numbers in graph.members.items():
        names = tuple(graph.vocabulary.kinds[kind].attributes)
        for number in numbers.tolist():
            element = graph.ids[number]
            if number in graph.stubs:
                continue
            told = [(name, graph.value(number, name), graph.source(number, name)) for name in names]
            by = next((source for _, value, source in told if value is not None and source is not None), _UNNAMED)
            yield ElementFact(element, kind, by)
            for name, value, source in told:
                if value is not None:
                    yield AttributeFact(element, name, raw_value(value), source or _UNNAMED)
    for relation, adjacency in graph.along.items():
        origins = np.repeat(np.arange(len(graph.ids)), np.diff(adjacency.starts)).tolist()
        said = graph.edge_said[relation].tolist()
        ends = zip(origins, adjacency.neighbours.tolist(), adjacency.possible.tolist(), said, strict=True)
        for origin, target, possible, index in ends:
            source = graph.sources[index] if index >= 0 else _UNNAMED
            yield EdgeFact(graph.ids[origin], relation, graph.ids[target], source, possible)
