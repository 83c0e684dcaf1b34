from datetime import date, datetime
from typing import Annotated

from django.http import Http404, HttpResponse
from ninja import Path, Router
from pydantic import ConfigDict, Field

from recobro.api.answers import Answer
from recobro.api.caller import Asked
from recobro.api.endpoints.approvals import Approval, told
from recobro.api.gate import Token
from recobro.api.inputs import Day, Number, Told
from recobro.api.once import ACCEPTED, Key, created
from recobro.book.models import Loan
from recobro.office.judgements import models
from recobro.office.judgements.operations import propose, propose_end
from recobro.office.judgements.queries import judgements_of
from recobro.office.people.enums import Right
from recobro.terms.codes import Judgement as Kind

router = Router()


class Judgement(Answer):
    """What was judged of a loan, or of its borrower with all their loans."""

    judgement: int
    loan_no: int | None
    """Empty: of all loans of the borrower."""
    kind: str
    value: str
    from_on: date
    until_on: date | None
    """The first day on which it holds no more."""
    reason: str
    asked_by: str
    approved_by: str
    decided_at: datetime


class Proposal(Answer):
    """What is to be judged, from when, until when, and why."""

    model_config = ConfigDict(extra="forbid")

    kind: Kind
    value: Annotated[str, Field(max_length=20, pattern=r"^[^\x00]*$")] = ""
    """The code of a grade, a share from 0 to 1, or nothing, as the kind wants it."""
    from_on: Day
    until_on: Day | None = None
    reason: Told
    all_loans: bool = False
    """For all loans of the borrower."""


_PATH = "/loans/{loan_no}/judgements"


@router.get(_PATH, response=list[Judgement], auth=Token(Right.DEBTORS))
def judgements(request: Asked, loan_no: Path[Number]) -> list[Judgement]:
    """List what was judged of a loan, the last first."""
    return [_told(one) for one in judgements_of(_loan(request, Right.DEBTORS, loan_no))]


@router.post(_PATH, response={ACCEPTED: Approval}, auth=Token(Right.JUDGE))
def propose_judgement(
    request: Asked, loan_no: Path[Number], wish: Proposal, idempotency_key: Key = None
) -> HttpResponse:
    """Propose a judgement; it waits for a second person, and counts from the next close on."""
    loan = _loan(request, Right.JUDGE, loan_no)

    def do(at: datetime) -> Answer:
        return told(
            propose(
                loan=loan,
                kind=wish.kind,
                value=wish.value,
                from_on=wish.from_on,
                until_on=wish.until_on,
                reason=wish.reason,
                by=request.auth.user,
                at=at,
                all_loans=wish.all_loans,
            )
        )

    return created(request, idempotency_key, do, status=lambda _: ACCEPTED)


class End(Answer):
    """From when a judgement holds no more, and why."""

    model_config = ConfigDict(extra="forbid")

    until_on: Day
    """The first day on which it holds no more."""
    reason: Told


@router.post(_PATH + "/{number}/end", response={ACCEPTED: Approval}, auth=Token(Right.JUDGE))
def propose_end_of_judgement(
    request: Asked,
    loan_no: Path[Number],
    number: Path[Number],
    wish: End,
    idempotency_key: Key = None,
) -> HttpResponse:
    """Propose that a judgement holds no more; it waits for a second person."""
    loan = _loan(request, Right.JUDGE, loan_no)
    found = judgements_of(loan).filter(pk=number).first()
    if found is None:
        raise Http404

    def do(at: datetime) -> Answer:
        return told(
            propose_end(
                judgement=found,
                loan=loan,
                until_on=wish.until_on,
                reason=wish.reason,
                by=request.auth.user,
                at=at,
            )
        )

    return created(request, idempotency_key, do, status=lambda _: ACCEPTED)


def _loan(request: Asked, right: Right, loan_no: int) -> Loan:
    """Return a loan where the caller has a right; another is none that there is."""
    scope = request.auth.scope(right)
    rows = Loan.objects.filter(scope.within("institution__path"), pk=loan_no)
    found = rows.select_related("institution", "borrower").first()
    if found is None:
        raise Http404
    return found


def _told(one: models.Judgement) -> Judgement:
    ended = getattr(one, "ended_by", None)
    decided_by = one.request.decided_by
    return Judgement(
        judgement=one.pk,
        loan_no=one.loan_id,
        kind=one.kind,
        value=one.value,
        from_on=one.from_on,
        until_on=ended.until_on if ended else one.until_on,
        reason=one.reason,
        asked_by=one.request.asked_by.username,
        approved_by=decided_by.username if decided_by else "",
        decided_at=one.decided_at,
    )
