"""A payment bounces a month later, and an earlier close looks different when it is made again."""

from datetime import date

from recobro.demo.accounts import Book
from recobro.demo.conduct import keep
from recobro.demo.stories.cast import Scene
from recobro.demo.timetable import LAST_ON

_REVERSED_ON = date(2026, 5, 6)
_PAID_AGAIN_ON = date(2026, 6, 25)
_SCENE = Scene(14, "QH-05-1")

STORY = _SCENE.story(
    "reversed",
    "The instalment of 2026-04-09 is paid by a cheque that bounces: the payment is reversed on"
    " 2026-05-06 and made good on 2026-06-25. The close of April knew nothing of it.",
    loans=1,
    households=(1,),
)


def tell(book: Book) -> None:
    """Pay, take the April payment back in May, pay again in June."""
    account = _SCENE.lend(
        book, 1, _SCENE.person(book, 1, "Carmen Liu"), "consumer",
        yuan=90_000, rate=590, on=date(2024, 11, 9), months=36,
    )  # fmt: skip
    keep(account, until=date(2026, 5, 1))
    bounced = account.payments[-1]
    keep(account, since=date(2026, 5, 1), until=LAST_ON)
    account.pay(_REVERSED_ON, bounced.amount, reverses=bounced.payment_id)
    account.pay(_PAID_AGAIN_ON, bounced.amount)
