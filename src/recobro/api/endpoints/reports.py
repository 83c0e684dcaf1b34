from datetime import date, datetime
from typing import Annotated, Final, Literal

from django.http import FileResponse, Http404, HttpResponse
from ninja import Path, Query, Router
from pydantic import ConfigDict, Field

from recobro.api.answers import Answer, Page, page, part
from recobro.api.caller import Asked, Caller
from recobro.api.endpoints.jobs import home
from recobro.api.gate import Token
from recobro.api.inputs import Day, Number, Paging, Text
from recobro.api.once import CREATED, Key, created
from recobro.book.models import Institution
from recobro.office.jobs.enums import State
from recobro.office.jobs.models import Job
from recobro.office.people.enums import Right
from recobro.reports.catalogue import REPORTS, report_of
from recobro.reports.jobs import Wish, ask_for_report, file_of, reports_of, right_for
from recobro.terms.refusal import Refusal

router = Router()

_KINDS: Final = {
    "html": "text/html; charset=utf-8",
    "pdf": "application/pdf",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
_FILE: Final = {
    "responses": {
        200: {
            "description": "The file",
            "content": {
                kind.partition(";")[0]: {"schema": {"type": "string", "format": "binary"}}
                for kind in _KINDS.values()
            },
        }
    }
}


class ReportNotThere(Refusal):
    """The file of a report is not there yet, or not any more."""

    def __init__(self, job: Job) -> None:
        super().__init__(
            f"There is no file of this report: it is {job.state}. One that is done is kept for a "
            "week; ask for it anew."
        )


class Order(Answer):
    """Which report is wanted, of what, and in which form."""

    model_config = ConfigDict(extra="forbid")

    report: Annotated[str, Field(pattern=f"^({'|'.join(REPORTS)})$")]
    at: Text = ""
    """An institution by its id, with all below it; else the topmost that the token opens."""
    as_of: Day | None = None
    """The day of a close that is shown; else the latest."""
    since: Day | None = None
    """The day to compare with; else the one that is usual."""
    language: Literal["en", "es", "zh", ""] = ""
    """Else the person's own."""
    form: Literal["html", "pdf", "xlsx"]


class Report(Answer):
    """A report that you have asked for, here or on the pages."""

    report: int
    name: str
    institution: str
    as_of: date
    since: date | None
    language: str
    form: str
    state: str
    """waiting, running, done, refused, failed or ended."""
    asked_at: datetime
    there: bool
    """Whether its file can be fetched."""


@router.get("/reports", response=Page[Report], auth=Token(Right.FIGURES))
def reports(request: Asked, paging: Query[Paging]) -> Page[Report]:
    """List the reports that you have asked for, newest first."""
    rows = reports_of(request.auth.user.username)
    return page(rows[part(paging)], _told, paging, total=rows.count())


@router.post("/reports", response={CREATED: Report}, auth=Token(Right.FIGURES))
def order_report(request: Asked, wish: Order, idempotency_key: Key = None) -> HttpResponse:
    """Ask for a report; a worker makes it."""
    caller = request.auth
    right = right_for(report_of(wish.report))
    if right not in caller.rights:
        raise Http404
    node = caller.one_node(right, wish.at)
    close = caller.close(wish.as_of)
    since = caller.close(wish.since).as_of if wish.since else None
    if since is not None and since >= close.as_of:
        raise Http404
    told = Wish(
        name=wish.report,
        as_of=close.as_of,
        since=since,
        institution_id=node.pk,
        language=wish.language or caller.user.language,
        form=wish.form,
    )

    def do(at: datetime) -> Report:
        name = caller.user.username
        job = ask_for_report(wish=told, by=name, in_name=name, printed_by=str(caller.user), at=at)
        return _told(job)

    return created(request, idempotency_key, do)


@router.get("/reports/{number}", response=Report, auth=Token(Right.FIGURES))
def report(request: Asked, number: Path[Number]) -> Report:
    """Show how far a report is."""
    return _told(_report(request.auth, number))


@router.get("/reports/{number}/file", auth=Token(Right.FIGURES), openapi_extra=_FILE)
def report_file(request: Asked, number: Path[Number]) -> FileResponse:
    """Fetch the file of a report, while you may still see what it is about."""
    job = _report(request.auth, number)
    file = file_of(home(), job)
    if file is None:
        raise ReportNotThere(job)
    told = job.parameters
    name = f"{told['name']}-{told['as_of']}.{told['form']}"
    kind = _KINDS[told["form"]]
    return FileResponse(file.open("rb"), as_attachment=True, filename=name, content_type=kind)


def _report(caller: Caller, number: int) -> Job:
    """Return a report that the caller asked for and may still see; no other is there."""
    job = reports_of(caller.user.username).filter(pk=number).first()
    if job is None or not _still(caller, job):
        raise Http404
    return job


def _still(caller: Caller, job: Job) -> bool:
    node = Institution.objects.filter(pk=job.parameters["institution"]).first()
    found = REPORTS.get(job.parameters["name"])
    return node is not None and found is not None and caller.scope(right_for(found)).has(node)


def _told(job: Job) -> Report:
    told = job.parameters
    return Report(
        report=job.pk,
        name=told["name"],
        institution=told["institution"],
        as_of=date.fromisoformat(told["as_of"]),
        since=date.fromisoformat(told["since"]) if told["since"] else None,
        language=told["language"],
        form=told["form"],
        state=job.state,
        asked_at=job.asked_at,
        there=job.state == State.DONE and file_of(home(), job) is not None,
    )
