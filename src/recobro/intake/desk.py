"""What the steps of one intake share: where to work, what stands, and what came in so far."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass, field
from functools import lru_cache
from io import BytesIO
from typing import TYPE_CHECKING, Any, Final, NamedTuple, Protocol

import ibis
import ibis.expr.operations as ops
import pyarrow as pa
import pyarrow.json as pa_json
import pyarrow.parquet as pq
from ibis.backends.sql.compilers import DuckDBCompiler

from recobro.engine.parquet import PARQUET
from recobro.engine.sql import columns_of, literal, quoted
from recobro.engine.tables import FACTS, REPLACED_BY
from recobro.intake.findings import Findings
from recobro.terms.codes import DeliveryKind
from recobro.terms.money import DIGITS

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from collections.abc import Set as AbstractSet
    from datetime import date
    from pathlib import Path

    import ibis.expr.types as ir

_COMPILER: Final = DuckDBCompiler()


class Book(Protocol):
    """The tables of the book as engine.tables.FACTS describes them; an empty one may be absent."""

    def __contains__(self, table: object) -> bool:
        """Tell whether the book has a table."""
        ...

    def __getitem__(self, table: str) -> ir.Table:
        """Return a table."""
        ...

    def among(self, table: str, few: ir.Table) -> ir.Table:
        """Return the rows of a table that equal one of a few in all the columns of these."""
        ...


class AtHand(dict[str, "ir.Table"]):
    """A book of tables that are at hand; none before a bank's first delivery."""

    def among(self, table: str, few: ir.Table) -> ir.Table:
        """Return the rows of a table that equal one of a few in all the columns of these."""
        return self[table].semi_join(few, few.columns)


