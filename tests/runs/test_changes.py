from datetime import date
from pathlib import Path
from shutil import rmtree

import pyarrow.parquet as pq
import pytest

from recobro.policy import parse
from recobro.runs import exports
from recobro.runs.closes import CloseGone
from tests.oracle.book import Book
from tests.runs.bank import Bank
from tests.runs.delivered import rows_of

pytestmark = pytest.mark.django_db

DAY = date(2026, 4, 21)
PAYMENT = {
    "payment_id": "late",
    "loan_id": "A",
    "paid_on": "2026-01-05",
    "amount": "100.00",
    "source": "borrower",
}


def exported(bank: Bank, to: Path) -> list[dict[str, object]]:
    _, count = exports.changes(home=bank.home, as_of=DAY, to=to)
    rows: list[dict[str, object]] = pq.read_table(to).to_pylist()
    assert len(rows) == count
    return rows


def test_a_payment_booked_late_changes_what_was_said_of_a_day(
    bank: Bank, book: Book, tmp_path: Path
) -> None:
    """
    2026-01-01 A lends 300.00
    2026-01-05 A owes 100.00
    2026-09-05 A owes 200.00
    2026-01-01 B lends 50 JPY
    2026-01-05 B owes 50
    """
    bank.load(rows_of(book))
    first = bank.close(str(DAY))
    assert (first.replaces, first.changes) == (None, [])
    assert exported(bank, tmp_path / "none.parquet") == []
    bank.load({"payments": [PAYMENT]}, kind="delta")
    second = bank.close(str(DAY))
    assert second.replaces == first
    assert second.changes == [
        {
            "currency": "CNY",
            "loans": 1,
            "became_nonperforming": 0,
            "no_longer_nonperforming": 1,
            "nonperforming_before": 30000,
            "nonperforming_after": 0,
        }
    ]
    (changed,) = exported(bank, tmp_path / "changes.parquet")
    assert changed["loan_id"] == "A"
    assert changed["changed"] == [
        "outstanding_principal",
        "paid_total",
        "overdue_amount",
        "overdue_principal",
        "oldest_unpaid_due_on",
        "days_past_due",
        "unpaid_instalments",
        "missed_in_a_row",
        "missed_ever",
        "bucket",
        "grade",
        "local_grade",
        "grade_reasons",
        "nonperforming",
        "provision",
    ]
    sides = [changed["days_past_due_before"], changed["days_past_due_after"]]
    grades = [changed["grade_before"], changed["grade_after"]]
    owed = [str(changed[f"outstanding_principal_{side}"]) for side in ("before", "after")]
    assert (sides, grades, owed) == ([106, 0], ["substandard", "normal"], ["300.00", "200.00"])


def test_the_same_close_again_says_the_same(bank: Bank, book: Book, tmp_path: Path) -> None:
    """
    2026-01-01 A lends 100.00
    2026-01-05 A owes 100.00
    """
    bank.load(rows_of(book))
    first, second = bank.close(str(DAY)), bank.close(str(DAY))
    assert (second.replaces, second.changes) == (first, [])
    assert exported(bank, tmp_path / "none.parquet") == []


def test_a_loan_delivered_later_stands_on_one_side_only(
    bank: Bank, book: Book, tmp_path: Path
) -> None:
    """
    2026-01-01 A lends 100.00
    2026-01-05 A owes 100.00
    """
    rows = rows_of(book)
    bank.load(rows)
    bank.close(str(DAY))
    loan = rows["loans"][0] | {"loan_id": "Z"}
    asked = rows["instalments"][0] | {"loan_id": "Z"}
    bank.load({"loans": [loan], "instalments": [asked]}, kind="delta")
    strict = parse("[grades]\nsubstandard_from = 120\n")
    second = bank.close(str(DAY), policy=strict)
    assert [
        (row["loan_id"], row["grade_before"], row["grade_after"])
        for row in exported(bank, tmp_path / "changes.parquet")
    ] == [("A", "substandard", "special_mention"), ("Z", None, "special_mention")]
    assert [
        (told["loans"], told["became_nonperforming"], told["no_longer_nonperforming"])
        for told in second.changes
    ] == [(2, 0, 1)]


def test_a_loan_in_another_currency_is_two(bank: Bank, book: Book, tmp_path: Path) -> None:
    """
    2026-01-01 A lends 300.00
    2026-01-05 A owes 300.00
    """
    rows = rows_of(book)
    bank.load(rows)
    bank.close(str(DAY))
    bank.load(rows | {"loans": [rows["loans"][0] | {"currency": "USD"}]})
    second = bank.close(str(DAY))
    found = exported(bank, tmp_path / "changes.parquet")
    sides = ("outstanding_principal_before", "outstanding_principal_after")
    assert sorted((row["currency"], *(str(row[side]) for side in sides)) for row in found) == [
        ("CNY", "300.00", "None"),
        ("USD", "None", "300.00"),
    ]
    assert [
        (told["currency"], told["nonperforming_before"], told["nonperforming_after"])
        for told in second.changes
    ] == [("CNY", 30000, 0), ("USD", 0, 30000)]


def test_a_close_whose_files_are_lost_is_told_and_can_be_closed_again(
    bank: Bank, book: Book, tmp_path: Path
) -> None:
    """
    2026-01-01 A lends 100.00
    2026-01-05 A owes 100.00
    """
    bank.load(rows_of(book))
    first = bank.close(str(DAY))
    rmtree(bank.home.path / first.folder)
    with pytest.raises(CloseGone, match="The standings of the close of 2026-04-21 are no longer"):
        exports.standings(home=bank.home, as_of=DAY, to=tmp_path / "standings.csv")
    again = bank.close(str(DAY), policy=parse("[grades]\nsubstandard_from = 120\n"))
    assert (again.replaces, again.changes) == (first, [])
    assert exports.standings(home=bank.home, as_of=DAY, to=tmp_path / "standings.csv") == 1
