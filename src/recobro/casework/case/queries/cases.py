"""Cases as people look for them: the ledger of households, one case, who could collect."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from django.db.models import Count, Exists, F, Max, OuterRef, Q, QuerySet, Subquery, Sum, Value
from django.db.models.functions import Coalesce, NullIf

from recobro.book.models import Borrower, Close, Institution, Standing
from recobro.book.queries import Scope
from recobro.book.queries.problems import WORDS, fitting
from recobro.book.queries.sorting import chosen
from recobro.casework.case.models import Case
from recobro.office.approvals.queries import of_subject
from recobro.office.people.enums import Right
from recobro.office.people.models import Post, User
from recobro.office.people.queries import posts_on, scope_of
from recobro.terms.grades import Grade

SORTS: Final[Mapping[str, tuple[str, ...]]] = {
    "loans": ("loans",),
    "outstanding": ("outstanding",),
    "overdue": ("overdue",),
    "days_past_due": ("days",),
    "grade": ("rank", "days"),
}
"""What the ledger of households can be sorted by, and the columns that decide."""

DEFAULT_SORT: Final = "-outstanding"


@dataclass(frozen=True, slots=True)
class Line:
    """A household of the ledger: its case, its head, and what it owes in one currency."""

    case: Case
    head: Borrower
    sums: Mapping[str, Any]
    on_balance: bool
    """Whether anything of all that it owes is: else it is written off."""

    @property
    def name(self) -> str:
        """What the household is called: as its head is."""
        return str(self.head)

    @property
    def village(self) -> str:
        """Where its head lives."""
        return self.head.village

    @property
    def phone(self) -> str:
        """Its head's telephone number, not masked."""
        return self.head.phone

    @property
    def grade(self) -> str:
        """The worst grade among its loans."""
        return Grade(self.sums["rank"]).code


def open_cases(
    scope: Scope, *, responsible: Sequence[User] = (), late_on: date | None = None
) -> QuerySet[Case]:
    """Return the open cases of a scope; of some people, or overdue on a day, if asked for."""
    cases = Case.objects.filter(scope.within("institution__path"), closed_on__isnull=True)
    if responsible:
        cases = cases.filter(responsible__in=responsible)
    return cases.filter(due_on__lt=late_on) if late_on else cases


def escalated_to(heads_of: Iterable[Institution]) -> QuerySet[Case]:
    """Return the open cases whose delay has reached the heads of some institutions."""
    return Case.objects.filter(escalated_to__in=list(heads_of), closed_on__isnull=True)


def counted(scope: Scope, paths: Iterable[str]) -> dict[str, int]:
    """Return how many open cases the subtrees at some paths have."""
    cases = open_cases(scope).order_by().values_list("institution__path")
    places = list(cases.annotate(number=Count("pk")))
    return {
        path: sum(number for place, number in places if place.startswith(path)) for path in paths
    }


def households(
    close: Close, cases: QuerySet[Case], *, search: str = "", newest: bool = False
) -> QuerySet[Any]:
    """Return what the households of some open cases owe at a close, by currency.

    Of a household all problem loans count, wherever they lie: it is one case. Of the newest close
    more is found, and sooner.
    """
    own = cases.order_by().values("household_id")
    rows = Standing.objects.filter(close=close, household_id__in=own)
    if newest and search:
        rows = rows.filter(household_id__in=fitting(search).values("household_id"))
        search = ""
    for word in search.split()[:WORDS]:
        found = Borrower.objects.filter(Q(name__icontains=word) | Q(village__icontains=word))
        rows = rows.filter(
            Q(household_id__in=found.values("household_id"))
            | Q(
                household_id__in=Standing.objects.filter(
                    close=close, loan__loan_id__icontains=word
                ).values("household_id")
            )
        )
    return (
        rows.order_by()
        .values("household_id", "currency")
        .annotate(
            loans=Count("pk"),
            outstanding=Sum("outstanding_principal"),
            overdue=Sum("overdue_amount"),
            days=Max("days_past_due"),
            rank=Max("grade_rank"),
            three_six=Count("pk", filter=Q(three_six=True)),
        )
    )


