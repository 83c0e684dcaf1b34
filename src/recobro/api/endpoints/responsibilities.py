from datetime import date, datetime
from typing import Annotated

from django.http import Http404, HttpResponse
from ninja import Path, Router
from pydantic import ConfigDict, Field

from recobro.api.answers import Answer
from recobro.api.caller import Asked
from recobro.api.endpoints.approvals import Approval, told
from recobro.api.endpoints.cases import case_of
from recobro.api.gate import Token
from recobro.api.inputs import Number, Told
from recobro.api.once import ACCEPTED, CREATED, Key, created
from recobro.casework.case import models
from recobro.casework.case.operations import assign
from recobro.office.people.enums import Right
from recobro.office.people.models import User
from recobro.terms.refusal import Refusal

router = Router()

Username = Annotated[str, Field(min_length=1, max_length=60, pattern=r"^[^\x00]+$")]


class UserUnknown(Refusal):
    """Nobody has an account of this name."""

    def __init__(self) -> None:
        super().__init__(
            "Nobody of the name in `to` has an account; nothing was changed. Write the name with "
            "which they sign in."
        )


class Taker(Answer):
    """Who is to be responsible from now on, and why."""

    model_config = ConfigDict(extra="forbid")

    to: Username
    """The user name of who is to collect."""
    reason: Told
    instead_of: Username
    """The user name of who is responsible as you know it: is it somebody else by now, you are told,
    and nothing is changed."""


class Responsibility(Answer):
    """Somebody is responsible for a case from a day on."""

    case: int
    username: str
    name: str
    from_on: date
    cause: str
    """The rule that named them, or by_hand."""
    reason: str


def _told(one: models.Responsibility) -> Responsibility:
    return Responsibility(
        case=one.case_id,
        username=one.user.username,
        name=one.user.name,
        from_on=one.from_on,
        cause=one.cause,
        reason=one.reason,
    )


_PATH = "/cases/{number}/responsibilities"


@router.get(_PATH, response=list[Responsibility], auth=Token(Right.DEBTORS))
def responsibilities(request: Asked, number: Path[Number]) -> list[Responsibility]:
    """List who was responsible for a case of your institutions, the first one first."""
    found = case_of(request, number)
    if not request.auth.scope(Right.DEBTORS).has(found.institution):
        raise Http404
    return [_told(one) for one in found.history.select_related("user")]


@router.post(
    _PATH, response={CREATED: Responsibility, ACCEPTED: Approval}, auth=Token(Right.ASSIGN)
)
def assign_case(
    request: Asked, number: Path[Number], wish: Taker, idempotency_key: Key = None
) -> HttpResponse:
    """Make somebody else responsible for a case.

    Above the amount that one person may decide alone a second one is asked: then the answer is 202,
    with what waits to be approved.
    """
    found = case_of(request, number)
    if not request.auth.scope(Right.ASSIGN).has(found.institution):
        raise Http404

    def do(at: datetime) -> Responsibility | Approval:
        to = User.objects.filter(username=wish.to).first()
        if to is None:
            raise UserUnknown
        made = assign(
            case=found,
            to=to,
            reason=wish.reason,
            by=request.auth.user,
            at=at,
            instead_of=wish.instead_of,
        )
        return _told(made) if isinstance(made, models.Responsibility) else told(made)

    def status(made: Answer) -> int:
        return ACCEPTED if isinstance(made, Approval) else CREATED

    return created(request, idempotency_key, do, status=status)
