from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Final

from django.http import Http404
from ninja import Query, Router

from recobro.api.answers import Amount, Answer, Page, money, page, part
from recobro.api.caller import Asked, Caller
from recobro.api.gate import Token
from recobro.api.inputs import Day, Paging, Place, Text, one_of
from recobro.book import models
from recobro.book.queries import figures as ask
from recobro.office.people.enums import Right
from recobro.terms.codes import InstitutionKind
from recobro.terms.dates import month_end, previous_year_end

router = Router()

PARTED_BY: Final = ("all", "product", "guarantee", "segment", "grade", "bucket")
_MONTHS: Final = 37
"""Closes of a history: three years of month ends and one more."""


class Parted(Place):
    """One institution, and by what its loans are parted."""

    by: Annotated[str, one_of(PARTED_BY)] = "all"
    """By what the loans are parted."""


class Ranked(Place, Paging):
    """Which institutions are compared, and in which order."""

    kind: Annotated[str, one_of(InstitutionKind)] = ""
    """Only those of a kind."""
    currency: Text = ""
    """Else the currency of most loans."""
    since: Day | None = None
    """The day to compare with, of a close that is shown; else the end of the year before."""
    sort: Annotated[str, one_of(ask.SORTS, downwards=True)] = ask.DEFAULT_SORT
    """With a minus before it downwards."""


class Figure(Answer):
    """What loans on balance add up to; never across currencies."""

    institution: str
    """With all below it."""
    as_of: date
    currency: str
    by: str
    value: str
    """The product, grade … of these loans; empty for all of them."""
    loans: int
    outstanding_principal: Amount
    nonperforming_principal: Amount
    nonperforming_loans: int
    nonperforming_ratio: str | None
    """Of the outstanding principal: 0.025 are 2.5 per cent; empty where nothing is outstanding."""
    overdue_amount: Amount
    overdue_loans: int
    provision: Amount
    three_six_loans: int
    """Missed three in a row, or six in all."""
    three_six_principal: Amount


class Compared(Answer):
    """What an institution has, beside what it had at an earlier close."""

    figure: Figure
    since: date | None
    """The earlier day; empty where none is shown, and with it all that was before."""
    nonperforming_before: Amount | None
    outstanding_before: Amount | None
    nonperforming_ratio_before: str | None
    change: Amount | None
    """Of what is nonperforming."""


def _told(one: models.Figure, as_of: date) -> Figure:
    def told(name: str) -> str:
        return money(getattr(one, name), one.currency)

    return Figure(
        institution=one.institution_id,
        as_of=as_of,
        currency=one.currency,
        by=one.by,
        value=one.value,
        loans=one.loans,
        outstanding_principal=told("outstanding_principal"),
        nonperforming_principal=told("nonperforming_principal"),
        nonperforming_loans=one.nonperforming_loans,
        nonperforming_ratio=_ratio(one.nonperforming_ratio),
        overdue_amount=told("overdue_amount"),
        overdue_loans=one.overdue_loans,
        provision=told("provision"),
        three_six_loans=one.three_six_loans,
        three_six_principal=told("three_six_principal"),
    )


def _ratio(ratio: Decimal | None) -> str | None:
    return None if ratio is None else str(ratio)


@router.get("/figures", response=list[Figure], auth=Token(Right.FIGURES))
def figures(request: Asked, place: Query[Parted]) -> list[Figure]:
    """Return what the loans of an institution add up to, by currency, parted if you like."""
    close = request.auth.close(place.as_of)
    rows = ask.parted(request.auth.one_node(Right.FIGURES, place.at), close, place.by or "all")
    return [_told(row, close.as_of) for row in rows]


@router.get("/figures/below", response=list[Figure], auth=Token(Right.FIGURES))
def figures_below(request: Asked, place: Query[Place]) -> list[Figure]:
    """Return what the loans of each institution right below add up to.

    Where only one is below, that of those below it.
    """
    close = request.auth.close(place.as_of)
    return [
        _told(row, close.as_of)
        for row in ask.ranked(request.auth.one_node(Right.FIGURES, place.at), [close])
    ]


@router.get("/figures/history", response=list[Figure], auth=Token(Right.FIGURES))
def figures_history(request: Asked, place: Query[Place]) -> list[Figure]:
    """Return what the loans of an institution added up to on a day and the month ends before it."""
    close = request.auth.close(place.as_of)
    earlier = [one for one in request.auth.closes if one.as_of < close.as_of]
    ends = [one for one in earlier if one.as_of == month_end(one.as_of)][:_MONTHS]
    rows = ask.whole(request.auth.one_node(Right.FIGURES, place.at), [close, *ends])
    return [_told(row, row.close.as_of) for row in rows]


@router.get("/figures/compared", response=Page[Compared], auth=Token(Right.FIGURES))
def figures_compared(request: Asked, looked: Query[Ranked]) -> Page[Compared]:
    """Rank the institutions that you see by a figure, beside what each had at an earlier close."""
    caller = request.auth
    close, scope = caller.close(looked.as_of), caller.within(Right.FIGURES, looked.at)
    since = _earlier(caller, close, looked.since)
    node = caller.node(Right.FIGURES, looked.at) if looked.at else None
    currency = looked.currency or ask.main_currency(node, scope, close)
    rows = ask.compared(scope, close, since, currency, kind=looked.kind)
    ordered = ask.in_order(rows, looked.sort or ask.DEFAULT_SORT)
    return page(
        ordered[part(looked)], lambda row: _compared(row, close, since), looked, total=rows.count()
    )


def _earlier(caller: Caller, close: models.Close, since: date | None) -> models.Close | None:
    """Return the close to compare with. Raises Http404 for one named that is none."""
    day = since or previous_year_end(close.as_of)
    found = next((one for one in caller.closes if one.as_of == day < close.as_of), None)
    if since is not None and found is None:
        raise Http404
    return found


def _compared(row: Any, close: models.Close, since: models.Close | None) -> Compared:  # noqa: ANN401 - annotated
    def before(units: int | None) -> str | None:
        return None if units is None else money(units, row.currency)

    return Compared(
        figure=_told(row, close.as_of),
        since=since and since.as_of,
        nonperforming_before=before(row.balance_before),
        outstanding_before=before(row.outstanding_before),
        nonperforming_ratio_before=_ratio(row.ratio_before),
        change=before(row.change),
    )
