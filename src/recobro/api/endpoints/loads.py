from datetime import date, datetime

from ninja import Query, Router

from recobro.api.answers import Answer, Page, page, part
from recobro.api.caller import Asked
from recobro.api.gate import Token
from recobro.api.inputs import Paging
from recobro.office.people.enums import Right
from recobro.runs import models

router = Router()


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
