"""A company restructures one loan, defaults on another, and all its loans fall with it."""

from datetime import date
from itertools import takewhile

from recobro.demo import security
from recobro.demo.accounts import Account, Book, Schedule
from recobro.demo.conduct import keep
from recobro.demo.records import Restructuring
from recobro.demo.schedules import equal_principal_by_quarter
from recobro.demo.stories.cast import Scene
from recobro.demo.timetable import LAST_ON
from recobro.terms.codes import Guarantee

_RESTRUCTURED_ON = date(2025, 9, 22)
_EXTENDED_MONTHS = 36
_STOPS_ON = date(2025, 9, 20)
_RESTRUCTURED, _UNPAID = 1, 2
_SCENE = Scene(7, "QH-02-1")

STORY = _SCENE.story(
    "contagion",
    "柳湾恒达粮油 (Liuwan Hengda Grain) has four loans. The first is restructured in difficulty"
    " on 2025-09-22 and paid since; the second pays no interest from 2025-09-20 on and is"
    " non-performing from 2025-12-20. That is more than a tenth of the debt: all four are"
    " substandard at the end of 2025.",
    loans=4,
    households=(1,),
)


def tell(book: Book) -> None:
    """Lend four times; restructure the first, stop paying the second, keep the others."""
    company = _SCENE.company(book, 1, "柳湾恒达粮油有限公司 Hengda Grain")
    for n, product, yuan, on in (
        (1, "equipment", 360_000, date(2024, 6, 18)),
        (2, "working-capital", 250_000, date(2025, 7, 4)),
        (3, "working-capital", 150_000, date(2025, 8, 26)),
        (4, "equipment", 240_000, date(2025, 2, 11)),
    ):
        account = _SCENE.lend(
            book, n, company, product, yuan=yuan, rate=480, on=on,
            months=12 if product == "working-capital" else 36, guarantee=Guarantee.MORTGAGE,
        )  # fmt: skip
        security.secure(account, security.PLANT, place=(34.176, 108.301))
        if n == _RESTRUCTURED:
            _restructure(account)
        keep(account, until=_STOPS_ON if n == _UNPAID else LAST_ON)


def _restructure(account: Account) -> None:
    """Spread what is not yet due over three years from the day of the change."""
    loan = account.loan
    past = list(takewhile(lambda part: part.due_on <= _RESTRUCTURED_ON, account.instalments))
    left = loan.principal - sum(part.principal_due for part in past)
    coming = equal_principal_by_quarter(left, loan.annual_rate, _RESTRUCTURED_ON, _EXTENDED_MONTHS)
    schedule = [*past, *(part._replace(n=part.n + len(past)) for part in coming)]
    account.rescheduled = (_RESTRUCTURED_ON, Schedule(schedule))
    account.restructuring = Restructuring(
        loan.loan_id, _RESTRUCTURED_ON, coming[0].due_on, difficulty=True
    )
    loan.matures_on = schedule[-1].due_on
