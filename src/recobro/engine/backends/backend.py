"""What every engine does alike: a scratch folder, and results put down in it as Parquet."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import ibis
import ibis.expr.schema as sch
import ibis.expr.types as ir
import pyarrow as pa
import pyarrow.parquet as pq

Progress = Callable[[str, int, int], None]


class Backend(ABC):
    """An open engine; leaving it lets go of what it holds."""

    name: str
    connection: Any  # a backend of ibis, which has no types

    def __init__(self, scratch: Path, *, progress: Progress | None = None) -> None:
        """Open; `progress` hears of what is kept: its name, parts done, parts in all."""
        self._progress = progress
        scratch.mkdir(parents=True, exist_ok=True)
        self.scratch = scratch

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.connection.disconnect()

    @abstractmethod
    def read(self, files: Sequence[str | Path], schema: sch.Schema) -> ir.Table:
        """Return the rows of Parquet files as a table of the schema; no files: no rows."""

    @abstractmethod
    def write(self, table: ir.Table, file: Path) -> Path:
        """Write a table's rows to a Parquet file, or to a folder of some, and return its path."""

    @abstractmethod
    def number(self, value: ir.IntegerScalar) -> int:
        """Compute one number; 0 where it is null."""

    def day(self, on: date) -> ir.DateScalar:
        """Return a day as expressions of this engine name it."""
        return ibis.literal(on)

    def put(self, name: str, rows: pa.Table) -> ir.Table:
        """Put rows down as a table: ibis' own way imports pandas, a sixth of a second."""
        file = self.scratch / f"{name}.parquet"
        pq.write_table(rows, file)
        return self.read([file], ibis.Schema.from_pyarrow(rows.schema))

    def keep(self, name: str, tables: Sequence[ir.Table]) -> ir.Table:
        """Compute tables of one schema one after another; return their union, kept on disk."""
        folder = self.scratch / name
        folder.mkdir(parents=True)
        files = []
        for number, table in enumerate(tables):
            if self._progress:
                self._progress(name, number, len(tables))
            files.append(folder / f"{number:05}.parquet")
            self.begin_to_write(table, files[-1])
        return self.read(files, tables[0].schema())

    def begin_to_write(self, table: ir.Table, file: Path) -> None:
        """Write a table's rows where they can be read from as soon as anything is."""
        self.write(table, file)

    def kept(self, name: str) -> list[Path]:
        """Return the Parquet files of what was kept under a name, in the order of its rows."""
        found = (self.scratch / name).rglob("*.parquet")
        return sorted(file for file in found if file.is_file())
