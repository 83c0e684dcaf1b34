"""How a loan is to be repaid: instalments that add up to the fen."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from itertools import pairwise

from recobro.demo.records import Instalment
from recobro.terms.dates import add_months
from recobro.terms.money import share_of

_DAYS_OF_INTEREST_YEAR = 360
_SETTLEMENT_DAY = 20  # interest falls due on the 20th of the last month of a quarter
_LAST_DAY = 28  # instalments do not fall due on days that some months lack

Repayment = Callable[[int, Decimal, date, int], list[Instalment]]
"""From principal (fen), annual rate, day of disbursement and term in months."""


def at_maturity(
    principal: int, annual_rate: Decimal, disbursed_on: date, months: int
) -> list[Instalment]:
    """Ask for principal and interest together on the last day."""
    due_on = add_months(disbursed_on, months)
    interest = _accrued(principal, annual_rate, disbursed_on, due_on)
    return [Instalment(1, due_on, principal, interest)]


def interest_by_quarter(
    principal: int, annual_rate: Decimal, disbursed_on: date, months: int
) -> list[Instalment]:
    """Ask for interest each quarter and for the principal on the last day."""
    matures_on = add_months(disbursed_on, months)
    days = [disbursed_on, *_settlement_days(disbursed_on, matures_on), matures_on]
    return [
        Instalment(
            n,
            until,
            principal if until == matures_on else 0,
            _accrued(principal, annual_rate, since, until),
        )
        for n, (since, until) in enumerate(pairwise(days), start=1)
    ]


def equal_principal(
    principal: int, annual_rate: Decimal, disbursed_on: date, months: int, *, every: int = 1
) -> list[Instalment]:
    """Ask for the same principal each time, and the interest on what is still owed."""
    count = months // every
    part = share_of(principal, 1 / Decimal(count))
    rate = annual_rate * every / 12
    left = principal
    instalments = []
    for n in range(1, count + 1):
        repaid = part if n < count else left
        due_on = _same_day(disbursed_on, n * every)
        instalments.append(Instalment(n, due_on, repaid, share_of(left, rate)))
        left -= repaid
    return instalments


def equal_principal_by_quarter(
    principal: int, annual_rate: Decimal, disbursed_on: date, months: int
) -> list[Instalment]:
    """Ask for the same principal every three months, and the interest on what is still owed."""
    return equal_principal(principal, annual_rate, disbursed_on, months, every=3)


def level(
    principal: int, annual_rate: Decimal, disbursed_on: date, months: int
) -> list[Instalment]:
    """Ask for the same sum each month; the last one takes what rounding left."""
    rate = annual_rate / 12
    growth = (1 + rate) ** months
    sum_due = share_of(principal, rate * growth / (growth - 1))
    left = principal
    instalments = []
    for n in range(1, months + 1):
        interest = share_of(left, rate)
        repaid = sum_due - interest if n < months else left
        instalments.append(Instalment(n, _same_day(disbursed_on, n), repaid, interest))
        left -= repaid
    return instalments


def _same_day(day: date, months: int) -> date:
    """Return the day of a later month, at the latest its 28th."""
    years, month = divmod(day.month - 1 + months, 12)
    return date(day.year + years, month + 1, min(day.day, _LAST_DAY))


def _accrued(balance: int, annual_rate: Decimal, since: date, until: date) -> int:
    return share_of(balance, annual_rate * (until - since).days / _DAYS_OF_INTEREST_YEAR)


def _settlement_days(disbursed_on: date, matures_on: date) -> list[date]:
    quarters = (
        date(year, month, _SETTLEMENT_DAY)
        for year in range(disbursed_on.year, matures_on.year + 1)
        for month in (3, 6, 9, 12)
    )
    return [day for day in quarters if disbursed_on < day < matures_on]
