from datetime import date

from django.conf import settings
from ninja import Path, Query, Router

from recobro.api.answers import Amount, Answer, money
from recobro.api.caller import Asked
from recobro.api.endpoints.loans import OnDay, standing
from recobro.api.gate import Token
from recobro.api.inputs import Number
from recobro.office.people.enums import Right
from recobro.runs import explain as runs
from recobro.runs.home import Home

router = Router()


class Rule(Answer):
    """A rule that was looked at for the loan."""

    code: str
    grade: str
    """The best grade that it allows; normal: it does not apply."""
    until_on: date | None
    """The first day on which it holds the grade less, if the arrears are paid at once."""


class Instalment(Answer):
    """An instalment, and what became of it."""

    n: int
    due_on: date
    asked: Amount
    unpaid: Amount
    overdue: bool
    settled_on: date | None
    days_late: int


class Cure(Answer):
    """A way to a better grade: pay the amount by a day, and what comes due on its day."""

    amount: Amount
    by: date
    grade: str
    on: date
    """When the better grade takes effect."""


class Fall(Answer):
    """When the grade falls if nothing is paid, and what prevents it."""

    on: date
    grade: str
    amount: Amount | None
    """The least that prevents it, paid by the day; empty where no payment on this loan does."""
    by: date


class Why(Answer):
    """Why a loan has its grade, and what would change it."""

    loan_no: int
    loan_id: str
    as_of: date
    currency: str
    policy: str
    rules: list[Rule]
    instalments: list[Instalment]
    cures: list[Cure]
    fall: Fall | None


@router.get("/loans/{loan_no}/why", response=Why, auth=Token(Right.DEBTORS))
def why(request: Asked, loan_no: Path[Number], day: Query[OnDay]) -> Why:
    """Explain the grade of a problem loan: rules, instalments, and what would cure it."""
    found = standing(request, loan_no, day.as_of)
    told = runs.explain(home=Home(settings.HOME), loan_id=found.loan.loan_id, on=found.close.as_of)
    said, currency = told.explanation, found.currency
    return Why(
        loan_no=loan_no,
        loan_id=found.loan.loan_id,
        as_of=said.on,
        currency=currency,
        policy=told.policy.name,
        rules=[
            Rule(code=floor.step.code, grade=floor.grade.code, until_on=floor.until_on)
            for floor in said.floors
        ],
        instalments=[_instalment(one, currency) for one in said.instalments],
        cures=[
            Cure(amount=money(way.amount, currency), by=way.by, grade=way.grade.code, on=way.on)
            for way in said.outlook.returns
        ],
        fall=_fall(told, currency),
    )


def _instalment(one: runs.Instalment, currency: str) -> Instalment:
    return Instalment(
        n=one.n,
        due_on=one.due_on,
        asked=money(one.asked, currency),
        unpaid=money(one.unpaid, currency),
        overdue=one.overdue,
        settled_on=one.settled_on,
        days_late=one.days_late,
    )


def _fall(told: runs.Explained, currency: str) -> Fall | None:
    fall = told.explanation.outlook.fall
    if fall is None:
        return None
    amount = None if fall.amount is None else money(fall.amount, currency)
    return Fall(on=fall.on, grade=fall.grade.code, amount=amount, by=fall.by)
