"""Mistakes that a real delivery has: a few rows that a load must reject or warn of.

They are written as text beside good rows, and concern either nothing that exists or the three
small loans of a story that are paid as agreed: no figure of the bank depends on them.
"""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Final

from recobro.demo.accounts import Account, Book
from recobro.demo.records import Instalment
from recobro.demo.stories.paid_as_agreed import STORY
from recobro.terms.codes import Source
from recobro.terms.money import amount

TextRow = Mapping[str, str]

_REPAID, _MONTHLY, _QUARTERLY = STORY.loans
_NOWHERE: Final = "DK8888888"
_MISTYPED: Final = "DK8000001"


def mistakes(book: Book, until: date) -> Iterator[tuple[str, TextRow]]:
    """Yield table and row of each mistake in the delivery of a day."""
    account_of = {account.loan.loan_id: account for account in book.accounts[-len(STORY.loans) :]}
    if until == date(2025, 7, 31):
        yield from _payments_typed_badly()
    if until == date(2025, 11, 30):
        yield from _loans_typed_badly()
        yield from _set_with_a_bad_row(account_of[_QUARTERLY])
        yield _payment_twice(account_of[_MONTHLY], date(2025, 11, 10))
    if until == date(2026, 4, 30):
        yield from _history_rewritten(account_of[_REPAID])
        yield _balance_off(account_of[_QUARTERLY])
        yield _payment("E9", paid_on="2025-06-01", amount="0.50")
        yield _payment("E10", paid_on="2026-06-30", amount="0.80")


def _payment(number: str, **cells: str) -> tuple[str, TextRow]:
    good = {"loan_id": _MONTHLY, "paid_on": "2025-07-10", "amount": "100.00", "source": "borrower"}
    return "payments", {"payment_id": f"ZF-{number}", **good, **cells}


def _payments_typed_badly() -> Iterator[tuple[str, TextRow]]:
    yield _payment("E1", amount="1,200.00")
    yield _payment("E2", paid_on="2025-07-32")
    yield _payment("E3", amount="350.005")
    yield _payment("E4", amount="-500.00")
    yield _payment("E5", loan_id=_NOWHERE)
    yield _payment("E6", source="cash_box")
    yield _payment("E7", reverses="ZF-E0")
    yield _payment("E8", paid_on="")


def _loans_typed_badly() -> Iterator[tuple[str, TextRow]]:
    good = {
        "loan_id": _MISTYPED,
        "borrower_id": STORY.households[0],
        "institution_id": "QH-03-1",
        "product": "spring-crop",
        "currency": "CNY",
        "principal": "20000.00",
        "annual_rate": "0.06",
        "disbursed_on": "2025-11-03",
        "matures_on": "2026-07-03",
        "guarantee": "credit",
    }
    yield "loans", {**good, "currency": "RMB"}
    yield "loans", {**good, "loan_id": "DK8000002", "guarantee": "handshake"}
    yield "instalments", _instalment(_MISTYPED, Instalment(1, date(2026, 7, 3), 2_000_000, 80_667))
    early = Instalment(1, date(2022, 3, 8), 6_000_000, 0)  # before its loan was disbursed
    yield "instalments", _instalment(_REPAID, early)


def _set_with_a_bad_row(account: Account) -> Iterator[tuple[str, TextRow]]:
    first, *others = (_instalment(_QUARTERLY, part) for part in account.instalments)
    yield "instalments", {**first, "interest_due": "9oo.00"}
    yield from (("instalments", row) for row in others)


def _payment_twice(account: Account, on: date) -> tuple[str, TextRow]:
    payment = next(payment for payment in account.payments if payment.paid_on == on)
    return "payments", {
        "payment_id": payment.payment_id,
        "loan_id": account.loan.loan_id,
        "paid_on": payment.paid_on.isoformat(),
        "amount": str(amount(payment.amount, account.loan.currency)),
        "source": Source.BORROWER,
    }


def _history_rewritten(account: Account) -> Iterator[tuple[str, TextRow]]:
    """Change a schedule that has long been repaid: a number is left out, 100.00 are missing."""
    *others, last = account.instalments
    spoilt = last._replace(n=last.n + 1, principal_due=last.principal_due - 10_000)
    yield from (("instalments", _instalment(_REPAID, part)) for part in (*others, spoilt))


def _balance_off(account: Account) -> tuple[str, TextRow]:
    """Deliver a loan again with an officer nobody knows and a balance that is 10.00 too high."""
    loan = account.loan
    on = date(2026, 4, 30)
    left = sum(part.principal_due for part in account.instalments if part.due_on > on)
    return "loans", {
        "loan_id": loan.loan_id,
        "borrower_id": loan.borrower_id,
        "institution_id": loan.institution_id,
        "product": loan.product,
        "currency": loan.currency,
        "principal": str(amount(loan.principal, loan.currency)),
        "annual_rate": str(loan.annual_rate),
        "disbursed_on": loan.disbursed_on.isoformat(),
        "matures_on": loan.matures_on.isoformat(),
        "guarantee": loan.guarantee,
        "staff_id": "YG7777",
        "outstanding_principal": str(amount(left + 1_000, loan.currency)),
        "delivered_on": on.isoformat(),
    }


def _instalment(loan_id: str, part: Instalment) -> dict[str, str]:
    return {
        "loan_id": loan_id,
        "n": str(part.n),
        "due_on": part.due_on.isoformat(),
        "principal_due": str(amount(part.principal_due, "CNY")),
        "interest_due": str(amount(part.interest_due, "CNY")),
        "fees_due": str(amount(part.fees_due, "CNY")),
    }
