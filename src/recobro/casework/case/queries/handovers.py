"""Handovers: to whom cases were given at once, and who has signed for them."""

from django.db.models import Count, F, Q, QuerySet

from recobro.book.queries import Scope
from recobro.casework.case.models import Handover, HandoverCase
from recobro.office.people.models import User


def handovers_of(user: User, scope: Scope) -> QuerySet[Handover]:
    """Return the handovers that concern somebody: to them, by them, or of cases in a scope.

    Those that are not signed for come first.
    """
    theirs = Q(taker=user) | Q(decided_by=user) | scope.within("cases__case__institution__path")
    rows = Handover.objects.filter(pk__in=Handover.objects.filter(theirs).values("pk"))
    return (
        rows.select_related("taker", "decided_by")
        .annotate(number=Count("cases"))
        .order_by(F("signed_at").desc(nulls_first=True), "-decided_at", "-id")
    )


def cases_of(handover: Handover, user: User, scope: Scope) -> QuerySet[HandoverCase]:
    """Return the cases of a handover that somebody may see: all while they are to sign for them.

    Else those of their own institutions, also of what they have decided themselves.
    """
    rows = handover.cases.select_related("case__institution", "giver")
    if handover.taker_id == user.pk and handover.signed_at is None:
        return rows
    return rows.filter(scope.within("case__institution__path"))


def to_sign_for(user: User) -> QuerySet[Handover]:
    """Return the handovers that wait for somebody to sign for them."""
    return Handover.objects.filter(taker=user, signed_at__isnull=True)
