"""Say who is responsible: by hand, and when somebody leaves."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from recobro.book.models import Institution
from recobro.book.queries import latest_shown
from recobro.casework.case.enums import Cause
from recobro.casework.case.models import Case, Responsibility
from recobro.casework.case.operations.sign import let_sign
from recobro.casework.case.queries import owed_by
from recobro.casework.case.rules import ALONE, LIMITS
from recobro.journal.operations import record
from recobro.office.approvals.acts import approved
from recobro.office.approvals.models import Request
from recobro.office.approvals.operations import WaitsAlready, ask
from recobro.office.approvals.queries import waiting
from recobro.office.approvals.rules import within
from recobro.office.people.enums import Right
from recobro.office.people.models import User
from recobro.office.people.queries import authority, holds, posts_on
from recobro.office.settings.queries import value_of
from recobro.office.webhooks.operations import announce_cases
from recobro.terms.refusal import Refusal


class CannotCollect(Refusal):
    """Somebody without a post to collect there cannot be made responsible."""

    says = (
        "{user} has no post to collect at {institution}; nothing was changed. Choose somebody who "
        "has."
    )

    def __init__(self, user: User, case: Case) -> None:
        super().__init__(user=user, institution=case.institution)


class MayNotAssign(Refusal):
    """It is not for this person to say who is responsible."""

    says = (
        "{user} may not say who is responsible at {institution}; nothing was changed. Ask the head "
        "of the branch."
    )

    def __init__(self, user: User, case: Case) -> None:
        super().__init__(user=user, institution=case.institution)


class MadeTheLoan(Refusal):
    """Whoever made a loan does not collect it."""

    says = "{user} made a loan of {household_id}; nothing was changed. Choose somebody who did not."

    def __init__(self, user: User, case: Case) -> None:
        super().__init__(user=user, household_id=case.household_id)


class AssignedMeanwhile(Refusal):
    """Somebody else is responsible by now than whoever decided has seen."""

    says = (
        "{responsible} is responsible by now; nothing was changed. Look at the case again, and "
        "decide anew."
    )

    def __init__(self, case: Case) -> None:
        super().__init__(responsible=case.responsible)


class CaseClosed(Refusal):
    """A case that has ended stays as it is."""

    says = "The case was closed on {closed_on}; nothing was changed."

    def __init__(self, case: Case) -> None:
        super().__init__(closed_on=case.closed_on)


@transaction.atomic
def assign(
    *, case: Case, to: User, reason: str, by: User, at: datetime, instead_of: str = ""
) -> Responsibility | Request:
    """Make somebody else responsible for an open case, or ask for it.

    Above the amount up to which one person is enough it is asked for, and happens once a second
    one approves. Whoever takes it signs for it, as for many. With `instead_of`, a user name, only
    while that is who is. Raises MayNotAssign, CannotCollect, CaseClosed, MadeTheLoan,
    AssignedMeanwhile, NobodyDecides, WaitsAlready.
    """
    own = _locked(case.pk)
    name = authority(by, Right.ASSIGN, own.institution, on=at.date())
    if name is None:
        raise MayNotAssign(by, own)
    _can_take(own, to, at)
    if instead_of not in {"", own.responsible.username}:
        raise AssignedMeanwhile(own)
    if there := waiting("case-assign", own.chain):
        raise WaitsAlready(there)
    owed = _owed(own)
    if within(owed, value_of(ALONE)):
        return _give(own, to, reason, _Decided(by, name, at), owed)
    return ask_to_assign(own, to, reason, by=by, name=name, at=at, owed=owed)


def ask_to_assign(
    own: Case,
    to: User,
    reason: str,
    *,
    by: User,
    name: str,
    at: datetime,
    owed: Mapping[str, int],
) -> Request:
    """Ask a second person to make somebody responsible, in the transaction of the caller.

    Raises NobodyDecides, WaitsAlready.
    """
    return ask(
        kind="case-assign",
        subject=own.chain,
        institution=own.institution,
        content={
            "case": own.pk,
            "household": own.household_id,
            "from": own.responsible.username,
            "to": to.username,
        },
        reason=reason,
        by=by,
        name=name,
        at=at,
        amounts=owed,
    )


def _now(request: Request) -> tuple[Institution, dict[str, int]]:
    """Return where a case is now, and what its household owes now."""
    own = Case.objects.select_related("institution").get(pk=request.content["case"])
    return own.institution, _owed(own)


def _owed(own: Case) -> dict[str, int]:
    return owed_by([own], close=latest_shown()).get(own.household_id, {})


@approved("case-assign", LIMITS, _now)
def assign_approved(request: Request, at: datetime) -> None:
    """Make somebody responsible as it was asked for, if all is still as it was then.

    Raises MayNotAssign, CannotCollect, CaseClosed, MadeTheLoan, AssignedMeanwhile.
    """
    own = _locked(request.content["case"])
    to = User.objects.get(username=request.content["to"])
    if authority(request.asked_by, Right.ASSIGN, own.institution, on=at.date()) is None:
        raise MayNotAssign(request.asked_by, own)
    _can_take(own, to, at)
    if own.responsible.username != request.content["from"]:
        raise AssignedMeanwhile(own)
    decided = _Decided(request.asked_by, request.asked_as, at, request.pk)
    _give(own, to, request.reason, decided, request.amounts)


def _locked(number: int) -> Case:
    """Return a case, for one writer at a time."""
    Case.objects.select_for_update().get(pk=number)  # alone: who is responsible may change
    return Case.objects.select_related("institution", "responsible").get(pk=number)


def _can_take(own: Case, to: User, at: datetime) -> None:
    User.objects.select_for_update().get(pk=to.pk)  # an account that ends meanwhile takes nothing
    if not holds(posts_on(at.date()), to, Right.COLLECT, own.institution):
        raise CannotCollect(to, own)
    if own.closed_on is not None:
        raise CaseClosed(own)
    made_by = set(own.loans.exclude(loan__staff_id="").values_list("loan__staff_id", flat=True))
    if to.staff_id in made_by:
        raise MadeTheLoan(to, own)


@dataclass(frozen=True, slots=True)
class _Decided:
    """Who decided, in whose name, and when; by which request, where a second person was asked."""

    by: User
    name: str
    at: datetime
    request: int | None = None


def _give(
    own: Case, to: User, reason: str, decided: _Decided, owed: Mapping[str, int]
) -> Responsibility:
    name, at, request = decided.name, decided.at, decided.request
    before = own.responsible.username
    if to.username != before:
        let_sign(to=to, cases=[(own, owed)], reason=reason, by=decided.by, name=name, at=at)
    own.responsible = to
    own.save(update_fields=["responsible"])
    made = Responsibility(
        case=own, user=to, from_on=at.date(), cause=Cause.BY_HAND.value, reason=reason
    )
    made.save()
    record(
        chain=own.chain,
        act="case.assigned",
        subject=own.household_id,
        institution_id=own.institution_id,
        by=name,
        at=at,
        reason=reason,
        before={"responsible": before},
        after={"responsible": to.username} | ({"request": request} if request else {}),
    )
    announce_cases(cases=[own.pk], at=at)
    return made
