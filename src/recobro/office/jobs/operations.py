from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Case, Value, When

from recobro.journal.operations import NOBODY, record
from recobro.office.jobs.enums import FIRST, MOST_OPEN, MOVES, OPEN, State
from recobro.office.jobs.models import Job
from recobro.office.jobs.queries import open_job
from recobro.office.webhooks.enums import Event
from recobro.office.webhooks.operations import announce
from recobro.terms.refusal import Phrase, Refusal, told

ATTEMPTS = 3
"""So often a job is begun whose worker dies under it."""

_CUT_OFF = Phrase(
    "Its worker was ended {attempts} times before it was through, perhaps for want of memory. "
    "What was loaded and published before is as it was. Run recobro doctor, then ask again.",
    attempts=ATTEMPTS,
)
_CHAIN = "jobs"
_OF_A_RUN = ("started_at", "over_at", "reason", "told", "attempts", "step", "done", "of", "log")


class TooManyOpen(Refusal):
    """Somebody has asked for as much as one may at once."""

    says = (
        "{most_open} things that you asked for are not there yet; nothing was asked for. Wait "
        "until one of them is."
    )

    def __init__(self) -> None:
        super().__init__(most_open=MOST_OPEN)


class JobOver(Refusal):
    """The job is over; nothing of it can be ended."""

    says = "Job {number} is over, or counts already; nothing was changed."

    def __init__(self, job: Job) -> None:
        super().__init__(number=str(job.pk))


@transaction.atomic
def ask(
    *,
    kind: str,
    subject: str,
    at: datetime,
    parameters: Mapping[str, Any] | None = None,
    by: str = NOBODY,
) -> Job:
    """Ask for a job; where one of the kind and subject is open, that is returned.

    What a person asks for is in the journal. Parameters are what JSON can hold.
    """
    wanted = dict(parameters or {})
    try:
        with transaction.atomic():
            job = Job.objects.create(
                kind=kind, subject=subject, parameters=wanted, asked_by=by, asked_at=at
            )
    except IntegrityError:
        found = open_job(kind, subject)
        if found is None:  # it was over in that moment
            raise
        return found
    if by != NOBODY:
        record(
            chain=_CHAIN,
            act="jobs.asked",
            subject=str(job.pk),
            by=by,
            at=at,
            after={"kind": kind, "subject": subject, **wanted},
        )
    return job


def require_few(*, by: str, kind: str, subject: str) -> None:
    """Let nobody ask for more at once than others can wait for; the same again is one.

    Raises TooManyOpen.
    """
    own = Job.objects.filter(asked_by=by, state__in=OPEN).exclude(kind__in=FIRST)
    if own.exclude(kind=kind, subject=subject).count() >= MOST_OPEN:
        raise TooManyOpen


@transaction.atomic
def begin(*, at: datetime) -> Job | None:
    """Return the job that is next, from now on running; None if none waits.

    One that is said to run was left by a worker that died, since only one works at a time: it
    waits again, and has failed after so many attempts; if it counts already it is done.
    """
    for left in Job.objects.select_for_update().filter(state=State.RUNNING):
        if left.counts:
            _over(left, State.DONE, at)
        elif left.ending:
            _over(left, State.ENDED, at)
        elif left.attempts >= ATTEMPTS:
            _over(left, State.FAILED, at, reason=_CUT_OFF)
        else:
            _move(left, State.WAITING)
    rank = Case(When(kind__in=FIRST, then=Value(0)), default=Value(1))
    waiting = Job.objects.select_for_update().filter(state=State.WAITING)
    job = waiting.order_by(rank, "id").first()
    if job is None:
        return None
    job.started_at, job.over_at = at, None
    _because(job, "")
    job.attempts += 1
    job.step, job.done, job.of, job.log = "", 0, 0, []
    _move(job, State.RUNNING, *_OF_A_RUN)
    return job


def tell(*, job: Job, step: str, done: int, of: int, at: datetime) -> None:
    """Note how far a job is; a step that begins is a line of its log."""
    if step != job.step:
        job.log = [*job.log, {"step": step, "at": at.isoformat()}]
    job.step, job.done, job.of = step, done, of
    job.save(update_fields=["step", "done", "of", "log"])


@transaction.atomic
def finish(*, job: Job, outcome: Mapping[str, Any], at: datetime) -> Job:
    """Note that a job is done, and what came of it."""
    count(job=job, outcome=outcome)
    return _over(job, State.DONE, at)


@transaction.atomic
def refuse(*, job: Job, reason: Refusal | str, at: datetime) -> Job:
    """Note that a job could not be done, for a reason that somebody can mend."""
    return _over(job, State.REFUSED, at, reason=reason)


@transaction.atomic
def fail(*, job: Job, reason: Refusal | str, at: datetime) -> Job:
    """Note that a job could not be done, and the program is at fault."""
    return _over(job, State.FAILED, at, reason=reason)


@transaction.atomic
def put_back(*, job: Job, reason: Refusal | str, at: datetime) -> Job:
    """Let a job wait that something stands in the way of which passes by itself.

    One that somebody ended meanwhile is over.
    """
    own = Job.objects.select_for_update().get(pk=job.pk)
    if own.ending:
        return _over(own, State.ENDED, at)
    own.attempts -= 1
    _because(own, reason)
    return _move(own, State.WAITING, "attempts", "reason", "told")


def count(*, job: Job, outcome: Mapping[str, Any]) -> None:
    """Note that what a job does counts from now on, and what came of it."""
    job.counts, job.outcome = True, dict(outcome)
    job.save(update_fields=["counts", "outcome"])


@transaction.atomic
def end(*, job: Job, at: datetime, by: str) -> Job:
    """End a job: one that waits at once, one that runs as soon as its worker hears of it.

    Raises JobOver.
    """
    own = Job.objects.select_for_update().get(pk=job.pk)
    if not own.is_open or own.counts:
        raise JobOver(own)
    if own.state == State.RUNNING:
        own.ending = True
        own.save(update_fields=["ending"])
    else:
        _over(own, State.ENDED, at)
    record(chain=_CHAIN, act="jobs.ended", subject=str(own.pk), by=by, at=at)
    return own


def _over(job: Job, state: State, at: datetime, *, reason: Refusal | str = "") -> Job:
    job.over_at = at
    _because(job, reason)
    about = {"job": job.pk, "kind": job.kind, "state": state.value}
    addresses = [f"/api/v1/jobs/{job.pk}"]
    announce(event=Event.JOB_ENDED, about={**about, "addresses": addresses}, at=at)
    return _move(job, state, "over_at", "reason", "told")


def _because(job: Job, reason: Refusal | str) -> None:
    """Note why, in English and as other languages are said from."""
    job.reason = str(reason)
    job.told = told(reason) if isinstance(reason, Refusal | Phrase) else {}


def _move(job: Job, state: State, *also: str) -> Job:
    if state not in MOVES[State(job.state)]:
        message = f"{job} cannot become {state}."
        raise RuntimeError(message)
    job.state = state.value
    job.save(update_fields=["state", *also])
    return job
