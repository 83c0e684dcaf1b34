"""An old loan is written off; the account is closed, the claim is kept."""

from datetime import date

from recobro.demo.accounts import Book
from recobro.demo.records import Obligor
from recobro.demo.stories.cast import Scene
from recobro.terms.codes import Guarantee, Liability, Role, Source

_SCENE = Scene(8, "QH-03-2")

STORY = _SCENE.story(
    "written-off",
    "A farm loan of March 2021 was never repaid, matured in March 2022 and was written off on"
    " 2023-06-30. The court still collects: in November 2025 and in April 2026.",
    loans=1,
    households=(1,),
)


def tell(book: Book) -> None:
    """Lend, write off, and collect a little years later."""
    account = _SCENE.lend(
        book, 1, _SCENE.person(book, 1, "葛老五"), "farm-household",
        yuan=60_000, rate=720, on=date(2021, 3, 18), months=12, guarantee=Guarantee.GUARANTEE,
    )  # fmt: skip
    guarantor = _SCENE.person(book, 2, "葛明山")
    account.obligors.append(
        Obligor(
            account.loan.loan_id, guarantor.borrower_id, Role.GUARANTOR, Liability.GENERAL,
            date(2022, 9, 18),
        )
    )  # fmt: skip
    account.loan.written_off_on = date(2023, 6, 30)
    account.pay(date(2025, 11, 20), 650_000, Source.COURT)
    account.pay(date(2026, 4, 16), 380_000, Source.COURT)
