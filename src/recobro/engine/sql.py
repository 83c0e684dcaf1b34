"""Names, texts and types as DuckDB writes them in a statement."""

from functools import cache

import ibis.expr.datatypes as dt
import ibis.expr.schema as sch
from ibis.backends.sql.datatypes import DuckDBType


def quoted(name: str) -> str:
    """Quote a name."""
    return '"' + name.replace('"', '""') + '"'


def literal(text: str) -> str:
    """Quote a text."""
    return "'" + text.replace("'", "''") + "'"


@cache
def type_of(dtype: dt.DataType) -> str:
    """Return the name of a type: there are few, and each column of a statement asks for one."""
    name: str = DuckDBType.to_string(dtype)
    return name


def columns_of(schema: sch.Schema) -> str:
    """Return the columns to select, each cast to the type that ibis believes it to have.

    Of some functions DuckDB makes a wider one: sums of bigints would be written as floats.
    """
    return ", ".join(
        f"{quoted(name)}::{type_of(dtype)} as {quoted(name)}" for name, dtype in schema.items()
    )
