"""A portfolio of bad loans is sold to an asset management company."""

from datetime import date, timedelta
from decimal import Decimal

from recobro.demo.accounts import Book
from recobro.demo.conduct import SALE_DAYS, keep
from recobro.demo.stories.cast import Scene
from recobro.terms.codes import ClosedAs, Source
from recobro.terms.money import share_of

_LOANS = 20
_SOLD_ON = SALE_DAYS[-1]
_PRICE = Decimal("0.36")
_SCENE = Scene(9, "QH-06-1")

STORY = _SCENE.story(
    "sold",
    "Twenty consumer loans at 龙潭 (Longtan) that went bad in spring 2024 are sold together on"
    " 2025-12-16, at 36 per cent of what was in arrears.",
    loans=_LOANS,
    households=range(1, _LOANS + 1),
)


def tell(book: Book) -> None:
    """Lend in 2023, stop paying in 2024, sell at the end of 2025."""
    for n in range(1, _LOANS + 1):
        account = _SCENE.lend(
            book, n, _SCENE.person(book, n), "consumer",
            yuan=40_000 + 5_000 * (n * 3 % 11), rate=660,
            on=date(2023, 4, 3) + timedelta(days=5 * n), months=24,
        )  # fmt: skip
        keep(account, until=date(2024, 3, 1))
        price = share_of(account.arrears(_SOLD_ON), _PRICE)
        account.pay(_SOLD_ON, price, Source.SALE, payer="中禾资产管理有限公司")
        account.close(_SOLD_ON, ClosedAs.SOLD)
