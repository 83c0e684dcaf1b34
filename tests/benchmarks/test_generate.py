from collections import Counter
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from pyarrow import parquet

from benchmarks.generate import DELIVERED_ON, delta, generate
from recobro.demo.deliveries import COLUMNS

LOANS = 1_000


@pytest.fixture(scope="module")
def full(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return generate(tmp_path_factory.mktemp("book") / "full", loans=LOANS, instalments=36)


@pytest.fixture(scope="module")
def day(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return delta(tmp_path_factory.mktemp("book") / "day", loans=LOANS, payments=500)


def _rows(folder: Path, table: str) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = parquet.read_table(folder / f"{table}.parquet").to_pylist()
    return rows


def test_a_full_delivery_has_the_contracts_columns(full: Path) -> None:
    tables = {file.stem: parquet.read_schema(file).names for file in full.iterdir()}
    assert tables == {
        table: list(columns) for table, columns in COLUMNS.items() if table != "ledger"
    }


def test_rows_stand_in_the_order_of_their_loans(full: Path) -> None:
    for table in ("loans", "instalments", "payments"):
        loans = [row["loan_id"] for row in _rows(full, table)]
        assert loans == sorted(loans)


def test_every_schedule_adds_up(full: Path) -> None:
    asked: Counter[str] = Counter()
    for row in _rows(full, "instalments"):
        asked[row["loan_id"]] += row["principal_due"]
    assert asked == {row["loan_id"]: row["principal"] for row in _rows(full, "loans")}


def test_money_comes_between_disbursement_and_delivery(full: Path) -> None:
    disbursed_on = {row["loan_id"]: row["disbursed_on"] for row in _rows(full, "loans")}
    for row in _rows(full, "payments"):
        assert disbursed_on[row["loan_id"]] <= row["paid_on"] <= DELIVERED_ON


def test_every_reference_leads_somewhere(full: Path) -> None:
    borrowers = {row["borrower_id"] for row in _rows(full, "borrowers")}
    institutions = {row["institution_id"] for row in _rows(full, "institutions")}
    staff = {row["staff_id"] for row in _rows(full, "staff")}
    payments = {row["payment_id"] for row in _rows(full, "payments")}
    loans = _rows(full, "loans")
    assert {row["borrower_id"] for row in loans} == borrowers
    assert {row["institution_id"] for row in loans} <= institutions
    assert {row["staff_id"] for row in loans} <= staff
    assert {row["reverses"] for row in _rows(full, "payments") if row["reverses"]} <= payments
    assert {row["borrower_id"] for row in _rows(full, "obligors")} <= borrowers


def test_about_two_thirds_are_due_and_few_loans_stop(full: Path) -> None:
    instalments = _rows(full, "instalments")
    due = Counter(row["loan_id"] for row in instalments if row["due_on"] <= DELIVERED_ON)
    paid = Counter(row["loan_id"] for row in _rows(full, "payments"))
    behind = sum(paid[loan_id] < 0.9 * parts for loan_id, parts in due.items())
    assert 0.6 < due.total() / len(instalments) < 0.7
    assert 0.005 < behind / LOANS < 0.04


def test_the_same_seed_gives_the_same_book(full: Path, tmp_path: Path) -> None:
    again = generate(tmp_path / "again", loans=LOANS, instalments=36)
    other = generate(tmp_path / "other", loans=LOANS, instalments=36, seed=2)
    assert _rows(again, "payments") == _rows(full, "payments")
    assert _rows(other, "payments") != _rows(full, "payments")


def test_a_day_brings_payments_and_new_loans(full: Path, day: Path) -> None:
    known = {row["loan_id"] for row in _rows(full, "loans")}
    new = _rows(day, "loans")
    payments = _rows(day, "payments")
    assert (len(payments), len(new)) == (500, 5)
    assert known.isdisjoint(row["loan_id"] for row in new)
    assert {row["disbursed_on"] for row in new} == {date(2025, 7, 1)}
    assert {row["loan_id"] for row in payments} <= known
    assert len({row["loan_id"] for row in payments}) == 500


def test_a_day_brings_whole_schedules_of_new_loans_and_of_some_at_a_lower_rate(
    full: Path, day: Path
) -> None:
    """
    day 1, 500 payments on 1,000 loans   the rate of every 600th loan falls, beginning with loan 2
    """
    before, after = (
        {(row["loan_id"], row["n"]): row for row in _rows(folder, "instalments")}
        for folder in (full, day)
    )
    changed = {key: row for key, row in after.items() if key in before}
    assert {loan_id for loan_id, _ in after} == {
        "L000000002",
        "L000000602",
        *(row["loan_id"] for row in _rows(day, "loans")),
    }
    assert len(changed) == 2 * 36
    past = {key for key, row in changed.items() if row["due_on"] <= date(2025, 7, 1)}
    assert {key for key, row in changed.items() if row == before[key]} == past
    assert all(row["principal_due"] == before[key]["principal_due"] for key, row in changed.items())
    assert 0 < len(past) < len(changed)
