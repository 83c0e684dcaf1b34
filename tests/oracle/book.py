"""The facts of a small loan book. Money is in minor units of the loan's currency."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class Institution:
    """A node of the bank's tree; the root has no parent."""

    institution_id: str
    parent_id: str | None = None
    kind: str = "branch"


@dataclass(frozen=True)
class Borrower:
    """Who owes; without a household of their own name they are their own household."""

    borrower_id: str
    kind: str = "person"
    household_id: str | None = None


@dataclass(frozen=True)
class Loan:
    """A loan as it was agreed, and how it left the books."""

    loan_id: str
    borrower_id: str
    institution_id: str
    principal: int
    disbursed_on: date
    matures_on: date
    currency: str = "CNY"
    product: str = "farm"
    guarantee: str = "credit"
    replaces_loan_id: str | None = None
    written_off_on: date | None = None
    closed_on: date | None = None
    closed_as: str | None = None


@dataclass(frozen=True)
class Instalment:
    """What a loan asks for on one day."""

    loan_id: str
    n: int
    due_on: date
    principal_due: int
    interest_due: int = 0
    fees_due: int = 0

    @property
    def total_due(self) -> int:
        """The three dues together."""
        return self.principal_due + self.interest_due + self.fees_due


@dataclass(frozen=True)
class Payment:
    """Money that came in, or the row that cancels an earlier payment."""

    payment_id: str
    loan_id: str
    paid_on: date
    amount: int
    source: str | None = "borrower"
    reverses: str | None = None


@dataclass(frozen=True)
class Restructuring:
    """A change of the contract in the debtor's favour."""

    loan_id: str
    restructured_on: date
    first_due_on: date | None = None
    difficulty: bool = True


@dataclass(frozen=True)
class Judgement:
    """A decision of the risk department about one loan or about all loans of a borrower."""

    judgement_id: str
    kind: str
    from_on: date
    loan_id: str | None = None
    borrower_id: str | None = None
    value: str | None = None
    until_on: date | None = None


@dataclass(frozen=True)
class Book:
    """All facts together."""

    institutions: tuple[Institution, ...] = ()
    borrowers: tuple[Borrower, ...] = ()
    loans: tuple[Loan, ...] = ()
    instalments: tuple[Instalment, ...] = ()
    payments: tuple[Payment, ...] = ()
    restructurings: tuple[Restructuring, ...] = ()
    judgements: tuple[Judgement, ...] = ()

    def loan(self, loan_id: str) -> Loan:
        """Return the loan of that id."""
        return next(loan for loan in self.loans if loan.loan_id == loan_id)

    def borrower_of(self, loan: Loan) -> Borrower:
        """Return who owes the loan."""
        return next(one for one in self.borrowers if one.borrower_id == loan.borrower_id)

    def instalments_of(self, loan_id: str) -> list[Instalment]:
        """Return the loan's schedule; `n` decides the order."""
        schedule = [one for one in self.instalments if one.loan_id == loan_id]
        return sorted(schedule, key=lambda one: one.n)

    def payments_of(self, loan_id: str) -> list[Payment]:
        """Return the loan's payments that count, by day: neither reversed ones nor reversals."""
        mine = [one for one in self.payments if one.loan_id == loan_id]
        reversed_ids = {one.reverses for one in mine if one.reverses}
        kept = [one for one in mine if not one.reverses and one.payment_id not in reversed_ids]
        return sorted(kept, key=lambda one: (one.paid_on, one.payment_id))

    def restructurings_of(self, loan_id: str) -> list[Restructuring]:
        """Return the loan's restructurings by day."""
        mine = [one for one in self.restructurings if one.loan_id == loan_id]
        return sorted(mine, key=lambda one: one.restructured_on)

    def judgements_on(self, loan: Loan, on: date) -> list[Judgement]:
        """Return the judgements in force on a day that touch the loan itself or its borrower."""
        return [
            one
            for one in self.judgements
            if (one.loan_id == loan.loan_id or one.borrower_id == loan.borrower_id)
            and one.from_on <= on
            and (one.until_on is None or on < one.until_on)
        ]
