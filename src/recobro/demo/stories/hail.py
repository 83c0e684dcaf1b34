"""Hail falls on a village and its farmers miss their harvest instalment together."""

from datetime import date, timedelta

from recobro.demo.accounts import Book
from recobro.demo.stories.cast import Scene
from recobro.terms.codes import Source

_FARMERS = 48
_INSURER_PAYS_ON = date(2026, 2, 25)
_SPRING_MONEY_ON = date(2026, 5, 20)
_SCENE = Scene(1, "QH-04-1")

STORY = _SCENE.story(
    "hail",
    "Hail on 2025-08-19 takes the harvest of 石榴沟 (Shiliugou). 48 spring loans that fall due in"
    " December 2025 are missed together; for a third the insurer pays in February 2026, a third"
    " repay in May out of other income, a third are still unpaid.",
    loans=_FARMERS,
    households=range(1, _FARMERS + 1),
)


def tell(book: Book) -> None:
    """Lend to the farmers of one village in March 2025, and let hail fall."""
    village = _SCENE.place.villages[0].name
    for n in range(1, _FARMERS + 1):
        farmer = _SCENE.person(book, n)
        book.borrowers[-1] = farmer._replace(
            village=village, address=f"{_SCENE.place.town}{village}{n}号"
        )
        account = _SCENE.lend(
            book, n, farmer, "spring-crop",
            yuan=18_000 + 1_000 * (n * 7 % 25), rate=590,
            on=date(2025, 3, 5) + timedelta(days=n % 20), months=9,
        )  # fmt: skip
        if n % 3 == 0:
            account.pay(
                _INSURER_PAYS_ON, account.arrears(_INSURER_PAYS_ON), Source.INSURER,
                payer="田野农业保险公司",
            )  # fmt: skip
        if n % 3 == 1:
            account.pay(_SPRING_MONEY_ON, account.arrears(_SPRING_MONEY_ON))
