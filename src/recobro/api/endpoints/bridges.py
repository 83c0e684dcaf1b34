from collections.abc import Sequence
from datetime import date, datetime
from typing import Annotated, Final

from django.http import Http404, HttpResponse
from ninja import Query, Router
from pydantic import ConfigDict

from recobro.api.answers import Amount, Answer, Page, money, page, part
from recobro.api.caller import Asked, Caller
from recobro.api.gate import Token
from recobro.api.inputs import Day, Paging, Place, Text, one_of
from recobro.api.once import CREATED, Key, created
from recobro.book import models
from recobro.book.queries import bridges as ask
from recobro.office.jobs.enums import State
from recobro.office.people.enums import Right
from recobro.reports.bridge import ORDER
from recobro.runs.operations.bridge import ask_for_bridge
from recobro.terms.refusal import Refusal

router = Router()

_CLOSING: Final = "closing"
_OPENING: Final = "opening"


class NoEarlierDay(Refusal):
    """There is no day from which a bridge could lead."""

    def __init__(self, as_of: date) -> None:
        super().__init__(f"No day before {as_of} is shown, so no bridge leads to it.")


class BridgeNotMade(Refusal):
    """The bridge is not there yet."""

    def __init__(self, since: date, as_of: date) -> None:
        super().__init__(
            f"The bridge from {since} to {as_of} has not been made yet. Ask for it by POST "
            "/bridge, and come again."
        )


class Days(Place):
    """Of which institution, and between which days."""

    since: Day | None = None
    """The earlier day, of a close that is shown; else the start of the year."""


class Behind(Days, Paging):
    """Of which cell the loans are asked for."""

    item: Annotated[str, one_of(ORDER)] = _CLOSING
    currency: Text = ""
    """Else the currency of most loans."""


class Cell(Answer):
    """What an item of a bridge adds up to, signed."""

    currency: str
    item: str
    """opening, closing, or what stands between: new, increases, cash …"""
    loans: int
    amount: Amount


class Bridge(Answer):
    """What led from one nonperforming balance to another; in each currency it adds up."""

    institution: str
    """With all below it."""
    since: date
    as_of: date
    cells: list[Cell]


class Moved(Answer):
    """What a loan has of a cell."""

    loan_no: int
    loan_id: str
    borrower_id: str
    """Who owed it on the day of the cell."""
    institution: str
    """Where it was on that day."""
    institution_now: str
    of_then: bool
    """Whether borrower and institution are of that day; else they are of now."""
    currency: str
    item: str
    amount: Amount


class TwoDays(Answer):
    """Between which days a bridge is to be made."""

    model_config = ConfigDict(extra="forbid")

    as_of: Day | None = None
    """Else the latest day that is shown."""
    since: Day | None = None
    """Else the start of its year."""


class Making(Answer):
    """How far a bridge is that somebody has asked for."""

    since: date
    as_of: date
    state: str
    """waiting or running; done once GET /bridge has it."""


@router.get("/bridge", response=Bridge, auth=Token(Right.FIGURES))
def bridge(request: Asked, days: Query[Days]) -> Bridge:
    """Return what led from one nonperforming balance of an institution to another."""
    caller = request.auth
    node = caller.one_node(Right.FIGURES, days.at)
    made = _made(caller, days)
    return Bridge(
        institution=node.pk,
        since=made.since.as_of,
        as_of=made.close.as_of,
        cells=[_cell(one) for one in _in_order(ask.cells(made, [node]))],
    )


@router.get("/bridge/loans", response=Page[Moved], auth=Token(Right.DEBTORS))
def bridge_loans(request: Asked, behind: Query[Behind]) -> Page[Moved]:
    """List exactly the loans behind a cell, the largest amounts first; they add up to it."""
    caller = request.auth
    node = caller.one_node(Right.DEBTORS, behind.at)
    made, item = _made(caller, behind), behind.item or _CLOSING
    currency = behind.currency or ask.main_currency(ask.cells(made, [node]))
    rows = ask.in_order(ask.moved(made, node, currency, [item]), ask.DEFAULT_SORT)
    shown = list(rows[part(behind)])
    then = ask.then_of([row.loan_id for row in shown], made, node, begins=item == _OPENING)
    return page(shown, lambda row: _moved(row, then(row.loan)), behind, total=rows.count())


@router.post("/bridge", response={CREATED: Making}, auth=Token(Right.FIGURES))
def make_bridge(request: Asked, wish: TwoDays, idempotency_key: Key = None) -> HttpResponse:
    """Ask that a bridge be made, of the whole bank at once; one that is there stays."""
    since, close = _closes(request.auth, wish.since, wish.as_of)

    def do(at: datetime) -> Making:
        state = State.DONE.value
        if ask.bridge_between(since, close) is None:
            job = ask_for_bridge(since=since, close=close, at=at, by=request.auth.user.username)
            state = job.state
        return Making(since=since.as_of, as_of=close.as_of, state=state)

    return created(request, idempotency_key, do)


def _closes(
    caller: Caller, since: date | None, as_of: date | None
) -> tuple[models.Close, models.Close]:
    """Return the closes of both days. Raises Http404 for one that is not shown, NoEarlierDay."""
    close = caller.close(as_of)
    if since is None:
        begun = ask.begins(close, caller.closes)
        if begun is None:
            raise NoEarlierDay(close.as_of)
        return begun, close
    begun = caller.close(since)
    if begun.as_of >= close.as_of:
        raise Http404
    return begun, close


def _made(caller: Caller, days: Days) -> models.Bridge:
    since, close = _closes(caller, days.since, days.as_of)
    found = ask.bridge_between(since, close)
    if found is None:
        raise BridgeNotMade(since.as_of, close.as_of)
    return found


def _in_order(cells: Sequence[models.BridgeCell]) -> list[models.BridgeCell]:
    return sorted(cells, key=lambda cell: (cell.currency, ORDER.index(cell.item)))


def _cell(one: models.BridgeCell) -> Cell:
    return Cell(
        currency=one.currency,
        item=one.item,
        loans=one.loans,
        amount=money(one.amount, one.currency),
    )


def _moved(row: models.BridgeLoan, then: ask.Then) -> Moved:
    return Moved(
        loan_no=row.loan_id,
        loan_id=row.loan.loan_id,
        borrower_id=then.borrower.pk,
        institution=then.institution.pk,
        institution_now=row.loan.institution_id,
        of_then=then.known,
        currency=row.currency,
        item=row.item,
        amount=money(row.amount, row.currency),
    )
