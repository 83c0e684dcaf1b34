from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from recobro.engine.backends.duck import Duck
from recobro.runs.facts import portions, tables
from recobro.runs.models import Settlement
from tests.engine.shelf import shelves
from tests.engine.workbench import policy_of
from tests.oracle.book import Book
from tests.oracle.rules import Rules
from tests.oracle.standing import Standing, standings
from tests.runs.bank import Bank
from tests.runs.delivered import Row, Rows, rows_of

pytestmark = pytest.mark.django_db

STAGES = 3


def settled_by(bank: Bank, folder: Path) -> dict[int, int]:
    """Return which load settled each loan, by loan_no."""
    with Duck(folder / "duck") as duck:
        newest = portions(bank.home.lake, Settlement.objects.latest("facts_version"), duck)
        found = duck.connection.to_pyarrow(newest.select("loan_no", "load_no").distinct())
    return {row["loan_no"]: row["load_no"] for row in found.to_pylist()}


def test_a_delta_changes_the_loans_that_it_names(bank: Bank, book: Book, tmp_path: Path) -> None:
    """
    2026-01-05 Added owes 100.00
    2026-01-05 Backdated owes 100.00
    2026-03-01 Backdated pays 100.00
    2026-01-05 Changed lends 100.00
    2026-01-05 Changed owes 100.00
    2026-01-05 Rescheduled owes 60.00
    2026-01-05 Rescheduled owes 40.00
    2026-01-05 Reversed owes 100.00
    2026-01-05 Reversed pays 100.00 as r1
    2026-01-05 Twice owes 100.00
    2026-01-05 Twice pays 10.00 as t1
    2026-01-05 Untouched owes 100.00
    2026-01-05 Untouched pays 1.00
    """
    rows = rows_of(book)
    payment = {**rows["payments"][0], "source": "borrower"}
    (changed,) = [row for row in rows["loans"] if row["loan_id"] == "Changed"]
    (first, second) = [row for row in rows["instalments"] if row["loan_id"] == "Rescheduled"]
    bank.load(rows)
    base = bank.lake_files()
    assert bank.overdue("2026-03-31") == {
        "Added": (10000, 85),
        "Backdated": (0, 0),
        "Changed": (10000, 85),
        "Rescheduled": (10000, 85),
        "Reversed": (0, 0),
        "Twice": (9000, 85),
        "Untouched": (9900, 85),
    }
    delta = {
        "borrowers": [rows["borrowers"][0] | {"borrower_id": "New"}],
        "loans": [
            changed | {"written_off_on": "2026-03-01"},
            changed | {"loan_id": "New", "borrower_id": "New"},
        ],
        "instalments": [
            first,
            second | {"due_on": "2026-06-05"},
            first | {"loan_id": "New", "principal_due": "100.00", "due_on": "2026-02-05"},
        ],
        "payments": [
            payment
            | {"payment_id": "a1", "loan_id": "Added", "paid_on": "2026-03-30", "amount": 30},
            payment
            | {"payment_id": "b2", "loan_id": "Backdated", "paid_on": "2026-01-02", "amount": 5},
            payment
            | {
                "payment_id": "r2",
                "loan_id": "Reversed",
                "amount": 100,
                "reverses": "r1",
                "paid_on": "2026-03-20",
            },
            payment
            | {"payment_id": "t1", "loan_id": "Twice", "paid_on": "2026-03-30", "amount": 20},
        ],
    }
    bank.load(delta, kind="delta")
    assert base - bank.lake_files() == set()
    assert bank.overdue("2026-03-31") == {
        "Added": (7000, 85),
        "Backdated": (0, 0),
        "Changed": (10000, 85),
        "New": (10000, 54),
        "Rescheduled": (6000, 85),
        "Reversed": (10000, 85),
        "Twice": (8000, 85),
        "Untouched": (9900, 85),
    }
    by_name = dict(enumerate(sorted(loan.loan_id for loan in book.loans), start=1)) | {8: "New"}
    assert {
        by_name[number] for number, load in settled_by(bank, tmp_path).items() if load == 1
    } == {"Untouched", "Changed"}


