"""Reports, asked for here and handed over as a page, as PDF or as a workbook."""

from collections.abc import Sequence
from datetime import date
from typing import Any, Final

from csp.decorators import csp_replace
from django.conf import settings
from django.core.paginator import Paginator
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from recobro.book.models import Close, Institution
from recobro.office.jobs.models import Job
from recobro.office.jobs.operations import TooManyOpen
from recobro.office.people.enums import Right
from recobro.reports.catalogue import REPORTS
from recobro.reports.jobs import FORMS, Wish, ask_for_report, file_of, reports_of, right_for
from recobro.reports.render.html import style_source
from recobro.reports.report import Report
from recobro.runs.home import Home
from recobro.web.desk import Asked, Desk
from recobro.web.gate import needs
from recobro.web.language import NAMES
from recobro.web.refusals import in_words
from recobro.web.render import climb, page

_A_PAGE: Final = 20


@needs(Right.FIGURES)
@require_safe
def reports(asked: Asked) -> HttpResponse:
    """Offer each report of the institution and day looked at, and those that were asked for."""
    desk = asked.desk
    node = desk.node(Right.FIGURES)
    frame = climb(node, desk.scope(Right.FIGURES))
    if node is None or desk.close is None:
        return page(asked, "home_empty", frame)
    context = {
        "offered": [
            (report.name, report.since is not None)
            for report in REPORTS.values()
            if _opens(desk, report, node)
        ],
        "forms": FORMS,
        "earlier": desk.earlier,
    }
    return page(asked, "reports", frame | context | _made(asked))


@needs(Right.FIGURES)
@require_safe
def now(asked: Asked) -> HttpResponse:
    """Show how far the reports are that somebody asked for."""
    return page(asked, "reports_made", _made(asked))


@needs(Right.FIGURES)
@require_POST
def order(asked: Asked) -> HttpResponse:
    """Ask for a report, of an institution in scope and of days that are shown."""
    desk, node = asked.desk, asked.desk.node(Right.FIGURES)
    if desk.close is None or desk.user is None or node is None:
        raise Http404
    wish = _wish(asked, node, desk.close)
    try:
        ask_for_report(
            wish=wish,
            by=desk.user.username,
            in_name=desk.name_at(Right.FIGURES, node),
            printed_by=str(desk.user),
            at=timezone.now(),
        )
    except TooManyOpen as refused:
        return page(asked, "refused", {"refused": in_words(refused, desk.language)}, status=422)
    return redirect(f"{reverse('reports')}?{asked.GET.urlencode()}")


@needs(Right.FIGURES)
@require_safe
def report(asked: Asked, number: int) -> HttpResponseBase:
    """Hand a report over to whoever asked for it, if they may still see what it is about."""
    desk = asked.desk
    job = reports_of(desk.user.username).filter(pk=number).first() if desk.user else None
    file = file_of(Home(settings.HOME), job) if job else None
    if job is None or file is None or not _still(desk, job):
        raise Http404
    told = job.parameters
    if told["form"] == "html":
        answer = HttpResponse(file.read_bytes(), content_type="text/html; charset=utf-8")
        return _own_style(asked, answer)
    name = f"{told['name']}-{told['as_of']}.{told['form']}"
    return FileResponse(file.open("rb"), as_attachment=True, filename=name)


def _wish(asked: Asked, node: Institution, close: Close) -> Wish:
    """Return what the form asks for.

    Raises Http404 for what is not offered.
    """
    desk, told = asked.desk, asked.POST
    name, _, form = told.get("order", "").partition(":")
    found = REPORTS.get(name)
    if found is None or form not in FORMS or not _opens(desk, found, node):
        raise Http404
    language = told.get("language", "")
    return Wish(
        name=name,
        as_of=close.as_of,
        since=_since(desk, told.get("since", "")),
        institution_id=node.pk,
        language=language if language in NAMES else desk.language.code,
        form=form,
    )


def _opens(desk: Desk, report: Report, node: Institution) -> bool:
    """Tell whether somebody may have a report of an institution: some name who owes."""
    return desk.scope(right_for(report)).has(node)


def _still(desk: Desk, job: Job) -> bool:
    node = Institution.objects.filter(pk=job.parameters["institution"]).first()
    found = REPORTS.get(job.parameters["name"])
    return node is not None and found is not None and _opens(desk, found, node)


def _since(desk: Desk, told: str) -> date | None:
    """Return the earlier day to compare with; None asks for what is usual.

    Raises Http404 for a day that is not shown, or not earlier.
    """
    if not told:
        return None
    day = next((one.as_of for one in desk.earlier if str(one.as_of) == told), None)
    if day is None:
        raise Http404
    return day


def _made(asked: Asked) -> dict[str, Any]:
    """Return the reports that somebody asked for, each with whether its file is there."""
    user = asked.desk.user
    rows = reports_of(user.username if user else "")
    shown = Paginator(rows, _A_PAGE).get_page(asked.GET.get("page"))
    home, found = Home(settings.HOME), list(shown)
    return {
        "page": shown,
        "rows": [(job, file_of(home, job) is not None) for job in found],
        "names": _names(found),
        "waits": any(job.is_open for job in found),
        "sees_why": asked.desk.whole(Right.DEBTORS),
    }


def _names(jobs: Sequence[Job]) -> dict[str, str]:
    keys = {job.parameters["institution"] for job in jobs}
    return {one.pk: str(one) for one in Institution.objects.filter(pk__in=keys)}


def _own_style(asked: HttpRequest, answer: HttpResponse) -> HttpResponseBase:
    """Let the style of a report's page in, which stands inside it; nothing else is let in."""
    return csp_replace({"style-src": [style_source()]})(lambda _: answer)(asked)
