"""Which loads and closes there are."""

from recobro.book.models import Close
from recobro.runs.models import Load


def newest_loads(limit: int) -> tuple[list[Load], int]:
    """Return the newest loads, newest first, and how many there are in all."""
    return list(Load.objects.order_by("-number")[:limit]), Load.objects.count()


def newest_closes(limit: int) -> tuple[list[Close], int]:
    """Return the closes of the latest days, those in force first, and how many there are in all."""
    return list(Close.objects.all()[:limit]), Close.objects.count()
