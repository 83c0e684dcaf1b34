from datetime import UTC, date, datetime
from functools import partial
from typing import Annotated

from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from ninja import Path, Query, Router
from pydantic import ConfigDict, Field

from recobro.api.answers import Amount, Answer, Page, money, page, part
from recobro.api.caller import Asked
from recobro.api.endpoints.approvals import Approval
from recobro.api.endpoints.approvals import told as approval_told
from recobro.api.endpoints.responsibilities import UserUnknown
from recobro.api.gate import Token
from recobro.api.inputs import Number, Paging, Told
from recobro.api.once import CREATED, Key, created
from recobro.casework.case import models
from recobro.casework.case import queries as ask
from recobro.casework.case.operations import hand_over, sign_for
from recobro.office.people.enums import Right
from recobro.office.people.models import User

router = Router()

Numbers = Annotated[list[Number], Field(min_length=1, max_length=ask.MOST)]


class Chosen(Answer):
    """Which open cases go to whom."""

    model_config = ConfigDict(extra="forbid")

    cases: Numbers
    to: Annotated[str, Field(max_length=60, pattern=r"^[^\x00]*$")] = ""
    """The user name of who is to collect; empty: each to whom the rule of its place names."""


class ToHandOver(Chosen):
    """What is to be handed over, as it was seen."""

    reason: Told
    seen: Annotated[str, Field(max_length=64, pattern=r"^[0-9a-f]*$")]
    """The fingerprint of the plan that you decide by."""


class Step(Answer):
    """What would become of a case."""

    case: int
    now: str
    """The user name of who has it."""
    to: str
    """The user name of who would get it; empty where nobody would."""
    step: str
    """moves, asks (a second person decides), or why it stays."""
    owed: dict[str, Amount]


class Plan(Answer):
    """What would become of some cases, case by case; nothing is done yet."""

    steps: list[Step]
    fingerprint: str
    """Stands for all of this: send it as `seen` to have it done."""


class Handover(Answer):
    """Cases that somebody was given at once, and signs for."""

    handover: int
    taker: str
    decided_by: str
    decided_at: datetime
    reason: str
    cases: list[int]
    sign_by: date | None
    """The last day to sign for it in time."""
    signed_at: datetime | None
    remark: str


class Done(Answer):
    """What was handed over, what waits for a second person, and how many stayed."""

    handovers: list[Handover]
    asked: list[Approval]
    left: int


class Receipt(Answer):
    """What whoever takes the cases has to say."""

    model_config = ConfigDict(extra="forbid")

    remark: Annotated[str, Field(max_length=400, pattern=r"^[^\x00]*$")] = ""


@router.post("/handovers/plan", response=Plan, auth=Token(Right.ASSIGN))
def plan_handover(request: Asked, chosen: Chosen) -> Plan:
    """Show what would become of cases, case by case, before anything is done."""
    planned = ask.plan(
        _cases(request, chosen.cases),
        to=_taker(chosen.to),
        by=request.auth.user,
        on=datetime.now(tz=UTC).date(),
    )
    return Plan(steps=[_step(one) for one in planned.cases], fingerprint=planned.fingerprint)


@router.get("/handovers", response=Page[Handover], auth=Token(Right.DEBTORS))
def handovers(request: Asked, paging: Query[Paging]) -> Page[Handover]:
    """List the handovers that concern you: those to be signed for first."""
    rows = _those(request)
    return page(rows[part(paging)], partial(_told, request), paging, total=rows.count())


@router.post("/handovers", response={CREATED: Done}, auth=Token(Right.ASSIGN))
def hand_over_cases(request: Asked, wish: ToHandOver, idempotency_key: Key = None) -> HttpResponse:
    """Hand cases over as a plan has shown it; what has changed since is told, and nothing done."""
    numbers = [case.pk for case in _cases(request, wish.cases)]

    def do(at: datetime) -> Answer:
        done = hand_over(
            cases=numbers,
            to=_taker(wish.to),
            reason=wish.reason,
            by=request.auth.user,
            at=at,
            seen=wish.seen,
        )
        return Done(
            handovers=[_told(request, one) for one in done.handovers],
            asked=[approval_told(one) for one in done.asked],
            left=done.left,
        )

    return created(request, idempotency_key, do)


@router.post(
    "/handovers/{number}/signature", response={CREATED: Handover}, auth=Token(Right.COLLECT)
)
def sign_for_cases(
    request: Asked, number: Path[Number], wish: Receipt, idempotency_key: Key = None
) -> HttpResponse:
    """Sign for cases that you have taken over."""
    found = _those(request).filter(pk=number).first()
    if found is None:
        raise Http404

    def do(at: datetime) -> Answer:
        signed = sign_for(handover=found, by=request.auth.user, at=at, remark=wish.remark)
        return _told(request, signed)

    return created(request, idempotency_key, do)


def _those(request: Asked) -> QuerySet[models.Handover]:
    return ask.handovers_of(request.auth.user, request.auth.scope(Right.DEBTORS))


def _cases(request: Asked, numbers: list[int]) -> list[models.Case]:
    """Return open cases of the caller; another among them is none that there is."""
    rows = ask.open_cases(request.auth.scope(Right.ASSIGN)).filter(pk__in=numbers)
    found = list(rows.select_related("institution", "responsible").order_by("pk"))
    if len(found) != len(set(numbers)):
        raise Http404
    return found


def _taker(username: str) -> User | None:
    """Return who is to take cases; nobody where it is left to the rule. Raises UserUnknown."""
    if not username:
        return None
    found = User.objects.filter(username=username).first()
    if found is None:
        raise UserUnknown
    return found


def _step(one: ask.Planned) -> Step:
    return Step(
        case=one.case.pk,
        now=one.case.responsible.username,
        to=one.to.username if one.to else "",
        step=one.step.value,
        owed={code: money(units, code) for code, units in one.owed.items()},
    )


def _told(request: Asked, one: models.Handover) -> Handover:
    """Return a handover with those of its cases that the caller may see."""
    seen = ask.cases_of(one, request.auth.user, request.auth.scope(Right.DEBTORS))
    return Handover(
        handover=one.pk,
        taker=one.taker.username,
        decided_by=one.decided_by.username if one.decided_by else one.decided_as,
        decided_at=one.decided_at,
        reason=one.reason,
        cases=[row.case_id for row in seen],
        sign_by=one.sign_by,
        signed_at=one.signed_at,
        remark=one.remark,
    )
