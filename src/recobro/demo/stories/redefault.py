"""A home buyer clears the arrears and stops paying again half a year later."""

from datetime import date

from recobro.demo import security
from recobro.demo.accounts import Book
from recobro.demo.conduct import keep
from recobro.demo.stories.cast import Scene
from recobro.terms.codes import Guarantee

_CURED_ON = date(2025, 8, 11)
_SCENE = Scene(6, "QH-01-1")

STORY = _SCENE.story(
    "re-default",
    "A family misses its home loan from March 2025 on, is non-performing from 2025-06-07, clears"
    " all arrears on 2025-08-11, pays until December, and misses every instalment from January"
    " 2026 on: non-performing again from 2026-04-09.",
    loans=1,
    households=(1,),
)


def tell(book: Book) -> None:
    """Lend for a home, default, cure, default again."""
    account = _SCENE.lend(
        book, 1, _SCENE.person(book, 1, "罗小兵"), "home",
        yuan=380_000, rate=435, on=date(2022, 5, 8), months=120, guarantee=Guarantee.MORTGAGE,
    )  # fmt: skip
    security.secure(account, security.HOUSE, place=(34.142, 108.252))
    keep(account, until=date(2025, 3, 8))
    account.pay(_CURED_ON, account.arrears(_CURED_ON))
    keep(account, since=_CURED_ON, until=date(2026, 1, 1))