def written_off(cases: QuerySet[Case], close: Close) -> QuerySet[Case]:
    """Return those of some cases of which all that is owed at a close is written off."""
    owed = Standing.objects.filter(close=close, household_id=OuterRef("household_id"))
    return cases.filter(Exists(owed), ~Exists(owed.filter(on_balance=True)))


def sums_of(close: Close, cases: QuerySet[Case]) -> list[dict[str, Any]]:
    """Return how many households some open cases have and what these owe, by currency."""
    rows = Standing.objects.filter(close=close, household_id__in=cases.values("household_id"))
    sums = rows.order_by("currency").values("currency")
    return list(
        sums.annotate(
            households=Count("household_id", distinct=True),
            outstanding=Sum("outstanding_principal"),
            overdue=Sum("overdue_amount"),
        )
    )


def in_order(rows: QuerySet[Any], sort: str) -> QuerySet[Any]:
    """Sort by one of SORTS, downwards with a minus before it; by household where that is equal."""
    name, down = chosen(sort, SORTS, DEFAULT_SORT)
    order = [F(column).desc() if down else F(column).asc() for column in SORTS[name]]
    return rows.order_by(*order, "household_id", "currency")


def lines(rows: Iterable[Mapping[str, Any]], *, close: Close | None = None) -> list[Line]:
    """Put beside what some households owe their open case and their name, in the same order.

    With the close, also whether it is all written off: that is looked up for these alone, since
    the sums of all come from an index.
    """
    found = list(rows)
    names = {row["household_id"] for row in found}
    cases = {
        case.household_id: case
        for case in Case.objects.filter(
            household_id__in=names, closed_on__isnull=True
        ).select_related("responsible", "institution", "escalated_to")
    }
    heads = heads_of(names)
    booked = Standing.objects.filter(close=close, household_id__in=names, on_balance=True)
    on_balance = set(booked.order_by().values_list("household_id", flat=True)) if close else names
    return [
        Line(
            case=cases[row["household_id"]],
            head=heads[row["household_id"]],
            sums=row,
            on_balance=row["household_id"] in on_balance,
        )
        for row in found
    ]


def heads_of(households: Iterable[str]) -> dict[str, Borrower]:
    """Return who a household is called after: the borrower of its own id, else its first."""
    return heads_among(Borrower.objects.filter(household_id__in=list(households)))


def heads_among(members: Iterable[Borrower]) -> dict[str, Borrower]:
    """Return whom of some people their households are called after."""
    heads: dict[str, Borrower] = {}
    for member in sorted(members, key=lambda one: one.pk):
        if member.household_id not in heads or member.pk == member.household_id:
            heads[member.household_id] = member
    return heads


def case_in(scope: Scope, number: int) -> Case | None:
    """Return a case that somebody may see: their own, or one with a loan of theirs in it.

    `asks` says of it whether somebody has asked that it go to another.
    """
    theirs = scope.within("loans__loan__institution__path")
    cases = Case.objects.filter(scope.within("institution__path") | theirs, pk=number)
    chain = f"case:{number}"
    cases = cases.annotate(asks=Exists(of_subject("case-assign", [chain])))
    return cases.select_related("institution", "responsible", "escalated_to").distinct().first()


def open_cases_of(scope: Scope, households: Iterable[str]) -> list[Case]:
    """Return the open cases of some households that somebody may see, as `case_in` does."""
    theirs = scope.within("loans__loan__institution__path")
    cases = Case.objects.filter(
        scope.within("institution__path") | theirs,
        household_id__in=set(households),
        closed_on__isnull=True,
    )
    return list(cases.select_related("institution", "responsible").distinct())


