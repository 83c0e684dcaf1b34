"""The sections of a policy file, each a frozen object whose keys say what they mean."""

from pydantic import BaseModel, ConfigDict, ValidationInfo, field_validator

from recobro.policy.impossible import Impossible
from recobro.policy.values import (
    AtLeastOne,
    BorrowerKinds,
    Count,
    Day,
    Days,
    FirstDay,
    GradeCode,
    GradesByDays,
    Months,
    Multiple,
    Rate,
    ReasonCode,
    ReasonOrder,
    RisingDays,
    SettlementOrder,
    Switch,
    Units,
    Word,
)


class ColumnsDiffer(Impossible):
    """A row of the matrix that is longer or shorter than its header."""

    def __init__(self, cells: int, columns: int) -> None:
        wrong = f"has {cells} grades for the {columns} columns of from_days"
        super().__init__(wrong, beside="from_days")


class LadderFalls(Impossible):
    """A worse grade that would come no later than a better one."""

    def __init__(self, days: int, beside: str, before: int) -> None:
        wrong = f"is {days}, but must be more than the {before} of {beside}"
        super().__init__(wrong, beside=beside)


class RunsBackwards(Impossible):
    """Days that end before they begin."""

    def __init__(self, last: int, first: int) -> None:
        super().__init__(f"is {last}, before the {first} of days_from", beside="days_from")


class Section(BaseModel):
    """A table of the policy file: no key but the named ones, none changes once read."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)


class Overdue(Section):
    """When an instalment counts as late."""

    grace_days: Days
    """An instalment is missed only when settled later than so many days after its due date."""
    tolerance: Units
    """Arrears that nobody chases, in units of the loan's currency."""
    count_due_day: Switch
    """The due date itself is the first day past due."""


class Allocation(Section):
    """What a payment settles first."""

    order: SettlementOrder
    """The parts of one instalment in the order in which payments settle them."""


class Missed(Section):
    """How many missed instalments put a loan under special watch."""

    in_a_row: AtLeastOne
    """Instalments missed one after the other."""
    ever: AtLeastOne
    """Instalments missed in all."""
    window_months: AtLeastOne | None = None
    """The months over which `ever` counts; absent: the loan's whole life."""


class Matrix(Section):
    """The least grade by guarantee and days past due."""

    enabled: Switch
    """Whether the matrix takes part in the grading."""
    from_days: RisingDays
    """The first day past due of each column."""
    credit: GradesByDays
    """Grades of loans without security, a column each."""
    guarantee: GradesByDays
    """Grades of loans that a guarantor secures, a column each."""
    mortgage: GradesByDays
    """Grades of loans that a mortgage secures, a column each."""
    pledge: GradesByDays
    """Grades of loans that a pledge secures, a column each."""

    @field_validator("credit", "guarantee", "mortgage", "pledge")
    @classmethod
    def _fills_every_column(cls, row: tuple[str, ...], info: ValidationInfo) -> tuple[str, ...]:
        columns = info.data.get("from_days", row)
        if len(row) != len(columns):
            raise ColumnsDiffer(len(row), len(columns))
        return row


class Grades(Section):
    """The ladder of days past due, and what else grades a loan by itself."""

    special_mention_from: FirstDay
    """The day past due from which a loan is at least special mention."""
    substandard_from: FirstDay
    """The day past due from which a loan is at least substandard, and so non-performing."""
    doubtful_from: FirstDay
    """The day past due from which a loan is at least doubtful."""
    loss_from: FirstDay
    """The day past due from which a loan is a loss."""
    technical_delay_days: Days
    """A delay that is judged technical leaves the days out of the grading for so long."""
    order: ReasonOrder
    """The order in which reasons for the same grade are listed."""
    matrix: Matrix
    """The least grade by guarantee and days past due."""

    @field_validator("substandard_from", "doubtful_from", "loss_from")
    @classmethod
    def _rises(cls, days: int, info: ValidationInfo) -> int:
        before = {key: first for key, first in info.data.items() if key.endswith("_from")}
        beside = max(before, key=before.__getitem__, default=None)
        if beside and days <= before[beside]:
            raise LadderFalls(days, beside, before[beside])
        return days


class Contagion(Section):
    """How the bad loans of a company affect its other loans."""

    share_above: Rate
    """All loans of a company are non-performing when more than this part of its debt is."""


class Restructuring(Section):
    """How long a restructured loan of a debtor in difficulty is observed."""

    months: Months
    """Months that must pass from the first due date after the change; an instalment missed in them
    starts them again on its due date."""
    periods: Count
    """Instalments that must fall due in them as well; 0: the months alone decide."""


class Cure(Section):
    """How long the grade of a non-performing loan holds after its arrears are paid."""

    months: Months
    """Months that must pass from the day on which nothing was overdue any more."""
    periods: Count
    """Instalments that must fall due in them as well; 0: the months alone decide."""
    applies_to: BorrowerKinds
    """The kinds of borrower whose loans wait; the loans of the others follow the days at once."""


class Provision(Section):
    """What must be set aside, as parts of the outstanding principal."""

    general: Rate
    """Of all loans, apart from the rates by grade."""
    normal: Rate
    """Of a normal loan."""
    special_mention: Rate
    """Of a loan of special mention."""
    substandard: Rate
    """Of a substandard loan."""
    doubtful: Rate
    """Of a doubtful loan."""
    loss: Rate
    """Of a loss."""
    allowance_to_loans: Rate
    """The least allowance as a part of all loans."""
    coverage: Multiple
    """The least allowance as a multiple of the non-performing loans."""


class Segments(Section):
    """How the book is parted for separate reporting."""

    old_before: Day | None = None
    """Loans disbursed before this day are old, the others new; absent: they are not parted."""


class LocalGrade(Section):
    """One of the preset's own words: the first one whose conditions all hold names the loan."""

    name: Word
    """The word for the loan."""
    grade: GradeCode | None = None
    """It has this grade."""
    reason: ReasonCode | None = None
    """This is among the reasons for its grade."""
    days_from: Days | None = None
    """It is at least so many days past due."""
    days_until: Days | None = None
    """It is at most so many days past due."""

    @field_validator("days_until")
    @classmethod
    def _not_before_the_first(cls, last: int | None, info: ValidationInfo) -> int | None:
        first = info.data.get("days_from") or 0
        if last is not None and last < first:
            raise RunsBackwards(last, first)
        return last
