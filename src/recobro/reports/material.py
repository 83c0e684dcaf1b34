"""What reports ask for: small typed rows of published closes, money in minor units."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Generic, Protocol, TypeVar


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
    marks: Sequence[str]  # the data checks of the close that warn
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Ratio:
    """Hold one of the regulator's migration ratios."""

    currency: str
    institution_id: str
    name: str
    migrated_principal: int
    remaining_principal: int
    ratio: Decimal | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Roll:
    """Hold what moved one bucket further in the last month."""

    currency: str
    institution_id: str
    bucket: str
    opening_principal: int
    rolled_principal: int
    roll_rate: Decimal | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Falling:
    """Hold a loan that falls by a day if nothing is paid."""

    within: int  # the shortest horizon in which it falls, in days
    falls_to: str  # special_mention or nonperforming
    falls_on: date | None  # None: the days past due are not why
    to_pay: int | None  # what, paid in time, keeps its days past due from it
    loan_id: str
    borrower: str | None
    institution_id: str  # of the nodes that the report names: the one it is under
    currency: str
    grade: str  # now
    grade_reasons: Sequence[str]  # then
    outstanding_principal: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Cohort:
    """Hold what had gone bad of a month's loans, so many months after it."""

    currency: str
    institution_id: str
    disbursed_in: date  # the first of the month
    months_on_book: int
    loans: int
    disbursed_principal: int
    over_30_principal: int
    over_90_principal: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Relapse:
    """Hold the loans cured by a month end, and those of them that went bad again."""

    currency: str
    institution_id: str
    cured_by: date
    cured_loans: int
    cured_principal: int
    relapsed_loans: int
    relapsed_principal: int


@dataclass(frozen=True, slots=True)
class MonthEnd:
    """Hold a day that a report looks back to; recomputed when it had no published close."""

    on: date
    recomputed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Sign:
    """Hold a sign of evergreening: a loan, and what shows the sign."""

    code: str
    loan_id: str
    borrower: str | None
    institution_id: str  # of the nodes that the report names: the one it is under
    currency: str
    evidence: str  # the other loan, the payment or the payer
    happened_on: date
    amount: int
    grade: str
    outstanding_principal: int  # 0 off balance


Answer = TypeVar("Answer")


@dataclass(frozen=True, slots=True)
class Question(Generic[Answer]):
    """Name a question, and say what the rows of its answer are."""

    name: str
    answer: type[Answer]


INDICATORS = Question("indicators", Indicator)
"""The indicators of the day of the report."""

NEW_NONPERFORMING = Question("new_nonperforming", Problem)
"""The loans on balance that are nonperforming, and were not at `since`."""

MISSED = Question("three_six", Problem)
"""The loans on balance that missed three in a row or six in all."""

MOVEMENTS = Question("bridge", Movement)
"""The bridge from `since` to the day of the report."""

BY_GRADE = Question("migration_by_grade", Transition)
BY_BUCKET = Question("migration_by_bucket", Transition)
"""The migration matrices from `since` to the day of the report."""

FLOWS = Question("flows", Flow)
"""The rates of cure and formation from `since` to the day of the report."""

RATIOS = Question("migration_ratios", Ratio)
"""The regulator's migration ratios from `since` to the day of the report."""

ROLLS = Question("roll_rates", Roll)
"""The roll rates of the month that ends on the day of the report."""

FALLING = Question("falling", Falling)
"""The loans that fall in the coming days if nothing is paid."""

COHORTS = Question("cohorts", Cohort)
"""What had gone bad of the loans disbursed in each month of two years, month after month."""

RELAPSES = Question("relapses", Relapse)
"""The loans cured in each month of two years, and those bad again within twelve months."""

MONTH_ENDS = Question("month_ends", MonthEnd)
"""The days that cohorts and relapses are made from."""

SIGNS = Question("signs", Sign)
"""The signs of evergreening, and the loans that they are about."""


class Material(Protocol):
    """Answer what reports ask, about one institution and one day.

    Rows are of the nodes that `institutions` names, and of currencies in any order.
    """

    @property
    def heading(self) -> Heading:
        """What the report is about."""

    def institutions(self) -> Sequence[Institution]:
        """Return the institution of the report, then those below it that it is parted into."""

    def figures(self, on: date) -> Figures:
        """Return the figures of a day; no rows where the book does not reach back so far."""

    def ask(self, question: Question[Answer]) -> Sequence[Answer]:
        """Return the rows that answer a question."""
