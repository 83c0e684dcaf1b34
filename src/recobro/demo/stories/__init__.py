"""The stories inside the demonstration bank: what happens, and to which loans and households."""

from recobro.demo.accounts import Book
from recobro.demo.stories import (
    contagion,
    cured,
    dealer,
    double_mortgage,
    guarantor,
    hail,
    judged,
    late_booked,
    paid_as_agreed,
    redefault,
    renewal,
    repossessed,
    reversed_payment,
    sold,
    staff_funded,
    village_group,
    written_off,
)
from recobro.demo.stories.cast import Story

_TOLD = (
    hail,
    dealer,
    renewal,
    double_mortgage,
    cured,
    redefault,
    contagion,
    written_off,
    sold,
    repossessed,
    guarantor,
    staff_funded,
    village_group,
    reversed_payment,
    late_booked,
    judged,
    paid_as_agreed,
)

STORIES: tuple[Story, ...] = tuple(module.STORY for module in _TOLD)
"""Every story with its name, what happens in it, and the ids of its loans and households."""


def tell(book: Book) -> None:
    """Write every story into the book."""
    for module in _TOLD:
        module.tell(book)
