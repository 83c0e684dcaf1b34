"""The risk department decides: a delay that was the bank's own, and a company in liquidation."""

from datetime import date

from recobro.demo.accounts import Book
from recobro.demo.conduct import keep
from recobro.demo.places import RISK_OFFICERS
from recobro.demo.records import Judgement
from recobro.demo.stories.cast import Scene
from recobro.demo.timetable import LAST_ON
from recobro.terms.codes import Judgement as Kind

_SCENE = Scene(16, "QH-07-2")

STORY = _SCENE.story(
    "judged",
    "A wage earner's instalment of 2026-03-28 arrives on 2026-04-02 because the bank changed its"
    " payment system: judged a technical delay, the loan stays normal at the end of March. A"
    " company that pays on time goes into liquidation on 2026-02-10: judged a loss.",
    loans=2,
    households=(1, 2),
)


def tell(book: Book) -> None:
    """Lend to both, and write down what was decided about them."""
    wage = _SCENE.lend(
        book, 1, _SCENE.person(book, 1, "Batu Sarnai"), "consumer",
        yuan=48_000, rate=600, on=date(2024, 7, 28), months=36,
    )  # fmt: skip
    keep(wage, until=date(2026, 3, 28))
    wage.pay(date(2026, 4, 2), wage.arrears(date(2026, 4, 2)))
    keep(wage, since=date(2026, 4, 3), until=LAST_ON)
    company = _SCENE.company(book, 2, "双河宏图物流有限公司")
    capital = _SCENE.lend(
        book, 2, company, "working-capital", yuan=300_000, rate=520, on=date(2025, 7, 16), months=12
    )
    keep(capital, until=date(2026, 6, 1))
    book.judgements += [
        Judgement(
            "PD900001", wage.loan.loan_id, None, Kind.TECHNICAL_DELAY, None, date(2026, 3, 29),
            date(2026, 4, 10), "支付系统切换，资金到账延迟", RISK_OFFICERS[0],
        ),
        Judgement(
            "PD900002", None, company.borrower_id, Kind.LIQUIDATION, None, date(2026, 2, 10),
            None, "法院裁定受理破产清算", RISK_OFFICERS[1],
        ),
    ]  # fmt: skip
