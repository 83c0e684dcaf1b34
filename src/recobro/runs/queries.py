"""Which loads and closes there are."""

from datetime import date

from django.db.models import Max

from recobro.book.models import Close
from recobro.office.jobs.enums import State
from recobro.office.jobs.models import Job
from recobro.runs.models import Load, Nightly


def newest_loads(limit: int) -> tuple[list[Load], int]:
    """Return the newest loads, newest first, and how many there are in all."""
    return list(Load.objects.order_by("-number")[:limit]), Load.objects.count()


def newest_closes(limit: int) -> tuple[list[Close], int]:
    """Return the closes of the latest days, those in force first, and how many there are in all."""
    return list(Close.objects.all()[:limit]), Close.objects.count()


def nightly() -> Nightly:
    """Return how loads and closes run by themselves; off until somebody says otherwise."""
    return Nightly.objects.first() or Nightly()


def last_closed() -> date | None:
    """Return the latest day that was ever closed; None if none was."""
    latest: date | None = Close.objects.aggregate(Max("as_of"))["as_of__max"]
    return latest


def closed_days() -> set[date]:
    """Return the days that were ever closed."""
    return set(Close.objects.values_list("as_of", flat=True))


def delivered_last() -> date | None:
    """Return the day of the newest figures in the book; None where no load says of which day."""
    latest: date | None = Load.objects.aggregate(Max("delivered_on"))["delivered_on__max"]
    return latest


def was_refused(deliveries: list[str]) -> bool:
    """Tell whether one of some deliveries was refused as it was to be loaded."""
    refused = Job.objects.filter(kind="load", state=State.REFUSED)
    return refused.filter(subject__in=deliveries).exists()
