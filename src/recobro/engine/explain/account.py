"""One loan's money along a line, in plain numbers: which amounts may make a difference."""

from dataclasses import dataclass
from datetime import date

from recobro.engine.explain.explanation import Coming
from recobro.engine.explain.known import Known, Row
from recobro.policy import Policy
from recobro.terms.codes import Component
from recobro.terms.money import minor


@dataclass(frozen=True)
class Asked:
    """An instalment on the line: what it and all before it ask together."""

    due_on: date
    cumulative_due: int


@dataclass(frozen=True)
class Account:
    """What a loan asks, what it has been paid, and what nobody chases, in minor units.

    `repaid_at` is how much must be paid in all for no principal to be left; empty if no sum does.
    """

    asked: tuple[Asked, ...]
    paid: int
    tolerance: int
    repaid_at: int | None

    @property
    def to_repay(self) -> int | None:
        """What must still be paid for no principal to be left."""
        return None if self.repaid_at is None else max(0, self.repaid_at - self.paid)

    def arrears(self, *, due_until: date) -> int:
        """Return the least payment that settles all that falls due until a day."""
        return max(0, self._due(due_until) - self.tolerance - self.paid)

    def unsettled(self) -> list[Asked]:
        """Return the instalments that lack more than the tolerance, due or not."""
        return [one for one in self.asked if one.cumulative_due - self.paid > self.tolerance]

    def settling(self, *, due_until: date) -> set[int]:
        """Return the payments that just settle one of the instalments due until a day."""
        return {
            one.cumulative_due - self.tolerance - self.paid
            for one in self.unsettled()
            if one.due_on <= due_until
        }

    def coming(self, *, due_after: date) -> list[Coming]:
        """List what each later due date asks for beyond what was due or paid before it."""
        reached = max(self._due(due_after), self.paid)
        found = []
        for due_on in sorted({one.due_on for one in self.asked if one.due_on > due_after}):
            if (target := self._due(due_on)) > reached:
                found.append(Coming(due_on, target - reached))
                reached = target
        return found

    def _due(self, day: date) -> int:
        # The most, not the last: due dates may run backwards, and n decides what is settled first.
        return max((one.cumulative_due for one in self.asked if one.due_on <= day), default=0)


def account(known: Known, loan: Row, policy: Policy) -> Account:
    """Lay a loan's instalments along the line."""
    schedule = known.schedule_of(loan["loan_no"])
    asked, so_far = [], 0
    for row in schedule:
        due = row["fees_due"] + row["interest_due"] + row["principal_due"]
        so_far += due
        if due:
            asked.append(Asked(row["due_on"], so_far))
    return Account(
        asked=tuple(asked),
        paid=sum(row["amount"] for row in known.of(known.payments, loan["loan_no"])),
        tolerance=minor(policy.overdue.tolerance, loan["currency"]),
        repaid_at=_repaid_at(schedule, loan["principal"], policy.allocation.order),
    )


def _repaid_at(schedule: list[Row], principal: int, order: tuple[str, ...]) -> int | None:
    if not schedule:
        return principal
    left, reached = principal, 0
    for row in schedule:
        for part in order:
            due = row[f"{part}_due"]
            if part == Component.PRINCIPAL and due >= left:
                return reached + left
            left -= due if part == Component.PRINCIPAL else 0
            reached += due
    return None
