from datetime import UTC, date, datetime
from typing import Annotated

from django.http import Http404
from ninja import Path, Query, Router

from recobro.api.answers import Amount, Answer, Page, money, page, part
from recobro.api.caller import Asked
from recobro.api.endpoints.loans import Loan, OnDay
from recobro.api.endpoints.loans import told as loan_told
from recobro.api.endpoints.teams import team_of
from recobro.api.gate import Token
from recobro.api.inputs import Number, Paging, Place, Text, one_of
from recobro.book.models import Borrower
from recobro.casework.case import models
from recobro.casework.case import queries as ask
from recobro.office.people.enums import Right
from recobro.oversight.teams.queries import cases_of
from recobro.terms.masking import masked

router = Router()


class Looked(Place, Paging):
    """Which open cases, in which order."""

    search: Text = ""
    """Words that are in a name, village or loan id of the household."""
    mine: bool = False
    """Only those for which you are responsible."""
    late: bool = False
    """Only those that are overdue."""
    written_off: bool = False
    """Only those of which all that is owed is written off."""
    team: Number | None = None
    """Only those of a team that you see, by its number."""
    sort: Annotated[str, one_of(ask.SORTS, downwards=True)] = ask.DEFAULT_SORT
    """With a minus before it downwards."""


class Line(Answer):
    """A household with an open case, and what it owes in one currency."""

    case: int
    """The number of the case."""
    household_id: str
    name: str
    village: str
    institution: str
    responsible: str
    """The user name of who collects."""
    opened_on: date
    due_on: date
    """The last day to be done with it in time."""
    currency: str
    loans: int
    outstanding_principal: Amount
    overdue_amount: Amount
    days_past_due: int
    grade: str
    """The worst among its loans."""
    written_off: bool
    """Whether none of these loans is on balance any more."""


class Member(Answer):
    """Somebody of the household; numbers are masked but for their last four signs."""

    borrower_id: str
    name: str
    village: str
    phone: str
    national_id: str


class Case(Answer):
    """A household's case."""

    case: int
    household_id: str
    institution: str
    responsible: str
    """The user name of who collects."""
    opened_on: date
    due_on: date
    """The last day to be done with it in time."""
    escalated_to: str
    """The institution whose head is to see to it that it is overdue; empty while it is not."""
    closed_on: date | None
    outcome: str
    """How it ended; empty while it is open."""
    theirs: bool
    """Whether it belongs to an institution of yours; else you see the loans of yours alone."""
    loans: list[Loan]
    """Its problem loans on the day."""
    people: list[Member]
    """Of the household, where the case is one of yours."""


@router.get("/cases", response=Page[Line], auth=Token(Right.DEBTORS))
def cases(request: Asked, looked: Query[Looked]) -> Page[Line]:
    """List the households with an open case: what they owe, and who is responsible."""
    caller = request.auth
    close = caller.close(looked.as_of)
    mine = [caller.user] if looked.mine else []
    late_on = datetime.now(tz=UTC).date() if looked.late else None
    scope = caller.within(Right.DEBTORS, looked.at)
    found = ask.open_cases(scope, responsible=mine, late_on=late_on)
    if looked.written_off:
        found = ask.written_off(found, close)
    if looked.team is not None:
        own = cases_of(team_of(request, looked.team), caller.scope(Right.DEBTORS))
        found = found.filter(pk__in=own)
    newest = close == caller.closes[0]
    rows = ask.households(close, found, search=looked.search, newest=newest)
    shown = ask.in_order(rows, looked.sort or ask.DEFAULT_SORT)[part(looked)]
    return page(ask.lines(shown, close=close), _line, looked, total=rows.count())


def _line(one: ask.Line) -> Line:
    currency = one.sums["currency"]
    return Line(
        case=one.case.pk,
        household_id=one.case.household_id,
        name=one.name,
        village=one.village,
        institution=one.case.institution_id,
        responsible=one.case.responsible.username,
        opened_on=one.case.opened_on,
        due_on=one.case.due_on,
        currency=currency,
        loans=one.sums["loans"],
        outstanding_principal=money(one.sums["outstanding"], currency),
        overdue_amount=money(one.sums["overdue"], currency),
        days_past_due=one.sums["days"],
        grade=one.grade,
        written_off=not one.on_balance,
    )


@router.get("/cases/{number}", response=Case, auth=Token(Right.DEBTORS))
def case(request: Asked, number: Path[Number], day: Query[OnDay]) -> Case:
    """Show a case: its loans, the household, who is responsible."""
    caller = request.auth
    found = case_of(request, number)
    scope = caller.scope(Right.DEBTORS)
    close = caller.close(day.as_of)
    theirs = scope.has(found.institution)
    members = Borrower.objects.filter(household_id=found.household_id) if theirs else []
    return Case(
        case=found.pk,
        household_id=found.household_id,
        institution=found.institution_id,
        responsible=found.responsible.username,
        opened_on=found.opened_on,
        due_on=found.due_on,
        escalated_to=found.escalated_to_id or "",
        closed_on=found.closed_on,
        outcome=found.outcome,
        theirs=theirs,
        loans=[loan_told(row, close.as_of) for row in ask.loans_of(found, close, scope)],
        people=[_member(one) for one in members],
    )


def _member(one: Borrower) -> Member:
    return Member(
        borrower_id=one.pk,
        name=str(one),
        village=one.village,
        phone=masked(one.phone),
        national_id=masked(one.national_id),
    )


def case_of(request: Asked, number: int) -> models.Case:
    """Return a case that the caller may see. Raises Http404 for another."""
    found = ask.case_in(request.auth.scope(Right.DEBTORS), number)
    if found is None:
        raise Http404
    return found
