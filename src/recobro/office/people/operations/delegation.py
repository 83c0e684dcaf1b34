"""Somebody is away, and another acts for them."""

from datetime import date, datetime, timedelta
from typing import Final

from django.db import transaction
from django.db.models import F

from recobro.journal.operations import record
from recobro.office.people.models import Delegation, User
from recobro.office.people.operations.posts import AccountEnded, name_of
from recobro.office.people.queries import (
    delegations_of,
    looks_after,
    possible_deputies,
    posts_of,
)
from recobro.office.settings.queries import value_of
from recobro.office.settings.rules import Known, Whole, known
from recobro.terms.refusal import Refusal

LONGEST: Final[Known[int]] = known("absence.days", Whole(1, 366), 60)
"""Days for which somebody may act for another; whoever is away longer is given a successor."""

_A_YEAR: Final = 365


class DaysImpossible(Refusal):
    """Nobody acts for another on such days."""

    says = (
        "{first} to {last} cannot be; nothing was changed. Choose days from today on and within a "
        "year, the last not before the first, at most {longest}: whoever is away longer needs a "
        "successor."
    )

    def __init__(self, first: date, last: date, longest: int) -> None:
        super().__init__(first=first, last=last, longest=longest)


class DeputyUnfit(Refusal):
    """The person cannot act for the other."""

    says = (
        "{deputy} cannot act for {user}; nothing was changed. Choose somebody who holds a post at "
        "the same institution, above or below; whoever administers accounts acts for nobody who "
        "sees debtors."
    )

    def __init__(self, deputy: User, user: User) -> None:
        super().__init__(deputy=deputy, user=user)


class DeputyAway(Refusal):
    """The deputy is away at that time."""

    says = (
        "{user} is away themselves until {last_on}; nothing was changed. Nobody acts for another "
        "through a third person: choose somebody who is here."
    )

    def __init__(self, found: Delegation) -> None:
        super().__init__(user=found.user, last_on=found.last_on)


class AwayAlready(Refusal):
    """Somebody acts for the person at that time already."""

    says = (
        "{deputy} acts for {user} from {from_on} to {last_on} already; nothing was changed. End "
        "that first."
    )

    def __init__(self, found: Delegation) -> None:
        super().__init__(
            deputy=found.deputy, user=found.user, from_on=found.from_on, last_on=found.last_on
        )


class ActsThen(Refusal):
    """The person acts for another themselves at that time."""

    says = (
        "{deputy} acts for {user} from {from_on} to {last_on}; nothing was changed. Nobody acts "
        "for another and is away on the same days: end that first, or choose other days."
    )

    def __init__(self, found: Delegation) -> None:
        super().__init__(
            deputy=found.deputy, user=found.user, from_on=found.from_on, last_on=found.last_on
        )


class DelegationOver(Refusal):
    """Nobody acts for the person any more."""

    says = "It ended on {until_on} already; nothing was changed."

    def __init__(self, found: Delegation) -> None:
        super().__init__(until_on=found.until_on)


class MayNotEndDelegation(Refusal):
    """It is not for this person to end it."""

    says = (
        "{by} may not end that {deputy} acts for {user}; nothing was changed. Either of them may, "
        "and whoever administers their accounts."
    )

    def __init__(self, by: User, found: Delegation) -> None:
        super().__init__(by=by, deputy=found.deputy, user=found.user)


@transaction.atomic
def delegate(
    *, user: User, deputy: User, first: date, last: date, at: datetime, reason: str = ""
) -> Delegation:
    """Let another act for somebody in all their posts from one day to another, both included.

    Raises DaysImpossible, DeputyUnfit, DeputyAway, AwayAlready, ActsThen, AccountEnded.
    """
    both = User.objects.select_for_update().filter(pk__in=[user.pk, deputy.pk]).order_by("pk")
    if not all(one.is_active for one in both):
        raise AccountEnded(next(one for one in both if not one.is_active))
    ahead, days, longest = (first - at.date()).days, (last - first).days, value_of(LONGEST)
    if not (0 <= ahead < _A_YEAR and 0 <= days < longest):
        raise DaysImpossible(first, last, longest)
    until = last + timedelta(days=1)
    if not possible_deputies(user, on=at.date()).filter(pk=deputy.pk).exists():
        raise DeputyUnfit(deputy, user)
    _nobody_away(user, deputy, first, until)
    made = Delegation(
        user=user, deputy=deputy, from_on=first, until_on=until, reason=reason, given_at=at
    )
    made.save()
    record(
        chain=f"people:{user.username}",
        act="people.delegated",
        subject=user.username,
        by=user.username,
        at=at,
        institution_id=_place(user, at),
        reason=reason,
        after={"deputy": deputy.username, "from_on": first, "until_on": until},
    )
    return made


@transaction.atomic
def end_delegation(*, delegation: Delegation, at: datetime, by: User) -> Delegation:
    """End at once that one acts for another; what has not begun never does.

    Raises MayNotEndDelegation, DelegationOver.
    """
    found = Delegation.objects.select_for_update().get(pk=delegation.pk)
    ours = by.pk in {found.user_id, found.deputy_id}
    if not ours and not looks_after(by, found.user, on=at.date()):
        raise MayNotEndDelegation(by, found)
    if found.until_on <= max(at.date(), found.from_on):
        raise DelegationOver(found)
    return _ended(found, at, by)


def end_delegations(*, user: User, at: datetime, by: User | str) -> None:
    """End that somebody acts for others and others for them, as part of something else."""
    both = delegations_of(user, on=at.date())
    for found in Delegation.objects.select_for_update().filter(pk__in=[one.pk for one in both]):
        _ended(found, at, by)


def _ended(found: Delegation, at: datetime, by: User | str) -> Delegation:
    before = found.until_on
    found.until_on = max(at.date(), found.from_on)
    found.save(update_fields=["until_on"])
    record(
        chain=f"people:{found.user.username}",
        act="people.delegation-ended",
        subject=found.user.username,
        by=name_of(by),
        at=at,
        institution_id=_place(found.user, at),
        before={"deputy": found.deputy.username, "until_on": before},
        after={"until_on": found.until_on},
    )
    return found


def _nobody_away(user: User, deputy: User, first: date, until: date) -> None:
    """Refuse who is away or acts for another on such days; what was cancelled is on none."""
    then = Delegation.objects.filter(from_on__lt=until, until_on__gt=first)
    then = then.exclude(until_on=F("from_on"))
    own = then.filter(user=user).first()
    if own is not None:
        raise AwayAlready(own)
    theirs = then.filter(user=deputy).first()
    if theirs is not None:
        raise DeputyAway(theirs)
    acts = then.filter(deputy=user).first()
    if acts is not None:
        raise ActsThen(acts)


def _place(user: User, at: datetime) -> str:
    held = posts_of(user, on=at.date())
    return held[0].institution_id if held else ""
