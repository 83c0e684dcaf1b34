from datetime import date, datetime
from typing import Annotated

from django.http import Http404, HttpResponse
from ninja import Path, Query, Router
from pydantic import ConfigDict, Field

from recobro.api.answers import Amount, Answer, Page, money, page, part
from recobro.api.caller import Asked
from recobro.api.gate import Token
from recobro.api.inputs import Number, Paging, Text
from recobro.api.once import CREATED, Key, created
from recobro.office.people.enums import Right
from recobro.oversight.notices import models
from recobro.oversight.notices import queries as ask
from recobro.oversight.notices.operations import sign_off

router = Router()


class Looked(Paging):
    """Notices of which institutions."""

    at: Text = ""
    """An institution by its id, with all below it; else everything that the token opens."""


class NoticeLine(Answer):
    """What a branch is told, or reports, and who has signed it off."""

    notice: int
    kind: str
    institution: str
    as_of: date
    """The day of the close."""
    due_on: date
    """The last day to sign it off in time."""
    now_at: str
    """The institution whose head is to see to it: another than its own once it is overdue."""
    loans: int
    signed_by: str
    """The user name; empty until somebody has."""
    signed_at: datetime | None
    remark: str


class Owed(Answer):
    """A loan of a notice, as the close saw it."""

    loan_no: int
    loan_id: str
    borrower_id: str
    currency: str
    outstanding_principal: Amount
    overdue_amount: Amount
    days_past_due: int
    missed_in_a_row: int
    missed_ever: int
    grade: str


class Notice(Answer):
    """A notice with its loans."""

    notice: NoticeLine
    loans: list[Owed]


class Signature(Answer):
    """What the branch has to say."""

    model_config = ConfigDict(extra="forbid")

    remark: Annotated[str, Field(max_length=1000, pattern=r"^[^\x00]*$")] = ""


@router.get("/notices", response=Page[NoticeLine], auth=Token(Right.DEBTORS))
def notices(request: Asked, looked: Query[Looked]) -> Page[NoticeLine]:
    """List the notices to institutions: those not signed off first, by term."""
    rows = ask.notices_in(request.auth.within(Right.DEBTORS, looked.at))
    return page(rows[part(looked)], _line, looked, total=rows.count())


@router.get("/notices/{number}", response=Notice, auth=Token(Right.DEBTORS))
def notice(request: Asked, number: Path[Number]) -> Notice:
    """Show a notice with its loans."""
    found = _notice(request, number)
    return Notice(
        notice=_line(found), loans=[_owed(row) for row in found.loans.select_related("loan")]
    )


@router.post(
    "/notices/{number}/signature", response={CREATED: NoticeLine}, auth=Token(Right.SIGN_OFF)
)
def sign_notice(
    request: Asked, number: Path[Number], wish: Signature, idempotency_key: Key = None
) -> HttpResponse:
    """Sign a notice off; whoever comes second is told who was first."""
    found = _notice(request, number)
    if not request.auth.scope(Right.SIGN_OFF).has(found.institution):
        raise Http404

    def do(at: datetime) -> NoticeLine:
        sign_off(notice=found, by=request.auth.user, at=at, remark=wish.remark)
        return _line(_notice(request, number))

    return created(request, idempotency_key, do)


def _notice(request: Asked, number: int) -> models.Notice:
    found = ask.notices_in(request.auth.scope(Right.DEBTORS)).filter(pk=number).first()
    if found is None:
        raise Http404
    return found


def _line(one: models.Notice) -> NoticeLine:
    return NoticeLine(
        notice=one.pk,
        kind=one.kind,
        institution=one.institution_id,
        as_of=one.on,
        due_on=one.due_on,
        now_at=one.now_at_id,
        loans=one.number,  # type: ignore[attr-defined]  # of notices_in
        signed_by=one.signed_by.username if one.signed_by else "",
        signed_at=one.signed_at,
        remark=one.remark,
    )


def _owed(row: models.NoticeLoan) -> Owed:
    return Owed(
        loan_no=row.loan_id,
        loan_id=row.loan.loan_id,
        borrower_id=row.borrower_id,
        currency=row.currency,
        outstanding_principal=money(row.outstanding_principal, row.currency),
        overdue_amount=money(row.overdue_amount, row.currency),
        days_past_due=row.days_past_due,
        missed_in_a_row=row.missed_in_a_row,
        missed_ever=row.missed_ever,
        grade=row.grade,
    )
