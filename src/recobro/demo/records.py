"""The rows of the demonstration book, in the order of the contract's columns."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from recobro.terms.codes import ClosedAs, Source


class Institution(NamedTuple):
    """A node of the bank's tree."""

    institution_id: str
    parent_id: str | None
    name: str
    kind: str


class Employee(NamedTuple):
    """A member of the bank's staff."""

    staff_id: str
    name: str
    institution_id: str
    active: bool = True


class Borrower(NamedTuple):
    """A person, company or village group that owes or answers for a debt."""

    borrower_id: str
    household_id: str | None
    kind: str
    name: str
    national_id: str | None = None
    phone: str | None = None
    address: str | None = None
    village: str | None = None
    latitude: float | None = None
    longitude: float | None = None
    industry: str | None = None


@dataclass(slots=True)
class Loan:
    """A loan as its contract says, and how it left the books."""

    loan_id: str
    borrower_id: str
    institution_id: str
    product: str
    principal: int
    annual_rate: Decimal
    disbursed_on: date
    matures_on: date
    guarantee: str
    staff_id: str
    purpose: str | None = None
    replaces_loan_id: str | None = None
    written_off_on: date | None = None
    closed_on: date | None = None
    closed_as: ClosedAs | None = None
    currency: str = "CNY"


class Instalment(NamedTuple):
    """What is asked on one day; amounts in fen."""

    n: int
    due_on: date
    principal_due: int
    interest_due: int
    fees_due: int = 0

    @property
    def due(self) -> int:
        """All that the instalment asks for."""
        return self.principal_due + self.interest_due + self.fees_due


class Payment(NamedTuple):
    """Money that came in; `booked_on` is the day on which core banking learns of it."""

    payment_id: str
    paid_on: date
    amount: int
    source: Source
    payer: str | None
    reverses: str | None
    booked_on: date


class Restructuring(NamedTuple):
    """A change of the contract."""

    loan_id: str
    restructured_on: date
    first_due_on: date
    difficulty: bool


class Obligor(NamedTuple):
    """Another party that is liable for a loan."""

    loan_id: str
    borrower_id: str
    role: str
    liability: str | None = None
    guaranteed_until: date | None = None
    share: Decimal | None = None


class Collateral(NamedTuple):
    """A thing that secures loans; the value in fen."""

    collateral_id: str
    kind: str
    description: str
    certificate_no: str | None
    owner_borrower_id: str
    value: int
    currency: str
    valued_on: date
    appraiser: str | None
    insured_until: date | None
    latitude: float | None = None
    longitude: float | None = None


class Security(NamedTuple):
    """The tie of a collateral to a loan."""

    collateral_id: str
    loan_id: str
    rank: int
    secured_amount: int
    registered_on: date
    registered_until: date


class Judgement(NamedTuple):
    """A decision of the risk department."""

    judgement_id: str
    loan_id: str | None
    borrower_id: str | None
    kind: str
    value: str | None
    from_on: date
    until_on: date | None
    reason: str
    staff_id: str
