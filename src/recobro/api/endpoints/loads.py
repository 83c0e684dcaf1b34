from datetime import date, datetime
from typing import Annotated, Literal

from django.http import HttpResponse
from ninja import Query, Router
from pydantic import ConfigDict, Field

from recobro.api.answers import Answer, Page, page, part
from recobro.api.caller import Asked
from recobro.api.endpoints.jobs import START, Job, home, sees_why, told
from recobro.api.gate import Token
from recobro.api.inputs import Day, Paging
from recobro.api.once import CREATED, Key, created
from recobro.office.people.enums import Right
from recobro.runs import models
from recobro.runs.operations.asking import ask_for_load

router = Router()

Name = Annotated[str, Field(min_length=1, max_length=100, pattern=r"^[^\x00]+$")]


class Load(Answer):
    """A delivery that was taken into the book; how much is told to whoever sees the whole bank."""

    load: int
    """Its number: the version of the facts after it."""
    kind: str
    delivered_on: date | None
    loaded_at: datetime
    accepted: int | None
    """Rows of all its tables that are in the book."""
    rejected: int | None
    findings: dict[str, int] | None
    """How many findings, by code."""


def _told(load: models.Load, *, whole: bool) -> Load:
    rows = load.tables.values()
    return Load(
        load=load.number,
        kind=load.kind,
        delivered_on=load.delivered_on,
        loaded_at=load.finished_at,
        accepted=sum(table["accepted"] for table in rows) if whole else None,
        rejected=sum(table["rejected"] for table in rows) if whole else None,
        findings=load.findings if whole else None,
    )


@router.get("/loads", response=Page[Load], auth=Token(Right.RUNS))
def loads(request: Asked, paging: Query[Paging]) -> Page[Load]:
    """List the loads, newest first."""
    whole = request.auth.whole(Right.RUNS)
    rows = models.Load.objects.order_by("-number")
    return page(
        rows[part(paging)], lambda load: _told(load, whole=whole), paging, total=rows.count()
    )


class Loading(Answer):
    """Which delivery is to be loaded, and how."""

    model_config = ConfigDict(extra="forbid")

    delivery: Name
    """As the inbox has it."""
    kind: Literal["", "full", "delta"] = ""
    """Empty where its name says so."""
    delivered_on: Day | None = None
    """The day that its figures are of; else what its name or the delivery itself says."""
    mapping: Annotated[str, Field(max_length=100, pattern=r"^[^\x00]*$")] = ""
    """One of the bank's mappings; empty for a delivery as Recobro has it."""
    accept_drop: Annotated[int, Field(ge=0, le=10**9)] | None = None
    """So many known loans may be missing from a full delivery."""


@router.post("/loads", response={CREATED: Job}, auth=START)
def start_load(request: Asked, wish: Loading, idempotency_key: Key = None) -> HttpResponse:
    """Ask that a delivery of the inbox be loaded."""

    def do(at: datetime) -> Job:
        by = request.auth.user.username
        job = ask_for_load(home=home(), at=at, by=by, **wish.model_dump())
        return told(job, why=sees_why(request))

    return created(request, idempotency_key, do)
