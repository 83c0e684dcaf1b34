"""The one sentence with which a manager's month begins."""

from datetime import date
from decimal import Decimal
from typing import Protocol

from recobro.reports.language import Language
from recobro.reports.part import Part
from recobro.reports.ratios import double_reduction
from recobro.terms.dates import previous_year_end

_VERDICTS = {
    (True, True): "both_lower",
    (True, False): "balance_lower",
    (False, True): "ratio_lower",
    (False, False): "neither_lower",
}
"""By whether the balance and the ratio are lower."""


class Stock(Protocol):
    """What of a figure the sentence tells; amounts in minor units."""

    @property
    def outstanding_principal(self) -> int:
        """What is outstanding."""

    @property
    def nonperforming_principal(self) -> int:
        """What of it is nonperforming."""

    @property
    def nonperforming_ratio(self) -> Decimal | None:
        """Its share; empty where nothing is outstanding."""


def asset_quality(part: Part) -> str:
    """Return nonperforming balance and ratio of a part, and how they changed since."""
    heading = part.heading
    return stock_told(
        part.whole(heading.as_of),
        part.whole(heading.since),
        currency=part.currency,
        as_of=heading.as_of,
        since=heading.since,
        language=part.language,
    )


def stock_told(
    now: Stock | None,
    then: Stock | None,
    *,
    currency: str,
    as_of: date,
    since: date,
    language: Language,
) -> str:
    """Return nonperforming balance and ratio, and how they changed since an earlier day.

    Lower in both since the start of the year is called double reduction, and only that.
    """
    if now is None or now.nonperforming_ratio is None:
        return language.say("sentence.no_loans")
    balance = language.scaled(now.nonperforming_principal, currency)
    ratio = language.ratio(now.nonperforming_ratio)
    if then is None or then.nonperforming_ratio is None:
        return language.say("sentence.stock", balance=balance, ratio=ratio)
    if not now.nonperforming_principal and not then.nonperforming_principal:
        return language.say("sentence.clean", day=language.day(since))
    change = now.nonperforming_principal - then.nonperforming_principal
    points = (now.nonperforming_ratio - then.nonperforming_ratio).scaleb(2)
    this_year = since == previous_year_end(as_of)
    day = language.say("sentence.day", day=language.day(since))
    return language.say(
        "sentence.change",
        balance=balance,
        ratio=ratio,
        since=language.say("sentence.year") if this_year else day,
        change=language.scaled(change, currency, signed=True),
        points=language.locale.number(points, places=2, signed=True),
        verdict=language.say(f"sentence.{_verdict(now, then, this_year=this_year)}"),
    )


def _verdict(now: Stock, then: Stock, *, this_year: bool) -> str:
    lower = double_reduction(_stock(now), _stock(then))
    return "double_reduction" if this_year and lower == (True, True) else _VERDICTS[lower]


def _stock(figure: Stock) -> tuple[int, int]:
    return figure.nonperforming_principal, figure.outstanding_principal
