"""A loan that the book has in yuan is delivered in yen, which have no minor units.

The book holds A, 300.00, and B, 200.00, with their instalments and payments.
"""

import pytest

from recobro.intake.account import Money
from tests.intake.conftest import BANK, Bank

IN_YEN = BANK["loans"].replace("farm,CNY,300.00", "farm,JPY,300")
SCHEDULE = BANK["instalments"].replace("100.00,1.00", "100,1")
PAID = BANK["payments"].replace("101.00", "101")
ANEW = {"loans": IN_YEN, "instalments": SCHEDULE, "payments": PAID}
SECURED = {
    "collateral": "collateral_id,kind,description,value,currency,valued_on\n"
    "H,house,A house,900,CNY,2026-01-01\n",
    "securities": "collateral_id,loan_id,secured_amount\nH,A,300\n",
}
REJECTED = ("currency-changed", "loans", 2, "currency", "JPY")


def test_a_delta_keeps_the_currency(book: Bank) -> None:
    """What came in minor units of yuan would be read in those of yen, a hundred times as much.

    And what comes with the loan is in yen: 303 asked and 101 paid, which are not yuan.
    """
    assert book.deliver(ANEW, kind="delta") == [
        REJECTED,
        *(("parent-rejected", "instalments", row, "loan_id", "A") for row in (2, 3, 4)),
        ("parent-rejected", "payments", 2, "loan_id", "A"),
    ]
    assert book.taken("loans", "loan_id", "currency") == [("B", "CNY")]
    assert book.taken("instalments", "loan_no", "n") == [(2, 1), (2, 2)]
    tables = book.last.tables
    assert [tables[name].account.money["JPY"] for name in ("loans", "instalments", "payments")] == [
        Money(amount, 0, amount) for amount in (300, 303, 101)
    ]


@pytest.mark.parametrize("brings", [{"loans"}, {"loans", "instalments"}, {"loans", "payments"}])
def test_a_full_of_part_of_it_keeps_the_currency_too(book: Bank, brings: set[str]) -> None:
    """Rejected, the loan leaves a full delivery's book, with what belongs to it."""
    found = book.deliver({name: ANEW[name] for name in brings}, accept_drop=1)
    assert [each for each in found if each[1] == "loans"] == [
        ("loan-vanished", "loans", None, None, "A"),
        REJECTED,
    ]


def test_a_full_that_brings_all_of_it_anew_may_change_the_currency(book: Bank) -> None:
    assert book.deliver(ANEW) == []
    assert book.taken("loans", "loan_no", "currency", "principal")[:1] == [(1, "JPY", 300)]
    assert book.taken("instalments", "loan_no", "principal_due")[:1] == [(1, 100)]
    assert book.taken("payments", "loan_no", "amount")[:1] == [(1, 101)]


@pytest.mark.parametrize("more", [{}, SECURED])
def test_what_is_secured_is_in_the_currency_of_the_loan(book: Bank, more: dict[str, str]) -> None:
    """H secures 300.00 yuan of A in the book; delivered anew, 300 yen."""
    assert book.deliver(SECURED) == []
    book.keep()
    found = book.deliver(ANEW | more, accept_drop=1)
    assert [each for each in found if each[1] == "loans"] == (
        [] if more else [("loan-vanished", "loans", None, None, "A"), REJECTED]
    )


def test_a_loan_without_amounts_may_change_its_currency(book: Bank) -> None:
    """C has neither instalments nor payments yet."""
    loan = "C,Ana,B1,farm,{},5,0.05,2026-01-01,2026-04-01,credit,S1\n"
    loans = BANK["loans"] + loan
    assert book.deliver({"loans": loans.format("CNY")}) == []
    book.keep()
    assert book.deliver({"loans": loans.format("JPY")}, kind="delta") == []
    assert book.taken("loans", "loan_id", "currency")[-1] == ("C", "JPY")


def test_an_earlier_schedule_in_another_currency_does_not_stay(book: Bank) -> None:
    """A's schedule in yen is rejected: the one in yuan would be read as yen; B's stays."""
    text = SCHEDULE.replace("A,2,2026-03-01,100", "A,2,soon,100").replace("B,2,2026-03", "B,2,x")
    book.deliver(ANEW | {"instalments": text}, accept_drop=1)
    assert book.taken("instalments", "loan_no", "n", "load_no") == [(2, 1, 1), (2, 2, 1)]
    found = (row for row in book.rows(book.last.findings) if row["code"] == "set-rejected")
    told = {row["value"]: row["message"] for row in found}
    assert [told[loan].split("; ")[1].split(". ")[0] for loan in ("A", "B")] == [
        "the earlier one, in another currency, is gone",
        "the earlier one stays",
    ]
