"""Oracle's books side by side, and their closes as they would be published."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, TypeVar

import ibis
import ibis.expr.schema as sch
import ibis.expr.types as ir
import pyarrow as pa
from hypothesis import strategies as st

from recobro.engine.backends.duck import Duck
from recobro.engine.steps.settlement import settlement
from recobro.engine.steps.tree import above
from recobro.engine.tables import PUBLISHED
from tests.engine.workbench import policy_of, tables_of
from tests.oracle.book import (
    Book,
    Borrower,
    Instalment,
    Judgement,
    Loan,
    Payment,
    Restructuring,
)
from tests.oracle.rules import Rules
from tests.oracle.standing import Standing, standings
from tests.oracle.strategies import books, days

Row = TypeVar("Row", Borrower, Loan, Instalment, Payment, Restructuring, Judgement)

_PARTS = ("borrowers", "loans", "instalments", "payments", "restructurings", "judgements")
_IDS = (
    "loan_id",
    "borrower_id",
    "household_id",
    "payment_id",
    "reverses",
    "replaces_loan_id",
    "judgement_id",
)


@st.composite
def shelves(draw: st.DrawFn, *, at_most: int = 12) -> tuple[Book, date]:
    """Draw some books on one shelf and a day: a close of many books costs as much as of one."""
    found = draw(st.lists(books(), min_size=1, max_size=at_most))
    shelf = side_by_side(found)
    return shelf, draw(days(shelf))


def side_by_side(found: Sequence[Book]) -> Book:
    """Return the books as one, in which nothing of one is named as in another."""
    parts = {
        part: tuple(
            _named(row, number) for number, book in enumerate(found) for row in getattr(book, part)
        )
        for part in _PARTS
    }
    return replace(found[0], **parts)


def _named(row: Row, number: int) -> Row:
    named: dict[str, Any] = {
        name: f"{getattr(row, name)}/{number}" for name in _IDS if getattr(row, name, None)
    }
    return replace(row, **named)


@contextmanager
def opened() -> Iterator[Duck]:
    """Open a backend in a folder of its own."""
    with TemporaryDirectory() as scratch, Duck(Path(scratch)) as duck:
        yield duck


def table(duck: Duck, rows: Iterable[Mapping[str, Any]], schema: sch.Schema) -> ir.Table:
    """Put rows on the backend; what they do not say is empty."""
    nullable = ibis.schema({name: kind(nullable=True) for name, kind in schema.items()})
    found = [{name: row.get(name) for name in nullable.names} for row in rows]
    data = pa.Table.from_pylist(found, schema=nullable.to_pyarrow())
    return duck.connection.create_table(ibis.util.gen_name("rows"), data, temp=True)


def numbers(book: Book) -> dict[str, int]:
    """Return the loan_no of each loan, as the workbench gives them."""
    return {one: n for n, one in enumerate(sorted(loan.loan_id for loan in book.loans), start=1)}


def published(duck: Duck, book: Book, on: date, rules: Rules) -> ir.Table:
    """Return the oracle's close of a day as it would be published."""
    return as_published(duck, book, standings(book, on, rules), rules)


def as_published(duck: Duck, book: Book, found: Iterable[Standing], rules: Rules) -> ir.Table:
    """Return standings with what a published close keeps of their loans."""
    number = numbers(book)
    rows = []
    for standing in found:
        loan = book.loan(standing["loan_id"])
        old = rules.old_before and loan.disbursed_on < rules.old_before
        segment = {True: "old", False: "new"}[bool(old)] if rules.old_before else None
        rows.append(
            vars(loan) | dict(standing) | {"loan_no": number[loan.loan_id], "segment": segment}
        )
    return table(duck, rows, PUBLISHED)


def portions_of(duck: Duck, book: Book, rules: Rules) -> ir.Table:
    """Return the settlement of a book."""
    facts = tables_of(book, duck)
    parts = (facts[name] for name in ("loans", "instalments", "payments"))
    return duck.keep(
        ibis.util.gen_name("portions"), [settlement(*parts, load_no=1, policy=policy_of(rules))]
    )


def tree_of(duck: Duck, book: Book) -> ir.Table:
    """Return the book's institutions, each with every node above it."""
    nodes = [(one.institution_id, one.parent_id) for one in book.institutions]
    named, parents = (pa.array(column, pa.string()) for column in zip(*nodes, strict=True))
    institutions = pa.table({"institution_id": named, "parent_id": parents})
    return duck.put(ibis.util.gen_name("above"), above(institutions))


def rows_of(duck: Duck, found: ir.Table) -> list[dict[str, Any]]:
    """Compute the rows of a table."""
    return duck.connection.to_pyarrow(found).to_pylist()  # type: ignore[no-any-return]  # ibis is untyped
