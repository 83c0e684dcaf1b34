"""Sign for cases that one has taken over: one, or many at once."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction

from recobro.casework.case.models import Case, Handover, HandoverCase
from recobro.casework.case.queries import to_sign
from recobro.casework.case.rules import SIGN
from recobro.journal.operations import record
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
    found.signed_at, found.remark = at, remark
    found.save(update_fields=["signed_at", "remark"])
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
