"""A village group fails, and one of its members pays a part for all."""

from datetime import date
from decimal import Decimal

from recobro.demo.accounts import Book
from recobro.demo.conduct import keep
from recobro.demo.records import Obligor
from recobro.demo.stories.cast import Scene
from recobro.terms.codes import Guarantee, Liability, Role, Source
from recobro.terms.money import share_of

_MEMBERS = range(2, 7)
_MEMBER_PAYS_ON = date(2026, 4, 28)
_SCENE = Scene(13, "QH-02-2")

STORY = _SCENE.story(
    "village-group",
    "Five families of 三岔口 (Sanchakou) owe 300,000.00 together. The group misses December 2025"
    " and March 2026 and is non-performing from 2026-03-11; on 2026-04-28 one member pays 40 per"
    " cent of the arrears, and the others nothing.",
    loans=1,
    households=(1,),
)


def tell(book: Book) -> None:
    """Lend to the group, with its members as co-borrowers."""
    account = _SCENE.lend(
        book, 1, _SCENE.group(book, 1, "三岔口第三联保小组"), "village-group",
        yuan=300_000, rate=560, on=date(2025, 3, 10), months=12, guarantee=Guarantee.GUARANTEE,
    )  # fmt: skip
    members = [_SCENE.person(book, n) for n in _MEMBERS]
    share = 1 / Decimal(len(members))
    account.obligors += [
        Obligor(
            account.loan.loan_id, member.borrower_id, Role.CO_BORROWER, Liability.JOINT, None, share
        )
        for member in members
    ]
    keep(account, until=date(2025, 12, 10))
    part = share_of(account.arrears(_MEMBER_PAYS_ON), Decimal("0.4"))
    account.pay(_MEMBER_PAYS_ON, part, Source.CO_BORROWER, payer=members[0].name)
