"""One writer at a time, of what holds for the whole bank."""

from recobro.book.models import Institution


def one_at_a_time() -> None:
    """Wait until nobody else changes what holds for the whole bank; until the transaction ends.

    What is numbered meanwhile becomes visible in the order of its numbers.
    """
    tops = Institution.objects.filter(parent__isnull=True).order_by("pk")
    list(tops.select_for_update(no_key=True).values_list("pk"))  # rows may name them meanwhile
