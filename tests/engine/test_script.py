"""Expressions that are written once, and computed of whatever is given."""

from pathlib import Path

import ibis
import pyarrow as pa

from recobro.engine.backends.duck import Duck
from recobro.engine.script import Script, Writer

PAID = ibis.schema({"loan_no": "!int64", "amount": "!int64"})


def sums() -> Script:
    desk = Writer()
    paid = desk.table("paid", PAID)
    by_loan = paid.group_by("loan_no").aggregate(amount=paid.amount.sum())
    twice = desk.keep("twice", [by_loan, by_loan.mutate(amount=by_loan.amount * 2)])
    most = twice.aggregate(most=twice.amount.max())
    return desk.script(twice=twice.order_by("loan_no", "amount"), most=most)


def paid(*amounts: tuple[int, int]) -> dict[str, pa.Table]:
    rows = [{"loan_no": loan_no, "amount": amount} for loan_no, amount in amounts]
    return {"paid": pa.Table.from_pylist(rows, schema=PAID.to_pyarrow())}


def test_a_script_is_followed_with_what_is_given_each_time(tmp_path: Path) -> None:
    script = sums()
    with Duck(tmp_path / "one") as duck:
        assert duck.follow(script, paid((1, 5), (1, 2), (2, 3))) == {
            "twice": [
                {"loan_no": 1, "amount": 7},
                {"loan_no": 1, "amount": 14},
                {"loan_no": 2, "amount": 3},
                {"loan_no": 2, "amount": 6},
            ],
            "most": [{"most": 14}],
        }
    with Duck(tmp_path / "two") as duck:
        assert duck.follow(script, paid((3, 4)))["most"] == [{"most": 8}]
    with Duck(tmp_path / "none") as duck:
        assert duck.follow(script, paid()) == {"twice": [], "most": [{"most": None}]}


def test_sums_are_of_the_type_that_was_written(tmp_path: Path) -> None:
    """DuckDB sums int64 into 128 bits."""
    with Duck(tmp_path) as duck:
        duck.follow(sums(), paid((1, 5)))
        kinds = duck.connection.con.execute("select typeof(amount) from twice").fetchall()
    assert {*kinds} == {("BIGINT",)}
