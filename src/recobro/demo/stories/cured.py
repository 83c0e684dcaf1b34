"""A company pays its arrears, and its grade is held until it has proved itself."""

from datetime import date

from recobro.demo import security
from recobro.demo.accounts import Book
from recobro.demo.conduct import keep
from recobro.demo.stories.cast import Scene
from recobro.demo.timetable import LAST_ON
from recobro.terms.codes import Guarantee

_CURED_ON = date(2025, 7, 18)
_SCENE = Scene(5, "QH-05-1")

STORY = _SCENE.story(
    "cured",
    "白塔金穗食品 (Baita Jinsui Foods) misses January and April 2025, is non-performing from"
    " 2025-04-13, and pays all arrears on 2025-07-18. It stays substandard until 2026-01-18, six"
    " months on and two instalments paid, and is normal after that.",
    loans=1,
    households=(1,),
)


def tell(book: Book) -> None:
    """Lend for equipment, miss two quarters, clear the arrears and go on as agreed."""
    account = _SCENE.lend(
        book, 1, _SCENE.company(book, 1, "白塔金穗食品有限公司"), "equipment",
        yuan=960_000, rate=470, on=date(2023, 10, 12), months=36, guarantee=Guarantee.MORTGAGE,
    )  # fmt: skip
    security.secure(account, security.PLANT, place=(34.262, 108.432))
    keep(account, until=date(2025, 1, 12))
    account.pay(_CURED_ON, account.arrears(_CURED_ON))
    keep(account, since=_CURED_ON, until=LAST_ON)
