"""Which numbers of the policy, and which rows of the book, each computed figure rests on."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from recobro.engine.explain.days import DAY
from recobro.engine.explain.explanation import Arrears, Floor, Instalment, Record, Step, Value
from recobro.engine.explain.grading import Graded
from recobro.engine.explain.known import Known, Row, record
from recobro.engine.steps.classification import FLOORS
from recobro.policy import Policy, describe
from recobro.policy import Row as Number
from recobro.terms.dates import add_months
from recobro.terms.grades import Grade

_LATE = ("overdue.tolerance", "overdue.count_due_day")
_GRACE = ("overdue.grace_days", "overdue.count_due_day")

NUMBERS: Mapping[str, tuple[str, ...]] = {
    "days-past-due-count": _LATE,
    "overdue-amount": ("overdue.count_due_day", "allocation.order"),
    "missed-in-a-row": ("missed.in_a_row", *_GRACE),
    "missed-ever": ("missed.ever", "missed.window_months", *_GRACE),
    "days-past-due": (*_LATE, "grades.technical_delay_days"),
    "guarantee-matrix": (
        "grades.matrix.enabled",
        "grades.matrix.from_days",
        "grades.technical_delay_days",
    ),
    "restructured": ("restructuring.months", "restructuring.periods", *_GRACE),
    "renewal": (),
    "contagion": ("contagion.share_above",),
    "judgement": (),
    "cure-hold": ("cure.months", "cure.periods", "cure.applies_to"),
    "provision": (),
}
"""The keys of the policy that each figure rests on, besides those that depend on the loan."""

SOURCES: Mapping[str, str] = {
    "renewal": "order 2023 no. 1, article 10(3)",
    "judgement": "order 2023 no. 1, articles 10 to 13",
}
"""Where the rules without a number come from."""


@dataclass(frozen=True)
class Steps:
    """Names what a loan's figures rest on."""

    known: Known
    graded: Graded
    instalments: tuple[Instalment, ...]
    policy: Policy

    def arrears(self) -> Arrears:
        """Explain what is overdue, and what was missed."""
        standing = self.graded.standing
        late = [one.record for one in self.instalments if one.overdue]
        in_a_row = standing["missed_in_a_row"]
        missed = [one.record for one in self.instalments if one.missed]
        oldest = self.oldest
        return Arrears(
            days=self.step(
                "days-past-due-count",
                standing["days_past_due"],
                records=[oldest.record] if oldest else [],
            ),
            amount=self.step("overdue-amount", standing["overdue_amount"], records=late),
            oldest=oldest,
            in_a_row=self.step(
                "missed-in-a-row", in_a_row, records=missed[-in_a_row:] if in_a_row else ()
            ),
            ever=self.step("missed-ever", standing["missed_ever"], records=self._missed_ever()),
        )

    def floors(self, ahead: Mapping[date, Row]) -> tuple[Floor, ...]:
        """Explain every rule in the policy's order; `ahead` are the floors of days to come."""
        return tuple(self._floor(reason, ahead) for reason in self.policy.grades.order)

    def provision(self) -> Step:
        """Explain the provision by the grade's rate."""
        standing = self.graded.standing
        return self.step(
            "provision",
            standing["provision"],
            keys=[f"provision.{standing['grade']}"],
            records=[record("loans", self.known.loan)],
        )

    def step(
        self,
        code: str,
        value: Value,
        *,
        keys: Iterable[str] = (),
        records: Iterable[Record] = (),
    ) -> Step:
        """Return a figure with the policy's numbers, those of the code after the given keys."""
        named = (*keys, *NUMBERS[code])
        return Step(
            code=code,
            value=value,
            numbers=tuple(self._policy[key] for key in dict.fromkeys(named)),
            records=tuple(records),
            source=SOURCES.get(code, ""),
        )

    @cached_property
    def oldest(self) -> Instalment | None:
        """The instalment that days past due count from."""
        due_on = self.graded.standing["oldest_unpaid_due_on"]
        late = (one for one in self.instalments if one.due_on == due_on and one.settled_on is None)
        return next((one for one in late if one.overdue), None)

    def _missed_ever(self) -> list[Record]:
        months, on = self.policy.missed.window_months, self.known.on
        first = date.min if months is None else add_months(on, -months) + DAY
        return [one.record for one in self.instalments if one.missed and one.due_on >= first]

    @cached_property
    def _policy(self) -> Mapping[str, Number]:
        return {number.key: number for number in describe(self.policy)}

    def _floor(self, reason: str, ahead: Mapping[date, Row]) -> Floor:
        column = FLOORS[reason]
        grade = Grade(self.graded.today[self.known.loan["loan_no"]][column])
        less = (day for day in sorted(ahead) if ahead[day][column] < grade)
        applies = grade > Grade.NORMAL
        return Floor(
            grade=grade,
            until_on=next(less, None),
            step=self.step(
                reason,
                grade.code,
                keys=self._keys(reason, grade),
                records=RECORDS[reason](self) if applies else (),
            ),
        )

    def _keys(self, reason: str, grade: Grade) -> tuple[str, ...]:
        """Return the keys that depend on the loan: a step of the ladder, a row of the matrix."""
        if reason == "days-past-due":
            return (f"grades.{max(grade, Grade.SPECIAL_MENTION).name.lower()}_from",)
        if reason == "guarantee-matrix":
            return (f"grades.matrix.{self.known.loan['guarantee']}",)
        return ()


def _oldest(steps: Steps) -> list[Record]:
    return [steps.oldest.record] if steps.oldest else []


def _loan(steps: Steps) -> list[Record]:
    return [record("loans", steps.known.loan)]


def _restructurings(steps: Steps) -> list[Record]:
    own = steps.known.of(steps.known.restructurings, steps.known.loan["loan_no"])
    return [record("restructurings", row) for row in own if row["difficulty"]]


def _judgements(steps: Steps) -> list[Record]:
    known = steps.known
    return [
        record("judgements", row)
        for row in known.judgements
        if row["loan_no"] in {None, known.loan["loan_no"]}
        and (row["until_on"] is None or known.on < row["until_on"])
    ]


def _bad_others(steps: Steps) -> list[Record]:
    known, today = steps.known, steps.graded.today
    return [
        record("loans", row)
        for row in known.loans
        if row["currency"] == known.loan["currency"]
        and today[row["loan_no"]]["on_balance"]
        and Grade(today[row["loan_no"]]["graded_alone"]).nonperforming
    ]


def _long_late(steps: Steps) -> list[Record]:
    first = steps.policy.grades.substandard_from
    return [one.record for one in steps.instalments if one.days_late >= first]


RECORDS: Mapping[str, Callable[[Steps], list[Record]]] = {
    "days-past-due": _oldest,
    "guarantee-matrix": lambda steps: [*_loan(steps), *_oldest(steps)],
    "restructured": _restructurings,
    "renewal": _loan,
    "contagion": _bad_others,
    "judgement": _judgements,
    "cure-hold": _long_late,
}
"""The rows that each floor rests on."""
