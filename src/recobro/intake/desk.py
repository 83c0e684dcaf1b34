"""What the steps of one intake share: where to work, what stands, and what came in so far."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from itertools import count
from typing import TYPE_CHECKING, Any

import ibis
import pyarrow as pa

from recobro.engine.tables import FACTS, REPLACED_BY
from recobro.terms.money import DIGITS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from collections.abc import Set as AbstractSet
    from datetime import date
    from pathlib import Path

    import ibis.expr.types as ir

    from recobro.intake.findings import Findings


class Kind(StrEnum):
    """Whether a delivery replaces the tables that it brings, or changes rows of them."""

    FULL = "full"
    DELTA = "delta"


@dataclass(slots=True, kw_only=True)
class Desk:
    """One delivery at work.

    `accepted` holds the rows of each table done so far; `faulty` those that could not be read;
    `turned_away` the keys of all rejected rows, as text; `orphans` rows of the book whose parent
    vanished; `files` what is staged. `on` is the day of the delivery, as far as it is known.
    """

    connection: Any  # an ibis DuckDB backend; ibis is untyped
    staging: Path
    kind: Kind
    load_no: int
    current: Mapping[str, ir.Table]
    findings: Findings
    on: date | None = None
    first_loan_no: int | None = None
    accepted: dict[str, ir.Table] = field(default_factory=dict)
    turned_away: dict[str, ir.Table] = field(default_factory=dict)
    orphans: dict[str, ir.Table] = field(default_factory=dict)
    faulty: dict[str, ir.Table] = field(default_factory=dict)
    files: dict[Any, Path] = field(default_factory=dict)
    views: list[str] = field(default_factory=list)
    numbers: Iterator[int] = field(default_factory=count)

    @classmethod
    def beside(cls, desk: Desk, connection: Any) -> Desk:  # noqa: ANN401  ibis is untyped
        """Return a desk with another connection that stages into the same folder."""
        return cls(
            connection=connection,
            staging=desk.staging,
            kind=desk.kind,
            load_no=desk.load_no,
            current={},
            findings=desk.findings,
            numbers=desk.numbers,
        )

    def keep(self, rows: ir.Table, name: str) -> ir.Table:
        """Write rows to the staging folder, so that they are computed once and hold no memory."""
        return self.opened(self.write(rows, name))

    def write(self, rows: ir.Table, name: str) -> Path:
        """Write rows to a new Parquet file in the staging folder."""
        path = self.path(name)
        self.connection.to_parquet(rows, path)
        return path

    def path(self, name: str) -> Path:
        """Return the path of a new Parquet file in the staging folder."""
        return self.staging / f"{name}.{next(self.numbers)}.parquet"

    def opened(self, path: Path, **options: bool) -> ir.Table:
        """Return the rows of a Parquet file."""
        rows = self.connection.read_parquet(path, **options)
        self.files[rows.op()] = path
        return rows

    def view(self, rows: ir.Table) -> ir.Table:
        """Name an expression, so that what is built on it stays small."""
        name = f"intake_{self.load_no}_{next(self.numbers)}"
        self.views.append(name)
        return self.connection.create_view(name, rows, overwrite=True)

    def settle(self, rows: ir.Table, table: str) -> tuple[Path, ir.Table]:
        """Put the accepted rows of a table where they stay; what is kept already only moves."""
        path = self.staging / f"{table}.parquet"
        if rows.op() in self.files:
            self.files[rows.op()].rename(path)
        else:
            self.connection.to_parquet(rows, path)
        return path, self.opened(path)

    def sweep(self, stay: AbstractSet[Path]) -> None:
        """Remove what was kept on the way, but for the files named."""
        for name in reversed(self.views):
            self.connection.drop_view(name)
        for rows, path in self.files.items():
            self.connection.drop_view(rows.name)
            if path.is_relative_to(self.staging) and path not in stay:
                path.unlink(missing_ok=True)

    def count(self, rows: ir.Table) -> int:
        """Return the number of rows."""
        return int(self.one(rows.count()))

    def one(self, value: ir.Scalar) -> Any:  # noqa: ANN401  whatever the expression is
        """Return a single value."""
        return self.connection.to_pyarrow(value).as_py()

    def fetch(self, rows: ir.Table) -> list[dict[str, Any]]:
        """Return a few rows as dictionaries."""
        found: list[dict[str, Any]] = self.connection.to_pyarrow(rows).to_pylist()
        return found

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

    def before(self, table: str) -> ir.Table:
        """Return a table of the book as it stood."""
        if table in self.current:
            return self.current[table].select(*FACTS[table])
        return few([], FACTS[table])

    def after(self, table: str) -> ir.Table:
        """Return a table of the book as it will stand once this delivery is in."""
        before, accepted = self.before(table), self.accepted.get(table)
        if accepted is None:
            gone = self.orphans.get(table)
            return before if gone is None else before.anti_join(gone, ["load_no", "row"])
        if self.kind is Kind.FULL or table not in self.current:
            return accepted
        stays = before.anti_join(accepted, list(REPLACED_BY[table]))
        return stays.cast(FACTS[table]).union(accepted.cast(FACTS[table]))


def few(rows: list[dict[str, Any]], schema: ibis.Schema) -> ir.Table:
    """Return a small table of rows made here."""
    return ibis.memtable(pa.Table.from_pylist(rows, schema=schema.to_pyarrow()), schema=schema)


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
