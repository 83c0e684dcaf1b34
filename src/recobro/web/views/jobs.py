"""Loads and closes: what runs, what was run, and what runs by itself."""

from datetime import UTC, date, datetime, timedelta
from typing import Any, Final

from django.conf import settings
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.views.decorators.http import require_safe

from recobro.office.jobs.models import Job
from recobro.office.jobs.queries import open_job, open_jobs
from recobro.office.people.enums import Right
from recobro.runs.home import Home
from recobro.runs.inbox import Waiting, waiting
from recobro.runs.nightly import next_run
from recobro.runs.operations.nightly import is_next
from recobro.runs.queries import delivered_last, last_closed, newest_loads, nightly
from recobro.web.desk import Asked, Desk
from recobro.web.forms.jobs import CloseForm, LoadForm, NightlyForm, UploadForm
from recobro.web.gate import needs
from recobro.web.render import page

_A_PAGE: Final = 20
_NEWEST: Final = 8
"""Loads that are shown beside the jobs."""


@needs(Right.RUNS, whole=True)
@require_safe
def jobs(asked: Asked) -> HttpResponse:
    """Show what runs and what was run; whoever may starts loads and closes here."""
    return jobs_page(asked)


@needs(Right.RUNS, whole=True)
@require_safe
def now(asked: Asked) -> HttpResponse:
    """Show what runs at this moment; once nothing does any more, how to see what came of it."""
    running = open_jobs()
    return page(asked, "jobs_now", {"open": running, "over": not running, **sees(asked.desk)})


@needs(Right.RUNS, whole=True)
@require_safe
def job(asked: Asked, number: int) -> HttpResponse:
    """Show a job: its steps, how far it is, what came of it."""
    context = _shown(number) | {"may_start": asked.desk.whole(Right.START)}
    return page(asked, "job", context | sees(asked.desk))


@needs(Right.RUNS, whole=True)
@require_safe
def job_now(asked: Asked, number: int) -> HttpResponse:
    """Show how far a job is at this moment; once it is over the whole page comes anew."""
    context = _shown(number) | sees(asked.desk)
    answer = page(asked, "job_now", context)
    if not context["job"].is_open:
        answer["HX-Refresh"] = "true"
    return answer


def jobs_page(asked: Asked, *, status: int = 200, **refused: Any) -> HttpResponse:  # noqa: ANN401 - forms
    """Answer with the page, among its forms those that were refused."""
    desk, at = asked.desk, datetime.now(tz=UTC)
    standing = nightly_standing(at)
    chosen = standing["nightly"]
    home = Home(settings.HOME)
    loads, total = newest_loads(_NEWEST)
    lying = waiting(home)
    context = {
        "open": open_jobs(),
        "page": Paginator(Job.objects.order_by("-id"), _A_PAGE).get_page(asked.GET.get("page")),
        "loads": loads,
        "more_loads": total > len(loads),
        "lying": lying,
        "unreadable": [each for each in lying if not each.readable],
        "held_up": chosen.on and chosen.loads and _held_up(lying, at),
        "undated": chosen.on and bool(loads) and delivered_last() is None,
        "may_start": desk.whole(Right.START),
    }
    context |= standing | sees(desk)
    if context["may_start"]:
        context |= {
            "load_form": LoadForm(desk, home),
            "upload_form": UploadForm(desk),
            "close_form": CloseForm(desk, initial={"as_of": _next_day()}),
            "nightly_form": NightlyForm(desk, home, chosen),
        }
    return page(asked, "jobs", context | refused, status=status)


def _next_day() -> date | None:
    """Return the day after the last that was closed, which is most often meant."""
    closed = last_closed()
    return closed and closed + timedelta(days=1)


def _held_up(lying: list[Waiting], at: datetime) -> str:
    """Return the delivery that those behind it wait for, since it was asked for and lies there."""
    first = next(iter(lying), None)
    if first is None or not first.at_rest(at):
        return ""
    held_up = not is_next(first, at) and open_job("load", first.name) is None
    return first.name if held_up else ""


def nightly_standing(at: datetime) -> dict[str, Any]:
    """Return whether the nightly close is on, and when the next one is."""
    chosen = nightly()
    following = next_run(at=at, after=chosen.after, zone=chosen.zone) if chosen.on else None
    return {"nightly": chosen, "next": following}


def sees(desk: Desk) -> dict[str, bool]:
    """Tell whether why something was refused is shown: it may repeat what rows say of debtors."""
    return {"sees_why": desk.whole(Right.DEBTORS)}


def _shown(number: int) -> dict[str, Any]:
    found = Job.objects.filter(pk=number).first()
    if found is None:
        raise Http404
    return {"job": found, "steps": found.steps}
