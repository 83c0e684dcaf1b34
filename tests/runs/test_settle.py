from datetime import date
from operator import itemgetter

import pyarrow.parquet as pq
import pytest

from recobro.engine.steps.brought_forward import EVER
from recobro.policy import Policy, preset
from tests.oracle.book import Book
from tests.oracle.written import written
from tests.runs.bank import Bank
from tests.runs.delivered import Rows, rows_of

pytestmark = pytest.mark.django_db


def patient() -> Policy:
    """Return a policy that no load settles under: it gives 3 days of grace."""
    policy = preset("cn")
    overdue = policy.overdue.model_copy(update={"grace_days": 3})
    return policy.model_copy(update={"overdue": overdue})


def pays(book: Book, loan_id: str) -> Rows:
    """Return a delta in which the payment of a loan is 70.00 and no longer 40.00."""
    (row,) = (row for row in rows_of(book)["payments"] if row["loan_id"] == loan_id)
    return {"payments": [row | {"amount": "70.00"}]}


def test_older_facts_are_settled_beside_newer_ones(bank: Bank, book: Book) -> None:
    """
    2026-01-05 A owes 100.00
    2026-02-20 A pays 40.00
    2026-01-05 B owes 100.00
    2026-02-20 B pays 40.00
    """
    bank.load(rows_of(book))
    bank.close("2026-03-31", policy=patient())
    bank.load(pays(book, "A"), kind="delta")
    bank.load(pays(book, "B"), kind="delta")
    by_load = {
        3: {"A": (3000, 85), "B": (3000, 85)},
        2: {"A": (3000, 85), "B": (6000, 85)},
        1: {"A": (6000, 85), "B": (6000, 85)},
    }
    for load in (3, 2, 1, 3, 2):
        found = bank.overdue("2026-03-31", policy=patient(), facts_version=load)
        assert (load, found) == (load, by_load[load])


@pytest.mark.parametrize("torn", [False, True])
def test_where_the_touched_loans_are_not_known_all_are_settled(
    bank: Bank, book: Book, *, torn: bool
) -> None:
    """
    2026-01-05 A owes 100.00
    2026-02-20 A pays 40.00
    2026-01-05 B owes 100.00
    2026-02-20 B pays 40.00
    """
    bank.load(rows_of(book))
    bank.close("2026-03-31", policy=patient())
    bank.load(pays(book, "A"), kind="delta")
    bank.load(pays(book, "B"), kind="delta")
    touched = bank.home.touched_file(2)
    touched.unlink()
    if torn:
        touched.write_bytes(b"PAR1")
    found = bank.overdue("2026-03-31", policy=patient())
    assert found == {"A": (3000, 85), "B": (3000, 85)}


def test_what_is_long_over_is_brought_forward_and_every_day_can_still_be_closed(
    bank: Bank,
) -> None:
    """The book of 2026-12-31, of which two days later A's first payment is corrected."""
    book = written("""
        2026-01-05 A owes 100.00
        2026-02-20 A pays 40.00
        2026-02-25 A pays 60.00
        2026-03-05 A owes 100.00
        2026-01-05 B owes 100.00
        2026-01-05 B pays 100.00
        2026-03-05 B owes 100.00
    """)
    bank.load(rows_of(book), delivered_on=date(2026, 12, 31))
    days = ("2026-02-22", "2026-03-31", "2026-12-31")
    before = [
        {"A": (6000, 48), "B": (0, 0)},
        {"A": (10000, 26), "B": (10000, 26)},
        {"A": (10000, 301), "B": (10000, 301)},
    ]
    assert [bank.overdue(day) for day in days] == before
    assert brought(bank) == [(10000, date(2026, 2, 25)), (10000, date(2026, 1, 5))]
    first = rows_of(book)["payments"][0]
    bank.load({"payments": [first | {"amount": "30.00"}]}, kind="delta", delivered_on=LATER)
    after = [
        {"A": (7000, 48), "B": (0, 0)},
        {"A": (11000, 85), "B": (10000, 26)},
        {"A": (11000, 360), "B": (10000, 301)},
    ]
    assert [bank.overdue(day) for day in days] == after
    assert [bank.overdue(day, facts_version=1) for day in days] == before


def test_a_delivery_of_a_day_before_all_loans_brings_nothing_forward(
    bank: Bank, book: Book
) -> None:
    """
    2026-01-05 A owes 100.00
    2026-02-20 A pays 40.00
    """
    bank.load(rows_of(book), delivered_on=date.min)
    assert (bank.overdue("2026-03-31"), brought(bank)) == ({"A": (6000, 85)}, [])


LATER = date(2027, 1, 2)


def brought(bank: Bank) -> list[tuple[int, date]]:
    """Return the principal and the last payment of the rows of a lake that sum up what is over."""
    (folder,) = (bank.home.path / "lake").glob("settlement_*principal")
    rows = pq.read_table([*folder.glob("*.parquet")]).to_pylist()
    over = [row for row in rows if row["read_from"] != EVER]
    over.sort(key=itemgetter("loan_no"))
    return [(row["principal"], row["paid_on"]) for row in over]
