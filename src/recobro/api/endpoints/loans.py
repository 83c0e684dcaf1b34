from datetime import UTC, date, datetime
from typing import Annotated, Final

from django.http import Http404
from ninja import Path, Query, Router

from recobro.api.answers import Amount, Answer, Page, money, page, part
from recobro.api.caller import Asked
from recobro.api.gate import Token
from recobro.api.inputs import Day, Number, Paging, Place, Text, one_of
from recobro.api.inputs import Query as Asking
from recobro.book.models import Standing
from recobro.book.queries import problems as ask
from recobro.casework.case.queries import open_case_of
from recobro.office.people.enums import Right
from recobro.office.people.operations import look
from recobro.terms.codes import Guarantee
from recobro.terms.grades import BUCKETS, Grade
from recobro.terms.masking import masked

router = Router()

_FILTERS: Final = ("search", "grade", "bucket", "product", "guarantee", "state", "segment")


class Chosen(Place, Paging):
    """Which problem loans, in which order."""

    search: Text = ""
    """Words that are in the loan's id, or the borrower's name or village."""
    grade: Annotated[str, one_of(grade.code for grade in Grade)] = ""
    bucket: Annotated[str, one_of(BUCKETS)] = ""
    """By days past due: M1 to M6 are thirty days each, M7 is all that is later."""
    product: Text = ""
    guarantee: Annotated[str, one_of(Guarantee)] = ""
    state: Annotated[str, one_of(ask.STATES)] = ""
    segment: Annotated[str, one_of(("old", "new"))] = ""
    """By the day of the policy that parts old loans from new ones."""
    sort: Annotated[str, one_of(ask.SORTS, downwards=True)] = ask.DEFAULT_SORT
    """With a minus before it downwards."""

    def rows(self) -> ask.Filter:
        """Return what it leaves in."""
        return ask.Filter(**{name: getattr(self, name) for name in _FILTERS})


class OnDay(Asking):
    """On which day somebody looks."""

    as_of: Day | None = None
    """The day of a close that is shown; else the latest."""


class Loan(Answer):
    """A problem loan, and where it stood at the end of a day."""

    loan_no: int
    """The book's own number of the loan, by which it is asked for."""
    loan_id: str
    """As core banking has it."""
    as_of: date
    borrower_id: str
    borrower: str
    village: str
    household_id: str
    institution: str
    """The id of the institution where it lies."""
    product: str
    guarantee: str
    currency: str
    principal: Amount
    """What was paid out."""
    outstanding_principal: Amount
    overdue_amount: Amount
    days_past_due: int
    oldest_unpaid_due_on: date | None
    bucket: str
    grade: str
    grade_reasons: list[str]
    """Why it is no better, worst first."""
    nonperforming: bool
    three_six: bool
    """Missed three in a row, or six in all."""
    on_balance: bool
    """Whether it is not written off."""
    provision: Amount
    segment: str
    """Old or new, by the day of the policy; empty where it has none."""


class WholeLoan(Loan):
    """A problem loan, everything."""

    local_grade: str
    """The grade as the bank's own policy calls it."""
    overdue_principal: Amount
    overdue_interest: Amount
    overdue_fees: Amount
    paid_total: Amount
    unpaid_instalments: int
    missed_in_a_row: int
    missed_ever: int
    disbursed_on: date
    matures_on: date
    phone: str
    """Of the borrower, but for its last four signs masked."""
    national_id: str
    """Masked like the phone."""
    case: int | None
    """The number of the household's open case."""


class Debtor(Answer):
    """A borrower with what is masked elsewhere."""

    borrower_id: str
    borrower: str
    phone: str
    national_id: str
    address: str


def told(one: Standing, as_of: date) -> Loan:
    """Return a problem loan as a list has it."""
    return Loan(**_common(one, as_of))


def _common(one: Standing, as_of: date) -> dict[str, object]:
    amounts = ("principal", "outstanding_principal", "overdue_amount", "provision")
    same = (
        *("household_id", "product", "guarantee", "currency", "days_past_due", "bucket", "grade"),
        *("oldest_unpaid_due_on", "nonperforming", "three_six", "on_balance", "segment"),
    )
    return {
        "loan_no": one.loan_id,
        "loan_id": one.loan.loan_id,
        "as_of": as_of,
        "borrower_id": one.borrower_id,
        "borrower": str(one.borrower),
        "village": one.borrower.village,
        "institution": one.institution_id,
        "grade_reasons": [code for code in one.grade_reasons.split(";") if code],
        **{name: getattr(one, name) for name in same},
        **{name: money(getattr(one, name), one.currency) for name in amounts},
    }


def _whole(one: Standing) -> WholeLoan:
    amounts = ("overdue_principal", "overdue_interest", "overdue_fees", "paid_total")
    same = ("local_grade", "unpaid_instalments", "missed_in_a_row", "missed_ever")
    case = open_case_of(one.household_id)
    own: dict[str, object] = {
        "disbursed_on": one.loan.disbursed_on,
        "matures_on": one.loan.matures_on,
        "phone": masked(one.borrower.phone),
        "national_id": masked(one.borrower.national_id),
        "case": None if case is None else case.pk,
        **{name: getattr(one, name) for name in same},
        **{name: money(getattr(one, name), one.currency) for name in amounts},
    }
    return WholeLoan(**_common(one, one.close.as_of) | own)


@router.get("/loans", response=Page[Loan], auth=Token(Right.DEBTORS))
def loans(request: Asked, chosen: Query[Chosen]) -> Page[Loan]:
    """List the problem loans of a day."""
    caller = request.auth
    close = caller.close(chosen.as_of)
    rows = ask.problems(close, caller.within(Right.DEBTORS, chosen.at))
    rows = rows.filter(chosen.rows().condition(newest=close == caller.closes[0]))
    sort = chosen.sort or ask.DEFAULT_SORT
    shown = ask.looked_up(ask.in_order(rows, sort)[part(chosen)], sort)
    return page(shown, lambda row: told(row, close.as_of), chosen, total=rows.count())


@router.get("/loans/{loan_no}", response=WholeLoan, auth=Token(Right.DEBTORS))
def loan(request: Asked, loan_no: Path[Number], day: Query[OnDay]) -> WholeLoan:
    """Show a problem loan, everything; personal numbers are masked."""
    return _whole(standing(request, loan_no, day.as_of))


@router.post("/loans/{loan_no}/debtor", response=Debtor, auth=Token(Right.DEBTORS))
def debtor(request: Asked, loan_no: Path[Number]) -> Debtor:
    """Show what is masked of a borrower; each look is written into the journal."""
    caller = request.auth
    found = standing(request, loan_no, None)
    # An older day tells where the loan was then; who may see the numbers of now is asked now.
    if not caller.scope(Right.DEBTORS).has(found.loan.institution):
        raise Http404
    seen = look(user=caller.user, borrower=found.borrower, loan=found.loan, at=datetime.now(tz=UTC))
    return Debtor(
        borrower_id=seen.pk,
        borrower=str(seen),
        phone=seen.phone,
        national_id=seen.national_id,
        address=seen.address,
    )


def standing(request: Asked, loan_no: int, as_of: date | None) -> Standing:
    """Return a problem loan on a day. Raises Http404 for one that the caller may not see."""
    close = request.auth.close(as_of)
    rows = ask.problems(close, request.auth.scope(Right.DEBTORS)).select_related("close")
    found = rows.filter(loan__loan_no=loan_no).first()
    if found is None:
        raise Http404
    return found