def with_case(rows: QuerySet[Standing], scope: Scope) -> QuerySet[Standing]:
    """Put beside each loan what the open case of its household tells whom a scope lets see it.

    Who collects as `collector`, since when as `opened_on`, by when as `due_on`.
    """
    theirs = scope.within("loans__loan__institution__path")
    cases = Case.objects.filter(
        scope.within("institution__path") | theirs,
        household_id=OuterRef("household_id"),
        closed_on__isnull=True,
    ).order_by()
    named = Coalesce(NullIf("responsible__name", Value("")), "responsible__username")
    return rows.annotate(
        collector=Subquery(cases.annotate(told=named).values("told")[:1]),
        opened_on=Subquery(cases.values("opened_on")[:1]),
        due_on=Subquery(cases.values("due_on")[:1]),
    )


def open_case_of(household_id: str) -> Case | None:
    """Return the open case of a household; None where it has none."""
    return Case.objects.filter(household_id=household_id, closed_on__isnull=True).first()


def goes_on_in(case: Case, scope: Scope) -> Case | None:
    """Return the case that goes on with the loans of a merged one, if somebody may see it."""
    theirs = scope.within("institution__path") | scope.within("loans__loan__institution__path")
    cases = Case.objects.filter(theirs, loans__loan__in=case.loans.values("loan"))
    return cases.exclude(pk=case.pk).order_by("-opened_on", "-pk").first()


def loans_of(
    case: Case, close: Close, scope: Scope, *, also: Iterable[Close] = ()
) -> QuerySet[Standing]:
    """Return the problem loans of a case at a close that somebody may see.

    All of them where the case is theirs; else those of their own institutions. With `also`, how
    these loans stood at other closes too.
    """
    own = Standing.objects.filter(close=close, household_id=case.household_id)
    if not scope.has(case.institution):
        own = own.filter(scope.within("institution__path"))
    others = [each.pk for each in also if each != close]
    rows = own
    if others:
        rows = Standing.objects.filter(close__in=[close.pk, *others], loan__in=own.values("loan"))
    return rows.select_related("loan", "borrower", "institution").order_by("-grade_rank", "loan_id")


def left_by(user: User, posts: list[Post]) -> QuerySet[Case]:
    """Return the open cases of a person that some posts of theirs do not let them collect."""
    scope = scope_of(posts, Right.COLLECT)
    own = Case.objects.filter(responsible=user, closed_on__isnull=True)
    return own.exclude(scope.within("institution__path"))


def successors(cases: QuerySet[Case], *, but: User, on: date) -> QuerySet[User]:
    """Return who could take all of some cases in the place of a person, by name."""
    places = set(cases.order_by().values_list("institution__path", flat=True))
    held: dict[int, list[Post]] = {}
    for post in posts_on(on):
        held.setdefault(post.user_id, []).append(post)
    able = [
        user
        for user, posts in held.items()
        if user != but.pk and all(scope_of(posts, Right.COLLECT).covers(path) for path in places)
    ]
    return User.objects.filter(pk__in=able).order_by("name")


def without_person(scope: Scope) -> QuerySet[Case]:
    """Return open cases whose person has no account any more: there are to be none."""
    return open_cases(scope).filter(responsible__is_active=False)


def owed_by(cases: Iterable[Case], *, close: Close | None) -> dict[str, dict[str, int]]:
    """Return what some households owe at a close: outstanding by household and currency."""
    found: dict[str, dict[str, int]] = {}
    names = [case.household_id for case in cases]
    rows = Standing.objects.filter(close=close, household_id__in=names).order_by()
    sums = rows.values("household_id", "currency").annotate(own=Sum("outstanding_principal"))
    for name, currency, own in sums.values_list("household_id", "currency", "own"):
        found.setdefault(name, {})[currency] = own
    return found


def owed(loans: Iterable[Standing]) -> list[dict[str, Any]]:
    """Return what some loans add up to, by currency."""
    sums: dict[str, dict[str, Any]] = {}
    for loan in loans:
        own = sums.setdefault(
            loan.currency, {"currency": loan.currency, "outstanding": 0, "overdue": 0, "days": 0}
        )
        own["outstanding"] += loan.outstanding_principal
        own["overdue"] += loan.overdue_amount
        own["days"] = max(own["days"], loan.days_past_due)
    return [sums[code] for code in sorted(sums)]
