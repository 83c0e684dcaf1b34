"""DuckDB: in this process, on this machine."""

import os
from collections.abc import Sequence
from pathlib import Path

import ibis
import ibis.expr.schema as sch
import ibis.expr.types as ir
from ibis.backends.sql.datatypes import DuckDBType

from recobro.engine.backends.backend import Backend

# Merging nested selects costs ibis seconds for an expression of a close and gives DuckDB nothing:
# its own optimizer does the same.
ibis.options.sql.fuse_selects = False

ROW_GROUP = 122_880
"""Rows of a Parquet row group: DuckDB's own batch, so that its threads share a file."""


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
    ) -> None:
        super().__init__(scratch)
        self.connection = ibis.duckdb.connect(
            temp_directory=str(scratch / "spill"),
            memory_limit=memory,
            threads=threads or os.cpu_count() or 1,
            preserve_insertion_order=in_order,
        )

    def read(self, files: Sequence[str | Path], schema: sch.Schema) -> ir.Table:
        """Return the rows of Parquet files as a table of the schema; no files: no rows."""
        if not files:
            return self.connection.create_table(
                ibis.util.gen_name("nothing"), schema=_nullable(schema), temp=True
            )
        table = self.connection.read_parquet([str(file) for file in files])
        return table.select(*schema.names)

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
            f"(format parquet, compression zstd, compression_level 1, row_group_size {ROW_GROUP})"
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

    def number(self, value: ir.IntegerScalar) -> int:
        """Compute one number; 0 where it is null."""
        return int(self.connection.to_pyarrow(value).as_py() or 0)


def _nullable(schema: sch.Schema) -> sch.Schema:
    return ibis.schema({name: dtype(nullable=True) for name, dtype in schema.items()})


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _escaped(file: Path) -> str:
    return str(file).replace("'", "''")
