"""Who belongs to a team, and who leads it."""

from datetime import datetime

from django.db import transaction

from recobro.journal.operations import NOBODY
from recobro.office.people.models import User
from recobro.office.people.queries import posts_of
from recobro.oversight.teams.enums import LED_BY, Kind
from recobro.oversight.teams.models import Team, TeamMember
from recobro.oversight.teams.operations.team import CannotLead, taken, tell
from recobro.oversight.teams.rules import may_belong, may_lead
from recobro.terms.refusal import Phrase, Refusal


class CannotBelong(Refusal):
    """Somebody without a post that sees debtors there cannot belong to a team."""

    says = (
        "{user} has no post at {institution}, above or below it that sees who owes what; nothing "
        "was changed. Choose somebody who has."
    )

    def __init__(self, user: User, team: Team) -> None:
        super().__init__(user=user, institution=team.institution)


class MemberThere(Refusal):
    """The person belongs to the team already."""

    says = "{user} belongs to it since {from_on} already; nothing was changed."

    def __init__(self, member: TeamMember) -> None:
        super().__init__(user=member.user, from_on=member.from_on)


class MemberGone(Refusal):
    """The person belongs to the team no more."""

    says = "{user} left it on {until_on}; nothing was changed."

    def __init__(self, member: TeamMember) -> None:
        super().__init__(user=member.user, until_on=member.until_on)


class LeaderNamedMeanwhile(Refusal):
    """Somebody else leads the team by now than whoever decided has seen."""

    says = "{leader} leads {team} by now; nothing was changed. Look at it again, and decide anew."

    def __init__(self, team: Team, leader: User | None) -> None:
        super().__init__(leader=leader or Phrase("Nobody"), team=team.name)


@transaction.atomic
def add_member(*, team: Team, user: User, by: User, at: datetime) -> TeamMember:
    """Let somebody belong to a team from that day on.

    Raises MayNotTeam, TeamOver, CannotBelong, MemberThere.
    """
    own, who = taken(team, by=by, at=at)
    if not may_belong(posts_of(user, on=at.date()), own.institution):
        raise CannotBelong(user, own)
    there = own.members.filter(user=user, until_on__isnull=True).first()
    if there is not None:
        raise MemberThere(there)
    member = TeamMember(team=own, user=user, from_on=at.date())
    member.save()
    tell(own, "teams.member-added", by=who, at=at, after={"member": user.username})
    return member


@transaction.atomic
def name_leader(
    *, team: Team, user: User, by: User, at: datetime, instead_of: str | None = None
) -> TeamMember:
    """Let somebody lead a team; who did goes on as a member.

    With `instead_of`, a user name or an empty text, only while that is who leads it. Raises
    MayNotTeam, TeamOver, CannotLead, MemberThere, LeaderNamedMeanwhile.
    """
    own, who = taken(team, by=by, at=at)
    if not may_lead(posts_of(user, on=at.date()), LED_BY[Kind(own.kind)], own.institution):
        raise CannotLead(user, own)
    open_ = own.members.filter(until_on__isnull=True).select_related("user")
    there = {member.user_id: member for member in open_}
    led = next((member for member in there.values() if member.leads), None)
    before = led.user.username if led else ""
    if instead_of not in {None, before}:
        raise LeaderNamedMeanwhile(own, led.user if led else None)
    if led is not None and led.user_id == user.pk:
        raise MemberThere(led)
    member = _takes_over(own, user, led, there.get(user.pk), at)
    after = {"leader": user.username}
    tell(own, "teams.leader-named", by=who, at=at, before={"leader": before}, after=after)
    return member


@transaction.atomic
def remove_member(*, member: TeamMember, by: User, at: datetime) -> TeamMember:
    """Let somebody belong to a team no more; a leader leaves it without one.

    Raises MayNotTeam, TeamOver, MemberGone.
    """
    own, who = taken(member.team, by=by, at=at)
    there = TeamMember.objects.select_related("user").get(pk=member.pk, team=own)
    if there.until_on is not None:
        raise MemberGone(there)
    _leave(there, at)
    told = {"member": there.user.username, "led": there.leads}
    tell(own, "teams.member-left", by=who, at=at, before=told)
    return there


@transaction.atomic
def leave(*, user: User, at: datetime) -> int:
    """Let somebody leave the teams to which their posts let them belong no more; return how many.

    Who may lead a team no longer, but belong to it, goes on as a member.
    """
    posts = posts_of(user, on=at.date())
    rows = TeamMember.objects.filter(user=user, until_on__isnull=True)
    theirs = Team.objects.filter(pk__in=rows.values("team")).order_by("pk")
    list(theirs.select_for_update())  # nobody names a leader of one meanwhile
    rows = rows.select_related("team__institution")
    left = 0
    for member in rows:
        team = member.team
        stays = may_belong(posts, team.institution)
        leads = member.leads and may_lead(posts, LED_BY[Kind(team.kind)], team.institution)
        if stays and leads == member.leads:
            continue
        _leave(member, at)
        if stays:
            TeamMember(team=team, user=user, from_on=at.date()).save()
        told = {"member": user.username, "led": member.leads}
        tell(team, "teams.member-left", by=NOBODY, at=at, before=told, after={"stays": stays})
        left += 1
    return left


def _takes_over(
    team: Team, user: User, led: TeamMember | None, was: TeamMember | None, at: datetime
) -> TeamMember:
    """Let somebody lead who may have been a member, and who led go on as one."""
    if led is not None:
        _leave(led, at)
        TeamMember(team=team, user=led.user, from_on=at.date()).save()
    if was is not None:
        _leave(was, at)
    member = TeamMember(team=team, user=user, leads=True, from_on=at.date())
    member.save()
    return member


def _leave(member: TeamMember, at: datetime) -> None:
    member.until_on = max(at.date(), member.from_on)
    member.save(update_fields=["until_on"])
