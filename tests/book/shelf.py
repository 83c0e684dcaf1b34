"""Rows of the workplace, made one by one: what is not said of one is the same for all."""

from datetime import UTC, date, datetime
from itertools import count
from typing import Any

from recobro.book.models import Borrower, Close, Figure, Institution, Loan, Standing
from recobro.terms.grades import GRADE_OF_CODE

AT = datetime(2026, 7, 1, 8, tzinfo=UTC)
_NUMBERS = count(1)

_ZERO = dict.fromkeys(
    (
        *("outstanding_principal", "paid_total", "overdue_amount", "overdue_principal"),
        *("overdue_interest", "overdue_fees", "days_past_due", "unpaid_instalments"),
        *("missed_in_a_row", "missed_ever", "provision"),
    ),
    0,
)


def institution(path: str, parent: Institution | None = None) -> Institution:
    """Put an institution at a path, which is its name as well."""
    return Institution.objects.create(
        institution_id=path, parent=parent, name=f"at {path}", kind="branch", path=path
    )


def close(on: str, *, shown: bool = True) -> Close:
    """Close a day."""
    return Close.objects.create(
        as_of=date.fromisoformat(on),
        published_at=AT,
        facts_version=1,
        policy_name="cn",
        backend="duckdb",
        folder=f"closes/{next(_NUMBERS)}",
        standings=0,
        checks=[],
        shown_at=AT if shown else None,
    )


def loan(loan_id: str, at: Institution, *, currency: str = "CNY", **borrower: str) -> Loan:
    """Lend to a borrower of the same name as the loan, where no other is said."""
    told = {"borrower_id": loan_id, "household_id": loan_id, "name": loan_id} | borrower
    owner, _ = Borrower.objects.get_or_create(
        borrower_id=told["borrower_id"], defaults=told | {"kind": "person"}
    )
    return Loan.objects.create(
        loan_no=next(_NUMBERS),
        loan_id=loan_id,
        borrower=owner,
        institution=at,
        product="farm",
        currency=currency,
        principal=100_00,
        disbursed_on=date(2026, 1, 1),
        matures_on=date(2026, 12, 1),
        guarantee="credit",
    )


def standing(of: Loan, at: Close, **told: Any) -> Standing:
    """Say where a loan stands at a close: in special mention, if nothing is said of it."""
    grade = told.get("grade", "special_mention")
    return Standing.objects.create(
        **{
            "close": at,
            "loan": of,
            "borrower": of.borrower,
            "institution": of.institution,
            "household_id": of.borrower.household_id,
            "product": of.product,
            "currency": of.currency,
            "guarantee": of.guarantee,
            "principal": of.principal,
            "three_six": False,
            "bucket": "M1",
            "grade": grade,
            "grade_rank": int(GRADE_OF_CODE[grade]),
            "nonperforming": GRADE_OF_CODE[grade].nonperforming,
            "on_balance": True,
        }
        | _ZERO
        | told
    )


def figure(at: Institution, on: Close, *, by: str, value: str) -> Figure:
    """Say that there are loans at an institution, parted in a way."""
    nothing = dict.fromkeys(
        (
            *("loans", "outstanding_principal", "nonperforming_principal", "nonperforming_loans"),
            *("overdue_amount", "overdue_loans", "provision"),
            *("three_six_loans", "three_six_principal"),
        ),
        0,
    )
    return Figure.objects.create(
        close=on, institution=at, currency="CNY", by=by, value=value, **nothing
    )
