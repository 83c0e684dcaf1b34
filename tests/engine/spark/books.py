"""One large book, the same in every run, and its close on any backend."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any, TypeVar

import ibis.expr.types as ir
import pyarrow as pa
import pyarrow.parquet as pq
from hypothesis import HealthCheck, Phase, given, settings

from recobro.engine import close
from recobro.engine.backends.duck import Duck
from recobro.engine.backends.spark import Spark
from recobro.engine.steps.settlement import settlement
from recobro.engine.tables import FACTS, PORTIONS
from recobro.policy import Policy
from tests.engine.shelf import side_by_side
from tests.engine.workbench import tables_of
from tests.oracle.book import (
    Book,
    Borrower,
    Instalment,
    Institution,
    Judgement,
    Loan,
    Payment,
    Restructuring,
)
from tests.oracle.strategies import books

Row = TypeVar("Row", Borrower, Institution, Instalment, Judgement, Loan, Payment, Restructuring)
Files = Mapping[str, Path]
"""A Parquet file of each table of facts."""


def drawn(number: int) -> list[Book]:
    """Draw so many books, the same in every run."""
    found: list[Book] = []

    @settings(
        derandomize=True,
        database=None,
        deadline=None,
        max_examples=number,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(books())
    def draw(book: Book) -> None:
        found.append(book)

    draw()
    return found


def shelf(number: int, *, apart: tuple[int, ...] = (0,)) -> Book:
    """Lay so many books side by side, each once for every number of days that it comes later.

    One close then sees a book on as many days of its life, and drawing a book is slow.
    """
    found = drawn(number)
    return side_by_side([_later(book, days) for days in apart for book in found])


def _later(book: Book, days: int) -> Book:
    moved = {part: tuple(_moved(row, days) for row in rows) for part, rows in vars(book).items()}
    return Book(**moved)


def _moved(row: Row, days: int) -> Row:
    dates: dict[str, Any] = {
        name: value + timedelta(days=days)
        for name, value in vars(row).items()
        if isinstance(value, date)
    }
    return replace(row, **dates)


def delivered(book: Book, duck: Duck, folder: Path) -> Files:
    """Write the facts as the lake holds them."""
    return {
        name: duck.write(table, folder / f"{name}.parquet")
        for name, table in tables_of(book, duck).items()
    }


def settled(files: Files, policy: Policy, desk: Duck | Spark) -> ir.Table:
    """Settle the book on a backend and keep the portions."""
    tables = {name: desk.read([file], FACTS[name]) for name, file in files.items()}
    parts = (tables[name] for name in ("loans", "instalments", "payments"))
    portions = settlement(*parts, load_no=1, policy=policy)
    return desk.keep("portions", [portions.order_by(*PORTIONS.names)])


def closed(files: Files, policy: Policy, on: date, desk: Duck | Spark) -> pa.Table:
    """Settle and close the book on a backend, and return the standings as they were written."""
    tables = {name: desk.read([file], FACTS[name]) for name, file in files.items()}
    facts = close.Facts(
        loans=tables["loans"],
        borrowers=tables["borrowers"],
        portions=settled(files, policy, desk),
        restructurings=tables["restructurings"],
        judgements=tables["judgements"],
    )
    close.standings(facts, on=on, policy=policy, desk=desk)
    return written(desk.kept("standings"))


def written(files: list[Path]) -> pa.Table:
    """Read Parquet files one after another, whether their columns may be empty or not."""
    tables = [pq.read_table(file) for file in files]
    schema = pa.schema([field.with_nullable(True) for field in tables[0].schema])  # noqa: FBT003 - pyarrow takes it by position
    return pa.concat_tables([table.cast(schema) for table in tables])
