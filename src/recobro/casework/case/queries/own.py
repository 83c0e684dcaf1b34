"""What somebody has to see to among their own cases: how many there are, and which come next."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

from django.db.models import Exists, OuterRef, QuerySet, Subquery

from recobro.book.models import Borrower, Close
from recobro.book.queries import Scope
from recobro.casework.case.models import Case, Responsibility
from recobro.casework.case.queries.cases import heads_of, households, open_cases
from recobro.office.people.models import User
from recobro.terms.grades import Grade

SOON: Final = timedelta(days=7)
"""So long before its deadline a case is due soon, and so long after it was taken on it is new."""


@dataclass(frozen=True, slots=True)
class Own:
    """The open cases of some people, and those among them that ask for something."""

    every: QuerySet[Case]
    late: QuerySet[Case]
    soon: QuerySet[Case]
    new: QuerySet[Case]


@dataclass(frozen=True, slots=True)
class Next:
    """What a household owes in one currency, and by when its case is due."""

    case: int
    due_on: date
    head: Borrower
    sums: Mapping[str, Any]

    @property
    def grade(self) -> str:
        """The worst grade among its loans."""
        return Grade(self.sums["rank"]).code


def own_cases(people: Sequence[User], scope: Scope, *, on: date) -> Own:
    """Return the open cases of some people that a scope lets see; those that ask for something.

    Those are overdue, due within a week, or taken on in the last.
    """
    every = open_cases(scope, responsible=people)
    lately = Responsibility.objects.filter(
        case=OuterRef("pk"), user=OuterRef("responsible"), from_on__gt=on - SOON
    )
    return Own(
        every=every,
        late=every.filter(due_on__lt=on),
        soon=every.filter(due_on__range=(on, on + SOON)),
        new=every.filter(Exists(lately)),
    )


def come_next(cases: QuerySet[Case], close: Close, *, most: int) -> list[Next]:
    """Return what the households of some cases owe: the first deadline, the largest sum first."""
    case = cases.filter(household_id=OuterRef("household_id")).order_by()
    rows = (
        households(close, cases)
        .annotate(case=Subquery(case.values("pk")[:1]), due_on=Subquery(case.values("due_on")[:1]))
        .order_by("due_on", "-outstanding", "household_id", "currency")
    )
    found = list(rows[:most])
    heads = heads_of({row["household_id"] for row in found})
    return [
        Next(case=row["case"], due_on=row["due_on"], head=heads[row["household_id"]], sums=row)
        for row in found
    ]
