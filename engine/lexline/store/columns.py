"""Statements read by columns, without a Python object for each: the database writes every column out as one text.

All functions work on a connection of ``Database``.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import sqlalchemy as sa
from numpy.typing import NDArray

from lexline.store.people import People
from lexline.store.rows import ALIAS, ATTRIBUTE, EDGE, ELEMENT, PERSON
from lexline.store.tables import PHRASE, RETRACTION, STATEMENT
from lexline_lineage import fact_columns
from lexline_lineage.fact_columns import FactColumns

__all__ = ["Statements", "columns_at", "statements"]

_MANY = 100_000
"""How many rows the database writes into one text."""
_DAYS = 1 << 22
"""More than the ordinal of any day."""
_FORMS = {
    ELEMENT: fact_columns.ELEMENT,
    ATTRIBUTE: fact_columns.ATTRIBUTE,
    EDGE: fact_columns.EDGE,
    ALIAS: fact_columns.ALIAS,
    PERSON: fact_columns.ATTRIBUTE,
}


@dataclass(frozen=True, slots=True, eq=False)
class Statements:
    """Rows of ``statement`` by columns, the oldest first. ``since`` and ``until`` are 0 where there is no such day."""

    id: NDArray[np.int64]
    source: NDArray[np.int64]
    place: NDArray[np.int64]
    subject: NDArray[np.int64]
    object: NDArray[np.int64]
    name: NDArray[np.int64]
    form: NDArray[np.int8]
    flag: NDArray[np.int8]
    since: NDArray[np.int32]
    until: NDArray[np.int32]


def statements(connection: sa.Connection, *held: sa.ColumnElement[bool]) -> Statements:
    """The statements for which the conditions hold."""
    row = STATEMENT.c
    days = sa.func.coalesce(row.since, 0) * sa.literal(_DAYS, sa.BigInteger) + sa.func.coalesce(row.until, 0)
    sort = row.name * 256 + row.form * 16 + row.flag
    columns = _written(
        connection, STATEMENT, (row.id, row.source, row.place, row.subject, row.object, sort, days), held
    )
    found = [np.concatenate([*c, np.zeros(0, np.int64)]) for c in columns]
    order = _order(found[0])
    key, source, place, subject, thing, sorts, dates = found if order is None else (column[order] for column in found)
    form, flag = (sorts >> 4 & 15).astype(np.int8), (sorts & 15).astype(np.int8)
    since, until = (dates // _DAYS).astype(np.int32), (dates % _DAYS).astype(np.int32)
    return Statements(key, source, place, subject, thing, sorts >> 8, form, flag, since, until)


def columns_at(connection: sa.Connection, revision: int, people: People, without: Collection[str] = ()) -> FactColumns:
    """All facts of a revision but those of the sources ``without``, in the order in which they were first said."""
    held = [STATEMENT.c.revision <= revision]
    taken = sa.select(RETRACTION.c.statement).where(RETRACTION.c.revision <= revision)
    if connection.execute(taken.limit(1)).first() is not None:  # it is looked up for every row
        held.append(STATEMENT.c.id.not_in(taken))
    if without:
        said_by = sa.select(PHRASE.c.id).where(PHRASE.c.text.in_(without))
        held.append(STATEMENT.c.source.not_in(said_by))
    return _facts(statements(connection, *held), *_phrases(connection), people)


def _facts(rows: Statements, ids: NDArray[np.int64], texts: list[str], people: People) -> FactColumns:
    def numbered(column: NDArray[np.int64]) -> NDArray[np.int32]:
        numbers = column - 1 if len(ids) and ids[-1] == len(ids) else np.searchsorted(ids, column)
        return numbers.astype(np.int32)

    pairs = rows.source << 32 | rows.place
    if len(pairs) and (pairs == pairs[0]).all():
        sources, said = pairs[:1], np.zeros(len(pairs), np.int64)
    else:
        sources, said = np.unique(pairs, return_inverse=True)
    forms = np.zeros(16, np.int8)
    forms[list(_FORMS)] = list(_FORMS.values())
    things = numbered(rows.object)
    values: list[object] = []
    for form in (ATTRIBUTE, PERSON):
        at = rows.form == form
        distinct, codes = _distinct(things[at], len(texts))
        things[at] = codes + np.int32(len(values))
        words = [texts[number] for number in distinct.tolist()]
        values += map(people.name, words) if form == PERSON else json.loads(f"[{','.join(words)}]")
    return FactColumns(
        texts,
        values,
        numbered(sources >> 32),
        numbered(sources & 0xFFFFFFFF),
        forms[rows.form],
        numbered(rows.subject),
        numbered(rows.name),
        things,
        rows.flag,
        said.astype(np.int32),
        rows.since,
        rows.until,
    )


def _distinct(numbers: NDArray[np.int32], size: int) -> tuple[NDArray[np.int64], NDArray[np.int32]]:
    """The numbers that occur, each once, and for each where it stands among them."""
    used = np.zeros(size, np.bool_)
    used[numbers] = True
    place = np.cumsum(used, dtype=np.int32) - np.int32(1)
    return np.flatnonzero(used), place[numbers]


def _phrases(connection: sa.Connection) -> tuple[NDArray[np.int64], list[str]]:
    """All phrases in the order of their keys: these, and their texts."""
    found: list[str] = []
    keys = [np.zeros(0, np.int64)]
    array = "json_agg" if connection.dialect.name == "postgresql" else "json_group_array"
    for row in _ranges(connection, PHRASE, [_joined(PHRASE.c.id), getattr(sa.func, array)(PHRASE.c.text)]):
        key, text = tuple(row)
        keys.append(_numbers(key))
        found += json.loads(text) if isinstance(text, str) else text  # psycopg reads JSON itself
    numbers = np.concatenate(keys)
    order = _order(numbers)
    return (numbers, found) if order is None else (numbers[order], [found[at] for at in order.tolist()])


def _order(keys: NDArray[np.int64]) -> NDArray[np.int64] | None:
    """How to sort rows by their keys. None where they are sorted, as nearly always: PostgreSQL gives them as they lie,
    and puts a short row where a long one had no room."""
    return None if (keys[1:] > keys[:-1]).all() else np.argsort(keys)


def _written(
    connection: sa.Connection,
    table: sa.Table,
    wanted: Collection[sa.ColumnElement[int]],
    held: Collection[sa.ColumnElement[bool]],
) -> tuple[list[NDArray[np.int64]], ...]:
    columns: tuple[list[NDArray[np.int64]], ...] = tuple([] for _ in wanted)
    for texts in _ranges(connection, table, [_joined(column) for column in wanted], held):
        for column, text in zip(columns, texts, strict=True):
            column.append(_numbers(text))
    return columns


def _ranges(
    connection: sa.Connection,
    table: sa.Table,
    wanted: Collection[sa.ColumnElement[Any]],
    held: Collection[sa.ColumnElement[bool]] = (),
) -> Iterator[sa.Row[Any]]:
    """What the database makes of the rows of a table, in parts, by their keys."""
    first, last = connection.execute(sa.select(sa.func.min(table.c.id), sa.func.max(table.c.id))).one()
    for begin in range(first or 0, (last or -1) + 1, _MANY):
        part = sa.select(*wanted).where(table.c.id.between(begin, begin + _MANY - 1), *held)
        row = connection.execute(part).one()
        if row[0] is not None:
            yield row


def _joined(column: sa.ColumnElement[Any]) -> sa.ColumnElement[str]:
    return sa.func.aggregate_strings(sa.cast(column, sa.Text), ",")


def _numbers(text: str) -> NDArray[np.int64]:
    return np.fromstring(text, np.int64, sep=",")
