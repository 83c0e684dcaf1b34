"""The standing of a loan at the close of a day (§3), column by column."""

from datetime import date
from typing import TypedDict

from recobro.terms.grades import BUCKET_DAYS, BUCKETS, Grade
from tests.oracle.book import Book
from tests.oracle.floors import View, floors
from tests.oracle.rules import Rules, half_up


class Standing(TypedDict):
    """The columns of a standing."""

    as_of: date
    loan_id: str
    household_id: str
    borrower_id: str
    institution_id: str
    product: str
    currency: str
    guarantee: str
    principal: int
    outstanding_principal: int
    paid_total: int
    overdue_amount: int
    overdue_principal: int
    overdue_interest: int
    overdue_fees: int
    oldest_unpaid_due_on: date | None
    days_past_due: int
    unpaid_instalments: int
    missed_in_a_row: int
    missed_ever: int
    three_six: bool
    bucket: str
    grade: str
    local_grade: str
    grade_reasons: tuple[str, ...]
    nonperforming: bool
    on_balance: bool
    provision: int


class NotDisbursed(ValueError):
    """The loan has no standing yet."""

    def __init__(self, loan_id: str, on: date) -> None:
        super().__init__(f"{loan_id} is not disbursed on {on}; ask for a later day")


def bucket(days_past_due: int) -> str:
    """Return M0 for no days, M1 to M6 for thirty days each, M7 beyond."""
    last_days = [BUCKET_DAYS * n for n in range(len(BUCKETS) - 1)]
    return next((f"M{n}" for n, last in enumerate(last_days) if days_past_due <= last), "M7")


def standing(book: Book, loan_id: str, on: date, rules: Rules) -> Standing:
    """Return every column of a loan's standing at the end of a day.

    Raises NotDisbursed.
    """
    view = View(book, loan_id, on, rules)
    loan, account = view.loan, view.account
    if on < loan.disbursed_on:
        raise NotDisbursed(loan_id, on)
    late = account.overdue_parts(on)
    days = account.days_past_due(on)
    in_a_row, ever = account.missed_in_a_row(on), account.missed_ever(on)
    reasons = floors(book, loan_id, on, rules)
    grade = max(reasons.values(), default=Grade.NORMAL)
    return Standing(
        as_of=on,
        loan_id=loan_id,
        household_id=book.borrower_of(loan).household_id or loan.borrower_id,
        borrower_id=loan.borrower_id,
        institution_id=loan.institution_id,
        product=loan.product,
        currency=loan.currency,
        guarantee=loan.guarantee,
        principal=loan.principal,
        outstanding_principal=view.outstanding,
        paid_total=account.paid(on),
        overdue_amount=late.total,
        overdue_principal=late.principal,
        overdue_interest=late.interest,
        overdue_fees=late.fees,
        oldest_unpaid_due_on=account.oldest_unpaid_due_on(on),
        days_past_due=days,
        unpaid_instalments=len(account.unsettled(on)),
        missed_in_a_row=in_a_row,
        missed_ever=ever,
        three_six=in_a_row >= rules.missed_in_a_row or ever >= rules.missed_ever,
        bucket=bucket(days),
        grade=grade.code,
        local_grade=grade.code,
        grade_reasons=tuple(reasons),
        nonperforming=grade.nonperforming,
        on_balance=view.on_balance,
        provision=half_up(view.outstanding, rules.provision_rate(grade)) if view.on_balance else 0,
    )


def standings(book: Book, on: date, rules: Rules) -> list[Standing]:
    """Return the standing of every loan disbursed by a day, by loan_id."""
    disbursed = sorted(one.loan_id for one in book.loans if one.disbursed_on <= on)
    return [standing(book, loan_id, on, rules) for loan_id in disbursed]
