import pytest

from recobro.policy import Policy, preset
from tests.oracle.book import Book
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
