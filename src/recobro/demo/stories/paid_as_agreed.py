"""Three loans that are paid as agreed and whose rows are typed badly."""

from datetime import date

from recobro.demo.accounts import Book
from recobro.demo.conduct import keep, wind_up
from recobro.demo.stories.cast import Scene
from recobro.demo.timetable import LAST_ON

_SCENE = Scene(17, "QH-03-1")

STORY = _SCENE.story(
    "mistakes",
    "Three loans are paid as agreed, and their rows are typed badly in the deliveries of July and"
    " November 2025 and April 2026: some a load rejects, of some it warns.",
    loans=3,
    households=(1, 2, 3),
)


def tell(book: Book) -> None:
    """Lend the three loans and let them be paid; what is typed badly stands with the deliveries."""
    for n, product, on, months in (
        (1, "farm-household", date(2023, 3, 8), 12),
        (2, "consumer", date(2025, 6, 10), 24),
        (3, "farm-machinery", date(2025, 3, 12), 24),
    ):
        account = _SCENE.lend(
            book, n, _SCENE.person(book, n), product, yuan=60_000, rate=600, on=on, months=months
        )
        keep(account, until=LAST_ON)
        wind_up(account)
