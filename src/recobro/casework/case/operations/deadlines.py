"""By when a case is to be done with, and to whom its delay goes."""

from datetime import date, datetime, timedelta
from typing import Final

from django.db import transaction
from django.db.models import Q

from recobro.casework.case.models import Case
from recobro.casework.case.operations.assign import CaseClosed, MayNotAssign
from recobro.casework.case.rules import STEP
from recobro.journal.operations import NOBODY, Draft, record, record_all
from recobro.office.escalation import WayUp, steps_up
from recobro.office.people.enums import Right
from recobro.office.people.models import User
from recobro.office.people.queries import authority
from recobro.office.settings.queries import value_of
from recobro.terms.refusal import Refusal

_AT_ONCE: Final = 2_000
"""Rows in one statement."""
_FURTHEST: Final = timedelta(days=3650)


class DayImpossible(Refusal):
    """No case is due on such a day."""

    says = "{due_on} cannot be; nothing was changed. Choose a day from today on, within ten years."

    def __init__(self, due_on: date) -> None:
        super().__init__(due_on=due_on)


class OwnDeadline(Refusal):
    """Whoever is responsible for a case does not say by when it is due."""

    says = (
        "{by} is responsible for the case; nothing was changed. Its deadline is set by the head of "
        "the branch, or a superior."
    )

    def __init__(self, by: User) -> None:
        super().__init__(by=by)


class OnceOwnDeadline(Refusal):
    """Whoever was responsible for a case once puts its deadline off no more."""

    says = (
        "{by} was responsible for the case once, and can only bring its deadline forward; "
        "nothing was changed. Another head of the branch, or a superior, puts it off."
    )

    def __init__(self, by: User) -> None:
        super().__init__(by=by)


class DueOtherwise(Refusal):
    """Somebody else has set another day meanwhile."""

    says = (
        "It is due on {due_on} by now; nothing was changed. Look at the case again, and decide "
        "anew."
    )

    def __init__(self, case: Case) -> None:
        super().__init__(due_on=case.due_on)


@transaction.atomic
def set_deadline(
    *,
    case: Case,
    due_on: date,
    reason: str,
    by: User,
    at: datetime,
    instead_of: date | None = None,
) -> Case:
    """Say by when a case is to be done with.

    With `instead_of`, only while that is the day. Who was responsible once does not put it off: a
    case that is handed over and back is due as before. Raises MayNotAssign, OwnDeadline,
    OnceOwnDeadline, CaseClosed, DayImpossible, DueOtherwise.
    """
    Case.objects.select_for_update().get(pk=case.pk)  # alone: what it names may change
    own = Case.objects.select_related("institution", "responsible").get(pk=case.pk)
    name = authority(by, Right.ASSIGN, own.institution, on=at.date())
    if name is None:
        raise MayNotAssign(by, own)
    _not_their_own(own, due_on, by, name)
    if own.closed_on is not None:
        raise CaseClosed(own)
    if not at.date() <= due_on <= at.date() + _FURTHEST:
        raise DayImpossible(due_on)
    if instead_of not in {None, own.due_on}:
        raise DueOtherwise(own)
    before, own.due_on, own.escalated_to = own.due_on, due_on, None
    own.save(update_fields=["due_on", "escalated_to"])
    record(
        chain=own.chain,
        act="case.deadline-set",
        subject=own.household_id,
        by=name,
        at=at,
        institution_id=own.institution_id,
        reason=reason,
        before={"due_on": str(before)},
        after={"due_on": str(due_on)},
    )
    return own


def _not_their_own(own: Case, due_on: date, by: User, name: str) -> None:
    """Let nobody set the deadline who is responsible, or puts it off who once was, in any name.

    Raises OwnDeadline, OnceOwnDeadline.
    """
    if own.responsible_id == by.pk or name.endswith(f" for {own.responsible.username}"):
        raise OwnDeadline(by)
    named = Q(user=by) | Q(user__username=name.partition(" for ")[2])
    if due_on > own.due_on and own.history.filter(named).exists():
        raise OnceOwnDeadline(by)


@transaction.atomic
def escalate(*, at: datetime) -> list[Case]:
    """Let each overdue case go to the head that its delay has reached; return those that moved.

    The head of its institution on the day after its last, the next one above after each further
    step. Who is responsible stays so.
    """
    on, step = at.date(), timedelta(days=value_of(STEP))
    way_up = WayUp(Right.SIGN_OFF, on)
    rows = Case.objects.select_for_update(of=("self",)).filter(
        Q(due_on__lt=on) | Q(escalated_to__isnull=False), closed_on__isnull=True
    )
    moved = []
    for case in rows.select_related("institution"):
        steps = steps_up(case.due_on, on, step=step)
        to = way_up.at(case.institution, steps - 1) if steps else None
        if to != case.escalated_to_id:
            case.escalated_to_id = to
            moved.append(case)
    Case.objects.bulk_update(moved, ["escalated_to"], _AT_ONCE)
    record_all(drafts=[_told(case) for case in moved], by=NOBODY, at=at)
    return moved


def _told(case: Case) -> Draft:
    return Draft(
        chain=case.chain,
        act="case.escalated",
        subject=case.household_id,
        institution_id=case.institution_id,
        after={"to": case.escalated_to_id or "", "due_on": str(case.due_on)},
    )
