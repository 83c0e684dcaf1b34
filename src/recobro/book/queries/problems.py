"""Problem loans of a close: filtered, sorted, summed up."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date
from typing import Any, Final

from django.db.models import Count, Exists, F, OrderBy, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from recobro.book.models import Close, Figure, Findable, Staff, Standing
from recobro.book.queries.scope import Scope
from recobro.book.queries.sorting import chosen
from recobro.book.rules import sought

SORTS: Final[Mapping[str, tuple[str, ...]]] = {
    "borrower": ("borrower__name",),
    "loan": ("loan__loan_id",),
    "village": ("borrower__village",),
    "institution": ("institution__path",),
    "product": ("product",),
    "outstanding": ("outstanding_principal",),
    "overdue": ("overdue_amount",),
    "days_past_due": ("days_past_due",),
    "grade": ("grade_rank", "days_past_due"),
}
"""What the ledger can be sorted by, and the columns that decide."""

MORE_SORTS: Final[Mapping[str, tuple[str, ...]]] = {
    **SORTS,
    "guarantee": ("guarantee",),
    "segment": ("segment",),
    "days_bucket": ("bucket", "days_past_due"),
    "principal": ("principal",),
    "paid": ("paid_total",),
    "provision": ("provision",),
    "unpaid": ("unpaid_instalments",),
    "missed_in_a_row": ("missed_in_a_row",),
    "missed_ever": ("missed_ever",),
    "oldest_unpaid": ("oldest_unpaid_due_on",),
    "disbursed_on": ("loan__disbursed_on",),
    "matures_on": ("loan__matures_on",),
}
"""The same where more columns than the usual ones can be seen."""

DEFAULT_SORT: Final = "-days_past_due"

WORDS: Final = 5
"""So many words of a search are looked for; each costs a look at every name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """What of the problem loans somebody wants to see; an empty word asks for all."""

    search: str = ""
    grade: str = ""
    bucket: str = ""
    product: str = ""
    guarantee: str = ""
    state: str = ""
    segment: str = ""

    @property
    def narrows(self) -> bool:
        """Whether it leaves anything out."""
        return any(getattr(self, field.name) for field in fields(self))

    def condition(self, *, newest: bool) -> Q:
        """Return it as a condition on standings; of the newest close more is found, and sooner."""
        same = {
            name: getattr(self, name)
            for name in ("grade", "bucket", "product", "guarantee", "segment")
            if getattr(self, name)
        }
        found = Q(**same) & STATES.get(self.state, Q())
        if newest and self.search:
            return found & Q(loan__in=fitting(self.search).values("loan"))
        for word in self.search.split()[:WORDS]:  # not by phone: what is masked would be tried
            found &= (
                Q(loan__loan_id__icontains=word)
                | Q(borrower__name__icontains=word)
                | Q(borrower__village__icontains=word)
            )
        return found


STATES: Final[Mapping[str, Q]] = {
    "nonperforming": Q(nonperforming=True, on_balance=True),
    "three_six": Q(three_six=True, on_balance=True),
    "overdue": Q(overdue_amount__gt=0, on_balance=True),
    "written_off": Q(on_balance=False),
}
"""Ways in which a loan can be a problem, each a list of its own."""


def fitting(text: str) -> QuerySet[Findable]:
    """Return the problem loans of the newest close that fit a text, wherever they are."""
    parts = sought(text)[:WORDS]
    rows = Findable.objects.order_by() if parts else Findable.objects.none()
    for part in parts:
        rows = rows.filter(text__contains=part)
    return rows


def problems(close: Close, scope: Scope) -> QuerySet[Standing]:
    """Return the problem loans of a close in a scope, with who owes them and where."""
    rows = Standing.objects.filter(scope.within("institution__path"), close=close)
    return rows.select_related("loan", "borrower", "institution")


def in_order(rows: QuerySet[Standing], sort: str) -> QuerySet[Standing]:
    """Sort by one of MORE_SORTS, downwards with a minus before it; by loan where that is equal.

    What is not known comes last.
    """
    name, down = chosen(sort, MORE_SORTS, DEFAULT_SORT)
    order = [_sorted(F(column), down=down) for column in MORE_SORTS[name]]
    return rows.order_by(*order, "loan_id")


def _sorted(column: F, *, down: bool) -> OrderBy:
    return column.desc(nulls_last=True) if down else column.asc(nulls_last=True)


def looked_up(few: Any, sort: str) -> QuerySet[Standing]:  # noqa: ANN401 - a slice of a query set
    """Return the rows that some of a list stand for, whole and in its order.

    The whole list is sorted by what an index has; with who owes and where each row that is sorted
    would be looked up first.
    """
    rows = Standing.objects.filter(pk__in=few.select_related(None).values("pk"))
    return in_order(rows.select_related("loan", "borrower", "institution"), sort)


def with_originator(rows: QuerySet[Standing]) -> QuerySet[Standing]:
    """Put beside each loan who made it, as `originator`; their id where their name is not known."""
    staff = Staff.objects.filter(pk=OuterRef("loan__staff_id")).exclude(name="")
    named = Subquery(staff.values("name")[:1])
    return rows.annotate(originator=Coalesce(named, F("loan__staff_id")))


def sums(rows: QuerySet[Standing]) -> list[dict[str, object]]:
    """Return by currency how many loans there are, what is outstanding and what is overdue."""
    by_currency = rows.order_by("currency").values("currency")
    return list(
        by_currency.annotate(
            loans=Count("pk"),
            outstanding=Sum("outstanding_principal"),
            overdue=Sum("overdue_amount"),
        )
    )


def grades_at(loans: Iterable[int], closes: Sequence[Close]) -> dict[int, dict[date, str]]:
    """Return the grade of some loans at some closes, by loan_no and day; the others were normal."""
    found: dict[int, dict[date, str]] = {}
    rows = Standing.objects.filter(loan__in=list(loans), close__in=closes)
    for loan_no, on, grade in rows.values_list("loan_id", "close__as_of", "grade"):
        found.setdefault(loan_no, {})[on] = grade
    return found


def segments(close: Close, scope: Scope) -> list[str]:
    """Return old and new, where the close parts the loans of a scope by them; else nothing.

    Nor where it was shown before problem loans were told apart by them.
    """
    parted = Standing.objects.filter(close=close).exclude(segment="")
    found = Figure.objects.filter(
        Exists(parted), close=close, by="segment", institution__path__in=scope.paths
    )
    return sorted(set(found.order_by().values_list("value", flat=True)), reverse=True)


def products(close: Close, scope: Scope) -> list[str]:
    """Return the products of a scope, in order: of all loans on balance, and of written-off ones.

    What figures tell need not be looked for in every loan.
    """
    on_balance = Figure.objects.filter(
        close=close, by="product", institution__path__in=scope.paths
    ).order_by()
    others = Standing.objects.filter(
        scope.within("institution__path"), close=close, on_balance=False
    ).order_by()
    found = on_balance.values_list("value").union(others.values_list("product"))
    return sorted(product for (product,) in found if product)
