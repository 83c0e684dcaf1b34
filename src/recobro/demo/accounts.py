"""The accounts of the demonstration bank: what is asked, what is paid, and what is left."""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from itertools import accumulate

from recobro.demo.records import (
    Borrower,
    Collateral,
    Employee,
    Instalment,
    Institution,
    Judgement,
    Loan,
    Obligor,
    Payment,
    Restructuring,
    Security,
)
from recobro.terms.codes import ClosedAs, Source


class Schedule:
    """The instalments of a loan in order, with what they ask for together."""

    def __init__(self, instalments: Sequence[Instalment]) -> None:
        self.instalments = instalments
        self.days = [part.due_on for part in instalments]
        self.asked = list(accumulate(part.due for part in instalments))
        self.principal = list(accumulate((part.principal_due for part in instalments), initial=0))

    def due(self, on: date) -> int:
        """Return what has been asked up to and on a day."""
        return _total(self.days, self.asked, on)

    def settled(self, money: int) -> tuple[int, date | None]:
        """Return the principal that the money settles, and when the first unpaid part fell due."""
        whole = bisect_right(self.asked, money)
        if whole == len(self.asked):
            return self.principal[-1], None
        part = self.instalments[whole]
        rest = money - self.asked[whole] + part.principal_due  # after fees and interest
        return self.principal[whole] + max(0, rest), part.due_on


@dataclass
class Account:
    """A loan with its schedule, its payments and those who stand behind it."""

    loan: Loan
    original: Schedule
    payments: list[Payment] = field(default_factory=list)
    rescheduled: tuple[date, Schedule] | None = None
    restructuring: Restructuring | None = None
    obligors: list[Obligor] = field(default_factory=list)
    collateral: list[tuple[Collateral, Security]] = field(default_factory=list)

    @property
    def instalments(self) -> Sequence[Instalment]:
        """The instalments as the contract first had them."""
        return self.original.instalments

    @cached_property
    def movements(self) -> list[date]:
        """The days on which core banking writes something about the loan, in order."""
        loan = self.loan
        days = [loan.disbursed_on, *(payment.booked_on for payment in self.payments)]
        days += [day for day in (loan.written_off_on, loan.closed_on) if day]
        days += [self.rescheduled[0]] if self.rescheduled else []
        return sorted(days)

    @cached_property
    def _takings(self) -> tuple[list[date], list[int]]:
        payments = sorted(self.payments, key=lambda payment: payment.paid_on)
        return (
            [payment.paid_on for payment in payments],
            list(accumulate(payment.amount for payment in payments)),
        )

    @cached_property
    def _irregular(self) -> bool:
        return any(row.reverses or row.booked_on != row.paid_on for row in self.payments)

    def moved(self, since: date, until: date) -> bool:
        """Return whether core banking wrote something after one day, up to another."""
        return bisect_right(self.movements, until) > bisect_right(self.movements, since)

    def money_in(self, on: date, known_on: date) -> int:
        """Return what was paid up to a day; a payment and its reversal cancel each other."""
        if not self._irregular:
            return _total(*self._takings, on)
        known = [payment for payment in self.payments if payment.booked_on <= known_on]
        void = {payment.reverses for payment in known if payment.reverses}
        return sum(
            payment.amount
            for payment in known
            if payment.paid_on <= on and not payment.reverses and payment.payment_id not in void
        )

    def schedule(self, on: date) -> Schedule:
        """Return the schedule in force at the end of a day."""
        if self.rescheduled and self.rescheduled[0] <= on:
            return self.rescheduled[1]
        return self.original

    def paid(self) -> int:
        """Return the sum of the payments so far."""
        return sum(payment.amount for payment in self.payments)

    def arrears(self, on: date) -> int:
        """Return what has been asked up to a day and not been paid at all so far."""
        return self.schedule(on).due(on) - self.paid()

    def pay(
        self,
        on: date,
        amount: int,
        source: Source = Source.BORROWER,
        *,
        payer: str | None = None,
        booked_on: date | None = None,
        reverses: str | None = None,
    ) -> None:
        """Take in a payment, in fen; nothing happens where the amount is not positive."""
        if amount > 0:
            number = f"{self.loan.loan_id}-{len(self.payments) + 1:03}"
            self.payments.append(
                Payment(number, on, amount, source, payer, reverses, booked_on or on)
            )

    def close(self, on: date, closed_as: ClosedAs) -> None:
        """Take the loan off the books."""
        self.loan.closed_on, self.loan.closed_as = on, closed_as


@dataclass
class Book:
    """All that the demonstration bank knows."""

    institutions: list[Institution] = field(default_factory=list)
    staff: list[Employee] = field(default_factory=list)
    borrowers: list[Borrower] = field(default_factory=list)
    accounts: list[Account] = field(default_factory=list)
    judgements: list[Judgement] = field(default_factory=list)

    @cached_property
    def first_on(self) -> dict[str, date]:
        """The day on which each party first borrows or answers for a debt."""
        days: dict[str, date] = {}
        for account in self.accounts:
            on = account.loan.disbursed_on
            parties = (account.loan.borrower_id, *(row.borrower_id for row in account.obligors))
            for party in parties:
                days[party] = min(on, days.get(party, on))
        return days


def _total(days: list[date], totals: list[int], on: date) -> int:
    """Return the running total at the end of a day."""
    entries = bisect_right(days, on)
    return totals[entries - 1] if entries else 0
