"""A Parquet file, delivered or staged, as columns with the names of its header."""

from __future__ import annotations

from typing import TYPE_CHECKING

import ibis
import ibis.expr.datatypes as dt

from recobro.engine.sql import quoted
from recobro.intake.refusals import DeliveryRefused, reading

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    import ibis.expr.types as ir

    from recobro.intake.desk import Desk

ROW = "_row"
"""The record's number in its file; a mapping may hand on that of its source under this name."""

_DELIVERED_ROW = "_row (delivered)"
"""What a column of a delivered file is called that has that name: its numbers need not be right."""


class ColumnTwice(DeliveryRefused):
    """Two columns of one file have the same name."""

    says = (
        "{file} has two columns called {column!r}. Nothing was changed. Rename or remove one of "
        "them (upper and lower case are the same)."
    )

    def __init__(self, file: str, column: str) -> None:
        super().__init__(file=file, column=column)


def rows(path: Path, desk: Desk) -> ir.Table:
    """Read a delivered Parquet file, with `_row`: 2 for its first record, as in a CSV file.

    Raises Unreadable, ColumnTwice.
    """
    with reading(path.name):
        return numbered(path, desk, schema=schema_of(path, desk), file=path.name)


def schema_of(path: Path, desk: Desk) -> ibis.Schema:
    """Return the columns that the engine reads in a Parquet file."""
    opened = desk.connection.read_parquet(path)
    desk.connection.drop_view(opened.get_name())
    schema: ibis.Schema = opened.schema()
    return schema


def numbered(
    path: Path,
    desk: Desk,
    *,
    schema: ibis.Schema,
    file: str,
    name: str | None = None,
    header: Sequence[str] | None = None,
    row: str | None = None,
    first: int = 2,
) -> ir.Table:
    """Give the columns of a Parquet file the names of its header, in lower case, and `_row`.

    That is the column `row`, which the header does not name, or the place in the file. The rows are
    a table of the name, which is that of the file if no other is given. Raises ColumnTwice.
    """
    own = [column for column in schema if column != row]
    names: dict[str, str] = {}
    for n, (column, title) in enumerate(zip(own, header or own, strict=True)):
        plain = _named(title, n)
        if plain in names:
            raise ColumnTwice(file, plain)
        names[plain] = column
    columns = {plain: quoted(column) for plain, column in names.items()}
    types = {plain: schema[column] for plain, column in names.items()}
    columns[ROW] = quoted(row) if row else f"file_row_number + {first}"
    types[ROW] = dt.int64
    return desk.over(path, name or file, columns, ibis.schema(types))


def _named(title: str, place: int) -> str:
    name = title.strip().lower() or f"column {place + 1}"
    return _DELIVERED_ROW if name == ROW else name
