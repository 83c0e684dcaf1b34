from datetime import date, datetime

from django.http import HttpResponse
from ninja import Query, Router
from pydantic import ConfigDict

from recobro.api.answers import Answer, Page, page, part
from recobro.api.caller import Asked
from recobro.api.endpoints.jobs import START, Job, sees_why, told
from recobro.api.gate import Token
from recobro.api.inputs import Day, Paging
from recobro.api.once import CREATED, Key, created
from recobro.book import models
from recobro.office.people.enums import Right
from recobro.runs.operations.asking import ask_for_close

router = Router()

_RIGHTS = (Right.FIGURES, Right.RUNS)


class Check(Answer):
    """A data check that warns."""

    name: str
    rows: int | None
    """How many rows it finds; told to whoever sees the whole bank."""


class Close(Answer):
    """A day that was closed and can be looked at."""

    as_of: date
    published_at: datetime
    facts_version: int
    """The load after which it was made."""
    policy: str
    policy_hash: str
    fingerprint: str
    """Of all its rows: a close that is made again comes out the same."""
    loans: int | None
    """How many loans it has; told to whoever sees the whole bank."""
    warnings: list[Check]


def _told(close: models.Close, *, whole: bool) -> Close:
    return Close(
        as_of=close.as_of,
        published_at=close.published_at,
        facts_version=close.facts_version,
        policy=close.policy_name,
        policy_hash=close.policy_hash,
        fingerprint=close.fingerprint,
        loans=close.standings if whole else None,
        warnings=[
            Check(name=check["name"], rows=check["rows"] if whole else None)
            for check in close.checks
            if check["rows"]
        ],
    )


@router.get("/closes", response=Page[Close], auth=Token(*_RIGHTS))
def closes(request: Asked, paging: Query[Paging]) -> Page[Close]:
    """List the days that can be looked at, latest first."""
    caller = request.auth
    whole = caller.whole(*_RIGHTS)
    rows = caller.closes
    return page(
        rows[part(paging)], lambda close: _told(close, whole=whole), paging, total=len(rows)
    )


class Closing(Answer):
    """Which day is to be closed."""

    model_config = ConfigDict(extra="forbid")

    as_of: Day


@router.post("/closes", response={CREATED: Job}, auth=START)
def start_close(request: Asked, wish: Closing, idempotency_key: Key = None) -> HttpResponse:
    """Ask that a day be closed."""

    def do(at: datetime) -> Job:
        job = ask_for_close(on=wish.as_of, at=at, by=request.auth.user.username)
        return told(job, why=sees_why(request))

    return created(request, idempotency_key, do)
