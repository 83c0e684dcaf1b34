from collections.abc import Iterable
from datetime import date

from django.db.models import Count, F, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from recobro.book.models import Institution
from recobro.book.queries import Scope, climbed
from recobro.oversight.notices.models import Notice, NoticeLoan


def notices_in(scope: Scope) -> QuerySet[Notice]:
    """Return the notices to institutions of a scope: those not signed off first, by term."""
    found = Notice.objects.filter(scope.within("institution__path"))
    rows = found.select_related("institution", "now_at", "signed_by")
    loans = NoticeLoan.objects.filter(notice=OuterRef("pk")).order_by().values("notice")
    number = Coalesce(Subquery(loans.annotate(number=Count("pk")).values("number")), 0)
    return rows.annotate(number=number).order_by(
        F("signed_at").desc(nulls_first=True), "due_on", "institution__path", "kind"
    )


def waiting_for(heads_of: Iterable[Institution]) -> QuerySet[Notice]:
    """Return the notices that the heads of some institutions are to see to.

    Those that have gone to a superior are still theirs to sign; those below them are not yet.
    """
    theirs = Q(pk__in=[])
    for head in heads_of:
        below = Scope((head.path,)).within("institution__path")
        theirs |= below & Q(now_at__path__in=climbed(head.path))
    return Notice.objects.filter(theirs, signed_at__isnull=True)


def late(notices: QuerySet[Notice], *, on: date) -> int:
    """Return how many of some notices should have been signed off before a day."""
    return notices.filter(signed_at__isnull=True, due_on__lt=on).count()


def sums(notice: Notice) -> list[dict[str, object]]:
    """Return by currency how many loans it has, what is outstanding and what is overdue."""
    by_currency = notice.loans.order_by("currency").values("currency")
    return list(
        by_currency.annotate(
            loans=Count("pk"),
            outstanding=Sum("outstanding_principal"),
            overdue=Sum("overdue_amount"),
        )
    )
