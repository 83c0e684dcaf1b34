"""A dealer who used to advance his customers' instalments stops."""

from datetime import date, timedelta

from recobro.demo.accounts import Account, Book
from recobro.demo.records import Borrower, Obligor
from recobro.demo.stories.cast import Scene
from recobro.terms.codes import Guarantee, Liability, Role, Source

_BUYERS = 24
_DEALER = 100
_STOPS_ON = date(2026, 4, 1)
_SCENE = Scene(2, "QH-07-1")

STORY = _SCENE.story(
    "dealer",
    "丰达农机 (Fengda Machinery) advances the monthly instalments of 24 buyers of its harvesters"
    " until March 2026, then stops. April, May and June 2026 are missed: three in a row at the"
    " end of June, 76 days past due and not yet non-performing.",
    loans=_BUYERS,
    households=range(1, _BUYERS + 1),
)


def tell(book: Book) -> None:
    """Lend to the buyers in 2024 and 2025 and let the dealer pay for as long as he does."""
    dealer = _SCENE.company(book, _DEALER, "丰达农机经销有限公司 Fengda")
    for n in range(1, _BUYERS + 1):
        account = _SCENE.lend(
            book, n, _SCENE.person(book, n), "dealer-machinery",
            yuan=60_000 + 10_000 * (n % 8), rate=580,
            on=date(2024 + n % 2, 9, 15), months=36, guarantee=Guarantee.GUARANTEE,
        )  # fmt: skip
        account.obligors.append(
            Obligor(account.loan.loan_id, dealer.borrower_id, Role.DEALER, Liability.JOINT)
        )
        _advance(account, dealer)


def _advance(account: Account, dealer: Borrower) -> None:
    for part in account.instalments:
        if part.due_on < _STOPS_ON:
            on = part.due_on - timedelta(days=1)
            account.pay(on, part.due, Source.DEALER, payer=dealer.name)
