"""Which closes are in force, and which of them the workplace shows."""

from datetime import date

from recobro.book.models import Close
from recobro.terms.refusal import Refusal


class NoClose(Refusal):
    """No close of a date has been published."""

    says = "{as_of} has not been closed. Close it first: recobro close --as-of {day}"

    def __init__(self, as_of: date) -> None:
        super().__init__(as_of=as_of, day=str(as_of))


def close_of(as_of: date) -> Close:
    """Return the close of a date that is in force: the newest one.

    Raises NoClose.
    """
    close = Close.objects.filter(as_of=as_of).first()
    if close is None:
        raise NoClose(as_of)
    return close


def closes_in_force() -> list[Close]:
    """Return the newest close of every closed date, earliest date first."""
    newest = {close.as_of: close for close in Close.objects.order_by("as_of", "id")}
    return list(newest.values())


def shown_closes() -> list[Close]:
    """Return the closes that the workplace shows, latest day first."""
    return list(Close.objects.filter(shown_at__isnull=False).defer("policy_text"))


def latest_shown() -> Close | None:
    """Return the close of the latest day that the workplace shows; None while it shows none."""
    shown = Close.objects.filter(shown_at__isnull=False).defer("policy_text")
    return shown.order_by("-as_of").first()
