"""Say who is responsible: by hand, and when somebody leaves."""

from datetime import datetime

from django.db import transaction

from recobro.casework.case.enums import Cause
from recobro.casework.case.models import Case, Responsibility
from recobro.journal.operations import record
from recobro.office.people.enums import Right
from recobro.office.people.models import User
from recobro.office.people.queries import authority, holds, posts_on
from recobro.office.webhooks.operations import announce_cases
from recobro.terms.refusal import Refusal


class CannotCollect(Refusal):
    """Somebody without a post to collect there cannot be made responsible."""

    def __init__(self, user: User, case: Case) -> None:
        super().__init__(
            f"{user} has no post to collect at {case.institution}; nothing was changed. "
            "Choose somebody who has."
        )


class MayNotAssign(Refusal):
    """It is not for this person to say who is responsible."""

    def __init__(self, user: User, case: Case) -> None:
        super().__init__(
            f"{user} may not say who is responsible at {case.institution}; nothing was changed. "
            "Ask the head of the branch."
        )


class MadeTheLoan(Refusal):
    """Whoever made a loan does not collect it."""

    def __init__(self, user: User, case: Case) -> None:
        super().__init__(
            f"{user} made a loan of {case.household_id}; nothing was changed. Choose somebody who "
            "did not."
        )


class AssignedMeanwhile(Refusal):
    """Somebody else is responsible by now than whoever decided has seen."""

    def __init__(self, case: Case) -> None:
        super().__init__(
            f"{case.responsible} is responsible by now; nothing was changed. Look at the case "
            "again, and decide anew."
        )


class CaseClosed(Refusal):
    """A case that has ended stays as it is."""

    def __init__(self, case: Case) -> None:
        super().__init__(f"The case was closed on {case.closed_on}; nothing was changed.")


@transaction.atomic
def assign(
    *, case: Case, to: User, reason: str, by: User, at: datetime, instead_of: str = ""
) -> Responsibility:
    """Make somebody else responsible for an open case.

    With `instead_of`, a user name, only while that is who is. Raises MayNotAssign, CannotCollect,
    CaseClosed, MadeTheLoan, AssignedMeanwhile.
    """
    own = Case.objects.select_for_update(of=("self",)).select_related("institution").get(pk=case.pk)
    name = authority(by, Right.ASSIGN, own.institution, on=at.date())
    if name is None:
        raise MayNotAssign(by, own)
    if not holds(posts_on(at.date()), to, Right.COLLECT, own.institution):
        raise CannotCollect(to, own)
    if own.closed_on is not None:
        raise CaseClosed(own)
    made_by = set(own.loans.exclude(loan__staff_id="").values_list("loan__staff_id", flat=True))
    if to.staff_id in made_by:
        raise MadeTheLoan(to, own)
    before = own.responsible.username
    if instead_of not in {"", before}:
        raise AssignedMeanwhile(own)
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
        after={"responsible": to.username},
    )
    announce_cases(cases=[own.pk], at=at)
    return made
