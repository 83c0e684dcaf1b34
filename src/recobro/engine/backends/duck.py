"""DuckDB: in this process, on this machine."""

import os
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import date
from functools import lru_cache
from itertools import count
from pathlib import Path
from typing import Any, Final

import duckdb
import ibis
import ibis.expr.operations as ops
import ibis.expr.schema as sch
import ibis.expr.types as ir
import pyarrow as pa
import sqlglot.expressions as sge
from ibis.backends.duckdb import Backend as DuckDB
from ibis.backends.sql.compilers.duckdb import DuckDBCompiler

from recobro.engine.backends.backend import Backend, Progress
from recobro.engine.parquet import PARQUET
from recobro.engine.script import Script
from recobro.engine.sql import columns_of, literal, quoted, type_of

# Merging nested selects costs ibis seconds for an expression of a close and gives DuckDB nothing:
# its own optimizer does the same.
ibis.options.sql.fuse_selects = False


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

    def visit_Sum(self, op: ops.Sum, **parts: Any) -> sge.Expression:  # noqa: ANN401, N802 - as ibis calls it
        """Return a sum in the type that ibis believes it to have.

        DuckDB sums bigints into a hugeint: twice the bytes in every window, join and sort to come.
        """
        total: sge.Expression = self.cast(super().visit_Sum(op, **parts), op.dtype)
        return total

    def visit_WindowFunction(  # noqa: N802 - as ibis calls it
        self,
        op: ops.WindowFunction,
        *,
        func: sge.Expression,
        **window: Any,  # noqa: ANN401 - as ibis calls it
    ) -> sge.Expression:
        """Return a function over a window; of a sum, it is what the window gives that is cast."""
        a_sum = isinstance(op.func, ops.Sum)
        value: sge.Expression = super().visit_WindowFunction(
            op, func=func.this if a_sum else func, **window
        )
        if a_sum:
            value = self.cast(value, op.dtype)
        return value


_COMPILER: Final = Compiler()


@lru_cache(maxsize=128)
def _written(op: ops.Node) -> str:
    """Write an expression in SQL; the same one is written once, of a close a second's work."""
    query = _COMPILER.to_sqlglot(op.to_expr())
    return str(query.sql(dialect=_COMPILER.dialect, copy=False))


def written() -> int:
    """Return how many expressions have been written in SQL so far."""
    return _written.cache_info().misses


@ibis.udf.scalar.builtin(name="getvariable")  # type: ignore[untyped-decorator]  # ibis is untyped
def _day(under: str) -> date:  # type: ignore[empty-body]  # DuckDB has it
    """Return a day that a connection has under a name: DuckDB takes it for a constant."""


@ibis.udf.scalar.builtin(name="getvariable")  # type: ignore[untyped-decorator]  # ibis is untyped
def _integer(under: str) -> int:  # type: ignore[empty-body]  # DuckDB has it
    """Return a whole number that a connection has under a name."""


class Connection(DuckDB):  # type: ignore[misc]  # ibis is untyped
    """A connection that may have work under way: whoever uses it waits until that is done.

    So a table can be handed on while the file that it reads is still being written, and what went
    wrong in the background is raised where something is asked for next.
    """

    def do_connect(self, *words: object, **options: object) -> None:
        """Connect, with nothing under way."""
        self._background = ThreadPoolExecutor(max_workers=1)
        self._coming: deque[Future[object]] = deque()
        super().do_connect(*words, **options)
        # DuckDB draws it on standard output where it guesses that a person sits.
        self._own.execute("set enable_progress_bar = false")
        self.compiler = Compiler()

    @property
    def con(self) -> duckdb.DuckDBPyConnection:
        """DuckDB's own connection, once all that is under way has been done."""
        self.wait()
        return self._own

    @con.setter
    def con(self, own: duckdb.DuckDBPyConnection) -> None:
        """Take the connection that ibis has opened."""
        self._own = own

    def wait(self) -> None:
        """Return when all that is under way has been done; raise what went wrong on the way."""
        while self._coming:
            self._coming.popleft().result()

    def begin(self, statement: str) -> None:
        """Have a statement done in its turn, in the background."""
        self._coming.append(self._background.submit(self._own.execute, statement))

    def follow(self, statement: str) -> None:
        """Do a short statement at once, or after what is under way and what it may rest on."""
        if any(not each.done() for each in self._coming):
            self.begin(statement)
        else:
            self.con.execute(statement)

    def to_pyarrow(
        self,
        expr: ir.Expr,
        /,
        *,
        params: None = None,  # noqa: ARG002 - what ibis has to say where nobody wants any
        limit: None = None,  # noqa: ARG002 - the same
    ) -> Any:  # noqa: ANN401 - a table, a column or a scalar
        """Compute an expression, whole; ibis' own way imports pandas, a quarter of a second."""
        found = self.raw_sql(_written(expr.as_table().op())).to_arrow_table()
        return expr.__pyarrow_result__(found)

    def disconnect(self) -> None:
        """Give up what is still to be done, and let go."""
        self._background.shutdown(cancel_futures=True)
        self._own.close()


