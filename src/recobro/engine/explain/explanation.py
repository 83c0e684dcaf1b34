"""What an explanation says: codes, dates and amounts; the words for people are the doors'.

Money is in minor units of the loan's currency.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from recobro.policy import Row
from recobro.terms.grades import Grade

Value = int | str | bool | date | None


@dataclass(frozen=True, slots=True)
class Record:
    """A row of the book that something rests on; `load_no` and `row` lead to the file it came from.

    `loan_no` is empty for a row about a borrower.
    """

    table: str
    loan_no: int | None
    load_no: int | None
    row: int | None


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that was computed, with the numbers of the policy and the rows that it rests on.

    Each number brings its own source; `source` is that of a rule without a number.
    """

    code: str
    value: Value
    numbers: tuple[Row, ...] = ()
    records: tuple[Record, ...] = ()
    source: str = ""


@dataclass(frozen=True, slots=True)
class Floor:
    """A rule that may hold the grade down; grade normal: checked, and does not apply.

    `until_on` is the first day on which it holds the grade less, if the arrears are paid on the day
    after `on` and every coming instalment on its due date; empty where no such day is in sight.
    """

    grade: Grade
    until_on: date | None
    step: Step


@dataclass(frozen=True, slots=True)
class Settled:
    """What one payment settled of an instalment; `beyond` is what no instalment asks for."""

    payment_id: str
    paid_on: date
    fees: int
    interest: int
    principal: int
    beyond: int
    record: Record

    @property
    def amount(self) -> int:
        """The parts together."""
        return self.fees + self.interest + self.principal + self.beyond


@dataclass(frozen=True, slots=True)
class Instalment:
    """An instalment at the close of the day, and the payments that settled it oldest first.

    `settled_on` is empty while more than the tolerance is missing. `days_late` is how late it was
    on its last unsettled day, 0 if never.
    """

    n: int
    due_on: date
    fees_due: int
    interest_due: int
    principal_due: int
    overdue: bool
    missed: bool
    settled_on: date | None
    unpaid: int
    days_late: int
    settled: tuple[Settled, ...]
    record: Record

    @property
    def asked(self) -> int:
        """The dues together."""
        return self.fees_due + self.interest_due + self.principal_due


@dataclass(frozen=True, slots=True)
class Arrears:
    """What is overdue: days past due count from the oldest instalment not settled."""

    days: Step
    amount: Step
    oldest: Instalment | None
    in_a_row: Step
    ever: Step


@dataclass(frozen=True, slots=True)
class Observation:
    """A restructuring with difficulty, and the day on which its observation ends as known now."""

    restructured_on: date
    ends_on: date
    again: bool
    held_grade: Grade
    record: Record


@dataclass(frozen=True, slots=True)
class Episode:
    """A stretch of days with arrears and the ladder's grade in it; `cured_on` empty: it lasts."""

    cured_on: date | None
    grade: Grade


@dataclass(frozen=True, slots=True)
class Other:
    """Another loan of the same company and currency on balance, with its grade before contagion."""

    loan_id: str
    outstanding_principal: int
    graded_alone: Grade
    record: Record


@dataclass(frozen=True, slots=True)
class Coming:
    """What must be paid on a coming due date."""

    due_on: date
    amount: int


@dataclass(frozen=True, slots=True)
class Return:
    """A way to a better grade: pay at least `amount` by `by`, then it takes effect on `on`.

    `coming` lists what else must be paid on its due date up to `on`. An amount of 0: nothing
    besides these is needed.
    """

    amount: int
    by: date
    grade: Grade
    on: date
    coming: tuple[Coming, ...]


@dataclass(frozen=True, slots=True)
class Fall:
    """The next day on which the grade falls if nothing is paid, and the least that prevents it.

    `amount` is empty where no payment on this loan does.
    """

    on: date
    grade: Grade
    reasons: tuple[str, ...]
    amount: int | None
    by: date


@dataclass(frozen=True, slots=True)
class Outlook:
    """What payments would do: cheapest and soonest ways to better grades, and the next fall."""

    returns: tuple[Return, ...]
    fall: Fall | None


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why a loan stands where it does at the close of a day, and what would change it.

    `standing` has the columns of a published close, `graded_alone` is the grade before contagion.
    `beyond` is money that no instalment asks for. `floors` are all rules in the policy's order.
    """

    on: date
    loan_no: int
    standing: Mapping[str, Value | list[str]]
    graded_alone: Grade
    instalments: tuple[Instalment, ...]
    beyond: tuple[Settled, ...]
    arrears: Arrears
    floors: tuple[Floor, ...]
    observations: tuple[Observation, ...]
    episodes: tuple[Episode, ...]
    others: tuple[Other, ...]
    provision: Step
    outlook: Outlook
