from datetime import datetime
from typing import Annotated, Any

from django.http import Http404, HttpResponse
from ninja import Path, Query, Router
from pydantic import ConfigDict, Field

from recobro.api.answers import Answer, Page, page, part
from recobro.api.caller import Asked
from recobro.api.gate import Token
from recobro.api.inputs import Number, Paging
from recobro.api.once import CREATED, Key, created
from recobro.office.people.enums import Right
from recobro.office.webhooks import models
from recobro.office.webhooks.enums import Event
from recobro.office.webhooks.operations import end_hook, make_hook
from recobro.office.webhooks.queries import deliveries_of, hook_of, hooks
from recobro.office.webhooks.rules import LONGEST_NAME, LONGEST_URL

router = Router()

_WEBHOOKS = Token(Right.WEBHOOKS, whole=True)
_PATH = "/webhooks/{number}"


class Webhook(Answer):
    """A program that is told of what happens at an address."""

    webhook: int
    name: str
    url: str
    events: list[str]
    state: str
    """active, paused, off (it failed for days) or ended."""
    made_by: str
    made_at: datetime
    failures: int
    """Attempts that failed since the last that arrived."""
    arrived_at: datetime | None
    """When something arrived last."""


class NewWebhook(Webhook):
    """A webhook with what signs for it."""

    secret: str
    """Keep it: nobody sees it again."""


class Wish(Answer):
    """Which program is to be told of what, and where."""

    model_config = ConfigDict(extra="forbid")

    name: Annotated[str, Field(min_length=1, max_length=LONGEST_NAME, pattern=r"^[^\x00]*$")]
    url: Annotated[str, Field(min_length=1, max_length=LONGEST_URL, pattern=r"^[!-~]*$")]
    """Begins with https://."""
    events: Annotated[list[Event], Field(min_length=1, max_length=len(Event))]


class Delivered(Answer):
    """One event that a program is told of."""

    delivery: int
    event: str
    about: dict[str, Any]
    happened_at: datetime
    state: str
    """waiting, delivered, given_up or ended."""
    attempts: int
    next_at: datetime | None
    """When it is tried, while it waits."""
    status: int | None
    """What the program answered last."""
    trouble: str
    """Why it did not answer."""


@router.get("/webhooks", response=list[Webhook], auth=_WEBHOOKS)
def webhooks(request: Asked) -> list[Webhook]:
    """List the programs that are told of what happens."""
    del request
    return [Webhook(**_told(hook)) for hook in hooks()]


@router.post("/webhooks", response={CREATED: NewWebhook}, auth=_WEBHOOKS)
def make_webhook(request: Asked, wish: Wish, idempotency_key: Key = None) -> HttpResponse:
    """Let a program be told of events; its secret is in this one answer."""

    def do(at: datetime) -> NewWebhook:
        events = [event.value for event in wish.events]
        by = request.auth.user.username
        hook, secret = make_hook(name=wish.name, url=wish.url, events=events, at=at, by=by)
        return NewWebhook(**_told(hook), secret=secret)

    return created(request, idempotency_key, do)


@router.post(f"{_PATH}/end", response={CREATED: Webhook}, auth=_WEBHOOKS)
def end_webhook(request: Asked, number: Path[Number], idempotency_key: Key = None) -> HttpResponse:
    """Tell a program nothing any more, also not what waits."""
    found = _hook(number)

    def do(at: datetime) -> Webhook:
        return Webhook(**_told(end_hook(hook=found, at=at, by=request.auth.user.username)))

    return created(request, idempotency_key, do)


@router.get(f"{_PATH}/deliveries", response=Page[Delivered], auth=_WEBHOOKS)
def deliveries(request: Asked, number: Path[Number], paging: Query[Paging]) -> Page[Delivered]:
    """List what a program was told of in the last 30 days, newest first."""
    del request
    rows = deliveries_of(_hook(number))
    return page(rows[part(paging)], _delivered, paging, total=rows.count())


def _hook(number: int) -> models.Hook:
    found = hook_of(number)
    if found is None:
        raise Http404
    return found


def _told(hook: models.Hook) -> dict[str, Any]:
    same = ("name", "url", "events", "state", "made_by", "made_at", "failures", "arrived_at")
    return {"webhook": hook.pk} | {name: getattr(hook, name) for name in same}


def _delivered(one: models.Delivery) -> Delivered:
    return Delivered(
        delivery=one.pk,
        event=one.event,
        about=one.about,
        happened_at=one.happened_at,
        state=one.state,
        attempts=one.attempts,
        next_at=one.next_at if one.state == "waiting" else None,
        status=one.status,
        trouble=one.trouble,
    )
