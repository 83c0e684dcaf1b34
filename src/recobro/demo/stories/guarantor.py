"""A guarantor pays for the borrower, in two parts."""

from datetime import date
from decimal import Decimal

from recobro.demo.accounts import Book
from recobro.demo.conduct import keep, wind_up
from recobro.demo.records import Obligor
from recobro.demo.stories.cast import Scene
from recobro.terms.codes import Guarantee, Liability, Role, Source
from recobro.terms.money import share_of

_FIRST_ON, _REST_ON = date(2026, 1, 20), date(2026, 2, 26)
_SCENE = Scene(11, "QH-03-1")

STORY = _SCENE.story(
    "guarantor",
    "A farm loan matures unpaid on 2025-08-14 and is non-performing from 2025-11-13. The"
    " borrower's brother, who guarantees it, pays half on 2026-01-20 and the rest on 2026-02-26.",
    loans=1,
    households=(1,),
)


def tell(book: Book) -> None:
    """Lend against a guarantee, and let the guarantor pay."""
    account = _SCENE.lend(
        book, 1, _SCENE.person(book, 1, "韩守田"), "farm-household",
        yuan=80_000, rate=665, on=date(2024, 8, 14), months=12, guarantee=Guarantee.GUARANTEE,
    )  # fmt: skip
    brother = _SCENE.person(book, 2, "韩守山")
    account.obligors.append(
        Obligor(
            account.loan.loan_id, brother.borrower_id, Role.GUARANTOR, Liability.JOINT,
            date(2028, 8, 14),
        )
    )  # fmt: skip
    keep(account, until=account.loan.matures_on)
    half = share_of(account.arrears(_FIRST_ON), Decimal("0.5"))
    account.pay(_FIRST_ON, half, Source.GUARANTOR, payer=brother.name)
    account.pay(_REST_ON, account.arrears(_REST_ON), Source.GUARANTOR, payer=brother.name)
    wind_up(account)
