"""The numbers of a bank's policy, with the defaults of the preset `cn`."""

from calendar import monthrange
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from math import floor

from recobro.terms.grades import Grade
from recobro.terms.money import digits


@dataclass(frozen=True)
class Cell:
    """One cell of the guarantee × days matrix: the grade from so many days past due on."""

    guarantee: str
    from_days: int
    grade: Grade


@dataclass(frozen=True)
class Rules:
    """A policy."""

    grace_days: int = 0
    tolerance: Decimal = Decimal("0.00")
    count_due_day: bool = False
    allocation: tuple[str, ...] = ("fees", "interest", "principal")
    missed_in_a_row: int = 3
    missed_ever: int = 6
    window_months: int | None = None
    special_mention_from: int = 1
    substandard_from: int = 91
    doubtful_from: int = 271
    loss_from: int = 361
    matrix: tuple[Cell, ...] = ()
    contagion_share_above: Decimal = Decimal("0.10")
    restructuring_months: int = 12
    restructuring_periods: int = 2
    cure_months: int = 6
    cure_periods: int = 2
    cure_applies_to: tuple[str, ...] = ("company", "village_group")
    general: Decimal = Decimal("0.01")
    normal: Decimal = Decimal(0)
    special_mention: Decimal = Decimal("0.02")
    substandard: Decimal = Decimal("0.25")
    doubtful: Decimal = Decimal("0.50")
    loss: Decimal = Decimal("1.00")
    allowance_of_loans: Decimal = Decimal("0.025")
    allowance_of_nonperforming: Decimal = Decimal("1.50")
    old_before: date | None = None

    def ladder(self, days: int) -> Grade:
        """Return the grade that so many days past due bring alone."""
        steps = {
            Grade.LOSS: self.loss_from,
            Grade.DOUBTFUL: self.doubtful_from,
            Grade.SUBSTANDARD: self.substandard_from,
            Grade.SPECIAL_MENTION: self.special_mention_from,
        }
        return next((grade for grade, first in steps.items() if days >= first), Grade.NORMAL)

    def cell(self, guarantee: str, days: int) -> Grade:
        """Return the matrix's grade; normal where the matrix is off or says nothing."""
        reached = [
            cell for cell in self.matrix if cell.guarantee == guarantee and cell.from_days <= days
        ]
        last = max(reached, key=lambda cell: cell.from_days, default=None)
        return last.grade if last else Grade.NORMAL

    def provision_rate(self, grade: Grade) -> Decimal:
        """Return the part of a loan of this grade that is provided for."""
        rates = {
            Grade.NORMAL: self.normal,
            Grade.SPECIAL_MENTION: self.special_mention,
            Grade.SUBSTANDARD: self.substandard,
            Grade.DOUBTFUL: self.doubtful,
            Grade.LOSS: self.loss,
        }
        return rates[grade]

    def tolerance_in(self, currency: str) -> int:
        """Return the arrears that nobody chases, rounded down to the currency's minor unit."""
        return floor(Fraction(self.tolerance) * Fraction(10) ** digits(currency))


_SPECIAL_MENTION, _SUBSTANDARD, _DOUBTFUL, _LOSS = list(Grade)[1:]
_FROM_DAYS = {
    "credit": {1: _SPECIAL_MENTION, 31: _SUBSTANDARD, 91: _DOUBTFUL, 361: _LOSS},
    "guarantee": {31: _SPECIAL_MENTION, 91: _SUBSTANDARD, 181: _DOUBTFUL, 361: _LOSS},
    "mortgage": {31: _SPECIAL_MENTION, 181: _SUBSTANDARD, 361: _DOUBTFUL},
    "pledge": {91: _SPECIAL_MENTION, 181: _SUBSTANDARD, 361: _DOUBTFUL},
}
SMALL_BUSINESS = tuple(
    Cell(guarantee, days, grade)
    for guarantee, steps in _FROM_DAYS.items()
    for days, grade in steps.items()
)
"""The matrix of the rules for small business loans (CBRC 2007 no. 63)."""


def half_up(amount: int, rate: Decimal) -> int:
    """Return the rate's part of an amount of at least 0; a half goes up."""
    return floor(Fraction(rate) * amount + Fraction(1, 2))


def months_after(day: date, months: int) -> date:
    """Return the same day so many months later (earlier if negative), or that month's last day."""
    year, month = day.year, day.month + months
    while month > 12:
        year, month = year + 1, month - 12
    while month < 1:
        year, month = year - 1, month + 12
    return date(year, month, min(day.day, monthrange(year, month)[1]))
