"""The tables of a delivery as they are written: as text, a few thousand rows at a time."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack
from datetime import date, datetime
from decimal import Decimal
from itertools import islice
from pathlib import Path
from typing import Final, Self

import pyarrow as pa
import pyarrow.parquet as pq

Row = Sequence[object]

AT_ONCE: Final = 10_000
"""Rows that are held in memory."""


class Tables:
    """Parquet files in a folder, one a table."""

    def __init__(self, folder: Path) -> None:
        self.rows: dict[str, int] = {}
        """How many were written, by table."""
        self._folder = folder
        self._files: dict[str, tuple[pa.Schema, pq.ParquetWriter]] = {}
        self._open = ExitStack()

    def begin(self, table: str, columns: Sequence[str]) -> None:
        """Begin a table, which is there from now on, also without a row."""
        schema = pa.schema([(column, pa.string()) for column in columns])
        file = pq.ParquetWriter(self._folder / f"{table}.parquet", schema)
        self._files[table] = schema, self._open.enter_context(file)
        self.rows[table] = 0

    def add(self, table: str, rows: Iterable[Row]) -> None:
        """Write rows, in the order of the table's columns."""
        schema, file = self._files[table]
        for few in _batches(rows):
            columns = [list(map(text, column)) for column in zip(*few, strict=True)]
            arrays = [pa.array(column, pa.string()) for column in columns]
            file.write_batch(pa.record_batch(arrays, schema=schema))
            self.rows[table] += len(few)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *raised: object) -> None:
        self._open.close()


def _batches(rows: Iterable[Row]) -> Iterator[list[Row]]:
    left = iter(rows)
    while few := list(islice(left, AT_ONCE)):
        yield few


def text(value: object) -> str | None:
    """Return a value as the contract writes it; a number has no exponent, a day no time."""
    match value:
        case None:
            return None
        case bool():
            return "true" if value else "false"
        case datetime():
            return value.date().isoformat()
        case date():
            return value.isoformat()
        case Decimal() | float():
            return f"{Decimal(str(value)):f}"
    return str(value)
