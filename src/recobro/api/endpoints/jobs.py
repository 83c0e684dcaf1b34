from datetime import date, datetime
from pathlib import Path as FilePath

from django.conf import settings
from django.http import Http404
from ninja import Path, Query, Router

from recobro.api.answers import Answer, Page, page, part
from recobro.api.caller import Asked
from recobro.api.gate import Token
from recobro.api.inputs import Number, Paging
from recobro.office.jobs import models
from recobro.office.jobs.enums import State
from recobro.office.people.enums import Right
from recobro.runs.home import Home
from recobro.runs.inbox import waiting

router = Router()

_RUNS = Token(Right.RUNS, whole=True)
START = Token(Right.START, whole=True)
"""For whoever starts loads and closes."""


class Job(Answer):
    """A load or close that was asked for; a worker does one after the other."""

    job: int
    kind: str
    """load, close or bridge."""
    subject: str
    """The delivery, the day, or the two days of a bridge."""
    state: str
    """waiting, running, done, refused, failed or ended."""
    asked_by: str
    asked_at: datetime
    started_at: datetime | None
    over_at: datetime | None
    step: str
    done: int
    of: int
    """How many parts of the step are done, of how many."""
    reason: str
    """Why it was refused or has failed; told to whoever sees debtors of the whole bank."""
    load: int | None
    """The number of the load that came of it."""


class Delivery(Answer):
    """A delivery that lies in the inbox."""

    delivery: str
    files: int
    size: int
    """In bytes."""
    changed_at: datetime
    kind: str
    """full or delta where its name says so."""
    delivered_on: date | None
    """The day that its figures are of, where its name says so."""


@router.get("/jobs", response=Page[Job], auth=_RUNS)
def jobs(request: Asked, paging: Query[Paging]) -> Page[Job]:
    """List the loads and closes that were asked for, newest first."""
    why, rows = sees_why(request), models.Job.objects.order_by("-id")
    return page(rows[part(paging)], lambda one: told(one, why=why), paging, total=rows.count())


@router.get("/jobs/{number}", response=Job, auth=_RUNS)
def job(request: Asked, number: Path[Number]) -> Job:
    """Show how far a load or close is, and what came of it."""
    found = models.Job.objects.filter(pk=number).first()
    if found is None:
        raise Http404
    return told(found, why=sees_why(request))


@router.get("/inbox", response=list[Delivery], auth=_RUNS)
def inbox(request: Asked) -> list[Delivery]:
    """List the deliveries that lie in the inbox."""
    del request
    return [
        Delivery(
            delivery=one.name,
            files=one.files,
            size=one.size,
            changed_at=one.changed_at,
            kind=one.kind or "",
            delivered_on=one.delivered_on,
        )
        for one in waiting(home())
    ]


def told(one: models.Job, *, why: bool) -> Job:
    """Return a job as an answer has it; why it was refused may repeat what rows say of debtors."""
    return Job(
        job=one.pk,
        kind=one.kind,
        subject=one.subject,
        state=one.state,
        asked_by=one.asked_by,
        asked_at=one.asked_at,
        started_at=one.started_at,
        over_at=one.over_at,
        step=one.step,
        done=one.done,
        of=one.of,
        reason=one.reason if why or one.state == State.FAILED else "",
        load=one.outcome.get("load") or None,
    )


def sees_why(request: Asked) -> bool:
    """Tell whether the caller sees debtors of the whole bank."""
    return request.auth.whole(Right.DEBTORS)


def home() -> Home:
    """Return the bank's folder."""
    return Home(FilePath(settings.HOME))
