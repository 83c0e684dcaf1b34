"""A payment is booked two weeks after it was made, and the year end lies between."""

from datetime import date

from recobro.demo.accounts import Book
from recobro.demo.conduct import keep, wind_up
from recobro.demo.stories.cast import Scene

_PAID_ON, _BOOKED_ON = date(2025, 12, 29), date(2026, 1, 14)
_SCENE = Scene(15, "QH-04-2")

STORY = _SCENE.story(
    "late-booked",
    "A farm loan that matured on 2025-09-22 is repaid on 2025-12-29 to the bank's agent in the"
    " village and booked on 2026-01-14: non-performing in the close of the year as published,"
    " repaid when that close is made again.",
    loans=1,
    households=(1,),
)


def tell(book: Book) -> None:
    """Repay at the end of the year, and book it in the next."""
    account = _SCENE.lend(
        book, 1, _SCENE.person(book, 1, "马得水"), "farm-household",
        yuan=50_000, rate=650, on=date(2024, 9, 22), months=12,
    )  # fmt: skip
    keep(account, until=date(2025, 9, 20))
    account.pay(_PAID_ON, account.arrears(_PAID_ON), booked_on=_BOOKED_ON)
    wind_up(account)
