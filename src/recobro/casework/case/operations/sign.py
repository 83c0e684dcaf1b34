"""Sign for cases that one has taken over: one, or many at once."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction
from django.db.models import F

from recobro.book.models import Institution
from recobro.casework.case.models import Case, Handover, HandoverCase
from recobro.casework.case.queries import to_sign, unsigned
from recobro.casework.case.rules import SIGN, STEP
from recobro.journal.operations import NOBODY, Draft, record, record_all
from recobro.office.escalation import WayUp, steps_up
from recobro.office.people.enums import Right
from recobro.office.people.models import User
from recobro.office.settings.queries import value_of
from recobro.terms.refusal import Refusal

_REASON: Final = 400
"""Signs of a reason that a handover keeps; the journal keeps it whole."""

_AT_ONCE: Final = 2_000
"""Rows in one statement."""


class SignedFor(Refusal):
    """It was signed for already."""

    says = "{taker} signed for it on {signed_at:%Y-%m-%d %H:%M} UTC; nothing was changed."

    def __init__(self, handover: Handover) -> None:
        super().__init__(taker=handover.taker, signed_at=handover.signed_at)


class NotTheTaker(Refusal):
    """Only who has taken the cases signs for them."""

    says = "{taker} has taken these cases; only they can sign for them."

    def __init__(self, handover: Handover) -> None:
        super().__init__(taker=handover.taker)


class GoneOn(Refusal):
    """Nothing of it is in the hands of who took it."""

    says = (
        "All these cases have gone on to others since; nothing was changed. Who has them now "
        "signs for them."
    )


def let_sign(
    *,
    to: User,
    cases: Sequence[tuple[Case, Mapping[str, int]]],
    reason: str,
    by: User | None,
    name: str,
    at: datetime,
) -> Handover:
    """Make the handover that somebody signs for who takes cases, in the transaction of the caller.

    The cases are still in the name of who gives them, each with what its household owes; `by` is
    who decides, none at the machine, and `name` in whose name.
    """
    made = Handover.objects.create(
        taker=to,
        decided_by=by,
        decided_as=name,
        decided_at=at,
        reason=reason[:_REASON],
        sign_by=at.date() + timedelta(days=value_of(SIGN)),
    )
    HandoverCase.objects.bulk_create(
        (
            HandoverCase(handover=made, case=case, giver=case.responsible, amounts=dict(owed))
            for case, owed in cases
        ),
        _AT_ONCE,
    )
    record(
        chain=made.chain,
        act="case.handed-over",
        subject=str(made.pk),
        by=made.decided_as,
        at=at,
        institution_id=cases[0][0].institution_id,
        reason=reason,
        after={"to": to.username, "cases": {str(case.pk): dict(owed) for case, owed in cases}},
    )
    return made


@transaction.atomic
def sign_for(*, handover: Handover, by: User, at: datetime, remark: str = "") -> Handover:
    """Sign for cases that one has taken over; once.

    Raises NotTheTaker, SignedFor, GoneOn.
    """
    own = Handover.objects.select_for_update(of=("self",)).select_related("taker")
    found = own.get(pk=handover.pk)
    if found.taker_id != by.pk:
        raise NotTheTaker(found)
    if found.signed_at is not None:
        raise SignedFor(found)
    theirs = list(to_sign(found).select_related("case"))
    if not theirs:
        raise GoneOn
    found.signed_at, found.remark, found.escalated_to = at, remark, None
    found.save(update_fields=["signed_at", "remark", "escalated_to"])
    record(
        chain=found.chain,
        act="case.signed-for",
        subject=str(found.pk),
        by=by.username,
        at=at,
        institution_id=theirs[0].case.institution_id,
        reason=remark,
        after={"cases": len(theirs)},
    )
    return found


@transaction.atomic
def escalate_unsigned(*, at: datetime) -> list[Handover]:
    """Let each handover nobody signs for go to the head that the delay has reached, as cases do.

    To the head of where the first of its cases lies on the day after the last one, to the next one
    above after each further step. Return those that moved.
    """
    on, step = at.date(), timedelta(days=value_of(STEP))
    way_up = WayUp(Right.SIGN_OFF, on)
    late = Handover.objects.select_for_update(of=("self",)).filter(pk__in=unsigned(on).values("pk"))
    lies = _where_they_lie(list(late))
    moved = []
    for handover, place in lies.items():
        to = way_up.at(place, steps_up(handover.sign_by or on, on, step=step) - 1)
        if to != handover.escalated_to_id:
            handover.escalated_to_id = to
            moved.append(handover)
    Handover.objects.bulk_update(moved, ["escalated_to"], _AT_ONCE)
    record_all(
        drafts=[_told_escalated(handover, lies[handover]) for handover in moved], by=NOBODY, at=at
    )
    return moved


def _where_they_lie(handovers: Sequence[Handover]) -> dict[Handover, Institution]:
    """Return where the first case of each handover lies that is still with who has taken it."""
    by_number = {handover.pk: handover for handover in handovers}
    rows = HandoverCase.objects.filter(
        handover__in=handovers, case__responsible=F("handover__taker")
    ).select_related("case__institution")
    return {by_number[one.handover_id]: one.case.institution for one in rows.order_by("-case")}


def _told_escalated(handover: Handover, place: Institution) -> Draft:
    return Draft(
        chain=handover.chain,
        act="case.handover-escalated",
        subject=str(handover.pk),
        institution_id=place.pk,
        after={"to": handover.escalated_to_id or "", "sign_by": str(handover.sign_by)},
    )
