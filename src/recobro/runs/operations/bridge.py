"""Make the bridge from one day that is shown to a later one: its cells and loans become rows."""

from datetime import date, datetime, timedelta

import ibis
import ibis.expr.types as ir
from django.db import transaction

from recobro.book.models import Bridge, BridgeCell, BridgeLoan, Close
from recobro.book.queries import shown_closes
from recobro.book.queries.bridges import begins, bridge_between
from recobro.engine.backends.duck import Duck
from recobro.journal.operations import NOBODY
from recobro.office.jobs.models import Job
from recobro.office.jobs.operations import ask, require_few
from recobro.runs.board import opened
from recobro.runs.home import Home
from recobro.runs.operations.filling import fill
from recobro.runs.progress import Progress, silent
from recobro.runs.questions import bridge_of
from recobro.terms.refusal import Refusal

KIND = "bridge"
"""The jobs that make bridges; their subject is both days."""

_ABOUT = " "
_AGAIN = timedelta(days=1)
"""What was refused, by itself, is not asked for again before."""


class DayNotShown(Refusal):
    """A bridge stands on two days that the pages show."""

    says = (
        "The pages do not show {on}, so no bridge can stand on it; nothing was made. They show the "
        "newest close and those of month ends."
    )

    def __init__(self, on: date) -> None:
        super().__init__(on=on)


class NotEarlier(Refusal):
    """A bridge leads forwards."""

    says = "{since} is not before {as_of}; no bridge was made. Name the earlier day first."

    def __init__(self, since: date, as_of: date) -> None:
        super().__init__(since=since, as_of=as_of)


class ClosedAnew(Refusal):
    """One of the days was closed anew while the bridge was being made."""

    says = (
        "{since} or {as_of} has been closed anew; the bridge between them was not made. Ask for it "
        "again."
    )

    def __init__(self, since: date, as_of: date) -> None:
        super().__init__(since=since, as_of=as_of)


def make_bridge(
    *, home: Home, since: date, as_of: date, at: datetime, progress: Progress = silent
) -> Bridge:
    """Make the bridge between two days that are shown; one that is there stays.

    What takes long is computed before anybody has to wait for it. Raises DayNotShown, NotEarlier,
    ClosedAnew, InvariantBroken, and what opening a board raises.
    """
    if since >= as_of:
        raise NotEarlier(since, as_of)
    with home.told():
        begun, close = _shown(since), _shown(as_of)
        if found := bridge_between(begun, close):
            return found
        with opened(home, as_of=as_of, since=since) as board:
            progress("bridge", 0, 1)
            cells, loans = bridge_of(board)
            used = (board.closed(since), board.close)
            with home.showing(), transaction.atomic():
                if used != (begun, close) or used != (_shown(since), _shown(as_of)):
                    raise ClosedAnew(since, as_of)
                made, new = Bridge.objects.get_or_create(
                    since=begun, close=close, defaults={"made_at": at}
                )
                if new:
                    _put(made, cells, loans, board.duck)
                return made


def ask_for_bridge(*, since: Close, close: Close, at: datetime, by: str = NOBODY) -> Job:
    """Ask for the bridge between two closes that are shown. Raises TooManyOpen."""
    if by != NOBODY:
        require_few(by=by, kind=KIND, subject=subject_of(since, close))
    return ask(kind=KIND, subject=subject_of(since, close), at=at, by=by)


def ask_for_usual(*, at: datetime) -> Job | None:
    """Ask for the bridge that most look at: up to the newest day; None where it is there.

    One that could not be made is asked for again the next day.
    """
    closes = shown_closes()
    since = begins(closes[0], closes) if closes else None
    if since is None or bridge_between(since, closes[0]):
        return None
    tried = Job.objects.filter(kind=KIND, subject=subject_of(since, closes[0]))
    shown = (each.shown_at for each in (since, closes[0]) if each.shown_at)  # anew: not tried yet
    if tried.filter(asked_at__gte=max(at - _AGAIN, *shown)).exists():
        return None
    return ask_for_bridge(since=since, close=closes[0], at=at)


def subject_of(since: Close, close: Close) -> str:
    """Return what a job says that it makes the bridge of."""
    return f"{since.as_of}{_ABOUT}{close.as_of}"


def days_of(subject: str) -> tuple[date, date]:
    """Return the days that a job makes the bridge of."""
    since, as_of = subject.split(_ABOUT)
    return date.fromisoformat(since), date.fromisoformat(as_of)


def _shown(on: date) -> Close:
    found = Close.objects.filter(as_of=on, shown_at__isnull=False).first()
    if found is None:
        raise DayNotShown(on)
    return found


def _put(made: Bridge, cells: ir.Table, loans: ir.Table, duck: Duck) -> None:
    of, cell = ibis.literal(made.pk), ("institution_id", "currency", "item", "amount")
    fill(BridgeCell, cells.select(*cell, "loans", bridge_id=of), duck)
    fill(BridgeLoan, loans.select(*cell, bridge_id=of, loan_id="loan_no"), duck)
