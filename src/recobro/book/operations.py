"""Fill the tables of the book in bulk: a close writes them, and nobody else does."""

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

from django.db import connection, models

Row = tuple[str | int | bool | Decimal | None, ...]
"""Values in the order of the columns; days as text, amounts in minor units."""


def put(
    model: type[models.Model],
    columns: Sequence[str],
    rows: Iterable[Sequence[Row]],
    *,
    instead: bool = True,
) -> None:
    """Add rows, few at a time; a row whose primary key is there takes the place of that one.

    Without `instead` the one that is there stays. `columns` are those of the database. A million
    rows take seconds where the ORM takes minutes: values are trusted and nothing is validated.
    Must stand in a transaction.
    """
    conflict = _on_conflict(model, columns, instead=instead)
    if connection.vendor == "postgresql":
        _copy(model, columns, rows, conflict)
        return
    marks = ", ".join(["%s"] * len(columns))
    statement = (
        f"INSERT INTO {_table(model)} ({_listed(columns)}) "  # noqa: S608 - names of our own models
        f"VALUES ({marks}) {conflict}"
    )
    with connection.cursor() as cursor:
        for few in rows:
            cursor.executemany(statement, few)


def count_anew(*tables: type[models.Model]) -> None:
    """Let the database see how many rows some tables have now, and how they are spread.

    Otherwise it guesses by how they were before, and reads a whole close for one branch.
    """
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("PRAGMA analysis_limit = 1000")
        for each in tables:
            cursor.execute(f"ANALYZE {_table(each)}")


def _copy(
    model: type[models.Model], columns: Sequence[str], rows: Iterable[Sequence[Row]], conflict: str
) -> None:
    """Let PostgreSQL take the rows in as a stream, then put them in their place at once.

    Where no row can be in the way they stream to their place.
    """
    table, listed = _table(model), _listed(columns)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT 1 FROM {table} LIMIT 1")  # noqa: S608 - names of our own models
        if not conflict or cursor.fetchone() is None:
            _stream(cursor, table, listed, rows)
            return
        cursor.execute(
            f"CREATE TEMP TABLE incoming ON COMMIT DROP AS SELECT {listed} FROM {table} LIMIT 0"  # noqa: S608 - names of our own models
        )
        _stream(cursor, "incoming", listed, rows)
        cursor.execute(
            f"INSERT INTO {table} ({listed}) "  # noqa: S608 - the same
            f"SELECT {listed} FROM incoming {conflict}"
        )
        cursor.execute("DROP TABLE incoming")


def _stream(cursor: Any, table: str, listed: str, rows: Iterable[Sequence[Row]]) -> None:  # noqa: ANN401 - Django's cursor knows of no COPY
    with cursor.copy(f"COPY {table} ({listed}) FROM STDIN") as stream:
        for few in rows:
            for row in few:
                stream.write_row(row)


def _on_conflict(model: type[models.Model], columns: Sequence[str], *, instead: bool) -> str:
    """Say what happens to a row whose primary key is there; a new row has none given."""
    key = model._meta.pk.column
    if key not in columns:
        return ""
    if not instead:
        return f"ON CONFLICT ({_quoted(key)}) DO NOTHING"
    changes = ", ".join(
        f"{_quoted(name)} = excluded.{_quoted(name)}" for name in columns if name != key
    )
    return f"ON CONFLICT ({_quoted(key)}) DO UPDATE SET {changes}"


def _table(model: type[models.Model]) -> str:
    return _quoted(model._meta.db_table)


def _listed(columns: Sequence[str]) -> str:
    return ", ".join(map(_quoted, columns))


def _quoted(name: str) -> str:
    return connection.ops.quote_name(name)
