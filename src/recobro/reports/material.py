"""What reports ask for: small typed rows of published closes, money in minor units."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Literal, Protocol


@dataclass(frozen=True, slots=True)
class Institution:
    """Name a node of the bank's tree."""

    institution_id: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Heading:
    """Say what a report is about, and who asked for it."""

    institution: Institution  # a node: the report is about its whole subtree
    as_of: date
    since: date  # as_of where the report compares with nothing
    policy: str
    facts_version: int
    warnings: Sequence[str]  # the data checks of the close that warn
    printed_by: str
    printed_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """Hold a row of the figures of a close; `value` is None for `all`."""

    currency: str
    institution_id: str
    by: str
    value: str | None
    loans: int
    outstanding_principal: int
    nonperforming_principal: int
    nonperforming_ratio: Decimal | None
    overdue_amount: int
    provision: int
    nonperforming_loans: int
    overdue_loans: int
    special_mention_principal: int
    overdue_1_principal: int
    overdue_30_principal: int
    over_90_principal: int
    three_six_loans: int
    three_six_principal: int


@dataclass(frozen=True, slots=True)
class Figures:
    """Hold the figures of a day; recomputed when that day had no published close."""

    on: date
    rows: Sequence[Figure]
    recomputed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Indicator:
    """Hold the indicators of a node; None where there is no ledger."""

    currency: str
    institution_id: str
    special_mention_ratio: Decimal | None
    deviation_90: Decimal | None
    overdue_1_ratio: Decimal | None
    overdue_30_ratio: Decimal | None
    specific_provision: int
    general_provision: int
    required_allowance: int
    allowance: int | None
    gap: int | None
    coverage: Decimal | None
    allowance_to_loans: Decimal | None
    net_capital: int | None
    nonperforming_to_net_capital: Decimal | None
    uncovered_to_net_capital: Decimal | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """Hold the standing of a loan that a list names."""

    loan_id: str
    borrower: str | None  # None: core banking has no name
    institution_id: str  # of the nodes that the report names: the one it is under
    product: str
    currency: str
    outstanding_principal: int
    overdue_amount: int
    days_past_due: int
    missed_in_a_row: int
    missed_ever: int
    grade: str
    grade_before: str | None  # None: not on balance then
    grade_reasons: Sequence[str]


@dataclass(frozen=True, slots=True)
class Movement:
    """Hold a cell of the bridge, signed: what comes before the closing adds up to it."""

    currency: str
    institution_id: str
    item: str
    loans: int
    amount: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Transition:
    """Hold a cell of a migration matrix."""

    currency: str
    institution_id: str
    origin: str
    destination: str
    loans: int
    opening_principal: int
    closing_principal: int


@dataclass(frozen=True, slots=True)
class Flow:
    """Hold what was cured and formed between two closes."""

    currency: str
    institution_id: str
    cure_rate: Decimal | None
    formation_rate: Decimal | None


class Material(Protocol):
    """Answer what reports ask, about one institution and one day.

    Rows are of the nodes that `institutions` names, and of currencies in any order.
    """

    @property
    def heading(self) -> Heading:
        """What the report is about."""

    def institutions(self) -> Sequence[Institution]:
        """Return the institution of the report, then those directly below it."""

    def figures(self, on: date) -> Figures:
        """Return the figures of a day; no rows where the book does not reach back so far."""

    def indicators(self) -> Sequence[Indicator]:
        """Return the indicators of the day of the report."""

    def new_nonperforming(self) -> Sequence[Problem]:
        """Return the loans on balance that are nonperforming, and were not at `since`."""

    def three_six(self) -> Sequence[Problem]:
        """Return the loans on balance that missed three in a row or six in all."""

    def bridge(self) -> Sequence[Movement]:
        """Return the bridge from `since` to the day of the report."""

    def migration(self, by: Literal["grade", "bucket"]) -> Sequence[Transition]:
        """Return the migration matrix from `since` to the day of the report."""

    def flows(self) -> Sequence[Flow]:
        """Return the rates of cure and formation from `since` to the day of the report."""
