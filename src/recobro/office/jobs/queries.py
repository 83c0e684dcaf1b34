from recobro.office.jobs.enums import OPEN, State
from recobro.office.jobs.models import Job


def open_jobs() -> list[Job]:
    """Return the jobs that run and those that wait, in the order in which they are done."""
    return list(Job.objects.filter(state__in=OPEN).order_by("state", "id"))


def is_waited_for() -> bool:
    """Tell whether a job waits, or is said to run."""
    return Job.objects.filter(state__in=OPEN).exists()


def open_job(kind: str, subject: str) -> Job | None:
    """Return the job of a kind and subject that waits or runs; None if none does."""
    return Job.objects.filter(kind=kind, subject=subject, state__in=OPEN).first()


def is_ending(job: Job) -> bool:
    """Tell whether somebody asked that a running job be ended, while nothing of it counts."""
    running = Job.objects.filter(pk=job.pk, state=State.RUNNING)
    return running.filter(ending=True, counts=False).exists()


def last_job(kind: str, subject: str) -> Job | None:
    """Return the job of a kind and subject that was asked for last; None if none was."""
    return Job.objects.filter(kind=kind, subject=subject).last()
