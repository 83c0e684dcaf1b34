"""Bridges of the nonperforming balance: their cells, and the loans behind each."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.db.models import Count, F, QuerySet, Sum
from django.db.models.functions import Abs

from recobro.book.models import (
    Borrower,
    Bridge,
    BridgeCell,
    BridgeLoan,
    Close,
    Institution,
    Loan,
    Standing,
)
from recobro.book.queries.scope import Scope
from recobro.book.queries.sorting import chosen
from recobro.terms.dates import previous_year_end

SORTS: Final[Mapping[str, str]] = {
    "borrower": "loan__borrower__name",
    "loan": "loan__loan_id",
    "village": "loan__borrower__village",
    "institution": "loan__institution__path",
    "product": "loan__product",
    "item": "item",
    "amount": "size",
}
"""What the loans of a cell can be sorted by, and the column that decides."""

DEFAULT_SORT: Final = "-amount"


def begins(close: Close, closes: Sequence[Close]) -> Close | None:
    """Return the close from which a bridge usually leads to one: that of the start of its year.

    Where it is not shown the first of the year is, else the last before; None where none is
    earlier.
    """
    start = previous_year_end(close.as_of)
    earlier = sorted((one for one in closes if one.as_of < close.as_of), key=lambda one: one.as_of)
    of_year = [one for one in earlier if one.as_of >= start]
    return next(iter(of_year or earlier[-1:]), None)


def bridge_between(since: Close, close: Close) -> Bridge | None:
    """Return the bridge between two closes; None where it has not been made."""
    found = Bridge.objects.select_related("since", "close")
    return found.filter(since=since, close=close).first()


def cells(bridge: Bridge, nodes: Collection[Institution]) -> list[BridgeCell]:
    """Return the cells of a bridge at some institutions."""
    found = BridgeCell.objects.filter(bridge=bridge, institution__in=nodes)
    return list(found.order_by("institution__path", "currency", "item"))


def cells_between(since: Close, close: Close, node: Institution) -> list[BridgeCell]:
    """Return the cells of an institution of the bridge between two closes; none before it is made.

    Each with its bridge.
    """
    found = BridgeCell.objects.filter(
        bridge__since=since, bridge__close=close, institution=node
    ).select_related("bridge__since", "bridge__close")
    return list(found.order_by("currency", "item"))


def main_currency(cells: Iterable[BridgeCell]) -> str:
    """Return the currency of most loans among some cells; empty without any."""
    most = max(cells, key=lambda cell: cell.loans, default=None)
    return most.currency if most else ""


def moved(
    bridge: Bridge, node: Institution, currency: str, items: Collection[str]
) -> QuerySet[BridgeLoan]:
    """Return what loans have of some cells of an institution, with who owes them and where."""
    found = BridgeLoan.objects.filter(
        bridge=bridge, institution=node, currency=currency, item__in=items
    )
    return found.select_related("loan__borrower", "loan__institution")


def in_order(rows: QuerySet[BridgeLoan], sort: str) -> QuerySet[BridgeLoan]:
    """Sort by one of SORTS, downwards with a minus before it; by loan where that is equal.

    The largest amounts come first, whichever sign they have.
    """
    name, down = chosen(sort, SORTS, DEFAULT_SORT)
    column = F(SORTS[name])
    order = column.desc() if down else column.asc()
    return rows.annotate(size=Abs("amount")).order_by(order, "loan", "item")


def summed(rows: QuerySet[BridgeLoan]) -> tuple[int, int]:
    """Return how many loans there are, and what they add up to."""
    found = rows.order_by().aggregate(loans=Count("loan", distinct=True), amount=Sum("amount"))
    return found["loans"], found["amount"] or 0


@dataclass(frozen=True, slots=True)
class Then:
    """Who owed a loan of a bridge, and where it was."""

    borrower: Borrower
    institution: Institution
    known: bool
    """Whether it is of then; else what is now, of a loan that was a problem on neither day."""


def then_of(
    loans: Iterable[int] | QuerySet[BridgeLoan, Any],
    bridge: Bridge,
    node: Institution,
    *,
    begins: bool = False,
) -> Callable[[Loan], Then]:
    """Return how to find who owed a loan of a bridge and where it was, as an institution saw it.

    At the later day, or with `begins` at the earlier one; at the other where it was the
    institution's then alone.
    """
    found = Standing.objects.filter(close__in=[bridge.since_id, bridge.close_id])
    found = found.filter(institution__path__startswith=node.path, loan__in=loans)
    order = "-close__as_of" if begins else "close__as_of"
    found = found.select_related("borrower", "institution").order_by(order)
    stood = {standing.loan_id: standing for standing in found}

    def then(loan: Loan) -> Then:
        own = stood.get(loan.pk)
        if own is None:
            return Then(loan.borrower, loan.institution, known=False)
        return Then(own.borrower, own.institution, known=True)

    return then


def standings_of(rows: Collection[BridgeLoan], close: Close, scope: Scope) -> dict[int, Standing]:
    """Return where problem loans stand at a close, by loan_no; of those in a scope alone."""
    found = Standing.objects.filter(
        scope.within("institution__path"), close=close, loan__in=[row.loan_id for row in rows]
    )
    return {standing.loan_id: standing for standing in found}
