"""What somebody has to see to among their own cases: how many there are, and which come next."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

from django.db.models import (
    BooleanField,
    Exists,
    ExpressionWrapper,
    F,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
)
from django.db.models.functions import Coalesce, NullIf

from recobro.book.models import Borrower, Close, Standing
from recobro.book.queries import Scope
from recobro.casework.case.models import Case, Responsibility
from recobro.casework.case.queries.cases import households, open_cases
from recobro.office.people.models import User
from recobro.terms.grades import Grade

SOON: Final = timedelta(days=7)
"""So long before its deadline a case is due soon, and so long after it was taken on it is new."""

_TOLD: Final = ("pk", "household_id", "due_on", "head", "village")


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
    name: str
    village: str
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
    lately = Responsibility.objects.filter(user__in=people, from_on__gt=on - SOON).order_by()
    return Own(
        every=every,
        late=every.filter(due_on__lt=on),
        soon=every.filter(due_on__range=(on, on + SOON)),
        new=every.filter(pk__in=lately.values("case")),
    )


def come_next(cases: QuerySet[Case], close: Close, *, most: int) -> list[Next]:
    """Return what the households of some cases owe: the first deadline, the largest loan first."""
    owed = Standing.objects.filter(close=close, household_id=OuterRef("household_id"))
    in_order = (
        cases.filter(Exists(owed))
        .annotate(
            size=Subquery(
                owed.order_by("-outstanding_principal").values("outstanding_principal")[:1]
            )
        )
        .order_by("due_on", "-size", "pk")
    )
    first = {row["household_id"]: row for row in _named(in_order).values(*_TOLD)[:most]}
    sums = households(close, Case.objects.filter(pk__in=[row["pk"] for row in first.values()]))
    by_household: dict[str, list[Mapping[str, Any]]] = {name: [] for name in first}
    for each in sums.order_by("-outstanding", "currency"):
        by_household[each["household_id"]].append(each)
    return [
        Next(row["pk"], row["due_on"], row["head"], row["village"] or "", each)
        for name, row in first.items()
        for each in by_household[name]
    ]


def _named(cases: QuerySet[Case]) -> QuerySet[Case]:
    """Put beside each case whom its household is called after, as `heads_of` says it."""
    members = Borrower.objects.filter(household_id=OuterRef("household_id")).order_by(
        ExpressionWrapper(Q(pk=F("household_id")), BooleanField()).desc(), "pk"
    )
    named = members.annotate(called=Coalesce(NullIf("name", Value("")), "borrower_id"))
    return cases.annotate(
        head=Subquery(named.values("called")[:1]), village=Subquery(members.values("village")[:1])
    )
