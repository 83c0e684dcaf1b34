from datetime import date
from decimal import Decimal
from typing import Annotated, Final

from ninja import Query, Router

from recobro.api.answers import Amount, Answer, money
from recobro.api.caller import Asked
from recobro.api.gate import Token
from recobro.api.inputs import Place, one_of
from recobro.book import models
from recobro.book.queries import figures as ask
from recobro.office.people.enums import Right
from recobro.terms.dates import month_end
from recobro.terms.refusal import Refusal

router = Router()

PARTED_BY: Final = ("all", "product", "guarantee", "segment", "grade", "bucket")
_MONTHS: Final = 37
"""Closes of a history: three years of month ends and one more."""


class NameAnInstitution(Refusal):
    """Somebody sees several trees, and has not said which they mean."""

    def __init__(self) -> None:
        super().__init__("You see several institutions: name one of them, as ?at=ID.")


class Parted(Place):
    """One institution, and by what its loans are parted."""

    by: Annotated[str, one_of(PARTED_BY)] = "all"
    """By what the loans are parted."""


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


def _node(request: Asked, at: str) -> models.Institution:
    """Return the institution named, else the topmost; somebody with several must name one."""
    caller = request.auth
    if at:
        return caller.node(Right.FIGURES, at)
    tops = list(models.Institution.objects.filter(path__in=caller.scope(Right.FIGURES).paths)[:2])
    if len(tops) != 1:
        raise NameAnInstitution
    return tops[0]


@router.get("/figures", response=list[Figure], auth=Token(Right.FIGURES))
def figures(request: Asked, place: Query[Parted]) -> list[Figure]:
    """Return what the loans of an institution add up to, by currency, parted if you like."""
    close = request.auth.close(place.as_of)
    rows = ask.parted(_node(request, place.at), close, place.by or "all")
    return [_told(row, close.as_of) for row in rows]


@router.get("/figures/below", response=list[Figure], auth=Token(Right.FIGURES))
def figures_below(request: Asked, place: Query[Place]) -> list[Figure]:
    """Return what the loans of each institution right below add up to.

    Where only one is below, that of those below it.
    """
    close = request.auth.close(place.as_of)
    return [_told(row, close.as_of) for row in ask.ranked(_node(request, place.at), [close])]


@router.get("/figures/history", response=list[Figure], auth=Token(Right.FIGURES))
def figures_history(request: Asked, place: Query[Place]) -> list[Figure]:
    """Return what the loans of an institution added up to on a day and the month ends before it."""
    close = request.auth.close(place.as_of)
    earlier = [one for one in request.auth.closes if one.as_of < close.as_of]
    ends = [one for one in earlier if one.as_of == month_end(one.as_of)][:_MONTHS]
    rows = ask.whole(_node(request, place.at), [close, *ends])
    return [_told(row, row.close.as_of) for row in rows]
