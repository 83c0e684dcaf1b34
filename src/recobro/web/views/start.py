"""Start loads and closes, end them, and say when they run by themselves."""

from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, date, datetime
from typing import Final, TypeVar

from django import forms
from django.conf import settings
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from recobro.office.jobs.models import Job
from recobro.office.jobs.operations import JobOver, ask, end
from recobro.office.people.enums import Right
from recobro.runs.home import Home
from recobro.runs.inbox import take_up
from recobro.runs.operations.asking import ask_for_close, ask_for_load
from recobro.runs.operations.nightly import Settings, set_nightly
from recobro.runs.queries import nightly
from recobro.terms.refusal import Refusal
from recobro.web.desk import Asked
from recobro.web.forms.jobs import CloseForm, LoadForm, NightlyForm, UploadForm
from recobro.web.gate import needs
from recobro.web.refusals import in_words
from recobro.web.views.jobs import jobs_page

T = TypeVar("T")


@needs(Right.START, whole=True)
@require_POST
def load(asked: Asked) -> HttpResponse:
    """Ask that a delivery of the inbox be loaded."""
    home = Home(settings.HOME)
    form = LoadForm(asked.desk, home, asked.POST)

    def start() -> Job:
        at = datetime.now(tz=UTC)
        return ask_for_load(home=home, at=at, by=_by(asked), **form.cleaned_data)

    job = _done(asked, form, start) if form.is_valid() else None
    return redirect("job", job.pk) if job else jobs_page(asked, status=422, load_form=form)


@needs(Right.START, whole=True)
@require_POST
def close(asked: Asked) -> HttpResponse:
    """Ask that a day be closed."""
    form = CloseForm(asked.desk, asked.POST)

    def start() -> Job:
        on = form.cleaned_data["as_of"]
        return ask_for_close(on=on, at=datetime.now(tz=UTC), by=_by(asked))

    job = _done(asked, form, start) if form.is_valid() else None
    return redirect("job", job.pk) if job else jobs_page(asked, status=422, close_form=form)


@needs(Right.START, whole=True)
@require_POST
def upload(asked: Asked) -> HttpResponse:
    """Put files into the inbox as one delivery."""
    form = UploadForm(asked.desk, asked.POST)

    def take() -> str:
        sent = asked.FILES.getlist("files")
        files = ((str(file.name), file.chunks()) for file in sent)
        return take_up(
            Home(settings.HOME), files, at=datetime.now(tz=UTC), name=form.cleaned_data["name"]
        )

    if form.is_valid() and _done(asked, form, take) is not None:
        return redirect("jobs")
    return jobs_page(asked, status=422, upload_form=form)


@needs(Right.START, whole=True)
@require_POST
def by_itself(asked: Asked) -> HttpResponse:
    """Say whether, when and how loads and closes run by themselves."""
    home = Home(settings.HOME)
    form = NightlyForm(asked.desk, home, nightly(), asked.POST)

    def keep() -> object:
        chosen = Settings(**form.cleaned_data)
        return set_nightly(home=home, settings=chosen, by=_by(asked), at=datetime.now(tz=UTC))

    if form.is_valid() and _done(asked, form, keep) is not None:
        return redirect("jobs")
    return jobs_page(asked, status=422, nightly_form=form)


@needs(Right.START, whole=True)
@require_POST
def end_job(asked: Asked, number: int) -> HttpResponse:
    """End a job that waits or runs; one that is over meanwhile stays as it is."""
    found = _job(number)
    with suppress(JobOver):
        end(job=found, at=datetime.now(tz=UTC), by=_by(asked))
    return redirect("job", found.pk)


@needs(Right.START, whole=True)
@require_POST
def again(asked: Asked, number: int) -> HttpResponse:
    """Ask once more for what was refused, failed or ended, as things stand now."""
    found, home = _job(number), Home(settings.HOME)
    try:
        job = _AGAIN[found.kind](found, home, datetime.now(tz=UTC), _by(asked))
    except Refusal as refused:
        form = LoadForm(asked.desk, home, {})
        form.add_error(None, in_words(refused, asked.desk.language))
        return jobs_page(asked, status=422, load_form=form)
    return redirect("job", job.pk)


def _load_again(job: Job, home: Home, at: datetime, by: str) -> Job:
    told = job.parameters
    return ask_for_load(
        home=home,
        delivery=job.subject,
        kind=told["kind"],
        mapping=told.get("mapping", ""),
        accept_drop=told.get("accept_drop"),
        delivered_on=_day(told.get("delivered_on")),
        at=at,
        by=by,
    )


def _close_again(job: Job, _: Home, at: datetime, by: str) -> Job:
    return ask_for_close(on=date.fromisoformat(job.subject), at=at, by=by)


def _same_again(job: Job, _: Home, at: datetime, by: str) -> Job:
    return ask(kind=job.kind, subject=job.subject, parameters=job.parameters, at=at, by=by)


_AGAIN: Final = {
    "load": _load_again,
    "close": _close_again,
    "bridge": _same_again,
    "report": _same_again,
}
"""How a job of each kind is asked for once more."""


def _day(told: str | None) -> date | None:
    return date.fromisoformat(told) if told else None


def _by(asked: Asked) -> str:
    return asked.desk.name(Right.START)


def _job(number: int) -> Job:
    found = Job.objects.filter(pk=number).first()
    if found is None:
        raise Http404
    return found


def _done(asked: Asked, form: forms.Form, do: Callable[[], T]) -> T | None:
    """Do something; what is refused is said beside the form."""
    try:
        return do()
    except Refusal as refused:
        form.add_error(None, in_words(refused, asked.desk.language))
        return None
