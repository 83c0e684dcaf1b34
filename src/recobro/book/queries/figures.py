"""Figures of the closes that are shown."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from django.db.models import F, OuterRef, Q, QuerySet, Subquery

from recobro.book.models import Close, Figure, Institution
from recobro.book.queries.scope import Scope
from recobro.book.queries.sorting import chosen

SORTS: Final[Mapping[str, str]] = {
    "institution": "institution__path",
    "loans": "loans",
    "outstanding": "outstanding_principal",
    "nonperforming": "nonperforming_principal",
    "ratio": "nonperforming_ratio",
    "balance_change": "change",
    "ratio_change": "points",
    "overdue": "overdue_amount",
    "nonperforming_loans": "nonperforming_loans",
    "balance_before": "balance_before",
    "ratio_before": "ratio_before",
    "overdue_loans": "overdue_loans",
    "three_six_loans": "three_six_loans",
    "three_six": "three_six_principal",
    "provision": "provision",
    "allowance": "allowance",
}
"""What institutions can be ranked by, and the column that decides."""

DEFAULT_SORT: Final = "-ratio"


def whole(node: Institution, closes: Sequence[Close]) -> list[Figure]:
    """Return what all loans of a node add up to at some closes, earliest first."""
    rows = Figure.objects.filter(institution=node, close__in=closes, by="all")
    return list(rows.select_related("close").order_by("close__as_of", "currency"))


def parted(node: Institution, close: Close, by: str) -> list[Figure]:
    """Return the figures of a node parted by grade, bucket, product …, by currency."""
    rows = Figure.objects.filter(institution=node, close=close, by=by)
    return list(rows.order_by("currency", "value"))


def pictured(
    node: Institution, close: Close, closes: Sequence[Close], parts: Sequence[str]
) -> list[Figure]:
    """Return what all loans of a node add up to at some closes, and its parts at one of them.

    In one query; the whole by day, the parts by value.
    """
    wanted = Q(by="all", close__in=closes) | Q(by__in=parts, close=close)
    rows = Figure.objects.filter(wanted, institution=node).select_related("close")
    return list(rows.order_by("by", "close__as_of", "currency", "value"))


def parted_into(
    node: Institution, *, below: Sequence[Institution] | None = None
) -> list[Institution]:
    """Return the institutions directly below one, or below the only one that is.

    Of one alone there is nothing to compare. With `below`, where those directly below are known.
    """
    below = list(node.children.all()) if below is None else list(below)
    while len(below) == 1 and (next_below := list(below[0].children.all())):
        below = next_below
    return below


def ranked(
    node: Institution, closes: Sequence[Close], *, below: Sequence[Institution] | None = None
) -> list[Figure]:
    """Return what the institutions that a node is parted into add up to at some closes.

    With `below`, those directly below it, where they are known already.
    """
    parts = parted_into(node, below=below)
    rows = Figure.objects.filter(institution__in=parts, close__in=closes, by="all")
    return list(rows.select_related("institution", "close").order_by("institution__path"))


def main_currency(node: Institution | None, scope: Scope, close: Close) -> str:
    """Return the currency of most loans at a node, or at the tops of a scope; empty without any."""
    rows = Figure.objects.filter(close=close, by="all")
    rows = rows.filter(institution=node) if node else rows.filter(institution__path__in=scope.paths)
    most = rows.order_by("-loans", "currency").first()
    return most.currency if most else ""


def compared(
    scope: Scope, close: Close, since: Close | None, currency: str, *, kind: str = ""
) -> QuerySet[Any]:
    """Return what each institution of a scope has, beside what it had at an earlier close.

    `balance_before`, `outstanding_before` and `change`, `points` are null where it had nothing.
    """
    rows = Figure.objects.filter(
        scope.within("institution__path"), close=close, by="all", currency=currency
    )
    if kind:
        rows = rows.filter(institution__kind=kind)
    then = Figure.objects.filter(
        close=since, institution=OuterRef("institution"), by="all", currency=currency
    )
    before = {
        "balance_before": "nonperforming_principal",
        "outstanding_before": "outstanding_principal",
        "ratio_before": "nonperforming_ratio",
    }
    told = {name: Subquery(then.values(column)[:1]) for name, column in before.items()}
    return (
        rows.select_related("institution")
        .annotate(**told)
        .annotate(
            change=F("nonperforming_principal") - F("balance_before"),
            points=F("nonperforming_ratio") - F("ratio_before"),
        )
    )


def in_order(rows: QuerySet[Any], sort: str) -> QuerySet[Any]:
    """Sort by one of SORTS, downwards with a minus before it; what is not known comes last."""
    name, down = chosen(sort, SORTS, DEFAULT_SORT)
    column = F(SORTS[name])
    order = column.desc(nulls_last=True) if down else column.asc(nulls_last=True)
    return rows.order_by(order, "institution__path")
