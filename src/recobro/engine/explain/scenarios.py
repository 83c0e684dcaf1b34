"""Copies of what is known, each with payments of its own, so that one run grades them all."""

from collections.abc import Iterable, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import date

from recobro.engine.explain.known import Known, Row
from recobro.engine.steps.settlement import UNSPECIFIED

SEPARATOR = "\x1f"
"""Stands between what a copy is of and what tells it apart."""

COPIED = ("borrowers", "loans", "instalments", "payments", "restructurings", "judgements")
"""The tables that each scenario has rows in."""


@dataclass(frozen=True, kw_only=True)
class Scenario:
    """What is paid besides what was, as (loan_no, paid_on, amount), and the days to grade."""

    payments: Sequence[tuple[int, date, int]]
    days: AbstractSet[date]


@dataclass(frozen=True)
class Copies:
    """What is known, once for each scenario: the first has the loans' numbers, others new ones."""

    known: Known
    scenarios: Sequence[Scenario]

    def number(self, loan_no: int, scenario: int) -> int:
        """Return the number that a loan has in a scenario."""
        if scenario == 0:
            return loan_no
        loans = self.known.numbers
        return max(loans) + (scenario - 1) * len(loans) + loans.index(loan_no) + 1

    def views(self) -> list[Row]:
        """List which loan is to be graded on which day, as loan_no and as_of."""
        return [
            {"loan_no": self.number(loan_no, index), "as_of": day}
            for index, scenario in enumerate(self.scenarios)
            for day in scenario.days
            for loan_no in self.known.numbers
        ]

    def rows(self) -> dict[str, list[Row]]:
        """Return the rows of all scenarios by table."""
        every = [self._copy(index) for index in range(len(self.scenarios))]
        return {name: [row for copy in every for row in copy[name]] for name in COPIED}

    def _copy(self, index: int) -> dict[str, list[Row]]:
        known, owner = self.known, self.known.borrower["borrower_id"]
        borrower_id = f"{owner}{SEPARATOR}{index}" if index else owner
        judged = [
            row | {"borrower_id": row["borrower_id"] and borrower_id} for row in known.judgements
        ]
        paid = [*map(_told_apart, known.payments), *map(_payment, self.scenarios[index].payments)]
        return {
            "borrowers": [known.borrower | {"borrower_id": borrower_id}],
            "loans": self._numbered(
                index, (row | {"borrower_id": borrower_id} for row in known.loans)
            ),
            "instalments": self._numbered(index, known.instalments),
            "payments": self._numbered(index, paid),
            "restructurings": self._numbered(index, known.restructurings),
            "judgements": self._numbered(index, judged),
        }

    def _numbered(self, index: int, rows: Iterable[Row]) -> list[Row]:
        return [
            row | {"loan_no": row["loan_no"] and self.number(row["loan_no"], index)} for row in rows
        ]


def _told_apart(payment: Row) -> Row:
    """Let the settlement keep payments of one day and source apart; it knows no payment_id."""
    source = payment["source"] or UNSPECIFIED
    return payment | {"source": f"{source}{SEPARATOR}{payment['payment_id']}"}


def _payment(paid: tuple[int, date, int]) -> Row:
    loan_no, paid_on, amount = paid
    return {"payment_id": "", "loan_no": loan_no, "paid_on": paid_on, "amount": amount}
