"""Rows by the thousand: what is fastest in each database, in the transaction of its connection."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa

__all__ = ["add_rows"]


def add_rows(
    connection: sa.Connection, table: sa.Table, columns: Sequence[str], rows: Sequence[Sequence[object]]
) -> None:
    """Add rows to a table, each with a value for each of these columns. Raises ``DBAPIError``."""
    if not rows:
        return
    names = ", ".join(columns)
    if connection.dialect.name == "postgresql":
        _copy(connection, f"COPY {table.name} ({names}) FROM STDIN", rows)
    else:
        marks = ", ".join("?" * len(columns))
        connection.exec_driver_sql(f"INSERT INTO {table.name} ({names}) VALUES ({marks})", list(map(tuple, rows)))  # noqa: S608  # our own names


def _copy(connection: sa.Connection, command: str, rows: Sequence[Sequence[object]]) -> None:
    driver = connection.dialect.loaded_dbapi
    try:
        with connection.connection.cursor() as cursor, cursor.copy(command) as copy:  # type: ignore[attr-defined]  # psycopg's
            for row in rows:
                copy.write_row(row)
    except driver.Error as error:  # SQLAlchemy did not see it
        raise sa.exc.DBAPIError(command, None, error) from error
