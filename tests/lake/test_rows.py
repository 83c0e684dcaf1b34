from collections.abc import Iterator, Sequence

import ibis
import ibis.expr.types as ir
import pyarrow as pa
import pytest
from ibis.backends.duckdb import Backend

from recobro.lake import current


@pytest.fixture
def connection() -> Iterator[Backend]:
    opened = ibis.duckdb.connect()
    yield opened
    opened.disconnect()


def _table(rows: Sequence[tuple[str | int, ...]], *columns: str) -> ir.Table:
    return ibis.memtable(
        pa.Table.from_pylist([dict(zip(columns, row, strict=True)) for row in rows])
    )


def in_force(
    connection: Backend, rows: list[tuple[str, int, int]], replaced: list[tuple[str, int]]
) -> list[tuple[str, int, int]]:
    """Return which (payment, amount, load) are in force when (payment, load) were replaced."""
    stored = _table(rows, "payment_id", "amount", "load_no")
    gone = _table(replaced, "payment_id", "load_no") if replaced else None
    found = connection.to_pyarrow(current(stored, gone).order_by("payment_id", "load_no"))
    assert found.column_names == ["payment_id", "amount", "load_no"]
    return [tuple(row.values()) for row in found.to_pylist()]


def test_without_replaced_rows_all_are_in_force(connection: Backend) -> None:
    rows = [("P", 1, 1), ("Q", 2, 1)]
    assert in_force(connection, rows, []) == rows


def test_the_newest_load_of_a_row_is_in_force(connection: Backend) -> None:
    rows = [("P", 1, 1), ("P", 2, 2), ("P", 3, 4), ("Q", 9, 1)]
    assert in_force(connection, rows, [("P", 2), ("P", 4)]) == [("P", 3, 4), ("Q", 9, 1)]


def test_a_row_may_be_dropped_and_come_back(connection: Backend) -> None:
    assert in_force(connection, [("P", 1, 1)], [("P", 2)]) == []
    assert in_force(connection, [("P", 1, 1), ("P", 5, 3)], [("P", 2)]) == [("P", 5, 3)]


def test_rows_of_the_load_that_replaces_stay_together(connection: Backend) -> None:
    rows = [("P", 1, 1), ("P", 2, 2), ("P", 3, 2)]
    assert in_force(connection, rows, [("P", 2)]) == [("P", 2, 2), ("P", 3, 2)]


def test_a_payment_may_have_come_to_another_loan_and_back(connection: Backend) -> None:
    """P of loan 1 came to loan 2 with load 2 and back with load 3; Q of loan 1 stayed."""
    columns = ("payment_id", "loan_no", "load_no")
    rows = [("P", 1, 1), ("Q", 1, 1), ("R", 3, 1), ("P", 2, 2), ("P", 1, 3)]
    for listed, left in (
        ([("P", 1, 2)], [("P", 1, 3), ("P", 2, 2), ("Q", 1, 1), ("R", 3, 1)]),
        ([("P", 1, 2), ("P", 2, 3)], [("P", 1, 3), ("Q", 1, 1), ("R", 3, 1)]),
    ):
        stored, gone = _table(rows, *columns), _table(listed, *columns)
        found = connection.to_pyarrow(current(stored, gone).order_by(*columns))
        assert [tuple(row.values()) for row in found.to_pylist()] == left
