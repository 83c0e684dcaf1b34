"""Closes that are shown, row by row, and the people who look at them."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any

from recobro.book.models import Borrower, Close, Institution, Loan, Standing
from recobro.casework.case.models import Case
from recobro.casework.case.operations import follow
from recobro.journal.models import Entry
from recobro.office.people.enums import Role
from recobro.office.people.models import Post, User
from recobro.terms.grades import GRADE_OF_CODE

AT = datetime(2026, 7, 1, 8, tzinfo=UTC)

TREE: Mapping[str, tuple[str | None, str]] = {
    "bank": (None, "0001"),
    "north": ("bank", "00010001"),
    "below": ("north", "000100010001"),
    "south": ("bank", "00010002"),
}


def open_bank() -> None:
    """Open a bank with two branches, one of them with a sub-branch."""
    for name, (parent, path) in TREE.items():
        Institution.objects.create(
            institution_id=name, parent_id=parent, name=name, kind="branch", path=path
        )


def person(username: str, role: Role, at: str, *, staff_id: str = "") -> User:
    """Return somebody with a post."""
    user = User.objects.create(username=username, name=username, staff_id=staff_id, added_at=AT)
    Post.objects.create(user=user, role=role.value, institution_id=at, from_on=date(2020, 1, 1))
    return user


def lend(loan_no: int, household: str, *, at: str = "north", staff_id: str = "") -> Loan:
    """Return a loan of a household of one."""
    borrower, _ = Borrower.objects.get_or_create(
        borrower_id=household, household_id=household, kind="person", name=household
    )
    return Loan.objects.create(
        loan_no=loan_no,
        loan_id=f"L{loan_no}",
        borrower=borrower,
        institution_id=at,
        staff_id=staff_id,
        currency="CNY",
        principal=100,
        disbursed_on=date(2025, 1, 1),
        matures_on=date(2027, 1, 1),
    )


def close(on: str, *standings: tuple[int, str] | tuple[int, str, Mapping[str, Any]]) -> Close:
    """Show a close at which loans have these grades, and follow it."""
    as_of = date.fromisoformat(on)
    made = Close.objects.create(
        as_of=as_of,
        published_at=AT,
        facts_version=1,
        policy_name="cn",
        folder=f"{on}-{Close.objects.count()}",
        standings=len(standings),
        checks=[],
        shown_at=AT,
    )
    for loan_no, grade, *more in standings:
        _stand(made, Loan.objects.get(loan_no=loan_no), grade, **(more[0] if more else {}))
    follow(close=made, at=AT)
    return made


def _stand(made: Close, loan: Loan, grade: str, **more: Any) -> None:
    rank = GRADE_OF_CODE[grade]
    money = ("paid_total", "overdue_amount", "overdue_principal", "overdue_interest")
    values = dict.fromkeys((*money, "overdue_fees", "provision"), 0)
    Standing.objects.create(
        **values
        | {
            "close": made,
            "loan": loan,
            "borrower": loan.borrower,
            "institution": loan.institution,
            "household_id": loan.borrower.household_id,
            "currency": "CNY",
            "principal": 100,
            "outstanding_principal": 50,
            "days_past_due": 100,
            "unpaid_instalments": 1,
            "missed_in_a_row": 1,
            "missed_ever": 1,
            "three_six": False,
            "grade": grade,
            "grade_rank": int(rank),
            "nonperforming": rank.nonperforming,
            "on_balance": True,
        }
        | more
    )


def cases() -> list[tuple[str, str, str, str, str | None, str]]:
    """Return each case: household, institution, responsible, opened, closed, outcome."""
    return [
        (
            case.household_id,
            case.institution_id,
            case.responsible.username,
            str(case.opened_on),
            str(case.closed_on) if case.closed_on else None,
            case.outcome,
        )
        for case in Case.objects.order_by("household_id", "opened_on")
    ]


def acts(household: str) -> list[str]:
    """Return what the journal tells of a household's cases, in order."""
    entries = Entry.objects.filter(subject=household, act__startswith="case.").order_by("id")
    return list(entries.values_list("act", flat=True))
