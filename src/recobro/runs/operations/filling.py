"""Rows of an engine become rows of the database."""

import ibis.expr.types as ir
import pyarrow.parquet as pq
from django.db import models

from recobro.book.operations import put
from recobro.engine.backends.duck import Duck

_AT_ONCE = 50_000
"""Rows handed to the database at a time."""


def fill(model: type[models.Model], rows: ir.Table, duck: Duck, *, newer: bool = True) -> None:
    """Write rows of an engine into a table; an empty text is no text, a day is told as text."""
    told = rows.mutate(
        **{
            name: rows[name].cast("string") if kind.is_date() else rows[name].fill_null("")
            for name, kind in rows.schema().items()
            if kind.is_date() or kind.is_string()
        }
    )
    file = duck.write(told, duck.scratch / f"{model._meta.db_table}.parquet")
    with pq.ParquetFile(file) as kept:
        batches = kept.iter_batches(_AT_ONCE)
        put(
            model,
            kept.schema_arrow.names,
            (
                list(zip(*(column.to_pylist() for column in batch.columns), strict=True))
                for batch in batches
            ),
            instead=newer,
        )
