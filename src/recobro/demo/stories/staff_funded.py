"""A loan officer pays the arrears of five borrowers just before the quarter ends."""

from datetime import date

from recobro.demo.accounts import Book
from recobro.demo.conduct import keep
from recobro.demo.places import officers_of
from recobro.demo.stories.cast import Scene
from recobro.terms.codes import Source

_BORROWERS = 5
_QUARTER_ENDS = (date(2025, 9, 29), date(2025, 12, 30), date(2026, 3, 30), date(2026, 6, 29))
_SCENE = Scene(12, "QH-08-1")
_OFFICER = officers_of("QH-08-1")[0]

STORY = _SCENE.story(
    "staff-funded",
    f"Five borrowers at 云岭 (Yunling) who have nothing to do with each other stop paying in July"
    f" 2025. Their officer {_OFFICER} pays all five on one day shortly before each quarter end,"
    f" so that no quarter shows them as bad.",
    loans=_BORROWERS,
    households=range(1, _BORROWERS + 1),
)


def tell(book: Book) -> None:
    """Lend to five, stop, and let the officer pay each quarter."""
    for n in range(1, _BORROWERS + 1):
        account = _SCENE.lend(
            book, n, _SCENE.person(book, n), "consumer",
            yuan=30_000 + 10_000 * n, rate=640, on=date(2024, 5, 4 + n), months=36,
        )  # fmt: skip
        keep(account, until=date(2025, 7, 1))
        for on in _QUARTER_ENDS:
            account.pay(on, account.arrears(on), Source.STAFF, payer=_OFFICER)
