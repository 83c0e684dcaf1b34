"""A payment that the book cancelled, delivered again.

The book: A paid 5.00 as P1 on 1 March and 101.00 as P0 on 1 February; R1 cancelled P1 on 5 March.
"""

import pytest

from recobro.intake.account import Money
from tests.intake.conftest import Bank

COLUMNS = "payment_id,loan_id,paid_on,amount,reverses\n"
ROWS = "P0,A,2026-02-01,101,\nP1,A,2026-03-01,5,\nR1,A,2026-03-05,5,P1\n"
OF_B = "P2,B,2026-02-01,101,\n"


@pytest.fixture
def reversed_(book: Bank) -> Bank:
    """The bank after that."""
    assert book.deliver({"payments": COLUMNS + ROWS + OF_B}) == []
    book.keep()
    return book


def changes(bank: Bank, *rows: str) -> list[tuple[object, ...]]:
    """Deliver rows as a delta; return code, row and value of the findings."""
    found = bank.deliver({"payments": COLUMNS + "\n".join(rows) + "\n"}, kind="delta")
    return [(code, row, value) for code, _, row, _, value in found]


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("P1,A,2026-03-01,7,", "has another amount"),
        ("P1,B,2026-03-01,5,", "is of another loan"),
        ("P1,A,2026-03-06,5,", "is dated later than that"),
        ("P1,A,2026-03-01,101,P0", "is a reversal itself"),
    ],
)
def test_a_change_that_the_reversal_does_not_fit(reversed_: Bank, row: str, reason: str) -> None:
    assert changes(reversed_, row, "P9,A,2026-03-01,1,") == [("payment-reversed", 2, "P1")]
    (message,) = reversed_.messages()
    assert message == (
        f"The book's reversal 'R1' cancels payment 'P1', and this row {reason}. The payment stays"
        " as it was. Deliver the right one under a number of its own, or this row together with"
        " the reversal, changed alike."
    )
    assert reversed_.taken("payments", "payment_id") == [("P9",)]
    taken = reversed_.last.tables["payments"].account
    amount = int(row.split(",")[3]) * 100
    assert taken.money == {"CNY": Money(amount + 100, 100, amount)}


@pytest.mark.parametrize("day", ["2026-03-01", "2026-02-20", "2026-03-05"])
def test_a_change_that_the_reversal_still_fits(reversed_: Bank, day: str) -> None:
    assert changes(reversed_, f"P1,A,{day},5.00,") == []
    assert reversed_.taken("payments", "payment_id", "amount") == [("P1", 500)]


def test_both_changed_alike(reversed_: Bank) -> None:
    assert changes(reversed_, "P1,B,2026-03-02,7,", "R1,B,2026-03-06,7,P1") == []
    assert reversed_.taken("payments", "payment_id", "amount") == [("P1", 700), ("R1", 700)]


def test_the_reversal_cancels_another_payment_now(reversed_: Bank) -> None:
    """P1 counts again, as 7.00, and P0 does not any more."""
    assert changes(reversed_, "P1,A,2026-03-01,7,", "R1,A,2026-03-05,101,P0") == []


def test_a_change_of_a_reversal_that_is_rejected_leaves_the_old_one_in_force(
    reversed_: Bank,
) -> None:
    """R1 as delivered fits no payment; so the old R1 stays, which P1 of 7.00 does not fit."""
    assert changes(reversed_, "P1,A,2026-03-01,7,", "R1,A,2026-03-05,6,P1") == [
        ("payment-reversed", 2, "P1"),
        ("reversal-without-payment", 3, "P1"),
    ]
    assert reversed_.taken("payments", "payment_id") == []


def test_what_rests_on_a_rejected_change_is_rejected_too(reversed_: Bank) -> None:
    """R2 fits P1 of 7.00, but R1, rejected, stays in force, and with it P1 of 5.00."""
    found = changes(reversed_, "P1,A,2026-03-01,7,", "R1,A,2026-03-05,6,P1", "R2,A,2026-03-06,7,P1")
    assert found == [
        ("payment-reversed", 2, "P1"),
        ("reversal-without-payment", 3, "P1"),
        ("reversal-without-payment", 4, "P1"),
    ]


def test_a_payment_is_cancelled_once_in_all(reversed_: Bank) -> None:
    assert changes(reversed_, "R2,A,2026-03-06,5,P1", "P1,A,2026-03-01,5,") == [
        ("reversal-without-payment", 2, "P1")
    ]


def test_a_full_brings_both_or_neither(reversed_: Bank) -> None:
    """The book's R1 goes with the book's payments: P1 may be 7.00."""
    assert reversed_.deliver({"payments": f"{COLUMNS}P1,A,2026-03-01,7,\n{OF_B}"}) == []
