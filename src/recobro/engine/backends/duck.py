"""DuckDB: in this process, on this machine."""

import os
from collections.abc import Sequence
from itertools import count
from pathlib import Path
from typing import Any

import ibis
import ibis.expr.operations as ops
import ibis.expr.schema as sch
import ibis.expr.types as ir
import sqlglot.expressions as sge
from ibis.backends.sql.compilers.duckdb import DuckDBCompiler
from ibis.backends.sql.datatypes import DuckDBType

from recobro.engine.backends.backend import Backend, Progress

# Merging nested selects costs ibis seconds for an expression of a close and gives DuckDB nothing:
# its own optimizer does the same.
ibis.options.sql.fuse_selects = False


_DICTIONARY = 5_000
"""Values beyond which a column of a row group is no longer written as a dictionary: gathering more
of them cost a quarter of the writing of a close."""

ROW_GROUP = 122_880
"""Rows of a Parquet row group: DuckDB's own batch, so that its threads share a file."""


_WORTH_KEEPING = (sge.Join, sge.Group, sge.Window, sge.SetOperation, sge.Distinct)
"""What a subquery must do for its rows to cost more than holding them in memory."""


class Compiler(DuckDBCompiler):  # type: ignore[misc]  # ibis is untyped
    """Let a table that an expression names twice be read twice, unless it takes work to make.

    DuckDB holds whatever is named twice in memory, all rows of a scan too: reading the payments of
    a million loans twice is a twentieth of that.
    """

    def to_sqlglot(self, expr: ir.Expr, **options: object) -> sge.Expression:
        """Return the query of an expression."""
        query: sge.Expression = super().to_sqlglot(expr, **options)
        for named in query.find_all(sge.CTE):
            if not named.this.find(*_WORTH_KEEPING):
                named.set("materialized", False)  # noqa: FBT003 - sqlglot takes the value by position
        return query


class Duck(Backend):
    """A DuckDB connection with a memory limit and a scratch folder for what does not fit."""

    name = "duckdb"

    def __init__(
        self,
        scratch: Path,
        *,
        memory: str = "900MB",
        threads: int | None = None,
        in_order: bool = False,
        progress: Progress | None = None,
    ) -> None:
        super().__init__(scratch, progress=progress)
        self._views = count()
        self.connection = ibis.duckdb.connect(
            temp_directory=str(scratch / "spill"),
            memory_limit=memory,
            threads=threads or os.cpu_count() or 1,
            preserve_insertion_order=in_order,
        )
        self.connection.compiler = Compiler()

    def read(self, files: Sequence[str | Path], schema: sch.Schema) -> ir.Table:
        """Return the rows of Parquet files as a table of the schema; no files: no rows."""
        name = f"parquet_{next(self._views)}"
        if files:
            columns = ", ".join(map(_quoted, schema.names))
            listed = ", ".join(f"'{_escaped(Path(file))}'" for file in files)
            query = f"select {columns} from read_parquet([{listed}])"  # noqa: S608 - our own names, quoted
        else:
            nulls = ", ".join(
                f"null::{DuckDBType.to_string(dtype)} as {_quoted(column)}"
                for column, dtype in schema.items()
            )
            query = f"select {nulls} where false"
        self.connection.raw_sql(f"create temp view {name} as {query}")
        # The schema is known: asking DuckDB for it costs more than a small query.
        return ops.DatabaseTable(
            name=name, schema=_nullable(schema), source=self.connection, namespace=ops.Namespace()
        ).to_expr()

    def write(self, table: ir.Table, file: Path) -> Path:
        """Write a table's rows to a Parquet file and return its path.

        Each column is cast to the type that ibis believes it to have: DuckDB sums bigints into a
        hugeint, which it would write as a float.
        """
        columns = ", ".join(
            f"{_quoted(name)}::{DuckDBType.to_string(dtype)} as {_quoted(name)}"
            for name, dtype in table.schema().items()
        )
        query = self.connection.compile(table)
        self.connection.raw_sql(
            f"copy (select {columns} from ({query})) to '{_escaped(file)}' "  # noqa: S608 - our own names, quoted
            f"(format parquet, compression zstd, compression_level 1, row_group_size {ROW_GROUP}, "
            f"dictionary_size_limit {_DICTIONARY})"
        )
        return file

    def fingerprint(self, table: ir.Table) -> str:
        """Return one number for all rows of a table, whatever their order: a sum of row hashes.

        A sum needs no sort. The hash is DuckDB's, so the number begins with its version: numbers
        made by different versions are compared by computing both again from the files.
        """
        columns = ", ".join(_quoted(name) for name in table.columns)
        query = self.connection.compile(table)
        sum_of_hashes = f"select sum(hash({columns})) % {2**64}::hugeint from ({query})"  # noqa: S608 - our own names, quoted
        total = self.connection.raw_sql(sum_of_hashes).fetchone()[0]
        return f"{self.connection.version}-{int(total or 0):016x}"

    def rows(self, table: ir.Table) -> list[dict[str, Any]]:
        """Compute a small table and return its rows."""
        found: list[dict[str, Any]] = self.connection.to_pyarrow(table).to_pylist()
        return found

    def number(self, value: ir.IntegerScalar) -> int:
        """Compute one number; 0 where it is null."""
        return int(self.connection.to_pyarrow(value).as_py() or 0)


def _nullable(schema: sch.Schema) -> sch.Schema:
    return ibis.schema({name: dtype(nullable=True) for name, dtype in schema.items()})


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _escaped(file: Path) -> str:
    return str(file).replace("'", "''")