class Duck(Backend):
    """A DuckDB connection with a memory limit and a scratch folder for what does not fit.

    What is to be kept is computed in the background, in order, while the next expressions are
    being written: on a small book writing an expression takes as long as computing it. Whoever asks
    for rows, files or the connection waits until all is there, and hears there what went wrong.
    """

    name = "duckdb"

    def __init__(
        self,
        scratch: Path,
        *,
        memory: str = "900MB",
        threads: int | None = None,
        in_order: bool = False,
        sides_as_written: bool = False,
        progress: Progress | None = None,
    ) -> None:
        """Open; with `sides_as_written` each join holds its right side in memory.

        Otherwise DuckDB holds the side that it takes for the smaller one, and of a filtered table
        it may be wrong by a thousand.
        """
        super().__init__(scratch, progress=progress)
        self._views, self._days, self._integers = count(), count(), count()
        self.connection = Connection().connect(
            temp_directory=str(scratch / "spill"),
            memory_limit=memory,
            threads=threads or os.cpu_count() or 1,
            preserve_insertion_order=in_order,
            disabled_optimizers="build_side_probe_side" if sides_as_written else "",
        )

    def read(self, files: Sequence[str | Path], schema: sch.Schema) -> ir.Table:
        """Return the rows of Parquet files as a table of the schema; no files: no rows.

        It goes by its turn among those that were opened: compute it only where it was opened.
        """
        name = f"parquet_{next(self._views)}"
        if files:
            columns = ", ".join(map(quoted, schema.names))
            listed = ", ".join(literal(str(file)) for file in files)
            query = f"select {columns} from read_parquet([{listed}])"  # noqa: S608 - our own names, quoted
        else:
            nulls = ", ".join(
                f"null::{type_of(dtype)} as {quoted(column)}" for column, dtype in schema.items()
            )
            query = f"select {nulls} where false"
        self.connection.follow(f"create temp view {name} as {query}")
        # A table of any connection, and of a known schema: so what is built on it is the same in
        # every run that opens as many before, and is in SQL already.
        return ibis.table(_nullable(schema), name=name)

    def day(self, on: date) -> ir.DateScalar:
        """Return a day by a name, under which the next run has another."""
        name = f"day_{next(self._days)}"
        self._name(name, f"date '{on}'")
        return _day(name)

    def integer(self, value: int) -> ir.IntegerScalar:
        """Return a whole number by a name, under which the next run has another."""
        name = f"integer_{next(self._integers)}"
        self._name(name, f"{value}::bigint")
        return _integer(name)

    def keep_by_day(
        self, name: str, days: Sequence[date], table_of: Callable[[ir.DateScalar], ir.Table]
    ) -> ir.Table:
        """Compute a table of each day, one after another; return their union, kept on disk.

        What it is of any day is written in SQL once.
        """
        on = f"day_{next(self._days)}"
        table = table_of(_day(on))
        folder = self.scratch / name
        folder.mkdir(parents=True)
        files = [folder / f"{number:05}.parquet" for number in range(len(days))]
        for file, day in zip(files, days, strict=True):
            self._name(on, f"date '{day}'")
            self.begin_to_write(table, file)
        return self.read(files, table.schema())

    def _name(self, name: str, value: str) -> None:
        self.connection.follow(f"set variable {name} = {value}")

    def write(self, table: ir.Table, file: Path) -> Path:
        """Write a table's rows to a Parquet file and return its path once it is there."""
        self.begin_to_write(table, file)
        self.connection.wait()
        return file

    def begin_to_write(self, table: ir.Table, file: Path) -> None:
        """Have a table's rows written to a Parquet file."""
        self.connection.begin(f"copy ({_typed(table)}) to {literal(str(file))} ({PARQUET})")

    def kept(self, name: str) -> list[Path]:
        """Return the Parquet files of what was kept under a name, in the order of its rows."""
        self.connection.wait()
        return super().kept(name)

    def fingerprint(self, table: ir.Table) -> str:
        """Return one number for all rows of a table, whatever their order: a sum of row hashes.

        A sum needs no sort. The hash is DuckDB's, so the number begins with its version: numbers
        made by different versions are compared by computing both again from the files.
        """
        columns = ", ".join(quoted(name) for name in table.columns)
        query = _written(table.op())
        sum_of_hashes = f"select sum(hash({columns})) % {2**64}::hugeint from ({query})"  # noqa: S608 - our own names, quoted
        total = self.connection.raw_sql(sum_of_hashes).fetchone()[0]
        return f"{self.connection.version}-{int(total or 0):016x}"

    def rows(self, table: ir.Table) -> list[dict[str, Any]]:
        """Compute a small table and return its rows."""
        found: list[dict[str, Any]] = self.connection.to_pyarrow(table).to_pylist()
        return found

    def follow(
        self, script: Script, given: Mapping[str, pa.Table]
    ) -> dict[str, list[dict[str, Any]]]:
        """Compute a script from the tables that are given, and return the rows that it answers.

        What it makes stays on the connection: a script can be followed once on each.
        """
        statements, answers = _in_sql(script)
        own = self.connection.con
        for name, rows in given.items():
            own.register(name, rows)
        own.execute(statements)
        return {
            name: own.execute(query).to_arrow_table().to_pylist() for name, query in answers.items()
        }

    def number(self, value: ir.IntegerScalar) -> int:
        """Compute one number; 0 where it is null."""
        return int(self.connection.to_pyarrow(value).as_py() or 0)


@lru_cache(maxsize=64)
def _in_sql(script: Script) -> tuple[str, Mapping[str, str]]:
    """Write a script's steps as statements that make tables of a connection, and its queries."""
    made = (f"create temp table {quoted(name)} as {_typed(step)}" for name, step in script.steps)
    return ";\n".join(made), {name: _typed(table) for name, table in script.answers.items()}


def _typed(table: ir.Table) -> str:
    return f"select {columns_of(table.schema())} from ({_written(table.op())})"  # noqa: S608 - our own names, quoted


@lru_cache(maxsize=128)
def _nullable(schema: sch.Schema) -> sch.Schema:
    return ibis.schema({name: dtype(nullable=True) for name, dtype in schema.items()})
