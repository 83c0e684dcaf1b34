"""A renewal hides arrears: a new loan repays the old one a day before it is non-performing."""

from datetime import date

from recobro.demo.accounts import Book
from recobro.demo.conduct import keep
from recobro.demo.stories.cast import Scene
from recobro.demo.timetable import LAST_ON
from recobro.terms.codes import ClosedAs, Source

_BORROWERS = 3
_RENEWED_ON = date(2025, 9, 18)
_SCENE = Scene(3, "QH-06-2")

STORY = _SCENE.story(
    "renewal",
    "Three farm loans of September 2024 pay no interest from June 2025 on. On 2025-09-18, their"
    " 90th day past due, new loans over principal and arrears repay them. The new loans pay"
    " interest on time, and stay special mention because they replace the old ones.",
    loans=2 * _BORROWERS,
    households=range(1, _BORROWERS + 1),
)


def tell(book: Book) -> None:
    """Lend, leave the interest unpaid, and renew; odd loans are the old ones, even the new."""
    for n in range(1, _BORROWERS + 1):
        borrower = _SCENE.person(book, n)
        old = _SCENE.lend(
            book, 2 * n - 1, borrower, "farm-household",
            yuan=70_000 + 20_000 * n, rate=680, on=date(2024, 9, 10), months=12,
        )  # fmt: skip
        keep(old, until=date(2025, 6, 20))
        owed = old.arrears(_RENEWED_ON)
        new = _SCENE.lend(
            book, 2 * n, borrower, "farm-household",
            yuan=_whole_yuan(owed), rate=680, on=_RENEWED_ON, months=12, replaces=old.loan.loan_id,
        )  # fmt: skip
        old.pay(_RENEWED_ON, owed, Source.NEW_LOAN, payer=borrower.name)
        old.close(_RENEWED_ON, ClosedAs.REPLACED)
        keep(new, until=LAST_ON)


def _whole_yuan(fen: int) -> int:
    return -(-fen // 100)