@dataclass(slots=True, kw_only=True)
class Desk:
    """One delivery at work.

    `accepted` holds the rows of each table done so far; `faulty` those that could not be read;
    `turned_away` the keys of all rejected rows, as text; `other_money` the loans that were rejected
    for their currency; `brings` names the tables delivered; `orphans` rows of the book whose parent
    vanished; `files` what is staged; `sizes` the file that has as many rows as a table. `on` is the
    day of the delivery, as far as it is known.

    `named` holds expressions by their names, in SQL. They stand before each statement that rests
    on them: DuckDB reads them once then, where a view is read as it is made and at each use.

    Files and expressions have the same names in every load of a home: what is built on them is then
    the same as in the load before, and is in SQL already.
    """

    connection: Any  # an ibis DuckDB backend; ibis is untyped
    staging: Path
    kind: DeliveryKind
    load_no: int
    current: Book
    findings: Findings = field(init=False)
    on: date | None = None
    first_loan_no: int | None = None
    brings: frozenset[str] = frozenset()
    accepted: dict[str, ir.Table] = field(default_factory=dict)
    turned_away: dict[str, ir.Table] = field(default_factory=dict)
    other_money: ir.Table | None = None
    orphans: dict[str, ir.Table] = field(default_factory=dict)
    faulty: dict[str, ir.Table] = field(default_factory=dict)
    standing: dict[tuple[str, str], ir.Table] = field(default_factory=dict)
    files: set[Path] = field(default_factory=set)
    sizes: dict[str, Path] = field(default_factory=dict)
    named: dict[str, Written] = field(default_factory=dict)
    numbers: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        self.findings = Findings(self)

    @classmethod
    def beside(cls, desk: Desk, connection: Any) -> Desk:  # noqa: ANN401  ibis is untyped
        """Return a desk with another connection that stages into the same folder."""
        return cls(
            connection=connection,
            staging=desk.staging,
            kind=desk.kind,
            load_no=desk.load_no,
            current=AtHand(),
            numbers=desk.numbers,
        )

    def keep(self, rows: ir.Table, name: str) -> ir.Table:
        """Write rows to the staging folder, so that they are computed once and hold no memory."""
        return self.opened(self.write(rows, name), rows.schema())

    def write(self, rows: ir.Table, name: str) -> Path:
        """Write rows to a new Parquet file in the staging folder."""
        path = self.path(name)
        self.copy(rows, path)
        return path

    def few(self, rows: list[dict[str, Any]], schema: ibis.Schema) -> ir.Table:
        """Keep a small table of rows made here: texts, whole numbers, yes and no."""
        path, columns = self.path("few"), schema.to_pyarrow()
        # From lists pyarrow would import pandas, a sixth of a second.
        told = "\n".join(map(json.dumps, rows)).encode()
        kept = pa.Table.from_batches([], columns)
        if rows:
            whole = pa_json.ReadOptions(block_size=len(told))
            as_asked = pa_json.ParseOptions(explicit_schema=columns)
            kept = pa_json.read_json(BytesIO(told), whole, as_asked)
        pq.write_table(kept, path)
        return self.opened(path, schema)

    def path(self, name: str) -> Path:
        """Return the path of a new Parquet file in the staging folder."""
        self.numbers[name] += 1
        return self.staging / f"{name}.{self.numbers[name]}.parquet"

    def opened(self, path: Path, schema: ibis.Schema) -> ir.Table:
        """Return the rows of a Parquet file, which is a table by its path."""
        self.files.add(path)
        self.sizes[str(path)] = path
        return ibis.table(nullable(schema), name=str(path))

    def over(
        self, path: Path, name: str, columns: Mapping[str, str], schema: ibis.Schema
    ) -> ir.Table:
        """Name columns of a Parquet file, in SQL, and the `file_row_number` of its records."""
        chosen = ", ".join(f"{told} AS {quoted(column)}" for column, told in columns.items())
        file = f"read_parquet({literal(str(path))}, file_row_number = true)"
        query = f"SELECT {chosen} FROM {file}"  # noqa: S608  our own names, quoted
        rows = named(name, schema)
        self.named[_name(rows)] = Written(query, ())
        self.sizes[_name(rows)] = path
        return rows

    def name(self, name: str, rows: ir.Table) -> ir.Table:
        """Name an expression, so that what is built on it stays small and the same each time."""
        table = named(name, rows.schema())
        self.named[_name(table)] = written(rows)
        return table

    def publish(self, name: str, rows: ir.Table) -> None:
        """Make rows a view of the connection, for queries that others have written."""
        self.connection.raw_sql(f"CREATE VIEW {quoted(name)} AS {self._query(rows)}")

    def settle(self, rows: ir.Table, table: str) -> tuple[Path, ir.Table]:
        """Put the accepted rows of a table where they stay; what is kept already only moves."""
        path = self.staging / f"{table}.parquet"
        kept = self.sizes.get(_name(rows))
        if kept in self.files:
            kept.rename(path)
        else:
            self.copy(rows, path)
        return path, self.opened(path, rows.schema())

    def sweep(self, stay: AbstractSet[Path]) -> None:
        """Remove what was kept on the way, but for the files named."""
        for path in self.files - stay:
            path.unlink(missing_ok=True)

    def copy(self, rows: ir.Table, path: Path) -> None:
        """Write rows to a Parquet file, each column in the type that ibis believes it to have."""
        typed = self._query(rows, columns_of(rows.schema()))
        self.connection.raw_sql(f"COPY ({typed}) TO {literal(str(path))} ({PARQUET})")

    def count(self, rows: ir.Table) -> int:
        """Return the number of rows."""
        path = self.sizes.get(_name(rows))
        return pq.read_metadata(path).num_rows if path else int(self.one(rows.count()))

    def one(self, value: ir.Scalar) -> Any:  # noqa: ANN401  whatever the expression is
        """Return a single value."""
        (found,) = self.connection.raw_sql(self._query(value.as_table())).fetchone()
        return found

    def fetch(self, rows: ir.Table) -> list[dict[str, Any]]:
        """Return a few rows as dictionaries."""
        found = self.connection.raw_sql(self._query(rows)).fetchall()
        return [dict(zip(rows.columns, row, strict=True)) for row in found]

    def _query(self, rows: ir.Table, columns: str = "*") -> str:
        """Write a query with the named expressions before it that it rests on."""
        query, names = written(rows)
        needed: dict[str, str] = {}
        self._gather(names, needed)
        before = ",\n".join(
            f"{quoted(name)} AS NOT MATERIALIZED ({below})" for name, below in needed.items()
        )
        # In brackets, since ibis puts parts of its own before a query as well.
        return f"{'WITH ' if needed else ''}{before}\nSELECT {columns} FROM ({query})"

    def _gather(self, names: tuple[str, ...], needed: dict[str, str]) -> None:
        for name in names:
            if name in self.named and name not in needed:
                query, below = self.named[name]
                self._gather(below, needed)
                needed[name] = query

    def turn_away(self, table: str, rows: ir.Table, key: tuple[str, ...]) -> None:
        """Remember the keys of rejected rows, for their children to be told."""
        if len(key) > 1:
            return
        keys = rows.select(key=rows[key[0]].cast("string"))
        earlier = self.turned_away.get(table)
        self.turned_away[table] = keys if earlier is None else earlier.union(keys)

    def keys_turned_away(self, table: str) -> set[str]:
        """Return the keys of the rejected rows of a small table."""
        rejected = self.turned_away.get(table)
        return set() if rejected is None else {row["key"] for row in self.fetch(rejected)}

    def next_loan_no(self) -> int:
        """Return the number of the next loan that is new to the book."""
        if self.first_loan_no is not None:
            return self.first_loan_no
        return (self.one(self.before("loans").loan_no.max()) or 0) + 1

    def accept(self, table: str, rows: ir.Table) -> None:
        """Take rows of a table in, for its children to be looked up in."""
        self.accepted[table] = rows
        self.standing.pop(("after", table), None)

    def restate(self, table: str, rows: ir.Table) -> None:
        """Say how a table that is not delivered will stand."""
        self.standing["after", table] = self.name(f"after {table}", rows)

    def own(self, rows: ir.Table) -> ir.Table:
        """Return accepted rows without those that a full delivery kept of the book."""
        return (
            rows if self.kind is DeliveryKind.DELTA else rows.filter(rows.load_no == self.load_no)
        )

    def before(self, table: str) -> ir.Table:
        """Return a table of the book as it stood."""
        return self._standing("before", table, self._before)

    def among(self, table: str, few: ir.Table) -> ir.Table:
        """Return the rows of the book that equal one of a few in all the columns of these.

        Few rows are found and looked at, where `before` would look at all of a big table.
        """
        return self.current.among(table, few).select(*FACTS[table])

    def after(self, table: str) -> ir.Table:
        """Return a table of the book as it will stand once this delivery is in."""
        return self._standing("after", table, self._after)

    def _standing(self, when: str, table: str, made: Callable[[str], ir.Table]) -> ir.Table:
        if (when, table) not in self.standing:
            self.standing[when, table] = self.name(f"{when} {table}", made(table))
        return self.standing[when, table]

    def _before(self, table: str) -> ir.Table:
        if table in self.current:
            return self.current[table].select(*FACTS[table])
        return self.few([], FACTS[table])

    def _after(self, table: str) -> ir.Table:
        before, accepted = self.before(table), self.accepted.get(table)
        if accepted is None:
            gone = self.orphans.get(table)
            return before if gone is None else before.anti_join(gone, ["load_no", "row"])
        if self.kind is DeliveryKind.FULL or table not in self.current:
            return accepted
        stays = before.anti_join(accepted, list(REPLACED_BY[table]))
        return stays.cast(FACTS[table]).union(accepted.cast(FACTS[table]))


