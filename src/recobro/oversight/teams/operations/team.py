"""A team for one writer at a time, what the journal tells of it, and its end."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.db import transaction

from recobro.book.models import Institution
from recobro.journal.operations import NOBODY, Draft, record, record_all
from recobro.office.people.enums import Right
from recobro.office.people.models import User
from recobro.office.people.queries import authority
from recobro.oversight.teams.enums import Kind
from recobro.oversight.teams.models import Team, TeamCase, TeamMember
from recobro.terms.refusal import Phrase, Refusal


class MayNotTeam(Refusal):
    """It is not for this person to say who clears what together there."""

    says = (
        "{user} does not set up or change teams at {institution}; nothing was changed. Whoever "
        "says there who is responsible for cases does."
    )

    def __init__(self, user: User, institution: Institution) -> None:
        super().__init__(user=user, institution=institution)


class TeamOver(Refusal):
    """A team that has ended stays as it was."""

    says = "{name} ended on {until_on}; nothing was changed."

    def __init__(self, team: Team) -> None:
        super().__init__(name=team.name, until_on=team.until_on)


class CannotLead(Refusal):
    """Somebody without the post cannot lead such a team."""

    says = "{user} has no post to lead {team} at {institution}; nothing was changed. {who}."

    def __init__(self, user: User, team: Team) -> None:
        group = Phrase("A leading group is headed by the president or the head of the branch")
        other = Phrase("Choose somebody who may collect in all of it")
        super().__init__(
            user=user,
            team=team.name,
            institution=team.institution,
            who=group if team.kind == Kind.LEADING_GROUP else other,
        )


def end_over(*, at: datetime) -> int:
    """End the teams whose day has come; return how many did."""
    due = Team.objects.filter(ended_at__isnull=True, until_on__lte=at.date())
    if not due.exists():  # SQLite has one writer: nothing is begun for nothing
        return 0
    with transaction.atomic():
        teams = list(due.select_for_update(of=("self",)).select_related("institution"))
        for team in teams:
            release(team, NOBODY, at)
    return len(teams)


def taken(team: Team, *, by: User, at: datetime) -> tuple[Team, str]:
    """Return a team for one writer at a time, and in whose name somebody may change it.

    Raises MayNotTeam, TeamOver.
    """
    found = Team.objects.select_for_update(of=("self",)).select_related("institution")
    own = found.get(pk=team.pk)
    who = authority(by, Right.ASSIGN, own.institution, on=at.date())
    if who is None:
        raise MayNotTeam(by, own.institution)
    if own.over(at.date()):
        raise TeamOver(own)
    return own, who


def tell(
    team: Team,
    act: str,
    *,
    by: str,
    at: datetime,
    reason: str = "",
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
) -> None:
    """Write into the journal what became of a team."""
    record(
        chain=team.chain,
        act=act,
        subject=team.name,
        by=by,
        at=at,
        institution_id=team.institution_id,
        reason=reason,
        before=before,
        after=after,
    )


def told_of_case(row: TeamCase, team: Team, act: str, reason: str = "") -> Draft:
    """Return what the chain of a case says of its coming to a team, or leaving it."""
    return Draft(
        chain=row.case.chain,
        act=act,
        subject=row.case.household_id,
        institution_id=row.case.institution_id,
        reason=reason,
        after={"team": team.name},
    )


def release(team: Team, who: str, at: datetime, reason: str = "") -> int:
    """End a team and release all that it has, in the transaction of the caller.

    What came today leaves on the day on which it came. Return how many open cases there were.
    """
    on = team.until_on if team.over(at.date()) and team.until_on else at.date()
    team.until_on, team.ended_at = max(on, team.from_on), at
    team.save(update_fields=["until_on", "ended_at"])
    rows = list(team.cases.filter(until_on__isnull=True).select_related("case"))
    _until(rows, team.until_on)
    TeamCase.objects.bulk_update(rows, ["until_on"], batch_size=2_000)
    members = list(team.members.filter(until_on__isnull=True))
    _until(members, team.until_on)
    TeamMember.objects.bulk_update(members, ["until_on"])
    pairs = list(team.pairs.filter(until_on__isnull=True))
    _until(pairs, team.until_on)
    team.pairs.bulk_update(pairs, ["until_on"])
    open_ = [row for row in rows if row.case.closed_on is None]
    released = {"cases": len(open_), "members": len(members), "pairs": len(pairs)}
    after = {"until_on": team.until_on} | released
    tell(team, "teams.ended", by=who, at=at, reason=reason, after=after)
    drafts = [told_of_case(row, team, "teams.case-left", reason) for row in open_]
    record_all(drafts=drafts, by=who, at=at)
    return len(open_)


def _until(rows: list[Any], on: date) -> None:
    for row in rows:
        row.until_on = max(on, row.from_on)
