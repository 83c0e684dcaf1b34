"""Settlement (§2) and arrears (§3): what one loan asks for, what has been paid, what is missed."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from itertools import takewhile

from tests.oracle.book import Book, Instalment, Loan, Payment
from tests.oracle.rules import Rules, months_after


@dataclass(frozen=True)
class Claim:
    """An instalment that asks for something."""

    instalment: Instalment
    cumulative_due: int
    settled_on: date | None

    @property
    def due_on(self) -> date:
        """The day on which it is due."""
        return self.instalment.due_on


@dataclass(frozen=True)
class Parts:
    """An amount split into what it is for."""

    fees: int = 0
    interest: int = 0
    principal: int = 0

    @property
    def total(self) -> int:
        """The parts together."""
        return self.fees + self.interest + self.principal


@dataclass(frozen=True)
class Account:
    """One loan with everything that its arithmetic needs."""

    loan: Loan
    scheduled: bool
    claims: tuple[Claim, ...]
    payments: tuple[Payment, ...]
    tolerance: int
    rules: Rules

    def paid(self, on: date) -> int:
        """Return what has been paid by the end of a day."""
        return sum(one.amount for one in self.payments if one.paid_on <= on)

    def is_due(self, day: date, on: date) -> bool:
        """Say whether what is due on `day` is late at the end of `on`."""
        return day <= on if self.rules.count_due_day else day < on

    def overdue(self, on: date) -> list[Claim]:
        """Return the instalments that are due and not wholly paid."""
        paid = self.paid(on)
        return [
            one for one in self.claims if self.is_due(one.due_on, on) and one.cumulative_due > paid
        ]

    def unsettled(self, on: date) -> list[Claim]:
        """Return the overdue instalments that lack more than the tolerance."""
        paid = self.paid(on)
        return [one for one in self.overdue(on) if one.cumulative_due - paid > self.tolerance]

    def oldest_unpaid_due_on(self, on: date) -> date | None:
        """Return the earliest due date among the unsettled instalments."""
        return min((one.due_on for one in self.unsettled(on)), default=None)

    def days_past_due(self, on: date) -> int:
        """Return how many days the oldest unsettled instalment is late."""
        oldest = self.oldest_unpaid_due_on(on)
        if oldest is None:
            return 0
        return (on - oldest).days + (1 if self.rules.count_due_day else 0)

    def assessed(self, on: date) -> list[Claim]:
        """Return the instalments whose grace has run out."""
        grace = timedelta(days=self.rules.grace_days)
        return [one for one in self.claims if self.is_due(one.due_on + grace, on)]

    def is_missed(self, claim: Claim) -> bool:
        """Say whether an assessed instalment was settled too late or never."""
        last_day = claim.due_on + timedelta(days=self.rules.grace_days)
        return claim.settled_on is None or claim.settled_on > last_day

    def missed(self, on: date) -> list[Claim]:
        """Return the assessed instalments that were missed."""
        return [one for one in self.assessed(on) if self.is_missed(one)]

    def missed_ever(self, on: date) -> int:
        """Return how many instalments were missed, inside the policy's window if it has one."""
        if self.rules.window_months is None:
            return len(self.missed(on))
        start = months_after(on, -self.rules.window_months)
        return sum(1 for one in self.missed(on) if one.due_on > start)

    def missed_in_a_row(self, on: date) -> int:
        """Return the length of the run of missed instalments up to the last assessed one."""
        still_open = {one.instalment.n for one in self.unsettled(on)}
        assessed = self.assessed(on)
        if not any(one.instalment.n in still_open for one in assessed):
            return 0
        return len(list(takewhile(self.is_missed, reversed(assessed))))

    def settled(self, paid: int) -> dict[int, Parts]:
        """Return by `n` what an amount paid reaches: oldest instalment first, then in order."""
        reached = {}
        for claim in self.claims:
            took = {}
            for part in self.rules.allocation:
                took[part] = min(paid, getattr(claim.instalment, f"{part}_due"))
                paid -= took[part]
            reached[claim.instalment.n] = Parts(**took)
        return reached

    def outstanding_after(self, paid: int) -> int:
        """Return the principal that is left when so much has been paid in all."""
        if not self.scheduled:
            return max(0, self.loan.principal - paid)
        reached = sum(parts.principal for parts in self.settled(paid).values())
        return max(0, self.loan.principal - reached)

    def outstanding(self, on: date) -> int:
        """Return the principal that is left at the end of a day."""
        return self.outstanding_after(self.paid(on))

    def overdue_parts(self, on: date) -> Parts:
        """Return the unpaid parts of the overdue instalments."""
        reached = self.settled(self.paid(on))
        late = [(one.instalment, reached[one.instalment.n]) for one in self.overdue(on)]
        return Parts(
            fees=sum(asked.fees_due - got.fees for asked, got in late),
            interest=sum(asked.interest_due - got.interest for asked, got in late),
            principal=sum(asked.principal_due - got.principal for asked, got in late),
        )

    def nth_due_after(self, day: date, periods: int) -> date | None:
        """Return the due date of the second (or so) instalment due after a day, if there is one."""
        coming = sorted(one.due_on for one in self.claims if one.due_on > day)
        return coming[periods - 1] if 1 <= periods <= len(coming) else None

    def waits_until(self, day: date, months: int, periods: int) -> date:
        """Return the later of some months and some instalments after a day."""
        months_passed = months_after(day, months)
        return max(months_passed, self.nth_due_after(day, periods) or months_passed)


def claims(schedule: list[Instalment], payments: list[Payment], tolerance: int) -> Iterator[Claim]:
    """Yield the instalments that ask for something, with the day on which each is settled."""
    cumulative_due = 0
    for instalment in schedule:
        cumulative_due += instalment.total_due
        if instalment.total_due > 0:
            day = settled_on(instalment, cumulative_due - tolerance, payments)
            yield Claim(instalment, cumulative_due, day)


def settled_on(instalment: Instalment, needed: int, payments: list[Payment]) -> date | None:
    """Return the first day on which the payments together reach what is needed."""
    if needed <= 0:
        return instalment.due_on
    running = 0
    for payment in payments:
        running += payment.amount
        if running >= needed:
            return payment.paid_on
    return None


@lru_cache(maxsize=1024)
def account(book: Book, loan_id: str, rules: Rules) -> Account:
    """Gather one loan's facts and settle them."""
    loan = book.loan(loan_id)
    schedule, payments = book.instalments_of(loan_id), book.payments_of(loan_id)
    tolerance = rules.tolerance_in(loan.currency)
    asked = tuple(claims(schedule, payments, tolerance))
    return Account(loan, bool(schedule), asked, tuple(payments), tolerance, rules)
