"""A loan contract of the demonstration bank, with the schedule that its product gives it."""

from datetime import date
from decimal import Decimal

from recobro.demo.accounts import Account, Schedule
from recobro.demo.products import Product
from recobro.demo.records import Loan
from recobro.terms.codes import Guarantee

_FEN = 100
_BASIS_POINT = Decimal("0.0001")


def contract(
    product: Product,
    *,
    loan_id: str,
    borrower_id: str,
    institution_id: str,
    yuan: int,
    rate: int,
    disbursed_on: date,
    months: int,
    guarantee: Guarantee,
    staff_id: str,
    replaces: str | None = None,
) -> Account:
    """Return the account of a new loan; `rate` is in hundredths of a per cent a year."""
    annual_rate = rate * _BASIS_POINT
    instalments = product.schedule(yuan * _FEN, annual_rate, disbursed_on, months)
    loan = Loan(
        loan_id,
        borrower_id,
        institution_id,
        product.code,
        yuan * _FEN,
        annual_rate,
        disbursed_on,
        instalments[-1].due_on,
        guarantee,
        staff_id,
        product.name,
        replaces,
    )
    return Account(loan, Schedule(instalments))
