"""How Parquet files of the book are written, in the words of DuckDB's COPY."""

from functools import cache

import ibis.expr.datatypes as dt
import ibis.expr.schema as sch
from ibis.backends.sql.datatypes import DuckDBType

PARQUET = (
    "format parquet, "
    # DuckDB's own batch, so that its threads share a file
    "row_group_size 122880, "
    # as small as zstd with the encodings of version 1, read in two thirds of the time
    "parquet_version v2, compression lz4_raw, "
    # beyond so many values a column of a row group is no longer written as a dictionary: gathering
    # more of them cost a quarter of the writing of a close
    "dictionary_size_limit 5000"
)
"""The options of COPY, without their brackets."""


def columns_of(schema: sch.Schema) -> str:
    """Return the columns to select, each cast to the type that ibis believes it to have.

    Of some functions DuckDB makes a wider one: sums of bigints would be written as floats.
    """
    return ", ".join(
        f"{_quoted(name)}::{type_of(dtype)} as {_quoted(name)}" for name, dtype in schema.items()
    )


@cache
def type_of(dtype: dt.DataType) -> str:
    """Return the name that DuckDB has for a type: there are few, and each column asks for one."""
    name: str = DuckDBType.to_string(dtype)
    return name


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