def test_a_full_of_staff_empties_the_loans_of_who_has_left(
    bank: Bank, book: Book, tmp_path: Path
) -> None:
    """
    2026-01-05 A owes 100.00
    2026-01-05 B owes 100.00
    """
    rows = rows_of(book)
    li, wu = (
        {"staff_id": name, "name": name, "institution_id": "bank", "active": True}
        for name in ("Li", "Wu")
    )
    loans = [
        row | {"staff_id": name} for row, name in zip(rows["loans"], ("Li", "Wu"), strict=True)
    ]
    bank.load(rows | {"staff": [li, wu], "loans": loans})
    load = bank.load({"staff": [li]})
    with Duck(tmp_path / "duck") as duck:
        now = tables(bank.home.lake, load.versions, duck)["loans"]
        found = duck.connection.to_pyarrow(now.select("loan_id", "staff_id")).to_pylist()
    assert {row["loan_id"]: row["staff_id"] for row in found} == {"A": "Li", "B": None}
    assert load.findings == {"unknown-reference": 1}
    assert bank.overdue("2026-01-31") == {"A": (10000, 26), "B": (10000, 26)}
    assert bank.offer({"staff": [li]}) is None
    assert bank.load({"loans": loans}).findings == {"unknown-reference": 1}


def due_after_disbursement(book: Book) -> Book:
    """Return the book without instalments due before the loan is disbursed: they are rejected."""
    first = {loan.loan_id: loan.disbursed_on for loan in book.loans}
    late = (replace(one, due_on=max(one.due_on, first[one.loan_id])) for one in book.instalments)
    return replace(book, instalments=tuple(late))


def otherwise(table: str, row: Row) -> Row:
    """Return what was said of the row before it was put right."""
    if table == "payments":
        return row | {"paid_on": row["paid_on"] + timedelta(days=9), "source": "court"}
    return row | {"product": "mistaken", "guarantee": "pledge", "written_off_on": date(2024, 5, 5)}


@st.composite
def deliveries(draw: st.DrawFn, rows: Rows) -> list[dict[str, list[Row]]]:
    """Split a book into a full delivery and deltas; some rows come wrong first."""
    stage = st.integers(0, STAGES - 1)
    found: list[dict[str, list[Row]]] = [{name: [] for name in rows} for _ in range(STAGES)]
    first = {
        row["loan_id"]: 0 if row["replaces_loan_id"] is None else draw(stage)
        for row in rows["loans"]
    }
    reversed_ones = {row["reverses"] for row in rows["payments"]}
    settled: dict[Any, int] = {}
    for table in rows:
        for row in rows[table]:
            # a loan does not come before the one that it replaces
            earliest = max(first.get(row.get(id_), 0) for id_ in ("loan_id", "replaces_loan_id"))
            own = _stage(draw, table, row, earliest, settled)
            found[own][table].append(row)
            mended = table == "loans" or (
                table == "payments" and row["payment_id"] not in reversed_ones
            )
            if mended and own > earliest and row.get("reverses") is None and draw(st.booleans()):
                found[earliest][table].append(otherwise(table, row))
                own = earliest
            if table == "loans":
                first[row["loan_id"]] = own
    return found


def _stage(draw: st.DrawFn, table: str, row: Row, earliest: int, settled: dict[Any, int]) -> int:
    """Choose when a row comes: a schedule whole, a reversal not before its payment."""
    if table in {"institutions", "borrowers"}:
        return 0
    own = draw(st.integers(earliest, STAGES - 1))
    if table == "instalments":
        return settled.setdefault(row["loan_id"], own)
    if table == "payments":
        own = max(own, settled.get(row["reverses"], 0))
        settled[row["payment_id"]] = own
    return own


def published(bank: Bank, on: date) -> list[Standing]:
    found = bank.published(bank.close(str(on), policy=policy_of(Rules())))
    columns = list(Standing.__annotations__)
    return [
        Standing(
            **{name: row[name] for name in columns} | {"grade_reasons": tuple(row["grade_reasons"])}
        )  # type: ignore[typeddict-item]  # the columns are its own
        for row in found
    ]


@settings(
    max_examples=2,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=[
        HealthCheck.too_slow,
        HealthCheck.data_too_large,
        HealthCheck.large_base_example,
    ],
)
@given(st.data())
def test_deltas_come_to_the_same_as_the_whole(data: st.DataObject) -> None:
    drawn, on = data.draw(shelves(at_most=6))
    shelf = due_after_disbursement(drawn)
    rows = rows_of(shelf)
    whole, *changes = data.draw(deliveries(rows))
    with TemporaryDirectory() as folder, transaction.atomic():
        bank = Bank(Path(folder))
        bank.load(whole)
        for change in changes:
            if any(change.values()):
                bank.offer(change, kind="delta")
        stepwise = published(bank, on)
        bank.offer(rows)
        assert (stepwise, stepwise) == (published(bank, on), standings(shelf, on, Rules()))
        transaction.set_rollback(True)
