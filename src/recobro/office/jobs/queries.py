from recobro.office.jobs.enums import OPEN, State
from recobro.office.jobs.models import Job


def open_jobs() -> list[Job]:
    """Return the jobs that run and those that wait, in the order in which they are done."""
    return list(Job.objects.filter(state__in=OPEN).order_by("state", "id"))


def is_waited_for() -> bool:
    """Tell whether a job waits, or is said to run."""
    return Job.objects.filter(state__in=OPEN).exists()


def alike(kind: str, parameters: dict[str, object]) -> Job | None:
    """Return the job of the same kind and parameters that waits or runs; None if none does."""
    found = Job.objects.filter(kind=kind, state__in=OPEN)
    return next((job for job in found if job.parameters == parameters), None)


def is_ending(job: Job) -> bool:
    """Tell whether somebody asked that a running job be ended."""
    return Job.objects.filter(pk=job.pk, state=State.RUNNING, ending=True).exists()
