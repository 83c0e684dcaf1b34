from datetime import datetime
from typing import Annotated, Any, Literal

from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from ninja import Path, Query, Router
from pydantic import ConfigDict, Field

from recobro.api.answers import Amount, Answer, Page, money, page, part
from recobro.api.caller import Asked
from recobro.api.gate import Token
from recobro.api.inputs import Number, Paging, Text, one_of
from recobro.api.once import CREATED, Key, created
from recobro.office.approvals import models
from recobro.office.approvals.enums import State
from recobro.office.approvals.operations import approve, refuse, withdraw
from recobro.office.approvals.queries import requests_in, seen
from recobro.office.people.enums import Right

router = Router()


class Wanted(Paging):
    """Requests of which institutions, and which of them."""

    at: Text = ""
    """An institution by its id, with all below it; else everything that the token opens."""
    state: Annotated[str, one_of(State)] = ""
    """waiting, approved, refused or withdrawn; else all."""


class Approval(Answer):
    """Something that one person asked for and a second one decides."""

    approval: int
    kind: str
    subject: str
    institution: str
    amounts: dict[str, Amount]
    """What it is worth, by currency."""
    content: dict[str, Any]
    """What is to happen."""
    reason: str
    asked_by: str
    asked_at: datetime
    state: str
    decided_by: str
    """The user name; empty until somebody has."""
    decided_at: datetime | None
    remark: str


class Decision(Answer):
    """Whether it is approved; whoever refuses says why."""

    model_config = ConfigDict(extra="forbid")

    decision: Literal["approve", "refuse"]
    remark: Annotated[str, Field(max_length=400, pattern=r"^[^\x00]*$")] = ""


@router.get("/approvals", response=Page[Approval], auth=Token(Right.DEBTORS))
def approvals(request: Asked, wanted: Query[Wanted]) -> Page[Approval]:
    """List what was asked for: what waits first, the oldest of it first."""
    rows = _seen(request, requests_in(request.auth.within(Right.DEBTORS, wanted.at)))
    if wanted.state:
        rows = rows.filter(state=wanted.state)
    return page(rows[part(wanted)], told, wanted, total=rows.count())


@router.get("/approvals/{number}", response=Approval, auth=Token(Right.DEBTORS))
def approval(request: Asked, number: Path[Number]) -> Approval:
    """Show one request."""
    return told(_request(request, number))


@router.post(
    "/approvals/{number}/decision", response={CREATED: Approval}, auth=Token(Right.APPROVE)
)
def decide(
    request: Asked, number: Path[Number], wish: Decision, idempotency_key: Key = None
) -> HttpResponse:
    """Approve it, and it happens; or refuse it, and say why."""
    found = _request(request, number)
    act = approve if wish.decision == "approve" else refuse

    def do(at: datetime) -> Answer:
        act(request=found, by=request.auth.user, at=at, remark=wish.remark)
        return told(_request(request, number))

    return created(request, idempotency_key, do)


@router.post(
    "/approvals/{number}/withdrawal", response={CREATED: Approval}, auth=Token(Right.DEBTORS)
)
def withdraw_request(
    request: Asked, number: Path[Number], idempotency_key: Key = None
) -> HttpResponse:
    """Take back what you have asked for."""
    found = _request(request, number)

    def do(at: datetime) -> Answer:
        withdraw(request=found, by=request.auth.user, at=at)
        return told(_request(request, number))

    return created(request, idempotency_key, do)


def told(one: models.Request) -> Approval:
    """Return a request as the API tells it."""
    return Approval(
        approval=one.pk,
        kind=one.kind,
        subject=one.subject,
        institution=one.institution_id,
        amounts={code: money(units, code) for code, units in one.amounts.items()},
        content=one.content,
        reason=one.reason,
        asked_by=one.asked_by.username,
        asked_at=one.asked_at,
        state=one.state,
        decided_by=one.decided_by.username if one.decided_by else "",
        decided_at=one.decided_at,
        remark=one.remark,
    )


def _request(request: Asked, number: int) -> models.Request:
    found = _seen(request, requests_in(request.auth.scope(Right.DEBTORS))).filter(pk=number).first()
    if found is None:
        raise Http404
    return found


def _seen(request: Asked, rows: QuerySet[models.Request]) -> QuerySet[models.Request]:
    return seen(rows, request.auth.posts, request.auth.user)
