from datetime import date, datetime

from django.http import Http404, HttpResponse
from ninja import Path, Router
from pydantic import ConfigDict

from recobro.api.answers import Answer
from recobro.api.caller import Asked
from recobro.api.endpoints.cases import case_of
from recobro.api.gate import Token
from recobro.api.inputs import Day, Number, Told
from recobro.api.once import CREATED, Key, created
from recobro.casework.case.operations import set_deadline
from recobro.office.people.enums import Right

router = Router()


class NewDeadline(Answer):
    """By when a case is to be done with, and why."""

    model_config = ConfigDict(extra="forbid")

    due_on: Day
    reason: Told
    instead_of: Day
    """The day as you know it: is it another by now, you are told, and nothing is changed."""


class Deadline(Answer):
    """By when a case is to be done with."""

    case: int
    due_on: date


@router.post("/cases/{number}/deadline", response={CREATED: Deadline}, auth=Token(Right.ASSIGN))
def set_case_deadline(
    request: Asked, number: Path[Number], wish: NewDeadline, idempotency_key: Key = None
) -> HttpResponse:
    """Say by when a case is to be done with; not for who is responsible for it."""
    found = case_of(request, number)
    if not request.auth.scope(Right.ASSIGN).has(found.institution):
        raise Http404

    def do(at: datetime) -> Answer:
        made = set_deadline(
            case=found,
            due_on=wish.due_on,
            reason=wish.reason,
            by=request.auth.user,
            at=at,
            instead_of=wish.instead_of,
        )
        return Deadline(case=made.pk, due_on=made.due_on)

    return created(request, idempotency_key, do)
