"""A team is set up, said anew, and ended."""

from datetime import date, datetime
from typing import Any

from django.db import transaction

from recobro.book.models import Institution
from recobro.office.lock import one_at_a_time
from recobro.office.people.enums import Right
from recobro.office.people.models import User
from recobro.office.people.queries import authority, posts_of
from recobro.oversight.teams.enums import LED_BY, MOST_LARGEST, ONE_EACH, Kind
from recobro.oversight.teams.models import Team, TeamMember
from recobro.oversight.teams.operations.lists import renew_lists
from recobro.oversight.teams.operations.team import (
    CannotLead,
    MayNotTeam,
    end_over,
    release,
    taken,
    tell,
)
from recobro.oversight.teams.rules import largest_of, may_lead
from recobro.terms.refusal import Phrase, Refusal


class TeamThere(Refusal):
    """The institution has such a team already."""

    says = (
        "{institution} has such a team already, {name}; nothing was changed. Change that one, or "
        "end it first."
    )

    def __init__(self, team: Team) -> None:
        super().__init__(institution=team.institution, name=team.name)


class TeamChangedMeanwhile(Refusal):
    """Somebody else has said anew what the team is."""

    says = (
        "Somebody else has changed {name} meanwhile; nothing was changed. Look at it again, and "
        "decide anew."
    )

    def __init__(self, team: Team) -> None:
        super().__init__(name=team.name)


class EndImpossible(Refusal):
    """What is temporary ends on a day to come, and nothing else does."""

    says = "{told}; nothing was changed."

    def __init__(self, kind: Kind) -> None:
        needed = Phrase("A task force needs a last day, today or later")
        other = Phrase("Only a task force has a last day that is said beforehand")
        super().__init__(told=needed if kind is Kind.TASK_FORCE else other)


class LargestImpossible(Refusal):
    """Of large debts there is a number, and of nothing else."""

    says = (
        "A team for large debts has from 1 to {most_largest} households, and no other team has "
        "such a number; nothing was changed."
    )

    def __init__(self) -> None:
        super().__init__(most_largest=MOST_LARGEST)


@transaction.atomic
def set_up(
    *,
    kind: Kind,
    institution: Institution,
    name: str,
    by: User,
    at: datetime,
    mandate: str = "",
    leader: User | None = None,
    largest: int | None = None,
    until_on: date | None = None,
) -> Team:
    """Set up a team at an institution; its cases are given to it afterwards.

    Raises MayNotTeam, TeamThere, EndImpossible, LargestImpossible, CannotLead.
    """
    if kind is Kind.LARGE_DEBTS:
        one_at_a_time()
    place = Institution.objects.select_for_update(no_key=True).get(pk=institution.pk)
    who = authority(by, Right.ASSIGN, place, on=at.date())
    if who is None:
        raise MayNotTeam(by, place)
    end_over(at=at)
    if kind is Kind.LARGE_DEBTS and largest is None:
        largest = largest_of(place)
    _possible(kind, until_on, largest, at)
    _none_there(kind, place)
    team = Team(
        kind=kind.value,
        institution=place,
        name=name,
        mandate=mandate,
        largest=largest,
        from_on=at.date(),
        until_on=until_on,
    )
    team.save()
    led = {} if leader is None else _led(team, leader, at)
    tell(team, "teams.set-up", by=who, at=at, after=_said(team) | {"kind": kind.value} | led)
    if kind is Kind.LARGE_DEBTS:
        renew_lists(at=at, by=who)
    return team


@transaction.atomic
def change(
    *,
    team: Team,
    name: str,
    mandate: str,
    by: User,
    at: datetime,
    version: int,
    largest: int | None = None,
    until_on: date | None = None,
) -> Team:
    """Say anew what a team is called and is to do, how many are large, or its last day.

    Only while it is as whoever decides has seen it. Raises MayNotTeam, TeamOver,
    TeamChangedMeanwhile, EndImpossible, LargestImpossible.
    """
    if team.kind == Kind.LARGE_DEBTS:
        one_at_a_time()
    own, who = taken(team, by=by, at=at)
    if own.version != version:
        raise TeamChangedMeanwhile(own)
    _possible(Kind(own.kind), until_on, largest, at)
    before = _said(own)
    own.name, own.mandate, own.largest, own.until_on = name, mandate, largest, until_on
    after = _said(own)
    if after == before:
        return own
    own.version += 1
    own.save(update_fields=["name", "mandate", "largest", "until_on", "version"])
    tell(own, "teams.changed", by=who, at=at, before=before, after=after)
    if own.kind == Kind.LARGE_DEBTS:
        renew_lists(at=at, by=who)
    return own


@transaction.atomic
def end_team(*, team: Team, by: User, at: datetime, reason: str = "") -> int:
    """End a team today, and release its members, pairs and cases; return how many open cases.

    Raises MayNotTeam, TeamOver.
    """
    if team.kind == Kind.LARGE_DEBTS:
        one_at_a_time()
    own, who = taken(team, by=by, at=at)
    released = release(own, who, at, reason)
    if own.kind == Kind.LARGE_DEBTS:
        renew_lists(at=at, by=who)  # those below have its households now
    return released


def _said(team: Team) -> dict[str, Any]:
    """Return what people say of a team, as the journal has it."""
    told: dict[str, Any] = {"name": team.name, "mandate": team.mandate}
    if team.largest is not None:
        told["largest"] = team.largest
    if team.until_on is not None:
        told["until_on"] = str(team.until_on)
    return told


def _led(team: Team, leader: User, at: datetime) -> dict[str, Any]:
    """Let somebody lead a new team; return what the journal tells of it."""
    if not may_lead(posts_of(leader, on=at.date()), LED_BY[Kind(team.kind)], team.institution):
        raise CannotLead(leader, team)
    TeamMember(team=team, user=leader, leads=True, from_on=at.date()).save()
    return {"leader": leader.username}


def _none_there(kind: Kind, place: Institution) -> None:
    there = Team.objects.filter(institution=place, kind=kind.value, ended_at__isnull=True)
    first = there.first() if kind in ONE_EACH else None
    if first is not None:
        raise TeamThere(first)


def _possible(kind: Kind, until_on: date | None, largest: int | None, at: datetime) -> None:
    if (kind is Kind.TASK_FORCE) != (until_on is not None):
        raise EndImpossible(kind)
    if until_on is not None and until_on <= at.date():
        raise EndImpossible(kind)
    if (kind is Kind.LARGE_DEBTS) != (largest is not None):
        raise LargestImpossible
    if largest is not None and not 1 <= largest <= MOST_LARGEST:
        raise LargestImpossible