class Written(NamedTuple):
    """An expression in SQL, and the names of the tables that it rests on."""

    query: str
    names: tuple[str, ...]


def named(name: str, schema: ibis.Schema) -> ir.Table:
    """Return the table of a name."""
    return ibis.table(nullable(schema), name=f"intake {name}")


@lru_cache(200)
def nullable(schema: ibis.Schema) -> ibis.Schema:
    """Return a schema of which every column may be empty."""
    return ibis.schema({name: kind(nullable=True) for name, kind in schema.items()})


def written(rows: ir.Table) -> Written:
    """Write an expression in SQL; the same one is written once, which costs most of a load."""
    return _written(rows.op())


def times_written() -> int:
    """Return how many expressions have been written in SQL so far."""
    return _written.cache_info().misses


@lru_cache(1000)
def _written(op: ops.Relation) -> Written:
    query = _COMPILER.to_sqlglot(op.to_expr())
    names = dict.fromkeys(table.name for table in op.find(ops.UnboundTable))
    # It is written once and let go.
    return Written(str(query.sql(dialect=_COMPILER.dialect, copy=False)), tuple(names))


def _name(rows: ir.Table) -> str:
    """Return the name of a table; that of an expression is empty."""
    op = rows.op()
    return op.name if isinstance(op, ops.UnboundTable) else ""


def units_of(currency: ir.StringValue) -> ir.IntegerValue:
    """Return how many minor units one of each row's currency has; empty for an unknown one."""
    codes = {n: [code for code, own in DIGITS.items() if own == n] for n in set(DIGITS.values())}
    return ibis.cases(*((currency.isin(codes[n]), 10**n) for n in sorted(codes))).cast("int16")


def shown(minor: ir.IntegerValue, currency: ir.StringValue) -> ir.StringValue:
    """Return an amount as people write it, with the digits of its currency."""
    whole = minor.cast("decimal(19, 3)")
    units = {1: ("1", 0), 100: ("0.01", 2), 1000: ("0.001", 3)}
    return units_of(currency).cases(
        *(
            (
                n,
                (whole * ibis.literal(unit).cast("decimal(19, 3)"))
                .cast(f"decimal(18, {digits})")
                .cast(str),
            )
            for n, (unit, digits) in units.items()
        )
    )
