"""Handovers: to whom cases were given at once, and who has signed for them."""

from collections.abc import Iterable
from datetime import date
from typing import Final

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from recobro.book.models import Institution
from recobro.book.queries import Scope
from recobro.casework.case.models import Handover, HandoverCase
from recobro.office.people.models import User

_TAKEN: Final = HandoverCase.objects.filter(
    handover=OuterRef("pk"), case__responsible=OuterRef("taker")
)
"""The cases of a handover that are still in the hands of who took them."""

_WAITS: Final = Q(signed_at__isnull=True) & Exists(_TAKEN)
"""A handover to sign for; of one whose cases have all gone on nobody signs any more."""


def handovers_of(user: User, scope: Scope) -> QuerySet[Handover]:
    """Return the handovers that concern somebody: to them, by them, or of cases in a scope.

    Those that wait to be signed for come first (`waits`).
    """
    theirs = Q(taker=user) | Q(decided_by=user) | scope.within("cases__case__institution__path")
    rows = Handover.objects.filter(pk__in=Handover.objects.filter(theirs).values("pk"))
    return (
        rows.select_related("taker", "decided_by", "escalated_to")
        .annotate(number=Count("cases"), waits=_WAITS)
        .order_by("-waits", "-decided_at", "-id")
    )


def cases_of(handover: Handover, user: User, scope: Scope) -> QuerySet[HandoverCase]:
    """Return the cases of a handover that somebody may see: those of their own institutions.

    Also of what they have decided themselves. While they are to sign, those too that are theirs.
    """
    seen = scope.within("case__institution__path")
    if handover.taker_id == user.pk and handover.signed_at is None:
        seen |= Q(case__responsible=user)
    return handover.cases.select_related("case__institution", "giver").filter(seen)


def to_sign_for(user: User) -> QuerySet[Handover]:
    """Return the handovers that wait for somebody to sign for them."""
    return Handover.objects.filter(_WAITS, taker=user)


def unsigned(on: date) -> QuerySet[Handover]:
    """Return the handovers that wait for a signature though the last day for it is past."""
    return Handover.objects.filter(_WAITS, sign_by__lt=on)


def unsigned_of(heads_of: Iterable[Institution]) -> QuerySet[Handover]:
    """Return the handovers whose missing signature has reached the heads of some institutions."""
    return Handover.objects.filter(_WAITS, escalated_to__in=list(heads_of))


def to_sign(handover: Handover) -> QuerySet[HandoverCase]:
    """Return the cases of a handover that are still in the hands of who signs for them."""
    return handover.cases.filter(case__responsible=handover.taker_id)
