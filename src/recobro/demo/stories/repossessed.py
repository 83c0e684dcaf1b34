"""A shop is taken over in settlement of the debt that it secured."""

from datetime import date

from recobro.demo import security
from recobro.demo.accounts import Book
from recobro.demo.conduct import keep
from recobro.demo.stories.cast import Scene
from recobro.terms.codes import ClosedAs, Guarantee, Source

_TAKEN_ON = date(2026, 3, 30)
_SCENE = Scene(10, "QH-01-2")

STORY = _SCENE.story(
    "repossessed",
    "A shopkeeper stops paying in October 2024. By a court ruling of 2026-03-30 the bank takes"
    " the mortgaged shop in settlement of the whole debt.",
    loans=1,
    households=(1,),
)


def tell(book: Book) -> None:
    """Lend against a shop, stop paying, settle in kind."""
    account = _SCENE.lend(
        book, 1, _SCENE.person(book, 1, "邓春生"), "shop",
        yuan=420_000, rate=610, on=date(2023, 3, 22), months=36, guarantee=Guarantee.MORTGAGE,
    )  # fmt: skip
    security.secure(account, security.SHOP, place=(34.139, 108.248))
    keep(account, until=date(2024, 10, 1))
    account.pay(_TAKEN_ON, account.arrears(_TAKEN_ON), Source.ASSET_IN_KIND)
    account.close(_TAKEN_ON, ClosedAs.REPOSSESSED)
